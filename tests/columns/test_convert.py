"""Lines converted to tables and back: nothing is lost, or an error names the value that no column can hold."""

from __future__ import annotations

import datetime
import itertools
import json
import zoneinfo
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mixpanel_export._formats import Layout
from mixpanel_export.columns.convert import TableConverter
from mixpanel_export.columns.tables import TableWidener, lines_of
from mixpanel_export.errors import MalformedEventError, UnrepresentableError
from mixpanel_export.schema.kinds import PINNED, Columns

LAYOUTS: tuple[Layout, ...] = ("wide", "json")
UTC = datetime.UTC
WIDE = ["event", "time", "distinct_id", "insert_id", "null_properties"]


def line(event: str = "a", **properties: Any) -> bytes:
    return raw({"event": event, "properties": properties})


def raw(record: Any) -> bytes:
    return json.dumps(record, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def of(properties: dict[str, Any], event: str = "a") -> bytes:
    return raw({"event": event, "properties": properties})


def converted(
    layout: Layout, *blocks: bytes, zone: datetime.tzinfo = UTC, ticks: int = 1, size: int = 1
) -> Any:
    """Convert blocks one by one, and return them as one table."""
    converter = TableConverter(layout, zone, ticks)
    tables = list(converter.tables(blocks, "the slice x", size))
    return pa.concat_tables([*map(TableWidener(converter.schema), tables)])


def back(table: Any) -> list[Any]:
    table.validate(full=True)
    return list(lines_of(table))


def parsed(*blocks: bytes) -> list[Any]:
    return [json.loads(text) for block in blocks for text in block.split(b"\n") if text.strip()]


TORTURE: dict[str, tuple[bytes, ...]] = {
    "plain": (line(time=1704067200, distinct_id="x", **{"$insert_id": "i"}, n=1, s="t", b=True, f=1.5),),
    "number and string": (line(p=1), line(p="1"), line(p=True), line(p=1.5), line(p="x")),
    "string, then number": (line(p="1"), line(p=2)),
    "in one block": (line(p=1) + line(p="1") + line(p=None) + line() + line(p=[1, "x", None]),),
    "whole and fractional": (line(p=1), line(p=1.5), line(p=-3)),
    "fractional, then a long": (line(p=1.5), line(p=2**53 + 1)),
    "a long and fractional": (line(p=2**53 + 1) + line(p=0.5),),
    "nested": (line(p={"a": {"b": [1, {"c": None}]}, "": ""}), line(p=[]), line(p={}), line(p="flat")),
    "nulls and absent": (line(p=None), line(), line(p=1) + line(p=None) + line(), line(q=None)),
    "always null": (line(p=None) + line(p=None),),
    "no properties": (b'{"event":"a","properties":{}}\n', line(p=1)),
    "names in another case": (line(Plan="a", plan=1, PLAN=None) + line(plan=2), line(Plan="b")),
    "names taken over": (line(plan=1), line(Plan="a") + line(plan=2), line(PLAN=[1], plan=None)),
    "reserved names": (
        of(
            {"event": "e", "time": "noon", "properties": 1, "insert_id": 2, "Event": 3, "null_properties": []}
        ),
        of({"time": 1704067200, "$insert_id": "i", "insert_id": "other", "json": "{}"}),
    ),
    "names": (
        of({"$a": 1, "a b": 2, "a.b": 3, "naïve": 4, "日本": 5, "a/b": 6, "a~b": 7, 'q"q': 8, "b\\s": 9}),
        of(
            {
                "": 1,
                "'": 2,
                "A/b": 3,
                "a/B": 4,
                "*": 5,
                "$": 6,
                "$.x": 7,
                "a[0]": 8,
                "#": 9,
                "😀": 10,
                "a\nb": 11,
                "a\0b": 12,
                "a\0c": 13,
                "\0": 14,
            }
        ),
    ),
    "time": (
        line(time=0) + line(time=-1) + line(time=253402300799) + line(time=10**17),
        line(time=1704067200.5) + line(time="1704067200") + line(time=None) + line() + line(time=True),
        line(time=[1]),
    ),
    "identity": (
        line(distinct_id=5),
        line(distinct_id="5"),
        line(distinct_id=None),
        line(distinct_id='q"\\x'),
    ),
    "beyond 64 bits": (
        line(p=2**63 - 1),
        line(p=2**63),
        line(p=-(2**63)),
        line(p=-(2**63) - 1),
        line(p=10**40),
    ),
    "beyond 64 bits in one block": (line(p=1) + line(p=2**64 - 1) + line(p=2**200),),
    "tiny and huge": (
        line(p=5e-324),
        line(p=1.7976931348623157e308),
        line(p=0.1),
        line(p=-0.0),
        line(p=1e22),
    ),
    "like numbers": (
        line(p="NaN"),
        line(p="Infinity"),
        line(p="-inf"),
        line(p="null"),
        line(p="1e5"),
        line(p=""),
    ),
    "like dates": (line(p="2024-01-01"), line(p="2024-01-01T00:00:00Z"), line(p="12:00")),
    "separators": (line(p="a\u2028b\u2029c\u0085d\x0b\x0c"), line(p="\r\n\t\x00\x1f\x7f")),
    "escapes": (b'{"event":"\\u0061\\"\\\\","properties":{"\\u0070":"\\ud83d\\ude00\\/","a":"\\u0000"}}\n',),
    "event names like JSON": (of({"p": 1}, '","properties":{"x'), of({"p": 2}, "\\"), of({"p": 3}, "")),
    "long text": (line(p="x" * 1_000_000), line(p="é" * 500_000)),
    "spaces": (
        b'{ "event" : "a" , "properties" : { "p" : 1 , "q" : [ 1 , 2 ] } }\n',
        b'{"event": "a", "properties": {"p": 2}}\n',
    ),
    "event after properties": (b'{"properties":{"p":1},"event":"a"}\n',),
    "blank lines": (b"\n" + line(p=1) + b"\n  \r\n" + line(p=2), b"\n"),
    "no last line end": (line(p=1)[:-1],),
    "repeated keys": (
        b'{"event":"a","properties":{"p":1,"p":"2"}}\n',
        b'{"event":"a","properties":{"p":{"x":1,"x":2}}}\n',
    ),
    "many properties": (
        of({f"p{n}": n for n in range(2000)}),
        of({f"P{n}": str(n) for n in range(1990, 2010)}),
    ),
    "numbers in other notations": (
        b'{"event":"a","properties":{"p":1.0,"q":1E2,"r":-0,"s":100000000000000000000.0}}\n',
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", TORTURE)
@pytest.mark.sampled(10)
def test_tables_hold_every_value_of_their_lines(layout: Layout, name: str) -> None:
    blocks = TORTURE[name]
    assert back(converted(layout, *blocks)) == parsed(*blocks)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.sampled(1)
def test_tables_hold_all_torture_cases_together(layout: Layout) -> None:
    blocks = [
        block if block.endswith(b"\n") else block + b"\n" for blocks in TORTURE.values() for block in blocks
    ]
    assert back(converted(layout, *blocks, size=1 << 20)) == parsed(*blocks)
    assert back(converted(layout, *blocks[::-1], size=1000)) == parsed(*blocks[::-1])


_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=5,
)
_names = st.sampled_from(["time", "distinct_id", "$insert_id", "p", "P", "event", "a.b"]) | _texts
_events = st.tuples(_texts, st.dictionaries(_names, _values, max_size=5))


@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=30, deadline=None)
@given(st.lists(_events, min_size=1, max_size=12), st.integers(1, 400))
@pytest.mark.sampled(1)
def test_tables_hold_every_value_of_any_events(layout: Layout, events: list[Any], size: int) -> None:
    blocks = [of(properties, name) for name, properties in events]
    assert back(converted(layout, *blocks, size=size)) == parsed(*blocks)


_first = line(time=1704067200, n=1, f=1.5, s="x", b=True, j=[1], z=None, k="y")


@pytest.mark.parametrize(
    "then",
    [
        line(n=2, f=2.5, s="", b=False, j="text", z=None, k='q"'),
        line(n="2", s=5) + line(n=2, s="5"),
        line(n="2", s="5") + line(s=5, j="5"),
        line(n=2.0) + line(n=1e2) + line(n=-0.0),
        line(n=2**63) + line(n=2**53 + 1) + line(n=True),
        line(f=1) + line(f=10**15) + line(f="1.5") + line(f="NaN"),
        line(b="true") + line(b=1) + line(b=None),
        line(j=None) + line(j=1) + line(j="1") + line(j={}) + line(),
        line(z=1) + line(z=None) + line() + line(z="null"),
        line(unknown=None) + line(z=None),
        line(unknown=1, z=None) + line(s=None),
        line(unknown="1", s=5),
        line(S="other", s="x") + line(Z=None),
        line(time="x", s=None) + line(time=None) + line(time=1704067200.5),
        b'{"event":"a","properties":{"s":"x","s":"y"}}\n' + line(),
        b'{"event":"a","properties":{"s":"\\u0041","k":"\\ud83d\\ude00","n":1E1}}\n',
    ],
)
def test_tables_hold_new_values_of_known_properties(then: bytes) -> None:
    for blocks in ((_first, then), (_first * 3, _first + then, then + _first), (_first, *then.splitlines())):
        assert back(converted("wide", *blocks)) == parsed(*blocks)


_some = st.fixed_dictionaries(
    {},
    optional={
        name: st.sampled_from([usual, usual, usual, None, 1, "1", 2.5, "x", True, [1], 2**70])
        for name, usual in {"n": 1, "s": "x", "f": 0.5, "b": True, "j": [1], "z": None}.items()
    },
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_some, min_size=2, max_size=30), st.integers(1, 600))
@pytest.mark.slow
def test_tables_hold_values_whose_kind_changes(events: list[Any], size: int) -> None:
    blocks = [_first, *map(of, events)]
    assert back(converted("wide", *blocks, size=size)) == parsed(*blocks)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([None], "string"),
        ([True, None], "bool"),
        ([1, 2], "int64"),
        ([1, 2**62], "int64"),
        ([1, 1.5], "double"),
        ([1.5], "double"),
        (["a", "1"], "string"),
        ([1, "a"], "string"),
        ([[1]], "string"),
    ],
)
def test_a_column_has_the_narrowest_type_for_all_its_values(values: list[Any], kind: str) -> None:
    for order in (values, values[::-1]):
        table = converted("wide", *(line(p=value) for value in order))
        assert str(table.schema.field("p").type) == kind


def test_values_of_mixed_kinds_are_json_text() -> None:
    table = converted("wide", line(p=1), line(p="1"), line(p='q"'), line(p=[1, None]))
    assert table.column("p").to_pylist() == ["1", '"1"', '"q\\""', "[1,null]"]


def test_column_names_differ_even_when_case_is_ignored() -> None:
    table = converted("wide", line(Plan=1, plan=2, Event=3))
    names = [name.casefold() for name in table.column_names]
    assert len(set(names)) == len(names)
    said = {
        field.metadata[b"mixpanel.property"].decode(): field.name for field in table.schema if field.metadata
    }
    assert said["Plan"] == "Plan"
    assert said["plan"] == "plan_2"
    assert said["Event"] == "Event_2"


def test_column_names_ignore_the_order_of_properties() -> None:
    expected = {
        "PLAN": "PLAN",
        "Plan": "Plan_2",
        "Plan_2": "Plan_2_2",
        "plan": "plan_3",
        "plan\0": "plan␀",
        "plan␀": "plan␀_2",
    }
    for order in itertools.permutations(expected):
        found = Columns()
        for name in order:
            found = found.widened({name: "string"})
        assert {column.property: column.name for column in found.columns[PINNED:]} == expected


def test_recorded_column_names_survive_later_properties() -> None:
    kept = Columns().widened({"plan": "null"}).to_manifest()
    found = Columns.from_manifest(kept).widened({"Plan": "string"}).widened({"PLAN": "null"})
    assert {column.property: column.name for column in found.columns[PINNED:]} == {
        "plan": "plan",
        "PLAN": "PLAN_2",
        "Plan": "Plan_3",
    }
    assert Columns.from_manifest(found.to_manifest()) == found


@pytest.mark.parametrize("layout", LAYOUTS)
def test_time_is_a_timestamp_in_utc(layout: Layout) -> None:
    table = converted(layout, line(time=1704067200), line(time=1704067200.25), line(time="x"))
    assert table.column("time").to_pylist() == [
        datetime.datetime(2024, 1, 1, tzinfo=UTC),
        datetime.datetime(2024, 1, 1, 0, 0, 0, 250_000, tzinfo=UTC),
        None,
    ]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_time_in_milliseconds_is_exact(layout: Layout) -> None:
    blocks = line(time=1704067200123), line(time=1704067200456)
    table = converted(layout, *blocks, ticks=1000)
    assert table.column("time").to_pylist()[0] == datetime.datetime(2024, 1, 1, 0, 0, 0, 123_000, tzinfo=UTC)
    assert back(table) == parsed(*blocks)
    assert "time_2" not in table.column_names


@pytest.mark.parametrize("layout", LAYOUTS)
def test_local_time_becomes_the_right_moment(layout: Layout) -> None:
    zone = zoneinfo.ZoneInfo("America/New_York")
    # Local times: in winter, in summer, in the repeated hour, and in the skipped one.
    clocks = ["2024-01-01T00:00", "2024-07-01T12:00", "2024-11-03T01:30", "2024-03-10T02:30"]
    ticks = [int(datetime.datetime.fromisoformat(clock + "+00:00").timestamp()) for clock in clocks]
    blocks = [line(time=tick) for tick in ticks]
    for some in ([b"".join(blocks)], blocks):
        table = converted(layout, *some, zone=zone)
        expected = [
            datetime.datetime.fromisoformat(clock).replace(tzinfo=zone).astimezone(UTC) for clock in clocks
        ]
        assert [time.astimezone(UTC) for time in table.column("time").to_pylist()] == expected
        assert back(table) == parsed(*blocks)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    "broken",
    [
        b'{"event":"a","properties":{"p":1,}}\n',
        b'{"event":"a","properties":{"p":NaN}}\n',
        b'{"event":"a","properties":{"p":Infinity}}\n',
        b'{"event":"a","properties":{"p":01}}\n',
        b'{"event":"a","properties":{"p":"\xff"}}\n',
        b'{"event":"a","properties":{"p":1}} {"event":"b","properties":{}}\n',
        b'{"event":1,"properties":{"p":1}}\n',
        b'{"event":"a","properties":[]}\n',
        b'{"event":"a"}\n',
        b"[1]\n",
        b'{"event":"a","properties":{"p":1}\n',
    ],
)
def test_a_broken_line_is_named_by_the_error(layout: Layout, broken: bytes) -> None:
    with pytest.raises(MalformedEventError) as raised:
        converted(layout, line(p=1) * 3, line(p=1) * 2 + broken + line(p=3))
    assert raised.value.line == 6
    assert raised.value.source == "the slice x"


def test_blank_lines_count_in_the_number_of_a_broken_line() -> None:
    with pytest.raises(MalformedEventError) as raised:
        converted("wide", b"\n" * 10 + line(p=1), line(p=1) * 2 + b"{}\n")
    assert raised.value.line == 14


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("depth", [400, 200_000])
def test_deep_nesting_is_kept_or_named_by_the_error(layout: Layout, depth: int) -> None:
    block = b'{"event":"buy","properties":{"p":' + b"[" * depth + b"]" * depth + b"}}\n"
    if depth > 400:
        # The depth that Python reaches depends on the stack above.
        with pytest.raises((UnrepresentableError, MalformedEventError), match=r"property 'p'|line 2 "):
            converted(layout, line(p=1), block)
    else:
        column = converted(layout, line(p=1), block).column("p" if layout == "wide" else "properties")
        assert "[" * depth in column.to_pylist()[1]


def test_a_lone_surrogate_stays_escaped_or_is_refused() -> None:
    block = b'{"event":"buy","properties":{"p":"\\ud800","q":1}}\n'
    assert back(converted("json", line(p=1) + block)) == parsed(line(p=1), block)
    with pytest.raises(UnrepresentableError, match="'p' of an event 'buy' of the slice x") as raised:
        converted("wide", line(p=1) + block)
    assert (raised.value.event, raised.value.property) == ("buy", "p")


def test_a_refused_value_names_its_event_among_others() -> None:
    block = line("first", q=1) + line("second", p=1) + line("third") + line("fourth", p=1.5)
    block += b'{"event":"fifth","properties":{"p":"\\ud800"}}\n'
    with pytest.raises(UnrepresentableError) as raised:
        converted("wide", block)
    assert (raised.value.event, raised.value.property) == ("fifth", "p")


def test_a_property_name_with_a_surrogate_names_its_event() -> None:
    block = line("first") + b'{"event":"buy","properties":{"a\\udc00":1}}\n'
    with pytest.raises(UnrepresentableError) as raised:
        converted("wide", block)
    assert raised.value.event == "buy"


def test_a_number_too_large_for_a_double_stays_as_text() -> None:
    block = b'{"event":"buy","properties":{"p":1e400}}\n'
    assert converted("json", block).column("properties").to_pylist() == ['{"p":1e400}']
    unusual = b'{"event":"buy","properties":{"p":"\\ud800"}}\n{"event":"buy","properties":{"time":1e400}}\n'
    table = converted("json", block + unusual)
    assert table.column("properties").to_pylist() == ['{"p":1e400}', '{"p":"\\ud800"}', '{"time":1e400}']
    assert table.column("time").to_pylist() == [None] * 3
    for first, text in ((line(p=[1]), "[1]"), (line(p=1), "1"), (line(q=1), None)):
        assert converted("wide", first, block).column("p").to_pylist() == [text, "1e400"]


def test_a_fraction_is_never_truncated() -> None:
    for layout in LAYOUTS:
        block = line(time=1.5, n=1.5) + line(time=1, n=1)
        table = converted(layout, line(time=1, n=1), block)
        assert [time.microsecond for time in table.column("time").to_pylist()] == [0, 500_000, 0]
        assert back(table) == parsed(line(time=1, n=1), block)


@pytest.mark.slow
def test_a_block_with_many_values_is_converted_in_parts() -> None:
    block = b"".join(of({f"p{n}": n, f"q{n % 400}": str(n)}) for n in range(1500))
    converter = TableConverter("wide", UTC)
    tables = list(converter.tables([block, block[:20_000].rpartition(b"\n")[0]], "the slice x", 1 << 30))
    assert len(tables) > 3
    assert all(table.num_rows * table.num_columns <= 1_100_000 for table in tables)
    lines = [event for table in tables for event in lines_of(table)]
    assert lines[:1500] == parsed(block)


def test_a_new_column_is_null_in_earlier_rows() -> None:
    converter = TableConverter("wide", UTC)
    first, second = converter.tables([line(p=1), line(p=2, q="x")], "x", 1)
    assert "q" not in first.column_names
    assert TableWidener(second.schema)(first).column("q").to_pylist() == [None]


def test_the_json_layout_has_one_schema_for_all_events() -> None:
    one, other = converted("json", line(p=1)), converted("json", of({"q": [1]}))
    assert one.schema == other.schema
    assert one.column("properties").to_pylist() == ['{"p":1}']


def test_selected_properties_always_have_a_column() -> None:
    converter = TableConverter("wide", UTC, fields=["time", "distinct_id", "plan", "q", "\ud800"])
    assert converter.schema.names == [*WIDE, "plan", "q"]
    (table,) = converter.tables([line(time=1704067200, q=None)], "x", 1)
    assert table.column("plan").to_pylist() == [None]
    assert back(table) == parsed(line(time=1704067200, q=None))
    assert TableConverter("json", UTC, fields=["plan"]).schema == TableConverter("json", UTC).schema
