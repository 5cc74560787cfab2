"""Delta and Iceberg tables loaded night after night hold exactly the events of the export."""

from __future__ import annotations

import datetime
import json
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from mixpanel_export import MixpanelClient
from mixpanel_export._formats import Layout
from mixpanel_export.columns.tables import lines_of
from mixpanel_export.sandbox import Fault, Sandbox
from tests.export.test_batches import counted
from tests.wire_server import client_of

LAYOUTS: tuple[Layout, ...] = ("wide", "json")
FIRST, LAST = datetime.date(2024, 1, 1), datetime.date(2024, 1, 8)


def sent(client: MixpanelClient, first: datetime.date = FIRST, last: datetime.date = LAST) -> Counter[str]:
    events = client.export.events(first, last)
    return counted({"event": event.name, "properties": event.properties} for event in events)


def midnight(day: datetime.date) -> str:
    return f"{day.isoformat()}T00:00:00+00:00"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_delta_takes_batches_as_they_are(client: MixpanelClient, tmp_path: Path, layout: Layout) -> None:
    deltalake: Any = pytest.importorskip("deltalake")
    with client.export.batches(FIRST, LAST, layout=layout) as batches:
        schema = batches.schema
        deltalake.write_deltalake(tmp_path, batches)
    table: pa.Table = deltalake.DeltaTable(tmp_path).to_pyarrow_table()
    assert counted(lines_of(table.cast(schema))) == sent(client)


def test_delta_commits_nothing_of_a_failed_export(
    sandbox: Sandbox, client: MixpanelClient, tmp_path: Path
) -> None:
    deltalake: Any = pytest.importorskip("deltalake")
    sandbox.faults.add(None, Fault.status(400), path="/export")
    batches = client.export.batches(FIRST, LAST, layout="json", slice_days=2, parallel=1)
    with batches, pytest.raises(Exception, match="400 Bad Request"):
        deltalake.write_deltalake(tmp_path, batches)
    assert not deltalake.DeltaTable.is_deltatable(str(tmp_path))


def test_delta_replaces_a_day_as_often_as_it_is_loaded(client: MixpanelClient, tmp_path: Path) -> None:
    deltalake: Any = pytest.importorskip("deltalake")

    def load(first: datetime.date, last: datetime.date) -> None:
        end = last + datetime.timedelta(days=1)
        day = f"time >= '{midnight(first)}' and time < '{midnight(end)}'"
        with client.export.batches(first, last, layout="json") as batches:
            deltalake.write_deltalake(tmp_path, batches, mode="overwrite", predicate=day)

    with client.export.batches(FIRST, FIRST, layout="json") as batches:
        schema = batches.schema
        deltalake.write_deltalake(tmp_path, batches)
    for night in range(1, 8):
        last = FIRST + datetime.timedelta(days=night)
        load(max(FIRST, last - datetime.timedelta(days=2)), last)
    table: pa.Table = deltalake.DeltaTable(tmp_path).to_pyarrow_table()
    assert counted(lines_of(table.cast(schema))) == sent(client)


def test_iceberg_replaces_a_day_as_often_as_it_is_loaded(client: MixpanelClient, tmp_path: Path) -> None:
    catalogs: Any = pytest.importorskip("pyiceberg.catalog.sql")
    catalog = catalogs.SqlCatalog(
        "local", uri=f"sqlite:///{tmp_path}/catalog.db", warehouse=f"file://{tmp_path}"
    )
    catalog.create_namespace("mixpanel")
    read: Any = pa.table
    with client.export.batches(FIRST, FIRST, layout="json") as batches:
        schema = batches.schema
        events = catalog.create_table("mixpanel.events", schema=schema)
        events.append(read(batches))
    for night in range(1, 8):
        last = FIRST + datetime.timedelta(days=night)
        first = max(FIRST, last - datetime.timedelta(days=2))
        end = last + datetime.timedelta(days=1)
        day = f"time >= '{midnight(first)}' and time < '{midnight(end)}'"
        with client.export.batches(first, last, layout="json") as batches:
            events.overwrite(read(batches), overwrite_filter=day)
    found: pa.Table = events.scan().to_arrow()
    assert counted(lines_of(found.cast(schema))) == sent(client)


def test_types_that_change_alter_no_value_in_a_table_that_stays(tmp_path: Path) -> None:
    deltalake: Any = pytest.importorskip("deltalake")
    catalogs: Any = pytest.importorskip("pyiceberg.catalog.sql")
    catalog = catalogs.SqlCatalog(
        "local", uri=f"sqlite:///{tmp_path}/catalog.db", warehouse=f"file://{tmp_path}"
    )
    catalog.create_namespace("mixpanel")
    values: list[Any] = [8, 7.5, "7.5", None, [1, 2.0], 2**63, True, 9]
    noon = 1704110400
    lines = [
        {"event": "A", "properties": {"time": noon + 86_400 * day, "distinct_id": "u", "amount": value}}
        for day, value in enumerate(values)
    ]
    file = tmp_path / "sent.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    read: Any = pa.table
    with Sandbox(events=file) as changing, client_of(changing) as client, duckdb.connect() as connection:
        columns = client.export.columns(FIRST, FIRST, lexicon=False)
        schema = columns.arrow_schema()
        events = catalog.create_table("mixpanel.events", schema=schema)
        for day in range(len(values)):
            date = FIRST + datetime.timedelta(days=day)
            batch = client.export.batches(date, date, columns=columns).to_arrow()
            deltalake.write_deltalake(tmp_path / "delta", batch, mode="append")
            events.append(batch)
            connection.register("batch", batch)
            connection.execute("CREATE TABLE IF NOT EXISTS events AS FROM batch LIMIT 0")
            connection.execute("INSERT INTO events FROM batch")
        tables = [
            deltalake.DeltaTable(tmp_path / "delta").to_pyarrow_table(),
            events.scan().to_arrow(),
            read(connection.sql("FROM events")),
        ]
    for table in tables:
        assert counted(lines_of(table.cast(schema))) == counted(lines)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_iceberg_appends_batches(client: MixpanelClient, tmp_path: Path, layout: Layout) -> None:
    catalogs: Any = pytest.importorskip("pyiceberg.catalog.sql")
    catalog = catalogs.SqlCatalog(
        "local", uri=f"sqlite:///{tmp_path}/catalog.db", warehouse=f"file://{tmp_path}"
    )
    catalog.create_namespace("mixpanel")
    read: Any = pa.RecordBatchReader.from_stream
    with client.export.batches(FIRST, LAST, layout=layout) as batches:
        schema = batches.schema
        events = catalog.create_table("mixpanel.events", schema=schema)
        events.append(read(batches))
    found: pa.Table = events.scan().to_arrow()
    assert counted(lines_of(found.cast(schema))) == sent(client)
