"""Decode the slices of an export into lists of events."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from mixpanel_export._process import Undelivered
from mixpanel_export._redaction import quoting
from mixpanel_export._resources import resource_limits
from mixpanel_export.download.job import ExportJob
from mixpanel_export.download.progress import ProgressListener
from mixpanel_export.download.session import SliceStream
from mixpanel_export.errors import MalformedEventError
from mixpanel_export.http.cancellation import NOT_CANCELLABLE, Cancellation
from mixpanel_export.http.connections import Connections

if TYPE_CHECKING:
    from mixpanel_export.download.plan import Slice
    from mixpanel_export.export.typed import TypedReader

__all__ = ["EventBatches"]


class EventBatches:
    """The events of a job, one list at a time; `close` may be called while another thread waits in `next`.

    Args:
        reader: reads typed events; None for `Event` only.
    """

    def __init__(
        self,
        job: ExportJob,
        http: Connections,
        *,
        ordered: bool,
        listener: ProgressListener | None,
        reader: TypedReader | None = None,
        cancellation: Cancellation = NOT_CANCELLABLE,
    ) -> None:
        self._job = job
        self._reader = reader
        with resource_limits():
            self._stream = SliceStream(
                job, http, ordered=ordered, listener=listener, cancellation=cancellation
            )
        self._lock = threading.Lock()
        self._undelivered = Undelivered()
        self._batches: Iterator[list[Any]] = self._decoded()

    def next(self) -> list[Any] | None:
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
        if self._reader is not None:
            self._reader.report()

    def _decoded(self) -> Iterator[list[Any]]:
        while (spool := self._stream.take()) is not None:
            decode = self._decode_of(spool.slice_)
            is_first = True
            with spool:
                try:
                    for block in spool.unprojected():
                        if events := decode(block.lines, block.count):
                            if is_first:
                                self._job.context.event_names.add({event.name for event in events})
                                is_first = False
                            yield events
                except MalformedEventError as error:
                    self._stream.skip(error)

    def _decode_of(self, slice_: Slice) -> Callable[[bytes, int | None], list[Any]]:
        """Return the function that decodes the blocks of a slice."""
        decoder = self._job.decoder(slice_)
        return decoder.decode if self._reader is None else self._reader.decode_with(decoder)
