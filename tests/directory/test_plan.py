"""The downloads that a run plans."""

from __future__ import annotations

from mixpanel_export.directory.manifest import Manifest
from mixpanel_export.directory.plan import SliceNames, plan_downloads
from mixpanel_export.directory.query import Query
from mixpanel_export.directory.resume import ResumeState
from mixpanel_export.download.job import ExportJob
from mixpanel_export.http.context import Context

from .manifests import FIRST, covered, day, finished, manifest, slice_of, state_of


class TestPlan:
    def test_complete_slices_are_not_planned_again(self, context: Context) -> None:
        work = plan_downloads(state_of(context, manifest((1, 12), (20, 25))), (), ())
        assert covered(list(work.job.plan.ranges)) == [day(n) for n in (*range(13, 20), *range(26, 32))]
        assert not work.job.plan.fixed
        assert len(work.manifest.slices) == 2

    def test_complete_slices_tell_the_size_of_their_days(self, context: Context) -> None:
        work = plan_downloads(state_of(context, manifest((1, 12))), (), ())
        assert [(known.slice_, known.bytes) for known in work.job.plan.known] == [(slice_of(1, 12), 1000)]

    def test_slice_days_fixes_the_slices_of_each_gap(self, context: Context) -> None:
        work = plan_downloads(state_of(context, manifest((1, 1), (12, 20)), slice_days=5), (), ())
        assert [slice_.days for slice_ in work.job.plan.fixed] == [5, 5, 5, 5, 1]
        assert not work.job.plan.ranges

    def test_the_days_of_a_damaged_slice_are_a_gap(self, context: Context) -> None:
        before = manifest((1, 12), (13, 31))
        damaged = [before.slices[0].file]
        work = plan_downloads(state_of(context, before), damaged, [before.slices[1].file])
        assert work.job.plan.ranges == [slice_of(1, 12)]
        assert work.names.of(slice_of(1, 12)) == damaged[0]
        assert [entry.slice_ for entry in work.manifest.slices] == [slice_of(13, 31)]

    def test_a_due_slice_gets_a_new_name(self, context: Context) -> None:
        before = manifest((1, 12), (13, 31))
        work = plan_downloads(state_of(context, before, due=(slice_of(13, 31),)), (), before.names)
        assert work.job.plan.fixed == [slice_of(13, 31)]
        assert work.manifest.pending == ("events_2024-01-13_2024-01-31_r2.jsonl.gz",)
        assert work.names.chosen() == ["events_2024-01-13_2024-01-31_r2.jsonl.gz"]
        assert work.manifest.slices == before.slices
        after = work.manifest.committed(finished(13, 31, revision=2))
        assert [entry.file for entry in after.slices][1:] == ["events_2024-01-13_2024-01-31_r2.jsonl.gz"]
        assert after.obsolete == ("events_2024-01-13_2024-01-31.jsonl.gz",)

    def test_a_limit_plans_one_slice(self, context: Context) -> None:
        job = ExportJob.make(context, FIRST, day(31), limit=10)
        work = plan_downloads(ResumeState(job, Manifest(Query.of(job, "jsonl")), slice_days=1), (), ())
        assert work.job.plan.fixed == [slice_of(1, 31)]


class TestNames:
    def test_a_slice_keeps_its_name_and_takes_no_other(self) -> None:
        names = SliceNames("jsonl.gz", ["events_2024-01-01_2024-01-02.jsonl.gz"], [])
        first = names.of(slice_of(1, 2))
        assert first == "events_2024-01-01_2024-01-02_r2.jsonl.gz"
        assert names.of(slice_of(1, 2)) == first
        assert names.of(slice_of(3, 3)) == "events_2024-01-03_2024-01-03.jsonl.gz"
        assert names.chosen() == [first, "events_2024-01-03_2024-01-03.jsonl.gz"]
