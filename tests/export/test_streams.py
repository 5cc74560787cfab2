"""Arrow streams: what other libraries read from `RecordBatches` holds every event once, or they raise."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pytest

from mixpanel_export import ExportError, MixpanelClient
from mixpanel_export._formats import Layout
from mixpanel_export.export.batches import RecordBatches
from mixpanel_export.sandbox import Fault, Sandbox
from tests.export.test_batches import counted, sent
from tests.wire_server import client_of

DAYS = ("2024-01-01", "2024-01-12")
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
