"""What is tried again, and how long to wait before: decisions only.

Pure. The loops and the waiting are tenacity's, which asks an `RetryState` after each failure. A refusal (400, 401,
402, 403, 404, 413) is never tried again: it would be refused again. What failed on the way (408, 429, 5xx,
timeouts, broken connections, answers that break off) is, as long as repeating the call is harmless.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import tenacity
from attrs import define, field, frozen, validators

from mixpanel_export._deprecated import renamed_attributes
from mixpanel_export.errors import (
    IncompleteExportError,
    InvalidResponseError,
    NetworkError,
    RateLimitError,
    ServerError,
)

__all__ = ["TRANSIENT_ERRORS", "RetryPolicy", "RetryState"]

TRANSIENT_ERRORS = (ServerError, RateLimitError, InvalidResponseError, NetworkError, IncompleteExportError)
"""What may be different the next time; all else would fail again."""

# A server that asks for less is in a loop, or its clock is wrong.
_MIN_RETRY_AFTER = 1.0


@renamed_attributes(
    first_wait="initial_wait",
    longest_wait="max_wait",
    longest_retry_after="max_retry_after",
    longest_rate_limit_wait="max_rate_limit_wait",
)
@frozen(kw_only=True)
class RetryPolicy:
    """How patiently a call is tried again.

    Attributes:
        attempts: how often a call is sent at most; 1 never tries again. Answers of 429 are not counted: they
            cost a wait, bounded by `max_rate_limit_wait`.
        initial_wait: seconds before the second attempt. Each further wait doubles, and each is varied at random
            by up to a quarter, so that clients that failed together do not come back together.
        max_wait: the most seconds that one such wait may take.
        max_retry_after: the most seconds that a `Retry-After` is obeyed for; a server that asks for more is
            asked again after this. One of less than a second says nothing: then the wait is as after a failure.
        max_rate_limit_wait: the most seconds that a call may wait because of 429 in all.
    """

    attempts: int = field(default=6, validator=validators.ge(1))
    initial_wait: float = field(default=0.5, validator=validators.ge(0))
    max_wait: float = field(default=60.0, validator=validators.ge(0))
    max_retry_after: float = field(default=3700.0, validator=validators.ge(0))
    max_rate_limit_wait: float = field(default=2 * 3600.0, validator=validators.ge(0))

    def backoff(self, failures: int, chance: float) -> float:
        """The seconds to wait after so many failures in a row, when the server did not say.

        Args:
            chance: a number from 0 to 1 that varies the wait.
        """
        # No wait is longer than 2 ** 60 first waits, and 2.0 ** 1024 is no float.
        doubled = self.initial_wait * 2.0 ** min(failures - 1, 60)
        return min(doubled, self.max_wait) * (0.75 + chance / 2)


@define
class RetryState:
    """The attempts of one call: what has failed so far, and whether to go on.

    Attributes:
        idempotent: whether repeating the call after an ambiguous failure is harmless.
        failures: how many attempts have failed, those with 429 left out.
        limited: how many attempts were answered with 429.
        limited_wait: how many seconds this call was told to wait because of them.
        next_wait: the seconds to wait before the next attempt; None when there is to be none.
    """

    policy: RetryPolicy
    idempotent: bool = True
    chance: Callable[[], float] = random.random
    failures: int = 0
    limited: int = 0
    limited_wait: float = 0.0
    next_wait: float | None = None

    def record_failure(self, error: BaseException) -> float | None:
        """Count a failure; answers the seconds to wait, or None when the error is to be raised."""
        if isinstance(error, RateLimitError):
            self.next_wait = self._after_limit(error)
        else:
            self.failures += 1
            again = self._may_repeat(error) and self.failures < self.policy.attempts
            self.next_wait = self.policy.backoff(self.failures, self.chance()) if again else None
        return self.next_wait

    @property
    def made(self) -> int:
        """How many attempts have failed in all."""
        return self.failures + self.limited

    def _after_limit(self, error: RateLimitError) -> float | None:
        self.limited += 1
        if self.policy.attempts == 1:
            return None
        asked = min(error.retry_after or 0.0, self.policy.max_retry_after)
        wait = asked if asked >= _MIN_RETRY_AFTER else self.policy.backoff(self.limited + 1, self.chance())
        self.limited_wait += wait
        return wait if self.limited_wait <= self.policy.max_rate_limit_wait else None

    def _may_repeat(self, error: BaseException) -> bool:
        if isinstance(error, NetworkError):
            return self.idempotent or not error.was_sent
        if isinstance(error, InvalidResponseError):
            return self.idempotent and error.is_page
        return self.idempotent and isinstance(error, TRANSIENT_ERRORS)

    def again(self, state: tenacity.RetryCallState) -> bool:
        """For tenacity: whether to make another attempt."""
        outcome = state.outcome
        error = outcome.exception() if outcome is not None else None
        return error is not None and self.record_failure(error) is not None

    def pause(self, state: tenacity.RetryCallState) -> float:
        """For tenacity: how long to wait before it."""
        return self.next_wait or 0.0
