"""Which failures are retried, and after how long.

Pure: `transport` loops and waits. Refusals (400, 401, 402, 403, 404, 413) are never retried, because they would be
refused again. Transient failures (408, 429, 5xx, timeouts, broken connections, incomplete answers) are, as long as
repeating the call is harmless.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from attrs import Factory, define, field, frozen

from mixpanel_export._deprecated import renamed_attributes
from mixpanel_export.errors import (
    IncompleteExportError,
    InvalidResponseError,
    NetworkError,
    RateLimitError,
    RequestTimeoutError,
    ServerError,
)
from mixpanel_export.http.limits import at_least

__all__ = ["TRANSIENT_ERRORS", "RetryPolicy", "RetryState"]

TRANSIENT_ERRORS = (ServerError, RateLimitError, InvalidResponseError, NetworkError, IncompleteExportError)
"""Failures that may not happen again; any other would."""

# A server that asks for less has a wrong clock, or would be asked in a loop.
_MIN_RETRY_AFTER = 1.0
# A shorter wait after a 429 costs an attempt: otherwise nothing would bound the requests to a server that always
# answers so.
_MIN_LIMITED_WAIT = 0.1
# A server that restarts is back in a moment; a wrong host or no network is worth no wait.
_CONNECTS = 3
_MAX_CONNECT_WAIT = 2.0
# A resolver that answers nothing takes longer than that by itself.
_MAX_CONNECT_SECONDS = 5.0


@renamed_attributes(
    first_wait="initial_wait",
    longest_wait="max_wait",
    longest_retry_after="max_retry_after",
    longest_rate_limit_wait="max_rate_limit_wait",
)
@frozen(kw_only=True)
class RetryPolicy:
    """The number of attempts of a call, and the waits between them.

    Attributes:
        attempts: the most times a call is sent; 1 never retries. 429 answers that cost a wait are not counted: the
            waits are bounded by `max_rate_limit_wait` and `Limits.max_wait`. A server that cannot be reached
            (unknown host, connection refused) is tried three times at most, within seconds.
        initial_wait: seconds before the second attempt. Each further wait doubles, and each varies at random by up
            to a quarter, so that clients that failed together do not come back together.
        max_wait: the most seconds of one such wait.
        max_retry_after: the most seconds for which a `Retry-After`, of a 429 or a 503, is obeyed; if the server
            asks for more, the call is retried after this. One of less than a second is ignored, and the wait is as
            after a failure.
        max_rate_limit_wait: the most seconds that a call waits in all because of 429 answers, and for the
            `Retry-After` of others.
    """

    attempts: int = field(default=6, validator=at_least(1, int))
    initial_wait: float = field(default=0.5, validator=at_least(0))
    max_wait: float = field(default=60.0, validator=at_least(0))
    max_retry_after: float = field(default=3700.0, validator=at_least(0))
    max_rate_limit_wait: float = field(default=2 * 3600.0, validator=at_least(0))

    def backoff(self, failures: int, chance: float) -> float:
        """Return the seconds to wait after this many failures in a row, when the server did not say.

        Args:
            chance: a number from 0 to 1 that varies the wait.
        """
        # 2 ** 60 initial waits exceed any maximum, and 2.0 ** 1024 overflows.
        doubled = self.initial_wait * 2.0 ** min(failures - 1, 60)
        return min(doubled, self.max_wait) * (0.75 + chance / 2)


def _now(state: RetryState) -> float:
    return state.now()


@define
class RetryState:
    """The attempts of one call: the failures so far, and whether to go on.

    Attributes:
        idempotent: whether repeating the call after an ambiguous failure is harmless.
        failures: the number of failed attempts, except those answered with 429.
        unreachable: the number of attempts in a row that could not connect.
        limited: the number of attempts answered with 429.
        limited_wait: the seconds that this call has waited because of them, and because of `Retry-After`.
        next_wait: the seconds to wait before the next attempt; None when there is none.
    """

    policy: RetryPolicy
    idempotent: bool = True
    chance: Callable[[], float] = random.random
    failures: int = 0
    unreachable: int = 0
    limited: int = 0
    limited_wait: float = 0.0
    next_wait: float | None = None
    now: Callable[[], float] = time.monotonic
    _unpaid: int = field(default=0, init=False)
    _reached_at: float = field(init=False, default=Factory(_now, takes_self=True))

    def start(self) -> None:
        """Note that an attempt starts."""
        if not self.unreachable:
            self._reached_at = self.now()

    def record_failure(self, error: BaseException) -> float | None:
        """Count a failure and return the seconds to wait, or None when the error must be raised."""
        if isinstance(error, RateLimitError):
            self.next_wait = self._after_limit(error)
        else:
            self.next_wait = self._after_failure(error)
        return self.next_wait

    @property
    def allowed(self) -> int:
        """The most attempts of this call, after the last failure."""
        if not self.unreachable:
            return self.policy.attempts
        return min(self.policy.attempts, self.failures - self.unreachable + _CONNECTS)

    @property
    def made(self) -> int:
        """The number of failed attempts, 429 included."""
        return self.failures + self.limited

    def _after_limit(self, error: RateLimitError) -> float | None:
        self.limited += 1
        if self.policy.attempts == 1:
            return None
        wait = self.asked(error) or self.policy.backoff(self.limited + 1, self.chance())
        self.limited_wait += wait
        self._unpaid += wait < _MIN_LIMITED_WAIT
        if self._unpaid >= self.policy.attempts or self.limited_wait > self.policy.max_rate_limit_wait:
            return None
        return wait

    def asked(self, error: BaseException) -> float:
        """Return the seconds that a 429 or an answer 5xx asks to wait, bounded; 0 when it does not."""
        if not isinstance(error, RateLimitError | ServerError):
            return 0.0
        asked = min(error.retry_after or 0.0, self.policy.max_retry_after)
        return asked if asked >= _MIN_RETRY_AFTER else 0.0

    def _after_failure(self, error: BaseException) -> float | None:
        self.failures += 1
        self.unreachable = self.unreachable + 1 if _could_not_connect(error) else 0
        if not self._may_repeat(error) or self.failures >= self.allowed:
            return None
        if self.unreachable and self.now() - self._reached_at > _MAX_CONNECT_SECONDS:
            return None
        asked = self.asked(error)
        wait = max(self.policy.backoff(self.unreachable or self.failures, self.chance()), asked)
        if asked:
            self.limited_wait += wait
            return wait if self.limited_wait <= self.policy.max_rate_limit_wait else None
        return min(wait, _MAX_CONNECT_WAIT) if self.unreachable else wait

    def _may_repeat(self, error: BaseException) -> bool:
        if isinstance(error, NetworkError):
            return self.idempotent or not error.was_sent
        if isinstance(error, InvalidResponseError):
            return self.idempotent and error.is_page
        return self.idempotent and isinstance(error, TRANSIENT_ERRORS)


def _could_not_connect(error: BaseException) -> bool:
    # A timeout is another matter: a server that is busy may answer yet.
    return (
        isinstance(error, NetworkError) and not error.was_sent and not isinstance(error, RequestTimeoutError)
    )
