"""From what is asked of a directory, and what it holds, to what is still to be fetched.

Pure: first runs, runs that continue, updates and dry runs all decide here. Carrying it out is for `directory`.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from mixpanel_export import dates
from mixpanel_export._formats import FileFormat, Layout, PartitionBy, check_columnar
from mixpanel_export.directory.filenames import FileName, name_of
from mixpanel_export.directory.manifest import Manifest, Query
from mixpanel_export.download.job import ExportJob, ExportOptions
from mixpanel_export.download.plan import Plan, Slice, divide
from mixpanel_export.errors import DirectoryMismatchError, InvalidArgumentError

if TYPE_CHECKING:
    from mixpanel_export.dates import DateLike
    from mixpanel_export.http.context import Context

__all__ = [
    "DEFAULT_LOOK_BACK",
    "DirectoryPlan",
    "DirectoryRequest",
    "ResumeState",
    "plan_downloads",
    "reconcile",
]

DEFAULT_LOOK_BACK = 3
_DAY = datetime.timedelta(days=1)
# A century of days.
_LONGEST = 36_525


@frozen(kw_only=True)
class DirectoryRequest:
    """What is asked of a directory.

    Attributes:
        path: a local path, or a URL.
        from_date: the first day; None for the one that the directory begins with.
        to_date: the last day; None for yesterday.
        format: None for the one that the directory has.
        layout: None for the one that the directory has.
        partition_by: as `layout`.
        look_back: how many of the last days an update fetches again; None when it is not an update.
        verify: read every finished file again, and compare checksums.
    """

    path: str
    from_date: DateLike | None = None
    to_date: DateLike | None = None
    format: FileFormat | None = None
    layout: Layout | None = None
    partition_by: PartitionBy | None = None
    options: ExportOptions
    overwrite: bool = False
    verify: bool = False
    look_back: int | None = None


@frozen
class ResumeState:
    """What a run begins with.

    Attributes:
        job: what is asked for, checked.
        manifest: what is kept of what the directory holds.
        drop: the names of files that are to go first.
        due: the days of slices that are to be fetched again, although complete.
        slice_days: the days of a slice, where that was asked for.
    """

    job: ExportJob
    manifest: Manifest
    drop: Collection[str] = ()
    due: frozenset[Slice] = frozenset()
    slice_days: int | None = None


@frozen
class DirectoryPlan:
    """What a run has to do.

    Attributes:
        job: its plan has the slices that are to be fetched.
        manifest: what is complete, and the files to come.
        names: the file of each slice that is to be fetched.
    """

    job: ExportJob
    manifest: Manifest
    names: Mapping[Slice, str]


def reconcile(
    asked: DirectoryRequest, context: Context, manifest: Manifest | None, present: Collection[str]
) -> ResumeState:
    """Check what is asked for against what the directory holds.

    Args:
        manifest: what the directory's manifest says, if it has one.
        present: the paths of the files in the directory.

    Raises:
        InvalidArgumentError: for arguments that are not allowed.
        DirectoryMismatchError: when the directory holds something else.
    """
    if asked.look_back is not None:
        _check_look_back(asked.look_back)
        if manifest is not None and manifest.slices and not asked.overwrite:
            return _start_update(asked, asked.look_back, context, manifest)
    job, slice_days = _first_job(asked, context), _slice_days(asked)
    query = _query(asked, job)
    ours = sorted({name for path in present if FileName.parse(name := name_of(path))})
    if asked.overwrite:
        return ResumeState(job, Manifest(query), ours, slice_days=slice_days)
    if manifest is None:
        if ours:
            raise DirectoryMismatchError(
                asked.path,
                f"{asked.path} holds {ours[0]}, and no manifest that knows it; export to another directory, or "
                "have such files replaced with overwrite",
            )
        return ResumeState(job, Manifest(query), slice_days=slice_days)
    if not manifest.slices:
        return ResumeState(job, evolve(manifest, query=query, columns=()), slice_days=slice_days)
    _check_same(asked, manifest.query, query)
    return ResumeState(job, manifest, due=frozenset(manifest.due()), slice_days=slice_days)


def plan_downloads(begun: ResumeState, damaged: Collection[str], taken: Collection[str]) -> DirectoryPlan:
    """Plan what is missing, and name its files.

    What an earlier run had planned stays planned, so that a run that is often interrupted does not end up asking
    for ever smaller slices; unless a length of slices is asked for.

    Args:
        damaged: the names of files that are in the manifest and not whole.
        taken: the names of the files that will be in the directory.
    """
    job, before = begun.job, begun.manifest
    manifest = before.without(damaged)
    planned = [] if begun.slice_days is not None else before.pending_pieces()
    planned += [each.piece for each in before.slices if each.file in damaged]
    kept: list[Slice] = []
    open_ranges: list[Slice] = []
    for gap in manifest.gaps():
        inside = sorted(
            each for each in planned if gap.from_date <= each.from_date and each.to_date <= gap.to_date
        )
        if _tiles(inside, gap):
            kept += inside
        else:
            open_ranges.append(gap)
    again = [each for each in manifest.slices if each.piece in begun.due]
    if job.filters["limit"] is not None:
        fresh = open_ranges
    else:
        limits = job.context.limits
        fresh = divide(
            open_ranges,
            parallel=job.plan.parallel,
            slice_days=begun.slice_days,
            per_hour=limits.export.per_hour if limits is not None else None,
            beside=len(kept) + len(again),
        )
    names = {piece: FileName(piece, manifest.query.format).free(taken) for piece in (*kept, *fresh)}
    for each in again:
        name = FileName.parse(each.file)
        assert name is not None
        names[each.piece] = evolve(name, revision=name.revision + 1).free(taken)
    ordered = {piece: str(names[piece]) for piece in sorted(names)}
    return DirectoryPlan(
        evolve(job, plan=Plan(list(ordered), job.plan.parallel)),
        manifest.announcing(ordered.values()),
        ordered,
    )


def _first_job(asked: DirectoryRequest, context: Context) -> ExportJob:
    if asked.from_date is None:
        raise InvalidArgumentError(
            "from_date",
            None,
            f"it is needed for the first export to {asked.path}, which has no complete slice",
        )
    to_date = asked.to_date if asked.to_date is not None else context.today() - _DAY
    return ExportJob.make(context, asked.from_date, to_date, **asked.options)


def _query(asked: DirectoryRequest, job: ExportJob, there: Query | None = None) -> Query:
    """What is asked for, with what is not said as it is there."""
    format = asked.format or (there.format if there is not None else "jsonl.gz")
    check_columnar(format, asked.layout, asked.partition_by)
    # The kinds of its columns cannot be told from a CSV file, which so cannot be widened later.
    if format == "csv" and asked.layout == "wide":
        raise InvalidArgumentError(
            "layout",
            asked.layout,
            "a wide CSV is one file, whose header is known in the end: name one, such as events.csv; a directory "
            "of CSV has the layout 'json'",
        )
    usual = {"parquet": "wide", "csv": "json"}.get(format)
    return Query.of(
        job,
        format,
        layout=asked.layout or (there.layout if there is not None else usual),
        partition_by=asked.partition_by or (there.partition_by if there is not None else None),
    )


def _start_update(
    asked: DirectoryRequest, look_back: int, context: Context, manifest: Manifest
) -> ResumeState:
    """The range that is there, up to a later day, and its last days once more."""
    query = manifest.query
    if query.limit is not None:
        raise DirectoryMismatchError(
            asked.path,
            f"{asked.path} was exported with a limit, which is for the whole range; it has no updates",
        )
    given: dict[str, Any] = {name: value for name, value in asked.options.items() if value is not None}
    wanted = dates.to_date("to_date", asked.to_date) if asked.to_date is not None else context.today() - _DAY
    extended = evolve(query, to_date=max(wanted, query.to_date))
    first = asked.from_date if asked.from_date is not None else query.from_date
    job = ExportJob.make(context, first, extended.to_date, **{**query.filters, **given})
    _check_same(asked, extended, _query(asked, job, query))
    due = set(manifest.due())
    # An update that was interrupted has its days to be fetched again among the pending ones.
    if extended.to_date > query.to_date or manifest.is_complete:
        last = manifest.slices[-1].to_date
        due |= {
            each.piece
            for each in manifest.slices
            if each.to_date > last - _DAY * look_back
            # A day that was not over when it was fetched.
            or each.to_date >= each.fetched_at.astimezone(context.zone).date()
        }
    return ResumeState(
        job, evolve(manifest, query=extended), due=frozenset(due), slice_days=_slice_days(asked)
    )


def _slice_days(asked: DirectoryRequest) -> int | None:
    return asked.options.get("slice_days")


def _check_look_back(look_back: object) -> None:
    if isinstance(look_back, bool) or not isinstance(look_back, int) or not 0 <= look_back <= _LONGEST:
        raise InvalidArgumentError(
            "look_back", look_back, f"allowed is a whole number of days from 0 to {_LONGEST}"
        )


def _check_same(asked: DirectoryRequest, there: Query, here: Query) -> None:
    differences = there.differences(here)
    if differences:
        raise DirectoryMismatchError(
            asked.path,
            f"{asked.path} holds another export: {'; '.join(differences)}. Export to another directory, extend "
            "this one to later days with an update (--since-last), or start it anew with overwrite",
            differences,
        )


def _tiles(pieces: Sequence[Slice], whole: Slice) -> bool:
    missing = whole.from_date
    for each in pieces:
        if each.from_date != missing:
            return False
        missing = each.to_date + _DAY
    return missing == whole.to_date + _DAY
