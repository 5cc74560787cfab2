"""Measure how large the days of an export are, with one request."""

from __future__ import annotations

import io

from attrs import evolve

from mixpanel_export.download.job import ExportJob
from mixpanel_export.download.plan import DayDensity, Plan
from mixpanel_export.download.session import SliceStream
from mixpanel_export.http.cancellation import Cancellation
from mixpanel_export.http.connections import Connections

__all__ = ["measure"]


def measure(job: ExportJob, http: Connections, cancellation: Cancellation) -> DayDensity:
    """Fetch the day in the middle of a job, and return its size.

    Raises:
        CancelledError: when it was cancelled.
        MixpanelError: when the day cannot be fetched.
    """
    range_ = job.plan.ranges[0]
    middle = range_.days // 2
    day = range_.part(middle, middle + 1)
    # Malformed lines are the business of whoever fetches the day to use it.
    probe = evolve(job, plan=Plan([], 1, [day]), on_malformed="quarantine", deduplicate=False)
    stream = SliceStream(probe, http, cancellation=cancellation)
    try:
        spool = stream.take()
        assert spool is not None
        with spool:
            return DayDensity(day, spool.file.seek(0, io.SEEK_END))
    finally:
        stream.close()
