"""Event loops that are abandoned with work in them: the work ends, and the interpreter still exits."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from mixpanel_export import AsyncMixpanelClient
from mixpanel_export._worker import Workers, end_all_work, in_thread
from tests.waiting import HANGS, export_threads, settled
from tests.wire_server import Wire

DAYS = ("2024-01-01", "2024-01-03")


def test_work_of_an_abandoned_loop_ends_at_exit(
    wire: Wire, async_client: AsyncMixpanelClient, tmp_path: Path
) -> None:
    silence = threading.Event()
    wire.script = lambda connection: (silence.wait(60), None)[1]
    loop = asyncio.new_event_loop()
    task: Any = loop.create_task(async_client.export.to_directory(tmp_path / "out", *DAYS, slice_days=1))
    loop.run_until_complete(asyncio.wait([task], timeout=0.01))
    assert settled(lambda: wire.requests, 20)
    assert export_threads()
    assert all(thread.daemon for thread in threading.enumerate() if thread.name in export_threads())
    end_all_work()
    assert not export_threads()
    assert [path.name for path in (tmp_path / "out").iterdir() if path.name.endswith(".part")] == []
    silence.set()
    loop.close()
    task._log_destroy_pending = False


def test_a_task_of_a_closed_loop_ends_its_work(capfd: pytest.CaptureFixture[str]) -> None:
    started, may_end, cancelled = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        started.set()
        may_end.wait(20)

    loop = asyncio.new_event_loop()
    task: Any = loop.create_task(in_thread(work, cancelled.set))
    task._log_destroy_pending = False
    while not started.is_set():
        loop.run_until_complete(asyncio.sleep(0.001))
    loop.close()
    del task, loop
    # The work keeps the task alive; once it is over, nothing does.
    may_end.set()

    def is_collected() -> bool:
        gc.collect()
        return cancelled.is_set()

    assert settled(is_collected, 20)
    assert capfd.readouterr().err == ""


def test_workers_run_queued_work_and_end_with_their_owner() -> None:
    workers = Workers(2, "test")
    assert list(workers.map(str, range(50))) == [str(number) for number in range(50)]
    assert len([name for name in export_threads() if "-test-" in name]) <= 2
    running, held = threading.Barrier(3, timeout=20), threading.Event()
    first = [workers.submit(lambda: (running.wait(), held.wait(20))[1]) for _ in range(2)]
    running.wait()
    queued = workers.submit(str, 1)
    workers.shutdown(wait=False, cancel_futures=True)
    held.set()
    assert [future.result() for future in first] == [True, True]
    assert queued.cancelled()
    with pytest.raises(RuntimeError, match="have ended"):
        workers.submit(str, 1)
    failing = Workers(1, "test")
    with pytest.raises(ZeroDivisionError):
        failing.submit(lambda: 1 // 0).result()
    del workers, failing
    assert settled(lambda: not any("-test-" in name for name in export_threads()), 20)


ABANDONED = """
import asyncio, atexit, sys, threading

def our_threads():
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("mixpanel-")]

# Called last, because it is registered first.
atexit.register(lambda: print(our_threads(), flush=True))
from mixpanel_export import AsyncMixpanelClient, ServiceAccountAuth, _worker
_worker._EXIT_SECONDS = 50
url, folder, kind, way = sys.argv[1:]
client = AsyncMixpanelClient(ServiceAccountAuth("tester", "hush"), project_id=1, base_url=url, limits=None)
days = ("2024-01-01", "2024-01-03")
kept = []

async def use():
    if kind == "to_directory":
        await client.export.to_directory(folder + "/out", *days, slice_days=1)
    elif kind == "to_file":
        await client.export.to_file(folder + "/out.parquet", *days, slice_days=1)
    elif kind == "profiles.to_file":
        await client.profiles.to_file(folder + "/out.jsonl")
    else:
        stream = {
            "events": lambda: client.export.events(*days),
            "batches": lambda: client.export.batches(*days),
            "profiles": client.profiles.all,
        }[kind]()
        kept.append(stream)
        async for item in stream:
            pass

def stop():
    loop = asyncio.new_event_loop()
    kept.append((loop, loop.create_task(use())))
    loop.call_later(0.5, loop.stop)
    loop.run_forever()
    return loop

if way == "stopped":
    stop()
elif way == "closed":
    stop().close()
elif way == "cancelled":
    try:
        asyncio.run(asyncio.wait_for(use(), 0.5))
    except TimeoutError:
        pass
elif way == "in a thread":
    threading.Thread(target=lambda: asyncio.run(use()), daemon=True).start()
    threading.Event().wait(0.5)
else:
    async def main():
        kept.append(asyncio.create_task(use()))
        await asyncio.sleep(0.5)
    asyncio.run(main())
print("over", flush=True)
"""
WAYS = ["stopped", "closed", "cancelled", "in a thread", "forgotten"]
KINDS = ["to_directory", "to_file", "events", "batches", "profiles", "profiles.to_file"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_the_interpreter_exits_with_abandoned_loops(wire: Wire, tmp_path: Path, kind: str) -> None:
    silence = threading.Event()
    wire.script = lambda connection: (silence.wait(HANGS), None)[1]
    try:
        for way in WAYS if kind == "to_directory" else ("stopped", "in a thread"):
            folder = tmp_path / way
            folder.mkdir()
            command = [sys.executable, "-c", ABANDONED, wire.url, str(folder), kind, way]
            done = subprocess.run(
                command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=HANGS, check=False
            )
            over, threads = done.stdout.splitlines()
            assert (done.returncode, over) == (0, b"over")
            # Threads that write no file may be left to the exit.
            assert threads == b"[]" or "to_" not in kind, f"{kind}, {way}"
            # Unfinished profiles stay, for the next call.
            left = [path.name for path in folder.rglob("*.part") if kind != "profiles.to_file"]
            assert left == [], f"{kind}, {way}"
    finally:
        silence.set()
