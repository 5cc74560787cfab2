"""The models of the contract, as the template `model.py.jinja` sees them.

openapi-python-client only lists them: their code is made here from the schemas, because answers are tolerant. See
`spec/runtime/objects.py` for how they read JSON. Extensions of a schema:

    x-table    the nesting of a report, to flatten it into rows: the properties that lead to it (`at`), the names of
               its levels from the outside in (`keys`), the property of an innermost object that holds its list
               (`list`), lists beside that one with their columns (`beside`), the column of the place in a list
               (`index`), the column of an innermost number (`value`), the property that names levels (`headers`)
    x-list     the list that the object stands for: iterated, indexed and counted; a path of attributes
    x-bare     the property that a bare value in place of the object stands for
    x-implied  the property that an object without it stands for
    x-within   the property of another object that can hold this one
    x-overall  the record whose properties a map of segments has too, read from its segment `$overall`
    x-any      the values are models or plain values, and typed `Any`, since no checker could index a union of them
    x-flat     the property whose entries become columns of a row
    x-unit     the word by which `repr` counts a list or a map
    x-quiet    properties that `repr` leaves out
    x-empty    on a property that can be missing: an object or a list that reads as an empty one
    x-always   on a property that few objects lack: its type leaves None out anyway
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import field, frozen

from mixpanel_export.codegen.endpoints.contract import Contract
from mixpanel_export.codegen.endpoints.naming import attribute_name, class_name, module_name
from mixpanel_export.codegen.endpoints.places import names_of
from mixpanel_export.codegen.endpoints.texts import literal

_SCALARS = {
    "string": ("str", "any_value"),
    "integer": ("int", "integer"),
    "number": ("float", "number"),
    "array": ("list[Any]", "any_value"),
}
_FORMATS = {
    "mixpanel-datetime": ("datetime.datetime", "moment"),
    "date-time": ("datetime.datetime", "moment"),
    "date": ("datetime.date", "day"),
}


@frozen
class Kind:
    """The type of a value and how to read it.

    Attributes:
        type: The type in an annotation.
        reader: The function of the runtime that reads a single value.
        models: The models it can be, tried in order.
        is_list: True for a list of it.
        is_any: True if it can be something else than one of the models.
    """

    type: str
    reader: str = "any_value"
    models: tuple[str, ...] = ()
    is_list: bool = False
    is_any: bool = False


@frozen
class Field:
    """A property of a record."""

    attribute: str
    wire: str
    required: bool
    is_empty: bool
    kind: Kind
    description: str
    unit: str

    @property
    def type(self) -> str:
        return self._own_type if self.always else _optional(self._own_type)

    @property
    def always(self) -> bool:
        """True if the attribute is never None: a missing object or list reads as an empty one."""
        return self.required or self.is_empty

    @property
    def _own_type(self) -> str:
        return f"list[{self.kind.type}]" if self.kind.is_list else self.kind.type

    def parameter(self, is_request: bool) -> str:
        """Return the parameter of the constructor; answers have no required ones."""
        if is_request and self.required:
            return f"{self.attribute}: {self._own_type}"
        return f"{self.attribute}: {_optional(self._own_type)} = None"

    @property
    def json_type(self) -> str:
        """The model or list that the field must be, or `object` for any value."""
        return "list" if self.kind.is_list else self.kind.models[0] if self.kind.models else "object"

    @property
    def reading(self) -> str:
        """The expression that reads the field of `self`."""
        name = literal(self.wire)
        if self.kind.is_list:
            (item,) = self.kind.models or (self.kind.reader,)
            read = f"self._{'models' if self.kind.models else 'values'}({name}, {item})"
            return f"{read} or []" if self.always else read
        if self.kind.models:
            (model,) = self.kind.models
            return f"self._{'part' if self.always else 'model'}({name}, {model})"
        if self.kind.reader == "any_value":
            return f"self.get({name})"
        return f"{self.kind.reader}(self.get({name}){', self._zone' if self.kind.reader == 'moment' else ''})"


@frozen
class ModelCode:
    """A model as code."""

    name: str
    description: str
    fields: list[Field]
    values: Kind | None
    is_request: bool
    is_open: bool
    table: dict[str, Any] | None
    listed: str
    item: str
    bare: str
    implied: str
    within: str
    flat: str
    overall: list[Field] = field(factory=list[Field])
    overall_model: str = ""
    unit: str = "entries"
    quiet: list[str] = field(factory=list[str])

    @property
    def is_map(self) -> bool:
        return self.values is not None

    @property
    def is_model_map(self) -> bool:
        return self.values is not None and bool(self.values.models)

    @property
    def bases(self) -> str:
        if self.values is not None:
            text = f"list[{self.values.type}]" if self.values.is_list else self.values.type
            # Quoted, because models may refer to each other in a cycle; ruff drops the import of a quoted Any.
            values = text if "Any" in text else f'"{text}"'
            bases = [f"{'ModelMap' if self.is_model_map else 'Map'}[{values}]"]
        else:
            bases = [f"Listing[{self.item}]" if self.listed else "Model"]
        return ", ".join([*bases, *(["Table"] if self.table else [])])

    @property
    def imports(self) -> list[str]:
        """The models that this one refers to."""
        kinds = [each.kind for each in [*self.fields, *self.overall]] + ([self.values] if self.values else [])
        names = {name for kind in kinds for name in kind.models} | {self.overall_model, self.item} - {""}
        return sorted(f"from .{module_name(name)} import {name}" for name in names - {self.name, "", "Any"})


def models_by_name(contract: Contract) -> dict[str, ModelCode]:
    """Return the models of the contract's object schemas by class name."""
    schemas: dict[str, Any] = contract.document["components"]["schemas"]
    sent = contract.sent()
    return {
        class_name(name): _model(contract, name, schema, is_request=name in sent)
        for name, schema in schemas.items()
        if names_of(schema) == {"object"}
    }


def _model(contract: Contract, name: str, schema: dict[str, Any], *, is_request: bool) -> ModelCode:
    values = schema.get("additionalProperties")
    is_map = bool(values) and "properties" not in schema
    fields = [] if is_map else [*_fields(contract, schema, is_request=is_request)]
    overall = schema.get("x-overall", "")
    listed: str = schema.get("x-list", "")
    return ModelCode(
        name=name,
        description=_prose(described_as(schema.get("description") or f"The object `{name}`.", schema)),
        fields=fields,
        values=_values(contract, schema) if is_map else None,
        is_request=is_request,
        is_open=values is not False,
        table=schema.get("x-table"),
        listed=".".join(map(attribute_name, listed.split("."))) if listed else "",
        item=_item(contract, schema, listed) if listed else "",
        bare=schema.get("x-bare", ""),
        implied=schema.get("x-implied", ""),
        within=schema.get("x-within", ""),
        flat=schema.get("x-flat", ""),
        overall=[*_fields(contract, contract.resolve(_ref(overall)), is_request=False)] if overall else [],
        overall_model=class_name(overall) if overall else "",
        unit=schema.get("x-unit", "entries"),
        quiet=[attribute_name(name) for name in schema.get("x-quiet", [])],
    )


def _optional(type_: str) -> str:
    return type_ if type_ == "Any" else f"{type_} | None"


def _prose(text: str) -> str:
    return " ".join(str(text).split())


def described_as(text: str, *parts: dict[str, Any]) -> str:
    """Return a description, which names the part of a spec as deprecated if it is."""
    return f"Deprecated. {text}".strip() if any(part.get("deprecated") for part in parts) else text


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _fields(contract: Contract, schema: dict[str, Any], *, is_request: bool) -> Iterator[Field]:
    required = set(schema.get("required", []))
    properties = [*schema.get("properties", {}).items()]
    if is_request:
        properties.sort(key=lambda item: item[0] not in required)
    for wire, inner in properties:
        resolved = contract.resolve(inner)
        kind = kind_of(contract, inner)
        if len(kind.models) > 1:
            # Which of the objects it is cannot be told.
            kind = Kind("Any", is_list=kind.is_list)
        if is_request and kind.reader == "moment":
            kind = Kind("str")
        yield Field(
            attribute=attribute_name(wire),
            wire=wire,
            required=wire in required,
            is_empty=inner.get("x-empty", False) or inner.get("x-always", False),
            kind=kind,
            description=_prose(
                described_as(
                    inner.get("description") or resolved.get("description") or f"The property `{wire}`.",
                    inner,
                    resolved,
                )
            ),
            unit=inner.get("x-unit", "items"),
        )


def _item(contract: Contract, schema: dict[str, Any], path: str) -> str:
    for name in path.split("."):
        schema = contract.resolve(schema["properties"][name])
    return kind_of(contract, schema).type


def _values(contract: Contract, schema: dict[str, Any]) -> Kind:
    values = schema["additionalProperties"]
    if values is True:
        return Kind("Any")
    kind = kind_of(contract, values)
    if kind.type.startswith("datetime.") or (kind.is_list and len(kind.models) > 1):
        # The values of a map are as in the JSON, apart from objects.
        kind = Kind("Any" if kind.models else "str", is_list=kind.is_list)
    return Kind("Any", kind.reader, kind.models, is_any=True) if schema.get("x-any") else kind


def kind_of(contract: Contract, schema: dict[str, Any]) -> Kind:
    """Return the kind of a schema; null does not count as a kind, since it means absent."""
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    resolved = contract.resolve(schema)
    if options := [*resolved.get("anyOf", []), *resolved.get("oneOf", [])]:
        return _union([kind_of(contract, option) for option in options if option.get("type") != "null"])
    types = resolved.get("type", [])
    types = {types} if isinstance(types, str) else set(types)
    types -= {"null"}
    if types == {"object"}:
        return Kind(class_name(name), models=(class_name(name),))
    if types == {"array"}:
        item = kind_of(contract, resolved["items"])
        if item.is_list:
            # Only the outer list is read: an inner one is as in the JSON.
            inner = "Any" if item.models else "str" if item.type.startswith("datetime.") else item.type
            return Kind(f"list[{inner}]", is_list=True)
        return Kind(item.type, item.reader, item.models, is_list=True)
    if "boolean" in types:
        return Kind("bool", "boolean")
    if types == {"string"} and resolved.get("format") in _FORMATS:
        return Kind(*_FORMATS[resolved["format"]])
    if len(types) == 1:
        return Kind(*_SCALARS[types.pop()])
    return Kind(" | ".join(_SCALARS[type_][0] for type_ in sorted(types, reverse=True)) or "Any")


def _union(kinds: list[Kind]) -> Kind:
    if len(kinds) == 1:
        return kinds[0]
    # Beside a model, anything else is another form of it, such as the bare list of a funnel's steps.
    models = tuple(model for kind in kinds for model in kind.models if not kind.is_list)
    types = dict.fromkeys(models or (kind.type for kind in kinds))
    return Kind(" | ".join(types), models=models)
