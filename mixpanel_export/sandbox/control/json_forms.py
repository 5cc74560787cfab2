"""Faults and limits as JSON, for the control API: parsed from what a person would type into curl, and shown.

Pure. A fault's `kind` is the name of one of `Fault`'s class methods, and that method's arguments stand beside
it: `{"kind": "status", "status": 503}`, `{"kind": "reset", "at": 0.5}`; `{"kind": "ok"}` is no fault. The fields
`wait`, `pause` and `rate` combine with any kind. `"forever"` is accepted for a number of seconds.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

import msgspec
from attrs import asdict, evolve, fields

from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export.sandbox.faults.fault import Fault
from mixpanel_export.sandbox.faults.schedule import FaultSchedule, Rule
from mixpanel_export.sandbox.http.limits import Limits, Quota
from mixpanel_export.sandbox.variants.registry import Variants

__all__ = ["add_rule", "limits_from_json", "limits_to_json", "rule_to_json", "variants_from_json"]

_FOREVER = "forever"
_KINDS: Mapping[str, Callable[..., Fault]] = {
    method.__name__: method
    for method in (
        Fault.status,
        Fault.rate_limited,
        Fault.html,
        Fault.error,
        Fault.empty,
        Fault.delay,
        Fault.hang,
        Fault.stall,
        Fault.reset,
        Fault.close,
        Fault.truncated_gzip,
        Fault.half_line,
        Fault.terminated_early,
        Fault.wrong_line,
        Fault.bandwidth,
    )
}
_COMBINING = ("wait", "pause", "rate")
# Scripts rely on the older name in JSON, and violations are counted under it too.
_JSON_NAMES = {"concurrent": "at_once"}
_RULE = ("path", "method", "times")


def add_rule(faults: FaultSchedule, data: Any) -> None:
    """Schedule one fault, or a sequence given as `{"faults": [...], "path": …, "times": …}`.

    Raises:
        InvalidArgumentError: the JSON is not a valid rule.
    """
    given = _object(data, "a fault")
    about = {name: given.pop(name) for name in _RULE if name in given}
    _check(about, "path", str, "a text")
    _check(about, "method", str | None, "a text")
    _check(about, "times", int | None, "an integer, or null for no end")
    if "faults" in given:
        listed = given.pop("faults")
        if given:
            raise _unknown(next(iter(given)), ("faults", *_RULE))
        if not isinstance(listed, list):
            raise InvalidArgumentError("faults", listed, "expected a list of faults")
        sequence = [_fault(_object(fault, "a fault")) for fault in cast("list[Any]", listed)]
    else:
        sequence = [_fault(given)]
    faults.add(*sequence, **about)


def _fault(given: dict[str, Any]) -> Fault | None:
    kind = given.pop("kind", None)
    if kind == "ok":
        return None
    make = _KINDS.get(kind) if isinstance(kind, str) else None
    if make is None:
        raise InvalidArgumentError("kind", kind, f"expected ok, {', '.join(_KINDS)}")
    accepted = inspect.signature(make).parameters
    arguments: dict[str, Any] = {}
    changes: dict[str, Any] = {}
    for name, value in given.items():
        seconds = math.inf if value == _FOREVER else value
        if name in accepted:
            arguments[name] = seconds
        elif name in _COMBINING:
            changes[name] = seconds
        else:
            raise _unknown(name, ("kind", *accepted, *_COMBINING))
    try:
        return evolve(make(**arguments), **changes)
    except (TypeError, AttributeError) as error:
        # Raised by a JSON value of the wrong type.
        raise InvalidArgumentError("fault", {"kind": kind, **given}, str(error)) from None


def rule_to_json(rule: Rule) -> dict[str, Any]:
    """Return a scheduled rule as JSON; each fault shows only the fields that differ from the defaults."""
    return {
        "path": rule.path,
        "method": rule.method,
        "times": rule.times,
        "met": rule.met,
        "faults": [fault_to_json(fault) for fault in rule.faults],
    }


def fault_to_json(fault: Fault | None) -> dict[str, Any] | None:
    """Return the fields of a fault that differ from the defaults; None for no fault."""
    if fault is None:
        return None
    shown: dict[str, Any] = {}
    for attribute in fields(Fault):
        value = getattr(fault, attribute.name)
        if value != attribute.default:
            shown[attribute.name] = _shown(value)
    return shown


def _shown(value: Any) -> Any:
    if value == math.inf:
        return _FOREVER
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="backslashreplace")
    if isinstance(value, int | float | str | None):
        return value
    return {"status": value.status, "headers": dict(value.headers), "body": _shown(value.body)}


def limits_to_json(limits: Limits | None) -> dict[str, Any] | None:
    """Return limits as JSON; None for no limits."""
    if limits is None:
        return None
    return {
        name: _quota_to_json(value) if isinstance(value, Quota) else value
        for name, value in asdict(limits, recurse=False).items()
    }


def _json_name(name: str) -> str:
    return _JSON_NAMES.get(name, name)


def _quota_to_json(quota: Quota) -> dict[str, Any]:
    numbers = {_json_name(name): value for name, value in asdict(quota).items()}
    # Few calls have a limit a minute.
    return {name: number for name, number in numbers.items() if number is not None or name != "per_minute"}


def limits_from_json(data: Any, current: Limits | None) -> Limits | None:
    """Return `current` with the limits given in `data` changed; None lifts all limits.

    Raises:
        InvalidArgumentError: the JSON is not a valid set of limits.
    """
    if data is None:
        return None
    given = _object(data, "limits")
    limits = current or Limits()
    changes: dict[str, Any] = {}
    for name, value in given.items():
        known = [attribute.name for attribute in fields(Limits)]
        if name not in known:
            raise _unknown(name, tuple(known))
        before = getattr(limits, name)
        changes[name] = _quota_from_json(name, value, before) if isinstance(before, Quota) else value
    return _evolved(limits, changes)


def _quota_from_json(name: str, value: Any, before: Quota) -> Quota:
    if value is None:
        return Quota()
    given = _object(value, name)
    known = {_json_name(attribute.name): attribute.name for attribute in fields(Quota)}
    for field_name in given:
        if field_name not in known:
            raise _unknown(field_name, tuple(known))
    return _evolved(before, {known[field_name]: number for field_name, number in given.items()})


_Limits = TypeVar("_Limits", Limits, Quota)


def _evolved(before: _Limits, changes: dict[str, Any]) -> _Limits:
    try:
        return evolve(before, **changes)
    except (TypeError, ValueError) as error:
        # attrs' validators put more into an error than its message.
        raise InvalidArgumentError("limits", changes, str(error.args[0])) from None


def variants_from_json(data: Any) -> list[str]:
    """Return the names of variants in a list, or in an object such as `{"annotations": "user_missing"}`.

    Raises:
        InvalidArgumentError: the JSON has another form, or a name is unknown.
    """
    try:
        return Variants(msgspec.convert(data, list[str] | dict[str, str])).used
    except msgspec.ValidationError:
        raise InvalidArgumentError("variants", data, "expected a list of names") from None


def _object(data: Any, what: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise InvalidArgumentError("body", data, f"expected {what} as a JSON object")
    return dict(cast("dict[str, Any]", data))


def _check(given: Mapping[str, Any], name: str, allowed: Any, words: str) -> None:
    if name in given and (not isinstance(given[name], allowed) or isinstance(given[name], bool)):
        raise InvalidArgumentError(name, given[name], f"expected {words}")


def _unknown(name: str, known: tuple[str, ...]) -> InvalidArgumentError:
    return InvalidArgumentError(name, None, f"unknown field; expected one of {', '.join(known)}")
