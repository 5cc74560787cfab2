"""The layout `json`: who and when of each line, and its properties as the text that they came as."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from mixpanel_export.columns.kinds import INSERT_ID
from mixpanel_export.columns.native import load
from mixpanel_export.columns.timestamps import Clock
from mixpanel_export.columns.wide import columns_of_structs, each_of, joined, json_text
from mixpanel_export.records.event import Event

__all__ = ["event_columns", "text_columns"]


class _Texts(msgspec.Struct, gc=False):
    """An event, whose properties are read and yet left as the text that they are."""

    event: str
    properties: msgspec.Raw


class _Identity(msgspec.Struct, gc=False):
    time: Any = None
    distinct_id: Any = None
    insert_id: Any = msgspec.field(name="$insert_id", default=None)


class _Identified(msgspec.Struct, gc=False):
    properties: _Identity


_texts: Any = msgspec.json.Decoder(_Texts)
_identified: Any = msgspec.json.Decoder(_Identified)


def text_columns(block: bytes, clock: Clock) -> list[Any] | None:
    """The columns of the layout `json`, of whole lines; None when they are no events, or unusual ones."""
    pa = load("pyarrow")
    try:
        lines = _texts.decode_lines(block)
        identity = [each.properties for each in _identified.decode_lines(block)]
        times, *ids = columns_of_structs(identity, len(_Identity.__struct_fields__))
        properties = joined([each.properties for each in lines])
        names = pa.array([each.event for each in lines], pa.string())
        return [names, clock.of_values(times), *map(_ids, ids), properties]
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def event_columns(events: Sequence[Event], lines: Sequence[bytes], clock: Clock) -> list[Any]:
    """The same columns, of any events, each with its line.

    Raises:
        RefusedError: for a value that they cannot hold.
    """
    pa = load("pyarrow")
    rows = [event.properties for event in events]
    ids = [[row.get(name) for row in rows] for name in ("distinct_id", INSERT_ID)]
    for name, values in zip(("distinct_id", INSERT_ID), ids, strict=True):
        each_of(values, name, lambda value: _id_text(value).encode())
    times = clock.of_values([row.get("time") for row in rows])
    texts = pa.array([*map(_properties_text, lines, rows, range(len(rows)))], pa.string())
    return [pa.array([event.name for event in events], pa.string()), times, *map(_ids, ids), texts]


def _properties_text(line: bytes, properties: Mapping[str, Any], row: int) -> str:
    """All properties as JSON: as it came, or made again where the native decoder refuses to read it."""
    try:
        return bytes(_texts.decode(line).properties).decode()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        text = json_text(properties)
        text.encode()
    except UnicodeEncodeError:
        # What is no Unicode stays escaped.
        return json.dumps(properties, separators=(",", ":"))
    except (ValueError, RecursionError):
        for name, value in properties.items():
            each_of([value], name, json_text, [row])
        raise
    return text


def _ids(values: Sequence[Any]) -> Any:
    """Text is text as it is; of anything else, its JSON."""
    pa = load("pyarrow")
    try:
        return pa.array(values, pa.string())
    except (TypeError, pa.ArrowInvalid):
        return pa.array([None if each is None else _id_text(each) for each in values], pa.string())


def _id_text(value: Any) -> str:
    return value if isinstance(value, str) else json_text(value)
