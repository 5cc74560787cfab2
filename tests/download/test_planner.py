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


@pytest.mark.parametrize(("length", "requests"), [(1, 1), (2, 1), (3, 2), (8, 2), (31, 2), (365, 3)])
def test_a_plan_starts_with_few_requests(length: int, requests: int) -> None:
    assert len(started(planner(days(length)))) == requests


def test_a_small_range_needs_only_its_first_requests() -> None:
    plan = planner(days(31))
    for slice_ in started(plan):
        plan.on_bytes(slice_, 100 * KB, 0.5)
        plan.on_end(slice_, 200 * KB, 1.0)
    assert plan.abandon() is None
    assert plan.is_done
    assert plan.requests == 2


def test_a_large_range_is_cut_again() -> None:
    plan = planner(days(30))
    probe, rest = started(plan)
    for tenth in range(1, 21):
        plan.on_bytes(probe, tenth * MB // 10 * 2, tenth / 10)
        plan.on_bytes(rest, tenth * MB // 10 * 2, tenth / 10)
    assert plan.abandon() == rest
    assert len(started(plan, 3.0)) > 10


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
    week = planner(days(8))
    assert (len(week.outline()), week.most_requests) == (2, 9)
    fixed = SlicePlanner([], 8, fixed=[days(3), days(3, 3)])
    assert (len(fixed.outline()), fixed.most_requests) == (2, 2)


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


def test_thirty_large_days_are_close_to_the_best_fixed_plan() -> None:
    server, sizes = scenarios()["30 days of 20 MB at 2 MB/s"]
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
    assert len(started(plan)) == 2
    assert plan.next(100.0) is None
