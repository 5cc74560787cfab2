"""Past a bound of columns, further properties go to one JSON column; nothing is lost."""

from __future__ import annotations

import datetime
import json
import logging
from typing import Any

import pytest

from mixpanel_export.columns import convert
from mixpanel_export.columns.convert import TableConverter
from mixpanel_export.columns.tables import TableWidener, lines_of
from mixpanel_export.schema import kinds
from mixpanel_export.schema.kinds import Columns

LIMIT = 20


@pytest.fixture(autouse=True)
def few_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the bound small."""
    for module in (kinds, convert):
        monkeypatch.setattr(module, "MAX_COLUMNS", LIMIT)


def event(number: int, **properties: Any) -> dict[str, Any]:
    return {
        "event": "E",
        "properties": {"time": 1704067200 + number, "$insert_id": str(number), **properties},
    }


VALUES: tuple[Any, ...] = (1, 2.5, "text é☕", True, None, [1, None, {"a": "b"}], {}, 1 << 70)


def wide_events(count: int) -> list[dict[str, Any]]:
    return [
        event(number, common=number, **{f"p{number}-{index}": value for index, value in enumerate(VALUES)})
        for number in range(count)
    ]


def block(events: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(each, ensure_ascii=False).encode() + b"\n" for each in events)


def test_properties_without_a_column_are_kept(caplog: pytest.LogCaptureFixture) -> None:
    events = wide_events(40)
    converter = TableConverter("wide", datetime.UTC)
    with caplog.at_level(logging.WARNING):
        tables = list(converter.tables([block(events[:30]), block(events[30:])], "a test", 1 << 20))
    assert len(caplog.records) == 1
    assert "other_properties" in caplog.text
    assert len(converter.columns.columns) == LIMIT
    # The properties that most events have keep their columns.
    assert "common" in {column.property for column in converter.columns.columns}
    assert [line for table in tables for line in lines_of(table)] == events
    # An earlier table gets the column when it is rewritten.
    widened = [TableWidener(converter.schema)(table) for table in tables]
    assert [line for table in widened for line in lines_of(table)] == events


def test_a_table_from_before_the_bound_is_widened() -> None:
    few, many = [event(1, a=1)], wide_events(10)
    converter = TableConverter("wide", datetime.UTC)
    tables = list(converter.tables([block(few)], "a test", 1 << 20))
    tables += converter.tables([block(many)], "a test", 1 << 20)
    widen = TableWidener(converter.schema)
    assert [line for table in tables for line in lines_of(widen(table))] == [*few, *many]


def test_columns_with_others_survive_a_manifest() -> None:
    converter = TableConverter("wide", datetime.UTC)
    list(converter.tables([block(wide_events(10))], "a test", 1 << 20))
    restored = Columns.from_manifest(converter.columns.to_manifest())
    assert restored == converter.columns
    again = TableConverter("wide", datetime.UTC, columns=restored)
    events = [event(99, entirely_new=1, common="x")]
    (table,) = again.tables([block(events)], "a test", 1 << 20)
    assert list(lines_of(table)) == events
    assert again.columns.others == "other_properties"


def test_a_property_named_like_the_column_keeps_its_own() -> None:
    events = [event(1, other_properties="mine"), *wide_events(10)]
    converter = TableConverter("wide", datetime.UTC)
    tables = list(converter.tables([block(events[:1]), block(events[1:])], "a test", 1))
    assert [line for table in tables for line in lines_of(table)] == events


def test_a_lone_surrogate_without_a_column_stays_escaped() -> None:
    events = wide_events(10)
    converter = TableConverter("wide", datetime.UTC)
    list(converter.tables([block(events)], "a test", 1 << 20))
    line = b'{"event": "E", "properties": {"time": 1, "unknown": "\\ud83d"}}\n'
    (table,) = converter.tables([line], "a test", 1 << 20)
    assert list(lines_of(table)) == [{"event": "E", "properties": {"time": 1, "unknown": "\ud83d"}}]
