"""How a run resumes: a request reconciled with what the directory's manifest records.

Pure; first runs, resumed runs, updates and dry runs are all decided here. See `plan` for the downloads that follow.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen

from mixpanel_export import dates
from mixpanel_export._formats import Columns, check_columnar, fingerprint_of
from mixpanel_export.directory.filenames import FileName, name_of
from mixpanel_export.directory.manifest import RESTORE, Manifest
from mixpanel_export.directory.query import Query
from mixpanel_export.directory.request import DirectoryRequest
from mixpanel_export.directory.validate import FIRST_YEAR
from mixpanel_export.download.job import ExportJob
from mixpanel_export.download.plan import Slice
from mixpanel_export.errors import DirectoryMismatchError, InvalidArgumentError, ManifestError

if TYPE_CHECKING:
    from mixpanel_export.columns.fixed import ColumnSchema
    from mixpanel_export.http.context import Context

__all__ = ["ResumeState", "reconcile"]

_DAY = datetime.timedelta(days=1)
_DEFAULT_FORMAT = "jsonl.gz"
_DEFAULT_LAYOUTS = {"parquet": "wide", "csv": "json"}


@frozen
class ResumeState:
    """The state that a run starts from.

    Attributes:
        job: the requested export, checked.
        manifest: the part of the directory's manifest that is kept.
        drop: the names of files to remove first.
        due: the complete slices that must be fetched again.
        slice_days: the days of a slice, if given.
    """

    job: ExportJob
    manifest: Manifest
    drop: Collection[str] = ()
    due: frozenset[Slice] = frozenset()
    slice_days: int | None = None


def reconcile(
    request: DirectoryRequest, context: Context, manifest: Manifest | None, present: Collection[str]
) -> ResumeState:
    """Check a request against what the directory holds.

    Args:
        manifest: the directory's manifest; None without one.
        present: the paths of the files in the directory.

    Raises:
        InvalidArgumentError: for arguments that are not allowed.
        DirectoryMismatchError: when the directory holds another export.
    """
    if request.refetch:
        return _reconcile_refetch(request, context, manifest)
    if request.look_back is not None and manifest is not None and manifest.slices and not request.overwrite:
        return _reconcile_update(request, request.look_back, context, manifest)
    job = _requested_job(request, context)
    query = _requested_query(request, job)
    empty = Manifest(query, columns=_fixed_columns(request, job))
    ours = sorted({name for path in present if FileName.parse(name := name_of(path))})
    if request.overwrite:
        return ResumeState(job, empty, ours, slice_days=request.slice_days)
    if manifest is None:
        if ours:
            raise DirectoryMismatchError(
                request.path,
                f"{request.path} holds {ours[0]}, and no manifest that lists it",
                "Export to another directory, or replace such files with overwrite",
                reason="no_manifest",
            )
        return ResumeState(job, empty, slice_days=request.slice_days)
    if not manifest.slices:
        return ResumeState(
            job, evolve(manifest, query=query, columns=empty.columns), slice_days=request.slice_days
        )
    _check_same(request, manifest.query, query)
    manifest = evolve(manifest, query=_treating(manifest.query, query))
    return ResumeState(job, manifest, due=frozenset(manifest.due()), slice_days=request.slice_days)


def _reconcile_update(
    request: DirectoryRequest, look_back: int, context: Context, manifest: Manifest
) -> ResumeState:
    """Extend the recorded range to a later day, with its last days due again."""
    query = manifest.query
    if query.limit is not None:
        raise DirectoryMismatchError(
            request.path,
            f"{request.path} was exported with a limit, which applies to the whole range; it cannot be updated",
            reason="limited",
        )
    given: dict[str, Any] = {name: value for name, value in request.options.items() if value is not None}
    last_day = _last_day(request, context)
    extended = evolve(query, to_date=max(dates.to_date("to_date", last_day), query.to_date))
    first = request.from_date if request.from_date is not None else query.from_date
    _check_recorded(request, context, query)
    job = ExportJob.make(context, first, extended.to_date, **{**query.filters, **given})
    requested = _requested_query(request, job, query)
    _check_same(request, extended, requested)
    extended = _treating(extended, requested)
    due = set(manifest.due())
    # The days that an interrupted update was to fetch again are still among its pending files.
    if extended.to_date > query.to_date or manifest.is_complete:
        last = manifest.slices[-1].to_date
        due |= {
            entry.slice_
            for entry in manifest.slices
            if (last - entry.to_date).days < look_back
            # A day that was not over when it was fetched.
            or entry.to_date >= entry.fetched_at.astimezone(context.zone).date()
        }
    return ResumeState(
        job, evolve(manifest, query=extended), due=frozenset(due), slice_days=request.slice_days
    )


def _reconcile_refetch(request: DirectoryRequest, context: Context, manifest: Manifest | None) -> ResumeState:
    """Fetch the slices again that have one of these days; the recorded range stays."""
    if manifest is None or not manifest.slices:
        raise DirectoryMismatchError(
            request.path,
            f"{request.path} holds no complete slice yet",
            "Export to it first, with to_directory()",
            reason="no_manifest",
        )
    query = manifest.query
    first = dates.to_date("from_date", request.from_date)
    last = dates.to_date("to_date", request.to_date)
    if not query.from_date <= first <= last <= query.to_date:
        raise InvalidArgumentError(
            "from_date",
            f"{first} to {last}",
            f"expected days from {query.from_date} to {query.to_date}, which {request.path} holds",
        )
    given: dict[str, Any] = {name: value for name, value in request.options.items() if value is not None}
    _check_recorded(request, context, query)
    job = ExportJob.make(context, query.from_date, query.to_date, **{**query.filters, **given})
    requested = _requested_query(request, job, query)
    _check_same(request, query, requested)
    due = manifest.due() | {
        entry.slice_ for entry in manifest.slices if entry.from_date <= last and first <= entry.to_date
    }
    return ResumeState(
        job,
        evolve(manifest, query=_treating(query, requested)),
        due=frozenset(due),
        slice_days=request.slice_days,
    )


def _requested_job(request: DirectoryRequest, context: Context) -> ExportJob:
    if request.from_date is None:
        raise InvalidArgumentError(
            "from_date",
            None,
            f"it is required for the first export to {request.path}, which has no complete slice yet",
        )
    job = ExportJob.make(context, request.from_date, _last_day(request, context), **request.options)
    if dates.to_date("from_date", request.from_date).year < FIRST_YEAR:
        raise InvalidArgumentError(
            "from_date", request.from_date, f"expected a day of the year {FIRST_YEAR} or later"
        )
    return job


def _last_day(request: DirectoryRequest, context: Context) -> dates.DateLike:
    return request.to_date if request.to_date is not None else context.today() - _DAY


def _check_recorded(request: DirectoryRequest, context: Context, query: Query) -> None:
    """Refuse a recorded query that cannot have been sent, before its arguments mix with the request's."""
    try:
        ExportJob.make(context, query.from_date, query.from_date, **query.filters)
    except InvalidArgumentError as error:
        raise ManifestError(
            f"the manifest of {request.path} records a query that cannot be sent: {error}", RESTORE
        ) from error


def _requested_query(request: DirectoryRequest, job: ExportJob, recorded: Query | None = None) -> Query:
    """Return the requested query; what the request leaves open is as recorded, or the default."""
    format = request.format or (recorded.format if recorded is not None else _DEFAULT_FORMAT)
    check_columnar(format, request.layout, request.partition_by)
    # A CSV file does not tell the kinds of its columns, so its header cannot be extended later.
    if format == "csv" and request.layout == "wide":
        raise InvalidArgumentError(
            "layout",
            request.layout,
            "a wide CSV must be a single file, because its header is known only at the end: export to a file, such "
            "as events.csv, or use the layout 'json'",
        )
    layout = recorded.layout if recorded is not None else _DEFAULT_LAYOUTS.get(format)
    partition_by = recorded.partition_by if recorded is not None else None
    layout = request.layout or layout
    partition_by = request.partition_by or partition_by
    fixed = recorded.columns if recorded is not None else None
    if request.columns is not None:
        _check_fixed(request.columns, format, layout, partition_by)
        fixed = fingerprint_of(_fixed_columns(request, job))
    return Query.of(job, format, layout=layout, partition_by=partition_by, columns=fixed)


def _fixed_columns(request: DirectoryRequest, job: ExportJob) -> Columns:
    """Return the fixed columns as a manifest records them; empty without any."""
    return request.columns.of_job(job).to_manifest() if request.columns is not None else ()


def _check_fixed(columns: ColumnSchema, format: str, layout: str | None, partition_by: str | None) -> None:
    """Refuse fixed columns for files that have none, or that a partition's name in the path would hide."""
    if layout != "wide":
        of = f"the layout {layout!r}" if layout is not None else f"the format {format}"
        raise InvalidArgumentError(
            "columns", None, f"only the layout 'wide' has columns to fix; this export has {of}"
        )
    if partition_by is not None and partition_by in map(str.casefold, columns.names.values()):
        raise InvalidArgumentError(
            "columns",
            None,
            f"a column has the name {partition_by!r}, which stands in the path of each partition; make the columns "
            f"without that property, or export without partition_by",
        )


def _treating(recorded: Query, requested: Query) -> Query:
    """Return the recorded query with the requested treatment of malformed lines.

    `raise` does not replace another: slices made with it stay, and the record says what their files may lack.
    """
    if requested.on_malformed == "raise":
        return recorded
    return evolve(recorded, on_malformed=requested.on_malformed)


def _check_same(request: DirectoryRequest, recorded: Query, requested: Query) -> None:
    differences = recorded.differences(requested)
    if differences:
        is_range = not evolve(recorded, to_date=requested.to_date).differences(requested)
        extend = ", extend this one to later days with update_directory()" if is_range else ""
        raise DirectoryMismatchError(
            request.path,
            f"{request.path} holds another export: {'; '.join(differences)}",
            f"Export to another directory{extend}, or replace it with overwrite",
            reason="another_range" if is_range else "another_export",
            differences=differences,
        )
