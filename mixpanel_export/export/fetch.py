"""One slice: asked for within the budget, received whole into a file, verified, and asked for again if need be.

This is the part of an export that waits and reads sockets, in a thread of the download. Everything it decides by is
pure and elsewhere: `limits`, `retry`, `verify`. A `Cancellation` ends all its waiting at once.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import socket
import threading
from collections.abc import Callable, Generator, Mapping
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, Any

import httpx
import tenacity
from attrs import frozen

from mixpanel_export.answers import check_open, read_failure
from mixpanel_export.errors import (
    ExportError,
    IncompleteExportError,
    RateLimitError,
    SliceFailedError,
    quoting,
)
from mixpanel_export.export.plan import Slice
from mixpanel_export.export.verify import Check, Verified, Verifier
from mixpanel_export.limits import Budget, Wait
from mixpanel_export.retry import PASSING, Attempts, RetryPolicy

if TYPE_CHECKING:
    from mixpanel_export.calls import Context, Request

__all__ = ["Cancellation", "CancelledError", "Fetcher", "Receiver"]

_logger = logging.getLogger("mixpanel_export")

# Of httpcore's trace; before it there is who connects, for a proxy or not.
_CONNECTING = ".connect_tcp.started"
_CONNECTED = ".connect_tcp.complete"
_NOT_CONNECTED = ".connect_tcp.failed"


class CancelledError(ExportError):
    """The export was given up; nobody waits for this slice any more."""


class Cancellation:
    """Ends an export: every wait returns, every socket is shut."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._connecting: set[int] = set()

    def cancel(self) -> None:
        """End it now. Threads that read or wait find out at once."""
        self._event.set()
        with self._lock:
            for each in self._sockets:
                _shut(each)

    def check(self) -> None:
        """Raise CancelledError once it is over."""
        if self._event.is_set():
            raise CancelledError("the export was cancelled")

    def sleep(self, seconds: float) -> None:
        """Wait, unless it ends."""
        self._event.wait(seconds)
        self.check()

    def connecting(self) -> frozenset[int]:
        """The threads that are making a connection, which only its timeout ends; none begins once it is over."""
        with self._lock:
            return frozenset(self._connecting)

    @contextlib.contextmanager
    def watching(self) -> Generator[Mapping[str, Any]]:
        """The extensions of a request whose socket is to be shut when it ends."""
        mine: set[socket.socket] = set()
        me = threading.get_ident()

        def trace(name: str, info: Mapping[str, Any]) -> None:
            with self._lock:
                if name.endswith(_CONNECTING):
                    self.check()
                    self._connecting.add(me)
                elif name.endswith(_NOT_CONNECTED):
                    self._connecting.discard(me)
                elif name.endswith(_CONNECTED):
                    self._connecting.discard(me)
                    found = info["return_value"].get_extra_info("socket")
                    if isinstance(found, socket.socket):
                        # TLS takes the socket away from this object, but not from another one.
                        found = found.dup()
                        mine.add(found)
                        self._sockets.add(found)
                        if self._event.is_set():
                            _shut(found)

        try:
            yield {"trace": trace}
        finally:
            with self._lock:
                self._connecting.discard(me)
                self._sockets -= mine
            for each in mine:
                each.close()


class Receiver:
    """Is told what happens to a slice, by the thread that fetches it. This one listens to nothing."""

    def began(self) -> None:
        """An attempt begins: what the last one received is void."""

    def received(self, count: int, events: int) -> None:
        """`count` more bytes came; `events` events of this attempt so far."""

    def waits(self, seconds: float, reason: str) -> None:
        """Nothing will happen for so long."""


@frozen
class Fetcher:
    """Fetches slices of one export.

    Attributes:
        request: makes the request of a slice.
        longest_wait: the most seconds that a slice waits for the budget.
        check: how each line is looked at while it arrives; see `verify.Check`.
    """

    context: Context
    http: httpx.Client
    request: Callable[[Slice], Request]
    budget: Budget | None
    policy: RetryPolicy
    longest_wait: float
    cancellation: Cancellation
    check: Check = "frame"

    def fetch(self, piece: Slice, file: IO[bytes], receiver: Receiver) -> tuple[Verified, str]:
        """Receive a slice into `file`, as its bytes came, until it is complete.

        Returns:
            What is known of it, and the SHA-256 of the bytes written.

        Raises:
            APIError: for a refusal, at once.
            SliceFailedError: when no attempt brought it whole.
            CancelledError: when the export was given up.
        """
        request = self.request(piece)
        attempts = Attempts(self.policy)

        def before_sleep(state: tenacity.RetryCallState) -> None:
            wait = attempts.next_wait or 0.0
            error = state.outcome.exception() if state.outcome else None
            if isinstance(error, RateLimitError) and self.budget is not None:
                self.budget.pause(wait)
            _logger.info(
                "Slice %s failed (attempt %d); again in %.1f s: %s", piece, attempts.made, wait, error
            )
            receiver.waits(wait, "too many requests" if isinstance(error, RateLimitError) else "to try again")

        retrying = tenacity.Retrying(
            retry=attempts.again,
            wait=attempts.pause,
            sleep=self.cancellation.sleep,
            before_sleep=before_sleep,
            reraise=True,
        )
        try:
            return retrying(self._attempt, piece, request, file, receiver)
        except PASSING as error:
            # A socket that was shut looks like a connection that broke.
            self.cancellation.check()
            if attempts.made > 1 or isinstance(error, IncompleteExportError):
                raise SliceFailedError(str(piece), attempts.made, error) from error
            raise

    def _attempt(
        self, piece: Slice, request: Request, file: IO[bytes], receiver: Receiver
    ) -> tuple[Verified, str]:
        self.cancellation.check()
        lease = self._wait_for_budget(receiver)
        try:
            receiver.began()
            file.seek(0)
            file.truncate()
            with quoting(self.context.auth.redact):
                return self._receive(piece, request, file, receiver)
        finally:
            if lease is not None:
                lease.release()

    def _wait_for_budget(self, receiver: Receiver) -> Any:
        if self.budget is None:
            return None
        wait = Wait(self.longest_wait)
        while True:
            begun = self.budget.try_begin()
            if not isinstance(begun, float):
                return begun
            receiver.waits(begun, "for the request budget")
            self.cancellation.sleep(wait.add(begun))

    def _receive(
        self, piece: Slice, request: Request, file: IO[bytes], receiver: Receiver
    ) -> tuple[Verified, str]:
        context, answered = self.context, False
        with self.cancellation.watching() as extensions:
            check_open(self.http)
            sent = self.http.build_request(**request.arguments, extensions=dict(extensions))
            try:
                response = self.http.send(sent, stream=True)
                with contextlib.closing(response):
                    answered = True
                    if not response.is_success:
                        context.check(read_failure(response))
                    if response.status_code != HTTPStatus.OK:
                        raise IncompleteExportError(f"the answer has status {response.status_code}, not 200")
                    return self._read(piece, response, file, receiver)
            except httpx.HTTPError as error:
                self.cancellation.check()
                ours = context.network_error(error, request)
                raise (IncompleteExportError(str(ours)) if answered else ours) from error

    def _read(
        self, piece: Slice, response: httpx.Response, file: IO[bytes], receiver: Receiver
    ) -> tuple[Verified, str]:
        headers = response.headers
        verifier = Verifier(
            headers.get("content-type", ""),
            headers.get("content-encoding", ""),
            check=self.check,
            source=f"the slice {piece}",
        )
        digest = hashlib.sha256()
        for chunk in response.iter_raw():
            self.cancellation.check()
            file.write(chunk)
            digest.update(chunk)
            receiver.received(len(chunk), verifier.feed(chunk))
        return verifier.finish(), digest.hexdigest()


def _shut(each: socket.socket) -> None:
    with contextlib.suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
