"""The request limits of a sandbox: per hour, per second and concurrent, for each family of calls.

A `Limiter` counts and decides; it neither responds nor sleeps. It shares no code with the client's own budgets
(`mixpanel_export.http.limits`), which it exists to check.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final, Literal, TypeAlias, cast

from attrs import define, field, frozen, validators

from mixpanel_export.http.limits import Quota

__all__ = ["Excess", "Family", "LimitName", "Limiter", "Limits", "Quota", "family_of"]

Family: TypeAlias = Literal["export", "query", "app", "schemas"]
LimitName: TypeAlias = Literal["per_hour", "per_minute", "per_second", "at_once"]

_UNLIMITED = Quota()


@frozen(kw_only=True)
class Limits:
    """The request limits of a sandbox.

    Windows slide: "an hour" is the hour before each call. Every call counts on arrival, whatever its response,
    except calls refused by a limit.

    Attributes:
        export: limits for the raw export.
        query: limits for reports, profiles and the legacy calls.
        app: limits for annotations; Mixpanel publishes none.
        schemas: limits for Lexicon schemas.
        retry_after: the form of the `Retry-After` header of a refusal: seconds, an HTTP date, or None for no
            header, as is common at Mixpanel.
        hour_seconds: the length of an hour, for tests that can't wait for a real one.
    """

    export: Quota = _UNLIMITED
    query: Quota = _UNLIMITED
    app: Quota = _UNLIMITED
    schemas: Quota = _UNLIMITED
    retry_after: Literal["seconds", "date"] | None = field(
        default=None, validator=validators.in_((None, "seconds", "date"))
    )
    hour_seconds: float = field(
        default=3600.0, validator=[validators.instance_of((int, float)), validators.gt(0)]
    )

    @classmethod
    def mixpanel(cls, *, retry_after: Literal["seconds", "date"] | None = None) -> Limits:
        """Return Mixpanel's own limits: https://developer.mixpanel.com/reference/rate-limits."""
        return cls(
            export=Quota(per_hour=60, per_second=3, concurrent=100),
            query=Quota(per_hour=60, concurrent=5),
            schemas=Quota(per_minute=5),
            retry_after=retry_after,
        )


@frozen
class Excess:
    """A call that exceeds a limit.

    Attributes:
        limit: the limit it exceeds.
        message: the error message to send.
        retry_after: seconds until the call would be allowed; a guess for concurrent calls.
    """

    limit: LimitName
    message: str
    retry_after: float


def family_of(path: str) -> Family:
    """Return the family whose limits apply to an API path."""
    if path.rstrip("/") == "/api/2.0/export":
        return "export"
    if path.startswith("/api/app/"):
        return "schemas" if "/schemas" in path else "app"
    return "query"


_SECOND: Final = 1.0
_MINUTE: Final = 60.0
_CONCURRENT_RETRY_AFTER: Final = 1.0
_CALLS: Mapping[Family, str] = {"export": "exports", "query": "queries", "app": "calls", "schemas": "calls"}


_LIMIT_NAMES: Final[tuple[LimitName, ...]] = ("per_hour", "per_minute", "per_second", "at_once")


@define
class _Use:
    """The recent usage of a family: arrivals within the last hour, and calls in progress."""

    arrivals: list[float] = field(factory=list[float])
    running: int = 0
    most_at_once: int = 0


class Limiter:
    """Count calls and refuse those over a limit. Thread-safe; the limits can change at any time.

    Args:
        limits: None for no limits.
        clock: monotonic seconds.
    """

    def __init__(self, limits: Limits | None, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self._clock = clock
        self._lock = threading.Lock()
        self._uses: dict[Family, _Use] = {family: _Use() for family in _CALLS}
        self._violations: Counter[LimitName] = Counter()

    def enter(self, family: Family) -> Excess | None:
        """Count an arriving call, or return the limit it exceeds. A counted call must `leave`."""
        limits = self.limits or _NONE
        quota = cast("Quota", getattr(limits, family))
        with self._lock:
            use, now = self._uses[family], self._clock()
            del use.arrivals[: bisect_right(use.arrivals, now - max(limits.hour_seconds, _MINUTE))]
            excess = _excess(quota, limits.hour_seconds, use, now, _CALLS[family])
            if excess is not None:
                self._violations[excess.limit] += 1
                return excess
            use.arrivals.append(now)
            use.running += 1
            use.most_at_once = max(use.most_at_once, use.running)
            return None

    def leave(self, family: Family) -> None:
        """Count a call as finished."""
        with self._lock:
            self._uses[family].running -= 1

    def forget(self) -> None:
        """Reset the counts; calls in progress stay counted."""
        with self._lock:
            for use in self._uses.values():
                use.arrivals.clear()
                use.most_at_once = use.running
            self._violations.clear()

    @property
    def violations(self) -> dict[LimitName, int]:
        """Return the number of calls refused by each limit."""
        with self._lock:
            counts: dict[LimitName, int] = {name: self._violations[name] for name in _LIMIT_NAMES}
            # Few calls have a limit a minute.
            return {name: count for name, count in counts.items() if count or name != "per_minute"}

    @property
    def most_at_once(self) -> dict[Family, int]:
        """Return the highest number of calls in progress at once, for each family."""
        with self._lock:
            return {family: use.most_at_once for family, use in self._uses.items()}


_NONE: Final = Limits()


def _excess(quota: Quota, hour: float, use: _Use, now: float, calls: str) -> Excess | None:
    windows: tuple[tuple[LimitName, int | None, float, str], ...] = (
        ("per_hour", quota.per_hour, hour, "hour"),
        ("per_minute", quota.per_minute, _MINUTE, "minute"),
        ("per_second", quota.per_second, _SECOND, "second"),
    )
    for name, most, length, word in windows:
        if most is None or len(use.arrivals) < most:
            continue
        free_in = use.arrivals[-most] + length - now
        if free_in > 0:
            message = f"Rate limit exceeded: at most {most} {calls} per {word} are allowed"
            return Excess(name, message, free_in)
    if quota.concurrent is not None and use.running >= quota.concurrent:
        message = f"Rate limit exceeded: at most {quota.concurrent} {calls} at once are allowed"
        return Excess("at_once", message, _CONCURRENT_RETRY_AFTER)
    return None
