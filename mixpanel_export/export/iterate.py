"""Decode the slices of an export into lists of events."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from mixpanel_export._process import Undelivered
from mixpanel_export._redaction import quoting
from mixpanel_export._resources import resource_limits
from mixpanel_export.download.job import ExportJob
from mixpanel_export.download.progress import ProgressListener
from mixpanel_export.download.session import SliceStream
from mixpanel_export.errors import MalformedEventError
from mixpanel_export.http.connections import Connections
from mixpanel_export.records.event import Event

__all__ = ["EventBatches"]


class EventBatches:
    """The events of a job, one list at a time; `close` may be called while another thread waits in `next`."""

    def __init__(
        self, job: ExportJob, http: Connections, *, ordered: bool, listener: ProgressListener | None
    ) -> None:
        self._job = job
        with resource_limits():
            self._stream = SliceStream(job, http, ordered=ordered, listener=listener)
        self._lock = threading.Lock()
        self._undelivered = Undelivered()
        self._batches: Iterator[list[Event]] = self._decoded()

    def next(self) -> list[Event] | None:
        """Wait for the next events and return at least one; return None after the last."""
        self._undelivered.check()
        with self._lock, resource_limits(), quoting(self._job.context.auth.redact):
            batch = next(self._batches, None)
            return self._undelivered.hold(batch) if batch is not None else None

    def cancel(self) -> None:
        """Tell the download to end, and return at once. May be called from any thread."""
        self._stream.cancel()

    def close(self) -> None:
        """End the download and remove its files. May be called from any thread."""
        if not self._undelivered.is_ours:
            return
        self._stream.close()
        with self._lock:
            # Closes the spool that is being read.
            self._batches = iter(())

    def _decoded(self) -> Iterator[list[Event]]:
        while (spool := self._stream.take()) is not None:
            decoder = self._job.decoder(spool.slice_)
            is_first = True
            with spool:
                try:
                    for block in spool.unprojected():
                        if events := decoder.decode(block.lines, block.count):
                            self._exclude(events)
                            if is_first:
                                self._job.context.event_names.add({event.name for event in events})
                                is_first = False
                            yield events
                except MalformedEventError as error:
                    self._stream.skip(error)

    def _exclude(self, events: list[Event]) -> None:
        for name in self._job.exclude:
            for event in events:
                event.properties.pop(name, None)
