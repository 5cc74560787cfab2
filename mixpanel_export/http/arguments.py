"""Check the arguments of a call against the contract, before anything is sent.

Pure. Each generated operation carries the contract's rules as JSON Schema. The only rules made here are those that
a schema cannot express: dates, expressions, and the direction of a range.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from typing import Any, cast

from attrs import frozen

from mixpanel_export import dates
from mixpanel_export._text import is_unicode
from mixpanel_export.errors import ExpressionError, InvalidArgumentError
from mixpanel_export_api.api import Operation
from mixpanel_export_api.runtime.objects import JsonObject

__all__ = ["check_arguments", "check_options"]


def check_options(given: Mapping[str, Any], known: type) -> None:
    """Refuse unknown options: ignoring a filter would widen an export."""
    for name, value in given.items():
        if name not in known.__annotations__:
            allowed = ", ".join(known.__annotations__)
            raise InvalidArgumentError(name, value, f"unknown argument; expected one of {allowed}")


def check_arguments(
    operation: Operation[Any],
    arguments: Mapping[str, Any],
    today: datetime.date,
    *,
    zone: datetime.tzinfo = datetime.UTC,
    check_expressions: bool = True,
) -> dict[str, Any]:
    """Return the arguments as the generated request builder takes them, without those that are None.

    Args:
        zone: the project's time zone.
        check_expressions: parse `where` and `on`.

    Raises:
        InvalidArgumentError: for the first argument that the contract does not allow.
    """
    checked: dict[str, Any] = {}
    rules = _Rules(zone, check_expressions)
    for name, schema in operation.schemas.items():
        value = arguments.get(name)
        if value is None:
            if name in operation.required:
                raise InvalidArgumentError(name, value, "required")
            continue
        checked[name] = _checked(name, value, schema, rules)
        if name in operation.models:
            checked[name] = _as_models(name, checked[name], operation.models[name])
        if f"{{{operation.renamed.get(name, name)}}}" in operation.path and value in {".", ".."}:
            raise InvalidArgumentError(name, value, "cannot be part of a URL path")
    may_be_future = operation.schemas.get("to_date", {}).get("x-future", False)
    last = None if may_be_future else today
    dates.check_range("from_date", checked.get("from_date"), "to_date", checked.get("to_date"), last)
    for rule in operation.refused:
        if all(_holds(condition, checked.get(name)) for name, condition in rule["when"].items()):
            name = next(iter(rule["when"]))
            raise InvalidArgumentError(name, checked.get(name), rule["says"])
    return checked


def _holds(condition: Any, value: Any) -> bool:
    """Return whether an argument meets a condition of the contract's `x-refused`; None means it is not given."""
    match condition:
        case "given":
            return value is not None
        case "missing":
            return value is None
        case {"over": number}:
            return value is not None and value > number
        case _:
            return value in condition


def _check_expression(name: str, text: str) -> None:
    from mixpanel_export.expressions import parse

    try:
        parse(text)
    except ExpressionError as error:
        raise error.in_argument(name) from None


@frozen
class _Rules:
    """Rules that the contract does not have."""

    zone: datetime.tzinfo
    check_expressions: bool


def _checked(name: str, value: Any, schema: Mapping[str, Any], rules: _Rules) -> Any:
    if schema.get("nullable") and value is None:
        return None
    match schema.get("format"):
        case "date":
            return dates.to_date(name, value)
        case "mixpanel-datetime":
            return dates.to_wall_clock(name, value, rules.zone)
        case "date-time":
            return dates.to_moment(name, value, rules.zone)
        case "mixpanel-expression":
            value = value.to_expression() if hasattr(value, "to_expression") else value
            _check_type(name, value, schema)
            if rules.check_expressions:
                _check_expression(name, value)
            return value
        case _:
            pass
    if "enum" in schema:
        allowed = schema["enum"]
        if not isinstance(value, str | int) or value not in allowed:
            raise InvalidArgumentError(
                name,
                value,
                f"expected {'one of ' if len(allowed) > 1 else ''}{', '.join(map(repr, allowed))}",
            )
        return value
    _check_type(name, value, schema)
    if schema.get("type") == "array":
        return [
            _checked(f"{name}[{index}]", item, schema.get("items", {}), rules)
            for index, item in enumerate(value)
        ]
    if "properties" in schema:
        given = _fields_of(value)
        own = {
            key: _checked(f"{name}.{key}", given[key], each, rules)
            for key, each in schema["properties"].items()
            if key in given
        }
        if given is not value:
            return value
        _check_number_of_fields(name, given, schema)
        return {**given, **own}
    return value


def _fields_of(value: Any) -> Mapping[str, Any]:
    """Return the fields of a mapping or a model; none of anything else, which `_as_models` refuses."""
    if isinstance(value, Mapping) and not isinstance(value, JsonObject):
        return cast(Mapping[str, Any], value)
    try:
        return cast(Mapping[str, Any], value.to_dict())
    except (AttributeError, TypeError, ValueError):
        return {}


def _check_type(name: str, value: Any, schema: Mapping[str, Any]) -> None:
    given: Any = value  # keeps its type through the checks below
    match schema.get("type"):
        case "integer":
            right = isinstance(value, int) and not isinstance(value, bool)
            allowed = "an integer"
        case "number":
            right = isinstance(value, int | float) and not isinstance(value, bool)
            allowed = "a number"
        case "boolean":
            right, allowed = isinstance(value, bool), "True or False"
        case "string":
            right, allowed = isinstance(value, str) and is_unicode(value), "text"
        case "array":
            right, allowed = isinstance(value, list | tuple), "a list"
        case "object":
            right, allowed = isinstance(value, Mapping) or hasattr(value, "to_dict"), "a mapping"
        case _:
            return
    if not right:
        raise InvalidArgumentError(name, given, f"expected {allowed}")
    _check_bounds(name, given, schema)


def _check_bounds(name: str, value: Any, schema: Mapping[str, Any]) -> None:
    minimum, maximum = schema.get("minimum"), schema.get("maximum")
    if (minimum is not None and value < minimum) or (maximum is not None and value > maximum):
        if maximum is None:
            allowed = f"expected a number from {minimum}"
        elif minimum is None:
            allowed = f"expected a number up to {maximum}"
        else:
            allowed = f"expected a number from {minimum} to {maximum}"
        raise InvalidArgumentError(name, value, allowed)
    for kind, unit in (("Length", "characters"), ("Items", "items")):
        shortest, longest = schema.get(f"min{kind}", 0), schema.get(f"max{kind}")
        if shortest and len(value) < shortest:
            allowed = "must not be empty" if shortest == 1 else f"expected at least {shortest} {unit}"
            raise InvalidArgumentError(name, value, allowed)
        if longest is not None and len(value) > longest:
            raise InvalidArgumentError(name, value, f"expected at most {longest} {unit}")


def _check_number_of_fields(name: str, value: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    number = sum(value.get(field) is not None for field in schema["properties"])
    if not schema.get("minProperties", 0) <= number <= schema.get("maxProperties", number):
        fields = " or ".join(map(repr, schema["properties"]))
        raise InvalidArgumentError(name, value, f"expected a mapping with {fields}")


def _as_models(name: str, value: Any, model: Any) -> Any:
    if isinstance(value, list):
        items = enumerate(cast(list[Any], value))
        return [_as_models(f"{name}[{index}]", item, model) for index, item in items]
    given: Any = value
    is_model = isinstance(given, JsonObject)
    made = _from_mapping(name, given, model) if isinstance(value, Mapping) and not is_model else given
    if not isinstance(made, model):
        raise InvalidArgumentError(name, given, f"expected a mapping or a {model.__name__}")
    try:
        json.dumps(made.to_dict(), allow_nan=False)
    except (TypeError, ValueError, AttributeError, RecursionError) as error:
        raise InvalidArgumentError(name, given, f"not JSON-serializable: {error}") from None
    return made


def _from_mapping(name: str, given: Mapping[str, Any], model: Any) -> Any:
    try:
        made = model.from_dict(given)
    except KeyError as error:
        raise InvalidArgumentError(name, given, f"expected a mapping with {error}") from None
    except (TypeError, ValueError) as error:
        raise InvalidArgumentError(name, given, f"not a {model.__name__}: {error}") from None
    unknown = given.keys() - made.to_dict().keys()
    if unknown:
        raise InvalidArgumentError(name, given, f"a {model.__name__} has no {min(unknown, key=str)!r}")
    return made
