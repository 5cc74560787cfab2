"""The results of a directory export: what a run did (`DirectoryExport`), and what it would do (`PlanSummary`)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
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
    """A directory whose export is complete, and what this run did.

    Attributes:
        path: the directory, as a Path, or its URL, as text (typed `Path | Any`, so that checkers accept both uses).
        manifest: the slices, their files, sizes and checksums.
        fetched: the number of slices fetched by this run.
        found: the number of slices that were already complete.
        damaged: the files that were damaged or missing, by name, with the reason; they were fetched again.
        unknown: the paths of files that are named like slices and not in the manifest; they were left alone.
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
        """The files, in the order of their slices, as paths, or as URLs in text."""
        return self._located(path for entry in self.manifest.slices for path in entry.paths)

    def _located(self, paths: Iterable[str]) -> tuple[Path | Any, ...]:
        if isinstance(self.path, Path):
            return tuple(self.path / path for path in paths)
        return tuple(f"{self.path}/{path}" for path in paths)

    @property
    def events(self) -> int:
        """The number of events in all files."""
        return self.manifest.events

    @property
    def bytes(self) -> int:
        """The total size of the files."""
        return self.manifest.size

    @property
    def malformed(self) -> int:
        """The number of lines that were left out of all files because they are not events."""
        return self.manifest.malformed

    @property
    def malformed_files(self) -> tuple[Path | Any, ...]:
        """The files of such lines, as paths, or as URLs in text."""
        return self._located(
            entry.malformed.file for entry in self.manifest.slices if entry.malformed is not None
        )

    @property
    def dropped(self) -> int:
        """The number of duplicates left out of all files."""
        return sum(entry.dropped for entry in self.manifest.slices)


@frozen
class PlanSummary:
    """The requests that an export would make.

    Attributes:
        from_date: the first day.
        to_date: the last day, included.
        slices: the days to fetch, as they would be cut now; the export cuts days that turn out to be large again.
        parallel: the number of slices fetched at a time.
        done: the slices that are already complete, and stay.
        damaged: files that are damaged or missing, by name, with the reason; their days are among `slices`.
        per_hour: the requests that the budget allows in an hour; None when no budget is kept.
        used: the requests made within the last hour, as far as this machine knows.
        most_requests: the most requests that the export makes if every day is large, retries aside.
        reason: why that many.
    """

    from_date: datetime.date
    to_date: datetime.date
    slices: Sequence[Slice]
    parallel: int
    done: Sequence[ManifestSlice]
    damaged: Mapping[str, str]
    per_hour: int | None
    used: int
    most_requests: int
    reason: str

    @classmethod
    def of(
        cls,
        job: ExportJob,
        days: tuple[datetime.date, datetime.date] | None = None,
        done: Sequence[ManifestSlice] = (),
        damaged: Mapping[str, str] | None = None,
    ) -> Self:
        """Summarize a job; `days` is the whole range, when the job fetches only a part of it."""
        from_date, to_date = days or job.days
        budget = job.context.budget("data")
        planner = job.planner()
        slices = planner.outline()
        return cls(
            from_date=from_date,
            to_date=to_date,
            slices=slices,
            parallel=job.plan.parallel,
            done=done,
            damaged=damaged or {},
            per_hour=job.context.limits.export.per_hour,
            used=budget.used(),
            most_requests=max(len(slices), planner.most_requests),
            reason=planner.reason,
        )

    @property
    def requests(self) -> int:
        """The fewest requests that the export makes, if none has to be repeated."""
        return len(self.slices)

    @property
    def days(self) -> int:
        """The number of days to fetch."""
        return sum(slice_.days for slice_ in self.slices)

    @property
    def hours_to_wait(self) -> int:
        """The approximate number of hours spent waiting for the budget."""
        if self.per_hour is None:
            return 0
        return max(0, -((self.per_hour - self.used - self.requests) // self.per_hour))
