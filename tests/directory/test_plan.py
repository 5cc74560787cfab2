"""The downloads that a run plans."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mixpanel_export.directory.manifest import Manifest
from mixpanel_export.directory.plan import plan_downloads
from mixpanel_export.directory.query import Query
from mixpanel_export.directory.resume import ResumeState
from mixpanel_export.download.job import ExportJob
from mixpanel_export.download.plan import Slice, divide
from mixpanel_export.http.context import Context

from .manifests import DAY, FIRST, covered, day, finished, manifest, slice_of, state_of


class TestPlan:
    def test_complete_slices_are_not_planned_again(self, context: Context) -> None:
        work = plan_downloads(state_of(context, manifest((1, 12), (20, 25))), (), ())
        assert covered(list(work.job.plan)) == [day(n) for n in (*range(13, 20), *range(26, 32))]
        assert set(work.manifest.pending) == set(work.names.values())
        assert len(work.manifest.slices) == 2

    def test_a_plan_is_kept_between_runs(self, context: Context) -> None:
        first = plan_downloads(state_of(context, manifest(), slice_days=5), (), ())
        again = plan_downloads(state_of(context, first.manifest), (), ())
        assert again.names == first.names
        done = first.manifest.committed(finished(6, 10))
        assert len(plan_downloads(state_of(context, done), (), ()).names) == len(first.names) - 1

    def test_slice_days_makes_a_new_plan(self, context: Context) -> None:
        first = plan_downloads(state_of(context, manifest((1, 1)), slice_days=10), (), ())
        again = plan_downloads(state_of(context, first.manifest, slice_days=2), (), ())
        assert [entry.days for entry in again.job.plan] == [2] * 15

    def test_a_damaged_slice_keeps_its_days_and_name(self, context: Context) -> None:
        before = manifest((1, 12), (13, 31))
        damaged = [before.slices[0].file]
        work = plan_downloads(state_of(context, before), damaged, [before.slices[1].file])
        assert dict(work.names) == {slice_of(1, 12): damaged[0]}
        assert [entry.slice_ for entry in work.manifest.slices] == [slice_of(13, 31)]

    def test_a_due_slice_gets_a_new_name(self, context: Context) -> None:
        before = manifest((1, 12), (13, 31))
        work = plan_downloads(state_of(context, before, due=(slice_of(13, 31),)), (), before.names)
        assert list(work.names.values()) == ["events_2024-01-13_2024-01-31_r2.jsonl.gz"]
        assert work.manifest.slices == before.slices
        after = work.manifest.committed(finished(13, 31, revision=2))
        assert [entry.file for entry in after.slices][1:] == ["events_2024-01-13_2024-01-31_r2.jsonl.gz"]
        assert after.obsolete == ("events_2024-01-13_2024-01-31.jsonl.gz",)

    def test_a_limit_plans_one_slice(self, context: Context) -> None:
        job = ExportJob.make(context, FIRST, day(31), limit=10)
        work = plan_downloads(ResumeState(job, Manifest(Query.of(job, "jsonl")), slice_days=1), (), ())
        assert list(work.names) == [slice_of(1, 31)]

    @given(
        lengths=st.lists(st.integers(1, 60), min_size=1, max_size=12),
        parallel=st.integers(1, 20),
        slice_days=st.none() | st.integers(1, 40),
        per_hour=st.none() | st.integers(1, 100),
        beside=st.integers(0, 60),
    )
    def test_divided_gaps_are_covered_within_the_budget(
        self,
        lengths: list[int],
        parallel: int,
        slice_days: int | None,
        per_hour: int | None,
        beside: int,
    ) -> None:
        gaps, at = [], FIRST
        for length in lengths:
            gaps.append(Slice(at, at + DAY * (length - 1)))
            at += DAY * (length + 5)
        slices = divide(gaps, parallel=parallel, slice_days=slice_days, per_hour=per_hour, beside=beside)
        assert covered(slices) == covered(gaps)
        if slice_days is None and per_hour is not None:
            assert len(slices) + beside <= max(per_hour, len(gaps) + beside)
