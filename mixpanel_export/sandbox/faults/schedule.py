"""The script of a sandbox: which requests meet which faults.

sandbox.faults.add(Fault.status(503), path="/export", times=2)
sandbox.faults.add(Fault.reset(at=0.99), None, Fault.terminated_early())
"""

from __future__ import annotations

import threading
from fnmatch import fnmatchcase

from attrs import define, evolve

from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export.sandbox.faults.fault import Fault

__all__ = ["FaultSchedule", "Rule"]


@define
class Rule:
    """Which requests meet which faults.

    Attributes:
        faults: one a request, in this order; None is a request that is answered well.
        path: a path or the end of one, `/export`; `*` stands for anything.
        method: the HTTP method, None for any.
        times: how often the sequence is gone through; None for ever.
        met: how many requests have met it.
    """

    faults: tuple[Fault | None, ...]
    path: str = "*"
    method: str | None = None
    times: int | None = 1
    met: int = 0

    def matches(self, method: str, path: str) -> bool:
        """Whether it is for this request."""
        pattern = self.path.rstrip("/") or "*"
        return self.method in (None, method) and fnmatchcase(
            path.rstrip("/"), pattern if pattern.startswith("*") else f"*{pattern}"
        )

    def take(self) -> Fault | None:
        """The fault of the next request."""
        self.met += 1
        return self.faults[(self.met - 1) % len(self.faults)]

    @property
    def is_over(self) -> bool:
        """Whether it has been gone through as often as wanted."""
        return self.times is not None and self.met >= self.times * len(self.faults)


class FaultSchedule:
    """The script of a sandbox: which requests meet which faults. Thread-safe.

    A request meets the next fault of the first rule that is for it, in the order in which rules were added; a rule
    that has been gone through is gone.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Rule] = []

    def add(
        self,
        *faults: Fault | None,
        path: str = "*",
        method: str | None = None,
        times: int | None = 1,
    ) -> None:
        """Let the next requests to a path meet these faults, one each, in this order.

        Args:
            faults: what each request in turn meets; None for a request that is to be answered well.
            path: a path or the end of one, such as `/export`; `*` stands for anything.
            method: only requests with this method.
            times: how often to go through the faults; None for ever.
        """
        if not faults:
            raise InvalidArgumentError("faults", faults, "give at least one")
        if times is not None and (isinstance(times, bool) or times < 1):
            raise InvalidArgumentError(
                "times", times, "allowed is a whole number from 1 on, or None for ever"
            )
        if not path.startswith(("/", "*")):
            raise InvalidArgumentError("path", path, "a path begins with / or *")
        with self._lock:
            self._rules.append(Rule(faults, path, method and method.upper(), times))

    def clear(self) -> None:
        """From now on, everything is answered well."""
        with self._lock:
            self._rules.clear()

    @property
    def pending(self) -> list[Rule]:
        """What is still to come."""
        with self._lock:
            return [evolve(rule) for rule in self._rules]

    def take(self, method: str, path: str) -> Fault | None:
        """The fault of a request that has just arrived, which is used up by it."""
        with self._lock:
            for rule in self._rules:
                if rule.matches(method, path):
                    fault = rule.take()
                    if rule.is_over:
                        self._rules.remove(rule)
                    return fault
        return None
