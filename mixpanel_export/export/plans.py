"""Plan exports: the requests that one would make, and its slices as tasks for other machines.

Nothing here sends anything, except a probe that was asked for. See `download.planner` for the decisions.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Self

from attrs import evolve, frozen

from mixpanel_export.directory.manifest import ManifestSlice
from mixpanel_export.directory.results import DirectoryOutline
from mixpanel_export.download.job import ExportJob
from mixpanel_export.download.plan import DayDensity, Slice
from mixpanel_export.export.tasks import ClientSource, SliceTask
from mixpanel_export_api.runtime.html import preview

__all__ = ["PlanSummary", "cut", "tasks_of"]

# Without evidence, slices take at most this share of the hour's requests.
_SHARE_OF_HOUR = 4


@frozen
class PlanSummary:
    """The requests that an export would make.

    Attributes:
        from_date: the first day.
        to_date: the last day, included.
        slices: the days to fetch, as they would be cut now; the export cuts days that turn out to be large again.
            Each can be pickled, sent to another machine and fetched there: see `SliceTask`.
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
    slices: Sequence[SliceTask]
    parallel: int
    done: Sequence[ManifestSlice]
    damaged: Mapping[str, str]
    per_hour: int | None
    used: int
    most_requests: int
    reason: str

    @classmethod
    def of(cls, job: ExportJob, client: ClientSource) -> Self:
        """Summarize a job; `client` makes the client of each slice."""
        return cls._of(job, client, *job.days)

    @classmethod
    def _of(
        cls, job: ExportJob, client: ClientSource, from_date: datetime.date, to_date: datetime.date
    ) -> Self:
        budget = job.context.budget("data")
        planner = job.planner()
        slices = tasks_of(job, planner.outline(), client)
        return cls(
            from_date=from_date,
            to_date=to_date,
            slices=slices,
            parallel=job.plan.parallel,
            done=(),
            damaged={},
            per_hour=job.context.limits.export.per_hour,
            used=budget.used(),
            most_requests=max(len(slices), planner.most_requests),
            reason=planner.reason if slices else "all days are complete",
        )

    @classmethod
    def of_directory(cls, outline: DirectoryOutline, client: ClientSource) -> Self:
        """Summarize what a run to a directory would do."""
        # There may be no day left to fetch.
        summary = cls._of(outline.job, client, outline.from_date, outline.to_date)
        return evolve(summary, done=outline.done, damaged=outline.damaged)

    def _repr_html_(self) -> str:
        """Return a preview for notebooks: the slices to fetch."""
        requests = f"{self.requests:,} to {self.most_requests:,} requests"
        rows = [{"from": slice_.from_date, "to": slice_.to_date} for slice_ in self.slices]
        return preview(f"{self.from_date} to {self.to_date}, {requests}: {self.reason}", rows)

    @property
    def tasks(self) -> Sequence[SliceTask]:
        """The slices, by the name that schedulers use."""
        return self.slices

    def fits_budget(self) -> bool:
        """Return whether the budget has room for all slices now, retries aside.

        A driver that checks this first fails early, instead of letting its workers wait for the budget.
        """
        return self.per_hour is None or self.used + self.requests <= self.per_hour

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


def tasks_of(job: ExportJob, slices: Iterable[Slice], client: ClientSource) -> tuple[SliceTask, ...]:
    """Return slices of a job as tasks."""
    options = job.options
    return tuple(SliceTask(slice_.from_date, slice_.to_date, client, options) for slice_ in slices)


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
