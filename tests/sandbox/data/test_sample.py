"""The sample data: reproducible, with every JSON type, and plausible for a shop."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections import Counter, defaultdict
from typing import Any

import pytest

from mixpanel_export.sandbox.data.sample import FIRST_DAY, LAST_DAY, SEED, sample_data

# Recordings and examples contain this data and change with it.
DIGEST = "c1e0c8eec94dd1642c62767e236bae85c0e41a4a855222169c230b08d5045b7f"
PROFILES_DIGEST = "e3c0d5fc5202591244c9f0c542643bda06b823201d6bb647a326cb7ec797cb00"

Events = list[dict[str, Any]]


@pytest.fixture(scope="module")
def events() -> Events:
    return list(sample_data().events.events(FIRST_DAY, LAST_DAY))


def digest(seed: int) -> str:
    return hashlib.sha256(b"".join(sample_data(seed).events.lines(FIRST_DAY, LAST_DAY))).hexdigest()


def test_the_bytes_are_the_same_everywhere() -> None:
    sample_data.cache_clear()
    assert digest(SEED) == DIGEST


@pytest.mark.slow
@pytest.mark.sampled(1)
def test_the_profiles_are_the_same_everywhere() -> None:
    text = json.dumps(sample_data().profiles, sort_keys=True)
    assert hashlib.sha256(text.encode()).hexdigest() == PROFILES_DIGEST


@pytest.mark.slow
def test_another_seed_is_another_shop() -> None:
    assert digest(1) != DIGEST


def test_the_sample_is_generated_once_a_process() -> None:
    assert sample_data() is sample_data()


@pytest.mark.slow
def test_every_day_of_three_months_has_events(events: Events) -> None:
    days = sample_data().events.days(FIRST_DAY, LAST_DAY)
    assert (len(days), days[0], days[-1]) == (91, FIRST_DAY, LAST_DAY)
    assert 45_000 < len(events) < 55_000


def test_events_are_in_the_order_of_time(events: Events) -> None:
    times = [event["properties"]["time"] for event in events]
    assert times == sorted(times)


def test_every_event_has_mixpanels_own_properties(events: Events) -> None:
    for event in events:
        properties = event["properties"]
        assert type(properties["time"]) is int
        assert properties["distinct_id"]
        assert properties["$insert_id"]
        assert properties["mp_processing_time_ms"] > properties["time"] * 1000


def test_properties_are_of_every_json_type(events: Events) -> None:
    values = [value for event in events for value in event["properties"].values()]
    assert {type(value) for value in values} == {str, int, float, bool, type(None), list, dict}
    assert "" in values
    assert any(isinstance(value, int) and value > 2**63 for value in values)
    assert any(isinstance(value, str) and not value.isascii() for value in values)


@pytest.mark.slow
def test_a_few_events_were_sent_twice(events: Events) -> None:
    sent: dict[tuple[object, ...], Events] = defaultdict(list)
    for event in events:
        properties = event["properties"]
        identity = (event["event"], *(properties[k] for k in ("distinct_id", "time", "$insert_id")))
        sent[identity].append(properties)
    twice = [both for both in sent.values() if len(both) > 1]
    assert 100 < len(twice) < 400
    for first, again in twice:
        assert again["mp_processing_time_ms"] > first["mp_processing_time_ms"]
        assert again | {"mp_processing_time_ms": 0} == first | {"mp_processing_time_ms": 0}


def test_customers_go_down_a_funnel(events: Events) -> None:
    customers: dict[str, set[str]] = defaultdict(set)
    for event in events:
        customers[event["event"]].add(event["properties"]["distinct_id"])
    steps = [len(customers[name]) for name in ("Page View", "Add to Cart", "Purchase", "Support Ticket")]
    assert steps == sorted(steps, reverse=True)
    assert steps[0] > 2_000
    assert 0.3 < steps[2] / steps[0] < 0.7


def test_nobody_does_anything_but_look_before_signing_up(events: Events) -> None:
    signed_up = {
        event["properties"]["distinct_id"]: event["properties"]["time"]
        for event in events
        if event["event"] == "Sign Up"
    }
    for event in events:
        properties = event["properties"]
        if properties["time"] < signed_up.get(properties["distinct_id"], 0):
            assert event["event"] == "Page View"


def test_more_customers_come_back_soon_than_late(events: Events) -> None:
    first: dict[str, int] = {}
    weeks: dict[int, set[str]] = defaultdict(set)
    for event in events:
        customer, time = event["properties"]["distinct_id"], event["properties"]["time"]
        weeks[(time - first.setdefault(customer, time)) // (7 * 86_400)].add(customer)
    retained = [len(weeks[week]) for week in (0, 1, 4, 8)]
    assert retained == sorted(retained, reverse=True)
    assert retained[-1] > 100


def test_weekends_differ_from_weekdays(events: Events) -> None:
    by_weekday = Counter(
        datetime.datetime.fromtimestamp(event["properties"]["time"], datetime.UTC).weekday()
        for event in events
    )
    assert by_weekday[6] > 1.1 * by_weekday[4]


class TestProfiles:
    def test_there_are_more_than_two_pages_of_them(self) -> None:
        profiles = sample_data().profiles
        identities = [profile["$distinct_id"] for profile in profiles]
        assert len(set(identities)) == len(profiles) > 2_000
        assert identities == sorted(identities)

    def test_customers_with_events_have_a_profile(self, events: Events) -> None:
        known = {profile["$distinct_id"] for profile in sample_data().profiles}
        assert {event["properties"]["distinct_id"] for event in events} <= known

    def test_nobody_can_be_written_to(self) -> None:
        for profile in sample_data().profiles:
            email = profile["$properties"]["$email"]
            assert email.isascii()
            assert email.endswith("@example.com")

    def test_lifetime_value_is_the_sum_paid(self, events: Events) -> None:
        paid: dict[str, dict[str, float]] = defaultdict(dict)
        for event in events:
            properties = event["properties"]
            if event["event"] == "Purchase":
                paid[properties["distinct_id"]][properties["order_id"]] = properties["revenue"]
        for profile in sample_data().profiles:
            orders = paid[profile["$distinct_id"]]
            assert profile["$properties"]["orders"] == len(orders)
            assert profile["$properties"]["lifetime_value"] == pytest.approx(sum(orders.values()))
