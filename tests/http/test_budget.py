"""Budgets: a project stays inside its limits, in one process and in several, and waits say why."""

from __future__ import annotations

import datetime
import gc
import logging
import multiprocessing
import os
import re
import subprocess
import sys
import threading
import time as time_module
import warnings
from pathlib import Path
from typing import Any

import pytest

from mixpanel_export import BudgetExhaustedError, BudgetWarning, Limits, Quota
from mixpanel_export.http import budget as budgets
from mixpanel_export.http import clock
from mixpanel_export.http.budget import Budget, Lease, budget_of
from mixpanel_export.http.clock import in_words
from mixpanel_export.http.limits import MIXPANEL_LIMITS, UNLIMITED, effective_limits
from mixpanel_export.http.waits import BudgetWait, Delay


class Clock:
    """Seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(budgets, "_budgets", budgets._Budgets())  # pyright: ignore[reportPrivateUsage]


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    mine = Clock()
    monkeypatch.setattr(clock, "uptime", mine)
    return mine


@pytest.fixture
def no_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Imitate a program that has not set up logging."""
    monkeypatch.setattr(logging.getLogger("mixpanel_export"), "hasHandlers", lambda: False)


def budget(project: str = "p", *, shared: bool = True, **quota: int) -> Budget:
    return budget_of(project, "data", Limits(export=Quota(**quota), shared=shared))


def begun(mine: Budget) -> Lease:
    lease = mine.try_begin()
    assert isinstance(lease, Lease)
    return lease


def delayed(mine: Budget) -> Delay:
    delay = mine.try_begin()
    assert isinstance(delay, Delay)
    return delay


def test_mixpanels_own_limits_are_the_default() -> None:
    assert MIXPANEL_LIMITS.allowance("data") == Quota(per_hour=60, per_second=3, concurrent=100)
    assert MIXPANEL_LIMITS.allowance("query") == Quota(per_hour=60, concurrent=5)
    assert MIXPANEL_LIMITS.allowance("schemas") == Quota(per_minute=5)
    assert MIXPANEL_LIMITS.allowance("app") is None


def test_a_server_on_this_machine_has_a_budget_only_if_asked_for() -> None:
    assert effective_limits("auto", local=True) == effective_limits(None, local=False) == UNLIMITED
    assert effective_limits("auto", local=False) == MIXPANEL_LIMITS
    assert effective_limits(Limits(), local=True) == Limits()
    mine = budget_of("p", "data", UNLIMITED)
    assert all(isinstance(mine.try_begin(), Lease) for _ in range(200))
    assert mine.used() == 0


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize(
    ("quota", "least", "most"),
    [({"per_second": 3}, 1, 1.3), ({"per_minute": 3}, 60, 62), ({"per_hour": 3}, 3600, 3610)],
)
def test_a_window_is_a_little_longer_than_the_servers(
    time: Clock, shared: bool, quota: dict[str, Any], least: float, most: float
) -> None:
    mine = budget(shared=shared, **quota)
    for _ in range(3):
        begun(mine).release()
    assert least < delayed(mine).seconds < most
    time.now += delayed(mine).seconds - 0.01
    assert 0 < delayed(mine).seconds < 0.02
    time.now += 0.02
    begun(mine)


def test_calls_at_once_are_counted_and_freed() -> None:
    mine = budget(concurrent=2)
    first, second = begun(mine), begun(mine)
    assert delayed(mine).cause == "slots"
    first.release()
    first.release()
    third = begun(mine)
    assert delayed(mine).cause == "slots"
    second.release()
    third.release()


def test_a_refused_call_takes_nothing_from_the_hour() -> None:
    mine = budget(concurrent=1, per_hour=2)
    first = begun(mine)
    for _ in range(5):
        delayed(mine)
    first.release()
    assert mine.used() == 1
    begun(mine).release()
    assert mine.used() == 2


def test_a_pause_holds_everybody_up_for_its_time(time: Clock) -> None:
    mine = budget(per_second=3, concurrent=9)
    mine.pause(30)
    other = Budget("another_key", Quota(per_second=3), None)
    assert delayed(mine).seconds == 30
    assert delayed(mine).cause == "server"
    begun(other)
    time.now += 30
    begun(mine)


def test_a_pause_says_who_asked_for_it(time: Clock) -> None:
    mine = budget(per_hour=3)
    begun(mine).release()
    mine.pause(30)
    count = "(this machine sent 1 of 3 an hour; others may share the budget)"
    assert delayed(mine).why == f"Mixpanel answered 429, too many requests {count}"
    mine.pause(40, words="at most 5 queries\nat once \x1b[31m")
    quoted = "at most 5 queries at once \\u001b[31m"
    assert delayed(mine).why == f"Mixpanel answered 429, too many requests: {quoted} {count}"
    mine.pause(60, 503)
    assert delayed(mine).why == "Mixpanel answered 503 and asked to wait"
    mine.pause(70, 503, words="busy")
    assert delayed(mine).why == "Mixpanel answered 503 and asked to wait: busy"
    unlimited = budget_of("p", "data", UNLIMITED)
    unlimited.pause(5)
    assert delayed(unlimited).why == "Mixpanel answered 429, too many requests"


def test_a_client_without_limits_keeps_the_usual_ones_once_refused(time: Clock) -> None:
    mine = budget_of("p", "data", UNLIMITED)
    for _ in range(70):
        begun(mine)
    mine.pause(1)
    time.now += 1
    # Not the hour's, which nobody knows to be used up.
    for _ in range(30):
        for _ in range(3):
            begun(mine).release()
        assert delayed(mine).cause == "window"
        time.now += 2
    reports = budget_of("p", "query", UNLIMITED)
    reports.pause(1)
    time.now += 1
    leases = [begun(reports) for _ in range(5)]
    assert delayed(reports).cause == "slots"
    leases[0].release()
    begun(reports)


def test_calls_without_a_budget_wait_together_and_leave_nothing(time: Clock) -> None:
    first, second = budget_of("p", "query", UNLIMITED), budget_of("p", "query", UNLIMITED)
    assert first is second
    assert budget_of("q", "query", UNLIMITED) is not first
    first.pause(7)
    assert delayed(second).seconds == 7
    del first, second
    gc.collect()
    begun(budget_of("p", "query", UNLIMITED))


def test_schemas_without_a_budget_are_not_slowed_down_once_refused(time: Clock) -> None:
    mine = budget_of("p", "schemas", UNLIMITED)
    mine.pause(1)
    time.now += 1
    for _ in range(20):
        begun(mine).release()


def test_a_pause_that_the_server_asked_for_ends_our_own_wait(time: Clock) -> None:
    mine = budget(per_hour=2)
    for _ in range(2):
        begun(mine).release()
    mine.pause(0.5)
    time.now += 0.5
    assert delayed(mine).cause == "window"
    mine.pause(2, is_asked=True)
    assert delayed(mine).seconds == 2
    time.now += 2
    begun(mine).release()
    assert delayed(mine).cause == "window"


def test_a_wait_says_who_used_the_budget(time: Clock) -> None:
    mine = budget(per_hour=3)
    begun(mine).release()
    assert mine.used() == 1
    ledger = mine._ledger  # pyright: ignore[reportPrivateUsage]
    ledger.change(lambda usage: (usage.with_request(time.now, -1).with_request(time.now, -1), None))
    assert delayed(mine).why == (
        "the budget of 3 an hour is used up, 1 by this process and 2 by other processes of this machine"
    )


def test_clients_of_one_project_share_a_budget_and_others_do_not() -> None:
    for shared in (False, True):
        mine = budget("one", shared=shared, per_hour=1)
        begun(mine).release()
        delayed(budget("one", shared=shared, per_hour=1))
        begun(budget("two", shared=shared, per_hour=1))


def test_a_shorter_quota_keeps_the_hours_count(time: Clock) -> None:
    mine = budget(per_hour=5)
    for quota in (Quota(per_second=1), Quota(per_minute=1, concurrent=2), Quota(concurrent=4)):
        begun(mine).release()
        time.now += 100
        other = budget_of("p", "data", Limits(export=quota))
        other.used()
        begun(other).release()
        assert mine.used() == other.used()
    assert mine.used() == 6
    assert delayed(mine).cause == "window"
    time.now += 3603
    assert mine.used() == 0


def test_a_short_window_forgets_nothing_that_another_counts(time: Clock) -> None:
    hour, second = budget(per_hour=3), budget(per_second=3)
    for _ in range(3):
        begun(second).release()
    time.now += 10
    assert second.used() == hour.used() == 3
    begun(second).release()
    assert delayed(hour).cause == "window"
    assert hour.used() == 4


def test_threads_share_a_budget(time: Clock) -> None:
    mine = budget(per_second=3)
    leases: list[Lease | Delay] = []
    threads = [threading.Thread(target=lambda: leases.append(mine.try_begin())) for _ in range(7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(lease, Lease) for lease in leases) == 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.parametrize("shared", [False, True])
def test_a_fork_while_a_thread_counts_leaves_no_lock_behind(
    shared: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = budgets._Budgets()  # pyright: ignore[reportPrivateUsage]
    monkeypatch.setattr(budgets, "_budgets", ours)
    os.register_at_fork(after_in_child=ours.forget)
    mine = budget(per_hour=5, shared=shared)
    with mine._lock, ours._lock:  # pyright: ignore[reportPrivateUsage]
        process = multiprocessing.get_context("fork").Process(target=_begin_in_child, args=(shared,))
        process.start()
    process.join(20)
    assert process.exitcode == 0


def _begin_in_child(shared: bool) -> None:
    assert isinstance(budget(per_hour=5, shared=shared).try_begin(), Lease)


PROCESS = """
import sys
from mixpanel_export import Limits, Quota
from mixpanel_export.http.budget import Lease, budget_of
mine = budget_of("p", "data", Limits(export=Quota(per_hour=7, concurrent=2)))
leases = [mine.try_begin() for _ in range(4)]
print(sum(isinstance(lease, Lease) for lease in leases), flush=True)
sys.stdin.read()
"""


@pytest.mark.slow
def test_processes_share_a_budget_and_killed_ones_free_it(tmp_path: Path) -> None:
    mine = budget(per_hour=7, concurrent=2)
    begun(mine).release()
    for sent in (3, 5):
        process = subprocess.Popen(
            [sys.executable, "-c", PROCESS],
            env={**os.environ, "TMPDIR": str(tmp_path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "2\n"
        assert delayed(mine).cause == "slots"
        assert mine.used() == sent
        process.kill()
        process.communicate()
    leases = [mine.try_begin() for _ in range(2)]
    assert all(isinstance(lease, Lease) for lease in leases)
    assert mine.used() == 7


def test_a_wait_too_long_raises_with_the_time_it_frees() -> None:
    wait = BudgetWait(longest=120, longest_in_all=120)
    with pytest.raises(BudgetExhaustedError) as caught:
        wait.add(Delay(127, "window", "used up"))
    assert re.fullmatch(
        r"the request budget frees in 2 min, at [\d: -]+, later than the longest wait allowed \(2 min\): used up\. "
        r"Try again then, or raise Limits\(max_wait=…\)",
        str(caught.value),
    )
    assert caught.value.frees_in == 127
    ahead = caught.value.frees_at - datetime.datetime.now(datetime.UTC)
    assert 100 < ahead.total_seconds() <= 127


def test_a_refused_wait_says_what_is_over() -> None:
    wait = BudgetWait(longest=3, longest_in_all=3)
    assert wait.add(Delay(2.25, "window", "used up")) == 2.25
    with pytest.raises(
        BudgetExhaustedError, match=r"in 1\.2 s, .*, when 2\.2 s of the .*\(3 s\) are over: used"
    ):
        wait.add(Delay(1.24, "window", "used up"))
    with pytest.raises(BudgetExhaustedError, match=r"in 0\.9 s, at .*, later than the .* \(0 s\): used"):
        BudgetWait(longest=0, longest_in_all=0).add(Delay(0.9, "window", "used up"))


def test_nobody_says_when_a_running_request_ends(time: Clock) -> None:
    mine = budget(concurrent=1)
    lease = begun(mine)
    wait = BudgetWait(longest=2, longest_in_all=2, for_slots=2)
    with pytest.raises(BudgetExhaustedError) as caught:
        wait.add(delayed(mine))
    assert str(caught.value) == (
        "no request ended within the longest wait allowed (2 s): the one request that may run at a time is "
        "running. Try again later, or raise Limits(max_wait=…)"
    )
    assert caught.value.frees_in == 5
    lease.release()


def test_a_wait_for_running_requests_leaves_time_for_the_pace() -> None:
    wait = BudgetWait(longest=120, longest_in_all=7200, for_slots=130)
    assert wait.add(Delay(1.25, "window", "used up")) == 1.25
    wait = BudgetWait(longest=90, longest_in_all=90, for_slots=89)
    with pytest.raises(BudgetExhaustedError, match="when 89 s of"):
        wait.add(Delay(1.25, "window", "used up"))


def test_a_long_wait_is_slept_in_naps() -> None:
    wait = BudgetWait(longest=4000, longest_in_all=4000)
    assert wait.add(Delay(3600, "window", "used up")) == 15
    assert wait.for_time == 15


def test_a_wait_is_announced_once_for_all_threads(time: Clock, caplog: pytest.LogCaptureFixture) -> None:
    mine = budget(per_hour=1)
    begun(mine).release()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(5):
            mine.announce(delayed(mine), 0.0)
            time.now += 15
    (line,) = caplog.messages
    assert re.fullmatch(
        r"Waiting 1 h, until [\d: -]+: the budget of 1 an hour is used up, 1 by this process\. "
        r"Ctrl-C is safe meanwhile",
        line,
    )
    # Pytest holds the log back, but lists warnings.
    assert [str(warning.message) for warning in caught] == [line]
    assert caught[0].category is BudgetWarning
    # The next wait is another one, which is logged only.
    mine.announce(Delay(8000, "window", "used up"), 0.0)
    assert len(caplog.messages) == 2
    assert len(caught) == 1


def test_a_wait_is_a_warning_where_nobody_logs(time: Clock, no_handlers: None) -> None:
    mine = budget(per_hour=1)
    for seconds in (100, 300):
        with pytest.warns(BudgetWarning, match="Waiting"):
            mine.announce(Delay(seconds, "window", "used up"), 0.0)


def test_a_program_with_a_handler_of_ours_gets_no_warning_too(time: Clock) -> None:
    logger, handler = logging.getLogger("mixpanel_export"), logging.NullHandler()
    logger.addHandler(handler)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            budget(per_hour=1).announce(Delay(100, "window", "used up"), 0.0)
    finally:
        logger.removeHandler(handler)


def test_a_short_wait_is_not_worth_a_line(time: Clock, caplog: pytest.LogCaptureFixture) -> None:
    mine = budget(per_hour=1)
    mine.announce(Delay(4.9, "window", "used up"), 0.0)
    # Requests at once are asked about all the time, so the time waited counts.
    mine.announce(Delay(0.05, "slots", "all are running"), 1.0)
    assert not caplog.messages
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mine.announce(Delay(0.05, "slots", "all are running"), 5.1)
        mine.announce(Delay(0.05, "slots", "all are running"), 5.2)
    assert caplog.messages == ["Waiting for a request to end: all are running. Ctrl-C is safe meanwhile"]


def test_announced_requests_at_once_hide_no_other_wait(
    time: Clock, caplog: pytest.LogCaptureFixture, no_handlers: None
) -> None:
    mine = budget(per_hour=1)
    with pytest.warns(BudgetWarning, match="Waiting for a request to end"):
        mine.announce(Delay(0.05, "slots", "all are running"), 5.1)
    with pytest.warns(BudgetWarning, match="Waiting 30 s"):
        mine.announce(Delay(30, "server", "429"), 5.1)


@pytest.mark.skipif(not hasattr(time_module, "tzset"), reason="the system has no TZ")
def test_a_clock_time_is_right_when_the_clocks_change_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "AAA0BBB,M3.5.0,M10.5.0")
        time_module.tzset()
        now = datetime.datetime.now(datetime.UTC)
        for month, hour in ((1, 12), (7, 13)):
            noon = datetime.datetime(now.year + 1, month, 1, 12, tzinfo=datetime.UTC)
            # A second or two may pass in the test.
            seconds = (noon - now).total_seconds() + 1200
            assert clock.clock_time(seconds)[11:14] == f"{hour}:"
            assert BudgetExhaustedError("", seconds).frees_at.hour == hour
    time_module.tzset()


def test_times_are_shown_as_people_say_them() -> None:
    shown = {
        0: "0 s",
        0.5: "0.5 s",
        45: "45 s",
        90: "90 s",
        125: "2 min",
        3540: "59 min",
        3600: "1 h",
        7500: "2 h 5 min",
    }
    assert {seconds: in_words(seconds) for seconds in shown} == shown
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", clock.clock_time(2 * 86400))
    assert clock.clock_time(1e300)
