"""The activity stream: all events of some users in a range, in order."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from mixpanel_export import MixpanelClient
from mixpanel_export.sandbox import Sandbox
from tests.sandbox.conftest import DAY
from tests.sandbox.contract import follows_contract

pytestmark = pytest.mark.slow

Events = list[dict[str, Any]]

MONTH = {"from_date": "2024-02-10", "to_date": "2024-03-10"}


@pytest.fixture(scope="module")
def exported(client: httpx.Client) -> Events:
    """Return the raw export of a month, as sent."""
    lines = client.get("/api/2.0/export", params=MONTH).content.split(b"\n")
    return [json.loads(line) for line in lines if line]


@pytest.fixture
def users(exported: Events) -> list[str]:
    """Three users of the day, the first of whom has a duplicate event."""
    day = [each for each in exported if 1709164800 <= each["properties"]["time"] < 1709251200]
    sent = [each["properties"]["$insert_id"] for each in day]
    twice = next(each for each in day if sent.count(each["properties"]["$insert_id"]) == 2)
    found = [each["properties"]["distinct_id"] for each in (twice, day[0], day[-1])]
    assert len(set(found)) == 3
    return found


def latest(events: Events) -> Events:
    """Return the events without duplicates; the one received last counts."""
    events = sorted(events, key=lambda each: each["properties"]["mp_processing_time_ms"])
    return list({each["properties"]["$insert_id"]: each for each in events}.values())


def by_identity(events: Events) -> Events:
    return sorted(events, key=lambda each: each["properties"]["$insert_id"])


def stream(client: httpx.Client, ids: list[str], days: dict[str, str]) -> Events:
    answer = client.get("/api/query/stream/query", params=days | {"distinct_ids": json.dumps(ids)})
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    events: Events = answer.json()["results"]["events"]
    return events


@pytest.mark.slow
def test_the_stream_has_each_event_of_the_users_once(
    client: httpx.Client, exported: Events, users: list[str]
) -> None:
    theirs = [each for each in exported if each["properties"]["distinct_id"] in users]
    answered = stream(client, users, MONTH)
    assert by_identity(answered) == by_identity(latest(theirs))
    assert len(answered) < len(theirs)


def test_the_oldest_comes_first(client: httpx.Client, users: list[str]) -> None:
    times = [each["properties"]["time"] for each in stream(client, users, MONTH)]
    assert times == sorted(times)
    assert len(times) > 10


def test_the_stream_is_limited_to_the_range(client: httpx.Client, users: list[str]) -> None:
    day = stream(client, users, DAY)
    assert {each["properties"]["distinct_id"] for each in day} == set(users)
    assert day == [
        each for each in stream(client, users, MONTH) if 1709164800 <= each["properties"]["time"] < 1709251200
    ]


def test_the_answer_follows_the_contract(client: httpx.Client, users: list[str]) -> None:
    params = DAY | {"distinct_ids": json.dumps(users)}
    answer = client.get("/api/query/stream/query", params=params)
    assert follows_contract("/api/query/stream/query", answer)


def test_a_user_whom_nobody_knows_did_nothing(client: httpx.Client) -> None:
    assert stream(client, ["nobody"], MONTH) == []


def test_the_facade_reads_it(sandbox: Sandbox, users: list[str]) -> None:
    with MixpanelClient(
        sandbox.auth, project_id=sandbox.credentials.project_id, base_url=sandbox.url
    ) as client:
        answer = client.activity.stream(distinct_ids=users[:1], **DAY)
    assert answer.status == "ok"
    assert {event.properties["distinct_id"] for event in answer.results.events} == {users[0]}


@pytest.mark.parametrize(
    ("distinct_ids", "message"),
    [
        ("", "distinct_ids is a required parameter"),
        ("[]", "distinct_ids must name at least one user"),
        ("someone", "distinct_ids must be a JSON array of strings"),
    ],
)
def test_users_must_be_named(client: httpx.Client, distinct_ids: str, message: str) -> None:
    answer = client.get("/api/query/stream/query", params=DAY | {"distinct_ids": distinct_ids})
    assert answer.status_code == 400
    assert answer.json()["error"] == message
