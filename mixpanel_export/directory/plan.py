"""The downloads of one run, planned from what a directory is missing, and the names of their files.

Pure. See `resume` for what a run keeps, `download.plan` for how a range is cut into slices, and `run` for the run.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence

from attrs import evolve, frozen

from mixpanel_export.directory.filenames import FileName
from mixpanel_export.directory.manifest import Manifest
from mixpanel_export.directory.resume import ResumeState
from mixpanel_export.download.job import ExportJob
from mixpanel_export.download.plan import Plan, Slice, divide

__all__ = ["DirectoryPlan", "plan_downloads"]

_DAY = datetime.timedelta(days=1)


@frozen
class DirectoryPlan:
    """The work of one run.

    Attributes:
        job: the export, its plan reduced to the slices to fetch.
        manifest: the complete slices, and the files to come.
        names: the file name of each slice to fetch.
    """

    job: ExportJob
    manifest: Manifest
    names: Mapping[Slice, str]


def plan_downloads(state: ResumeState, damaged: Collection[str], taken: Collection[str]) -> DirectoryPlan:
    """Plan the missing slices and name their files.

    Slices planned by an earlier run stay as planned, so that frequent interruptions do not lead to ever smaller
    slices; unless `slice_days` is given.

    Args:
        damaged: the names of files that the manifest lists and that are not whole.
        taken: the names that no new file may get.
    """
    job, recorded = state.job, state.manifest
    manifest = recorded.without(damaged)
    planned = [] if state.slice_days is not None else recorded.pending_slices()
    planned += [entry.slice_ for entry in recorded.slices if entry.file in damaged]
    kept: list[Slice] = []
    open_ranges: list[Slice] = []
    for gap in manifest.gaps():
        inside = sorted(
            slice_
            for slice_ in planned
            if gap.from_date <= slice_.from_date and slice_.to_date <= gap.to_date
        )
        if _covers(inside, gap):
            kept += inside
        else:
            open_ranges.append(gap)
    due = [entry for entry in manifest.slices if entry.slice_ in state.due]
    if job.filters["limit"] is not None:
        fresh = open_ranges
    else:
        limits = job.context.limits
        fresh = divide(
            open_ranges,
            parallel=job.plan.parallel,
            slice_days=state.slice_days,
            per_hour=limits.export.per_hour if limits is not None else None,
            beside=len(kept) + len(due),
        )
    names = {slice_: FileName(slice_, manifest.query.format).free(taken) for slice_ in (*kept, *fresh)}
    names |= {entry.slice_: FileName.of(entry.file).next().free(taken) for entry in due}
    ordered = {slice_: str(names[slice_]) for slice_ in sorted(names)}
    return DirectoryPlan(
        evolve(job, plan=Plan(list(ordered), job.plan.parallel)),
        manifest.announcing(ordered.values()),
        ordered,
    )


def _covers(slices: Sequence[Slice], gap: Slice) -> bool:
    """Return True if the slices, in order, make up the gap exactly."""
    missing = gap.from_date
    for slice_ in slices:
        if slice_.from_date != missing:
            return False
        missing = slice_.to_date + _DAY
    return missing == gap.to_date + _DAY
