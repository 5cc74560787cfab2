"""Parallel slices: in order, bounded, and gone without a trace when the caller stops."""

from __future__ import annotations

import asyncio
import gc
import json
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mixpanel_export import (
    AsyncMixpanelClient,
    AuthenticationError,
    BudgetExhaustedError,
    MixpanelClient,
    MixpanelError,
    Progress,
    ServiceAccountAuth,
)
from mixpanel_export.http.limits import Limits, Quota
from tests.waiting import HANGS, SOON, ends_soon, export_threads, settled
from tests.wire_server import ONCE, Wire, answer

AUTH = ServiceAccountAuth("tester", "hush")
TEN_DAYS = ("2024-01-01", "2024-01-10")


def client_of(wire: Wire, **more: Any) -> MixpanelClient:
    options: dict[str, Any] = {
        "project_id": 1,
        "base_url": wire.url,
        "timeout": 30,
        "retry": ONCE,
        "limits": None,
    } | more
    return MixpanelClient(AUTH, **options)


def by_day(wire: Wire, events_a_day: int = 200, delay: Callable[[int], float] = lambda day: 0.0) -> None:
    """Respond with events that name their day, after that day's delay."""

    def script(connection: socket.socket) -> None:
        head = wire.heads[connection.getpeername()]
        day = int(head.partition(b"from_date=2024-01-")[2][:2])
        lines = [json.dumps({"event": f"day {day}", "properties": {"n": n}}) for n in range(events_a_day)]
        answer("".join(line + "\n" for line in lines).encode(), wait=delay(day))(connection)

    wire.script = script


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_slices_arrive_in_order_whatever_their_speed(wire: Wire) -> None:
    by_day(wire, delay=lambda day: 0.3 if day == 1 else 0.0)
    with client_of(wire) as client:
        names = [event.name for event in client.export.events(*TEN_DAYS, slice_days=1, parallel=4)]
    assert names == [f"day {day}" for day in range(1, 11) for _ in range(200)]


def test_unordered_slices_arrive_as_they_complete(wire: Wire) -> None:
    others_are_here = threading.Event()

    def delay(day: int) -> float:
        if day == 1:
            others_are_here.wait(SOON)
        return 0.0

    by_day(wire, events_a_day=1, delay=delay)
    with client_of(wire) as client:
        events = client.export.events(*TEN_DAYS, slice_days=1, parallel=4, ordered=False)
        assert {next(events).name for _ in range(9)} == {f"day {day}" for day in range(2, 11)}
        others_are_here.set()
        assert [event.name for event in events] == ["day 1"]


def test_parallel_bounds_the_slices_being_fetched(wire: Wire) -> None:
    lock, waiting, most = threading.Lock(), 0, 0

    def delay(day: int) -> float:
        nonlocal waiting, most
        with lock:
            waiting += 1
            most = max(most, waiting)
        # Three have to be here at once, and a fourth has the time to come.
        assert settled(lambda: most >= 3)
        time.sleep(0.1)
        # Before the client can see a byte of the response and start another request.
        with lock:
            waiting -= 1
        return 0.0

    by_day(wire, delay=delay)
    with client_of(wire) as client:
        list(client.export.events(*TEN_DAYS, slice_days=1, parallel=3))
    assert most == 3
    assert len(wire.requests) == 10


def test_slices_are_not_fetched_far_ahead_of_a_slow_consumer(wire: Wire) -> None:
    by_day(wire)
    with client_of(wire) as client:
        events = client.export.events("2024-01-01", "2024-01-31", slice_days=1, parallel=2)
        next(events)
        time.sleep(0.5)
        assert len(wire.requests) <= 5
        assert len(list(events)) == 31 * 200 - 1


@pytest.mark.slow
def test_all_slices_together_keep_the_budget(wire: Wire) -> None:
    times: list[float] = []
    by_day(wire, events_a_day=1)
    inner = wire.script

    def timed(connection: socket.socket) -> None:
        times.append(time.monotonic())
        inner(connection)

    wire.script = timed
    limits = Limits(export=Quota(per_second=3), shared=False)
    with client_of(wire, limits=limits) as client:
        list(client.export.events("2024-01-01", "2024-01-07", slice_days=1, parallel=7))
    # Three at once, three more after a second, and the last after another.
    assert max(times) - min(times) > 1.2


def test_waiting_for_the_budget_is_reported_and_bounded(wire: Wire) -> None:
    by_day(wire, events_a_day=1)
    seen: list[Progress] = []
    limits = Limits(export=Quota(per_hour=2), shared=False, max_wait=5)
    with client_of(wire, limits=limits) as client:
        events = client.export.events(*TEN_DAYS, slice_days=1, parallel=1, progress=seen.append)
        with pytest.raises(BudgetExhaustedError, match="longest wait allowed"):
            list(events)
    assert len(wire.requests) == 2
    assert any(p.waiting is not None and "budget" in p.waiting[0] for p in seen)


def test_progress_adds_up(wire: Wire) -> None:
    by_day(wire)
    seen: list[Progress] = []
    with client_of(wire) as client:
        list(client.export.events(*TEN_DAYS, slice_days=1, parallel=4, progress=seen.append))
    last = seen[-1]
    assert (last.slices, last.slices_done, last.events, last.retries) == (10, 10, 2000, 0)
    assert [p.events for p in seen] == sorted(p.events for p in seen)
    assert last.received == last.lines > 0
    assert last.rate > 0


def abandon_by_dropping(wire: Wire) -> None:
    with client_of(wire) as client:
        events = client.export.events("2024-01-01", "2024-01-31", slice_days=1, parallel=4)
        for _ in range(10):
            next(events)
        del events


def abandon_asynchronously(wire: Wire) -> None:
    async def run() -> None:
        options: dict[str, Any] = {"project_id": 1, "base_url": wire.url, "retry": ONCE, "limits": None}
        async with AsyncMixpanelClient(AUTH, **options) as client:
            events = client.export.events("2024-01-01", "2024-01-31", slice_days=1, parallel=4)
            count = 0
            async for _ in events:
                count += 1
                if count == 10:
                    break
            await events.aclose()
            assert settled(lambda: not export_threads())

    asyncio.run(run())


@pytest.mark.parametrize("abandon", [abandon_by_dropping, abandon_asynchronously])
@pytest.mark.sampled(1)
def test_abandoning_the_iterator_leaves_no_thread_socket_or_file(
    wire: Wire, abandon: Callable[[Wire], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    # The later days hang: their threads are in the middle of reading.
    by_day(wire, events_a_day=20_000, delay=lambda day: HANGS if day > 2 else 0.0)
    gc.collect()
    before = open_files()
    with ends_soon():
        abandon(wire)
    assert settled(lambda: not export_threads())
    gc.collect()
    # The server's own half of a connection closes when its script wakes up; ours is what is counted here.
    assert settled(lambda: open_files() - wire.open <= before)
    assert list(tmp_path.iterdir()) == []


def test_cancelling_a_task_ends_its_export(wire: Wire) -> None:
    by_day(wire, delay=lambda day: HANGS)

    async def run() -> None:
        options: dict[str, Any] = {"project_id": 1, "base_url": wire.url, "retry": ONCE, "limits": None}
        async with AsyncMixpanelClient(AUTH, **options) as client:

            async def consume() -> int:
                return len([event async for event in client.export.events(*TEN_DAYS)])

            task = asyncio.create_task(consume())
            await asyncio.sleep(0.3)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    with ends_soon():
        asyncio.run(run())
    assert settled(lambda: not export_threads())


@pytest.mark.slow
def test_closing_does_not_wait_for_a_connection_attempt(wire: Wire) -> None:
    """Close while connecting to a server that accepts nothing: only a timeout ends that, which nobody waits for."""
    by_day(wire)
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        waiting = [socket.socket() for _ in range(3)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", port))
        beats: list[int] = []

        async def beat() -> None:
            while True:
                beats.append(1)
                await asyncio.sleep(0.01)

        async def run() -> None:
            options: dict[str, Any] = {"project_id": 1, "retry": ONCE, "limits": None, "timeout": HANGS}
            async with AsyncMixpanelClient(AUTH, base_url=f"http://127.0.0.1:{port}", **options) as client:
                heart = asyncio.create_task(beat())
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.5):
                        _ = [event async for event in client.export.events(*TEN_DAYS)]
                heart.cancel()

        with ends_soon():
            asyncio.run(run())
        assert len(beats) > 2, "the event loop waited, too"
        for each in waiting:
            each.close()
    # Without a listener, the attempt that is left is refused.
    assert settled(lambda: not export_threads())


def test_closing_ends_a_tls_handshake(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        options: dict[str, Any] = {"project_id": 1, "retry": ONCE, "limits": None, "timeout": HANGS}
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        with MixpanelClient(AUTH, base_url=url, **options) as client:
            batches = client.export.batches(*TEN_DAYS)
            timer = threading.Timer(0.5, batches.close)
            timer.start()
            # The other side never responds.
            with ends_soon(), pytest.raises(MixpanelError):
                next(batches)
            timer.join()
    assert settled(lambda: not export_threads())


def test_a_refusal_of_one_slice_ends_the_others_at_once(wire: Wire) -> None:
    by_day(wire, delay=lambda day: HANGS)
    slow = wire.script
    wire.first = [slow, slow, answer(b'{"error": "bad credentials"}', status="401 No")]
    with ends_soon(), client_of(wire) as client, pytest.raises(AuthenticationError):
        list(client.export.events(*TEN_DAYS, slice_days=1, parallel=4, ordered=True))
    assert settled(lambda: not export_threads())


def test_a_listener_that_raises_ends_the_export_with_its_error(wire: Wire) -> None:
    by_day(wire)

    def listen(progress: Progress) -> None:
        raise RuntimeError("the display broke")

    with client_of(wire) as client, pytest.raises(RuntimeError, match="the display broke"):
        list(client.export.events(*TEN_DAYS, progress=listen))
    assert settled(lambda: not export_threads())
