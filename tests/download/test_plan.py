"""The days of an export, and slices of a fixed length."""

from __future__ import annotations

import datetime
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixpanel_export import InvalidArgumentError, Limits, MixpanelClient, Quota, ServiceAccountAuth
from mixpanel_export.download.job import ExportJob
from mixpanel_export.download.plan import Slice, make_plan

FIRST = datetime.date(2023, 1, 1)
DAYS = st.integers(0, 4000).map(datetime.timedelta)


@given(length=DAYS, slice_days=st.integers(1, 500))
def test_fixed_slices_cover_every_day_once_and_in_order(length: datetime.timedelta, slice_days: int) -> None:
    plan = make_plan(FIRST, FIRST + length, parallel=8, slice_days=slice_days)
    assert not plan.ranges
    assert plan.fixed[0].from_date == FIRST
    assert plan.fixed[-1].to_date == FIRST + length
    for one, next_one in itertools.pairwise(plan.fixed):
        assert next_one.from_date == one.next_day
        assert one.days == slice_days
    assert plan.days == length.days + 1


def test_a_range_without_slice_days_may_be_cut_anywhere() -> None:
    plan = make_plan(FIRST, datetime.date(2023, 12, 31), parallel=16)
    assert plan.ranges == [Slice(FIRST, datetime.date(2023, 12, 31))]
    assert not plan.fixed


def test_a_limit_over_the_whole_range_is_one_request() -> None:
    plan = make_plan(FIRST, datetime.date(2023, 12, 31), parallel=16, whole=True)
    assert plan.fixed == [Slice(FIRST, datetime.date(2023, 12, 31))]


@pytest.mark.parametrize(
    ("name", "value"), [("parallel", 0), ("slice_days", 0), ("parallel", True), ("slice_days", 1.5)]
)
def test_numbers_below_one_are_refused(name: str, value: int) -> None:
    with pytest.raises(InvalidArgumentError, match=name):
        make_plan(FIRST, FIRST, **({"parallel": 1} | {name: value}))  # type: ignore[arg-type]


def test_the_text_of_a_slice_names_its_days() -> None:
    plan = make_plan(FIRST, datetime.date(2023, 1, 3), parallel=1, slice_days=2)
    assert [str(slice_) for slice_ in plan.fixed] == ["2023-01-01 to 2023-01-02", "2023-01-03"]


def test_an_export_runs_no_more_requests_than_the_quota_allows() -> None:
    for concurrent, parallel, expected in ((1, 8, 1), (100, 8, 8), (None, 8, 8)):
        limits = Limits(export=Quota(concurrent=concurrent), shared=False)
        with MixpanelClient(ServiceAccountAuth("tester", "hush"), project_id=1, limits=limits) as client:
            job = ExportJob.make(client.export._context, FIRST, FIRST, parallel=parallel)
        assert job.planner().parallel == expected
