"""`AsyncExport.to_file` and `to_stream`: like those of `Export`, and cancelling the task leaves nothing."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, cast

import pytest
from attrs import evolve

from mixpanel_export import (
    AsyncMixpanelClient,
    AuthenticationError,
    InvalidArgumentError,
    MixpanelClient,
    Progress,
    ServiceAccountAuth,
)
from mixpanel_export._formats import FORMATS, FileFormat, Layout
from mixpanel_export.sandbox import Fault, Sandbox
from tests.waiting import assert_no_thread_is_left, ends_soon
from tests.wire_server import Wire

RANGE = ("2024-01-01", "2024-01-06")
KINDS: list[tuple[FileFormat, Layout | None]] = [
    ("jsonl", None),
    ("jsonl.gz", None),
    ("csv", "json"),
    ("parquet", "wide"),
    ("parquet", "json"),
]


def client_for(sandbox: Sandbox) -> AsyncMixpanelClient:
    return AsyncMixpanelClient(
        sandbox.auth, project_id=sandbox.credentials.project_id, base_url=sandbox.url, limits=None
    )


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Make a directory for temporary files; afterwards, no file and no thread may be left."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []
    assert_no_thread_is_left()


@pytest.mark.parametrize(("format", "layout"), KINDS)
@pytest.mark.sampled(2)
def test_async_files_and_streams_equal_the_sync_ones(
    sandbox: Sandbox,
    shop: MixpanelClient,
    tmp_path: Path,
    scratch: Path,
    format: FileFormat,
    layout: Layout | None,
) -> None:
    told: list[Progress] = []
    stream = io.BytesIO()

    async def run() -> tuple[Progress, Progress]:
        async with client_for(sandbox) as client:
            return (
                await client.export.to_file(
                    tmp_path / "new" / "ours", *RANGE, format=format, layout=layout, progress=told.append
                ),
                await client.export.to_stream(stream, *RANGE, format=format, layout=layout, slice_days=3),
            )

    filed, streamed = asyncio.run(run())
    expected = shop.export.to_file(tmp_path / "theirs", *RANGE, format=format, layout=layout)
    assert evolve(filed, seconds=0) == evolve(expected, seconds=0) == evolve(told[-1], seconds=0)
    assert (streamed.events, streamed.slices_done) == (expected.events, 2)
    assert (tmp_path / "new" / "ours").read_bytes() == (tmp_path / "theirs").read_bytes()
    assert [each.name for each in (tmp_path / "new").iterdir()] == ["ours"]
    again = io.BytesIO()
    shop.export.to_stream(again, *RANGE, format=format, layout=layout, slice_days=3)
    assert stream.getvalue() == again.getvalue()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"format": "xml"}, "'jsonl', 'jsonl.gz'"),
        ({"format": "jsonl", "layout": "wide"}, "layout"),
        ({"from_date": "2024-02-30"}, "from_date"),
        ({"to_date": "2023-12-31"}, "date"),
        ({"event": []}, "event"),
        ({"where": 'properties["a" =='}, "where"),
        ({"slices": 7}, "slices"),
    ],
)
def test_bad_arguments_are_refused_before_anything_is_made(
    sandbox: Sandbox, tmp_path: Path, arguments: dict[str, Any], words: str
) -> None:
    given: dict[str, Any] = {"from_date": RANGE[0], "to_date": RANGE[1], **arguments}

    async def run() -> None:
        async with client_for(sandbox) as client:
            with pytest.raises(InvalidArgumentError, match=words):
                await client.export.to_file(tmp_path / "new" / "e", **given)
            with pytest.raises(InvalidArgumentError, match=words):
                await client.export.to_stream(io.BytesIO(), **given)

    asyncio.run(run())
    assert len(sandbox.requests) == 0
    assert list(tmp_path.iterdir()) == []


def test_an_unwritable_path_is_refused_before_any_request(sandbox: Sandbox, tmp_path: Path) -> None:
    async def run() -> None:
        async with client_for(sandbox) as client:
            with pytest.raises(
                InvalidArgumentError, match=r"expected 'jsonl\.gz', because the file is called"
            ):
                await client.export.to_file(tmp_path / "e.jsonl.gz", *RANGE, format="csv")
            with pytest.raises(InvalidArgumentError, match="expected a file, not a directory"):
                await client.export.to_file(tmp_path, *RANGE)

    asyncio.run(run())
    assert len(sandbox.requests) == 0


@pytest.mark.parametrize("format", FORMATS)
def test_a_refusal_leaves_an_existing_file_alone(
    sandbox: Sandbox, tmp_path: Path, scratch: Path, format: FileFormat
) -> None:
    sandbox.faults.add(Fault.status(401), path="/export", times=None)
    place = tmp_path / "here" / "e"
    place.parent.mkdir()
    place.write_bytes(b"before")

    async def run() -> None:
        async with client_for(sandbox) as client:
            await client.export.to_file(place, *RANGE, format=format)

    with pytest.raises(AuthenticationError):
        asyncio.run(run())
    assert place.read_bytes() == b"before"
    assert list(place.parent.iterdir()) == [place]


@pytest.mark.parametrize(("format", "layout"), KINDS)
@pytest.mark.sampled(1)
def test_a_cancelled_file_ends_at_once_and_changes_nothing(
    sandbox: Sandbox, tmp_path: Path, scratch: Path, format: FileFormat, layout: Layout | None
) -> None:
    """Complete one slice and let the next one hang."""
    sandbox.faults.add(None, Fault.stall(), path="/export")
    place = tmp_path / "here" / "e"
    place.parent.mkdir()
    place.write_bytes(b"before")

    async def run() -> None:
        complete = asyncio.Event()
        loop = asyncio.get_running_loop()

        def listen(totals: Progress) -> None:
            if totals.slices_done == 1 and totals.received > 0:
                loop.call_soon_threadsafe(complete.set)

        async with client_for(sandbox) as client:
            task = asyncio.create_task(
                client.export.to_file(
                    place, *RANGE, format=format, layout=layout, slice_days=3, parallel=1, progress=listen
                )
            )
            await complete.wait()
            await asyncio.sleep(0.2)
            assert not task.done()
            assert len(list(place.parent.iterdir())) == 2
            task.cancel()
            with ends_soon(), pytest.raises(asyncio.CancelledError):
                await task
            assert_no_thread_is_left()

    asyncio.run(run())
    assert place.read_bytes() == b"before"
    assert list(place.parent.iterdir()) == [place]


class Pipe(io.RawIOBase):
    """A stream whose reader does not read: write number `full` waits until `released`."""

    def __init__(self, full: int) -> None:
        self.writes = 0
        self.waiting = threading.Event()
        self.released = threading.Event()
        self._full = full

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.writes += 1
        if self.writes == self._full:
            self.waiting.set()
            assert self.released.wait(30)
        return len(data)


async def cancelled_while_it_waits(
    client: AsyncMixpanelClient, pipe: Pipe, *days: str, **arguments: Any
) -> None:
    """Cancel a task whose stream is full, and let the reader read again."""
    async with client:
        task = asyncio.create_task(client.export.to_stream(cast("IO[bytes]", pipe), *days, **arguments))
        while not pipe.waiting.is_set():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.sleep(0.05)
        assert not task.done()
        pipe.released.set()
        with pytest.raises(asyncio.CancelledError):
            await task


@pytest.mark.parametrize(("format", "layout"), KINDS)
def test_a_cancelled_stream_receives_no_more_bytes(
    sandbox: Sandbox, scratch: Path, format: FileFormat, layout: Layout | None
) -> None:
    """Write not even the ends of gzip, Parquet or CSV, while the loop keeps running."""
    pipe = Pipe(1)
    client = client_for(sandbox)
    asyncio.run(cancelled_while_it_waits(client, pipe, *RANGE, format=format, layout=layout, slice_days=1))
    assert pipe.writes == 1


@pytest.mark.parametrize("arrives", ["plain", "gzip"])
@pytest.mark.parametrize("format", ["jsonl", "jsonl.gz"])
@pytest.mark.sampled(1)
def test_a_cancelled_stream_ends_in_the_middle_of_a_slice(
    wire: Wire, async_client: AsyncMixpanelClient, scratch: Path, arrives: str, format: FileFormat
) -> None:
    """Cancel in a slice of many blocks and many chunks of gzip."""
    noise = random.Random(1)
    lines = (
        {"event": "A", "properties": {"time": 1704067200, "x": noise.randbytes(400).hex()}}
        for _ in range(5_000)
    )
    body = "".join(f"{json.dumps(each)}\n" for each in lines).encode()
    headers = ("Content-Encoding: gzip",) if arrives == "gzip" else ()
    wire.answers(gzip.compress(body, 1) if arrives == "gzip" else body, headers=headers, chunks=1 << 16)
    pipe = Pipe(2)
    asyncio.run(cancelled_while_it_waits(async_client, pipe, RANGE[0], RANGE[0], format=format))
    assert pipe.writes == 2
    whole = Pipe(0)

    async def run() -> None:
        async with AsyncMixpanelClient(
            ServiceAccountAuth("tester", "hush"), project_id=1, base_url=wire.url, limits=None
        ) as client:
            await client.export.to_stream(cast("IO[bytes]", whole), RANGE[0], RANGE[0], format=format)

    asyncio.run(run())
    assert whole.writes > 3


def test_a_connection_is_closed_when_its_task_is_cancelled(
    wire: Wire, async_client: AsyncMixpanelClient, tmp_path: Path, scratch: Path
) -> None:
    closed = threading.Event()

    def script(connection: Any) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{")
        with suppress(ConnectionError):
            assert connection.recv(1) == b""
        closed.set()

    wire.script = script

    async def run() -> None:
        async with async_client as client:
            task = asyncio.create_task(client.export.to_file(tmp_path / "here" / "e", *RANGE))
            while not wire.open:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await asyncio.to_thread(closed.wait, 5)

    asyncio.run(run())
    assert list((tmp_path / "here").iterdir()) == []


def test_a_task_cancelled_before_it_starts_sends_nothing(
    sandbox: Sandbox, tmp_path: Path, scratch: Path
) -> None:
    async def run() -> None:
        async with client_for(sandbox) as client:
            task = asyncio.create_task(client.export.to_file(tmp_path / "here" / "e", *RANGE))
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(run())
    assert len(sandbox.requests) == 0
    assert not (tmp_path / "here").exists()


def test_a_file_cancelled_at_the_last_moment_does_not_appear(
    wire: Wire, async_client: AsyncMixpanelClient, tmp_path: Path, scratch: Path
) -> None:
    """Cancel when everything was received and written."""
    wire.answers(b"")
    place = tmp_path / "here" / "e"

    async def run() -> None:
        loop, given_up = asyncio.get_running_loop(), threading.Event()

        def listen(totals: Progress) -> None:
            if totals.slices_done and not given_up.is_set():
                loop.call_soon_threadsafe(task.cancel)
                # The task notices before this.
                loop.call_soon_threadsafe(loop.call_later, 0.1, given_up.set)
                assert given_up.wait(10)

        async with async_client as client:
            task = asyncio.create_task(client.export.to_file(place, RANGE[0], RANGE[0], progress=listen))
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(run())
    assert list(place.parent.iterdir()) == []


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.sampled(1)
def test_cancelling_anywhere_leaves_a_whole_file_or_none(
    sandbox: Sandbox, shop: MixpanelClient, tmp_path: Path, scratch: Path, format: FileFormat
) -> None:
    whole = tmp_path / "whole"
    shop.export.to_file(whole, *RANGE, format=format)
    began = time.monotonic()
    shop.export.to_file(whole, *RANGE, format=format)
    usual = time.monotonic() - began
    place = tmp_path / "here" / "e"

    async def run() -> None:
        async with client_for(sandbox) as client:
            for part in range(12):
                task = asyncio.create_task(client.export.to_file(place, *RANGE, format=format))
                await asyncio.sleep(usual * part / 10)
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
                left = list(place.parent.iterdir()) if place.parent.exists() else []
                assert left in ([], [place])
                if left:
                    assert place.read_bytes() == whole.read_bytes()
                    place.unlink()

    asyncio.run(run())
