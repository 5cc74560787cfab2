"""Projecting lines onto selected properties: the events that a decoder with `fields` makes, exactly as sent."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixpanel_export.errors import IncompleteExportError, MalformedEventError
from mixpanel_export.records.projection import Projection

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
# Texts with lone surrogates are legal JSON that the native decoder refuses.
NAMES = st.sampled_from(["time", "$insert_id", "plan", "Ünï", 'quo"te', "other", "\ud800", ""])
PROPERTIES = st.dictionaries(NAMES, JSON | st.just("\udfff"), max_size=6)
FIELDS = ("plan", "Ünï", 'quo"te', "\ud800")
KEPT = {"time", "distinct_id", "$insert_id", *FIELDS}


def line_of(properties: dict[str, Any], name: str = "A") -> bytes:
    return json.dumps({"event": name, "properties": properties}).encode() + b"\n"


@given(st.lists(PROPERTIES, max_size=5), st.sampled_from([b"", b"\n", b" \r\n"]))
def test_projected_lines_hold_the_selected_properties_only(
    properties: list[dict[str, Any]], blank: bytes
) -> None:
    block = blank + b"".join(map(line_of, properties))
    projected = Projection(FIELDS).project(block)
    wanted = [{name: value for name, value in each.items() if name in KEPT} for each in properties]
    assert [json.loads(line)["properties"] for line in projected.splitlines()] == wanted


@pytest.mark.parametrize("lone", ["", '"\\ud800":"\\ud800",'], ids=["usual", "lone surrogate"])
def test_projected_numbers_keep_the_digits_they_were_sent_with(lone: str) -> None:
    values = b'"plan":1.50,"time":123456789012345678901234567890,"\\u00dcn\\u00ef": [1e400, {"a" : -0.0}]'
    block = b'{ "x" : {}, "event" : "\\u00e4", "properties" : {' + lone.encode() + values + b"} }\r\n"
    projected = Projection(FIELDS).project(block)
    for number in (b"1.50", b"123456789012345678901234567890", b'[1e400, {"a" : -0.0}]'):
        assert number in projected
    assert json.loads(projected)["event"] == "ä"
    assert projected.count(b"\n") == 1


def test_a_repeated_property_keeps_its_last_value() -> None:
    for lone in (b"", b',"\\ud800":0'):
        block = b'{"event":"A","properties":{"plan":1,"plan":2' + lone + b"}}\n"
        assert json.loads(Projection(["plan"]).project(block))["properties"] == {"plan": 2}


@pytest.mark.parametrize(
    "broken",
    [
        b'{"event":"A","properties":{"x":"\xff"}}',
        b'{"event":"A"}',
        b"[]",
        b'{"event":1,"properties":{}}',
        b"{}{}",
    ],
)
def test_projection_names_the_line_that_is_not_an_event(broken: bytes) -> None:
    projection = Projection(FIELDS, "the slice of the test")
    projection.project(line_of({}) * 3)
    with pytest.raises(MalformedEventError) as raised:
        projection.project(line_of({}) + broken + b"\n" + line_of({}))
    assert raised.value.line == 5


def test_projection_refuses_an_export_terminated_early() -> None:
    with pytest.raises(IncompleteExportError, match="terminated early"):
        Projection(FIELDS).project(line_of({}) + b"terminated early\n")
