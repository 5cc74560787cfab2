"""Directories of Parquet and CSV: one schema, one data set for every reader, exact even after a kill."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest
from attrs import evolve

from mixpanel_export import AsyncMixpanelClient, InvalidArgumentError, MixpanelClient
from mixpanel_export._formats import FileFormat, Layout
from mixpanel_export.columns.schemas import columns_of
from mixpanel_export.columns.tables import lines_of
from mixpanel_export.columns.wide import LineReader
from mixpanel_export.directory.local import LocalStorage
from mixpanel_export.directory.run import DirectoryRun
from mixpanel_export.directory.verify import find_damaged
from mixpanel_export.sandbox import Fault, Sandbox
from tests.wire_server import client_of

RANGE = ("2024-01-01", "2024-01-06")
LAYOUTS: tuple[Layout, ...] = ("wide", "json")
MIDNIGHT = 1704067200
# The value of `p` on each day: its column widens again and again.
VALUES: list[Any] = [None, 1, 2**60, "x", [1, {"a": None}], 1.5]


def served() -> list[Any]:
    events: list[Any] = []
    for day, value in enumerate(VALUES):
        for n in range(20):
            shared = {
                "time": MIDNIGHT + 86_400 * day + n,
                "distinct_id": f"d{n}",
                "$insert_id": f"i{day}-{n}",
            }
            own = {
                "p": value,
                f"only on day {day}": n,
                "n": n if day < 4 else n + 0.5,
                "date": day if day % 2 else f"the {day}.",
                "Plan" if day % 2 else "plan": day,
            }
            events.append({"event": f"e{n % 3}", "properties": shared | own})
    return events


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Sandbox]:
    file = tmp_path / "served.jsonl"
    file.write_text("".join(f"{json.dumps(event)}\n" for event in served()))
    with Sandbox(events=file, limits=None) as sandbox:
        yield sandbox


@pytest.fixture
def client(project: Sandbox) -> Iterator[MixpanelClient]:
    with client_of(project) as client:
        yield client


def queried(query: str) -> list[Any]:
    relation: Any = duckdb.sql(query)
    return list(relation.fetchall())


def counted(records: Any) -> Counter[str]:
    # In a column of doubles, 1 is 1.0.
    return Counter(json.dumps(record, sort_keys=True).replace(".0,", ",") for record in records)


def in_files(folder: Path) -> Counter[str]:
    files = sorted(folder.rglob("*.parquet"))
    assert {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} == {
        "manifest.json",
        *(str(path.relative_to(folder)) for path in files),
    }
    assert len({str(pq.read_schema(path)) for path in files}) == 1
    return counted(event for path in files for event in lines_of(pq.ParquetFile(path).read()))


@pytest.mark.parametrize("partition_by", [None, "date"])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.sampled(1)
def test_files_hold_every_event_in_one_schema(
    client: MixpanelClient, tmp_path: Path, layout: Layout, partition_by: Any
) -> None:
    folder = tmp_path / "out"
    done = client.export.to_directory(
        folder, *RANGE, format="parquet", layout=layout, partition_by=partition_by, slice_days=2, parallel=1
    )
    assert in_files(folder) == counted(served())
    assert len(done.files) == (6 if partition_by else 3)
    again = client.export.to_directory(
        folder, *RANGE, format="parquet", layout=layout, partition_by=partition_by, slice_days=2
    )
    assert (again.fetched, again.events) == (0, 120)


@pytest.mark.parametrize("partition_by", [None, "date"])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.sampled(1)
def test_every_reader_reads_the_files_as_one_data_set(
    client: MixpanelClient, tmp_path: Path, layout: Layout, partition_by: Any
) -> None:
    folder = tmp_path / "out"
    client.export.to_directory(
        folder, *RANGE, format="parquet", layout=layout, partition_by=partition_by, slice_days=1, parallel=1
    )
    expected = Counter(event["event"] for event in served())
    glob = f"{folder}/**/*.parquet"
    arrow = ds.dataset(sorted(folder.rglob("*.parquet")), format="parquet").to_table()
    assert Counter(arrow.column("event").to_pylist()) == expected
    assert counted(lines_of(arrow)) == counted(served())
    by_duckdb = queried(f"select event, count(*) from read_parquet('{glob}') group by event")
    assert dict(by_duckdb) == expected
    assert Counter(pl.read_parquet(glob).get_column("event").to_list()) == expected
    if partition_by:
        query = (
            f"select count(*) from read_parquet('{glob}', hive_partitioning=true) where date = '2024-01-03'"
        )
        assert queried(query) == [(20,)]
        assert (
            ds.dataset(folder, format="parquet", partitioning="hive", exclude_invalid_files=True).count_rows(
                filter=ds.field("date") == "2024-01-03"
            )
            == 20
        )


@pytest.mark.parametrize("layout", LAYOUTS)
def test_spark_reads_the_files(client: MixpanelClient, tmp_path: Path, layout: Layout) -> None:
    sql: Any = pytest.importorskip("pyspark.sql", reason="`nox -s spark` has it")
    folder = tmp_path / "out"
    client.export.to_directory(
        folder, *RANGE, format="parquet", layout=layout, partition_by="date", slice_days=1
    )
    spark = sql.SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    try:
        frame = spark.read.parquet(str(folder))
        assert Counter(row["event"] for row in frame.select("event").collect()) == Counter(
            event["event"] for event in served()
        )
        assert frame.filter("date = '2024-01-03' and time >= '2024-01-03T00:00:00Z'").count() == 20
        if layout == "wide":
            assert frame.agg({"`only on day 1`": "sum"}).collect()[0][0] == sum(range(20))
    finally:
        spark.stop()


def test_an_update_widens_existing_files(project: Sandbox, client: MixpanelClient, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    client.export.to_directory(folder, RANGE[0], "2024-01-03", format="parquet", slice_days=1)
    client.export.update_directory(folder, to_date=RANGE[1], look_back=1)
    assert in_files(folder) == counted(served())


def names_in(folder: Path) -> dict[str, str]:
    """Return the name of each property's column, which must be the same in all files."""
    (names,) = {tuple(columns_of(pq.read_schema(path)).columns) for path in folder.rglob("*.parquet")}
    return {column.property: column.name for column in names}


@pytest.mark.parametrize("late", range(6))
@pytest.mark.sampled(1)
def test_column_names_ignore_the_order_of_slices(
    project: Sandbox, client: MixpanelClient, tmp_path: Path, late: int
) -> None:
    project.faults.add(*[Fault.delay(0)] * late, Fault.delay(0.4), path="/export")
    folder = tmp_path / "out"
    client.export.to_directory(folder, *RANGE, format="parquet", slice_days=1, parallel=6)
    names = names_in(folder)
    assert (names["Plan"], names["plan"]) == ("Plan", "plan_2")
    assert in_files(folder) == counted(served())


def test_a_recorded_column_keeps_its_name(client: MixpanelClient, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    client.export.to_directory(folder, RANGE[0], RANGE[0], format="parquet")
    assert names_in(folder)["plan"] == "plan"
    client.export.update_directory(folder, to_date=RANGE[1], look_back=1)
    assert (names_in(folder)["plan"], names_in(folder)["Plan"]) == ("plan", "Plan_2")
    assert in_files(folder) == counted(served())


def test_a_directory_of_csv_has_one_header(client: MixpanelClient, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    done = client.export.to_directory(folder, *RANGE, format="csv", slice_days=2)
    rows = queried(f"select event, properties from read_csv('{folder}/*.csv', all_varchar=true)")
    assert counted({"event": event, "properties": json.loads(text)} for event, text in rows) == counted(
        served()
    )
    assert len(done.files) == 3
    with pytest.raises(InvalidArgumentError, match="layout"):
        client.export.to_directory(tmp_path / "other", *RANGE, format="csv", layout="wide")


_RUN = """
import sys
from mixpanel_export import MixpanelClient, SecretAuth, ServiceAccountAuth
url, folder, user, secret, project, layout = sys.argv[1:]
with MixpanelClient(ServiceAccountAuth(user, secret), project_id=int(project), base_url=url, limits=None) as client:
    client.export.to_directory(folder, "2024-01-01", "2024-01-06", format="parquet", layout=layout, slice_days=1,
                               partition_by="date")
"""


@pytest.mark.slow
@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_export_killed_at_random_is_exact_in_the_end(
    project: Sandbox, tmp_path: Path, layout: Layout
) -> None:
    folder = tmp_path / "out"
    credentials = project.credentials
    command = [sys.executable, "-c", _RUN, project.url, str(folder), credentials.username, credentials.secret]
    command += [str(credentials.project_id), layout]
    chance = random.Random(6)
    for _ in range(10):
        process = subprocess.Popen(command)
        time.sleep(chance.uniform(0.3, 1.5))
        process.send_signal(signal.SIGKILL)
        process.wait()
    subprocess.run(command, check=True)
    assert in_files(folder) == counted(served())


def test_a_cancelled_task_stops_converting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "served.jsonl"
    event = {"event": "A", "properties": {"time": MIDNIGHT, "distinct_id": "u", "p": "x" * 2000}}
    file.write_text(f"{json.dumps(event)}\n" * 8000)
    read, cancel, cancelled, blocks = LineReader.read, DirectoryRun.cancel, threading.Event(), 0

    async def exported() -> None:
        loop = asyncio.get_running_loop()

        def reading(reader: LineReader, block: bytes) -> Any:
            nonlocal blocks
            blocks += 1
            if blocks == 3:
                loop.call_soon_threadsafe(task.cancel)
                assert cancelled.wait(20)
            return read(reader, block)

        monkeypatch.setattr(LineReader, "read", reading)
        with Sandbox(events=file, limits=None) as sandbox:
            project = sandbox.credentials.project_id
            async with AsyncMixpanelClient(
                sandbox.auth, project_id=project, base_url=sandbox.url, limits=None
            ) as client:
                making = client.export.to_directory(
                    tmp_path / "out", *RANGE, format="parquet", slice_days=6, memory=64 << 20
                )
                task = asyncio.ensure_future(making)
                with pytest.raises(asyncio.CancelledError):
                    await task

    def cancelling(run: DirectoryRun) -> None:
        cancel(run)
        cancelled.set()

    monkeypatch.setattr(DirectoryRun, "cancel", cancelling)
    asyncio.run(exported())
    # Out of 64 blocks, of which some are read together.
    assert 3 <= blocks < 16
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["manifest.json"]


def test_verify_counts_the_rows_of_columns(tmp_path: Path) -> None:
    lines = [
        {"event": "e", "properties": {"time": MIDNIGHT + n, "text": 'a "quote",\na break', "n": n}}
        for n in range(3)
    ]
    formats: dict[str, FileFormat] = {"parquet": "parquet", "csv": "csv"}
    source = tmp_path / "served.jsonl"
    source.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    with Sandbox(events=source, limits=None) as sandbox, client_of(sandbox) as client:
        for name, format in formats.items():
            folder = tmp_path / name
            client.export.to_directory(folder, RANGE[0], RANGE[0], format=format)
            storage = LocalStorage(folder)
            manifest = storage.read_manifest()
            assert manifest is not None
            (entry,) = manifest.slices
            assert find_damaged(storage, [entry], format, read=True) == {}
            forged = evolve(entry, events=7)
            reasons = find_damaged(storage, [forged], format, read=True)
            assert reasons == {entry.file: "has 3 events instead of 7"}
            (folder / entry.file).write_bytes(b"no such file")
            other = hashlib.sha256(b"no such file").hexdigest()
            forged = evolve(entry, bytes=12, sha256=other)
            assert list(find_damaged(storage, [forged], format, read=True)) == [entry.file]
