"""One slice: asked for within the budget, received whole into a file, verified, and asked for again if need be.

This is the part of an export that waits and reads sockets, in the threads of the download. Everything it decides by
is pure and elsewhere: `limits`, `retry`, `verify`. A `Cancellation` ends all its waiting at once.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, Any, TypeVar

import httpx
import tenacity
from attrs import frozen

from mixpanel_export.download.plan import Slice
from mixpanel_export.errors import (
    IncompleteExportError,
    RateLimitError,
    SliceFailedError,
    quoting,
)
from mixpanel_export.http.cancellation import Cancellation
from mixpanel_export.http.limits import Budget, BudgetWait
from mixpanel_export.http.retry import TRANSIENT_ERRORS, RetryPolicy, RetryState
from mixpanel_export.http.transport import check_open, read_failure
from mixpanel_export.records.inflate import CHUNK_SIZE
from mixpanel_export.records.verify import Check, Verified, Verifier

if TYPE_CHECKING:
    from mixpanel_export.http.context import Context, Request

__all__ = ["FetchConfig", "FetchObserver", "SliceFetch"]

T = TypeVar("T")

_logger = logging.getLogger("mixpanel_export")

# Of a file that is verified, at a time.
_READ = 1 << 16


class FetchObserver:
    """Is told what happens to a slice, by the thread that fetches or proves it. This one listens to nothing."""

    def on_attempt(self) -> None:
        """An attempt begins: what the last one received is void."""

    def on_bytes(self, count: int, events: int) -> None:
        """`count` more bytes came; `events` events of this attempt so far."""

    def on_wait(self, seconds: float, reason: str) -> None:
        """Nothing will happen for so long."""


@frozen
class FetchConfig:
    """How the slices of one export are fetched.

    Attributes:
        request: makes the request of a slice.
        max_wait: the most seconds that a slice waits for the budget.
        check: how each line is looked at while it is verified; see `verify.Check`.
        chunk_size: the most bytes that are inflated at a time.
        keep: the most bytes of lines that are kept of a slice that is proved.
    """

    context: Context
    http: httpx.Client
    request: Callable[[Slice], Request]
    budget: Budget | None
    policy: RetryPolicy
    max_wait: float
    cancellation: Cancellation
    check: Check = "frame"
    chunk_size: int = CHUNK_SIZE
    keep: int = 0

    def begin(self, slice_: Slice, file: IO[bytes], receiver: FetchObserver) -> SliceFetch:
        """A slice that is to be received into `file`, as its bytes come."""
        return SliceFetch(self, slice_, file, receiver)


class SliceFetch:
    """One slice on its way: `fetch` it, or `receive` and `prove` it, in one thread or another, until it is whole.

    Verifying needs the interpreter's lock again and again. Who parses what is verified has it done sooner by
    himself than by threads that take the lock away from him. He never waits for the network, though: what is not
    whole is to be received again by them.

    Whichever is called, its attempts add up, and it raises:
        APIError: for a refusal, at once.
        SliceFailedError: when no attempt brought the slice whole.
        MalformedEventError: when it came whole, and a line is not an event.
        CancelledError: when the export was given up.
    """

    def __init__(self, fetcher: FetchConfig, slice_: Slice, file: IO[bytes], receiver: FetchObserver) -> None:
        self.slice_: Slice = slice_
        self.file: IO[bytes] = file
        self._fetcher = fetcher
        self._receiver = receiver
        self._request = fetcher.request(slice_)
        self._attempts = RetryState(fetcher.policy)
        self._received: Verifier | None = None
        self._lacking: IncompleteExportError | None = None

    def fetch(self) -> tuple[Verified, str]:
        """Receive and verify at once; answers what is known of the slice, and the SHA-256 of the bytes written."""
        return self._until_done(lambda: self._attempt(self._verify))

    def receive(self) -> None:
        """Have an answer in the file that ended as HTTP says it has to; again, when `prove` was not content."""

        def step() -> Verifier:
            lacking, self._lacking = self._lacking, None
            if lacking is not None:
                raise lacking
            return self._attempt(self._store)

        self._received = self._until_done(step)

    def prove(self) -> Verified | None:
        """Verify what was received; None when that is not the whole slice, which is to be received again."""
        verifier, self._received = self._received, None
        assert verifier is not None
        try:
            with quoting(self._fetcher.context.auth.redact):
                return self._verify_stored(verifier)
        except IncompleteExportError as error:
            # While it waits, the error is not to hold on to lines, here and in the frames of who called.
            verifier.forget()
            self._lacking = error.with_traceback(None)
            return None

    def _until_done(self, step: Callable[[], T]) -> T:
        fetcher, attempts, receiver = self._fetcher, self._attempts, self._receiver

        def before_sleep(state: tenacity.RetryCallState) -> None:
            wait = attempts.next_wait or 0.0
            error = state.outcome.exception() if state.outcome else None
            if isinstance(error, RateLimitError) and fetcher.budget is not None:
                fetcher.budget.pause(wait)
            _logger.info(
                "Slice %s failed (attempt %d); again in %.1f s: %s", self.slice_, attempts.made, wait, error
            )
            receiver.on_wait(
                wait, "too many requests" if isinstance(error, RateLimitError) else "to try again"
            )

        retrying = tenacity.Retrying(
            retry=attempts.again,
            wait=attempts.pause,
            sleep=fetcher.cancellation.sleep,
            before_sleep=before_sleep,
            reraise=True,
        )
        try:
            return retrying(step)
        except TRANSIENT_ERRORS as error:
            # A socket that was shut looks like a connection that broke.
            fetcher.cancellation.check()
            if attempts.made > 1 or isinstance(error, IncompleteExportError):
                raise SliceFailedError(str(self.slice_), attempts.made, error) from error
            raise

    def _attempt(self, read: Callable[[httpx.Response], T]) -> T:
        fetcher = self._fetcher
        fetcher.cancellation.check()
        lease = self._wait_for_budget()
        try:
            self._receiver.on_attempt()
            self.file.seek(0)
            self.file.truncate()
            with quoting(fetcher.context.auth.redact):
                return self._ask(read)
        finally:
            if lease is not None:
                lease.release()

    def _wait_for_budget(self) -> Any:
        fetcher = self._fetcher
        if fetcher.budget is None:
            return None
        wait = BudgetWait(fetcher.max_wait)
        while True:
            begun = fetcher.budget.try_begin()
            if not isinstance(begun, float):
                return begun
            self._receiver.on_wait(begun, "for the request budget")
            fetcher.cancellation.sleep(wait.add(begun))

    def _ask(self, read: Callable[[httpx.Response], T]) -> T:
        context, http, cancellation = self._fetcher.context, self._fetcher.http, self._fetcher.cancellation
        answered = False
        with cancellation.watching() as extensions:
            check_open(http)
            sent = http.build_request(**self._request.arguments, extensions=dict(extensions))
            try:
                response = http.send(sent, stream=True)
                with contextlib.closing(response):
                    answered = True
                    if not response.is_success:
                        context.check(read_failure(response))
                    if response.status_code != HTTPStatus.OK:
                        raise IncompleteExportError(f"the answer has status {response.status_code}, not 200")
                    return read(response)
            except httpx.HTTPError as error:
                cancellation.check()
                ours = context.network_error(error, self._request)
                raise (IncompleteExportError(str(ours)) if answered else ours) from error

    def _verify(self, response: httpx.Response) -> tuple[Verified, str]:
        verifier = self._verifier_for(response, keep=0)
        digest = hashlib.sha256()
        for chunk in self._chunks(response):
            digest.update(chunk)
            self._receiver.on_bytes(len(chunk), verifier.feed(chunk))
        return self._finished(verifier), digest.hexdigest()

    def _store(self, response: httpx.Response) -> Verifier:
        verifier = self._verifier_for(response, self._fetcher.keep)
        for chunk in self._chunks(response):
            self._receiver.on_bytes(len(chunk), 0)
        return verifier

    def _verify_stored(self, verifier: Verifier) -> Verified:
        self.file.seek(0)
        while chunk := self.file.read(_READ):
            self._fetcher.cancellation.check()
            self._receiver.on_bytes(0, verifier.feed(chunk))
        return self._finished(verifier)

    def _finished(self, verifier: Verifier) -> Verified:
        verified = verifier.finish()
        # A last line without its line end is known to be an event only now.
        self._receiver.on_bytes(0, verified.events)
        return verified

    def _chunks(self, response: httpx.Response) -> Iterator[bytes]:
        for chunk in response.iter_raw():
            self._fetcher.cancellation.check()
            self.file.write(chunk)
            yield chunk

    def _verifier_for(self, response: httpx.Response, keep: int) -> Verifier:
        return Verifier(
            response.headers.get("content-type", ""),
            response.headers.get("content-encoding", ""),
            check=self._fetcher.check,
            source=f"the slice {self.slice_}",
            chunk_size=self._fetcher.chunk_size,
            keep=keep,
        )
