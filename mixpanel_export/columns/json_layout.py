"""The layout `json`: name, time and identity of each event, and all its properties as JSON text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
import pyarrow as pa

from mixpanel_export.columns.arrays import columns_of_structs, join_texts
from mixpanel_export.columns.schemas import AnyArray
from mixpanel_export.columns.timestamps import Clock
from mixpanel_export.columns.values import check_text
from mixpanel_export.records.event import Event
from mixpanel_export.records.texts import LineTexts, member_texts, properties_text
from mixpanel_export.schema.kinds import INSERT_ID

__all__ = ["read_texts", "texts_of_events"]

_IDS = ("distinct_id", INSERT_ID)


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

        def text_of(row: int, name: str) -> str:
            return member_texts(str(lines[row].properties, "utf-8"))[name]

        return [names, clock.from_values(times), *_id_arrays(ids, text_of), properties]
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def texts_of_events(events: Sequence[Event], lines: Sequence[bytes], clock: Clock) -> list[AnyArray]:
    """Return the same columns of any events, given with their lines.

    Raises:
        RefusedError: for a value that the columns cannot hold.
    """
    rows = [event.properties for event in events]
    ids = [[row.get(name) for row in rows] for name in _IDS]
    for name, values in zip(_IDS, ids, strict=True):
        for row, value in enumerate(values):
            if isinstance(value, str):
                check_text(value, name, row)
    times = clock.from_values([row.get("time") for row in rows])
    properties = pa.array([*map(properties_text, lines)], pa.string())
    names = pa.array([event.name for event in events], pa.string())
    return [names, times, *_id_arrays(ids, LineTexts(lines).text), properties]


def _id_arrays(ids: Sequence[Sequence[Any]], text_of: Callable[[int, str], str]) -> Iterator[AnyArray]:
    """Yield each kind of IDs as text: a text as it is, anything else as JSON.

    Args:
        text_of: returns a property of a row as it was sent.
    """
    for name, values in zip(_IDS, ids, strict=True):
        try:
            yield pa.array(values, pa.string())
        except (TypeError, pa.ArrowInvalid):
            texts = [
                value if value is None or isinstance(value, str) else text_of(row, name)
                for row, value in enumerate(values)
            ]
            yield pa.array(texts, pa.string())
