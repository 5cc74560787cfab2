"""Typed events, each with the class of its name. Pure. See `codegen.events`, which generates such classes.

A typed event has the types that its class declares, always. An event with a value of another type, or without a
property that its class requires, stays an `Event`, and is counted as a misfit.
"""

from __future__ import annotations

import datetime
import functools
import inspect
import types
import typing
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Generic, Protocol, TypeAlias, TypeVar, cast

import msgspec

from mixpanel_export.records.event import moment_of

__all__ = ["EventModule", "EventProperties", "Into", "TypedEvent", "class_for"]

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
        untyped: Any = cls
        untyped.__annotations__ = {name: _with_integers(hints[name]) for name in own}


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
def class_for(
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
    return class_for(declared, zone, ticks_per_second)(properties, others)


class EventModule(Protocol[E_co]):
    """A generated module: its classes of events are the tuple `EVENTS`."""

    @property
    def EVENTS(self) -> tuple[type[E_co], ...]:  # noqa: N802
        """The classes of events."""
        ...


E = TypeVar("E", bound="TypedEvent[Any]")
Into: TypeAlias = EventModule[E] | type[E] | Iterable[type[E]]
"""The classes of the events to make: a generated module, one class or several."""
