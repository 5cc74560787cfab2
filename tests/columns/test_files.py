"""Files written while columns are still being found: they hold exactly the values that were sent."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixpanel_export import MixpanelClient
from mixpanel_export.columns.convert import TableConverter
from mixpanel_export.columns.tables import lines_of
from mixpanel_export.columns.writers import ColumnFormat, read_tables, write_widening
from mixpanel_export.sandbox import Sandbox
from tests.wire_server import client_of

from .test_convert import TORTURE, line, parsed

# Several of these kinds share an Arrow type.
VALUES: dict[str, Any] = {
    "null": None,
    "text": "x",
    "an object": {"a": 1},
    "a number": 1,
    "a long": 2**60,
    "a fraction": 1.5,
    "a boolean": True,
}


@pytest.mark.parametrize("format", ["parquet", "arrow"])
@pytest.mark.parametrize("case", TORTURE)
@pytest.mark.sampled(8)
def test_a_file_holds_every_value_while_its_columns_widen(
    tmp_path: Path, case: str, format: ColumnFormat
) -> None:
    converter, path = TableConverter("wide", datetime.UTC), tmp_path / "file"
    tables = converter.tables(TORTURE[case], "the slice x", 1)
    rows = write_widening(format, path, converter.schema, tables)
    found = [event for table in read_tables(format, path) for event in lines_of(table)]
    assert found == parsed(*TORTURE[case])
    assert rows == len(found)


@pytest.mark.parametrize("first", VALUES)
@pytest.mark.parametrize("then", VALUES)
@pytest.mark.sampled(12)
def test_a_property_can_change_to_any_kind_within_a_file(tmp_path: Path, first: str, then: str) -> None:
    converter, path = TableConverter("wide", datetime.UTC), tmp_path / "file"
    blocks = [line(p=VALUES[first])] * 3 + [line(p=VALUES[then])] * 3 + [line(q=1)]
    write_widening("parquet", path, converter.schema, converter.tables(blocks, "the slice x", 1))
    (table,) = read_tables("parquet", path)
    assert list(lines_of(table)) == parsed(*blocks)


@given(st.lists(st.lists(st.sampled_from([*VALUES.values(), "", [], 0]), min_size=1, max_size=3), max_size=7))
def test_a_property_can_change_its_kind_repeatedly(blocks: list[list[Any]]) -> None:
    converter = TableConverter("wide", datetime.UTC)
    lines = [b"".join(line(p=value) for value in block) for block in blocks]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        write_widening("arrow", path, converter.schema, converter.tables(lines, "the slice x", 1))
        found = [event for table in read_tables("arrow", path) for event in lines_of(table)]
    assert found == parsed(*lines)


@pytest.mark.slow
def test_identities_that_start_late_in_a_slice_are_kept(tmp_path: Path) -> None:
    # Their columns exist from the start, but are all null at first.
    served = [
        {"event": "e", "properties": {"time": 1704067200 + n, "pad": "x" * 400}}
        | (
            {}
            if n < 4000
            else {"properties": {"time": 1704067200 + n, "distinct_id": f"u{n}", "$insert_id": "i"}}
        )
        for n in range(8000)
    ]
    source = tmp_path / "served.jsonl"
    source.write_text("".join(f"{json.dumps(event)}\n" for event in served))
    expected = Counter(json.dumps(event, sort_keys=True) for event in served)
    day = ("2024-01-01", "2024-01-01")

    def counted(table: Any) -> Counter[str]:
        return Counter(json.dumps(event, sort_keys=True) for event in lines_of(table))

    with Sandbox(events=source, limits=None) as sandbox, client_of(sandbox) as client:
        assert counted(client.export.batches(*day).to_arrow()) == expected
        _export(client, tmp_path, day)
    assert counted(pq.ParquetFile(tmp_path / "file.parquet").read()) == expected
    (file,) = (tmp_path / "folder").glob("*.parquet")
    assert counted(pq.ParquetFile(file).read()) == expected


def _export(client: MixpanelClient, folder: Path, day: tuple[str, str]) -> None:
    client.export.to_file(folder / "file.parquet", *day, format="parquet")
    client.export.to_directory(folder / "folder", *day, format="parquet")


def test_large_rows_are_read_in_tables_of_bounded_size(tmp_path: Path) -> None:
    converter, path = TableConverter("wide", datetime.UTC), tmp_path / "file"
    blocks = [line(p=f"{n} " + "x" * 1_000_000) for n in range(60)]
    write_widening("parquet", path, converter.schema, converter.tables(blocks, "the slice x", 1))
    tables = list(read_tables("parquet", path))
    assert sum(table.num_rows for table in tables) == 60
    assert max(table.nbytes for table in tables) < 20_000_000


WITHOUT_ARROW = """
import sys
sys.modules["pyarrow"] = None
from mixpanel_export import MissingExtraError, MixpanelClient, SecretAuth
from mixpanel_export.export.batches import RecordBatches
day, client = ("2024-01-01", "2024-01-01"), MixpanelClient(SecretAuth("s"), base_url="http://127.0.0.1:9")
for export in (
    lambda: client.export.batches(*day),
    lambda: client.export.to_file(sys.argv[1] + "/e.parquet", *day, format="parquet"),
    lambda: client.export.to_directory(sys.argv[1] + "/d", *day, format="csv"),
):
    try:
        export()
    except MissingExtraError as error:
        print(error.extra)
"""


@pytest.mark.slow
def test_every_export_to_columns_names_a_missing_extra(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WITHOUT_ARROW, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["arrow"] * 3
    assert list(tmp_path.iterdir()) == []
