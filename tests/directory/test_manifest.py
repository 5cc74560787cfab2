"""Manifests as data: reading and writing, differences between queries, and plans."""

from __future__ import annotations

import datetime
import itertools
import json
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from mixpanel_export import InvalidArgumentError, MixpanelClient, ServiceAccountAuth, prop
from mixpanel_export.directory.filenames import FileName
from mixpanel_export.directory.manifest import Manifest, ManifestSlice
from mixpanel_export.directory.plan import plan_downloads
from mixpanel_export.directory.query import Query
from mixpanel_export.directory.request import DirectoryOptions, DirectoryRequest
from mixpanel_export.directory.resume import ResumeState, reconcile
from mixpanel_export.download.job import ExportJob, ExportOptions
from mixpanel_export.download.plan import Slice, divide
from mixpanel_export.errors import ManifestError
from mixpanel_export.http.context import Context

DAY = datetime.timedelta(days=1)
FIRST = datetime.date(2024, 1, 1)
LATER = datetime.datetime(2024, 6, 1, tzinfo=datetime.UTC)


def day(number: int) -> datetime.date:
    """Return a day of January 2024, counted from 1."""
    return FIRST + DAY * (number - 1)


def piece(first: int, last: int) -> Slice:
    return Slice(day(first), day(last))


def finished(first: int, last: int, revision: int = 1) -> ManifestSlice:
    name = FileName(piece(first, last), "jsonl.gz", revision)
    return ManifestSlice(str(name), day(first), day(last), 10, 1000, 5000, "0" * 64, LATER)


def query(last: int = 31, **changes: Any) -> Query:
    return evolve(Query(1, FIRST, day(last), "jsonl.gz"), **changes)


def manifest(*days: tuple[int, int], last: int = 31, pending: tuple[str, ...] = ()) -> Manifest:
    return Manifest(query(last), tuple(finished(*slice_days) for slice_days in days), pending)


@pytest.fixture
def context() -> Context:
    with MixpanelClient(ServiceAccountAuth("tester", "hush"), project_id=1) as client:
        return client.export._context


def asked(**changes: Any) -> DirectoryRequest:
    usual: dict[str, Any] = {"path": "d", "from_date": FIRST, "to_date": day(31)}
    return DirectoryRequest(**{**usual, "options": ExportOptions(), **changes})


def begun(
    context: Context, before: Manifest, slice_days: int | None = None, due: tuple[Slice, ...] = ()
) -> ResumeState:
    job = ExportJob.make(context, before.query.from_date, before.query.to_date)
    return ResumeState(job, before, due=frozenset(due), slice_days=slice_days)


def covered(pieces: list[Slice]) -> list[datetime.date]:
    return [slice_.from_date + DAY * n for slice_ in pieces for n in range(slice_.days)]


class TestText:
    def test_a_manifest_is_read_as_written(self) -> None:
        before = Manifest(
            query(event=("Käufe", "B"), where="x", limit=5, time_in_ms=True, bucket="b", deduplicate=True),
            (finished(1, 3), finished(4, 4, revision=2)),
            ("events_2024-01-05_2024-01-31.jsonl.gz",),
            ("events_2024-01-04_2024-01-04.jsonl.gz",),
        )
        assert Manifest.from_json(before.to_json()) == before

    def test_a_manifest_without_fields_has_all_of_them(self) -> None:
        text = manifest((1, 31)).to_json()
        assert b'"fields"' not in text
        assert Manifest.from_json(text).query.fields is None

    def test_the_fields_are_read_as_written(self) -> None:
        before = Manifest(query(fields=("amount", "plan")), (finished(1, 31),))
        assert Manifest.from_json(before.to_json()) == before

    def test_a_manifest_is_readable_by_people(self) -> None:
        text = Manifest(query(event=("Käufe",)), (finished(1, 31),)).to_json().decode()
        assert "\n  " in text
        assert "Käufe" in text
        data = json.loads(text)
        assert data["complete"] is True
        assert data["query"]["from_date"] == "2024-01-01"
        assert (data["events"], data["bytes"]) == (10, 1000)
        assert next(iter(data)) == "version"

    def test_a_later_version_is_refused_with_a_hint_to_upgrade(self) -> None:
        with pytest.raises(ManifestError, match="upgrade"):
            Manifest.from_json(b'{"version": 99, "something": "else"}')

    @pytest.mark.parametrize("keep", [0, 1, 100, -3])
    def test_a_truncated_manifest_is_damaged(self, keep: int) -> None:
        with pytest.raises(ManifestError, match="damaged"):
            Manifest.from_json(manifest((1, 31)).to_json()[:keep])

    @pytest.mark.parametrize(
        "name", ["../../etc/passwd", "/etc/passwd", "manifest.json", "events_2024-01-01_2024-01-01.jsonl/x"]
    )
    @pytest.mark.parametrize("where", ["slices", "pending", "obsolete"])
    def test_an_invalid_file_name_is_damage(self, name: str, where: str) -> None:
        data = json.loads(manifest((1, 1)).to_json())
        data[where] = [{**data["slices"][0], "file": name}] if where == "slices" else [name]
        with pytest.raises(ManifestError, match="not the name"):
            Manifest.from_json(json.dumps(data).encode())

    @pytest.mark.parametrize("days", [((1, 3), (3, 5)), ((4, 5), (1, 2)), ((30, 32),), ((2, 1),)])
    def test_overlapping_or_outside_days_are_damage(self, days: tuple[tuple[int, int], ...]) -> None:
        slices = tuple(
            ManifestSlice("events_2024-01-01_2024-01-01.jsonl", day(a), day(b), 1, 1, 1, "", LATER)
            for a, b in days
        )
        with pytest.raises(ManifestError, match="overlaps another, or is outside"):
            Manifest.from_json(Manifest(query(), slices).to_json())


class TestNames:
    @given(first=st.dates(), length=st.integers(0, 500), revision=st.integers(1, 99))
    def test_a_name_contains_its_days(self, first: datetime.date, length: int, revision: int) -> None:
        last = min(first.toordinal() + length, datetime.date.max.toordinal())
        name = FileName(Slice(first, datetime.date.fromordinal(last)), "jsonl.gz", revision)
        assert FileName.parse(str(name)) == name

    @pytest.mark.parametrize(
        "name",
        [
            "events_2024-01-02_2024-01-01.jsonl",
            "events_2024-13-01_2024-13-02.jsonl",
            "events_2024-01-01_2024-01-02_r1.jsonl",
            "events_2024-01-01_2024-01-02_r02.jsonl",
            ".events_2024-01-01_2024-01-02.jsonl.part",
            "events_2024-01-01_2024-01-02",
            "my_events_2024-01-01_2024-01-02.jsonl",
        ],
    )
    def test_other_names_are_not_parsed(self, name: str) -> None:
        assert FileName.parse(name) is None

    def test_a_taken_name_is_not_reused(self) -> None:
        name = FileName(piece(1, 2), "jsonl")
        assert str(name.free({str(name)})) == "events_2024-01-01_2024-01-02_r2.jsonl"


class TestDifferences:
    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"event": ("B",)}, 'event is ["A"] there, and ["B"] here'),
            ({"event": None}, 'event is ["A"] there, and not set here'),
            ({"where": "true"}, 'where is not set there, and "true" here'),
            ({"limit": 3}, "limit is not set there, and 3 here"),
            ({"to_date": day(30)}, "to_date is 2024-01-31 there, and 2024-01-30 here"),
            ({"format": "jsonl"}, 'format is "jsonl.gz" there, and "jsonl" here'),
            ({"time_in_ms": True}, "time_in_ms is false there, and true here"),
            ({"deduplicate": True}, "deduplicate is false there, and true here"),
            ({"project_id": 2}, "project_id is 1 there, and 2 here"),
        ],
    )
    def test_each_difference_is_named(self, changes: dict[str, Any], said: str) -> None:
        there = query(event=("A",))
        assert there.differences(evolve(there, **changes)) == [said]

    def test_event_order_and_an_unknown_project_do_not_differ(self) -> None:
        there = query(event=("A", "B"))
        assert there.differences(evolve(there, event=("B", "A"), project_id=None)) == []

    def test_expressions_are_compared_as_text(self, context: Context) -> None:
        one = ExportJob.make(context, FIRST, day(2), where=prop("a") == 1, event="A", time_in_ms=False)
        two = ExportJob.make(context, FIRST, day(2), where='properties["a"] == 1', event=["A"])
        assert Query.of(one, "jsonl").differences(Query.of(two, "jsonl")) == []


class TestGaps:
    @given(st.lists(st.booleans(), min_size=1, max_size=40))
    def test_slices_and_gaps_cover_every_day_once(self, done: list[bool]) -> None:
        made = manifest(*((n, n) for n, is_done in enumerate(done, 1) if is_done), last=len(done))
        days = sorted(covered([*made.gaps(), *(entry.slice_ for entry in made.slices)]))
        assert days == [day(n) for n in range(1, len(done) + 1)]
        gaps = made.gaps()
        assert all(b.from_date - a.to_date > DAY for a, b in itertools.pairwise(gaps))

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
        pieces = divide(gaps, parallel=parallel, slice_days=slice_days, per_hour=per_hour, beside=beside)
        assert covered(pieces) == covered(gaps)
        if slice_days is None and per_hour is not None:
            assert len(pieces) + beside <= max(per_hour, len(gaps) + beside)


class TestPlan:
    def test_complete_slices_are_not_planned_again(self, context: Context) -> None:
        work = plan_downloads(begun(context, manifest((1, 12), (20, 25))), (), ())
        assert covered(list(work.job.plan)) == [day(n) for n in (*range(13, 20), *range(26, 32))]
        assert set(work.manifest.pending) == set(work.names.values())
        assert len(work.manifest.slices) == 2

    def test_a_plan_is_kept_between_runs(self, context: Context) -> None:
        first = plan_downloads(begun(context, manifest(), slice_days=5), (), ())
        again = plan_downloads(begun(context, first.manifest), (), ())
        assert again.names == first.names
        done = first.manifest.committed(finished(6, 10))
        assert len(plan_downloads(begun(context, done), (), ()).names) == len(first.names) - 1

    def test_slice_days_makes_a_new_plan(self, context: Context) -> None:
        first = plan_downloads(begun(context, manifest((1, 1)), slice_days=10), (), ())
        again = plan_downloads(begun(context, first.manifest, slice_days=2), (), ())
        assert [entry.days for entry in again.job.plan] == [2] * 15

    def test_a_damaged_slice_keeps_its_days_and_name(self, context: Context) -> None:
        before = manifest((1, 12), (13, 31))
        damaged = [before.slices[0].file]
        work = plan_downloads(begun(context, before), damaged, [before.slices[1].file])
        assert dict(work.names) == {piece(1, 12): damaged[0]}
        assert [entry.slice_ for entry in work.manifest.slices] == [piece(13, 31)]

    def test_a_due_slice_gets_a_new_name(self, context: Context) -> None:
        before = manifest((1, 12), (13, 31))
        work = plan_downloads(begun(context, before, due=(piece(13, 31),)), (), before.names)
        assert list(work.names.values()) == ["events_2024-01-13_2024-01-31_r2.jsonl.gz"]
        assert work.manifest.slices == before.slices
        after = work.manifest.committed(finished(13, 31, revision=2))
        assert [entry.file for entry in after.slices][1:] == ["events_2024-01-13_2024-01-31_r2.jsonl.gz"]
        assert after.obsolete == ("events_2024-01-13_2024-01-31.jsonl.gz",)

    def test_a_limit_plans_one_slice(self, context: Context) -> None:
        job = ExportJob.make(context, FIRST, day(31), limit=10)
        work = plan_downloads(ResumeState(job, Manifest(Query.of(job, "jsonl")), slice_days=1), (), ())
        assert list(work.names) == [piece(1, 31)]


class TestUpdate:
    def due(self, context: Context, before: Manifest, to: int, look_back: int = 3) -> list[Slice]:
        update = asked(from_date=None, to_date=day(to), look_back=look_back)
        return sorted(reconcile(update, context, before, ()).due)

    def test_slices_that_touch_the_last_days_are_due(self, context: Context) -> None:
        before = manifest((1, 20), (21, 28), (29, 30), (31, 31))
        assert self.due(context, before, 33) == [piece(29, 30), piece(31, 31)]
        assert self.due(context, before, 33, look_back=4)[0] == piece(21, 28)
        assert self.due(context, before, 33, look_back=0) == []

    def test_an_unfinished_day_is_due_at_any_look_back(self, context: Context) -> None:
        whole = finished(1, 30)
        partial = evolve(
            finished(31, 31), fetched_at=datetime.datetime(2024, 1, 31, 23, 59, tzinfo=datetime.UTC)
        )
        before = Manifest(query(), (whole, partial))
        assert self.due(context, before, 33, look_back=0) == [piece(31, 31)]

    def test_an_update_never_shrinks_the_range(self, context: Context) -> None:
        update = asked(from_date=None, to_date=day(20), look_back=1)
        assert reconcile(update, context, manifest((1, 31)), ()).manifest.query.to_date == day(31)

    def test_an_interrupted_update_resumes(self, context: Context) -> None:
        pending = (str(FileName(piece(30, 30), "jsonl.gz", 2)), str(FileName(piece(32, 33), "jsonl.gz")))
        slices = (finished(1, 29), finished(30, 30), finished(31, 31, revision=2))
        before = Manifest(query(33), slices, pending)
        assert self.due(context, before, 33) == [piece(30, 30)]

    def test_a_limited_export_cannot_be_updated(self, context: Context) -> None:
        before = evolve(manifest((1, 31)), query=query(limit=5))
        with pytest.raises(InvalidArgumentError, match="limit"):
            self.due(context, before, 33)

    @pytest.mark.parametrize("look_back", [-1, 1.5, True, "3", 36_526, 10**15])
    def test_look_back_must_be_a_number_of_days(self, look_back: Any) -> None:
        with pytest.raises(InvalidArgumentError, match="look_back"):
            DirectoryRequest.make("d", FIRST, day(31), DirectoryOptions(), look_back=look_back)
