"""Fast decoding of stored lines, with a slow path for valid JSON that msgspec rejects."""

from __future__ import annotations

import json
from typing import Any, TypeAlias, cast

import msgspec

__all__ = ["StoredEvent", "decode_line", "decode_lines"]

StoredEvent: TypeAlias = dict[str, Any]

_NATIVE: msgspec.json.Decoder[StoredEvent] = msgspec.json.Decoder(StoredEvent)


def decode_lines(block: bytes) -> list[StoredEvent]:
    """Return the events of a block of whole lines."""
    try:
        return _NATIVE.decode_lines(block)
    except msgspec.DecodeError:
        return [decode_line(line) for line in block.split(b"\n") if line.strip()]


def decode_line(line: bytes) -> StoredEvent:
    """Return the event of one line.

    Raises:
        ValueError: the line is not a JSON object.
    """
    try:
        return _NATIVE.decode(line)
    except msgspec.DecodeError:
        # A lone surrogate: trackers send those when they cut a text inside an emoji.
        event: Any = json.loads(line)
        if not isinstance(event, dict):
            raise
        return cast("StoredEvent", event)
