"""Slices found to be incomplete when it is their turn: the download's threads request them again.

The thread that iterates never waits for the network itself, so that it can always be stopped.
"""

from __future__ import annotations

import asyncio
import gc
import gzip
import json
import logging
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mixpanel_export import (
    AsyncMixpanelClient,
    AuthenticationError,
    BadRequestError,
    BudgetExhaustedError,
    Limits,
    MixpanelClient,
    MixpanelError,
    Progress,
    Quota,
    RetryPolicy,
    ServiceAccountAuth,
    SliceFailedError,
)
from mixpanel_export.records.verify import Block
from tests.waiting import HANGS, SOON, ends_soon, export_threads, settled
from tests.wire_server import Script, Wire, answer

AUTH = ServiceAccountAuth("tester", "hush")
QUICK = RetryPolicy(attempts=4, initial_wait=0.01, max_wait=0.02)
# A long wait for the server's sake is reported by a warning.
allows_a_long_wait = pytest.mark.filterwarnings("ignore:Waiting 100 s")
SIX_DAYS = ("2024-01-01", "2024-01-06")
EVENTS = 300


def lines_of(day: int) -> bytes:
    records = [
        {"event": f"day {day}", "properties": {"time": 1_704_067_200 + day * 86_400 + n, "n": n}}
        for n in range(EVENTS)
    ]
    return "".join(json.dumps(each) + "\n" for each in records).encode()


def good(day: int) -> Script:
    return answer(gzip.compress(lines_of(day)), headers=("Content-Encoding: gzip",))


def cut_off(day: int) -> Script:
    """End HTTP properly in the middle of the gzip stream."""
    body = gzip.compress(lines_of(day))
    return answer(body, headers=("Content-Encoding: gzip",), keep=len(body) - 20)


def ended_early(day: int) -> Script:
    body = lines_of(day)
    return answer(body[: body.index(b"\n", len(body) // 2) + 1] + b"terminated early\n")


class Days:
    """A server that plays the scripts given for a day, and then responds properly."""

    def __init__(self, wire: Wire) -> None:
        self.scripts: dict[int, list[Script]] = {}
        self.asked: Counter[int] = Counter()
        self._wire = wire
        wire.script = self._answer

    def _answer(self, connection: socket.socket) -> None:
        head = self._wire.heads[connection.getpeername()]
        found = re.search(rb"from_date=2024-01-(\d\d)", head)
        assert found is not None
        day = int(found[1])
        self.asked[day] += 1
        scripts = self.scripts.get(day)
        (scripts.pop(0) if scripts else good(day))(connection)


@pytest.fixture
def days(wire: Wire) -> Days:
    return Days(wire)


def options(wire: Wire, **more: Any) -> dict[str, Any]:
    return {"project_id": 1, "base_url": wire.url, "timeout": 30, "retry": QUICK, "limits": None, **more}


def names_of(events: Iterator[Any]) -> list[str]:
    return [event.name for event in events]


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("day", [1, 3, 6])
@pytest.mark.parametrize("fault", [cut_off, ended_early])
@pytest.mark.sampled(4)
def test_an_incomplete_slice_is_retried_and_delivered_once(
    wire: Wire, days: Days, fault: Callable[[int], Script], day: int, ordered: bool
) -> None:
    days.scripts[day] = [fault(day)] * 2
    seen: list[Progress] = []
    with MixpanelClient(AUTH, **options(wire)) as client:
        events = client.export.events(
            *SIX_DAYS, slice_days=1, parallel=3, ordered=ordered, progress=seen.append
        )
        names = names_of(events)
    expected = [f"day {each}" for each in range(1, 7) for _ in range(EVENTS)]
    assert names == expected if ordered else Counter(names) == Counter(expected)
    assert days.asked == {each: 3 if each == day else 1 for each in range(1, 7)}
    last = seen[-1]
    assert (last.slices_done, last.events, last.retries, last.waiting) == (6, 6 * EVENTS, 2, None)
    assert last.lines == sum(len(lines_of(each)) for each in range(1, 7))
    assert all(0 <= each.events <= 6 * EVENTS for each in seen)


def test_a_retried_slice_counts_as_one_parallel_download(wire: Wire, days: Days) -> None:
    lock, waiting, most = threading.Lock(), 0, 0

    def slow(day: int) -> Script:
        def script(connection: socket.socket) -> None:
            nonlocal waiting, most
            with lock:
                waiting += 1
                most = max(most, waiting)
            time.sleep(0.2)
            # Before the client can see the end of the response and start another request.
            with lock:
                waiting -= 1
            good(day)(connection)

        return script

    days.scripts = {1: [ended_early(1), slow(1)], **{day: [slow(day)] for day in range(2, 7)}}
    with MixpanelClient(AUTH, **options(wire)) as client:
        names = names_of(client.export.events(*SIX_DAYS, slice_days=1, parallel=2))
    assert len(names) == 6 * EVENTS
    assert most == 2


@pytest.mark.slow
def test_an_incomplete_slice_does_not_delay_unordered_ones(wire: Wire, days: Days) -> None:
    others_are_here = threading.Event()

    def held(connection: socket.socket) -> None:
        others_are_here.wait(SOON)
        good(1)(connection)

    days.scripts[1] = [ended_early(1), held]
    with MixpanelClient(AUTH, **options(wire)) as client:
        events = client.export.events(*SIX_DAYS, slice_days=1, parallel=3, ordered=False)
        assert {next(events).name for _ in range(5 * EVENTS)} == {f"day {day}" for day in range(2, 7)}
        others_are_here.set()
        assert names_of(events) == ["day 1"] * EVENTS


@allows_a_long_wait
def test_a_retry_wait_does_not_delay_other_slices(wire: Wire, days: Days) -> None:
    waits = answer(b"{}", status="429 Slow", headers=(f"Retry-After: {HANGS}",))
    days.scripts[1] = [ended_early(1), waits]
    with ends_soon(), MixpanelClient(AUTH, **options(wire)) as client:
        events = client.export.events(*SIX_DAYS, slice_days=1, parallel=3, ordered=False)
        assert {next(events).name for _ in range(5 * EVENTS)} == {f"day {day}" for day in range(2, 7)}
        events.close()


@pytest.mark.slow
def test_no_lines_are_kept_of_an_incomplete_slice(wire: Wire, days: Days) -> None:
    asked_again, looked = threading.Barrier(4, timeout=SOON), threading.Event()

    def held(day: int) -> Script:
        def script(connection: socket.socket) -> None:
            asked_again.wait()
            looked.wait(SOON)
            good(day)(connection)

        return script

    days.scripts = {day: [cut_off(day), held(day)] for day in (1, 2, 3)}
    found: list[int] = []
    # Collect what other tests have left.
    gc.collect()

    def look() -> None:
        asked_again.wait()
        found.append(sum(isinstance(each, Block) for each in gc.get_objects()))
        looked.set()

    with MixpanelClient(AUTH, **options(wire)) as client:
        events = client.export.events("2024-01-01", "2024-01-03", slice_days=1, parallel=3, ordered=False)
        looking = threading.Thread(target=look)
        looking.start()
        assert len(names_of(events)) == 3 * EVENTS
        looking.join()
    assert found == [0]


def test_attempts_add_up_across_receiving_and_verifying(wire: Wire, days: Days) -> None:
    busy = answer(b"", status="503 Busy")
    days.scripts[2] = [busy, ended_early(2), busy, cut_off(2), good(2)]
    with MixpanelClient(AUTH, **options(wire)) as client:
        events = client.export.events(*SIX_DAYS, slice_days=1, parallel=2)
        assert {next(events).name for _ in range(EVENTS)} == {"day 1"}
        with pytest.raises(SliceFailedError, match=r"2024-01-02 failed 4 times; .*gzip") as caught:
            next(events)
    assert (caught.value.attempts, days.asked[2]) == (4, 4)
    assert caught.value.__cause__ is caught.value.last
    assert settled(lambda: not export_threads())


def test_a_retried_slice_precedes_the_failure_of_a_later_one(wire: Wire, days: Days) -> None:
    days.scripts = {1: [ended_early(1)], 2: [answer(b"", status="503 Busy")] * 4}
    delayed = threading.Event()
    first = days.scripts[1][0]

    def late(connection: socket.socket) -> None:
        delayed.wait(SOON)
        first(connection)

    days.scripts[1] = [late]
    with MixpanelClient(AUTH, **options(wire)) as client:
        events = client.export.events("2024-01-01", "2024-01-02", slice_days=1, parallel=2)
        timer = threading.Timer(0.5, delayed.set)
        timer.start()
        assert {next(events).name for _ in range(EVENTS)} == {"day 1"}
        with pytest.raises(SliceFailedError, match="2024-01-02 failed 4 times"):
            next(events)
        timer.join()
    assert (days.asked[1], days.asked[2]) == (2, 4)


@pytest.mark.parametrize(
    ("status", "expected"), [("400 Bad", BadRequestError), ("401 No", AuthenticationError)]
)
def test_a_refused_retry_raises_the_refusal(
    wire: Wire, days: Days, status: str, expected: type[Exception]
) -> None:
    days.scripts[1] = [ended_early(1), answer(b'{"error": "you sent hush"}', status=status)]
    with MixpanelClient(AUTH, **options(wire)) as client, pytest.raises(expected) as caught:
        names_of(client.export.events(*SIX_DAYS, slice_days=1, parallel=2))
    assert "hush" not in str(caught.value)
    assert days.asked[1] == 2
    assert settled(lambda: not export_threads())


def test_the_budget_counts_and_bounds_retries(wire: Wire, days: Days) -> None:
    days.scripts[1] = [ended_early(1)]
    limits = Limits(export=Quota(per_hour=1), shared=False, max_wait=5)
    with (
        MixpanelClient(AUTH, **options(wire, limits=limits)) as client,
        pytest.raises(BudgetExhaustedError, match="longest wait allowed"),
    ):
        names_of(client.export.events("2024-01-01", "2024-01-01"))
    assert len(wire.requests) == 1
    assert settled(lambda: not export_threads())


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_an_incomplete_slice_of_columns_is_retried(wire: Wire, days: Days, tmp_path: Path, form: Any) -> None:
    pytest.importorskip("pyarrow")
    for day in (1, 3, 6):
        days.scripts[day] = [ended_early(day), cut_off(day)]
    seen: list[Progress] = []
    with MixpanelClient(AUTH, **options(wire)) as client:
        done = client.export.to_directory(
            tmp_path / "d", *SIX_DAYS, slice_days=1, parallel=3, format=form, progress=seen.append
        )
    assert (done.events, seen[-1].events, seen[-1].retries) == (6 * EVENTS, 6 * EVENTS, 6)
    assert len(wire.requests) == 12


@pytest.mark.slow
def test_waiting_slices_do_not_delay_a_conversion(wire: Wire, days: Days) -> None:
    pytest.importorskip("pyarrow")
    others_are_done = threading.Event()

    def held(day: int) -> Script:
        def script(connection: socket.socket) -> None:
            others_are_done.wait(SOON)
            good(day)(connection)

        return script

    days.scripts = {day: [ended_early(day), held(day)] for day in (1, 2)}
    done: list[bool] = []

    def listen(progress: Progress) -> None:
        if progress.slices_done == 4:
            done.append(not others_are_done.is_set())
            others_are_done.set()

    with MixpanelClient(AUTH, **options(wire)) as client:
        table = client.export.batches(*SIX_DAYS, slice_days=1, parallel=6, progress=listen).to_arrow()
    assert table.num_rows == 6 * EVENTS
    assert done[0]


class Deaf:
    """A server that responds once with half an export, and then accepts no connection."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=0)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.answered = threading.Event()
        self._waiting = [socket.socket() for _ in range(3)]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        with connection:
            connection.recv(65536)
            for each in self._waiting:
                each.setblocking(False)
                each.connect_ex(("127.0.0.1", self.port))
            ended_early(1)(connection)
        self.answered.set()

    def close(self) -> None:
        for each in self._waiting:
            each.close()
        self._listener.close()
        self._thread.join(5)


@pytest.fixture
def deaf() -> Iterator[Deaf]:
    server = Deaf()
    yield server
    server.close()


@pytest.mark.slow
def test_cancelling_a_task_does_not_wait_for_a_reconnect(deaf: Deaf) -> None:
    async def run() -> None:
        settings: dict[str, Any] = {"project_id": 1, "retry": QUICK, "limits": None, "timeout": HANGS}
        async with AsyncMixpanelClient(AUTH, base_url=deaf.url, **settings) as client:

            async def consume() -> list[Any]:
                return [event async for event in client.export.events("2024-01-01", "2024-01-01")]

            task = asyncio.create_task(consume())
            assert await asyncio.to_thread(deaf.answered.wait, SOON)
            await asyncio.sleep(0.5)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    with ends_soon():
        asyncio.run(run())
    deaf.close()
    assert settled(lambda: not export_threads())


@pytest.mark.slow
def test_closing_batches_does_not_wait_for_a_reconnect(deaf: Deaf) -> None:
    pytest.importorskip("pyarrow")
    settings: dict[str, Any] = {"project_id": 1, "retry": QUICK, "limits": None, "timeout": HANGS}
    with MixpanelClient(AUTH, base_url=deaf.url, **settings) as client:
        batches = client.export.batches("2024-01-01", "2024-01-01")
        timer = threading.Timer(1, batches.close)
        timer.start()
        with ends_soon(), pytest.raises(MixpanelError):
            next(batches)
        timer.join()
    deaf.close()
    assert settled(lambda: not export_threads())


def give_up_an_iterator(client: MixpanelClient) -> None:
    events = client.export.events(*SIX_DAYS, slice_days=1, parallel=3)
    assert next(events).name == "day 1"
    time.sleep(0.3)
    events.close()


def give_up_batches(client: MixpanelClient) -> None:
    batches = client.export.batches(*SIX_DAYS, slice_days=1, parallel=3, layout="json")
    next(batches)
    time.sleep(0.3)
    batches.close()


@allows_a_long_wait
@pytest.mark.parametrize("give_up", [give_up_an_iterator, give_up_batches])
def test_closing_during_a_retry_wait_leaves_nothing(
    wire: Wire,
    days: Days,
    give_up: Callable[[MixpanelClient], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("pyarrow")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    waits = answer(b"{}", status="429 Slow", headers=(f"Retry-After: {HANGS}",))
    days.scripts = {day: [ended_early(day), waits] for day in range(2, 7)}
    with ends_soon(), MixpanelClient(AUTH, **options(wire)) as client:
        give_up(client)
    assert settled(lambda: not export_threads())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_program_can_exit_during_a_retry_wait(wire: Wire, days: Days) -> None:
    pytest.importorskip("pyarrow")
    waits = answer(b"{}", status="429 Slow", headers=(f"Retry-After: {HANGS}",))
    days.scripts[2] = [ended_early(2), waits]
    program = f"""
from mixpanel_export import MixpanelClient, RetryPolicy, ServiceAccountAuth
client = MixpanelClient(
    ServiceAccountAuth("tester", "hush"), project_id=1, base_url={wire.url!r}, limits=None,
    retry=RetryPolicy(initial_wait=0.01),
)
batches = client.export.batches("2024-01-01", "2024-01-06", slice_days=1, parallel=3, layout="json")
print(next(batches).num_rows, flush=True)
import time
time.sleep(0.5)
raise SystemExit(3)
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        timeout=SOON,
        check=False,
    )
    assert (done.stdout, done.returncode) == (f"{EVENTS}\n", 3), done.stderr


def test_the_log_of_a_retry_has_no_secret(wire: Wire, days: Days, caplog: pytest.LogCaptureFixture) -> None:
    days.scripts[1] = [answer(lines_of(1) + b'{"error": "hush is wrong"}\n')]
    with caplog.at_level(logging.INFO, "mixpanel_export"), MixpanelClient(AUTH, **options(wire)) as client:
        assert len(names_of(client.export.events("2024-01-01", "2024-01-01"))) == EVENTS
    assert "Slice 2024-01-01: attempt 2 of 4 in 0.0 s: " in caplog.text
    assert "hush" not in caplog.text


@pytest.mark.parametrize("delivery", ["events", "jsonl", "parquet"])
def test_progress_counts_an_event_without_line_end(wire: Wire, tmp_path: Path, delivery: str) -> None:
    wire.answers(lines_of(1)[:-1])
    seen: list[Progress] = []
    with MixpanelClient(AUTH, **options(wire)) as client:
        if delivery == "events":
            names_of(client.export.events("2024-01-01", "2024-01-01", progress=seen.append))
        else:
            form: Any = delivery
            client.export.to_directory(
                tmp_path / "d", "2024-01-01", "2024-01-01", format=form, progress=seen.append
            )
    assert seen[-1].events == EVENTS


MOMENTS: dict[str, Callable[[Progress], bool]] = {
    "received": lambda progress: progress.received > 0,
    "proved": lambda progress: progress.events > EVENTS,
    "waits": lambda progress: progress.waiting is not None,
    "again": lambda progress: progress.retries > 0,
    "done": lambda progress: progress.slices_done > 1,
}

DELIVERIES: dict[str, Callable[[MixpanelClient, Path, dict[str, Any]], object]] = {
    "events": lambda client, path, more: names_of(client.export.events(*SIX_DAYS, **more)),
    "batches": lambda client, path, more: client.export.batches(*SIX_DAYS, **more).to_arrow(),
    "file": lambda client, path, more: client.export.to_file(path / "f.jsonl", *SIX_DAYS, **more),
    "directory": lambda client, path, more: client.export.to_directory(
        path / "d", *SIX_DAYS, format="parquet", **more
    ),
}


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("delivery", DELIVERIES)
@pytest.mark.sampled(6)
def test_a_listener_that_raises_leaves_nothing(
    wire: Wire, days: Days, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str, delivery: str
) -> None:
    pytest.importorskip("pyarrow")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))

    def listen(progress: Progress) -> None:
        if MOMENTS[moment](progress):
            raise RuntimeError("the display broke")

    days.scripts[2] = [ended_early(2)]
    more: dict[str, Any] = {"slice_days": 1, "parallel": 3, "progress": listen}
    with MixpanelClient(AUTH, **options(wire)) as client, pytest.raises(RuntimeError, match="display broke"):
        DELIVERIES[delivery](client, tmp_path, more)
    assert settled(lambda: not export_threads())
    assert list((tmp_path / "temporary").iterdir()) == []
    assert not [each for each in tmp_path.rglob("*") if each.name.endswith((".part", ".jsonl"))]
