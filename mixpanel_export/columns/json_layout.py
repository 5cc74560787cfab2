"""The layout `json`: name, time and identity of each event, and all its properties as JSON text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import pyarrow as pa

from mixpanel_export.columns.arrays import columns_of_structs, join_texts
from mixpanel_export.columns.schemas import AnyArray
from mixpanel_export.columns.timestamps import Clock
from mixpanel_export.columns.values import convert_each, json_text
from mixpanel_export.records.event import Event
from mixpanel_export.schema.kinds import INSERT_ID

__all__ = ["properties_text", "read_texts", "texts_of_events"]


class _Texts(msgspec.Struct, gc=False):
    """An event whose properties are validated, but kept as text."""

    event: str
    properties: msgspec.Raw


class _Identity(msgspec.Struct, gc=False):
    time: Any = None
    distinct_id: Any = None
    insert_id: Any = msgspec.field(name="$insert_id", default=None)


class _Identified(msgspec.Struct, gc=False):
    properties: _Identity


_texts = msgspec.json.Decoder(_Texts)
_identified = msgspec.json.Decoder(_Identified)


def read_texts(block: bytes, clock: Clock) -> list[AnyArray] | None:
    """Read whole lines into the columns of the layout; return None when one is unusual, or is no event."""
    try:
        lines = _texts.decode_lines(block)
        identity = [event.properties for event in _identified.decode_lines(block)]
        times, *ids = columns_of_structs(identity, len(_Identity.__struct_fields__))
        properties = join_texts([line.properties for line in lines])
        names = pa.array([line.event for line in lines], pa.string())
        return [names, clock.from_values(times), *map(_id_array, ids), properties]
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def texts_of_events(events: Sequence[Event], lines: Sequence[bytes], clock: Clock) -> list[AnyArray]:
    """Return the same columns of any events, given with their lines.

    Raises:
        RefusedError: for a value that the columns cannot hold.
    """
    rows = [event.properties for event in events]
    ids = [[row.get(name) for row in rows] for name in ("distinct_id", INSERT_ID)]
    for name, values in zip(("distinct_id", INSERT_ID), ids, strict=True):
        convert_each(values, name, lambda value: _id_text(value).encode())
    times = clock.from_values([row.get("time") for row in rows])
    texts = pa.array([*map(_properties_text, lines, rows, range(len(rows)))], pa.string())
    names = pa.array([event.name for event in events], pa.string())
    return [names, times, *map(_id_array, ids), texts]


def _properties_text(line: bytes, properties: Mapping[str, Any], row: int) -> str:
    """Return the properties as sent, or encoded again when the native decoder refuses the line."""
    try:
        return bytes(_texts.decode(line).properties).decode()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    return properties_text(properties, row)


def properties_text(properties: Mapping[str, Any], row: int) -> str:
    """Return properties as JSON text; raise RefusedError for a value that it cannot hold."""
    try:
        text = json_text(properties)
        text.encode()
    except UnicodeEncodeError:
        # A lone surrogate stays escaped.
        return json.dumps(properties, separators=(",", ":"))
    except (ValueError, RecursionError):
        for name, value in properties.items():
            convert_each([value], name, json_text, [row])
        raise
    return text


def _id_array(values: Sequence[Any]) -> AnyArray:
    """Return IDs as text: a text as it is, anything else as JSON."""
    try:
        return pa.array(values, pa.string())
    except (TypeError, pa.ArrowInvalid):
        return pa.array([None if value is None else _id_text(value) for value in values], pa.string())


def _id_text(value: Any) -> str:
    return value if isinstance(value, str) else json_text(value)
