"""Decode the slices of an export into lists of events."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import httpx

from mixpanel_export.download.job import ExportJob
from mixpanel_export.download.session import SliceStream
from mixpanel_export.errors import quoting
from mixpanel_export.records.event import Event


class EventBatches:
    """The events of a job, a list at a time; `close` may be called while another thread waits for `next`."""

    def __init__(self, job: ExportJob, http: httpx.Client, **options: Any) -> None:
        self._job = job
        self._run = SliceStream(job, http, **options)
        self._lock = threading.Lock()
        self._batches: Iterator[list[Event]] = self._decoded()

    def next(self) -> list[Event] | None:
        """The next events, never none; None when there are no more."""
        with self._lock, quoting(self._job.context.auth.redact):
            return next(self._batches, None)

    def cancel(self) -> None:
        """Have it end, and return at once; from whatever thread."""
        self._run.cancel()

    def close(self) -> None:
        """End it, from whatever thread."""
        self._run.close()
        with self._lock:
            # Closes the spool that is being read.
            self._batches = iter(())

    def _decoded(self) -> Iterator[list[Event]]:
        while (spool := self._run.take()) is not None:
            decoder = self._job.decoder(spool.slice_)
            with spool:
                for block in spool.unprojected():
                    if events := decoder.decode(block.lines, block.count):
                        yield events
