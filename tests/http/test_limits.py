"""Budgets: what the server would count stays inside its limits, in one process and in several."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mixpanel_export import BudgetExhaustedError, Limits, MixpanelError, Quota
from mixpanel_export.http import limits
from mixpanel_export.http.limits import MIXPANEL_LIMITS, Budget, BudgetWait, Lease, budget_of


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", None)
    yield
    tempfile.tempdir = None


def budget(project: str = "p", *, shared: bool = True, **allowance: int) -> Budget:
    made = budget_of(project, "data", Limits(export=Quota(**allowance), shared=shared))
    assert made is not None
    return made


def begin(mine: Budget) -> tuple[float, Lease]:
    while not isinstance(begun := mine.try_begin(), Lease):
        time.sleep(begun)
    return time.time(), begun


def test_mixpanels_own_limits_are_the_default() -> None:
    assert MIXPANEL_LIMITS.export == Quota(per_hour=60, per_second=3, concurrent=100)
    assert MIXPANEL_LIMITS.query == Quota(per_hour=60, concurrent=5)
    assert MIXPANEL_LIMITS.allowance("app") is None


def test_no_limits_means_no_budget() -> None:
    assert budget_of("p", "data", None) is None


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.sampled(1)
def test_no_second_sees_more_than_its_share(shared: bool) -> None:
    mine = budget(per_second=3, shared=shared)
    began = [begin(mine)[0] for _ in range(7)]
    for third_before, now in zip(began, began[3:], strict=False):
        assert now - third_before > 1.0


def test_the_hour_is_counted_and_the_wait_is_known() -> None:
    mine = budget(per_hour=2)
    for _ in range(2):
        begin(mine)[1].release()
    wait = mine.try_begin()
    assert isinstance(wait, float)
    assert 3590 < wait < 3610


def test_calls_at_once_are_counted_and_freed() -> None:
    mine = budget(concurrent=2)
    first, second = begin(mine)[1], begin(mine)[1]
    assert isinstance(mine.try_begin(), float)
    first.release()
    first.release()
    third = begin(mine)[1]
    assert isinstance(mine.try_begin(), float)
    second.release()
    third.release()


def test_a_refused_call_takes_nothing_from_the_hour() -> None:
    mine = budget(concurrent=1, per_hour=2)
    first = begin(mine)[1]
    for _ in range(5):
        assert isinstance(mine.try_begin(), float)
    first.release()
    begin(mine)[1].release()


def test_a_pause_holds_everybody_up() -> None:
    mine = budget(concurrent=9)
    mine.pause(0.3)
    wait = mine.try_begin()
    assert isinstance(wait, float)
    assert 0 < wait <= 0.3
    time.sleep(wait)
    assert isinstance(mine.try_begin(), Lease)


def test_a_pause_holds_up_other_processes_too(tmp_path: Path) -> None:
    budget(per_second=3).pause(30)
    gc.collect()
    code = (
        "from mixpanel_export import Allowance, Limits\n"
        "from mixpanel_export.http.limits import budget_of\n"
        "print(budget_of('p', 'data', Limits(export=Allowance(per_second=3))).try_begin())"
    )
    environ = {**os.environ, "TMPDIR": str(tmp_path)}
    wait = float(
        subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, check=True).stdout
    )
    assert 20 < wait <= 30
    assert isinstance(budget(per_second=3, shared=False).try_begin(), Lease)


def test_a_pause_of_a_clock_that_was_set_since_is_none(tmp_path: Path) -> None:
    mine = budget(per_second=3)
    mine.pause(0.0001)
    (file,) = tmp_path.rglob("*.pause")
    file.write_text(f"{time.time() + 5000} 60.0")
    assert isinstance(mine.try_begin(), Lease)


@pytest.mark.parametrize("shared", [False, True])
def test_what_was_counted_is_remembered_when_nobody_calls(shared: bool) -> None:
    budget(per_hour=2, shared=shared).try_begin()
    gc.collect()
    budget(per_hour=2, shared=shared).try_begin()
    gc.collect()
    assert isinstance(budget(per_hour=2, shared=shared).try_begin(), float)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.parametrize("shared", [False, True])
def test_a_fork_while_a_thread_counts_leaves_no_lock_behind(shared: bool) -> None:
    mine = budget(per_hour=5, shared=shared)
    with mine._lock, limits._budgets._lock:  # pyright: ignore[reportPrivateUsage]
        process = multiprocessing.get_context("fork").Process(target=_begin_in_child, args=(shared,))
        process.start()
    process.join(20)
    assert process.exitcode == 0


def _begin_in_child(shared: bool) -> None:
    assert isinstance(budget(per_hour=5, shared=shared).try_begin(), Lease)


def test_where_nothing_can_be_counted_the_error_says_so(tmp_path: Path) -> None:
    mine = budget(per_hour=5)
    folder = next(tmp_path.iterdir())
    (folder / "budgets.sqlite").mkdir()
    with pytest.raises(MixpanelError, match=f"cannot be counted in {folder}.*shared=False"):
        mine.try_begin()


def test_clients_of_one_project_share_a_budget_and_others_do_not() -> None:
    mine = budget("one", per_hour=1)
    assert budget("one", per_hour=1) is mine
    begin(mine)[1].release()
    assert isinstance(budget("two", per_hour=1).try_begin(), Lease)


def test_threads_share_a_budget() -> None:
    mine = budget(per_second=3)
    began: list[float] = []
    threads = [threading.Thread(target=lambda: began.append(begin(mine)[0])) for _ in range(7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    began.sort()
    assert all(later - sooner > 1.0 for sooner, later in zip(began, began[3:], strict=False))


PROCESS = """
import sys, time
from mixpanel_export import Allowance, Limits
from mixpanel_export.http.limits import Lease, budget_of
mine = budget_of("p", "data", Limits(export=Allowance(per_second=3, concurrent=2)))
for _ in range(4):
    while not isinstance(lease := mine.try_begin(), Lease):
        time.sleep(lease)
    began = time.time()
    time.sleep(0.05)
    print(began, time.time())
    lease.release()
"""


def test_processes_share_a_budget(tmp_path: Path) -> None:
    environ = {**os.environ, "TMPDIR": str(tmp_path)}
    processes = [
        subprocess.Popen([sys.executable, "-c", PROCESS], env=environ, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    spans: list[tuple[float, float]] = []
    for process in processes:
        output, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        for line in output.splitlines():
            began, ended = map(float, line.split())
            spans.append((began, ended))
    spans.sort()
    assert len(spans) == 8
    for sooner, later in zip(spans, spans[3:], strict=False):
        assert later[0] - sooner[0] > 1.0
    for one, two, three in zip(spans, spans[1:], spans[2:], strict=False):
        assert not (one[1] > three[0] and two[1] > three[0])


def test_a_killed_process_frees_its_place(tmp_path: Path) -> None:
    code = PROCESS.replace("time.sleep(0.05)", "print('begun', flush=True); time.sleep(60)")
    environ = {**os.environ, "TMPDIR": str(tmp_path)}
    processes = [
        subprocess.Popen([sys.executable, "-c", code], env=environ, stdout=subprocess.PIPE) for _ in range(2)
    ]
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()
    mine = budget(per_second=3, concurrent=2)
    assert isinstance(mine.try_begin(), float)
    for process in processes:
        process.kill()
        process.communicate()
    begin(mine)[1].release()


def test_tasks_can_wait_without_holding_the_loop() -> None:
    mine = budget(per_second=3)

    async def call() -> float:
        while not isinstance(begun := mine.try_begin(), Lease):  # noqa: ASYNC110
            await asyncio.sleep(begun)
        return time.time()

    async def run() -> list[float]:
        return sorted(await asyncio.gather(*(call() for _ in range(4))))

    began = asyncio.run(run())
    assert began[3] - began[0] > 1.0


def test_a_wait_that_would_be_too_long_is_an_error_that_says_when_it_frees() -> None:
    wait = BudgetWait(longest=10)
    assert wait.add(4) == 4
    with pytest.raises(BudgetExhaustedError, match="frees in 7 s") as caught:
        wait.add(7)
    assert caught.value.frees_in == 7


def test_a_long_wait_is_said_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    wait = BudgetWait(longest=100)
    wait.add(1)
    assert not caplog.records
    wait.add(50)
    assert "Waiting 50 s for the project's request budget" in caplog.text


def test_the_shared_folder_is_nobody_elses(tmp_path: Path) -> None:
    begin(budget(per_hour=1))
    (folder,) = tmp_path.iterdir()
    assert folder.stat().st_mode & 0o077 == 0
