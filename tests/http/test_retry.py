"""What is tried again, and when: pure decisions."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixpanel_export import (
    APIError,
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    IncompleteExportError,
    InvalidResponseError,
    Limits,
    MalformedEventError,
    MixpanelError,
    NetworkError,
    NotFoundError,
    PaymentRequiredError,
    PermissionDeniedError,
    Quota,
    RateLimitError,
    RequestTimeoutError,
    RetryPolicy,
    ServerError,
)
from mixpanel_export.http.retry import RetryState
from mixpanel_export.sandbox import Fault, Sandbox

MIDDLE = 0.5  # the chance that leaves a wait as it is


def api_error(kind: type[APIError], status: int) -> APIError:
    return kind(status=status, message="words", method="GET", url="https://mixpanel.com/x")


def limited(retry_after: float | None) -> RateLimitError:
    return RateLimitError(
        status=429, message="slow down", method="GET", url="https://mixpanel.com/x", retry_after=retry_after
    )


def page() -> InvalidResponseError:
    return InvalidResponseError(
        status=200, message="a page", method="GET", url="https://mixpanel.com/x", is_page=True
    )


TRANSIENT: list[MixpanelError] = [
    api_error(ServerError, 408),
    api_error(ServerError, 500),
    api_error(ServerError, 503),
    NetworkError("reset"),
    RequestTimeoutError("slow"),
    IncompleteExportError("cut"),
    page(),
]
FINAL: list[Exception] = [
    api_error(BadRequestError, 400),
    api_error(AuthenticationError, 401),
    api_error(PaymentRequiredError, 402),
    api_error(PermissionDeniedError, 403),
    api_error(NotFoundError, 404),
    api_error(InvalidResponseError, 200),
    MalformedEventError("the slice", 1, "x", "why"),
    ValueError("a bug"),
]


def attempts(policy: RetryPolicy | None = None, *, idempotent: bool = True) -> RetryState:
    return RetryState(policy or RetryPolicy(), idempotent=idempotent, chance=lambda: MIDDLE)


@pytest.mark.parametrize("error", TRANSIENT, ids=lambda error: type(error).__name__)
def test_transient_failures_are_retried_with_doubling_waits(error: MixpanelError) -> None:
    mine = attempts(RetryPolicy(attempts=5, initial_wait=1, max_wait=3))
    assert [mine.record_failure(error) for _ in range(5)] == [1.0, 2.0, 3.0, 3.0, None]


@pytest.mark.parametrize("error", FINAL, ids=lambda error: type(error).__name__)
def test_a_refusal_is_never_tried_again(error: Exception) -> None:
    assert attempts().record_failure(error) is None


def test_a_create_is_not_repeated_after_an_ambiguous_failure() -> None:
    for error in TRANSIENT:
        assert attempts(idempotent=False).record_failure(error) is None


def test_a_create_that_never_reached_the_server_is_repeated() -> None:
    never_sent = NetworkError("no route", was_sent=False)
    assert attempts(idempotent=False).record_failure(never_sent) is not None
    assert attempts(idempotent=False).record_failure(limited(1)) == 1


def test_retry_after_is_kept_up_to_its_cap_and_costs_no_attempt() -> None:
    mine = attempts(RetryPolicy(attempts=2, max_retry_after=100, initial_wait=1))
    assert [mine.record_failure(limited(seconds)) for seconds in (1, 7, 1e9)] == [1, 7, 100]
    assert mine.record_failure(TRANSIENT[0]) == 1


def test_429_without_retry_after_backs_off() -> None:
    mine = attempts(RetryPolicy(initial_wait=1, max_wait=60))
    assert [mine.record_failure(limited(None)) for _ in range(3)] == [2, 4, 8]


def test_a_retry_after_of_zero_does_not_retry_forever() -> None:
    mine = attempts(RetryPolicy(initial_wait=1, max_wait=8, max_rate_limit_wait=30))
    assert [mine.record_failure(limited(0.0)) for _ in range(6)] == [2, 4, 8, 8, 8, None]


def test_429_is_given_up_after_the_longest_wait_in_all() -> None:
    mine = attempts(RetryPolicy(max_rate_limit_wait=25))
    assert [mine.record_failure(limited(10)) for _ in range(3)] == [10, 10, None]


def test_429_that_costs_no_wait_costs_an_attempt() -> None:
    for policy in (RetryPolicy(attempts=4, initial_wait=0), RetryPolicy(attempts=4, max_wait=0)):
        mine = attempts(policy)
        assert [mine.record_failure(limited(seconds)) for seconds in (None, 0.0, 3, 0.5, 7, None)] == [
            *(0, 0, 3, 0, 7),
            None,
        ]


def test_retry_after_of_a_503_is_obeyed_and_costs_an_attempt() -> None:
    busy = ServerError(status=503, message="", method="GET", url="https://mixpanel.com/x", retry_after=9.0)
    mine = attempts(RetryPolicy(attempts=3, initial_wait=1, max_retry_after=100))
    assert mine.record_failure(busy) == 9
    assert mine.record_failure(api_error(ServerError, 503)) == 2
    assert mine.record_failure(busy) is None


def test_a_server_that_cannot_be_reached_is_tried_three_times() -> None:
    refused = NetworkError("refused", was_sent=False, reason="connection refused")
    mine = attempts(RetryPolicy(attempts=6, initial_wait=0.5))
    assert [mine.record_failure(refused) for _ in range(3)] == [0.5, 1.0, None]
    assert mine.allowed == 3
    # A slow server may answer yet, and one that answered was reached.
    slow = attempts(RetryPolicy(attempts=4))
    assert None not in [slow.record_failure(RequestTimeoutError("slow", was_sent=False)) for _ in range(3)]
    mixed = attempts(RetryPolicy(attempts=6, initial_wait=0))
    errors = [refused, refused, NetworkError("reset"), refused, refused, refused]
    assert [mixed.record_failure(error) for error in errors] == [*[0.0] * 5, None]


def test_a_resolver_that_takes_long_is_asked_once() -> None:
    now = 100.0
    mine = RetryState(RetryPolicy(), chance=lambda: MIDDLE, now=lambda: now)
    mine.start()
    now += 4
    not_found = NetworkError("no name", was_sent=False)
    assert mine.record_failure(not_found) == 0.5
    mine.start()
    now += 4
    assert mine.record_failure(not_found) is None


def test_one_attempt_means_no_second() -> None:
    for error in (*TRANSIENT, limited(1)):
        assert attempts(RetryPolicy(attempts=1)).record_failure(error) is None


def test_a_request_that_timed_out_is_sent_again() -> None:
    policy = RetryPolicy(attempts=2, initial_wait=0)
    with Sandbox(limits=None) as sandbox, sandbox.client(retry=policy) as client:
        sandbox.faults.add(Fault.status(408))
        assert client.events.names(type="general")
        sandbox.faults.add(Fault.status(408))
        assert sum(1 for _ in client.export.events("2024-01-01", "2024-01-01"))
        assert len(sandbox.requests) == 4


def test_it_is_not_where_that_could_do_something_twice() -> None:
    with Sandbox(limits=None) as sandbox, sandbox.client(retry=RetryPolicy(initial_wait=0)) as client:
        sandbox.faults.add(Fault.status(408))
        with pytest.raises(ServerError, match="408 Request Timeout"):
            client.annotations.create(date="2024-01-01 00:00:00", description="once")
        assert len(sandbox.requests) == 1


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_a_wait_is_never_longer_than_a_quarter_above_the_longest(failures: int, chance: float) -> None:
    policy = RetryPolicy(initial_wait=0.5, max_wait=60)
    assert 0 < policy.backoff(failures, chance) <= 75


@pytest.mark.parametrize(
    ("kind", "setting", "message"),
    [
        (RetryPolicy, {"attempts": 0}, "attempts: expected an integer of at least 1, got 0"),
        (RetryPolicy, {"attempts": 1.5}, "attempts: expected an integer of at least 1, got 1.5"),
        (RetryPolicy, {"initial_wait": -1}, "initial_wait: expected a number of at least 0, got -1"),
        (RetryPolicy, {"max_wait": float("nan")}, "max_wait: expected a number of at least 0, got nan"),
        (RetryPolicy, {"max_wait": None}, "max_wait: expected a number of at least 0, got None"),
        (Limits, {"max_wait": "2 h"}, "max_wait: expected a number of at least 0, got '2 h'"),
        (Quota, {"per_hour": True}, "per_hour: expected an integer of at least 1, got True"),
    ],
)
def test_nonsense_is_refused_when_a_policy_is_made(kind: Any, setting: Any, message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        kind(**setting)
    assert str(caught.value) == message
