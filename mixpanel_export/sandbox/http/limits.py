"""The request limits that a sandbox keeps: so many calls an hour, a second, and at once, for each family.

A `Limiter` counts and decides; it neither answers nor sleeps. It knows nothing of the client's own budgets
(`mixpanel_export.http.limits`), which it is there to check.
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

Family: TypeAlias = Literal["export", "query", "app"]
LimitName: TypeAlias = Literal["per_hour", "per_second", "at_once"]

_UNLIMITED = Quota()


@frozen(kw_only=True)
class Limits:
    """The limits of a sandbox.

    Windows slide: "an hour" is the hour before each call. Every call counts when it arrives, whatever it is
    answered, except those that a limit refuses.

    Attributes:
        export: for the raw export.
        query: for reports, profiles and the legacy calls.
        app: for annotations and schemas, which have no published limit.
        retry_after: the form of the `Retry-After` header of a refusal: none at all, as Mixpanel often
            does, a number of seconds, or an HTTP date.
        hour_seconds: how long an hour is, so that a test need not wait for one.
    """

    export: Quota = _UNLIMITED
    query: Quota = _UNLIMITED
    app: Quota = _UNLIMITED
    retry_after: Literal["seconds", "date"] | None = field(
        default=None, validator=validators.in_((None, "seconds", "date"))
    )
    hour_seconds: float = field(
        default=3600.0, validator=[validators.instance_of((int, float)), validators.gt(0)]
    )

    @classmethod
    def mixpanel(cls, *, retry_after: Literal["seconds", "date"] | None = None) -> Limits:
        """Mixpanel's own: https://developer.mixpanel.com/reference/rate-limits."""
        return cls(
            export=Quota(per_hour=60, per_second=3, concurrent=100),
            query=Quota(per_hour=60, concurrent=5),
            retry_after=retry_after,
        )


@frozen
class Excess:
    """A call over a limit.

    Attributes:
        limit: which limit.
        message: what is said about it.
        retry_after: the seconds until the same call could be allowed; a guess for calls at once.
    """

    limit: LimitName
    message: str
    retry_after: float


def family_of(path: str) -> Family:
    """The family whose limits count for a path of the API."""
    if path.rstrip("/") == "/api/2.0/export":
        return "export"
    return "app" if path.startswith("/api/app/") else "query"


_SECOND: Final = 1.0
_A_MOMENT: Final = 1.0
_CALLS: Mapping[Family, str] = {"export": "exports", "query": "queries", "app": "calls"}


@define
class _Use:
    """What a family has used: when its calls arrived, within the last hour, and how many are running."""

    arrivals: list[float] = field(factory=list[float])
    running: int = 0
    most_at_once: int = 0


class Limiter:
    """Counts calls and says which are too many. Thread-safe, and its limits may change at any time.

    Args:
        limits: None for none.
        clock: seconds that only ever go forward.
    """

    def __init__(self, limits: Limits | None, clock: Callable[[], float] = time.monotonic) -> None:
        self.limits = limits
        self._clock = clock
        self._lock = threading.Lock()
        self._uses: dict[Family, _Use] = {"export": _Use(), "query": _Use(), "app": _Use()}
        self._violations: Counter[LimitName] = Counter()

    def enter(self, family: Family) -> Excess | None:
        """Count a call that arrives, or say why it is one too many. What enters must `leave`."""
        limits = self.limits or _NONE
        allowance = cast("Quota", getattr(limits, family))
        with self._lock:
            use, now = self._uses[family], self._clock()
            del use.arrivals[: bisect_right(use.arrivals, now - max(limits.hour_seconds, _SECOND))]
            excess = _excess(allowance, limits.hour_seconds, use, now, _CALLS[family])
            if excess is not None:
                self._violations[excess.limit] += 1
                return excess
            use.arrivals.append(now)
            use.running += 1
            use.most_at_once = max(use.most_at_once, use.running)
            return None

    def leave(self, family: Family) -> None:
        """A call that entered has been answered."""
        with self._lock:
            self._uses[family].running -= 1

    def forget(self) -> None:
        """Count from nothing again, but for the calls that are running."""
        with self._lock:
            for use in self._uses.values():
                use.arrivals.clear()
                use.most_at_once = use.running
            self._violations.clear()

    @property
    def violations(self) -> dict[LimitName, int]:
        """How many calls each limit has refused."""
        with self._lock:
            return {name: self._violations[name] for name in ("per_hour", "per_second", "at_once")}

    @property
    def most_at_once(self) -> dict[Family, int]:
        """The most calls of each family that were being answered at the same time."""
        with self._lock:
            return {family: use.most_at_once for family, use in self._uses.items()}


_NONE: Final = Limits()


def _excess(allowance: Quota, hour: float, use: _Use, now: float, calls: str) -> Excess | None:
    windows: tuple[tuple[LimitName, int | None, float, str], ...] = (
        ("per_hour", allowance.per_hour, hour, "hour"),
        ("per_second", allowance.per_second, _SECOND, "second"),
    )
    for name, most, length, word in windows:
        if most is None or len(use.arrivals) < most:
            continue
        free_in = use.arrivals[-most] + length - now
        if free_in > 0:
            message = f"Rate limit exceeded: at most {most} {calls} per {word} are allowed"
            return Excess(name, message, free_in)
    if allowance.concurrent is not None and use.running >= allowance.concurrent:
        message = f"Rate limit exceeded: at most {allowance.concurrent} {calls} at once are allowed"
        return Excess("at_once", message, _A_MOMENT)
    return None
