"""Checking the arguments of a call against the contract before anything is sent.

Pure. What is allowed is the contract's word, carried by each generated operation as JSON Schema; the only
rules made here are those a schema cannot say: what a date or an expression may be, which way a range runs.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from typing import Any, cast

from mixpanel_export import dates
from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export.expressions import ExpressionError, parse
from mixpanel_export_api.api import Operation

__all__ = ["check_arguments", "check_options"]


def check_options(given: Mapping[str, Any], known: type) -> None:
    """Refuse options that there are not: what narrows an export down must not be passed over."""
    for name, value in given.items():
        if name not in known.__annotations__:
            allowed = ", ".join(known.__annotations__)
            raise InvalidArgumentError(name, value, f"there is no such argument; allowed are {allowed}")


def check_arguments(
    operation: Operation[Any],
    arguments: Mapping[str, Any],
    today: datetime.date,
    *,
    check_expressions: bool = True,
) -> dict[str, Any]:
    """The arguments as the generated request builder wants them, those that are None left out.

    Args:
        check_expressions: whether a `where` or an `on` is read before it is sent.

    Raises:
        InvalidArgumentError: for the first argument that the contract does not allow.
    """
    checked: dict[str, Any] = {}
    for name, schema in operation.schemas.items():
        value = arguments.get(name)
        if value is None:
            if name in operation.required:
                raise InvalidArgumentError(name, value, "it is required")
            continue
        checked[name] = _checked(name, value, schema)
        if check_expressions and schema.get("format") == "mixpanel-expression":
            _check_expression(name, checked[name])
        if name in operation.models:
            checked[name] = _as_models(name, checked[name], operation.models[name])
        if f"{{{name}}}" in operation.path and value in {".", ".."}:
            raise InvalidArgumentError(name, value, "a URL cannot name it")
    dates.check_range("from_date", checked.get("from_date"), "to_date", checked.get("to_date"), today)
    return checked


def _check_expression(name: str, text: str) -> None:
    try:
        parse(text)
    except ExpressionError as error:
        error.argument = name
        raise


def _checked(name: str, value: Any, schema: Mapping[str, Any]) -> Any:
    match schema.get("format"):
        case "date":
            return dates.to_date(name, value)
        case "mixpanel-datetime":
            return dates.to_wall_clock(name, value)
        case "mixpanel-expression":
            value = value.to_expression() if hasattr(value, "to_expression") else value
        case _:
            pass
    if "enum" in schema:
        allowed = schema["enum"]
        if not isinstance(value, str | int) or value not in allowed:
            raise InvalidArgumentError(
                name, value, f"allowed are {', '.join(repr(each) for each in allowed)}"
            )
        return value
    _check_type(name, value, schema)
    if schema.get("type") == "array":
        return [
            _checked(f"{name}[{index}]", item, schema.get("items", {})) for index, item in enumerate(value)
        ]
    return value


def _check_type(name: str, value: Any, schema: Mapping[str, Any]) -> None:
    given: Any = value  # not narrowed by the checks below
    match schema.get("type"):
        case "integer":
            right = isinstance(value, int) and not isinstance(value, bool)
            allowed = "a whole number"
        case "number":
            right = isinstance(value, int | float) and not isinstance(value, bool)
            allowed = "a number"
        case "boolean":
            right, allowed = isinstance(value, bool), "True or False"
        case "string":
            right, allowed = isinstance(value, str) and _is_encodable(value), "text"
        case "array":
            right, allowed = isinstance(value, list | tuple), "a list"
        case "object":
            right, allowed = isinstance(value, Mapping) or hasattr(value, "to_dict"), "a mapping"
        case _:
            return
    if not right:
        raise InvalidArgumentError(name, given, f"allowed is {allowed}")
    _check_bounds(name, given, schema)


def _check_bounds(name: str, value: Any, schema: Mapping[str, Any]) -> None:
    minimum, maximum = schema.get("minimum"), schema.get("maximum")
    if (minimum is not None and value < minimum) or (maximum is not None and value > maximum):
        if maximum is None:
            allowed = f"allowed is a number from {minimum}"
        elif minimum is None:
            allowed = f"allowed is a number up to {maximum}"
        else:
            allowed = f"allowed is a number from {minimum} to {maximum}"
        raise InvalidArgumentError(name, value, allowed)
    shortest = max(schema.get("minLength", 0), schema.get("minItems", 0))
    if shortest and len(value) < shortest:
        raise InvalidArgumentError(name, value, "it must not be empty")
    longest = schema.get("maxLength")
    if longest is not None and len(value) > longest:
        raise InvalidArgumentError(name, value, f"allowed are at most {longest} characters")


def _is_encodable(text: str) -> bool:
    """False for half of a surrogate pair, which no request can carry."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _as_models(name: str, value: Any, model: Any) -> Any:
    if isinstance(value, list):
        items = enumerate(cast(list[Any], value))
        return [_as_models(f"{name}[{index}]", item, model) for index, item in items]
    given: Any = value
    made = _from_mapping(name, given, model) if isinstance(value, Mapping) else given
    if not isinstance(made, model):
        raise InvalidArgumentError(name, given, f"allowed is a mapping or a {model.__name__}")
    try:
        json.dumps(made.to_dict(), allow_nan=False)
    except (TypeError, ValueError, AttributeError, RecursionError) as error:
        raise InvalidArgumentError(name, given, f"no JSON can be made of it: {error}") from None
    return made


def _from_mapping(name: str, given: Mapping[str, Any], model: Any) -> Any:
    try:
        made = model.from_dict(given)
    except KeyError as error:
        raise InvalidArgumentError(name, given, f"it has no {error}") from None
    except (TypeError, ValueError) as error:
        raise InvalidArgumentError(name, given, f"it is no {model.__name__}: {error}") from None
    unknown = given.keys() - made.to_dict().keys()
    if unknown:
        raise InvalidArgumentError(name, given, f"a {model.__name__} has no {min(unknown, key=str)!r}")
    return made
