"""The downloads of one run, planned from what a directory is missing, and the names of their files.

Pure. See `resume` for what a run keeps, `download.planner` for how days are cut into slices, and `run` for the run.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable

from attrs import evolve, frozen

from mixpanel_export.directory.filenames import FileName
from mixpanel_export.directory.manifest import Manifest, ManifestSlice
from mixpanel_export.directory.resume import ResumeState
from mixpanel_export.download.job import ExportJob
from mixpanel_export.download.plan import DayDensity, Plan, Slice

__all__ = ["DirectoryPlan", "SliceNames", "plan_downloads"]

# JSON Lines take about this many times the room of their gzip.
_USUAL_RATIO = 14


class SliceNames:
    """The file names of the slices of a run, chosen when a slice is started. Thread-safe.

    Args:
        format: the format of the files.
        taken: the names that no new file may get.
        replaced: complete slices that are fetched again; each gets the next revision of its name.
    """

    def __init__(self, format: str, taken: Collection[str], replaced: Iterable[ManifestSlice]) -> None:
        self._format = format
        self._taken = set(taken)
        self._replaced = {entry.slice_: FileName.of(entry.file) for entry in replaced}
        self._lock = threading.Lock()
        self._chosen: dict[Slice, str] = {}

    def of(self, slice_: Slice) -> str:
        """Return the name of a slice's file; always the same one."""
        with self._lock:
            if slice_ not in self._chosen:
                replaced = self._replaced.get(slice_)
                first = replaced.next() if replaced is not None else FileName(slice_, self._format)
                name = str(first.free(self._taken))
                self._taken.add(name)
                self._chosen[slice_] = name
            return self._chosen[slice_]

    def chosen(self) -> list[str]:
        """Return all names chosen so far, by day."""
        with self._lock:
            return [name for _, name in sorted(self._chosen.items())]


@frozen
class DirectoryPlan:
    """The work of one run.

    Attributes:
        job: the export, its plan reduced to the days to fetch.
        manifest: the complete slices, and the files of those that are fetched again.
        names: the names of the files to come.
    """

    job: ExportJob
    manifest: Manifest
    names: SliceNames


def plan_downloads(state: ResumeState, damaged: Collection[str], taken: Collection[str]) -> DirectoryPlan:
    """Plan the missing days.

    Slices that are due again keep their days, so that each replaces one complete slice. All other days are cut as
    the planner decides, which knows the sizes of the days that are complete.

    Args:
        damaged: the names of files that the manifest lists and that are not whole.
        taken: the names that no new file may get.
    """
    job, manifest = state.job, state.manifest.without(damaged)
    due = [entry for entry in manifest.slices if entry.slice_ in state.due]
    gaps = manifest.gaps()
    ranges: list[Slice] = []
    fixed: list[Slice] = []
    if job.filters["limit"] is not None:
        fixed = gaps
    elif state.slice_days is not None:
        fixed = [part for gap in gaps for part in gap.split(state.slice_days)]
    else:
        ranges = gaps
    names = SliceNames(manifest.query.format, taken, due)
    fixed += [entry.slice_ for entry in due]
    known = [
        DayDensity(entry.slice_, _compressed_size(entry, manifest.query.format)) for entry in manifest.slices
    ]
    return DirectoryPlan(
        evolve(job, plan=Plan(ranges, job.plan.parallel, fixed, known)),
        manifest.announcing([names.of(slice_) for slice_ in sorted(fixed)]),
        names,
    )


def _compressed_size(entry: ManifestSlice, format: str) -> int:
    """Return about how many bytes came over the network for a slice."""
    return entry.bytes if format == "jsonl.gz" else entry.json_bytes // _USUAL_RATIO
