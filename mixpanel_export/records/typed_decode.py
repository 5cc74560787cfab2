"""Decode lines into typed events, and count what does not fit. Pure. See `typed` for their classes.

A block of lines whose values are all declared is read at once. Otherwise, the properties of each event are read by
themselves; and what is unusual even then, by the decoder of plain events.
"""

from __future__ import annotations

import datetime
import types
import typing
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

import msgspec
from attrs import define, field, frozen

from mixpanel_export._text import is_unicode
from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export.records.decode import EventDecoder
from mixpanel_export.records.event import IDENTITY, Event, plain_zone
from mixpanel_export.records.lines import check_utf8, count_lines
from mixpanel_export.records.typed import EventProperties, Into, TypedEvent, class_for

__all__ = ["EventTypes", "Misfit", "Misfits", "Readers", "TypedDecoder"]


@frozen
class _Reader:
    """Reads the properties of one class of events.

    Attributes:
        made: the class of one export's events.
        decode: parses a JSON object as `properties`.
        fields: its attributes, each with the types whose values fit, whatever they hold.
        names: the names of all its properties.
    """

    made: type[TypedEvent[Any]]
    properties: type[EventProperties]
    decode: Callable[[msgspec.Raw], EventProperties]
    fields: tuple[tuple[msgspec.structs.FieldInfo, frozenset[type]], ...]
    names: frozenset[str]

    @classmethod
    def of(cls, made: type[TypedEvent[Any]], properties: type[EventProperties]) -> _Reader:
        fields = msgspec.structs.fields(properties)
        return cls(
            made,
            properties,
            msgspec.json.Decoder(properties).decode,
            tuple((field, _plain_types(field.type)) for field in fields),
            frozenset(field.encode_name for field in fields),
        )

    def misfits(self, properties: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
        """Yield the name of each property that does not fit, the type it should have, and what it is."""
        for info, plain in self.fields:
            name = info.encode_name
            if name not in properties:
                if info.required:
                    yield name, _shown(info.type), "absent"
                continue
            value = properties[name]
            if type(value) in plain:
                continue
            try:
                msgspec.convert(value, info.type)
            except _UNFIT:
                yield name, _shown(info.type), _JSON_TYPES[type(value)]


def _plain_types(annotation: Any) -> frozenset[type]:
    """Return the types whose values fit, whatever they hold."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return frozenset[type]().union(*map(_plain_types, typing.get_args(annotation)))
    return frozenset({annotation}) if annotation in _PLAIN else frozenset()


# A text with half a surrogate pair cannot be converted at all.
_UNFIT = (msgspec.ValidationError, UnicodeEncodeError)
_PLAIN = (bool, int, float, str, type(None))
_JSON_TYPES: Mapping[type, str] = {
    bool: "a boolean",
    int: "a whole number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "an object",
    type(None): "null",
}


def _shown(annotation: Any) -> str:
    text = annotation.__name__ if isinstance(annotation, type) else str(annotation)
    return text.replace("typing.", "").replace("int | float", "float")


@frozen
class EventTypes:
    """The classes of events to make, by name."""

    by_name: Mapping[str, tuple[type[TypedEvent[Any]], type[EventProperties]]]

    @classmethod
    def of(
        cls, into: Into[Any], fields: Collection[str] | None = None, exclude: Collection[str] = ()
    ) -> EventTypes:
        """Check the argument `into`, and that no required property is left out.

        Raises:
            InvalidArgumentError: when it holds no classes of events, or two of one name.
        """
        found: dict[str, tuple[type[TypedEvent[Any]], type[EventProperties]]] = {}
        for declared in _classes_in(into):
            properties = _properties_of(declared, into)
            if found.setdefault(declared.name, (declared, properties))[0] is not declared:
                raise InvalidArgumentError("into", into, f"two classes have the name {declared.name!r}")
            _check_selection(declared.__name__, properties, fields, exclude)
        return cls(found)


def _classes_in(into: Any) -> Iterable[Any]:
    listed = getattr(into, "EVENTS", None)
    if listed is not None:
        return cast("Iterable[Any]", listed)
    if isinstance(into, type):
        return (into,)
    if isinstance(into, Iterable) and not isinstance(into, str):
        return tuple(cast("Iterable[Any]", into))
    raise _not_types(into)


def _properties_of(declared: Any, into: object) -> type[EventProperties]:
    if isinstance(declared, type) and issubclass(declared, TypedEvent):
        found = cast("type[TypedEvent[Any]]", declared)
        if not isinstance(getattr(found, "name", None), str):
            raise InvalidArgumentError("into", into, f"the class {found.__name__} has no name")
        bases: Iterable[Any] = (
            base for ancestor in found.__mro__ for base in vars(ancestor).get("__orig_bases__", ())
        )
        for base in bases:
            if typing.get_origin(base) is TypedEvent:
                (properties,) = typing.get_args(base)
                if isinstance(properties, type) and issubclass(properties, EventProperties):
                    return properties
    raise _not_types(into)


def _not_types(into: object) -> InvalidArgumentError:
    return InvalidArgumentError(
        "into", into, "expected a module of generated types, or classes derived from TypedEvent[…]"
    )


def _check_selection(
    name: str, properties: type[EventProperties], fields: Collection[str] | None, exclude: Collection[str]
) -> None:
    required = [info.encode_name for info in msgspec.structs.fields(properties) if info.required]
    for argument, left_out in (
        ("exclude", [key for key in required if key in exclude]),
        (
            "fields",
            [key for key in required if fields is not None and key not in fields and key not in IDENTITY],
        ),
    ):
        if left_out:
            raise InvalidArgumentError(
                argument,
                fields if argument == "fields" else exclude,
                f"{name} requires the property {left_out[0]!r}; generate the types with the same {argument}",
            )


@frozen
class Readers:
    """Reads the events of one export into their classes.

    Attributes:
        by_name: reads the properties of one class of events.
        usual: reads lines of all classes; None if there are no classes.
    """

    by_name: Mapping[str, _Reader]
    usual: msgspec.json.Decoder[Any] | None

    @classmethod
    def of(cls, event_types: EventTypes, zone: datetime.tzinfo, ticks_per_second: int = 1) -> Readers:
        """Make the classes of an export, with its time zone and its unit of `time`; see `event_type`."""
        by_name = {
            name: _Reader.of(class_for(declared, plain_zone(zone), ticks_per_second), properties)
            for name, (declared, properties) in event_types.by_name.items()
        }
        # The decoder knows no names with half a surrogate pair.
        classes = [reader.made for name, reader in by_name.items() if is_unicode(name)]
        usual = msgspec.json.Decoder(typing.Union[tuple(classes)]) if classes else None  # noqa: UP007
        return cls(by_name, usual)


@frozen
class Misfit:
    """A property whose values did not fit its type in some events, which therefore came as `Event`.

    Attributes:
        event: the event's name.
        property: the property's name.
        expected: the type that its class declares.
        found: what it was instead: "text", "a number", "null", "absent" and so on.
        count: the number of events.
    """

    event: str
    property: str
    expected: str
    found: tuple[str, ...]
    count: int


@define
class Misfits:
    """Counts the misfits of one export."""

    _counts: dict[tuple[str, str, str], int] = field(factory=dict[tuple[str, str, str], int])
    _found: dict[tuple[str, str, str], set[str]] = field(factory=dict[tuple[str, str, str], set[str]])

    def add(self, event: str, name: str, expected: str, found: str) -> None:
        """Count one event's property."""
        key = (event, name, expected)
        self._counts[key] = self._counts.get(key, 0) + 1
        self._found.setdefault(key, set()).add(found)

    def listed(self) -> tuple[Misfit, ...]:
        """Return the misfits so far, in the order of their names."""
        return tuple(
            Misfit(*key, tuple(sorted(self._found[key])), count)
            for key, count in sorted(self._counts.items())
        )


class TypedDecoder:
    """Decodes blocks of whole lines into typed events, and others into `Event`.

    Args:
        untyped: decodes a block that has anything unusual in it, and knows the lines.
        misfits: counts values that do not fit.
        event_class: the class of other events, with the same zone and unit.
    """

    def __init__(
        self,
        untyped: EventDecoder,
        readers: Readers,
        misfits: Misfits,
        *,
        event_class: type[Event] = Event,
    ) -> None:
        self._untyped = untyped
        self._misfits = misfits
        self._event_class = event_class
        self._readers = readers.by_name
        self._usual = readers.usual
        self._failures = 0
        self._skip = 0

    def decode(self, block: bytes, lines: int | None = None) -> list[Event | TypedEvent[Any]]:
        """Decode whole lines; arguments and errors are those of `EventDecoder.decode`."""
        if not self._untyped.is_selective:
            decoded = self._decode_usual(block, lines)
            if decoded is None:
                decoded = self._decode_each(block, lines)
            if decoded is not None:
                return decoded
        events: list[Event | TypedEvent[Any]] = []
        for event in self._untyped.decode(block, lines):
            fitted, misfits = self._fitted(event)
            self._count(event.name, misfits)
            events.append(fitted)
        return events

    def _decode_usual(self, block: bytes, lines: int | None) -> list[Any] | None:
        """Decode a block at once; return None when it has anything that no class declares."""
        if self._usual is None:
            return None
        if self._skip:
            self._skip -= 1
            return None
        try:
            events = self._usual.decode_lines(block)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            events = []
        if not events or len(events) != (count_lines(block, b"{", b"}\n") if lines is None else lines):
            # The next blocks will likely fail, too.
            self._failures = min(self._failures + 1, _MOST_SKIPPED)
            self._skip = self._failures
            return None
        self._failures = 0
        self._untyped.lines += len(events)
        return events

    def _decode_each(self, block: bytes, lines: int | None) -> list[Event | TypedEvent[Any]] | None:
        """Decode the properties of each event by themselves; return None when a line is unusual."""
        events: list[Event | TypedEvent[Any]] = []
        refused: list[tuple[str, Sequence[tuple[str, str, str]]]] = []
        append, readers, make = events.append, self._readers, self._event_class
        unfit: set[str] = set()
        try:
            parsed = _decode_lines(block)
            # The decoder checks that raw values are JSON, but not that they are UTF-8.
            check_utf8(block)
            if len(parsed) != (count_lines(block, b"{", b"}\n") if lines is None else lines):
                return None
            for line in parsed:
                reader = readers.get(line.event)
                if reader is None:
                    append(make(name=line.event, properties=_decode_object(line.properties)))
                    continue
                try:
                    # What failed for one event will likely fail for the next.
                    typed = None if line.event in unfit else reader.decode(line.properties)
                except msgspec.ValidationError:
                    typed = None
                if typed is not None:
                    append(reader.made(typed))
                else:
                    event = make(name=line.event, properties=_decode_object(line.properties))
                    fitted, misfits = self._fitted(event)
                    append(fitted)
                    unfit.add(line.event)
                    if misfits:
                        refused.append((line.event, misfits))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        self._untyped.lines += len(parsed)
        for name, misfits in refused:
            self._count(name, misfits)
        return events

    def _fitted(self, event: Event) -> tuple[Event | TypedEvent[Any], Sequence[tuple[str, str, str]]]:
        """Return a typed event, or the event itself and its misfits."""
        reader = self._readers.get(event.name)
        if reader is None:
            return event, ()
        properties, others = event.properties, {}
        if not properties.keys() <= reader.names:
            others = {name: value for name, value in properties.items() if name not in reader.names}
            properties = {name: value for name, value in properties.items() if name in reader.names}
        try:
            return reader.made(msgspec.convert(properties, reader.properties), others), ()
        except _UNFIT:
            return event, tuple(reader.misfits(properties))

    def _count(self, event: str, misfits: Iterable[tuple[str, str, str]]) -> None:
        for name, expected, found in misfits:
            self._misfits.add(event, name, expected, found)


# Blocks to skip at most before reading one at once again.
_MOST_SKIPPED = 20


class _Line(msgspec.Struct, gc=False):
    event: str
    properties: msgspec.Raw


_decode_lines = msgspec.json.Decoder(_Line).decode_lines
_decode_object = msgspec.json.Decoder(dict[str, Any]).decode
