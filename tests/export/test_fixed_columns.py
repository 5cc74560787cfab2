"""Fixed columns, excluded properties and safe names: one schema for all parts, and no value altered."""

from __future__ import annotations

import datetime
import json
import pickle
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mixpanel_export import ColumnSchema, Event, InvalidArgumentError, MixpanelClient
from mixpanel_export.columns.schemas import columns_of
from mixpanel_export.columns.tables import lines_of
from mixpanel_export.sandbox import Fault, Sandbox
from mixpanel_export.schema.kinds import Columns
from mixpanel_export.schema.lexicon import described_events
from mixpanel_export.schema.observed import observe
from mixpanel_export.schema.project import ProjectSchema
from mixpanel_export.schema.project import columns_of as schema_columns
from mixpanel_export_api.models import LexiconEntry
from tests.export.test_batches import counted as counted_texts
from tests.wire_server import client_of

DAYS = ("2024-01-01", "2024-01-03")
NOON = 1_704_110_400

# The same properties, of other types on each day.
VALUES: tuple[tuple[Any, ...], ...] = (
    (1, 7, True, "a", [1], None, 2**53 + 1),
    (7.5, 8.0, "yes", 5, {"k": "v"}, "x", 2**63),
    ("7.5", None, None, "\u2028", "text", 3, -(2**63)),
)
NAMES = ("amount", "$count", "flag", "name", "nested", "sometimes", "big id")


def counted(lines: Any) -> Counter[str]:
    """Count lines; a column of doubles may return a whole number as a float, which is the same number."""
    return counted_texts(map(whole, lines))


def whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: whole(item) for name, item in value.items()}
    if isinstance(value, list):
        return [*map(whole, value)]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def event(day: int, number: int, **properties: Any) -> dict[str, Any]:
    identity = {"time": NOON + 86_400 * day + number, "distinct_id": "u", "$insert_id": f"{day}-{number}"}
    return {"event": "A", "properties": {**identity, **properties}}


def drifting() -> list[dict[str, Any]]:
    events = [
        event(day, number, **{NAMES[number]: value})
        for day, values in enumerate(VALUES)
        for number, value in enumerate(values)
    ]
    return [
        *events,
        event(1, 90, **{"distinct_id": 17, "only here": [None, "é"], "": 1}),
        event(2, 91, time=float(NOON + 2 * 86_400) + 0.5),
        event(2, 92, **{"overflow": "taken", "AMOUNT": 2}),
    ]


@pytest.fixture
def client(tmp_path: Path) -> Any:
    file = tmp_path / "sent.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in drifting()))
    with Sandbox(events=file, limits=None) as sandbox, client_of(sandbox) as client:
        yield client


def sent(client: MixpanelClient) -> Counter[str]:
    events = client.export.events(*DAYS)
    return counted({"event": each.name, "properties": each.properties} for each in events)


def test_values_of_other_types_overflow_and_are_never_cast(client: MixpanelClient) -> None:
    first_day = client.export.columns(DAYS[0], DAYS[0], lexicon=False)
    assert {
        name: first_day.properties[name] for name in ("amount", "flag", "name", "nested", "sometimes")
    } == {
        "amount": "long",
        "flag": "boolean",
        "name": "string",
        "nested": "json",
        "sometimes": "json",
    }
    table = client.export.batches(*DAYS, columns=first_day).to_arrow()
    assert table.schema.equals(first_day.arrow_schema(), check_metadata=True)
    assert counted(lines_of(table)) == sent(client)
    overflow = [json.loads(text) for text in table.column("overflow").to_pylist() if text is not None]
    assert {"amount": 7.5} in overflow
    assert {"amount": "7.5"} in overflow
    assert {"big id": 2**63} in overflow


def test_every_slice_has_the_schema_of_all(client: MixpanelClient) -> None:
    columns = pickle.loads(pickle.dumps(client.export.columns(DAYS[1], DAYS[1], lexicon=False)))
    tasks = client.export.slices(*DAYS, slice_days=1)
    tables = [pickle.loads(pickle.dumps(task)).to_arrow(columns=columns) for task in tasks]
    assert all(table.schema.equals(columns.arrow_schema(), check_metadata=True) for table in tables)
    assert counted(lines_of(pa.concat_tables(tables))) == sent(client)


def test_planned_columns_travel_with_every_slice(client: MixpanelClient, tmp_path: Path) -> None:
    columns = client.export.columns(DAYS[1], DAYS[1], lexicon=False)
    columns.save(tmp_path / "columns.json")
    planned: Any = [
        client.export.plan(*DAYS, columns=columns, slice_days=1),
        client.export.plan(*DAYS, path=tmp_path / "new", format="parquet", columns=columns, slice_days=1),
    ]
    client.export.to_directory(
        tmp_path / "old", DAYS[0], DAYS[0], format="parquet", columns=columns, layout="wide"
    )
    ways = [
        *[plan.tasks for plan in planned],
        client.export.slices(*DAYS, columns=str(tmp_path / "columns.json"), slice_days=1),
        client.export.plan_update(tmp_path / "old", to_date=DAYS[1], look_back=5).tasks,
    ]
    for tasks in ways:
        (task, *_) = tasks = pickle.loads(pickle.dumps(tasks))
        assert task.columns == columns
        tables = [task.to_arrow() for task in tasks]
        assert all(table.schema.equals(columns.arrow_schema(), check_metadata=True) for table in tables)
        assert counted(lines_of(pa.concat_tables(tables))) == sent(client)
        task.to_file(tmp_path / "slice.parquet")
        read: Any = pa.parquet.read_schema(tmp_path / "slice.parquet")
        assert read.names == columns.arrow_schema().names
        # Lines have no columns, and events neither.
        assert task.to_file(tmp_path / "slice.jsonl").events == len(list(task.events()))
        # What is given replaces what was planned.
        assert "properties" in task.to_arrow(layout="json").schema.names


def test_a_planned_layout_travels_with_every_slice(client: MixpanelClient, tmp_path: Path) -> None:
    plans = [
        client.export.plan(*DAYS, layout="json", slice_days=1),
        client.export.plan(*DAYS, path=tmp_path / "new", format="csv", slice_days=1),
    ]
    for tasks in (*[plan.tasks for plan in plans], client.export.slices(*DAYS, layout="json", slice_days=1)):
        for task in pickle.loads(pickle.dumps(tasks)):
            assert "properties" in task.to_arrow().schema.names
            with task.batches() as batches:
                assert "properties" in batches.schema.names
            task.to_file(tmp_path / "slice.parquet")
            read: Any = pa.parquet.read_schema(tmp_path / "slice.parquet")
            assert "properties" in read.names


def test_columns_that_no_slice_could_have_are_refused_when_planned(client: MixpanelClient) -> None:
    columns = client.export.columns(DAYS[1], DAYS[1], lexicon=False)
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("columns: only the layout 'wide'", {"columns": columns, "layout": "json"}),
        ("columns: .*expected the result", {"columns": {"amount": "long"}}),
        ("layout: ", {"layout": "tall"}),
        ("column_names: ", {"columns": columns, "column_names": "safe"}),
    ]
    for message, options in wrong:
        for make in (client.export.plan, client.export.slices):
            with pytest.raises(InvalidArgumentError, match=message):
                make(*DAYS, **options)


def test_fixed_columns_stream_before_everything_is_downloaded(sandbox: Sandbox) -> None:
    with client_of(sandbox) as client:
        columns = client.export.columns("2024-01-01", "2024-01-02", lexicon=False)
        expected = counted(
            {"event": each.name, "properties": each.properties}
            for each in client.export.events("2024-01-01", "2024-01-12")
        )
        sandbox.requests.clear()
        options: Any = {"columns": columns, "slice_days": 1, "parallel": 1}
        with client.export.batches("2024-01-01", "2024-01-12", **options) as batches:
            first = next(batches)
            assert first.num_rows
            assert len(sandbox.requests) < 12
            found = pa.Table.from_batches([first, *batches])
    assert counted(lines_of(found)) == expected


def test_columns_are_a_json_file(client: MixpanelClient, tmp_path: Path) -> None:
    columns = client.export.columns(*DAYS, lexicon=False)
    path = tmp_path / "columns.json"
    columns.save(path)
    assert ColumnSchema.load(path) == columns
    table = client.export.batches(*DAYS, columns=path).to_arrow()
    assert counted(lines_of(table)) == sent(client)
    client.export.to_file(tmp_path / "events.parquet", *DAYS, columns=path)
    read: Any = pq.read_table(tmp_path / "events.parquet")
    assert counted(lines_of(read)) == sent(client)
    for text in ("", "{}", '{"version": 2, "columns": []}', '{"version": 1, "columns": []}', "\xff"):
        path.write_text(text, encoding="latin-1")
        with pytest.raises(
            InvalidArgumentError, match=r"^columns: not a file of columns: .*\(got '.*columns\.json'\)$"
        ):
            client.export.batches(*DAYS, columns=path)


@pytest.mark.parametrize(("name", "reason"), [("missing.json", "no such file"), ("", "is a directory")])
def test_a_file_of_columns_that_cannot_be_read_is_named(
    client: MixpanelClient, tmp_path: Path, name: str, reason: str
) -> None:
    path = tmp_path / name
    with pytest.raises(InvalidArgumentError, match=f"^columns: cannot be read: {reason}.*{path}"):
        client.export.to_file(tmp_path / "events.parquet", *DAYS, columns=str(path))


@pytest.mark.slow
def test_lexicon_describes_columns_that_no_sample_needs(sandbox: Sandbox) -> None:
    with client_of(sandbox) as client:
        sandbox.requests.clear()
        columns = client.export.columns("2024-01-01", "2024-01-31", sample=0)
        assert [request.path for request in sandbox.requests] == ["/api/app/projects/1234567/schemas/event"]
        table = client.export.batches("2024-01-01", "2024-01-12", columns=columns).to_arrow()
        both = client.export.columns("2024-01-01", "2024-01-02")
        assert both.properties.keys() >= columns.properties.keys()
        events = client.export.events("2024-01-01", "2024-01-12")
        expected = counted({"event": each.name, "properties": each.properties} for each in events)
        assert counted(lines_of(table)) == expected
        sandbox.faults.add(Fault.status(403), path="*/schemas/event", times=2)
        assert client.export.columns("2024-01-01", "2024-01-02").properties
        with pytest.raises(Exception, match="403"):
            client.export.columns("2024-01-01", "2024-01-02", lexicon=True)


def test_excluded_properties_are_nowhere(client: MixpanelClient, tmp_path: Path) -> None:
    secret = ["name", "nested", "distinct_id"]
    expected = counted(
        {
            "event": line["event"],
            "properties": {name: value for name, value in line["properties"].items() if name not in secret},
        }
        for line in drifting()
    )
    events = client.export.events(*DAYS, exclude=secret)
    assert counted({"event": each.name, "properties": each.properties} for each in events) == expected
    for layout in ("wide", "json"):
        options: Any = {"layout": layout, "exclude": secret}
        assert counted(lines_of(client.export.batches(*DAYS, **options).to_arrow())) == expected, layout
    columns = client.export.columns(*DAYS, lexicon=False, exclude=secret)
    table = client.export.batches(*DAYS, columns=columns, exclude=secret).to_arrow()
    assert counted(lines_of(table)) == expected
    assert not {"name", "nested"}.intersection(table.column_names)
    for name in ("events.jsonl", "events.jsonl.gz"):
        client.export.to_file(tmp_path / name, *DAYS, exclude=secret)
    lines = map(json.loads, (tmp_path / "events.jsonl").read_text().split("\n")[:-1])
    assert counted(lines) == expected
    client.export.to_directory(tmp_path / "out", *DAYS, format="jsonl", exclude=secret)
    written = "".join(path.read_text() for path in (tmp_path / "out").glob("*.jsonl"))
    assert counted(map(json.loads, written.split("\n")[:-1])) == expected
    with pytest.raises(Exception, match="exclude is"):
        client.export.to_directory(tmp_path / "out", *DAYS, format="jsonl")
    with pytest.raises(InvalidArgumentError, match="exclude"):
        client.export.events(*DAYS, exclude=secret, on_malformed="quarantine")


def test_fields_and_exclude_choose_the_columns(client: MixpanelClient) -> None:
    columns = client.export.columns(
        *DAYS, lexicon=False, fields=["amount", "unheard of", "name"], exclude=["name"]
    )
    assert [*columns.properties] == ["distinct_id", "$insert_id", "amount", "unheard of"]
    assert columns.properties["unheard of"] == "json"
    table = client.export.batches(*DAYS, columns=columns, fields=["amount"]).to_arrow()
    assert "unheard of" not in table.column_names
    events = client.export.events(*DAYS, fields=["amount"])
    expected = counted({"event": each.name, "properties": each.properties} for each in events)
    assert counted(lines_of(table)) == expected


def test_safe_names_hold_letters_digits_and_underscores_only(client: MixpanelClient, tmp_path: Path) -> None:
    tables = [
        client.export.batches(*DAYS, column_names="safe").to_arrow(),
        client.export.batches(
            *DAYS, columns=client.export.columns(*DAYS, lexicon=False, column_names="safe")
        ).to_arrow(),
    ]
    client.export.to_directory(tmp_path / "out", *DAYS, format="parquet", column_names="safe", slice_days=1)
    tables += [pq.read_table(path) for path in sorted((tmp_path / "out").glob("*.parquet"))]
    for table in tables:
        assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,62}", name) for name in table.column_names)
        names = {column.property: column.name for column in columns_of(table.schema).columns}
        assert (names["$count"], names["big id"], names["only here"]) == ("count", "big_id", "only_here")
        assert names["AMOUNT"].casefold() != names["amount"].casefold()
    assert counted(lines_of(pa.concat_tables(tables[2:]))) == counted(lines_of(tables[0])) == sent(client)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_bytes())
    assert {entry["name"]: entry["property"] for entry in manifest["columns"]}["big_id"] == "big id"
    client.export.update_directory(tmp_path / "out", to_date=DAYS[1], look_back=1)
    with pytest.raises(InvalidArgumentError, match="column_names"):
        client.export.batches(*DAYS, column_names="snake")  # type: ignore[arg-type]


def test_columns_refuse_what_they_cannot_mean(client: MixpanelClient, tmp_path: Path) -> None:
    columns = client.export.columns(*DAYS, lexicon=False)
    for options in ({"layout": "json"}, {"columns": {"amount": "long"}}):
        given: Any = {"columns": columns, **options}
        with pytest.raises(InvalidArgumentError, match="columns"):
            client.export.batches(*DAYS, **given)
    with pytest.raises(InvalidArgumentError, match="columns"):
        client.export.to_file(tmp_path / "events.jsonl", *DAYS, columns=columns)
    for sources in ({"sample": 0, "lexicon": False}, {"sample": -1}, {"sample": 100_001}):
        given = sources
        with pytest.raises(InvalidArgumentError, match="sample"):
            client.export.columns(*DAYS, **given)


def test_lines_that_no_fast_path_reads_lose_nothing() -> None:
    columns = ColumnSchema(Columns().widened({"a": "json", "b": "string", "c": "double"}))
    lines = [
        {"event": "A", "properties": {"time": None, "a": [1, {"k": None}], "b": "\ud800", "c": 2**53 + 1}},
        {"event": "A", "properties": {"time": "noon", "a": "\ud800", "b": "", "c": -(2**53)}},
        {"event": "A", "properties": {"time": 10**15, "\ud800": None, "c": 1e300, "d": {"e": ["\ud800"]}}},
        {"event": "A", "properties": {"time": True, "b": None, "c": None, "d": None, "$insert_id": 5}},
        {"event": "A", "properties": {}},
    ]
    block = "".join(json.dumps(line) + "\n" for line in lines).encode()
    converter = columns.converter(datetime.UTC, 1)
    for _ in range(2):
        table = pa.concat_tables(converter.tables([block], "lines", 1 << 20))
        assert table.schema.equals(columns.arrow_schema(), check_metadata=True)
        assert counted(lines_of(table)) == counted(lines)


def test_no_column_is_named_after_half_a_character(tmp_path: Path) -> None:
    """Neither Lexicon's properties nor those of a sample or of `fields`: their values go to `overflow`."""
    properties: dict[str, Any] = {"half \ud83d": {"type": "string"}, "whole": {"type": "string"}}
    described = described_events(
        [
            LexiconEntry.from_dict(
                {"entityType": "event", "name": "A", "schemaJson": {"properties": properties}}
            )
        ]
    )
    events = [event(0, 1, **{"half \ud83d": "a", "other \ud83d": None, "seen": 1})]
    found = ProjectSchema(observe([[Event(name="A", properties=events[0]["properties"])]]), described)
    for fields in (None, ["half \ud83d", "third \ud83d", "whole", "seen"]):
        columns = ColumnSchema(schema_columns(found, fields=fields))
        assert columns.properties.keys() == {"distinct_id", "$insert_id", "whole", "seen"}
        columns.save(tmp_path / "columns.json")
        assert ColumnSchema.load(tmp_path / "columns.json") == columns
        block = json.dumps(events[0]).encode() + b"\n"
        table = pa.concat_tables(columns.converter(datetime.UTC, 1).tables([block], "lines", 1 << 20))
        assert table.schema.equals(columns.arrow_schema(), check_metadata=True)
        assert counted(lines_of(table)) == counted(events)


def test_saving_columns_replaces_a_file_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "columns.json"
    file.write_text("precious")
    # No project has such columns; `Columns` takes them.
    columns = ColumnSchema(Columns().widened({"\ud83d": "string"}))
    with pytest.raises(UnicodeEncodeError):
        columns.save(file)
    assert file.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [file]
