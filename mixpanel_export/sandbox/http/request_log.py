"""The log of requests a sandbox received, without secrets, for tests to inspect.

`control.gate` writes it; requests to the control API are not logged.
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
        query: the decoded query parameters, without credentials.
        time: the time of arrival.
        family: the family whose limits it counted against.
        status: the status of the response; None until there is one.
        fault: the fault injected.
        refused_by: the limit that refused it.
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
    """The latest 10,000 requests in order of arrival. Thread-safe.

    Args:
        limiter: counts the requests over a limit.
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
        """Clear the log; the counts behind the limits stay."""
        with self._lock:
            self._requests.clear()

    @property
    def violations(self) -> dict[LimitName, int]:
        """Return the number of requests each limit refused: `{"per_hour": 0, "per_second": 2, "at_once": 0}`."""
        return self._limiter.violations

    @property
    def most_at_once(self) -> dict[Family, int]:
        """Return the highest number of requests in progress at once, for each family."""
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
