"""Events as classes of their own, with typed properties. Pure. See `codegen.events`, which generates such classes.

A typed event has the types that its class declares, always. An event with a value of another type, or without a
property that its class requires, stays an `Event`, and is counted as a misfit.
"""

from __future__ import annotations

import datetime
import functools
import inspect
import types
import typing
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Generic, Protocol, TypeAlias, TypeVar, cast

import msgspec
from attrs import define, field, frozen

from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export.records.decode import EventDecoder
from mixpanel_export.records.event import IDENTITY, Event, moment_of, plain_zone
from mixpanel_export.records.lines import count_lines

__all__ = [
    "EventModule",
    "EventProperties",
    "EventTypes",
    "Into",
    "Misfit",
    "Misfits",
    "TypedDecoder",
    "TypedEvent",
]

P = TypeVar("P", bound="EventProperties")
E_co = TypeVar("E_co", bound="TypedEvent[Any]", covariant=True)


class EventProperties(
    msgspec.Struct, kw_only=True, gc=False, forbid_unknown_fields=True, repr_omit_defaults=True
):
    """The base of the properties of a typed event: one attribute for each property.

    `rename={"insert_id": "$insert_id"}` gives an attribute the name of its property. One with the default None is
    None where the property is absent or null.
    """

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        # To type checkers, `float` includes `int`; the decoder would make 5.0 of 5, and round large numbers.
        hints = typing.get_type_hints(cls, include_extras=True)
        own = inspect.get_annotations(cls)
        cls.__annotations__ = {name: _with_integers(hints[name]) for name in own}


def _with_integers(annotation: Any) -> Any:
    """Return a type that reads each number as it was sent."""
    if annotation is float:
        return int | float
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        return functools.reduce(lambda one, other: one | other, map(_with_integers, arguments))
    if origin in (list, dict):
        container: Any = origin
        return container[tuple(map(_with_integers, arguments))]
    return annotation


class TypedEvent(msgspec.Struct, Generic[P], gc=False, repr_omit_defaults=True):  # noqa: PLW1641
    """The base of typed events, one class for each name.

    Attributes:
        name: the event's name, the same for all events of a class.
        properties: the properties that its class declares.
        other_properties: all others by name, as sent.
    """

    name: ClassVar[str]
    properties: P
    # No line has such a name beside `properties`.
    other_properties: dict[str, Any] = msgspec.field(default_factory=dict, name="\x7f")  # pyright: ignore[reportUnknownVariableType]

    _zone: ClassVar[datetime.tzinfo] = datetime.UTC
    _ticks_per_second: ClassVar[int] = 1

    @property
    def time(self) -> datetime.datetime:
        """The time of the event, as `Event.time`."""
        return moment_of(self.name, self._sent("time"), self._ticks_per_second, self._zone)

    @property
    def distinct_id(self) -> str | None:
        """The user's `distinct_id`, as sent; None when absent."""
        return cast("str | None", self._sent("distinct_id"))

    @property
    def insert_id(self) -> str | None:
        """Mixpanel's `$insert_id`, which identifies an event that was sent again; None when absent."""
        return cast("str | None", self._sent("$insert_id"))

    def to_dict(self) -> dict[str, Any]:
        """Return the event as it stands in JSON Lines, without declared properties that are null."""
        properties = {
            name: value
            for name, attribute in _attributes_of(type(self.properties)).items()
            if (value := getattr(self.properties, attribute)) is not None
        }
        return {"event": self.name, "properties": {**properties, **self.other_properties}}

    def _sent(self, name: str) -> Any:
        attribute = _attributes_of(type(self.properties)).get(name)
        return self.other_properties.get(name) if attribute is None else getattr(self.properties, attribute)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TypedEvent):
            return NotImplemented
        return _identity(self) == _identity(cast("TypedEvent[Any]", other))

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, _identity(self)


@functools.cache
def _attributes_of(properties: type[EventProperties]) -> Mapping[str, str]:
    """Return the attribute of each property."""
    return dict(zip(properties.__struct_encode_fields__, properties.__struct_fields__, strict=True))


def _identity(event: TypedEvent[Any]) -> tuple[Any, ...]:
    """Return what makes two events equal, and an event again."""
    declared = next(base for base in type(event).__mro__ if "name" in vars(base))
    return declared, event._zone, event._ticks_per_second, event.properties, event.other_properties  # pyright: ignore[reportPrivateUsage]


@functools.cache
def _made(
    declared: type[TypedEvent[Any]], zone: datetime.tzinfo, ticks_per_second: int
) -> type[TypedEvent[Any]]:
    """Return the class of one export's events, which the decoder finds by their name."""
    made = msgspec.defstruct(
        declared.__name__,
        [],
        bases=(declared,),
        module=declared.__module__,
        namespace={"_zone": zone, "_ticks_per_second": ticks_per_second, "__doc__": declared.__doc__},
        tag_field="event",
        tag=declared.name,
    )
    return cast("type[TypedEvent[Any]]", made)


def _restore(
    declared: type[TypedEvent[Any]],
    zone: datetime.tzinfo,
    ticks_per_second: int,
    properties: EventProperties,
    others: dict[str, Any],
) -> TypedEvent[Any]:
    return _made(declared, zone, ticks_per_second)(properties, others)


class EventModule(Protocol[E_co]):
    """A generated module: its classes of events are the tuple `EVENTS`."""

    @property
    def EVENTS(self) -> tuple[type[E_co], ...]:  # noqa: N802
        """The classes of events."""
        ...


E = TypeVar("E", bound="TypedEvent[Any]")
Into: TypeAlias = EventModule[E] | type[E] | Iterable[type[E]]
"""The classes of the events to make: a generated module, one class or several."""


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
            except msgspec.ValidationError:
                yield name, _shown(info.type), _JSON_TYPES[type(value)]


def _plain_types(annotation: Any) -> frozenset[type]:
    """Return the types whose values fit, whatever they hold."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return frozenset[type]().union(*map(_plain_types, typing.get_args(annotation)))
    return frozenset({annotation}) if annotation in _PLAIN else frozenset()


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
        zone: the client's time zone.
        ticks_per_second: the unit of `time`; see `event_type`.
        event_class: the class of other events, with the same zone and unit.
        exclude: properties to leave out of every event.
        is_projected: `untyped` decodes only some properties.
    """

    def __init__(
        self,
        untyped: EventDecoder,
        event_types: EventTypes,
        misfits: Misfits,
        zone: datetime.tzinfo,
        ticks_per_second: int = 1,
        *,
        event_class: type[Event] = Event,
        exclude: Collection[str] = (),
        is_projected: bool = False,
    ) -> None:
        self._untyped = untyped
        self._misfits = misfits
        self._event_class = event_class
        self._exclude = tuple(exclude)
        self._is_selective = is_projected or bool(exclude)
        self._readers = {
            name: _Reader.of(_made(declared, plain_zone(zone), ticks_per_second), properties)
            for name, (declared, properties) in event_types.by_name.items()
        }
        classes = [reader.made for reader in self._readers.values()]
        self._usual = msgspec.json.Decoder(typing.Union[tuple(classes)]) if classes else None  # noqa: UP007
        self._failures = 0
        self._skip = 0

    def decode(self, block: bytes, lines: int | None = None) -> list[Event | TypedEvent[Any]]:
        """Decode whole lines; arguments and errors are those of `EventDecoder.decode`."""
        if not self._is_selective:
            decoded = self._decode_usual(block, lines)
            if decoded is None:
                decoded = self._decode_each(block, lines)
            if decoded is not None:
                return decoded
        events: list[Event | TypedEvent[Any]] = []
        for event in self._untyped.decode(block, lines):
            for name in self._exclude:
                event.properties.pop(name, None)
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
            str(block, "utf-8")
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
        except msgspec.ValidationError:
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
