"""Values that become JSON text: always the text that was sent, whatever lines stand beside theirs."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mixpanel_export.columns.convert import TableConverter
from mixpanel_export.columns.fixed import ColumnSchema
from mixpanel_export.records.texts import member_texts, object_text, properties_text
from mixpanel_export.schema.kinds import Columns, Kind

KINDS: dict[str, Kind] = {
    "whole": "long",
    "fraction": "double",
    "flag": "boolean",
    "text": "string",
    "any": "json",
    "distinct_id": "null",
}
FIXED = ColumnSchema(Columns().widened(KINDS))

# No two of them are written alike once Python has read them.
TEXTS = (
    "12345678901234567.123",
    "0.1234567890123456789012345",
    "1.10",
    "1E2",
    "-0",
    "-0.0",
    "1e400",
    "[-1e400]",
    str(2**53 + 1),
    str(-(2**63)),
    str(2**64),
    "9" * 5000,
    '{"a":1,"a":2}',
    '{"a": [1.10, {"b":1e-400}], "\\u00e9":"\\u00e9\\/"}',
    '"\\u0041\\/"',
    '"\\ud83d\\ude00"',
    '["\\ud800"]',
    "[ ]",
)
# Lines that no fast path reads: each is enough to have the whole block read another way.
UNUSUAL = (
    b'{"event":"x","properties":{"new":1}}\n',
    b'{"event":"x","properties":{"any":"\\ud800","whole":7.5}}\n',
    b'{"event":"x","properties":{"time":"noon","distinct_id":1.10}}\n',
    b'{"event":"x","properties":{"any":' + b"9" * 5000 + b',"distinct_id":[1]}}\n',
)

Convert = Callable[[bytes], list[dict[str, Any]]]


def line(*properties: tuple[str, str]) -> bytes:
    members = ",".join(f"{json.dumps(name)}: {text}" for name, text in properties)
    return f'{{"event":"a","properties":{{{members}}}}}\n'.encode()


def fixed(block: bytes) -> list[dict[str, Any]]:
    return pa.concat_tables(FIXED.converter(datetime.UTC, 1).tables([block], "x", 1 << 20)).to_pylist()


def as_json(block: bytes) -> list[dict[str, Any]]:
    converter = TableConverter("json", datetime.UTC)
    return pa.concat_tables(converter.tables([block], "x", 1 << 20)).to_pylist()


_numbers = st.from_regex(r"-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?", fullmatch=True)
_values = st.recursive(
    st.sampled_from([*TEXTS, "null", "true", "1", '"text"']) | _numbers,
    lambda inner: st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
    max_leaves=3,
)
_names = st.sampled_from([*KINDS, "time", "$insert_id", "unknown", "\ud800"])
_lines = st.lists(st.tuples(_names, _values), max_size=4, unique_by=lambda member: member[0]).map(
    lambda members: line(*members)
)


@pytest.mark.slow
@settings(deadline=None)
@given(_lines, st.lists(_lines | st.sampled_from(UNUSUAL), max_size=3), st.integers(0, 3))
def test_a_line_gives_the_same_row_alone_and_beside_others(one: bytes, others: list[bytes], at: int) -> None:
    beside = [*others[:at], one, *others[at:], *UNUSUAL]
    for convert in (fixed, as_json):
        assert repr(convert(b"".join(beside))[len(others[:at])]) == repr(convert(one)[0])


def test_json_columns_and_overflow_hold_the_text_that_was_sent() -> None:
    for text in TEXTS:
        block = line(("any", text), ("unknown", text))
        for beside in (b"", *UNUSUAL):
            row = fixed(beside + block)[-1]
            assert (row["any"], row["overflow"]) == (text, object_text({"unknown": text}))
    misfit = line(
        ("whole", "1.10"), ("text", "12345678901234567.123"), ("fraction", str(2**53 + 1)), ("time", "1.50")
    )
    texts = json.loads(fixed(misfit)[0]["overflow"], parse_float=str, parse_int=str)
    assert texts == {
        "whole": "1.10",
        "text": "12345678901234567.123",
        "fraction": str(2**53 + 1),
        "time": "1.50",
    }


def test_the_layout_json_holds_the_text_that_was_sent() -> None:
    for text in TEXTS:
        block = line(("distinct_id", text), ("p", text))
        for beside in (b"", *UNUSUAL):
            row = as_json(beside + block)[-1]
            assert row["properties"] == f'{{"distinct_id": {text},"p": {text}}}'
            assert row["distinct_id"] == (json.loads(text) if text.startswith('"') else text)


def test_wide_columns_of_several_kinds_hold_the_text_that_was_sent() -> None:
    for text in TEXTS:
        block = line(("p", "true")) + line(("p", text)) + line(("p", '"x"'))
        for blocks in ([block], [line(("p", "[]")), block], [line(("p", "true")), block]):
            converter = TableConverter("wide", datetime.UTC)
            last = list(converter.tables(blocks, "x", 1))[-1]
            assert last.column("p").to_pylist() == ["true", text, '"x"']


def test_other_properties_hold_the_text_that_was_sent(monkeypatch: Any) -> None:
    for module in ("mixpanel_export.columns.convert", "mixpanel_export.schema.kinds"):
        monkeypatch.setattr(f"{module}.MAX_COLUMNS", 3)
    for text in TEXTS:
        converter = TableConverter("wide", datetime.UTC)
        (table,) = converter.tables([line(("a", "1"), ("rare", text)) + line(("a", "2"))], "x", 1)
        assert table.column("other_properties").to_pylist() == [object_text({"rare": text}), None]


def test_texts_of_members_are_cut_from_any_valid_line() -> None:
    members = {**{f"p{number}": text for number, text in enumerate(TEXTS)}, "é": "1", "\ud800": '"\\ud800"'}
    text = object_text(members)
    for spaces in ("", " ", "\t"):
        whole = f'{{"event"{spaces}:"a",{spaces}"properties":{spaces}{text}{spaces}}}'.encode()
        assert properties_text(whole) == text
        assert member_texts(text) == members
    del members["\ud800"]
    assert member_texts(object_text(members)) == members
    assert member_texts('{"a":1,"b":2,"a": 3 }') == {"a": "3", "b": "2"}
