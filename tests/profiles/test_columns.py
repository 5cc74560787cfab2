"""Profiles in Parquet and CSV files: one schema, every value as it was sent, and files that are whole or absent."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from mixpanel_export import InvalidArgumentError, MixpanelClient
from mixpanel_export.columns import profiles
from mixpanel_export.columns.profiles import write_profiles
from mixpanel_export.profiles.file import ProfilesProgress
from mixpanel_export.sandbox import Sandbox
from mixpanel_export.sandbox.data.sample import sample_data
from mixpanel_export.schema import kinds
from tests.profiles.conftest import Awaited, settings

SAMPLE = sample_data().profiles


def table_of(*sent: dict[str, Any]) -> Any:
    parquet: Any = pq
    return parquet.read_table(written("parquet", *sent))


def written(format: Any, *sent: dict[str, Any]) -> io.BytesIO:
    lines = io.BytesIO(b"".join(json.dumps(profile).encode() + b"\n" for profile in sent))
    target = io.BytesIO()
    write_profiles(format, lines, target)
    return io.BytesIO(target.getvalue())


def profile(id: Any, **properties: Any) -> dict[str, Any]:
    return {"$distinct_id": id, "$properties": properties}


def values_in(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a Parquet file without empty cells."""
    parquet: Any = pq
    rows = parquet.read_table(path).to_pylist()
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def expected() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for sent in SAMPLE:
        row = {"distinct_id": sent["$distinct_id"], **sent["$properties"]}
        found.append(
            {
                name: json.dumps(value, separators=(",", ":")) if isinstance(value, list | dict) else value
                for name, value in row.items()
            }
        )
    return found


def test_files_hold_every_profile(sandbox: Sandbox, tmp_path: Path) -> None:
    """The next test reads a whole file of a synchronous client."""
    path = tmp_path / "profiles.parquet"
    client = Awaited(sandbox)
    assert client.profiles.to_file(path).profiles == len(SAMPLE)
    assert values_in(path) == expected()
    client.profiles.to_file(tmp_path / "some", format="csv", output_properties=["plan"])
    rows = [*csv.DictReader((tmp_path / "some").read_text().splitlines())]
    assert [(row["distinct_id"], row["plan"]) for row in rows] == [
        (sent["$distinct_id"], sent["$properties"]["plan"]) for sent in SAMPLE
    ]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["profiles.parquet", "some"]


def test_interrupted_file_is_resumed(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "profiles.parquet"
    path.write_bytes(b"before")

    def stop(totals: ProfilesProgress) -> None:
        if totals.pages == 2:
            raise KeyboardInterrupt

    def fail(*_: object) -> None:
        raise OSError("the disk is gone")

    with MixpanelClient(**settings(sandbox)) as client:
        with pytest.raises(KeyboardInterrupt):
            client.profiles.to_file(path, progress=stop)
        with monkeypatch.context() as patch:
            patch.setattr(profiles, "writer_for", fail)
            with pytest.raises(OSError, match="gone"):
                client.profiles.to_file(path)
        assert path.read_bytes() == b"before"
        assert client.profiles.to_file(path).found == 2
    assert values_in(path) == expected()
    assert [file.name for file in tmp_path.iterdir()] == ["profiles.parquet"]


def test_pipe_gets_lines_only(sandbox: Sandbox, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with (
        MixpanelClient(**settings(sandbox)) as client,
        pytest.raises(InvalidArgumentError, match="for a pipe"),
    ):
        client.profiles.to_file(tmp_path / "pipe.csv")
    assert len(sandbox.requests) == 0


def test_values_of_several_types_are_json() -> None:
    table = table_of(
        profile("a", n=1, mixed=1, deep={"b": [None, "ä"]}, half="\ud800", large=1 << 70, long=1 << 60),
        profile("b", n=0.5, mixed="1", half="x", large=2, long=1),
        profile("c"),
    )
    rows = table.to_pylist()
    assert rows[0] == {
        "distinct_id": "a",
        # As `json.dumps` wrote it in the line.
        "deep": '{"b": [null, "\\u00e4"]}',
        "half": '"\\ud800"',
        "large": str(1 << 70),
        "long": 1 << 60,
        "mixed": "1",
        "n": 1.0,
    }
    assert (rows[1]["mixed"], rows[1]["half"], rows[1]["n"]) == ('"1"', '"x"', 0.5)
    assert {*rows[2].values()} == {"c", None}


def test_null_differs_from_absent_and_from_empty_text() -> None:
    sent = [profile("a", plan=None, city=""), profile("b")]
    assert table_of(*sent).to_pylist() == [
        {"distinct_id": "a", "city": "", "plan": None, "null_properties": ["plan"]},
        {"distinct_id": "b", "city": None, "plan": None, "null_properties": []},
    ]
    assert written("csv", *sent).read().decode().splitlines()[1:] == ['"a","",,"[""plan""]"', '"b",,,']


def test_no_two_columns_share_a_name() -> None:
    sent = {
        "$distinct_id": 7,
        "$group_key": "company",
        "new": [1],
        "$properties": {"distinct_id": "x", "A": 1},
    }
    other = profile(8, a=2, A=1, null_properties=3, **{"": 4, "properties.distinct_id": 5, "\ud800": 6})
    table = table_of(sent, other, {"$distinct_id": 9, "$properties": []}, {"$properties": "odd"})
    assert len({name.casefold() for name in table.column_names}) == len(table.column_names)
    first, second, third, last = table.to_pylist()
    assert (first["distinct_id"], first["group_key"], first["new"]) == (7, "company", "[1]")
    assert first["properties.distinct_id"] == "x"
    assert (second["A"], second["a_2"], second["null_properties_2"], second["_"]) == (1, 2, 3, 4)
    assert second["properties.distinct_id_2"] == 5
    assert json.loads(second["other_properties"]) == {"\ud800": 6}
    assert third["distinct_id"] == 9
    assert last["$properties"] == "odd"


def test_rare_properties_share_a_column(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profiles, "MAX_COLUMNS", 2)
    assert kinds.MAX_COLUMNS > 2
    rows = table_of(profile("a", z=1, b=2), profile("b", z=1)).to_pylist()
    assert rows == [
        {"distinct_id": "a", "z": 1, "other_properties": '{"b":2}'},
        {"distinct_id": "b", "z": 1, "other_properties": None},
    ]


def test_no_profiles_are_a_file_with_a_header() -> None:
    assert table_of().column_names == ["distinct_id"]
    assert written("csv").read() == b'"distinct_id"\n'
