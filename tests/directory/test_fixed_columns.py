"""Directories of fixed columns: no value is altered, no file is rewritten, and the manifest leads back."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from mixpanel_export import (
    ColumnSchema,
    DirectoryMismatchError,
    InvalidArgumentError,
    ManifestError,
    MixpanelClient,
)
from mixpanel_export.columns.tables import lines_of
from mixpanel_export.directory.manifest import Manifest
from tests.export.test_fixed_columns import DAYS, client, counted, sent

__all__ = ["client"]


def columns_of_first_day(client: MixpanelClient, **options: Any) -> ColumnSchema:
    return client.export.columns(DAYS[0], DAYS[0], lexicon=False, **options)


def in_files(folder: Path) -> Counter[str]:
    return counted(line for path in folder.rglob("*.parquet") for line in lines_of(read(path)))


def read(path: Path) -> Any:
    parquet: Any = pq.ParquetFile(path)
    return parquet.read()


def test_files_of_a_directory_have_the_fixed_schema(client: MixpanelClient, tmp_path: Path) -> None:
    columns = columns_of_first_day(client)
    export = client.export.to_directory(
        tmp_path / "a", *DAYS, format="parquet", slice_days=1, columns=columns
    )
    assert in_files(tmp_path / "a") == sent(client)
    assert [file.name.count("_r2") for file in (tmp_path / "a").glob("*.parquet")] == [0, 0, 0]
    assert all(
        read(path).schema.equals(columns.arrow_schema(), check_metadata=True)
        for path in (tmp_path / "a").glob("*.parquet")
    )
    recorded = {column["name"]: column.get("property") for column in export.manifest.columns}
    assert recorded == {name: property for property, name in columns.names.items()} | {"overflow": None}
    partitioned: Any = {"partition_by": "date", "slice_days": 2}
    client.export.to_directory(tmp_path / "b", *DAYS, format="parquet", columns=columns, **partitioned)
    assert in_files(tmp_path / "b") == sent(client)


def test_an_update_keeps_the_columns_that_the_manifest_records(
    client: MixpanelClient, tmp_path: Path
) -> None:
    folder = tmp_path / "a"
    columns = columns_of_first_day(client, column_names="safe")
    saved = tmp_path / "columns.json"
    columns.save(saved)
    client.export.to_directory(folder, DAYS[0], DAYS[0], format="parquet", columns=saved)
    client.export.update_directory(folder, to_date="2024-01-02")
    client.export.update_directory(folder, to_date=DAYS[1], columns=columns)
    client.export.refetch(folder, "2024-01-02", "2024-01-02")
    assert in_files(folder) == sent(client)
    assert all(
        read(path).schema.equals(columns.arrow_schema(), check_metadata=True)
        for path in folder.glob("*.parquet")
    )
    others: list[dict[str, Any]] = [
        {},
        {"columns": columns, "exclude": ["amount"]},
        {"columns": columns_of_first_day(client)},
    ]
    for other in others:
        with pytest.raises(DirectoryMismatchError, match="columns is"):
            client.export.to_directory(folder, *DAYS, format="parquet", **other)


def test_fields_and_exclude_take_columns_away(client: MixpanelClient, tmp_path: Path) -> None:
    columns = columns_of_first_day(client)
    export = client.export.to_directory(
        tmp_path, *DAYS, format="parquet", columns=columns, fields=["amount", "name"], exclude=["name"]
    )
    names = [column["name"] for column in export.manifest.columns]
    assert names == ["distinct_id", "insert_id", "amount", "overflow"]
    options: Any = {"fields": ["amount"]}
    expected = [
        {"event": event.name, "properties": event.properties}
        for event in client.export.events(*DAYS, **options)
    ]
    assert in_files(tmp_path) == counted(expected)


def test_wrong_uses_of_fixed_columns_are_refused(client: MixpanelClient, tmp_path: Path) -> None:
    columns = columns_of_first_day(client)
    document = json.loads(columns.to_json())
    document["columns"].append({"name": "Date", "property": "Date", "kind": "string"})
    with_date = ColumnSchema.from_json(json.dumps(document))
    wrong: list[dict[str, Any]] = [
        {"columns": columns},
        {"columns": columns, "format": "parquet", "layout": "json"},
        {"columns": columns, "format": "csv"},
        {"columns": with_date, "format": "parquet", "partition_by": "date"},
        {"columns": 3, "format": "parquet"},
    ]
    for options in wrong:
        with pytest.raises(InvalidArgumentError, match="columns"):
            client.export.to_directory(tmp_path, *DAYS, **options)
    with pytest.raises(InvalidArgumentError, match=r"column_names.*'\$count'|column_names.*'big id'"):
        client.export.to_directory(tmp_path, *DAYS, format="parquet", columns=columns, column_names="safe")
    assert not list(tmp_path.glob("*.parquet"))


def test_a_manifest_whose_fixed_columns_differ_is_damaged(client: MixpanelClient, tmp_path: Path) -> None:
    client.export.to_directory(tmp_path, *DAYS, format="parquet", columns=columns_of_first_day(client))
    text = (tmp_path / "manifest.json").read_text()
    Manifest.from_json(text.encode())
    with pytest.raises(ManifestError, match="not the ones that its query fixes"):
        Manifest.from_json(text.replace('"kind": "boolean"', '"kind": "string"').encode())
