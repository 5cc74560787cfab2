"""Dividing ranges into slices: no gaps or overlaps, within the budget, and enough slices for the threads."""

from __future__ import annotations

import datetime
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixpanel_export import InvalidArgumentError
from mixpanel_export.download.plan import make_plan

FIRST = datetime.date(2023, 1, 1)
DAYS = st.integers(0, 4000).map(datetime.timedelta)


@given(
    length=DAYS,
    parallel=st.integers(1, 100),
    slice_days=st.none() | st.integers(1, 500),
    per_hour=st.none() | st.integers(1, 600),
    whole=st.booleans(),
)
def test_slices_cover_every_day_once_and_in_order(
    length: datetime.timedelta, parallel: int, slice_days: int | None, per_hour: int | None, whole: bool
) -> None:
    last = FIRST + length
    plan = make_plan(FIRST, last, parallel=parallel, slice_days=slice_days, per_hour=per_hour, whole=whole)
    assert plan.slices[0].from_date == FIRST
    assert plan.slices[-1].to_date == last
    for one, next_one in itertools.pairwise(plan):
        assert next_one.from_date - one.to_date == datetime.timedelta(days=1)
    assert sum(piece.days for piece in plan) == length.days + 1
    assert all(piece.days >= 1 for piece in plan)


@given(length=DAYS, parallel=st.integers(1, 100), per_hour=st.integers(1, 600))
def test_a_plan_fits_an_hours_budget(length: datetime.timedelta, parallel: int, per_hour: int) -> None:
    assert len(make_plan(FIRST, FIRST + length, parallel=parallel, per_hour=per_hour)) <= per_hour


@given(length=DAYS, parallel=st.integers(1, 50))
def test_slices_differ_by_a_day_at_most(length: datetime.timedelta, parallel: int) -> None:
    days = [piece.days for piece in make_plan(FIRST, FIRST + length, parallel=parallel, per_hour=60)]
    assert max(days) - min(days) <= 1


def test_a_year_needs_less_than_an_hours_budget() -> None:
    plan = make_plan(FIRST, datetime.date(2023, 12, 31), parallel=16, per_hour=60)
    assert 16 <= len(plan) <= 60


def test_sixteen_downloads_divide_a_month_by_day() -> None:
    assert len(make_plan(FIRST, datetime.date(2023, 1, 30), parallel=16, per_hour=60)) == 30


def test_slice_days_override_the_budget() -> None:
    plan = make_plan(FIRST, datetime.date(2023, 12, 31), parallel=1, slice_days=1, per_hour=60)
    assert len(plan) == 365
    plan = make_plan(FIRST, datetime.date(2023, 1, 10), parallel=1, slice_days=4, per_hour=60)
    assert [piece.days for piece in plan] == [4, 4, 2]


def test_a_limit_over_the_whole_range_is_one_request() -> None:
    assert len(make_plan(FIRST, datetime.date(2023, 12, 31), parallel=16, whole=True)) == 1


@pytest.mark.parametrize(
    ("name", "value"), [("parallel", 0), ("slice_days", 0), ("parallel", True), ("slice_days", 1.5)]
)
def test_numbers_below_one_are_refused(name: str, value: int) -> None:
    with pytest.raises(InvalidArgumentError, match=name):
        make_plan(FIRST, FIRST, **({"parallel": 1} | {name: value}))  # type: ignore[arg-type]


def test_the_text_of_a_slice_names_its_days() -> None:
    plan = make_plan(FIRST, datetime.date(2023, 1, 3), parallel=1, slice_days=2)
    assert [str(piece) for piece in plan] == ["2023-01-01 to 2023-01-02", "2023-01-03"]
