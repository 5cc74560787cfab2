"""The schedule of faults: which requests get which fault.

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
    """A sequence of faults and the requests it applies to.

    Attributes:
        faults: one for each request, in this order; None leaves a request alone.
        path: a path or the end of one, such as `/export`; `*` matches anything.
        method: the HTTP method; None matches any.
        times: how often the sequence runs; None repeats it forever.
        met: the number of requests that matched so far.
    """

    faults: tuple[Fault | None, ...]
    path: str = "*"
    method: str | None = None
    times: int | None = 1
    met: int = 0

    def matches(self, method: str, path: str) -> bool:
        """Return whether the rule applies to a request."""
        pattern = self.path.rstrip("/") or "*"
        return self.method in (None, method) and fnmatchcase(
            path.rstrip("/"), pattern if pattern.startswith("*") else f"*{pattern}"
        )

    def take(self) -> Fault | None:
        """Return the fault for the next request."""
        self.met += 1
        return self.faults[(self.met - 1) % len(self.faults)]

    @property
    def is_over(self) -> bool:
        """Return whether the sequence has run as often as requested."""
        return self.times is not None and self.met >= self.times * len(self.faults)


class FaultSchedule:
    """The faults a sandbox will inject. Thread-safe.

    A request takes the next fault of the first rule that matches it, in the order the rules were added. A rule
    is removed when its sequence is finished.
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
        """Inject these faults into the next matching requests, one each, in this order.

        Args:
            faults: the fault for each request in turn; None leaves a request alone.
            path: a path or the end of one, such as `/export`; `*` matches anything.
            method: the HTTP method to match; None matches any.
            times: how often to run the sequence; None repeats it forever.
        """
        if not faults:
            raise InvalidArgumentError("faults", faults, "expected at least one fault")
        if times is not None and (isinstance(times, bool) or times < 1):
            raise InvalidArgumentError(
                "times", times, "expected an integer of at least 1, or None to repeat forever"
            )
        if not path.startswith(("/", "*")):
            raise InvalidArgumentError("path", path, "expected a path that starts with / or *")
        with self._lock:
            self._rules.append(Rule(faults, path, method and method.upper(), times))

    def clear(self) -> None:
        """Clear the schedule, so that requests get their normal responses."""
        with self._lock:
            self._rules.clear()

    @property
    def pending(self) -> list[Rule]:
        """Return the rules that are not finished."""
        with self._lock:
            return [evolve(rule) for rule in self._rules]

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault for a request that just arrived, and mark it as used."""
        with self._lock:
            for rule in self._rules:
                if rule.matches(method, path):
                    fault = rule.take()
                    if rule.is_over:
                        self._rules.remove(rule)
                    return fault
        return None
