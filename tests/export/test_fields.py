"""`fields=`: every delivery holds the selected properties and the identity of each event, and nothing else."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest

from mixpanel_export import AsyncMixpanelClient, InvalidArgumentError, MixpanelClient
from mixpanel_export._formats import FileFormat, Layout
from tests.wire_server import Wire

RANGE = ("2024-01-01", "2024-01-01")
IDENTITY = {"time": 1704067200, "distinct_id": "u", "$insert_id": "i"}
EVENTS = [
    {"event": "A", "properties": {**IDENTITY, "plan": "pro", "secret": [1, {"x": 2}]}},
    {"event": "B", "properties": {**IDENTITY, "$insert_id": "j", "secret": "\ud800"}},
]
KEPT = [
    {"event": "A", "properties": {**IDENTITY, "plan": "pro"}},
    {"event": "B", "properties": {**IDENTITY, "$insert_id": "j"}},
]
BODY = b"".join(json.dumps(event).encode() + b"\n" for event in EVENTS)


@pytest.fixture(autouse=True)
def _sent(wire: Wire) -> None:
    wire.answers(gzip.compress(BODY), headers=("Content-Encoding: gzip",))


def parsed(lines: bytes) -> list[Any]:
    return [json.loads(line) for line in lines.splitlines()]


@pytest.mark.parametrize("format", ["jsonl", "jsonl.gz"])
def test_a_file_of_lines_holds_the_selected_properties(
    client: MixpanelClient, tmp_path: Path, format: FileFormat
) -> None:
    path = tmp_path / f"events.{format}"
    totals = client.export.to_file(path, *RANGE, fields=["plan"])
    content = path.read_bytes()
    assert parsed(gzip.decompress(content) if format == "jsonl.gz" else content) == KEPT
    assert totals.events == 2


def test_a_stream_holds_the_selected_properties(client: MixpanelClient) -> None:
    file = io.BytesIO()
    client.export.to_stream(file, *RANGE, fields=["plan"])
    assert parsed(file.getvalue()) == KEPT


def test_no_fields_leave_the_identity_of_each_event(client: MixpanelClient) -> None:
    file = io.BytesIO()
    client.export.to_stream(file, *RANGE, fields=[])
    assert [set(event["properties"]) for event in parsed(file.getvalue())] == [set(IDENTITY)] * 2


def test_fields_apply_after_deduplication(wire: Wire, client: MixpanelClient) -> None:
    wire.answers(BODY + BODY)
    file = io.BytesIO()
    totals = client.export.to_stream(file, *RANGE, fields=["plan"], deduplicate=True)
    assert parsed(file.getvalue()) == KEPT
    assert totals.dropped == 2


@pytest.mark.parametrize("layout", ["wide", "json"])
def test_tables_have_columns_of_the_selected_properties(client: MixpanelClient, layout: Layout) -> None:
    from mixpanel_export.columns.tables import lines_of

    table = client.export.batches(*RANGE, layout=layout, fields=["plan"]).to_arrow()
    assert list(lines_of(table)) == KEPT
    assert "secret" not in table.column_names


@pytest.mark.parametrize("format", ["jsonl", "jsonl.gz", "parquet", "csv"])
def test_a_directory_holds_the_selected_properties(
    client: MixpanelClient, tmp_path: Path, format: FileFormat
) -> None:
    done = client.export.to_directory(tmp_path, *RANGE, format=format, fields=["plan"])
    (name,) = done.manifest.paths
    content = (tmp_path / name).read_bytes()
    content = gzip.decompress(content) if format == "jsonl.gz" else content
    assert b"secret" not in content
    assert b"plan" in content
    if format in ("jsonl", "jsonl.gz"):
        assert parsed(content) == KEPT


@pytest.mark.anyio
async def test_an_async_file_holds_the_selected_properties(
    async_client: AsyncMixpanelClient, tmp_path: Path
) -> None:
    await async_client.export.to_file(tmp_path / "e.jsonl", *RANGE, fields=["plan"])
    assert parsed((tmp_path / "e.jsonl").read_bytes()) == KEPT


@pytest.mark.parametrize("fields", ["plan", 5, ["plan", 5], [["plan"]], b"plan"])
def test_fields_other_than_a_list_of_names_are_refused(
    client: MixpanelClient, tmp_path: Path, fields: Any
) -> None:
    with pytest.raises(InvalidArgumentError, match="fields"):
        client.export.to_file(tmp_path / "e.jsonl", *RANGE, fields=fields)


def test_an_unknown_option_is_refused_everywhere(client: MixpanelClient, tmp_path: Path) -> None:
    unknown: Any = {"feilds": ["plan"]}
    export = client.export
    for call in (
        lambda: export.to_file(tmp_path / "e.jsonl", *RANGE, **unknown),
        lambda: export.to_stream(io.BytesIO(), *RANGE, **unknown),
        lambda: export.to_directory(tmp_path / "d", *RANGE, **unknown),
        lambda: export.batches(*RANGE, **unknown),
        lambda: export.plan(*RANGE, **unknown),
    ):
        with pytest.raises(InvalidArgumentError, match=r"feilds.*fields"):
            call()
