"""The pure core: which pages are asked for, and what of them is delivered."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixpanel_export.errors import APIError, ProfilesIncompleteError, ServerError
from mixpanel_export.profiles.pagination import (
    MOST_AT_ONCE,
    BudgetHeadroom,
    PageRequest,
    Paging,
    digests_of,
    pending_wait,
    session_is_lost,
)
from mixpanel_export_api.models import Profile, ProfileProperties, ProfilesPage

# What is in memory: pages that wait to be delivered, and those in the making.
MOST_HELD = MOST_AT_ONCE + 2


def refused(words: str, status: int = 400) -> APIError:
    return APIError(status=status, message=words, method="POST", url="https://mixpanel.com/api/query/engage")


LOST = refused("request for page in uncached query for params")


def page(
    number: int, names: list[int], size: int, session: str | None, total: int | None = None
) -> ProfilesPage:
    results = [Profile(name, ProfileProperties()) for name in names]
    return ProfilesPage(page=number, page_size=size, results=results, session_id=session, total=total)


@given(data=st.data(), forgets=st.booleans())
def test_each_profile_is_delivered_once_in_any_page_order(data: st.DataObject, forgets: bool) -> None:
    """Sessions of a changing project are lost at any moment, and answers come in any order."""
    size = data.draw(st.integers(1, 4), "page size")
    names_of_a_session = st.lists(st.integers(0, 40), max_size=30, unique=True)
    sessions = data.draw(st.lists(names_of_a_session, min_size=1, max_size=4), "sessions")
    totals = [data.draw(st.sampled_from([None, len(each), len(each) + 9, 1]), "total") for each in sessions]
    paging = Paging(forgets=forgets, allows_shortfall=True)
    running: list[PageRequest] = []
    delivered: list[int] = []
    while not paging.is_done:
        while (ask := paging.claim()) is not None:
            running.append(ask)
            assert ask.session_id == (None if ask.number == 0 else str(ask.attempt))
            assert len(running) <= MOST_AT_ONCE
            assert ask.number < paging.taken + MOST_HELD
        if (batch := paging.take()) is not None:
            if forgets and batch.page == 0:
                delivered.clear()
            delivered.extend(int(each.distinct_id) for each in batch.profiles)
            assert batch.is_last == paging.is_done
            continue
        ask = running.pop(data.draw(st.integers(0, len(running) - 1), "which answer comes"))
        people, total = sessions[ask.attempt], totals[ask.attempt]
        may_be_lost = ask.number > 0 and ask.attempt < len(sessions) - 1
        if may_be_lost and data.draw(st.booleans(), "the session is lost"):
            paging.settle(ask, LOST)
        else:
            names = people[ask.number * size : (ask.number + 1) * size]
            paging.settle(ask, page(ask.number, names, size, str(ask.attempt), total))
    assert len(delivered) == len(set(delivered))
    final = sessions[paging.restarts]
    if forgets or not paging.restarts:
        assert delivered == list(dict.fromkeys(final))
    assert set(final) <= set(delivered) <= {each for people in sessions for each in people}


def test_a_run_goes_on_at_the_page_where_another_stopped() -> None:
    delivered = {*digests_of(page(0, [1, 2, 3, 4], 4, "s"))}
    paging = Paging(session_id="s", page_size=2, total=5, taken=2, delivered=delivered)
    ask = paging.claim()
    assert ask is not None
    assert (ask.number, ask.session_id) == (2, "s")
    assert paging.claim() is None
    paging.settle(ask, page(2, [5], 2, "s"))
    batch = paging.take()
    assert batch is not None
    assert batch.is_last


def read(paging: Paging, *sent: ProfilesPage) -> list[Any]:
    """Return the profiles of a paging; the last page is sent again and again."""
    delivered: list[Any] = []
    while not paging.is_done:
        while (batch := paging.take()) is None:
            ask = paging.claim()
            assert ask is not None
            assert ask.number < 20
            paging.settle(ask, sent[min(ask.number, len(sent) - 1)])
        delivered.extend(profile.distinct_id for profile in batch.profiles)
    return delivered


@pytest.mark.parametrize(("total", "pages"), [(3, 2), (4, 3), (None, 2), (1, 2)])
def test_a_short_page_is_the_last_unless_the_total_promises_more(total: int | None, pages: int) -> None:
    paging, sent = Paging(), [[1, 2], [3], [4], []]
    read(paging, *(page(number, names, 2, "s", total) for number, names in enumerate(sent)))
    assert paging.taken == pages


SHORTFALLS = {
    "empty": [page(0, [1, 2], 2, "s", 6), page(1, [], 2, "s", 6), page(2, [], 2, "s", 6)],
    "repeated": [page(0, [1, 2], 2, "s", 6), page(1, [1, 2], 2, "s", 6)],
    "clamped": [page(0, [1, 2], 2, "s", 6), page(1, [3, 4], 2, "s", 6)],
    "short": [page(0, [1, 2], 2, "s", 6), page(1, [3], 2, "s", 6), page(2, [], 2, "s", 6)],
    "page size too large": [page(0, [1, 2], 6, "s", 6), page(1, [3, 4], 6, "s", 6), page(2, [], 6, "s", 6)],
    "without a session": [page(0, [1, 2], 2, None, 6)],
}


@pytest.mark.parametrize("name", SHORTFALLS)
def test_a_shortfall_is_an_error_unless_allowed(name: str) -> None:
    sent = SHORTFALLS[name]
    with pytest.raises(ProfilesIncompleteError, match="of 6 profiles") as caught:
        read(Paging(), *sent)
    found = read(Paging(allows_shortfall=True), *sent)
    assert len(found) == len(set(found)) == caught.value.delivered < 6


@pytest.mark.parametrize(
    "sent",
    [
        [page(0, [1, 2, 3, 4], 4, "s", 7), page(1, [5, 6], 2, "s", 7), page(2, [7], 2, "s", 7)],
        [page(0, [1, 2, 3], 7, "s", 7), page(1, [4, 5, 6], 7, "s", 7), page(2, [7], 7, "s", 7)],
        [page(0, [1, 2, 3, 4], 4, "s", 7), page(1, [], 4, "s", 7), page(2, [5, 6, 7], 4, "s", 7)],
        [page(0, [1, 2, 3, 4], 4, "s", 4), page(1, [5, 6, 7], 4, "s", 7)],
        [page(0, [1, 2, 3, 4], 4, "s", 1), page(1, [5, 6, 7], 4, "s", 1)],
        [
            page(0, [1, 2, 3, 4], 4, "s", 7),
            page(1, [5, 6, 7, 1], 4, "s", 7),
            page(1, [5, 6, 7, 1], 4, "s", 7),
        ],
    ],
    ids=["shrinking", "size too large", "gap", "growing total", "low total", "clamped"],
)
def test_pages_are_read_until_the_total_is_reached(sent: list[ProfilesPage]) -> None:
    assert read(Paging(), *sent) == [1, 2, 3, 4, 5, 6, 7]


def test_one_page_that_holds_the_total_needs_no_session() -> None:
    assert read(Paging(), page(0, [1, 2], 2, None, 2)) == [1, 2]
    assert read(Paging(), page(0, [1], 2, None)) == [1]
    # Full, and the total is not there or wrong: there may be more.
    for total in (None, 1):
        with pytest.raises(ProfilesIncompleteError, match="no session_id"):
            read(Paging(), page(0, [1, 2], 2, None, total))


def test_a_page_that_is_repeated_for_ever_ends_the_query() -> None:
    first, last = page(0, [1, 2], 2, "s"), page(1, [3, 4], 2, "s")
    del last["page"]
    assert read(Paging(), first, last) == [1, 2, 3, 4]
    with pytest.raises(ProfilesIncompleteError, match="page 0 for page 1"):
        read(Paging(), first)


@pytest.mark.parametrize("results", ["profiles", {"$distinct_id": 1}, [1], 7])
def test_results_of_another_type_are_an_error(results: object) -> None:
    answer = ProfilesPage.from_dict({"page": 0, "page_size": 2, "session_id": "s", "results": results})
    with pytest.raises(ProfilesIncompleteError, match="something else than profiles on page 0"):
        read(Paging(), answer)


def test_a_page_that_is_not_computed_is_requested_again() -> None:
    pending = ProfilesPage.from_dict({"page": 0, "status": "pending"})
    waits = [pending_wait(pending, tries) for tries in range(1, 8)]
    assert waits == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, None]
    assert pending_wait(page(0, [], 2, "s"), 1) is None
    with pytest.raises(ProfilesIncompleteError, match="not computed page 0"):
        read(Paging(), pending)


def test_profiles_without_an_id_are_told_apart() -> None:
    profiles = [
        {"$properties": {"a": 1}},
        {"$properties": {"a": 2}},
        {"$properties": {"a": 2}},
        {"$group_key": "company", "$group_id": "x"},
        {"$group_key": "company", "$group_id": "y"},
        {"$distinct_id": 1},
        {"$distinct_id": "1"},
        {},
    ]
    answer = ProfilesPage.from_dict({"page": 0, "page_size": 9, "total": 8, "results": profiles})
    assert len(read(Paging(), answer)) == 8


def test_a_failure_delivers_earlier_profiles_and_stops_requests() -> None:
    paging = Paging()
    first = paging.claim()
    assert first is not None
    paging.settle(first, page(0, [1, 2], 2, "s", 20))
    asks = [paging.claim() for _ in range(MOST_AT_ONCE)]
    one, two = asks[:2]
    assert one is not None
    assert two is not None
    error = ServerError(status=503, message="", method="POST", url="")
    paging.settle(two, error)
    assert paging.claim() is None
    assert paging.take() is not None
    assert paging.take() is None
    paging.settle(one, page(1, [3, 4], 2, "s"))
    assert paging.take() is not None
    with pytest.raises(ServerError) as caught:
        paging.take()
    assert caught.value is error


def test_sessions_with_new_profiles_may_be_lost_repeatedly() -> None:
    paging = Paging()
    for attempt in range(12):
        for number in range(attempt + 1):
            ask = paging.claim()
            assert ask is not None
            assert ask.number == number
            paging.settle(ask, page(number, [number], 1, "s"))
            paging.take()
        ask = paging.claim()
        assert ask is not None
        assert paging.restarts == attempt
        paging.settle(ask, LOST)
    assert len(paging.delivered) == 12


@pytest.mark.parametrize(
    ("words", "lost"),
    [
        ("request for page in uncached query for params", True),
        ("Unknown session", True),
        ("session_id is unknown or has expired: a session ends 600 seconds after its last page", True),
        ("Session 1700000000-abc not found", True),
        ("The query session has timed out", True),
        ("session_id is required for any page but the first; page 0 answers it", False),
        ("where must be the same on every page of a session", False),
        ('invalid where: properties["x"]', False),
        ("expired token", False),
    ],
)
def test_a_lost_session_is_told_from_other_refusals(words: str, lost: bool) -> None:
    assert session_is_lost(refused(words)) is lost
    assert not session_is_lost(refused(words, 503))


@pytest.mark.parametrize("per_hour", [60, 10])
def test_the_session_is_kept_alive_while_the_budget_is_used_up(per_hour: int) -> None:
    """An hour's budget spent in a minute would leave the session alone for the other 59."""
    pages, now, begun, longest = 150, 0.0, [0.0], 0.0
    paging = Paging()
    ask = paging.claim(BudgetHeadroom(per_hour, per_hour))
    while ask is not None:
        paging.settle(ask, page(ask.number, [ask.number] if ask.number < pages else [], 1, "s", pages))
        paging.take()
        recent = [each for each in begun if each > now - 3600]
        ask = paging.claim(BudgetHeadroom(per_hour - len(recent), per_hour))
        if ask is not None:
            before, now = now, now + ask.wait
            recent = [each for each in begun if each > now - 3600]
            if len(recent) >= per_hour:
                now = recent[-per_hour] + 3600
            begun.append(now)
            longest = max(longest, now - before)
    assert paging.is_done
    assert longest <= max(240, 3600 / per_hour + 1)
    assert now < 3600 * math.ceil(len(begun) / per_hour) * 1.02


def test_requests_within_the_budget_do_not_wait() -> None:
    paging = Paging()
    first = paging.claim(BudgetHeadroom(7, 60))
    assert first is not None
    paging.settle(first, page(0, [1], 1, "s", 6))
    waits = [
        ask.wait for _ in range(MOST_AT_ONCE) if (ask := paging.claim(BudgetHeadroom(6, 60))) is not None
    ]
    assert waits == [0.0] * MOST_AT_ONCE


def test_the_error_says_how_far_it_came() -> None:
    error = ProfilesIncompleteError("The session was lost", 3000, None, 2)
    assert str(error) == "The session was lost; 3,000 profiles had been read"
    assert (error.delivered, error.total, error.restarts) == (3000, None, 2)
