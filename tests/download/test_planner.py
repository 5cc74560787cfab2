"""Which requests an export makes, as a pure decision: nothing here waits or asks a server."""

from __future__ import annotations

import datetime
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.planning import Server, best_fixed, run_fixed, run_planner, scenarios
from mixpanel_export.download.plan import DayDensity, Slice
from mixpanel_export.download.planner import Pace, SlicePlanner

FIRST = datetime.date(2024, 1, 1)
DAY = datetime.timedelta(days=1)
MIXPANEL = Pace(per_second=3, per_hour=60, left=60)
KB, MB = 1_000, 1_000_000


def days(count: int, first: int = 0) -> Slice:
    return Slice(FIRST + DAY * first, FIRST + DAY * (first + count - 1))


def planner(*ranges: Slice, pace: Pace = MIXPANEL, known: list[DayDensity] | None = None) -> SlicePlanner:
    return SlicePlanner(ranges, 32, pace, known or [])


def started(plan: SlicePlanner, now: float = 0.0) -> list[Slice]:
    slices: list[Slice] = []
    while (slice_ := plan.next(now)) is not None:
        slices.append(slice_)
        # Three may start in a little more than a second.
        now += 0.5
    return slices


@pytest.mark.parametrize(("length", "requests"), [(1, 1), (2, 1), (8, 1), (9, 3), (31, 3), (365, 3)])
def test_a_plan_starts_with_few_requests(length: int, requests: int) -> None:
    assert len(started(planner(days(length)))) == requests


def test_a_small_range_needs_only_its_first_requests() -> None:
    plan = planner(days(31))
    for slice_ in started(plan):
        plan.on_bytes(slice_, 100 * KB, 0.5)
        plan.on_end(slice_, 200 * KB, 1.0)
    assert plan.abandon() is None
    assert plan.is_done
    assert plan.requests == 3


def test_a_large_range_is_cut_again() -> None:
    plan = planner(days(30))
    slices = started(plan)
    for tenth in range(1, 21):
        for slice_ in slices:
            plan.on_bytes(slice_, tenth * MB // 10 * 2, tenth / 10)
    assert plan.abandon() == max(slices)
    assert len(started(plan, 3.0)) == 7
    assert plan.abandon() == min(slices)
    assert len(started(plan, 10.0)) > 10


def test_a_short_range_that_is_large_is_cut_into_days() -> None:
    plan = planner(days(3))
    (whole,) = started(plan)
    for tenth in range(1, 21):
        plan.on_bytes(whole, tenth * MB // 10 * 2, tenth / 10)
    assert plan.abandon() == whole
    assert started(plan, 3.0) == [days(1), days(1, 1), days(1, 2)]


def test_the_first_look_is_at_a_working_day() -> None:
    for first in range(7):
        probe = min(started(planner(days(30, first))), key=lambda slice_: slice_.days)
        assert probe.from_date.weekday() < 5


def test_the_last_week_is_a_slice_of_its_own() -> None:
    for first in range(7):
        whole = days(365, first)
        last = max(started(planner(whole)))
        assert last.to_date == whole.to_date
        assert 7 <= last.days <= 9


def test_known_days_save_the_probes() -> None:
    known = [DayDensity(days(30), 30 * 30 * KB)]
    assert started(planner(days(5, 30), known=known)) == [days(5, 30)]


def test_each_range_is_at_least_one_request() -> None:
    ranges = [days(2), days(1, 5), days(3, 9)]
    assert started(planner(*ranges)) == ranges


def test_fixed_slices_are_never_cut_again() -> None:
    slices = [days(3), days(3, 3)]
    plan = SlicePlanner([], 32, MIXPANEL, fixed=slices)
    assert started(plan) == slices
    for second in range(1, 100):
        for slice_ in slices:
            plan.on_bytes(slice_, second * MB, float(second))
        assert plan.abandon() is None


def test_nearly_used_budgets_get_one_request() -> None:
    plan = planner(days(365), pace=Pace(3, 60, left=2))
    assert started(plan) == [days(365)]


def test_forecasts_say_the_fewest_and_the_most_requests() -> None:
    assert forecast(planner(days(1))) == (1, 1)
    assert forecast(planner(days(8))) == (1, 9)
    assert forecast(planner(days(365))) == (3, 375)
    fixed = SlicePlanner([], 8, fixed=[days(3), days(3, 3)])
    assert forecast(fixed) == (2, 2)


def forecast(plan: SlicePlanner) -> tuple[int, int]:
    return len(plan.outline()), plan.most_requests


def test_the_reason_says_what_is_so() -> None:
    known = [DayDensity(days(30), 30 * 30 * KB)]
    assert planner(days(1)).reason == "a single day is one request"
    assert SlicePlanner([days(30)], 1, MIXPANEL).reason.startswith("slices are fetched one at a time")
    assert planner(days(5, 30), known=known).reason.startswith("the sizes of other days are known")
    assert planner(days(8)).reason.startswith("the first requests show")
    for ranges in ([], [days(1, 3)]):
        assert SlicePlanner(ranges, 8, fixed=[days(3)]).reason == "the slices are fixed"


sizes = st.lists(st.sampled_from([0, 200, 30 * KB, 2 * MB, 50 * MB, 400 * MB]), min_size=1, max_size=80)
rates = st.sampled_from([200 * KB, 2 * MB, 20 * MB, 200 * MB])
limits = st.sampled_from([(3, 60), (None, None)])


@given(sizes, rates, limits, st.sampled_from([0.0, 0.3, 5.0]))
def test_every_day_is_fetched_once(
    sizes: list[float], rate: float, limits: tuple[int | None, int | None], latency: float
) -> None:
    per_second, per_hour = limits
    server = Server(latency=latency, rate=rate, per_second=per_second, per_hour=per_hour)
    outcome = run_planner(server, sizes)
    covered = [day for slice_ in outcome.slices for day in range(slice_.days)]
    assert len(covered) == len(sizes)
    for one, two in itertools.pairwise(outcome.slices):
        assert one.to_date + DAY == two.from_date
    pace = Pace(per_second, per_hour, per_hour)
    assert outcome.requests <= SlicePlanner([days(len(sizes))], 32, pace).most_requests


# Large enough that their slices are worth a request each, from the first byte on.
LARGE = (
    "2 days of 30 MB at 1.5 MB/s",
    "3 days of 30 MB at 1.5 MB/s",
    "30 days of 20 MB at 2 MB/s",
    "31 days of 20 MB, weekends almost empty, from a Saturday",
    "31 days of 20 MB, first and last day almost empty",
    "31 days, only the last 7 of 40 MB",
    "62 days of 8 MB at 2 MB/s",
    "a year of 5 MB a day at 1 MB/s",
    "90 days, 7% more each day, up to 60 MB",
    "a week of 60 MB a day in a quiet year",
)


@pytest.mark.parametrize("name", LARGE)
@pytest.mark.sampled(4)
def test_large_ranges_are_close_to_the_best_fixed_plan(name: str) -> None:
    server, sizes = scenarios()[name]
    assert run_planner(server, sizes).seconds < 1.15 * best_fixed(server, sizes).seconds


@pytest.mark.parametrize("name", [*scenarios()])
@pytest.mark.sampled(4)
def test_no_scenario_is_much_slower_than_sixteen_slices(name: str) -> None:
    server, sizes = scenarios()[name]
    fixed = run_fixed(server, sizes, -(-len(sizes) // 16), 8)
    outcome = run_planner(server, sizes)
    assert outcome.seconds < 1.25 * fixed.seconds + 0.5
    assert outcome.requests <= max(fixed.requests, 50)


def test_the_last_requests_of_an_hour_are_not_spent_on_looks() -> None:
    for left, requests in ((60, 3), (16, 3), (15, 1), (1, 1)):
        plan = SlicePlanner([days(365)], 32, Pace(3, 60, left))
        assert len(started(plan)) == requests


def test_a_server_that_counts_is_not_taken_for_a_free_one() -> None:
    plan = SlicePlanner([days(30)], 32, Pace())
    plan.on_limited()
    assert len(started(plan)) == 3
    assert plan.next(100.0) is None
