"""The results of a directory export: what a run did (`DirectoryExport`), and would do (`DirectoryOutline`)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen

from mixpanel_export.directory.manifest import Manifest, ManifestSlice
from mixpanel_export.download.job import ExportJob
from mixpanel_export.download.progress import Progress
from mixpanel_export_api.runtime.html import preview

if TYPE_CHECKING:
    from mixpanel_export._formats import Layout
    from mixpanel_export.columns.fixed import ColumnSchema

__all__ = ["DirectoryExport", "DirectoryOutline"]


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

    def _repr_html_(self) -> str:
        """Return a preview for notebooks: the files with their days and sizes."""
        rows = [
            {
                "file": entry.file,
                "from": entry.from_date,
                "to": entry.to_date,
                "events": entry.events,
                "bytes": entry.bytes,
            }
            for entry in self.manifest.slices
        ]
        return preview(f"{self.events:,} events in {len(self.files):,} files in {self.path}", rows)

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
class DirectoryOutline:
    """The work that a run would do.

    Attributes:
        job: the export of the days that are missing.
        from_date: the first day of the directory.
        to_date: its last day, included.
        done: the slices that are already complete, and stay.
        damaged: files that are damaged or missing, by name, with the reason.
        layout: the layout of its files; None for files of lines.
        columns: its fixed columns, if any.
    """

    job: ExportJob
    from_date: datetime.date
    to_date: datetime.date
    done: Sequence[ManifestSlice]
    damaged: Mapping[str, str]
    layout: Layout | None
    columns: ColumnSchema | None
