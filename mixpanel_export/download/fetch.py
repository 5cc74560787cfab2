"""Fetch one slice: receive it whole into a file, verify it, and retry it from scratch if needed.

Runs in the threads of the download. Sending and waiting are `http.transport`'s; what is complete is decided by
`records.verify`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import IO, Any, NoReturn, TypeVar

import httpx
from attrs import evolve, frozen

from mixpanel_export._formats import OnMalformed
from mixpanel_export._redaction import quoting
from mixpanel_export.download.plan import Slice
from mixpanel_export.errors import IncompleteExportError, NetworkError, SliceFailedError
from mixpanel_export.http.answers import check_answer
from mixpanel_export.http.bodies import UNPROVED, framing_of
from mixpanel_export.http.budget import Budget
from mixpanel_export.http.calls import Call, CallObserver, Request
from mixpanel_export.http.cancellation import Cancellation
from mixpanel_export.http.connections import Connections
from mixpanel_export.http.context import Context
from mixpanel_export.http.retry import TRANSIENT_ERRORS, RetryPolicy, RetryState
from mixpanel_export.http.transport import Streamed, send
from mixpanel_export.records.inflate import CHUNK_SIZE, is_gzip
from mixpanel_export.records.verify import MAX_LINE, Check, Proof, Verified, Verifier

__all__ = ["FetchConfig", "FetchObserver", "SliceFetch"]

T = TypeVar("T")

# Bytes of a stored slice to verify at a time.
_READ = 1 << 16


class FetchObserver(CallObserver):
    """Progress callbacks of one slice, called by the thread that fetches or verifies it; ignored here."""

    def on_bytes(self, count: int, events: int) -> None:
        """`count` more bytes arrived; `events` events of this attempt so far."""


@frozen
class FetchConfig:
    """Settings shared by all slices of one export.

    Attributes:
        request: builds the request of a slice.
        check: how strictly each line is checked while it is verified; see `verify.Check`.
        chunk_size: the most bytes to inflate at a time.
        keep: the most bytes of lines to keep of a verified slice.
        hashed: compute the SHA-256 of the bytes while they are verified.
        on_malformed: the treatment of lines that are not events.
        max_line: about the most bytes of a line.
        allow_unproved: accept an answer that neither HTTP nor gzip proves to be whole.
        quotes: quote lines in errors.
    """

    context: Context
    http: Connections
    request: Callable[[Slice], Request]
    budget: Budget
    policy: RetryPolicy
    check: Check = "frame"
    chunk_size: int = CHUNK_SIZE
    keep: int = 0
    hashed: bool = False
    on_malformed: OnMalformed = "raise"
    max_line: int = MAX_LINE
    allow_unproved: bool = False
    quotes: bool = True

    def begin(
        self, slice_: Slice, file: IO[bytes], observer: FetchObserver, cancellation: Cancellation
    ) -> SliceFetch:
        """Return the fetch of a slice into `file`, which gets its bytes as they arrive."""
        return SliceFetch(self, slice_, file, observer, cancellation)


class SliceFetch(CallObserver):
    """The fetch of one slice: `receive` and `prove` it, in different threads, until it is complete.

    Verifying needs the interpreter's lock again and again. A thread that goes on to parse the lines verifies them
    faster itself than threads that take the lock away from it. It never waits for the network, though: an
    incomplete slice goes back to the download threads.

    Attributes:
        digest: the SHA-256 of the bytes verified; empty unless the settings ask for it.

    Attempts add up over all methods, each of which raises:
        APIError: when Mixpanel refuses; at once.
        SliceFailedError: when no attempt brought the whole slice.
        MalformedEventError: when the slice is complete and a line is not an event.
        CancelledError: when the export was cancelled.
    """

    def __init__(
        self,
        config: FetchConfig,
        slice_: Slice,
        file: IO[bytes],
        observer: FetchObserver,
        cancellation: Cancellation,
    ) -> None:
        self.slice_: Slice = slice_
        self.file: IO[bytes] = file
        self.digest: str = ""
        self._config = config
        self._cancellation = cancellation
        self._observer = observer
        self._call: Call[Any] = Call(
            context=config.context,
            name=f"Slice {slice_}",
            request=config.request(slice_),
            read=self._refused,
            budget=config.budget,
            attempts=RetryState(config.policy),
            wait=config.context.budget_wait(),
            observer=self,
        )
        self._received: tuple[Verifier, Proof] | None = None
        self._incomplete: IncompleteExportError | None = None

    def on_attempt(self) -> None:
        """Pass it on; the next attempt may wait for the budget as long as this one."""
        self._call.wait.reset()
        self._observer.on_attempt()

    def on_limited(self) -> None:
        """Pass it on."""
        self._observer.on_limited()

    def on_wait(self, seconds: float, reason: str) -> None:
        """Pass it on."""
        self._observer.on_wait(seconds, reason)

    def receive(self) -> None:
        """Write an answer to the file that ended as HTTP requires; again when `prove` found it incomplete."""

        def step() -> tuple[Verifier, Proof]:
            incomplete, self._incomplete = self._incomplete, None
            if incomplete is not None:
                self._cancellation.sleep(self._call.failed(incomplete))
            return self._send(self._store)

        self._received = self._until_done(step)

    def prove(self) -> Verified | None:
        """Verify what was received; return None when it is incomplete and must be received again."""
        received, self._received = self._received, None
        assert received is not None
        verifier, framing = received
        try:
            with quoting(self._config.context.auth.redact):
                return self._verify_stored(verifier, framing)
        except IncompleteExportError as error:
            # While it waits to be retried, neither the verifier nor the frames of the error keep lines in memory.
            verifier.forget()
            self._incomplete = error.with_traceback(None)
            return None

    def _until_done(self, step: Callable[[], T]) -> T:
        try:
            return step()
        except TRANSIENT_ERRORS as error:
            attempts = self._call.attempts.made
            if attempts > 1 or isinstance(error, IncompleteExportError):
                raise SliceFailedError(str(self.slice_), attempts, error) from error
            raise

    def _send(self, read: Callable[[Streamed], T]) -> T:
        def stream(answer: Streamed) -> T:
            self.file.seek(0)
            self.file.truncate()
            with quoting(self._config.context.auth.redact):
                if answer.status != HTTPStatus.OK:
                    raise IncompleteExportError(f"the answer has status {answer.status}, not 200")
                return read(answer)

        result: T = send(self._config.http, self._call, self._cancellation, stream=stream)
        return result

    def _refused(self, response: httpx.Response) -> NoReturn:
        check_answer(self._config.context, response)
        raise AssertionError("only failures are read whole")

    def _store(self, answer: Streamed) -> tuple[Verifier, Proof]:
        framing = self._framing_of(answer)
        verifier = self._verifier_for(answer, self._config.keep)
        for chunk in self._chunks(answer):
            self._observer.on_bytes(len(chunk), 0)
        return verifier, framing

    def _verify_stored(self, verifier: Verifier, framing: Proof) -> Verified:
        digest = hashlib.sha256() if self._config.hashed else None
        self.file.seek(0)
        while chunk := self.file.read(_READ):
            self._cancellation.check()
            if digest is not None:
                digest.update(chunk)
            self._observer.on_bytes(0, verifier.feed(chunk))
        self.digest = digest.hexdigest() if digest is not None else ""
        return self._finished(verifier, framing)

    def _finished(self, verifier: Verifier, framing: Proof) -> Verified:
        verified = verifier.finish()
        if verified.proof == "none":
            self._check_proof(framing)
            verified = evolve(verified, proof=framing)
        # Only now is a last line without its line end known to be an event.
        self._observer.on_bytes(0, verified.events)
        return verified

    def _chunks(self, answer: Streamed) -> Iterator[bytes]:
        try:
            for chunk in answer.chunks():
                self._cancellation.check()
                self.file.write(chunk)
                yield chunk
        except NetworkError as error:
            # A socket that was shut down looks like a broken connection.
            self._cancellation.check()
            raise IncompleteExportError(str(error)) from error

    def _framing_of(self, answer: Streamed) -> Proof:
        """Return the way in which HTTP marks the end; raise if there is none and no gzip trailer can come."""
        framing = framing_of(answer.headers)
        if not is_gzip(answer.headers.get("content-encoding", "")):
            self._check_proof(framing)
        return framing

    def _check_proof(self, proof: Proof) -> None:
        if proof == "none" and not self._config.allow_unproved:
            raise IncompleteExportError(
                f"{UNPROVED}, as behind an HTTP/1.0 proxy (allow_unproved=True accepts it)"
            )

    def _verifier_for(self, answer: Streamed, keep: int) -> Verifier:
        return Verifier(
            answer.headers.get("content-type", ""),
            answer.headers.get("content-encoding", ""),
            check=self._config.check,
            source=f"the slice {self.slice_}",
            chunk_size=self._config.chunk_size,
            keep=keep,
            on_malformed=self._config.on_malformed,
            max_line=self._config.max_line,
            quotes=self._config.quotes,
        )
