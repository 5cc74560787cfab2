"""A job at work: its slices downloaded into spools, and handed over one by one, complete.

Joins what `fetch`, `download`, `progress` and `job` do; sync and async deliveries are made from it.
"""

from __future__ import annotations

import logging
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import IO, Any, Self, TypeVar, cast

import httpx
from attrs import evolve, field, frozen

from mixpanel_export.errors import quoting
from mixpanel_export.export.decode import LARGE_PIECE, PIECE, LineSplitter, decompressor_for
from mixpanel_export.export.download import Download
from mixpanel_export.export.duplicates import Duplicates, find_duplicates
from mixpanel_export.export.event import Event
from mixpanel_export.export.fetch import Cancellation, Fetcher, Fetching
from mixpanel_export.export.job import ExportJob
from mixpanel_export.export.plan import Slice
from mixpanel_export.export.progress import Progress, ProgressListener, Tracker
from mixpanel_export.export.verify import Block, Check, Verified

__all__ = ["EventBatches", "Run", "Slices", "Spool"]

T = TypeVar("T")

_logger = logging.getLogger("mixpanel_export")

# A spool up to this size stays in memory; a longer one goes on in a temporary file.
_IN_MEMORY = 1 << 20
# A slice with as many bytes of lines at most is inflated once, and kept until it is delivered.
_KEPT = 28 << 20
# If that is no more than so much of the memory that may be used, and a piece no more than so much.
_KEPT_SHARE = 8
_PIECE_SHARE = 256
# Slices that are finished at a time.
_AT_ONCE = 2
_READ = 1 << 17


@frozen
class Spool:
    """One complete slice, as its bytes came.

    Attributes:
        verified: what is known of what came.
        duplicates: the lines that `blocks` leaves out, if any were looked for.
        check: called now and then by all that reads it; raises when that is to end.
    """

    piece: Slice
    verified: Verified
    file: IO[bytes]
    duplicates: Duplicates | None = None
    check: Callable[[], object] = field(default=lambda: None, eq=False, repr=False)

    @property
    def dropped(self) -> int:
        """How many lines are left out."""
        return self.duplicates.count if self.duplicates is not None else 0

    @property
    def events(self) -> int:
        """How many events it delivers."""
        return self.verified.events - self.dropped

    @property
    def as_it_came(self) -> bool:
        """Whether `chunks` are what is to be delivered: nothing is left out."""
        return not self.dropped

    def chunks(self) -> Iterator[bytes]:
        """The bytes as they came."""
        self.file.seek(0)
        while chunk := self.file.read(_READ):
            self.check()
            yield chunk

    def blocks(self, size: int = PIECE) -> Iterator[bytes]:
        """Its lines but the duplicates, in blocks of whole lines; the last line may lack its end.

        Args:
            size: about the most bytes of a block.
        """
        return (block.lines for block in self.counted(size))

    def counted(self, size: int = PIECE) -> Iterator[Block]:
        """The same, with the number of lines where it is known."""
        if self.duplicates is None or self.as_it_came:
            return self._all_blocks(size)
        return map(Block, self.duplicates.cut_from(each.lines for each in self._all_blocks(size)))

    def without_duplicates(self) -> Spool:
        """The same slice without events that were sent again.

        Raises:
            MalformedEventError: for a line that is not an event.
        """
        source = f"the slice {self.piece}"
        blocks = (block.lines for block in self._all_blocks())
        found = find_duplicates(blocks, self.verified.events, source, check=self.check)
        return evolve(self, duplicates=found)

    def _all_blocks(self, size: int = PIECE) -> Iterator[Block]:
        if self.verified.kept is not None:
            for kept in self.verified.kept:
                self.check()
                yield kept
            return
        inflater = decompressor_for("gzip" if self.verified.is_gzip else "", size)
        splitter = LineSplitter()
        for chunk in self.chunks():
            for piece in inflater.feed(chunk):
                self.check()
                if block := splitter.feed(piece):
                    yield Block(block)
        inflater.finish()
        if rest := splitter.finish():
            yield Block(rest)

    def close(self) -> None:
        """Remove it, and its lines from memory."""
        self.file.close()
        if self.verified.kept is not None:
            self.verified.kept.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Slices:
    """Receives the slices of a job into files, and counts them. Thread-safe.

    Args:
        check: how each line is looked at when it is verified.
        piece_size: the most bytes that are inflated at a time.
    """

    def __init__(
        self,
        job: ExportJob,
        http: httpx.Client,
        cancellation: Cancellation,
        *,
        check: Check = "frame",
        piece_size: int = LARGE_PIECE,
        listener: ProgressListener | None = None,
    ) -> None:
        context = job.context
        self._tracker = Tracker(len(job.plan), listener)
        self._deduplicate = job.deduplicate
        self._deduplicating = threading.Lock()
        self._cancellation = cancellation
        self._redact = context.auth.redact
        self._fetcher = Fetcher(
            context=context,
            http=http,
            request=job.request,
            budget=context.budget("data"),
            policy=context.retry,
            longest_wait=context.limits.longest_wait if context.limits is not None else 0.0,
            cancellation=cancellation,
            check=check,
            piece_size=min(piece_size, job.memory // _PIECE_SHARE),
            keep=min(_KEPT, job.memory // _KEPT_SHARE),
        )
        # Few, for each keeps for itself the memory that it has once used, and more would be no faster: what they
        # do needs the interpreter's lock again and again.
        at_once = min(os.cpu_count() or 1, _AT_ONCE)
        self._finishing = ThreadPoolExecutor(at_once, "mixpanel-export-finish")
        # An interpreter that ends waits for all that they were given.
        self._free = threading.Semaphore(at_once)

    @property
    def progress(self) -> Progress:
        """How far it has come."""
        return self._tracker.totals()

    def fetch(self, piece: Slice, file: IO[bytes]) -> tuple[Spool, str]:
        """One complete slice, in `file` as its bytes came, and their SHA-256: proved while it comes."""
        verified, digest = self._begin(piece, file).fetch()
        return self._complete(piece, file, verified), digest

    def receive(self, piece: Slice, file: IO[bytes]) -> Fetching:
        """One slice, in `file`, to be proved."""
        fetching = self._begin(piece, file)
        fetching.receive()
        return fetching

    def prove(self, received: Fetching) -> Spool | None:
        """One complete slice of what was received, without its duplicates, if that was asked for.

        Returns:
            None when it is not the whole slice, which is to be received again.
        """
        verified = received.prove()
        if verified is None:
            return None
        return self.deduplicated(self._complete(received.piece, received.file, verified))

    def finish(self, received: Fetching, use: Callable[[Spool], T]) -> T:
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

    def _begin(self, piece: Slice, file: IO[bytes]) -> Fetching:
        return self._fetcher.begin(piece, file, self._tracker.of(piece))

    def _complete(self, piece: Slice, file: IO[bytes], verified: Verified) -> Spool:
        self._tracker.done(verified.bytes)
        _logger.info(
            "Slice %s complete: %d events, %d bytes of lines", piece, verified.events, verified.bytes
        )
        return Spool(piece, verified, file, check=self._cancellation.check)

    def deduplicated(self, spool: Spool) -> Spool:
        """A slice without its duplicates, if that was asked for."""
        if not self._deduplicate:
            return spool
        # One at a time: each takes its share of memory.
        with self._deduplicating, quoting(self._redact):
            deduplicated = spool.without_duplicates()
        self._tracker.drop(deduplicated.dropped)
        return deduplicated


class Run:
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
        self._slices = Slices(job, http, self._cancellation, check=check, piece_size=PIECE, listener=listener)
        self._download: Download[Fetching] = Download(
            job.plan,
            self._receive,
            _discard,
            self._cancellation,
            again=_receive_again,
            ordered=ordered,
            nameless=True,
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

    def _receive(self, piece: Slice) -> Fetching:
        file = cast(IO[bytes], tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115
        try:
            return self._slices.receive(piece, file)
        except BaseException:
            file.close()
            raise


def _receive_again(received: Fetching) -> Fetching:
    try:
        received.receive()
    except BaseException:
        _discard(received)
        raise
    return received


def _discard(received: Fetching) -> None:
    received.file.close()


class EventBatches:
    """The events of a job, a list at a time; `close` may be called while another thread waits for `next`."""

    def __init__(self, job: ExportJob, http: httpx.Client, **options: Any) -> None:
        self._job = job
        self._run = Run(job, http, **options)
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
            decoder = self._job.decoder(spool.piece)
            with spool:
                for block in spool.counted():
                    if events := decoder.decode(block.lines, block.count):
                        yield events
