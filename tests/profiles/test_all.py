"""`client.profiles.all()`: every page once, whatever happens on the way."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from pathlib import Path
from typing import Any

import pytest

from mixpanel_export import (
    APIError,
    AsyncMixpanelClient,
    AuthenticationError,
    CancelledError,
    Limits,
    MixpanelClient,
    ServerError,
    prop,
)
from mixpanel_export.http.limits import Quota
from mixpanel_export.profiles import ProfilesIncompleteError
from mixpanel_export.sandbox import Fault, Sandbox
from mixpanel_export.sandbox import Limits as SandboxLimits
from mixpanel_export.sandbox.data.sample import sample_data
from mixpanel_export.sandbox.profiles.sessions import SESSION_SECONDS
from tests.profiles.conftest import MANY, Read, SessionClock, ids, read_sync, settings
from tests.waiting import HANGS, ends_soon

SAMPLE = [dict(each) for each in sample_data().profiles]
# Where only the distinct ids matter, small profiles are quicker.
LITTLE = ["plan"]
EVERYONE = [each["$distinct_id"] for each in SAMPLE]


def asked(sandbox: Sandbox) -> int:
    return len([each for each in sandbox.requests if each.path.endswith("/engage")])


def test_every_profile_comes_once_in_order_and_as_it_was_sent(read: Read, sandbox: Sandbox) -> None:
    found = read(sandbox)
    assert [each.to_dict() for each in found] == SAMPLE
    assert asked(sandbox) == 3


def test_nothing_is_requested_before_the_first_profile(sandbox: Sandbox) -> None:
    with MixpanelClient(**settings(sandbox)) as client:
        profiles = client.profiles.all()
        assert not asked(sandbox)
        assert next(profiles).to_dict() == SAMPLE[0]


def test_profiles_raise_when_read_too_late(sandbox: Sandbox) -> None:
    with MixpanelClient(**settings(sandbox)) as client:
        closed, failed = client.profiles.all(), client.profiles.all()
        # First: a request of one that was closed may still arrive, and would get the fault.
        sandbox.faults.add(Fault.status(400), path="/engage")
        for read in (list, list, next):
            with pytest.raises(APIError):
                read(failed)
        next(closed)
        closed.close()
        for read in (next, list):
            with pytest.raises(CancelledError, match="closed before its end"):
                read(closed)


def test_async_profiles_raise_when_read_too_late(sandbox: Sandbox) -> None:
    async def read(profiles: Any) -> list[Any]:
        return [profile async for profile in profiles]

    async def run() -> None:
        async with sandbox.async_client() as client:
            closed, failed = client.profiles.all(), client.profiles.all()
            sandbox.faults.add(Fault.status(400), path="/engage")
            for _ in range(2):
                with pytest.raises(APIError):
                    await read(failed)
            await anext(closed)
            await closed.aclose()
            with pytest.raises(CancelledError, match="closed before its end"):
                await read(closed)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("filters", "fits"),
    [
        ({"where": prop("$country_code") == "DE"}, lambda p: p["$properties"].get("$country_code") == "DE"),
        ({"distinct_ids": {*EVERYONE[5:1500]}}, lambda p: p["$distinct_id"] in EVERYONE[5:1500]),
        ({"where": "false"}, lambda p: False),
    ],
)
def test_filters_are_those_of_every_page(
    read: Read, sandbox: Sandbox, filters: dict[str, Any], fits: Any
) -> None:
    assert ids(read(sandbox, **filters)) == [each["$distinct_id"] for each in SAMPLE if fits(each)]


@pytest.mark.parametrize("further", [{}, {"include_all_users": False}])
@pytest.mark.sampled(2)
def test_a_cohort_is_read_to_its_last_page(read: Read, sandbox: Sandbox, further: dict[str, Any]) -> None:
    members = set(ids(read(sandbox, cohort=2001, **further)))
    assert len(members) == 1290 <= len(set(EVERYONE) & members)
    assert asked(sandbox) == 2


def test_only_the_wanted_properties_come(read: Read, sandbox: Sandbox) -> None:
    found = read(sandbox, output_properties=["plan"])
    assert len(found) == len(SAMPLE)
    assert {name for each in found for name in each.properties.to_dict()} == {"plan"}


def test_behaviors_are_looked_at_at_the_time_of_the_call(read: Read, sandbox: Sandbox) -> None:
    """The sandbox, as Mixpanel, refuses a second page without `as_of_timestamp`."""
    bought = {"window": "30d", "name": "bought", "event_selectors": [{"event": "Purchase"}]}
    nobody_lately = 'behaviors["bought"] == 0'
    assert ids(read(sandbox, where=nobody_lately, behaviors=[bought])) == EVERYONE
    in_march = read(sandbox, where=nobody_lately, behaviors=[bought], as_of_timestamp=1711929600)
    assert 0 < len(in_march) < len(EVERYONE)


@pytest.mark.parametrize(
    "fault",
    [Fault.rate_limited(0), Fault.rate_limited(), Fault.status(503), Fault.reset()],
    ids=["429 with Retry-After", "429", "503", "reset"],
)
def test_transient_failures_of_pages_are_retried(read: Read, sandbox: Sandbox, fault: Fault) -> None:
    sandbox.faults.add(fault, None, fault, fault, path="/engage")
    assert ids(read(sandbox, output_properties=LITTLE)) == EVERYONE
    assert asked(sandbox) == 6


def test_a_lost_session_is_restarted_without_duplicates(read: Read, sandbox: Sandbox) -> None:
    lost = Fault.status(400, {"error": "request for page in uncached query for params"})
    sandbox.faults.add(None, lost, path="/engage")
    assert ids(read(sandbox, output_properties=LITTLE)) == EVERYONE


@pytest.mark.parametrize("shell", ["sync", "async"])
@pytest.mark.sampled(1)
def test_a_session_that_expires_during_iteration_is_replaced(
    crowd: Path, shell: str, session_clock: SessionClock
) -> None:
    found: list[Any] = []
    with Sandbox(limits=None, events=crowd) as sandbox:
        if shell == "sync":
            with MixpanelClient(**settings(sandbox)) as client:
                for each in client.profiles.all():
                    found.append(each.distinct_id)
                    if len(found) == 1:
                        session_clock.seconds += SESSION_SECONDS + 1
        else:

            async def run() -> None:
                async with AsyncMixpanelClient(**settings(sandbox, AsyncMixpanelClient)) as client:
                    async for each in client.profiles.all():
                        found.append(each.distinct_id)
                        if len(found) == 1:
                            session_clock.seconds += SESSION_SECONDS + 1

            asyncio.run(run())
        assert 400 in {each.status for each in sandbox.requests}
    assert found == [f"user-{number:05}" for number in range(MANY)]


def test_sessions_lost_again_and_again_end_with_how_far_it_came(read: Read) -> None:
    found: list[Any] = []
    with Sandbox(limits=None, engage_session_seconds=0) as sandbox:
        with pytest.raises(ProfilesIncompleteError, match=r"expired.*1,000 of 2,150 profiles") as caught:
            read(sandbox, found, output_properties=LITTLE)
        assert asked(sandbox) <= 12
    assert ids(found) == EVERYONE[:1000]
    assert (caught.value.delivered, caught.value.total, caught.value.restarts) == (1000, 2150, 3)
    assert isinstance(caught.value.__cause__, APIError)


def test_a_failure_is_raised_after_the_profiles_before_it(read: Read, sandbox: Sandbox) -> None:
    sandbox.faults.add(None, path="/engage")
    sandbox.faults.add(Fault.status(503), path="/engage", times=None)
    found: list[Any] = []
    with pytest.raises(ServerError) as caught:
        read(sandbox, found, output_properties=LITTLE)
    assert ids(found) == EVERYONE[:1000]
    assert caught.value.__notes__ == ["page 1 of the profiles; 1,000 had been read"]


def test_a_refusal_is_raised_at_once(read: Read, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault.status(401), path="/engage", times=None)
    with pytest.raises(AuthenticationError):
        read(sandbox)
    assert asked(sandbox) == 1


def test_pages_come_side_by_side_once_the_session_is_known(read: Read, crowd: Path) -> None:
    with Sandbox(limits=None, events=crowd) as sandbox:
        sandbox.faults.add(Fault.delay(0.05), path="/engage", times=None)
        assert len(read(sandbox)) == MANY
        assert sandbox.requests.most_at_once["query"] == 4
        assert asked(sandbox) == 9


def test_mixpanels_own_limits_are_never_exceeded(read: Read, crowd: Path) -> None:
    with Sandbox(events=crowd, limits=SandboxLimits.mixpanel()) as sandbox:
        sandbox.faults.add(Fault.delay(0.02), path="/engage", times=None)
        assert len(read(sandbox, limits=Limits())) == MANY
        assert sandbox.requests.most_at_once["query"] <= 5
        assert set(sandbox.requests.violations.values()) == {0}


def test_a_smaller_budget_is_kept(read: Read, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault.delay(0.05), path="/engage", times=None)
    assert (
        ids(read(sandbox, output_properties=LITTLE, limits=Limits(query=Quota(concurrent=1), shared=False)))
        == EVERYONE
    )
    assert sandbox.requests.most_at_once["query"] == 1


def a_page(number: int, *names: str | int, **further: Any) -> Fault:
    results: list[dict[str, Any]] = [{"$distinct_id": name, "$properties": {}} for name in names]
    return Fault.status(200, {"page": number, "page_size": 2, "results": results, **further})


def test_a_profile_that_moved_to_another_page_comes_once(read: Read, sandbox: Sandbox) -> None:
    """No total either: page after page, until one is short."""
    sandbox.faults.add(a_page(0, "a", 1, session_id="s"), a_page(1, 1, "1"), a_page(2, "b"), path="/engage")
    assert ids(read(sandbox, output_properties=LITTLE)) == ["a", 1, "1", "b"]
    assert asked(sandbox) == 3


@pytest.mark.parametrize("total", [4, 3, 0, None])
def test_a_wrong_total_costs_no_profile(read: Read, sandbox: Sandbox, total: int | None) -> None:
    """Four profiles and pages of two: only an empty third page says that there are no more."""
    first = a_page(0, "a", "b", session_id="s", total=total)
    sandbox.faults.add(first, a_page(1, "c", "d"), a_page(2), path="/engage")
    assert ids(read(sandbox, output_properties=LITTLE)) == ["a", "b", "c", "d"]
    assert asked(sandbox) == 3


COMPLETE = ["page_size_shrinking", "distinct_id_missing"]
SLOWLY = ["total_missing", "total_growing", "total_too_low", "groups", "distinct_id_number"]


@pytest.mark.parametrize("variants", [COMPLETE, pytest.param(SLOWLY, marks=pytest.mark.slow)])
def test_every_variant_is_read_to_its_end(sandbox: Sandbox, variants: list[str]) -> None:
    for variant in variants:
        sandbox.variants.use(f"profiles.{variant}")
        assert len(read_sync(sandbox)) == 2150, variant
        sandbox.variants.clear()


@pytest.mark.parametrize(
    ("variant", "count"), [("page_empty", 1000), pytest.param("total_too_high", 2150, marks=pytest.mark.slow)]
)
def test_a_shortfall_against_the_total_is_an_error(sandbox: Sandbox, variant: str, count: int) -> None:
    sandbox.variants.use(f"profiles.{variant}")
    with pytest.raises(ProfilesIncompleteError, match=r"nothing new on pages \d and \d \(allow_shortfall"):
        read_sync(sandbox)
    assert len(read_sync(sandbox, allow_shortfall=True)) == count


def test_without_a_session_there_is_no_second_page(read: Read, sandbox: Sandbox) -> None:
    sandbox.faults.add(a_page(0, "a", "b"), path="/engage")
    found: list[Any] = []
    with pytest.raises(ProfilesIncompleteError, match="no session_id"):
        read(sandbox, found, output_properties=LITTLE)
    assert ids(found) == ["a", "b"]


def test_a_page_with_another_number_is_refused(read: Read, sandbox: Sandbox) -> None:
    sandbox.faults.add(a_page(0, "a", "b", session_id="s"), path="/engage", times=None)
    with pytest.raises(ProfilesIncompleteError, match="page 0 for page 1"):
        read(sandbox)


def test_an_abandoned_iteration_leaves_no_thread(sandbox: Sandbox) -> None:
    sandbox.faults.add(None, Fault.hang(), Fault.status(503), path="/engage", times=None)
    with MixpanelClient(**settings(sandbox, timeout=HANGS)) as client:
        profiles = client.profiles.all()
        with ends_soon(), contextlib.closing(profiles):
            next(profiles)
            assert [each for each in threading.enumerate() if each.name.startswith("mixpanel-profiles")]
        assert not [each for each in threading.enumerate() if each.name.startswith("mixpanel-profiles")]


def test_an_abandoned_iteration_leaves_no_task(sandbox: Sandbox) -> None:
    sandbox.faults.add(None, Fault.hang(), Fault.status(503), path="/engage", times=None)

    async def run() -> None:
        before = asyncio.all_tasks()
        async with AsyncMixpanelClient(**settings(sandbox, AsyncMixpanelClient, timeout=HANGS)) as client:
            async with contextlib.aclosing(client.profiles.all()) as profiles:
                await anext(profiles)
                assert asyncio.all_tasks() > before
            assert asyncio.all_tasks() == before

    asyncio.run(asyncio.wait_for(run(), 10))
