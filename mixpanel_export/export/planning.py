"""`client.export.plan`, `plan_update` and `slices`, sync and async. See `plans` for what they return."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Unpack

from mixpanel_export._formats import check_columnar
from mixpanel_export._worker import in_thread
from mixpanel_export.directory.resource import (
    DEFAULT_LOOK_BACK,
    AsyncDirectoryExports,
    DirectoryExports,
    ExportRuns,
)
from mixpanel_export.download.job import ExportJob
from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export.export.calls import schema_of
from mixpanel_export.http.cancellation import NOT_CANCELLABLE, Cancellation

if TYPE_CHECKING:
    from mixpanel_export._formats import Layout
    from mixpanel_export.columns.fixed import ColumnSchema
    from mixpanel_export.dates import DateLike
    from mixpanel_export.directory.request import DirectoryOptions, FixedColumns, PathLike
    from mixpanel_export.directory.run import DirectoryRun
    from mixpanel_export.download.job import ExportOptions
    from mixpanel_export.export.plans import PlanSummary, SliceTasks
    from mixpanel_export.export.tasks import ClientSource

__all__ = ["AsyncPlans", "Plans"]


class _Plans(ExportRuns):
    """The plans behind both flavours."""

    _source: Callable[[], ClientSource]

    def _plan(self, from_date: DateLike, to_date: DateLike, options: DirectoryOptions) -> PlanSummary:
        from mixpanel_export.directory.request import DirectoryRequest
        from mixpanel_export.export.plans import PlanSummary

        request = DirectoryRequest.make("", from_date, to_date, options)
        job = ExportJob.make(self._context, from_date, to_date, **request.options)
        columns = _checked_columns(job, request.layout, request.columns)
        return PlanSummary.of(job, self._source(), request.layout, columns)

    def _summary(self, run: DirectoryRun) -> PlanSummary:
        from mixpanel_export.export.plans import PlanSummary

        return PlanSummary.of_directory(run.plan(), self._source())

    def _tasks(
        self,
        from_date: DateLike,
        to_date: DateLike,
        probe: bool,
        layout: Layout | None,
        columns: FixedColumns | None,
        options: ExportOptions,
        cancellation: Cancellation = NOT_CANCELLABLE,
    ) -> SliceTasks:
        from mixpanel_export.export.plans import cut, tasks_of
        from mixpanel_export.export.probe import measure

        if (path := options.get("malformed_path")) is not None:
            raise InvalidArgumentError("malformed_path", path, "several slices cannot write to one file")
        job = ExportJob.make(self._context, from_date, to_date, **options)
        fixed = _checked_columns(job, layout, columns)
        known = [measure(job, self._http, cancellation)] if probe and job.plan.ranges else []
        return tasks_of(job, cut(job, known), self._source(), layout, fixed)


def _checked_columns(
    job: ExportJob, layout: Layout | None, columns: FixedColumns | None
) -> ColumnSchema | None:
    """Return the fixed columns of tasks, if any; raise InvalidArgumentError as their methods would."""
    check_columnar("parquet", layout, None)
    schema = schema_of(columns, layout or "wide")
    if schema is not None:
        schema.of_job(job)
    return schema


class Plans(_Plans, DirectoryExports):
    """Plans, over a synchronous client."""

    def plan(
        self,
        from_date: DateLike,
        to_date: DateLike,
        *,
        path: PathLike | None = None,
        overwrite: bool = False,
        **options: Unpack[DirectoryOptions],
    ) -> PlanSummary:
        """Return the requests that an export would make; send nothing and change nothing.

        Args:
            from_date: the first day, as for `events`.
            to_date: the last day, as for `events`.
            path: a directory or its URL, to plan what `to_directory` would do with the same arguments. Without it,
                the plan is for `events` and the other kinds of export.
            overwrite: as for `to_directory`.
            options: as for `to_directory`; the tasks carry `layout` and `columns`.
        """
        if path is None:
            return self._plan(from_date, to_date, options)
        return self._summary(self._run(path, from_date, to_date, options, overwrite=overwrite))

    def plan_update(
        self,
        path: PathLike,
        *,
        to_date: DateLike | None = None,
        look_back: int = DEFAULT_LOOK_BACK,
        from_date: DateLike | None = None,
        **options: Unpack[DirectoryOptions],
    ) -> PlanSummary:
        """Return the requests that `update_directory` would make; send nothing and change nothing."""
        return self._summary(self._run(path, from_date, to_date, options, look_back=look_back))

    def slices(
        self,
        from_date: DateLike,
        to_date: DateLike,
        *,
        probe: bool = False,
        layout: Layout | None = None,
        columns: FixedColumns | None = None,
        **options: Unpack[ExportOptions],
    ) -> SliceTasks:
        """Cut a range of days into slices for workers elsewhere: pickle them, and fetch each where it lands.

        Args:
            from_date: the first day, as for `events`.
            to_date: the last day, as for `events`.
            probe: fetch one day first, to learn how large the days are: one request, and slices worth theirs.
            layout: the layout of the tables that the slices deliver, as for `batches`.
            columns: their fixed columns, as for `batches`, so that all of them have one schema.
            options: as for `batches`. `parallel` is the number of workers: without a probe, the days are divided
                evenly among them, within a quarter of the hour's budget. `slice_days` decides instead, if given.

        Returns:
            The slices, in order, a tuple of `SliceTask`; each day is in exactly one of them. Its `fits_budget()`
            says whether the hour's budget has room for them.

        Raises:
            InvalidArgumentError: for an argument that is not allowed; nothing is sent.
            ExportError, APIError: when the probe fails, as for `events`.

        Examples:
            >>> for task in client.export.slices("2024-01-01", "2024-03-31"):  # doctest: +SKIP
            ...     pool.submit(task.to_file, f"events_{task.from_date}.parquet")
        """
        return self._tasks(from_date, to_date, probe, layout, columns, options)


class AsyncPlans(_Plans, AsyncDirectoryExports):
    """Plans, over an asynchronous client."""

    async def plan(
        self,
        from_date: DateLike,
        to_date: DateLike,
        *,
        path: PathLike | None = None,
        overwrite: bool = False,
        **options: Unpack[DirectoryOptions],
    ) -> PlanSummary:
        """Do the same as `Export.plan`."""
        if path is None:
            # The budget's state may be in a file.
            return await in_thread(lambda: self._plan(from_date, to_date, options))
        run = self._run(path, from_date, to_date, options, overwrite=overwrite)
        return await in_thread(lambda: self._summary(run), run.cancel)

    async def plan_update(
        self,
        path: PathLike,
        *,
        to_date: DateLike | None = None,
        look_back: int = DEFAULT_LOOK_BACK,
        from_date: DateLike | None = None,
        **options: Unpack[DirectoryOptions],
    ) -> PlanSummary:
        """Do the same as `Export.plan_update`."""
        run = self._run(path, from_date, to_date, options, look_back=look_back)
        return await in_thread(lambda: self._summary(run), run.cancel)

    async def slices(
        self,
        from_date: DateLike,
        to_date: DateLike,
        *,
        probe: bool = False,
        layout: Layout | None = None,
        columns: FixedColumns | None = None,
        **options: Unpack[ExportOptions],
    ) -> SliceTasks:
        """Do the same as `Export.slices`."""
        cancellation = Cancellation()
        return await in_thread(
            lambda: self._tasks(from_date, to_date, probe, layout, columns, options, cancellation),
            cancellation.cancel,
        )
