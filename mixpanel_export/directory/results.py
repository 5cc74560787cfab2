"""What is told about a directory export: what it did, and what it would do."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from attrs import frozen

from mixpanel_export.directory.manifest import Manifest, ManifestSlice
from mixpanel_export.download.job import ExportJob
from mixpanel_export.download.plan import Slice
from mixpanel_export.download.progress import Progress

__all__ = ["DirectoryExport", "PlanSummary"]


@frozen
class DirectoryExport:
    """A directory whose export is complete, and what this run did for it.

    Attributes:
        path: the directory: a Path, or the URL as text. No checker can tell which; none complains about either.
        manifest: all that is known of what it holds.
        fetched: how many slices this run fetched.
        found: how many slices were found done.
        damaged: the files that were found damaged or missing, each with what was wrong; they were fetched again.
        unknown: files that are named like slices and that the manifest does not know; they were left alone.
        progress: the totals of this run.
    """

    path: Path | Any
    manifest: Manifest
    fetched: int
    found: int
    damaged: Mapping[str, str]
    unknown: Sequence[str]
    progress: Progress

    @property
    def files(self) -> tuple[Path | Any, ...]:
        """The files, in the order of their slices: each a Path, or its URL as text."""
        paths = [path for each in self.manifest.slices for path in each.paths]
        if isinstance(self.path, Path):
            return tuple(self.path / path for path in paths)
        return tuple(f"{self.path}/{path}" for path in paths)

    @property
    def events(self) -> int:
        """The events in all files."""
        return self.manifest.events

    @property
    def bytes(self) -> int:
        """The size of all files."""
        return self.manifest.size

    @property
    def dropped(self) -> int:
        """The duplicates left out of all files."""
        return sum(each.dropped for each in self.manifest.slices)


@frozen
class PlanSummary:
    """What an export would do.

    Attributes:
        from_date: the first day.
        to_date: the last day, included.
        slices: what is to be fetched, in one request each.
        parallel: how many of them at a time.
        done: the slices that are complete already, and stay.
        damaged: files that are damaged or missing, each with what is wrong; they are among what is to be fetched.
        per_hour: the requests that the budget allows in an hour; None when none is kept.
        used: how many of them were made within the last hour, as far as this machine knows.
    """

    from_date: datetime.date
    to_date: datetime.date
    slices: Sequence[Slice]
    parallel: int
    done: Sequence[ManifestSlice]
    damaged: Mapping[str, str]
    per_hour: int | None
    used: int

    @classmethod
    def of(
        cls,
        job: ExportJob,
        days: tuple[datetime.date, datetime.date] | None = None,
        done: Sequence[ManifestSlice] = (),
        damaged: Mapping[str, str] | None = None,
    ) -> Self:
        """The summary of a job; `days` when it is not for the whole range."""
        from_date, to_date = days or job.days
        limits, budget = job.context.limits, job.context.budget("data")
        return cls(
            from_date=from_date,
            to_date=to_date,
            slices=list(job.plan),
            parallel=job.plan.parallel,
            done=done,
            damaged=damaged or {},
            per_hour=limits.export.per_hour if limits is not None else None,
            used=budget.used() if budget is not None else 0,
        )

    @property
    def requests(self) -> int:
        """How many requests it makes, if none has to be repeated."""
        return len(self.slices)

    @property
    def days(self) -> int:
        """How many days are to be fetched."""
        return sum(each.days for each in self.slices)

    @property
    def hours_to_wait(self) -> int:
        """About how many hours it waits for the budget."""
        if self.per_hour is None:
            return 0
        return max(0, -((self.per_hour - self.used - self.requests) // self.per_hour))
