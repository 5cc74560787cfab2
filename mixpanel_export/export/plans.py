"""Plan exports: the requests that one would make, and its slices as tasks for other machines.

Nothing here sends anything, except a probe that was asked for. See `download.planner` for the decisions.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Self

from attrs import evolve, frozen

from mixpanel_export._formats import Layout
from mixpanel_export.directory.manifest import ManifestSlice
from mixpanel_export.directory.results import DirectoryOutline
from mixpanel_export.download.job import ExportJob
from mixpanel_export.download.plan import DayDensity, Slice
from mixpanel_export.download.planner import SlicePlanner
from mixpanel_export.export.tasks import ClientSource, SliceTask
from mixpanel_export_api.runtime.html import preview

if TYPE_CHECKING:
    from mixpanel_export.columns.fixed import ColumnSchema

__all__ = ["PlanSummary", "SliceTasks", "cut", "tasks_of"]

# Without evidence, slices take at most this share of the hour's requests.
_SHARE_OF_HOUR = 4


class SliceTasks(tuple[SliceTask, ...]):
    """Slices to hand out to workers, in order: a tuple that knows whether the budget has room for them.

    Attributes:
        per_hour: the requests that the budget allows in an hour; None when no budget is kept.
        used: the requests made within the last hour when the slices were cut, as far as this machine knows.
    """

    per_hour: int | None
    used: int

    def __new__(cls, tasks: Iterable[SliceTask], per_hour: int | None, used: int) -> Self:
        """Make the tuple."""
        made = super().__new__(cls, tasks)
        made.per_hour = per_hour
        made.used = used
        return made

    def __getnewargs__(self) -> tuple[tuple[SliceTask, ...], int | None, int]:
        return tuple(self), self.per_hour, self.used

    def fits_budget(self) -> bool:
        """Return whether the budget has room for a request for each slice, retries aside.

        A driver that checks this first fails early, instead of letting its workers wait for the budget.
        """
        return self.per_hour is None or self.used + len(self) <= self.per_hour


@frozen
class PlanSummary:
    """The requests that an export would make.

    Attributes:
        from_date: the first day.
        to_date: the last day, included.
        slices: the days to fetch, as they would be cut now; the export cuts days that turn out to be large again.
            Each can be pickled, sent to another machine and fetched there: see `SliceTask`. For several workers,
            `client.export.slices()` cuts more of them.
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
    slices: SliceTasks
    parallel: int
    done: Sequence[ManifestSlice]
    damaged: Mapping[str, str]
    per_hour: int | None
    used: int
    most_requests: int
    reason: str

    @classmethod
    def of(
        cls, job: ExportJob, client: ClientSource, layout: Layout | None, columns: ColumnSchema | None
    ) -> Self:
        """Summarize a job; `client` makes the client of each slice."""
        planner = job.planner()
        slices = tasks_of(job, planner.outline(), client, layout, columns)
        return cls._of(job, planner, slices, *job.days)

    @classmethod
    def _of(
        cls,
        job: ExportJob,
        planner: SlicePlanner,
        slices: SliceTasks,
        from_date: datetime.date,
        to_date: datetime.date,
    ) -> Self:
        return cls(
            from_date=from_date,
            to_date=to_date,
            slices=slices,
            parallel=job.plan.parallel,
            done=(),
            damaged={},
            per_hour=slices.per_hour,
            used=slices.used,
            most_requests=max(len(slices), planner.most_requests),
            reason=planner.reason if slices else "all days are complete",
        )

    @classmethod
    def of_directory(cls, outline: DirectoryOutline, client: ClientSource) -> Self:
        """Summarize what a run to a directory would do."""
        job, planner = outline.job, outline.job.planner()
        slices = tasks_of(job, planner.outline(), client, outline.layout, outline.columns)
        # There may be no day left to fetch.
        summary = cls._of(job, planner, slices, outline.from_date, outline.to_date)
        return evolve(summary, done=outline.done, damaged=outline.damaged)

    def _repr_html_(self) -> str:
        """Return a preview for notebooks: the slices to fetch."""
        requests = f"{self.requests:,} to {self.most_requests:,} requests"
        rows = [{"from": slice_.from_date, "to": slice_.to_date} for slice_ in self.slices]
        return preview(f"{self.from_date} to {self.to_date}, {requests}: {self.reason}", rows)

    @property
    def tasks(self) -> SliceTasks:
        """The slices, by the name that schedulers use."""
        return self.slices

    def fits_budget(self) -> bool:
        """Return whether the budget has room for these slices, retries aside.

        `client.export.slices()` returns slices of another plan; ask those.
        """
        return self.slices.fits_budget()

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
        """The approximate number of hours that the fewest requests spend waiting for the budget."""
        return self._hours_for(self.requests)

    @property
    def most_hours_to_wait(self) -> int:
        """The approximate number of hours that `most_requests` would wait for the budget."""
        return self._hours_for(self.most_requests)

    def _hours_for(self, requests: int) -> int:
        if self.per_hour is None:
            return 0
        return max(0, -((self.per_hour - self.used - requests) // self.per_hour))


def tasks_of(
    job: ExportJob,
    slices: Iterable[Slice],
    client: ClientSource,
    layout: Layout | None,
    columns: ColumnSchema | None,
) -> SliceTasks:
    """Return slices of a job as tasks."""
    options = job.options
    tasks = [
        SliceTask(slice_.from_date, slice_.to_date, client, options, layout, columns) for slice_ in slices
    ]
    return SliceTasks(tasks, job.context.limits.export.per_hour, job.context.budget("data").used())


def cut(job: ExportJob, known: Sequence[DayDensity]) -> list[Slice]:
    """Cut a job into slices for other machines, which cannot cut them again.

    Args:
        known: the sizes of some days. Without any, the days are divided evenly, among `parallel` workers and
            within a quarter of the hour's requests.
    """
    plan = job.plan
    if known or not plan.ranges:
        return evolve(job, plan=evolve(plan, known=known)).planner().outline()
    per_hour = job.context.limits.export.per_hour
    count = plan.parallel if per_hour is None else min(plan.parallel, max(1, per_hour // _SHARE_OF_HOUR))
    return [part for range_ in plan.ranges for part in range_.split(-(-range_.days // count))]
