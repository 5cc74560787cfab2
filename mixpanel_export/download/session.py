"""Download the slices of a job and hand them over one by one, complete.

Combines `fetch`, `pool`, `progress` and `job`. `SliceReceiver` receives and verifies slices in the caller's
threads; `SliceStream` adds the threads and the temporary files. Sync and async deliveries build on them.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Callable, Generator
from typing import IO, TypeVar

from mixpanel_export._redaction import quoting
from mixpanel_export._temporary import spool_file
from mixpanel_export._worker import Workers
from mixpanel_export.download.fetch import FetchConfig, SliceFetch
from mixpanel_export.download.job import ExportJob
from mixpanel_export.download.malformed import MalformedFile
from mixpanel_export.download.plan import Slice
from mixpanel_export.download.pool import Claim, SlicePool
from mixpanel_export.download.progress import Progress, ProgressListener, Tracker
from mixpanel_export.download.spool import Spool
from mixpanel_export.errors import CancelledError, MalformedEventError
from mixpanel_export.http.cancellation import NOT_CANCELLABLE, Cancellation
from mixpanel_export.http.connections import Connections
from mixpanel_export.records.inflate import CHUNK_SIZE, LARGE_CHUNK_SIZE
from mixpanel_export.records.verify import Check, Verified

__all__ = ["SliceReceiver", "SliceStream"]

T = TypeVar("T")

_logger = logging.getLogger("mixpanel_export")

# A slice up to this size stays in memory; a larger one moves to a temporary file.
_IN_MEMORY = 1 << 20
# A slice with at most this many bytes of lines is decompressed only once, and kept until it is delivered. A stream
# has one such slice at a time, other deliveries have two, beside what they make of them.
_KEPT = 28 << 20
_KEPT_BY_STREAM = 64 << 20
# The shares of the memory that may be used: an eighth for kept lines (a quarter for a stream), a 256th for a chunk.
_KEPT_SHARE = 8
_CHUNK_SHARE = 256
# Slices that are verified and used at a time.
_CONCURRENT = 2


class SliceReceiver:
    """Receives and verifies the slices of a job, and counts them. Thread-safe.

    Args:
        check: how lines are checked; see `records.verify.Check`.
        chunk_size: the most bytes to decompress at a time.
        stays: a slice usually stays as received: its bytes are hashed, and no lines kept for a decoder.
        is_stream: slices are verified and delivered one after the other.
        malformed: takes lines that are not events, with `on_malformed="quarantine"`; `close` closes it. By default
            nothing does.
    """

    def __init__(
        self,
        job: ExportJob,
        http: Connections,
        cancellation: Cancellation,
        *,
        check: Check = "frame",
        chunk_size: int = LARGE_CHUNK_SIZE,
        stays: bool = False,
        is_stream: bool = False,
        listener: ProgressListener | None = None,
        malformed: MalformedFile | None = None,
    ) -> None:
        context = job.context
        kept = min(_KEPT, job.memory // _KEPT_SHARE)
        if is_stream:
            kept = min(_KEPT_BY_STREAM, job.memory // _KEPT_SHARE * 2)
        self._malformed = malformed
        self._tracker = Tracker(job.plan.days, listener, job.plan.known)
        self._fields = job.fields
        self._exclude = job.exclude
        self._deduplicate = job.deduplicate
        self._deduplicating = threading.Lock()
        self._cancellation = cancellation
        self._redact = context.auth.redact
        self._job = job
        self._fetcher = FetchConfig(
            context=context,
            http=http,
            request=job.request,
            budget=context.budget("data"),
            policy=context.retry,
            check=check,
            chunk_size=min(chunk_size, job.memory // _CHUNK_SHARE),
            keep=0 if stays else kept,
            hashed=stays,
            on_malformed=job.on_malformed,
            max_line=job.max_line,
            allow_unproved=job.allow_unproved,
            quotes=not job.exclude,
        )
        # Few: each thread keeps the memory that it once used, and more would be no faster, because their work needs
        # the interpreter's lock again and again.
        concurrent = min(os.cpu_count() or 1, _CONCURRENT)
        self._finishing = Workers(concurrent, "finish", cancellation.cancel)

    @property
    def progress(self) -> Progress:
        """The current totals."""
        return self._tracker.totals()

    def receive(self, claim: Claim, file: IO[bytes]) -> SliceFetch:
        """Receive a slice into `file`, to be verified later by `prove` or `finish`."""
        with self._receiving(claim, file) as fetch:
            fetch.receive()
        return fetch

    def prove(self, received: SliceFetch) -> Spool | None:
        """Verify a received slice, and leave out duplicates if the job says so.

        Returns:
            The complete slice; None if it is incomplete and must be received again.
        """
        verified = received.prove()
        if verified is None:
            return None
        return self.deduplicated(self._complete(received.slice_, received.file, verified))

    def finish(self, received: SliceFetch, use: Callable[[Spool], T]) -> T:
        """Verify a received slice and use it, in one of a few threads, which `close` ends.

        An incomplete slice is received again in the calling thread, so that none of the few waits for the network.
        """

        def finished() -> tuple[T] | None:
            spool = self.prove(received)
            return None if spool is None else (use(spool),)

        while True:
            done = self._finishing.result_of(finished)
            if done is not None:
                return done[0]
            received.receive()

    def close(self) -> None:
        """Wait for the threads of `finish`, and end them."""
        self._finishing.shutdown()
        if self._malformed is not None:
            self._malformed.close()

    @contextlib.contextmanager
    def _receiving(self, claim: Claim, file: IO[bytes]) -> Generator[SliceFetch]:
        """Provide the fetch of a slice, and tell its pool when all of it has come."""
        observer = self._tracker.of(claim)
        try:
            yield self._fetcher.begin(claim.slice_, file, observer, claim.cancellation)
        except CancelledError:
            if claim.is_abandoned:
                observer.on_abandoned()
            raise
        claim.on_received()

    def _complete(self, slice_: Slice, file: IO[bytes], verified: Verified) -> Spool:
        spool = Spool(slice_, verified, file, self._fields, self._exclude, cancellation=self._cancellation)
        if self._malformed is not None:
            self._malformed.add(spool)
        if self._tracker.done(slice_, verified.bytes, spool.malformed):
            self._warn_of_none()
        _logger.info(
            "Slice %s complete: %d events, %d bytes of lines", slice_, verified.events, verified.bytes
        )
        return spool

    def _warn_of_none(self) -> None:
        """Warn that there are no events of the names asked for, unless days that are complete had some."""
        job = self._job
        wanted = job.filters["event"]
        if wanted and not any(density.bytes for density in job.plan.known):
            first, last = job.days
            days = {"from_date": first, "to_date": last}
            job.context.event_names.warn_of_none(wanted, {**job.filters, **days})

    def deduplicated(self, spool: Spool) -> Spool:
        """Leave out the duplicates of a slice if the job says so."""
        if not self._deduplicate:
            return spool
        # One at a time, because each takes its share of memory.
        with self._deduplicating, quoting(self._redact):
            deduplicated = spool.without_duplicates()
        self._tracker.drop(deduplicated.dropped)
        return deduplicated


class SliceStream:
    """The slices of a job, downloaded by threads into temporary files. The caller closes it.

    A malformed line does not stop it: the slice is skipped, and the error raised after all others.
    """

    def __init__(
        self,
        job: ExportJob,
        http: Connections,
        *,
        ordered: bool = True,
        check: Check = "frame",
        listener: ProgressListener | None = None,
        malformed: MalformedFile | None = None,
        cancellation: Cancellation = NOT_CANCELLABLE,
    ) -> None:
        self._cancellation = cancellation.child()
        self._refused: MalformedEventError | None = None
        # The thread that takes a slice verifies it here, and parses it next.
        self._slices = SliceReceiver(
            job,
            http,
            self._cancellation,
            check=check,
            chunk_size=CHUNK_SIZE,
            is_stream=True,
            listener=listener,
            malformed=malformed or MalformedFile(job.malformed_path),
        )
        self._download: SlicePool[SliceFetch] = SlicePool(
            job.planner(),
            self._receive,
            _discard,
            self._cancellation,
            ordered=ordered,
            abandon_connecting=True,
        )

    @property
    def progress(self) -> Progress:
        """The current totals."""
        return self._slices.progress

    def take(self) -> Spool | None:
        """Wait for the next complete slice, which the caller closes; return None after the last.

        Raises:
            CancelledError: after `cancel`.
            MalformedEventError: in place of None, when a slice was skipped.
            MixpanelError: when a slice cannot be fetched.
        """
        while (received := self._download.take()) is not None:
            try:
                # Not in the threads of the download: each keeps the memory that it once used.
                spool = self._slices.prove(received)
            except MalformedEventError as error:
                _discard(received)
                self.skip(error)
                continue
            except BaseException:
                _discard(received)
                raise
            if spool is not None:
                return spool
            self._download.give_back(received, _receive_again)
        self._cancellation.check()
        if self._refused is not None:
            raise self._refused
        return None

    def skip(self, error: MalformedEventError) -> None:
        """Record that a slice, or the rest of one, was skipped."""
        if self._refused is None:
            self._refused = error

    def cancel(self) -> None:
        """Tell the download to end, and return at once. May be called from any thread."""
        self._download.cancel()

    def close(self) -> None:
        """End the threads and remove the temporary files. May be called from any thread."""
        self._download.close()
        self._slices.close()

    def _receive(self, claim: Claim) -> SliceFetch:
        file = spool_file(_IN_MEMORY)
        try:
            return self._slices.receive(claim, file)
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
