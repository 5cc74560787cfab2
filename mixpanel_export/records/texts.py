"""The JSON text of the values in a line, as it was sent.

Pure. Numbers of any size and precision, repeated keys and escapes stay as they are; Python's values lose them.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from mixpanel_export._text import is_unicode

__all__ = ["LineTexts", "elements", "member_texts", "members", "object_text", "properties_text"]


class _Line(msgspec.Struct, gc=False):
    properties: msgspec.Raw


class _Values(msgspec.Struct, gc=False):
    properties: dict[str, msgspec.Raw]


_native_line = msgspec.json.Decoder(_Line)
_native_values = msgspec.json.Decoder(_Values)
_native_members = msgspec.json.Decoder(dict[str, msgspec.Raw])
# Only the ends of values matter, and Python refuses to parse numbers with thousands of digits.
_parse_at = json.JSONDecoder(parse_int=str, parse_float=str).raw_decode
_SPACE = re.compile(r"[ \t\n\r]*")


class LineTexts:
    """The texts of the properties in some lines of events; a line is parsed when it is first needed."""

    def __init__(self, lines: Sequence[bytes]) -> None:
        self._lines = lines
        self._parsed: dict[int, Mapping[str, msgspec.Raw | bytes]] = {}

    def text(self, row: int, name: str) -> str:
        """Return the text of a property in a line."""
        return str(self._values(row)[name], "utf-8")

    def object_text(self, row: int, names: Iterable[str]) -> str:
        """Return the JSON object of some properties of a line."""
        values = self._values(row)
        # As bytes, for lines with thousands of them.
        pieces = [piece for name in names for piece in (_name_bytes(name), values[name])]
        return f"{{{str(b''.join(pieces), 'utf-8')[1:]}}}"

    def _values(self, row: int) -> Mapping[str, msgspec.Raw | bytes]:
        values = self._parsed.get(row)
        if values is None:
            values = self._parsed[row] = self._parse(self._lines[row])
        return values

    def _parse(self, line: bytes) -> Mapping[str, msgspec.Raw | bytes]:
        try:
            return _native_values.decode(line).properties
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
            return {name: text.encode() for name, text in member_texts(properties_text(line)).items()}


def properties_text(line: bytes) -> str:
    """Return the text of the properties of an event, in a line that is known to be one."""
    try:
        return str(_native_line.decode(line).properties, "utf-8")
    except (msgspec.DecodeError, RecursionError):
        # The native decoder refuses the escape of half a surrogate pair.
        return dict(members(line.decode()))["properties"]


def member_texts(text: str) -> Mapping[str, str]:
    """Return the text of each value of a JSON object that is known to be valid, by name."""
    try:
        return {name: str(value, "utf-8") for name, value in _native_members.decode(text).items()}
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return dict(members(text))


def members(text: str) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each value of a JSON object that is known to be valid."""
    at = _skip_space(text, text.index("{") + 1)
    while text[at] != "}":
        name, at = _parse_at(text, at)
        start = _skip_space(text, text.index(":", at) + 1)
        _, end = _parse_at(text, start)
        yield name, text[start:end]
        at = _skip_space(text, end)
        if text[at] == ",":
            at = _skip_space(text, at + 1)


def elements(text: str) -> Iterator[str]:
    """Yield the text of each value in a JSON list that is known to be valid."""
    at = _skip_space(text, text.index("[") + 1)
    while text[at] != "]":
        _, end = _parse_at(text, at)
        yield text[at:end]
        at = _skip_space(text, end)
        if text[at] == ",":
            at = _skip_space(text, at + 1)


def object_text(texts: Mapping[str, str]) -> str:
    """Return the JSON object of these texts by name."""
    return f"{{{','.join(f'{_name_text(name)}:{text}' for name, text in texts.items())}}}"


@functools.lru_cache(1 << 14)
def _name_bytes(name: str) -> bytes:
    return f",{_name_text(name)}:".encode()


def _name_text(name: str) -> str:
    text = json.dumps(name, ensure_ascii=False)
    # Half a surrogate pair can be written in its escaped form only.
    return text if is_unicode(text) else json.dumps(name)


def _skip_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
