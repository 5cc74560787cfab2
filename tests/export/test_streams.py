"""What anyone reads from a stream of events or batches holds every event once, or they raise."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pytest

from mixpanel_export import BadRequestError, CancelledError, Event, ExportError, MixpanelClient
from mixpanel_export._formats import Layout
from mixpanel_export._streams import Stream
from mixpanel_export.export.batches import RecordBatches
from mixpanel_export.sandbox import Fault, Sandbox
from tests.export.test_batches import counted, sent
from tests.wire_server import client_of

DAYS = ("2024-01-01", "2024-01-12")
BRIEF = ("2024-01-01", "2024-01-02")
LAYOUTS: tuple[Layout, ...] = ("wide", "json")


def from_duckdb(batches: RecordBatches) -> pa.Table:
    relation: Any = duckdb.sql("from batches")
    table: pa.Table = relation.to_arrow_table()
    return table


def from_polars(batches: RecordBatches) -> pa.Table:
    frame: Any = pl.DataFrame(batches)
    table: pa.Table = frame.to_arrow()
    return table


def from_pyarrow(batches: RecordBatches) -> pa.Table:
    read: Any = pa.table
    table: pa.Table = read(batches)
    return table


READERS: dict[str, Callable[[RecordBatches], pa.Table]] = {
    "duckdb": from_duckdb,
    "polars": from_polars,
    "pyarrow": from_pyarrow,
}


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[MixpanelClient]:
    with client_of(sandbox) as client:
        yield client


def identities(table: Any) -> Any:
    rows = table.select(["event", "distinct_id", "insert_id"]).to_pylist()
    return counted(rows)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_libraries_read_every_event_of_a_stream(client: MixpanelClient, layout: Layout) -> None:
    total = sum(sent(client).values())
    expected = identities(client.export.batches(*DAYS, layout=layout).to_arrow())
    for name, read in READERS.items():
        with client.export.batches(*DAYS, layout=layout, slice_days=4) as batches:
            table = read(batches)
        assert table.num_rows == total, name
        assert identities(table) == expected, name


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_failed_slice_ends_a_stream_with_an_error(
    sandbox: Sandbox, client: MixpanelClient, layout: Layout
) -> None:
    for name, read in READERS.items():
        with client.export.batches(*DAYS, layout=layout, slice_days=4, parallel=1) as batches:
            # The first slice is fine, so that the layout `json` fails in the middle of its stream.
            sandbox.faults.add(None, Fault.status(400), path="/export")
            with pytest.raises(Exception, match="400 Bad Request") as caught:
                read(batches)
        assert "hush" not in str(caught.value), name
        sandbox.faults.clear()


def test_a_second_reader_raises_rather_than_finds_nothing(client: MixpanelClient) -> None:
    batches = client.export.batches(*DAYS)
    from_pyarrow(batches)
    for read in (*READERS.values(), RecordBatches.to_arrow, RecordBatches.to_polars):
        with pytest.raises(Exception, match="read already"):
            read(batches)


def test_a_stream_of_batches_read_in_part_raises(client: MixpanelClient) -> None:
    with client.export.batches(*DAYS, layout="json") as batches:
        stream: Any = pa.RecordBatchReader.from_stream(batches)
        next(batches)
        with pytest.raises(ExportError, match="read already"):
            from_pyarrow(batches)
        with pytest.raises(pa.ArrowInvalid, match="read already"):
            stream.read_all()


EVERY_WAY: tuple[Callable[[RecordBatches], object], ...] = (
    *READERS.values(),
    RecordBatches.to_arrow,
    RecordBatches.to_polars,
    RecordBatches.to_pandas,
    RecordBatches.to_duckdb,
    RecordBatches.next_table,
    next,
    list,
)


def test_batches_closed_before_their_end_raise(client: MixpanelClient) -> None:
    def untouched(batches: RecordBatches) -> None: ...

    def with_schema(batches: RecordBatches) -> None:
        assert batches.schema.names

    def with_a_batch(batches: RecordBatches) -> None:
        next(batches)

    def with_a_dropped_stream(batches: RecordBatches) -> None:
        stream: Any = pa.RecordBatchReader.from_stream(batches)
        assert stream.read_next_batch().num_rows

    (task,) = client.export.slices(*BRIEF, parallel=1)
    for layout in LAYOUTS:
        for touch in (untouched, with_schema, with_a_batch, with_a_dropped_stream):
            for make in (client.export.batches, None):
                batches = make(*BRIEF, layout=layout) if make else task.batches(layout=layout)
                touch(batches)
                batches.close()
                for read in EVERY_WAY:
                    with pytest.raises(Exception, match="closed before its end"):
                        read(batches)


def test_a_lazy_frame_raises_after_its_batches_are_closed(client: MixpanelClient) -> None:
    for layout in LAYOUTS:
        with client.export.batches(*DAYS, layout=layout, slice_days=1) as batches:
            relation: Any = duckdb.sql("select * from batches")
        with pytest.raises(duckdb.Error, match="closed before its end"):
            relation.fetchall()
        with client.export.batches(*DAYS, layout=layout, slice_days=1) as batches:
            reader: Any = pa.RecordBatchReader.from_stream(batches)
            assert reader.read_next_batch().num_rows
        with pytest.raises(pa.ArrowInvalid, match="closed before its end"):
            reader.read_all()


def test_batches_that_failed_raise_the_same_error_again(sandbox: Sandbox, client: MixpanelClient) -> None:
    for layout in LAYOUTS:
        for first in (from_duckdb, from_pyarrow, RecordBatches.to_arrow, list):
            sandbox.faults.add(None, Fault.status(400), path="/export")
            batches = client.export.batches(*BRIEF, layout=layout, slice_days=1, parallel=1)
            for read in (first, *EVERY_WAY):
                with pytest.raises(Exception, match="400 Bad Request"):
                    read(batches)
            sandbox.faults.clear()


def test_batches_read_to_the_end_raise_in_a_second_loop(client: MixpanelClient) -> None:
    batches = client.export.batches(*DAYS)
    assert list(batches)
    assert next(batches, None) is None
    batches.close()
    with pytest.raises(ExportError, match="read already"):
        list(batches)


def test_async_batches_raise_when_read_too_late(sandbox: Sandbox) -> None:
    async def read_all(batches: Any) -> list[pa.RecordBatch]:
        return [batch async for batch in batches]

    async def run() -> None:
        async with sandbox.async_client() as client:
            batches = client.export.batches(*DAYS, layout="json")
            assert (await batches.schema()).names
            await batches.aclose()
            ways: list[Callable[[], Any]] = [batches.to_arrow, batches.to_polars, lambda: read_all(batches)]
            for read in ways:
                with pytest.raises(CancelledError, match="closed before its end"):
                    await read()
            batches = client.export.batches(*DAYS)
            assert await read_all(batches)
            for read in (batches.to_arrow, lambda: read_all(batches)):
                with pytest.raises(ExportError, match="read already"):
                    await read()
            sandbox.faults.add(Fault.status(400), path="/export")
            batches = client.export.batches(*DAYS)
            for read in (lambda: read_all(batches), batches.to_arrow, lambda: read_all(batches)):
                with pytest.raises(BadRequestError):
                    await read()

    asyncio.run(run())


READ_AGAIN: tuple[Callable[[Iterator[Any]], object], ...] = (list, list, next)


def test_events_raise_when_read_too_late(sandbox: Sandbox, client: MixpanelClient) -> None:
    (task,) = client.export.slices(*BRIEF, parallel=1)
    ways: tuple[Callable[[], Stream[Event]], ...] = (
        lambda: client.export.events(*BRIEF, slice_days=2),
        task.events,
    )
    for make in ways:
        total = len(list(make()))
        untouched, started, failing, complete = make(), make(), make(), make()
        next(started)
        iterator = iter(started)
        next(iterator)
        for events in (untouched, started):
            events.close()
            for again in READ_AGAIN:
                with pytest.raises(CancelledError, match="closed before its end"):
                    again(events)
        with pytest.raises(CancelledError, match="closed before its end"):
            next(iterator)
        for failed in (failing, iter(make())):
            sandbox.faults.add(Fault.status(400), path="/export")
            for again in READ_AGAIN:
                with pytest.raises(BadRequestError):
                    again(failed)
        iterator = iter(complete)
        assert len(list(iterator)) == total
        assert next(iterator, None) is None
        complete.close()
        assert next(complete, None) is None
        assert not list(complete)


def test_async_events_raise_when_read_too_late(sandbox: Sandbox) -> None:
    async def read_all(events: AsyncIterator[Any]) -> int:
        return len([event async for event in events])

    async def run() -> None:
        async with sandbox.async_client() as client:
            untouched, started, failed = (client.export.events(*BRIEF, slice_days=2) for _ in range(3))
            await anext(started)
            for events in (untouched, started):
                await events.aclose()
                for read in (anext, read_all):
                    with pytest.raises(CancelledError, match="closed before its end"):
                        await read(events)
            sandbox.faults.add(Fault.status(400), path="/export")
            for read in (read_all, read_all, anext):
                with pytest.raises(BadRequestError):
                    await read(failed)

    asyncio.run(run())


def test_a_stream_outlives_the_name_of_its_batches(client: MixpanelClient) -> None:
    reader: Any = pa.RecordBatchReader.from_stream(client.export.batches(*DAYS, layout="json"))
    gc.collect()
    assert reader.read_all().num_rows == sum(sent(client).values())


def test_a_stream_that_is_never_read_leaves_no_files(
    client: MixpanelClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    reader: Any = pa.RecordBatchReader.from_stream(client.export.batches(*DAYS))
    assert list(tmp_path.iterdir())
    del reader
    gc.collect()
    assert not list(tmp_path.iterdir())
