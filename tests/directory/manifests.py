"""Manifests, queries and requests of January 2024, short to write in a test."""

from __future__ import annotations

import datetime
from typing import Any

from attrs import evolve

from mixpanel_export.directory.filenames import FileName
from mixpanel_export.directory.manifest import Manifest, ManifestSlice
from mixpanel_export.directory.query import Query
from mixpanel_export.directory.request import DirectoryRequest
from mixpanel_export.directory.resume import ResumeState
from mixpanel_export.download.job import ExportJob, ExportOptions
from mixpanel_export.download.plan import Slice
from mixpanel_export.http.context import Context

__all__ = [
    "DAY",
    "FIRST",
    "LATER",
    "covered",
    "day",
    "finished",
    "manifest",
    "query",
    "request_for",
    "slice_of",
    "state_of",
]

DAY = datetime.timedelta(days=1)
FIRST = datetime.date(2024, 1, 1)
LATER = datetime.datetime(2024, 6, 1, tzinfo=datetime.UTC)


def day(number: int) -> datetime.date:
    """Return a day of January 2024, counted from 1."""
    return FIRST + DAY * (number - 1)


def slice_of(first: int, last: int) -> Slice:
    """Return a slice of days of January 2024."""
    return Slice(day(first), day(last))


def finished(first: int, last: int, revision: int = 1) -> ManifestSlice:
    """Return a complete slice of 10 events."""
    name = FileName(slice_of(first, last), "jsonl.gz", revision)
    return ManifestSlice(str(name), day(first), day(last), 10, 1000, 5000, "0" * 64, LATER)


def query(last: int = 31, **changes: Any) -> Query:
    """Return a query for January 2024, up to a day of it."""
    return evolve(Query(1, FIRST, day(last), "jsonl.gz"), **changes)


def manifest(*days: tuple[int, int], last: int = 31, pending: tuple[str, ...] = ()) -> Manifest:
    """Return a manifest with complete slices of these days."""
    return Manifest(query(last), tuple(finished(*slice_days) for slice_days in days), pending)


def request_for(**changes: Any) -> DirectoryRequest:
    """Return a request for January 2024."""
    usual: dict[str, Any] = {"path": "d", "from_date": FIRST, "to_date": day(31)}
    return DirectoryRequest(**{**usual, "options": ExportOptions(), **changes})


def state_of(
    context: Context, before: Manifest, slice_days: int | None = None, due: tuple[Slice, ...] = ()
) -> ResumeState:
    """Return the state that a run starts from with this manifest."""
    job = ExportJob.make(context, before.query.from_date, before.query.to_date)
    return ResumeState(job, before, due=frozenset(due), slice_days=slice_days)


def covered(slices: list[Slice]) -> list[datetime.date]:
    """Return the days of slices, one by one."""
    return [slice_.from_date + DAY * n for slice_ in slices for n in range(slice_.days)]
