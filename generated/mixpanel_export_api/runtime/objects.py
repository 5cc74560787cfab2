"""The base classes of models: unchanged JSON objects with typed attributes.

A model is a dictionary of the JSON object that it was read from: it compares, copies, pickles and serializes as
one, and unknown fields are in it under their own names. Attributes read fields on access: parsing an answer costs
little beyond `json.loads`, and a part of an unexpected shape cannot lose the rest. Null and absent read as None.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar, overload

from .frames import Frames
from .values import any_value, number, to_json

T = TypeVar("T")
V_co = TypeVar("V_co", covariant=True)

OVERALL = "$overall"
_SHOWN = 60

if TYPE_CHECKING:

    class _Object:
        """The part of `dict` that every model offers; a field may have the name of another method, as `values`."""

        def __init__(self, *arguments: Any, **named: Any) -> None: ...
        def __getitem__(self, key: str, /) -> Any: ...
        def __setitem__(self, key: str, value: Any, /) -> None: ...
        def __delitem__(self, key: str, /) -> None: ...
        def __contains__(self, key: object, /) -> bool: ...
        def get(self, key: str, default: Any = None, /) -> Any: ...
        def keys(self) -> KeysView[str]: ...
        def items(self) -> ItemsView[str, Any]: ...

    class _Mapping(Mapping[str, V_co]):
        def __init__(self, *arguments: Any, **named: Any) -> None: ...
        def __setitem__(self, key: str, value: Any, /) -> None: ...
        def __delitem__(self, key: str, /) -> None: ...
        def __iter__(self) -> Iterator[str]: ...
        def __len__(self) -> int: ...
else:
    _Object = dict

    class _Mapping(dict, Generic[V_co]):
        __slots__ = ()


class JsonObject:
    """The methods that records and maps share."""

    __slots__ = ()

    _zone: datetime.tzinfo

    @classmethod
    def _of(cls, data: Mapping[str, Any], zone: datetime.tzinfo = datetime.UTC) -> Self:
        made: Any = cls.__new__(cls)
        # The methods of `dict` see what is in a model, its own make further models.
        dict.update(made, data if type(data) is dict else dict.items(data))  # type: ignore[arg-type]
        made._zone = zone
        return made  # type: ignore[no-any-return]

    @classmethod
    def _fits(cls, value: Any) -> bool:
        """Return True for a JSON value that can be this model."""
        return isinstance(value, dict)

    @classmethod
    def _read(cls, value: Any, zone: datetime.tzinfo) -> Self | None:
        """Make the model of a JSON value, or return None if the value is something else."""
        if isinstance(value, dict):
            made: Any = value
            return made if type(made) is cls else cls._of(made, zone)
        if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
            # Some calls list the only object.
            return cls._of(value[0], zone)
        # PHP writes an empty object so.
        return cls._of({}, zone) if value == [] else None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object as plain dictionaries and lists."""
        return to_json(self)  # type: ignore[no-any-return]

    def _repr_html_(self) -> str:
        """Return a preview for notebooks."""
        from .html import preview_of

        return preview_of(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), dict(dict.items(self)), self._zone)  # type: ignore[arg-type]

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Let pydantic and FastAPI take the model as a field or a response."""
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(
            lambda value: value if isinstance(value, cls) else cls._of(value),
            serialization=core_schema.plain_serializer_function_ser_schema(to_json),
        )


def _restored(cls: Any, data: dict[str, Any], zone: datetime.tzinfo) -> Any:
    return cls._of(data, zone)


class Model(JsonObject, _Object):
    """A JSON object with known fields."""

    __slots__ = ("_zone",)

    _fields: ClassVar[Mapping[str, str]] = {}
    """Names in the JSON by attribute."""
    _required: ClassVar[Mapping[str, type]] = {}
    """The fields that the contract requires: `list`, a model, or `object` for any value."""
    _strict: ClassVar[bool] = False
    """True for a model of a request, which knows all its fields."""
    _bare: ClassVar[str] = ""
    """The field that a value in place of the object stands for."""
    _implied: ClassVar[str] = ""
    """The field that an object without it stands for."""
    _within: ClassVar[str] = ""
    """The field of another object that can hold this one."""
    _units: ClassVar[Mapping[str, str]] = {}
    """Words by which `repr` counts the items of a list, by attribute."""
    _flat: ClassVar[str] = ""
    """The field whose entries become columns of a row."""
    _quiet: ClassVar[frozenset[str]] = frozenset()
    """Attributes that `repr` leaves out."""

    def __new__(cls, *arguments: Any, **named: Any) -> Self:
        made = super().__new__(cls)
        made._zone = datetime.UTC
        return made

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Make the model of a JSON object.

        Raises:
            KeyError: A request lacks a required field. An answer's fields can all be missing.
        """
        data = dict(dict.items(src_dict) if isinstance(src_dict, dict) else src_dict)
        if cls._strict:
            for name in cls._required:
                if name not in data:
                    raise KeyError(name)
            known = cls._fields.values()
            data = {name: value for name, value in data.items() if name in known}
        return cls._of(data)

    @classmethod
    def _fits(cls, value: Any) -> bool:
        if isinstance(value, list):
            return bool(cls._bare)
        if not isinstance(value, dict) or OVERALL in value:
            return False
        return all(
            kind is object or isinstance(value.get(name), list if kind is list else dict)
            for name, kind in cls._required.items()
        )

    @classmethod
    def _read(cls, value: Any, zone: datetime.tzinfo) -> Self | None:
        if cls._bare and value is not None and not isinstance(value, dict):
            return cls._of({cls._bare: value}, zone)
        if isinstance(value, dict):
            if cls._within and isinstance(inner := dict.get(value, cls._within), dict):
                value = inner
            elif cls._implied and value and cls._implied not in value:
                value = {cls._implied: value}
        return super()._read(value, zone)

    @classmethod
    def _knows(cls, value: Any) -> bool:
        """Return True for an object that has a field of this model."""
        return bool(cls._implied) or any(name in value for name in cls._fields.values())

    @property
    def additional_properties(self) -> dict[str, Any]:
        """The fields that are not attributes."""
        known = self._fields.values()
        return {name: value for name, value in self.items() if name not in known}

    def _row(self) -> dict[str, Any]:
        """Return the fields by attribute, and unknown ones by name."""
        fields = {
            name: _plain(getattr(self, name)) for name, wire in self._fields.items() if wire != self._flat
        }
        row = {**fields, **to_json(self.additional_properties)}
        if not self._flat:
            return row
        # A column for each property; those of group profiles stay away from users'.
        row = {name: value for name, value in row.items() if value is not None}
        entries = self.get(self._flat)
        for name, value in dict.items(entries) if isinstance(entries, dict) else ():
            row[f"properties.{name}" if name in row else name] = to_json(value)
        return row

    def _set(self, name: str, value: Any) -> None:
        if value is not None:
            self[name] = _sent(value)

    def _model(self, name: str, cls: Any) -> Any:
        value = self.get(name)
        if type(value) is cls or value is None:
            return value
        made = cls._read(value, self._zone)
        if made is not None and isinstance(value, dict):
            self[name] = made
        return made

    def _part(self, name: str, cls: Any) -> Any:
        """Read an object that the contract requires; a missing one is empty."""
        made = self._model(name, cls)
        return cls._of({}, self._zone) if made is None else made

    def _models(self, name: str, cls: Any) -> Any:
        return read_models(self.get(name), cls, self._zone)

    def _values(self, name: str, read: Callable[[Any], Any]) -> Any:
        value = self.get(name)
        if not isinstance(value, list) or read is any_value:
            return value if isinstance(value, list) else None
        return value if not {str, float} & {*map(type, value)} else [read(item) for item in value]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, dict) and _present(self) == _present(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__: ClassVar[None] = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self._shown())})"

    def _shown(self) -> Iterator[str]:
        for attribute in self._fields:
            if attribute in self._quiet:
                continue
            value = getattr(self, attribute)
            if isinstance(value, Model) and all(isinstance(part, list | Map) for part in _parts(value)):
                yield from value._shown()
            elif value is not None:
                yield f"{attribute}={_shortly(value, self._units.get(attribute, 'items'))}"


def _parts(model: Model) -> list[Any]:
    return [value for attribute in model._fields if (value := getattr(model, attribute)) is not None]


def _sent(value: Any) -> Any:
    """Return a value as JSON has it, a date as text."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    return [_sent(item) for item in value] if isinstance(value, list | tuple) else to_json(value)


def _present(value: Any) -> dict[str, Any]:
    return {name: inner for name, inner in dict.items(value) if inner is not None}


def _shortly(value: Any, unit: str) -> str:
    if isinstance(value, Map):
        return value._counted()
    if isinstance(value, list):
        return counted(len(value), unit)
    text = str(value) if isinstance(value, datetime.date) else repr(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def counted(number: int, unit: str) -> str:
    """Return a number with the word for what it counts, a plural ending in "s"."""
    singular = (
        f"{unit.removesuffix('ies')}y"
        if unit.endswith("ies") and unit != "series"
        else unit.removesuffix("s")
    )
    return f"{number:,} {singular if number == 1 else unit}"


def read_models(value: Any, cls: Any, zone: datetime.tzinfo) -> Any:
    """Read a list of models; items that are something else are left out, and stay in the JSON."""
    if isinstance(value, dict):
        # A single one, without its list.
        return [cls._read(value, zone)] if value and cls._knows(value) else None
    if not isinstance(value, list):
        return None
    kinds = {*map(type, value)}
    if kinds <= {cls}:
        return value
    if kinds <= {dict, cls} and not cls._implied:
        for index, item in enumerate(value):
            if type(item) is not cls:
                value[index] = cls._of(item, zone)
        return value
    return [made for item in value if (made := cls._read(item, zone)) is not None]


def rows_of(items: Iterable[Any]) -> list[dict[str, Any]]:
    """Return a row for each item: the fields of an object, or else the item as `value`."""
    return [
        item._row() if isinstance(item, Model) else dict(item) if isinstance(item, dict) else {"value": item}
        for item in items
    ]


def _plain(value: Any) -> Any:
    return to_json(value) if isinstance(value, dict | list) else value


class Listing(Model, Frames, Generic[T]):
    """A record that holds a list: iterate it, index it or take its length."""

    __slots__ = ()

    _item: ClassVar[type[Model]]

    _listed: ClassVar[Callable[[Any], list[Any]]]

    def to_rows(self) -> list[dict[str, Any]]:
        """Return a row for each item of the list, with its fields as columns."""
        return rows_of(self._listed())

    def _frame_layout(self) -> Mapping[str, Any]:
        return {"columns": [*self._item._fields]}

    def __iter__(self) -> Iterator[T]:
        return iter(self._listed())

    def __len__(self) -> int:
        return len(self._listed())

    def __bool__(self) -> bool:
        # The JSON encoder takes a false dictionary for an empty one.
        return True

    @overload
    def __getitem__(self, key: int, /) -> T: ...
    @overload
    def __getitem__(self, key: slice, /) -> list[T]: ...
    @overload
    def __getitem__(self, key: str, /) -> Any: ...
    def __getitem__(self, key: int | slice | str, /) -> Any:
        return super().__getitem__(key) if isinstance(key, str) else self._listed()[key]


class Map(JsonObject, _Mapping[V_co]):
    """A JSON object whose names are data. A key that is a date or a time can be given as one."""

    __slots__ = ("_zone",)

    _numbers: ClassVar[bool] = False
    """True if values are numbers, which may come as text."""
    _unit: ClassVar[str] = "entries"
    """The word by which `repr` counts."""

    def __new__(cls, *arguments: Any, **named: Any) -> Self:
        made = super().__new__(cls)
        made._zone = datetime.UTC
        return made

    @classmethod
    def _of(cls, data: Mapping[str, Any], zone: datetime.tzinfo = datetime.UTC) -> Self:
        if cls._numbers and str in {*map(type, data.values())}:
            data = {name: number(value) for name, value in data.items()}
        return super()._of(data, zone)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Make the map of a JSON object."""
        return cls._of(src_dict if isinstance(src_dict, dict) else dict(src_dict))

    @property
    def additional_properties(self) -> dict[str, V_co]:
        """The map as a dictionary."""
        return dict(self.items())

    def __getitem__(self, key: str | datetime.date, /) -> V_co:
        return super().__getitem__(_name_of(self, key))

    def __contains__(self, key: object, /) -> bool:
        return super().__contains__(_name_of(self, key))

    @overload
    def get(self, key: str | datetime.date, /) -> V_co | None: ...
    @overload
    def get(self, key: str | datetime.date, default: V_co | T, /) -> V_co | T: ...
    def get(self, key: str | datetime.date, default: Any = None, /) -> Any:
        """Return the value of a key, or the default."""
        return self[key] if key in self else default  # noqa: SIM401

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._counted()})"

    def _counted(self) -> str:
        return counted(len(self), self._unit)


def _name_of(map_: Any, key: Any) -> Any:
    if not isinstance(key, datetime.date):
        return key
    name = str(key)
    return name if dict.__contains__(map_, name) else key.isoformat()


class ModelMap(Map[V_co]):
    """A map whose values are models, made on access."""

    __slots__ = ()

    @classmethod
    def _read_value(cls, value: Any, zone: datetime.tzinfo) -> Any:
        raise NotImplementedError

    def _value(self, key: str, value: Any) -> Any:
        made = self._read_value(value, self._zone)
        if made is not value and isinstance(value, dict):
            self[key] = made
        return made

    def __getitem__(self, key: str | datetime.date, /) -> V_co:
        name = _name_of(self, key)
        return self._value(name, super().__getitem__(name))  # type: ignore[no-any-return]

    def __iter__(self) -> Iterator[str]:
        # Overridden so that `dict(map)` and `**map` ask for the items, too.
        return super().__iter__()

    def values(self) -> ValuesView[V_co]:
        """Return the models."""
        return {key: self[key] for key in self}.values()

    def items(self) -> ItemsView[str, V_co]:
        """Return the keys with their models."""
        return {key: self[key] for key in self}.items()

    def _overall(self, cls: Any) -> Any:
        """Return the model of all segments together; an empty one if there is none."""
        found: Any = self.get(OVERALL)
        return found if isinstance(found, cls) else cls._of({}, self._zone)


def one_of(value: Any, zone: datetime.tzinfo, *kinds: Any) -> Any:
    """Make the first of several models that a JSON value fits; of a value that fits none, an empty one."""
    if type(value) in kinds:
        return value
    for cls in kinds:
        if cls._fits(value) and (made := cls._read(value, zone)) is not None:
            return made
    made = kinds[-1]._read(value, zone)
    return kinds[-1]._of({}, zone) if made is None else made


def any_of(value: Any, zone: datetime.tzinfo, *kinds: Any) -> Any:
    """Make the model of a JSON object; any other value is returned unchanged."""
    return one_of(value, zone, *kinds) if isinstance(value, dict) else number(value)
