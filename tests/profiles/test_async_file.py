"""A cancelled `to_file` or `to_stream` of `AsyncProfiles` ends at once, and leaves what any interruption leaves."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import threading
from pathlib import Path
from typing import IO, Any, cast

import pytest

from mixpanel_export import AsyncMixpanelClient, ExportError, MixpanelClient
from mixpanel_export.http.cancellation import Cancellation
from mixpanel_export.profiles import ProfilesProgress
from mixpanel_export.profiles.file import PartialFile
from mixpanel_export.profiles.pagination import Batch, Paging
from mixpanel_export.sandbox import Fault, Sandbox
from mixpanel_export_api.models import Profile
from tests.profiles.conftest import settings
from tests.waiting import HANGS, assert_no_thread_is_left, ends_soon

LITTLE = ["plan"]


@pytest.mark.parametrize("pages", [0, 1])
def test_a_cancelled_file_ends_at_once_and_the_same_call_goes_on(
    sandbox: Sandbox, tmp_path: Path, pages: int
) -> None:
    if pages:
        sandbox.faults.add(None, path="/engage", times=pages)
    sandbox.faults.add(Fault.hang(), path="/engage", times=None)
    path = tmp_path / "people.jsonl"

    async def run() -> None:
        loop, written = asyncio.get_running_loop(), asyncio.Event()
        before = asyncio.all_tasks()

        def listen(totals: ProfilesProgress) -> None:
            loop.call_soon_threadsafe(written.set)

        async with AsyncMixpanelClient(**settings(sandbox, AsyncMixpanelClient, timeout=HANGS)) as client:
            task = asyncio.create_task(
                client.profiles.to_file(path, output_properties=LITTLE, progress=listen)
            )
            if pages:
                await written.wait()
            while len(sandbox.requests) <= pages:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            task.cancel()
            with ends_soon(), pytest.raises(asyncio.CancelledError):
                await task
            assert_no_thread_is_left()
            assert asyncio.all_tasks() == before

    asyncio.run(run())
    assert [each.name for each in tmp_path.iterdir()] == [".people.jsonl.part"] * pages
    sandbox.faults.clear()
    with MixpanelClient(**settings(sandbox)) as client:
        totals = client.profiles.to_file(path, output_properties=LITTLE)
    assert (totals.found, totals.profiles) == (pages, 2150)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


class Pipe(io.RawIOBase):
    """A stream whose first write waits until it is `released`."""

    def __init__(self) -> None:
        self.waiting = threading.Event()
        self.released = threading.Event()
        self.writes = 0

    def write(self, data: Any) -> int:
        self.writes += 1
        self.waiting.set()
        assert self.released.wait(30)
        return len(data)


def test_a_cancelled_stream_gets_no_more_writes(sandbox: Sandbox) -> None:
    pipe = Pipe()

    async def run() -> None:
        async with AsyncMixpanelClient(**settings(sandbox, AsyncMixpanelClient)) as client:
            task = asyncio.create_task(
                client.profiles.to_stream(cast("IO[bytes]", pipe), output_properties=LITTLE)
            )
            while not pipe.waiting.is_set():  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            task.cancel()
            await asyncio.sleep(0.05)
            assert not task.done()
            pipe.released.set()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert_no_thread_is_left()

    asyncio.run(run())
    assert pipe.writes == 1


@pytest.mark.slow
def test_wherever_it_is_cancelled_there_is_a_whole_file_or_none(sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "people.jsonl"

    async def run() -> None:
        async with AsyncMixpanelClient(**settings(sandbox, AsyncMixpanelClient)) as client:
            for part in range(15):
                task = asyncio.create_task(client.profiles.to_file(path, output_properties=LITTLE))
                await asyncio.sleep(part * 0.02)
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
                assert_no_thread_is_left()
                if path.exists():
                    lines = path.read_bytes().split(b"\n")[:-1]
                    assert len({json.loads(each)["$distinct_id"] for each in lines}) == len(lines) == 2150
                    path.unlink()

    asyncio.run(run())


def test_leftovers_need_not_be_read_to_the_end(tmp_path: Path) -> None:
    paging = Paging(session_id="s", page_size=3, taken=1, delivered={b"1", b"2", b"3"})
    profiles = [Profile.from_dict({"$distinct_id": each, "$properties": {}}) for each in "abc"]
    file = PartialFile(tmp_path / "people", "jsonl", "query")
    file.open()
    file.add(Batch(0, profiles, is_last=False), paging, None)
    file.close()
    looked: list[int] = []

    class GivenUp(Cancellation):
        def check(self) -> None:
            looked.append(1)
            if len(looked) == 2:
                raise ExportError("given up")

    file.open()
    with pytest.raises(ExportError, match="given up"):
        file.left(GivenUp())
    file.close()
    file.open()
    assert file.left()[0].taken == 1
    file.close()
