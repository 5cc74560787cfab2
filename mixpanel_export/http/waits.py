"""The wait of one call for its budget: its bound, and the words about it.

Pure. See `budget` for what it waits for.
"""

from __future__ import annotations

from typing import Literal

from attrs import define, frozen

from mixpanel_export.errors import BudgetExhaustedError
from mixpanel_export.http.clock import clock_time, in_words

__all__ = ["BudgetWait", "Delay"]

# The most seconds to sleep at a time: a sleep does not notice that the machine was suspended.
_NAP = 15.0
# Nobody knows when a running request ends: when to try again.
_SLOT_RETRY = 5.0


@frozen
class Delay:
    """A request that must not be sent yet.

    Attributes:
        seconds: the time to wait before trying again.
        cause: the limit of a `window`, of requests at once (`slots`), or the server's 429 or 503.
        why: the reason in words, with who used the budget.
    """

    seconds: float
    cause: Literal["window", "slots", "server"]
    why: str

    @property
    def notice(self) -> str:
        """The line that announces it."""
        if self.cause == "slots":
            return f"Waiting for a request to end: {self.why}. Ctrl-C is safe meanwhile"
        until = clock_time(self.seconds)
        return f"Waiting {in_words(self.seconds)}, until {until}: {self.why}. Ctrl-C is safe meanwhile"


@define
class BudgetWait:
    """The wait of one call for its budget, so far.

    Attributes:
        longest: the most seconds to wait for requests to be allowed again.
        longest_in_all: the same, together with those for running requests to end.
        for_time: the seconds that it has waited for requests to be allowed again.
        for_slots: the seconds that it has waited for running requests to end.
    """

    longest: float
    longest_in_all: float
    for_time: float = 0.0
    for_slots: float = 0.0

    def reset(self) -> None:
        """Start to count again."""
        self.for_time = self.for_slots = 0.0

    def add(self, delay: Delay) -> float:
        """Count a wait about to be made; return the seconds to sleep before trying again.

        Raises:
            BudgetExhaustedError: when it would be too long.
        """
        bounds = [(self.for_time + self.for_slots, self.longest_in_all)]
        if delay.cause != "slots":
            bounds.append((self.for_time, self.longest))
        for waited, longest in bounds:
            if waited + delay.seconds > longest:
                raise _exhausted(delay, waited, longest)
        nap = min(delay.seconds, _NAP)
        if delay.cause == "slots":
            self.for_slots += nap
        else:
            self.for_time += nap
        return nap


def _exhausted(delay: Delay, waited: float, longest: float) -> BudgetExhaustedError:
    allowed = f"the longest wait allowed ({_exactly(longest)})"
    raised = "or raise Limits(max_wait=…)"
    if delay.cause == "slots":
        text = f"no request ended within {allowed}: {delay.why}"
        return BudgetExhaustedError(text, max(delay.seconds, _SLOT_RETRY), f"Try again later, {raised}")
    is_late = delay.seconds > longest
    late = f"later than {allowed}" if is_late else f"when {_exactly(waited)} of {allowed} are over"
    when = f"{_exactly(delay.seconds)}, at {clock_time(delay.seconds)}"
    return BudgetExhaustedError(
        f"the request budget frees in {when}, {late}: {delay.why}",
        delay.seconds,
        f"Try again then, {raised}",
    )


def _exactly(seconds: float) -> str:
    # Rounded, 1.3 s after 2.3 of 3 s would seem to fit.
    return f"{seconds:.1f}".removesuffix(".0") + " s" if seconds < 10 else in_words(seconds)
