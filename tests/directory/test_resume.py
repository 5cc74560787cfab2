"""The slices that an update fetches again."""

from __future__ import annotations

import datetime

import pytest
from attrs import evolve

from mixpanel_export import InvalidArgumentError
from mixpanel_export.directory.filenames import FileName
from mixpanel_export.directory.manifest import Manifest
from mixpanel_export.directory.resume import reconcile
from mixpanel_export.download.plan import Slice
from mixpanel_export.http.context import Context

from .manifests import day, finished, manifest, query, request_for, slice_of


class TestUpdate:
    def due(self, context: Context, before: Manifest, to: int, look_back: int = 3) -> list[Slice]:
        update = request_for(from_date=None, to_date=day(to), look_back=look_back)
        return sorted(reconcile(update, context, before, ()).due)

    def test_slices_that_touch_the_last_days_are_due(self, context: Context) -> None:
        before = manifest((1, 20), (21, 28), (29, 30), (31, 31))
        assert self.due(context, before, 33) == [slice_of(29, 30), slice_of(31, 31)]
        assert self.due(context, before, 33, look_back=4)[0] == slice_of(21, 28)
        assert self.due(context, before, 33, look_back=0) == []

    def test_an_unfinished_day_is_due_at_any_look_back(self, context: Context) -> None:
        whole = finished(1, 30)
        partial = evolve(
            finished(31, 31), fetched_at=datetime.datetime(2024, 1, 31, 23, 59, tzinfo=datetime.UTC)
        )
        before = Manifest(query(), (whole, partial))
        assert self.due(context, before, 33, look_back=0) == [slice_of(31, 31)]

    def test_an_update_never_shrinks_the_range(self, context: Context) -> None:
        update = request_for(from_date=None, to_date=day(20), look_back=1)
        assert reconcile(update, context, manifest((1, 31)), ()).manifest.query.to_date == day(31)

    def test_an_interrupted_update_resumes(self, context: Context) -> None:
        pending = (
            str(FileName(slice_of(30, 30), "jsonl.gz", 2)),
            str(FileName(slice_of(32, 33), "jsonl.gz")),
        )
        slices = (finished(1, 29), finished(30, 30), finished(31, 31, revision=2))
        before = Manifest(query(33), slices, pending)
        assert self.due(context, before, 33) == [slice_of(30, 30)]

    def test_a_limited_export_cannot_be_updated(self, context: Context) -> None:
        before = evolve(manifest((1, 31)), query=query(limit=5))
        with pytest.raises(InvalidArgumentError, match="limit"):
            self.due(context, before, 33)
