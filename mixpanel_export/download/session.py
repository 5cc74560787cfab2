"""A job at work: its slices downloaded into spools, and handed over one by one, complete.

Joins what `fetch`, `download`, `progress` and `job` do; sync and async deliveries are made from it.
"""

from __future__ import annotations

import logging
import os
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import IO, TypeVar, cast

import httpx

from mixpanel_export.download.fetch import FetchConfig, SliceFetch
from mixpanel_export.download.job import ExportJob
from mixpanel_export.download.plan import Slice
from mixpanel_export.download.pool import SlicePool
from mixpanel_export.download.progress import Progress, ProgressListener, Tracker
from mixpanel_export.download.spool import Spool
from mixpanel_export.errors import quoting
from mixpanel_export.http.cancellation import Cancellation
from mixpanel_export.records.inflate import CHUNK_SIZE, LARGE_CHUNK_SIZE
from mixpanel_export.records.verify import Check, Verified

__all__ = ["SliceReceiver", "SliceStream"]

T = TypeVar("T")

_logger = logging.getLogger("mixpanel_export")

# A spool up to this size stays in memory; a longer one goes on in a temporary file.
_IN_MEMORY = 1 << 20
# A slice with as many bytes of lines at most is inflated once, and kept until it is delivered.
_KEPT = 28 << 20
# If that is no more than so much of the memory that may be used, and a chunk no more than so much.
_KEPT_SHARE = 8
_CHUNK_SHARE = 256
# Slices that are finished at a time.
_AT_ONCE = 2


class SliceReceiver:
    """Receives the slices of a job into files, and counts them. Thread-safe.

    Args:
        check: how each line is looked at when it is verified.
        chunk_size: the most bytes that are inflated at a time.
    """

    def __init__(
        self,
        job: ExportJob,
        http: httpx.Client,
        cancellation: Cancellation,
        *,
        check: Check = "frame",
        chunk_size: int = LARGE_CHUNK_SIZE,
        listener: ProgressListener | None = None,
    ) -> None:
        context = job.context
        self._tracker = Tracker(len(job.plan), listener)
        self._fields = job.fields
        self._deduplicate = job.deduplicate
        self._deduplicating = threading.Lock()
        self._cancellation = cancellation
        self._redact = context.auth.redact
        self._fetcher = FetchConfig(
            context=context,
            http=http,
            request=job.request,
            budget=context.budget("data"),
            policy=context.retry,
            max_wait=context.limits.max_wait if context.limits is not None else 0.0,
            cancellation=cancellation,
            check=check,
            chunk_size=min(chunk_size, job.memory // _CHUNK_SHARE),
            keep=min(_KEPT, job.memory // _KEPT_SHARE),
        )
        # Few, for each keeps for itself the memory that it has once used, and more would be no faster: what they
        # do needs the interpreter's lock again and again.
        concurrent = min(os.cpu_count() or 1, _AT_ONCE)
        self._finishing = ThreadPoolExecutor(concurrent, "mixpanel-export-finish")
        # An interpreter that ends waits for all that they were given.
        self._free = threading.Semaphore(concurrent)

    @property
    def progress(self) -> Progress:
        """How far it has come."""
        return self._tracker.totals()

    def fetch(self, slice_: Slice, file: IO[bytes]) -> tuple[Spool, str]:
        """One complete slice, in `file` as its bytes came, and their SHA-256: proved while it comes."""
        verified, digest = self._begin(slice_, file).fetch()
        return self._complete(slice_, file, verified), digest

    def receive(self, slice_: Slice, file: IO[bytes]) -> SliceFetch:
        """One slice, in `file`, to be proved."""
        fetching = self._begin(slice_, file)
        fetching.receive()
        return fetching

    def prove(self, received: SliceFetch) -> Spool | None:
        """One complete slice of what was received, without its duplicates, if that was asked for.

        Returns:
            None when it is not the whole slice, which is to be received again.
        """
        verified = received.prove()
        if verified is None:
            return None
        return self.deduplicated(self._complete(received.slice_, received.file, verified))

    def finish(self, received: SliceFetch, use: Callable[[Spool], T]) -> T:
        """Prove what was received and use it, in one of a few threads; `close` ends them.

        What is not whole is received again by the thread that calls, so that none of the few waits for the network.
        """

        def finished() -> tuple[T] | None:
            spool = self.prove(received)
            return None if spool is None else (use(spool),)

        while True:
            with self._free:
                done = self._finishing.submit(finished).result()
            if done is not None:
                return done[0]
            received.receive()

    def close(self) -> None:
        """End these threads, when nothing is finished any more."""
        self._finishing.shutdown()

    def _begin(self, slice_: Slice, file: IO[bytes]) -> SliceFetch:
        return self._fetcher.begin(slice_, file, self._tracker.of(slice_))

    def _complete(self, slice_: Slice, file: IO[bytes], verified: Verified) -> Spool:
        self._tracker.done(verified.bytes)
        _logger.info(
            "Slice %s complete: %d events, %d bytes of lines", slice_, verified.events, verified.bytes
        )
        return Spool(slice_, verified, file, self._fields, cancellation=self._cancellation)

    def deduplicated(self, spool: Spool) -> Spool:
        """A slice without its duplicates, if that was asked for."""
        if not self._deduplicate:
            return spool
        # One at a time: each takes its share of memory.
        with self._deduplicating, quoting(self._redact):
            deduplicated = spool.without_duplicates()
        self._tracker.drop(deduplicated.dropped)
        return deduplicated


class SliceStream:
    """The slices of a job, each in a spool. Close it, whatever happens."""

    def __init__(
        self,
        job: ExportJob,
        http: httpx.Client,
        *,
        ordered: bool = True,
        check: Check = "frame",
        listener: ProgressListener | None = None,
    ) -> None:
        self._cancellation = Cancellation()
        # Whoever takes a slice proves it, and parses it next.
        self._slices = SliceReceiver(
            job, http, self._cancellation, check=check, chunk_size=CHUNK_SIZE, listener=listener
        )
        self._download: SlicePool[SliceFetch] = SlicePool(
            job.plan,
            self._receive,
            _discard,
            self._cancellation,
            again=_receive_again,
            ordered=ordered,
            abandon_connecting=True,
        )

    @property
    def progress(self) -> Progress:
        """How far it has come."""
        return self._slices.progress

    def take(self) -> Spool | None:
        """The next complete slice, to be closed by who takes it; None after the last.

        Raises:
            CancelledError: when it was cancelled.
            Whatever a slice raises that could not be fetched.
        """
        while (received := self._download.take()) is not None:
            try:
                # Here, not in the threads of the download: each keeps for itself the memory that it has once used.
                spool = self._slices.prove(received)
            except BaseException:
                _discard(received)
                raise
            if spool is not None:
                return spool
            self._download.give_back(received)
        self._cancellation.check()
        return None

    def cancel(self) -> None:
        """Have everything end, and return at once. May be called from any thread."""
        self._download.cancel()

    def close(self) -> None:
        """End the threads and remove the spools. May be called from any thread."""
        self._download.close()

    def _receive(self, slice_: Slice) -> SliceFetch:
        file = cast(IO[bytes], tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115
        try:
            return self._slices.receive(slice_, file)
        except BaseException:
            file.close()
            raise


def _receive_again(received: SliceFetch) -> SliceFetch:
    try:
        received.receive()
    except BaseException:
        _discard(received)
        raise
    return received


def _discard(received: SliceFetch) -> None:
    received.file.close()
