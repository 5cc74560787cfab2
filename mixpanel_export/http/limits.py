"""The request limits of a project: those of Mixpanel, and those of a client. See `budget` for keeping them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal

from attrs import field, frozen

from mixpanel_export._deprecated import renamed_attributes
from mixpanel_export.errors import ConfigurationError
from mixpanel_export.http.servers import Family
from mixpanel_export.http.stores import BudgetStore, check_shared

__all__ = [
    "DIRECTORY_MAX_WAIT",
    "MAX_WAIT",
    "MIXPANEL_LIMITS",
    "SECOND",
    "UNLIMITED",
    "BudgetWarning",
    "Limits",
    "Quota",
    "at_least",
    "effective_limits",
]

SECOND: Final = 1.25
"""The seconds in which a budget counts those of a second: on a loaded machine, one request may take a quarter of a
second longer than the next to reach the server, which counts them as they arrive."""

MAX_WAIT: Final = 120.0
"""Seconds that a call waits for its budget by default: as long as a person at a prompt would."""

DIRECTORY_MAX_WAIT: Final = 2 * 3600.0
"""Seconds that a request of a directory export waits by default: an hourly budget frees within this time."""


def at_least(least: int, kind: type[int | float] = float) -> Callable[[object, Any, object], None]:
    """Return attrs' validator of a number that is not less; None is allowed where it is the default.

    Args:
        kind: `int` for whole numbers only.
    """
    words = "an integer" if kind is int else "a number"

    def check(instance: object, attribute: Any, value: object) -> None:
        if value is None and attribute.default is None:
            return
        is_kind = isinstance(value, int | kind) and not isinstance(value, bool)
        if not is_kind or not isinstance(value, int | float) or not value >= least:
            raise ConfigurationError(attribute.name, f"expected {words} of at least {least}, got {value!r}")

    return check


_AT_LEAST_ONE = at_least(1, int)


class BudgetWarning(UserWarning):
    """A call waits for the project's request budget, or requests cannot be counted across processes."""


@renamed_attributes(at_once="concurrent")
@frozen(kw_only=True)
class Quota:
    """The requests that a project is allowed in one family of calls; None where there is no limit.

    Attributes:
        per_hour: requests in any hour.
        per_minute: requests in any minute.
        per_second: requests in any second.
        concurrent: requests that may run at the same time.
    """

    per_hour: int | None = field(default=None, validator=_AT_LEAST_ONE)
    per_minute: int | None = field(default=None, validator=_AT_LEAST_ONE)
    per_second: int | None = field(default=None, validator=_AT_LEAST_ONE)
    concurrent: int | None = field(default=None, validator=_AT_LEAST_ONE)

    def __str__(self) -> str:
        parts = (
            (self.per_hour, "an hour"),
            (self.per_minute, "a minute"),
            (self.per_second, "a second"),
            (self.concurrent, "at once"),
        )
        return ", ".join(f"{number} {unit}" for number, unit in parts if number is not None)


def _without_password(shared: object) -> str:
    return f"{shared.partition('://')[0] + '://…'!r}" if isinstance(shared, str) else repr(shared)


@renamed_attributes(longest_wait="max_wait")
@frozen(kw_only=True)
class Limits:
    """The request budgets that a client keeps; by default Mixpanel's own.

    Attributes:
        export: for the raw export.
        query: for reports and profiles.
        schemas: for Lexicon schemas. Annotations have no known limit.
        shared: count together with all processes of this machine and user that call the same project; if False,
            only this process is counted. To count together with other machines, the URL of a Redis that all of
            them reach, `redis://…` (extra `redis`), or a `BudgetStore` of your own.
        max_wait: the most seconds that a call waits for its budget before it raises `BudgetExhaustedError`; 0
            leaves no time for the pace of a second either. By default two minutes; each request of a directory
            export waits up to two hours.
    """

    export: Quota = Quota(per_hour=60, per_second=3, concurrent=100)
    query: Quota = Quota(per_hour=60, concurrent=5)
    schemas: Quota = Quota(per_minute=5)
    shared: bool | str | BudgetStore = field(default=True, validator=check_shared, repr=_without_password)
    max_wait: float | None = field(default=None, validator=at_least(0))

    def allowance(self, family: Family) -> Quota | None:
        """Return the quota of a family of calls, or None where nothing is counted."""
        return {"data": self.export, "query": self.query, "schemas": self.schemas}.get(family)


MIXPANEL_LIMITS = Limits()
"""The limits of a Mixpanel project (https://developer.mixpanel.com/reference/rate-limits)."""

UNLIMITED = Limits(export=Quota(), query=Quota(), schemas=Quota(), shared=False)
"""No budget for any call; Mixpanel's 429 responses are still obeyed."""


def effective_limits(limits: Limits | Literal["auto"] | None, *, local: bool) -> Limits:
    """Return the limits that a client keeps.

    Args:
        limits: the client's argument.
        local: the server runs on this machine: a sandbox or a test server, whose budget is nobody's.
    """
    if limits is None or (limits == "auto" and local):
        return UNLIMITED
    if limits == "auto":
        return MIXPANEL_LIMITS
    if not isinstance(limits, Limits):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ConfigurationError("limits", f"expected Limits, None or 'auto', got {limits!r}")
    return limits
