"""Batches, frames and files of a range hold exactly the events that were sent, despite network failures."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mixpanel_export import AsyncMixpanelClient, CancelledError, InvalidArgumentError, MixpanelClient
from mixpanel_export._formats import Layout
from mixpanel_export._temporary import Scratch
from mixpanel_export.columns.tables import lines_of
from mixpanel_export.errors import MalformedEventError, SliceFailedError
from mixpanel_export.export.batches import RecordBatches
from mixpanel_export.sandbox import Fault, Sandbox
from tests.wire_server import client_of

DAYS = ("2024-01-01", "2024-01-12")
LAYOUTS: tuple[Layout, ...] = ("wide", "json")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(limits=None) as sandbox:
        yield sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[MixpanelClient]:
    with client_of(sandbox) as client:
        yield client


def queried(query: str) -> list[Any]:
    relation: Any = duckdb.sql(query)
    return list(relation.fetchall())


def counted(records: Any) -> Counter[str]:
    return Counter(json.dumps(record, sort_keys=True) for record in records)


def sent(client: MixpanelClient) -> Counter[str]:
    return counted({"event": e.name, "properties": e.properties} for e in client.export.events(*DAYS))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.sampled(1)
def test_batches_hold_every_event_once_and_in_one_schema(client: MixpanelClient, layout: Layout) -> None:
    with client.export.batches(*DAYS, layout=layout, slice_days=2) as batches:
        schema = batches.schema
        found = list(batches)
    assert all(batch.schema.equals(schema, check_metadata=True) for batch in found)
    assert counted(lines_of(pa.Table.from_batches(found))) == sent(client)
    assert batches.progress.slices_done == 6


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    "fault",
    [Fault.rate_limited(0), Fault.status(503), Fault.close(0.5), Fault.terminated_early(), Fault.html()],
    ids=["429", "503", "cut", "terminated early", "html"],
)
@pytest.mark.sampled(1)
def test_batches_retry_failed_requests(
    sandbox: Sandbox, client: MixpanelClient, layout: Layout, fault: Fault
) -> None:
    expected = sent(client)
    sandbox.faults.add(fault, fault, path="/export")
    assert counted(lines_of(client.export.batches(*DAYS, layout=layout, slice_days=3).to_arrow())) == expected


def test_closed_batches_leave_no_thread_or_file(client: MixpanelClient, scratch: Path) -> None:
    before = threading.active_count()
    batches = client.export.batches(*DAYS, slice_days=1)
    next(batches)
    batches.close()
    with pytest.raises(CancelledError, match="closed before its end"):
        next(batches)
    assert threading.active_count() <= before
    assert list(scratch.iterdir()) == []


def read_one(batches: RecordBatches) -> None:
    next(batches)


def read_schema(batches: RecordBatches) -> None:
    assert batches.schema.names


@pytest.mark.parametrize("layout", ["wide", "json"])
@pytest.mark.parametrize("read", [read_one, read_schema])
def test_abandoned_batches_leave_no_thread_or_file(
    client: MixpanelClient, scratch: Path, layout: Layout, read: Callable[[RecordBatches], None]
) -> None:
    before = threading.active_count()
    batches = client.export.batches(*DAYS, slice_days=1, parallel=2, layout=layout)
    read(batches)
    del batches
    assert threading.active_count() <= before
    assert list(scratch.iterdir()) == []


FORKING = """
import os, sys
from mixpanel_export import MixpanelClient, ServiceAccountAuth
name, secret, project, url, first, last = sys.argv[1:]
client = MixpanelClient(ServiceAccountAuth(name, secret), project_id=int(project), base_url=url, limits=None)
batches = client.export.batches(first, last)
rows = next(batches).num_rows
child = os.fork()
if not child:
    sys.exit(7)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
print(rows + sum(batch.num_rows for batch in batches))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
@pytest.mark.slow
def test_a_forked_child_can_exit_before_its_parent_reads_on(sandbox: Sandbox, client: MixpanelClient) -> None:
    held = sandbox.credentials
    arguments = [held.username, held.secret, str(held.project_id), sandbox.url, *DAYS]
    done = subprocess.run([sys.executable, "-c", FORKING, *arguments], capture_output=True, check=False)
    assert int(done.stdout) == sent(client).total(), done.stderr


def test_closed_async_batches_leave_no_thread_or_file(sandbox: Sandbox, scratch: Path) -> None:
    async def run() -> None:
        async with sandbox.async_client() as client:
            before = threading.active_count()
            batches = client.export.batches(*DAYS, slice_days=1, layout="json")
            async for _ in batches:
                break
            await batches.aclose()
            for _ in range(100):
                if threading.active_count() <= before:
                    break
                await asyncio.sleep(0.02)
            assert threading.active_count() <= before

    asyncio.run(run())
    assert list(scratch.iterdir()) == []


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_every_frame_holds_all_events(client: MixpanelClient) -> None:
    expected = sum(sent(client).values())
    table = client.export.batches(*DAYS).to_arrow()
    polars_frame = client.export.batches(*DAYS).to_polars()
    pandas_frame = client.export.batches(*DAYS).to_pandas()
    relation = client.export.batches(*DAYS).to_duckdb()
    assert table.num_rows == polars_frame.height == len(pandas_frame) == expected
    assert str(polars_frame.schema["time"]) == "Datetime(time_unit='us', time_zone='UTC')"
    names = Counter(table.column("event").to_pylist())
    assert dict(relation.aggregate("event, count(*)").fetchall()) == names
    assert pandas_frame["event"].value_counts().to_dict() == names


def test_to_duckdb_uses_the_given_connection(client: MixpanelClient) -> None:
    with duckdb.connect() as connection:
        events = client.export.batches(*DAYS, layout="json").to_duckdb(connection)
        assert events.filter("time < '2024-01-02'").aggregate("count(*)").fetchall() == [
            (sum(event.time.day == 1 for event in client.export.events(*DAYS)),)
        ]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.sampled(1)
def test_a_parquet_file_holds_every_event(client: MixpanelClient, tmp_path: Path, layout: Layout) -> None:
    path = tmp_path / "events.parquet"
    totals = client.export.to_file(path, *DAYS, format="parquet", layout=layout, slice_days=5)
    assert counted(lines_of(pq.ParquetFile(path).read())) == sent(client)
    assert [path.name for path in tmp_path.iterdir()] == ["events.parquet"]
    assert totals.events == pq.ParquetFile(path).metadata.num_rows
    group = pq.ParquetFile(path).metadata.row_group(0)
    assert {group.column(n).compression for n in range(group.num_columns)} == {"ZSTD"}
    statistics: Any = group.column(0).statistics
    assert statistics.has_min_max


def test_a_csv_file_has_one_header_and_every_value(client: MixpanelClient, tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    client.export.to_file(path, *DAYS, format="csv", slice_days=5)
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    table = client.export.batches(*DAYS).to_arrow()
    assert list(rows[0]) == table.column_names
    assert Counter(row["event"] for row in rows) == Counter(table.column("event").to_pylist())
    for row, event in zip(rows, table.to_pylist(), strict=True):
        assert row["time"] == event["time"].strftime("%Y-%m-%dT%H:%M:%S.000000Z")
        assert row["distinct_id"] == event["distinct_id"]


def test_csv_quotes_special_characters(tmp_path: Path) -> None:
    values = ["", None, 'say "hi"', "a,b", "two\nlines", "null", "é\u2028", "=1+1"]
    events = tmp_path / "served.jsonl"
    lines = (
        json.dumps({"event": "e", "properties": {"time": 1704067200 + n, "distinct_id": "d", "p": value}})
        for n, value in enumerate(values)
    )
    events.write_text("".join(f"{line}\n" for line in lines))
    with Sandbox(events=events, limits=None) as sandbox, client_of(sandbox) as client:
        client.export.to_file(tmp_path / "e.csv", *DAYS, format="csv")
        file = io.BytesIO()
        client.export.to_stream(file, *DAYS, format="csv")
    assert file.getvalue() == (tmp_path / "e.csv").read_bytes()
    text = file.getvalue().decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["p"] for row in rows] == [value or "" for value in values]
    assert [row["null_properties"] for row in rows] == ["", '["p"]', *[""] * 6]
    # An empty text differs from a missing one.
    back = queried(
        f"select p from read_csv('{tmp_path / 'e.csv'}', all_varchar=true, allow_quoted_nulls=false)"
    )
    assert [value for (value,) in back] == values


WITHOUT_EVENTS = ("2011-07-10", "2011-07-11")
# The columns that always exist, with their types in Arrow, Polars and DuckDB.
PINNED: dict[str, tuple[str, str, str]] = {
    "event": ("string", "String", "VARCHAR"),
    "time": (
        "timestamp[us, tz=UTC]",
        "Datetime(time_unit='us', time_zone='UTC')",
        "TIMESTAMP WITH TIME ZONE",
    ),
    "distinct_id": ("string", "String", "VARCHAR"),
    "insert_id": ("string", "String", "VARCHAR"),
}
LAST: dict[Layout, dict[str, tuple[str, str, str]]] = {
    "wide": {"null_properties": ("list<element: string not null>", "List(String)", "VARCHAR[]")},
    "json": {"properties": ("string", "String", "VARCHAR")},
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_empty_range_has_the_pinned_columns_in_every_frame(client: MixpanelClient, layout: Layout) -> None:
    expected = PINNED | LAST[layout]
    assert list(client.export.batches(*WITHOUT_EVENTS, layout=layout)) == []
    table = client.export.batches(*WITHOUT_EVENTS, layout=layout).to_arrow()
    assert {field.name: str(field.type) for field in table.schema} == {
        name: arrow for name, (arrow, _, _) in expected.items()
    }
    polars_frame = client.export.batches(*WITHOUT_EVENTS, layout=layout).to_polars()
    assert {name: str(type) for name, type in polars_frame.schema.items()} == {
        name: of_polars for name, (_, of_polars, _) in expected.items()
    }
    pandas_frame: Any = client.export.batches(*WITHOUT_EVENTS, layout=layout).to_pandas()
    assert {name: str(type.pyarrow_dtype) for name, type in pandas_frame.dtypes.items()} == {
        name: arrow for name, (arrow, _, _) in expected.items()
    }
    relation = client.export.batches(*WITHOUT_EVENTS, layout=layout).to_duckdb()
    assert dict(zip(relation.columns, map(str, relation.types), strict=True)) == {
        name: of_duckdb for name, (_, _, of_duckdb) in expected.items()
    }
    assert table.num_rows == polars_frame.height == len(pandas_frame) == len(relation.fetchall()) == 0


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_file_of_an_empty_range_has_the_pinned_columns(
    client: MixpanelClient, tmp_path: Path, layout: Layout
) -> None:
    expected = PINNED | LAST[layout]
    client.export.to_file(tmp_path / "e.parquet", *WITHOUT_EVENTS, format="parquet", layout=layout)
    table = pq.read_table(tmp_path / "e.parquet")
    assert table.num_rows == 0
    assert {field.name: str(field.type) for field in table.schema} == {
        name: arrow for name, (arrow, _, _) in expected.items()
    }
    described = queried(f"describe select * from read_parquet('{tmp_path / 'e.parquet'}')")
    assert {name: type for name, type, *_ in described} == {
        name: of_duckdb for name, (_, _, of_duckdb) in expected.items()
    }
    client.export.to_file(tmp_path / "e.csv", *WITHOUT_EVENTS, format="csv", layout=layout)
    with (tmp_path / "e.csv").open(newline="", encoding="utf-8") as file:
        assert list(csv.reader(file)) == [list(expected)]


@pytest.mark.parametrize("memory", [64 << 20, 256 << 20])
@pytest.mark.sampled(1)
@pytest.mark.slow
def test_events_that_share_no_properties_are_all_kept(tmp_path: Path, memory: int) -> None:
    source = tmp_path / "served.jsonl"
    records = [
        {"event": "e", "properties": {"time": 1704067200 + n, f"p{n}": n, f"q{n % 300}": "x" * 900}}
        for n in range(600)
    ]
    source.write_text("".join(f"{json.dumps(record)}\n" for record in records))
    with Sandbox(events=source, limits=None) as sandbox, client_of(sandbox) as client:
        table = client.export.batches(*DAYS, memory=memory).to_arrow()
        client.export.to_file(tmp_path / "e.parquet", *DAYS, format="parquet", memory=memory)
    assert counted(lines_of(table)) == counted(records)
    assert counted(lines_of(pq.ParquetFile(tmp_path / "e.parquet").read())) == counted(records)
    assert table.num_columns == 4 + 1 + 600 + 300


def test_every_frame_and_file_holds_a_name_with_nul(tmp_path: Path) -> None:
    # Cut off at NUL, the first two would be the same name, and the third an empty one.
    properties = {"plan\0a": "x", "plan\0b": 1, "\0": [1], "plan": None, "plan\u2400a": 2.5}
    record = {"event": "e\0", "properties": {"time": 1704067200, "distinct_id": "d\0", **properties}}
    source = tmp_path / "served.jsonl"
    source.write_text(f"{json.dumps(record)}\n")
    with Sandbox(events=source, limits=None) as sandbox, client_of(sandbox) as client:
        assert list(lines_of(client.export.batches(*DAYS).to_arrow())) == [record]
        frame = client.export.batches(*DAYS).to_polars()
        pandas_frame: Any = client.export.batches(*DAYS).to_pandas()
        relation = client.export.batches(*DAYS).to_duckdb()
        client.export.to_file(tmp_path / "e.parquet", *DAYS, format="parquet")
        client.export.to_file(tmp_path / "e.csv", *DAYS, format="csv")
        client.export.to_directory(tmp_path / "folder", *DAYS, format="parquet")
    names = ["event", "time", "distinct_id", "insert_id", "null_properties"]
    names += ["␀", "plan", "plan␀a", "plan␀b", "plan␀a_2"]
    assert frame.columns == names
    assert list(pandas_frame.columns) == relation.columns == names
    path = tmp_path / "e.parquet"
    for held in (frame.row(0, named=True), dict(zip(names, relation.fetchall()[0], strict=True))):
        assert (held["event"], held["plan␀a"], held["plan␀b"], held["plan␀a_2"]) == ("e\0", "x", 1, 2.5)
        assert (held["␀"], held["null_properties"]) == ("[1]", ["plan"])
    assert list(lines_of(pq.ParquetFile(path).read())) == [record]
    in_folder = (pq.ParquetFile(file).read() for file in (tmp_path / "folder").glob("*.parquet"))
    assert [line for table in in_folder for line in lines_of(table)] == [record]
    for files in (path, tmp_path / "folder" / "*.parquet"):
        assert queried(f"select \"plan␀b\" from read_parquet('{files}')") == [(1,)]
    with (tmp_path / "e.csv").open(newline="", encoding="utf-8") as file:
        assert next(csv.reader(file)) == names


def test_a_broken_line_leaves_no_file(tmp_path: Path) -> None:
    events = tmp_path / "served.jsonl"
    events.write_text('{"event":"a","properties":{"time":1704067200}}\n' * 5)
    with Sandbox(events=events, limits=None) as sandbox, client_of(sandbox) as client:
        sandbox.faults.add(Fault.wrong_line(), path="/export", times=None)
        with pytest.raises((MalformedEventError, SliceFailedError)):
            client.export.to_file(tmp_path / "e.parquet", *DAYS, format="parquet")
    assert [path.name for path in tmp_path.iterdir()] == ["served.jsonl"]


def test_invalid_options_are_refused_before_a_request(
    sandbox: Sandbox, client: MixpanelClient, tmp_path: Path
) -> None:
    for wrong in ({"layout": "tall"}, {"memory": 5}, {"slice_days": 0}):
        with pytest.raises(InvalidArgumentError, match=next(iter(wrong))):
            client.export.batches(*DAYS, **wrong)
    with pytest.raises(InvalidArgumentError, match="layout"):
        client.export.to_file(tmp_path / "e.jsonl", *DAYS, format="jsonl", layout="wide")
    assert len(sandbox.requests) == 0


async def _frames(client: AsyncMixpanelClient) -> tuple[int, int, int]:
    rows = 0
    async for batch in client.export.batches(*DAYS, layout="json"):
        rows += batch.num_rows
    table = await client.export.batches(*DAYS).to_arrow()
    frame = await client.export.batches(*DAYS).to_polars()
    return rows, table.num_rows, frame.height


def test_async_batches_hold_all_events(sandbox: Sandbox, client: MixpanelClient) -> None:
    async def run() -> tuple[int, int, int]:
        async with sandbox.async_client() as asynchronous:
            return await _frames(asynchronous)

    expected = sum(sent(client).values())
    assert asyncio.run(run()) == (expected, expected, expected)


@pytest.mark.skipif(sys.platform == "win32", reason="locks of another kind")
def test_folders_of_killed_exports_are_removed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    old = time.time() - 3600
    outside = tmp_path / "outside"
    alive = Scratch()
    for name in (
        "mixpanel-export-staged-dead",
        "mixpanel-export-staged-new",
        "outside",
        "mixpanel-export-mine",
    ):
        folder = tmp_path / name
        folder.mkdir()
        (folder / ".lock").touch()
        (folder / "x.arrow").touch()
    (tmp_path / "mixpanel-export-staged-link").symlink_to(outside)
    (tmp_path / "mixpanel-export-staged-dead" / "link").symlink_to(outside)
    for folder in tmp_path.iterdir():
        if folder.name != "mixpanel-export-staged-new":
            os.utime(folder, (old, old))
    Scratch().remove()
    names = ["mine", "staged-link", "staged-new"]
    kept = {alive.path.name, "outside", *(f"mixpanel-export-{name}" for name in names)}
    assert {path.name for path in tmp_path.iterdir()} == kept
    assert (outside / "x.arrow").exists()
    alive.remove()
    assert not alive.path.exists()
