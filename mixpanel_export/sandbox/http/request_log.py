"""What a sandbox was asked: a log without secrets, for tests to look at.

It is written by the gate in front of the application; what was asked of the control API is not in it.
"""

from __future__ import annotations

import datetime
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from typing import overload

from attrs import define

from mixpanel_export.sandbox.faults.fault import Fault
from mixpanel_export.sandbox.http.limits import Family, Limiter, LimitName

__all__ = ["LoggedRequest", "RequestLog"]

_KEPT = 10_000


@define(eq=False)
class LoggedRequest:
    """One request that arrived.

    Attributes:
        query: the decoded query parameters, without those that authenticate.
        time: when it arrived.
        family: whose limits it counted against.
        status: what it was answered; None while it is not answered, and if it never was.
        fault: what was done wrong on purpose.
        refused_by: the limit that it was over.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    time: datetime.datetime
    family: Family
    status: int | None = None
    fault: Fault | None = None
    refused_by: LimitName | None = None


class RequestLog(Sequence[LoggedRequest]):
    """The requests that arrived, in their order; the latest 10,000 of them. Thread-safe.

    Args:
        limiter: counts the requests that are too many.
    """

    def __init__(self, limiter: Limiter) -> None:
        self._lock = threading.Lock()
        self._requests: deque[LoggedRequest] = deque(maxlen=_KEPT)
        self._limiter = limiter

    def add(self, request: LoggedRequest) -> None:
        """Log a request."""
        with self._lock:
            self._requests.append(request)

    def clear(self) -> None:
        """Forget the requests; what they used up of the limits stays used."""
        with self._lock:
            self._requests.clear()

    @property
    def violations(self) -> dict[LimitName, int]:
        """How many requests each limit has refused, `{"per_hour": 0, "per_second": 2, "at_once": 0}`."""
        return self._limiter.violations

    @property
    def most_at_once(self) -> dict[Family, int]:
        """The most requests of each family that were being answered at the same time."""
        return self._limiter.most_at_once

    def _snapshot(self) -> list[LoggedRequest]:
        with self._lock:
            return list(self._requests)

    def __len__(self) -> int:
        return len(self._requests)

    def __iter__(self) -> Iterator[LoggedRequest]:
        return iter(self._snapshot())

    @overload
    def __getitem__(self, index: int) -> LoggedRequest: ...
    @overload
    def __getitem__(self, index: slice) -> list[LoggedRequest]: ...
    def __getitem__(self, index: int | slice) -> LoggedRequest | list[LoggedRequest]:
        return self._snapshot()[index]

    def __repr__(self) -> str:
        return f"<RequestLog of {len(self)} requests>"
