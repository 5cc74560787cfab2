"""Compare two versions of the contract: operations, their requests and their answers. Pure.

A request may take more than before, and an answer may hold more; anything else breaks a caller.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mixpanel_export.codegen.endpoints.places import (
    names_of,
    object_of,
    operations_of,
    parameters_of,
    parts_of,
    resolved,
)
from spec.watch.changes import Change, Level

__all__ = ["contract_changes"]

# Arguments that the client knows.
_BOUND = {"project_id", "workspace_id"}
_UPPER = ("maximum", "maxItems", "maxLength", "maxProperties", "exclusiveMaximum")
_LOWER = ("minimum", "minItems", "minLength", "minProperties", "exclusiveMinimum")
_BEHAVIOUR = ("deprecated", "x-budget", "x-idempotent", "x-writes")
# Keys that make more of an answer usable; without them, less is.
_READ = ("x-bare", "x-implied", "x-list", "x-overall", "x-within")
_COLUMNS = ("x-flat", "x-table")
_Document = dict[str, Any]


def contract_changes(old: _Document, new: _Document) -> Iterator[Change]:
    """Yield the changes between two OpenAPI documents; those of words only are left out."""
    before, after = _operations(old), _operations(new)
    yield from _names(before, after, "operation")
    for name in before.keys() & after.keys():
        yield from _operation(name, _Side(old, *before[name]), _Side(new, *after[name]))


def _operations(document: _Document) -> dict[str, tuple[_Document, _Document]]:
    return {
        f"{str(operation.get('operationId')).replace('_', '.', 1)}": (operation, item)
        for _, operation, item in operations_of(document)
    }


def _names(before: Mapping[str, Any], after: Mapping[str, Any], what: str) -> Iterator[Change]:
    for name in before.keys() - after.keys():
        yield Change(Level.MAJOR, name, f"{what} removed")
    for name in after.keys() - before.keys():
        yield Change(Level.MINOR, name, f"{what} added")


class _Side:
    """An operation in one of the two documents."""

    def __init__(self, document: _Document, operation: _Document, item: _Document) -> None:
        self.document = document
        self.operation = operation
        self._item = item

    def arguments(self) -> dict[str, tuple[bool, _Document]]:
        """Return for each argument whether it is required, and its schema."""
        found: dict[str, tuple[bool, _Document]] = {}
        for parameter, schema in parameters_of(self.document, self.operation, self._item):
            if parameter["name"] not in _BOUND and "const" not in schema:
                found[parameter["name"]] = bool(parameter.get("required")), schema
        body = resolved(self.document, self.operation.get("requestBody"))
        for described in object_of(body.get("content")).values():
            schema = resolved(self.document, object_of(described).get("schema"))
            for name, field in object_of(schema.get("properties")).items():
                found[name] = name in parts_of(schema.get("required")), resolved(self.document, field)
        return found

    def answers(self) -> dict[str, Any]:
        """Return the schema of each media type of a success."""
        return {
            media_type: object_of(described).get("schema")
            for status, response in object_of(self.operation.get("responses")).items()
            if str(status).startswith("2")
            for media_type, described in object_of(resolved(self.document, response).get("content")).items()
        }

    def security(self) -> dict[str, None]:
        options = parts_of(self.operation.get("security", self.document.get("security")))
        return {scheme: None for option in options for scheme in object_of(option)}


def _operation(name: str, old: _Side, new: _Side) -> Iterator[Change]:
    before, after = old.arguments(), new.arguments()
    for argument in before.keys() - after.keys():
        yield Change(Level.MAJOR, name, f"argument {argument} removed")
    for argument, (is_required, _) in after.items():
        if argument not in before:
            kind, level = ("required", Level.MAJOR) if is_required else ("optional", Level.MINOR)
            yield Change(level, name, f"{kind} argument {argument} added")
    for argument in before.keys() & after.keys():
        (was_required, old_schema), (is_required, new_schema) = before[argument], after[argument]
        if was_required != is_required:
            level = Level.MAJOR if is_required else Level.MINOR
            yield Change(
                level, name, f"argument {argument} is {'required' if is_required else 'optional'} now"
            )
        where = f"{name}: argument {argument}"
        yield from _request(where, (old.document, old_schema), (new.document, new_schema))
    yield from _names(
        {f"{name}: credentials {scheme}": None for scheme in old.security()},
        {f"{name}: credentials {scheme}": None for scheme in new.security()},
        "kind",
    )
    replies, current = old.answers(), new.answers()
    yield from _names(
        {f"{name}: {kind}": None for kind in replies}, {f"{name}: {kind}": None for kind in current}, "answer"
    )
    for media_type in replies.keys() & current.keys():
        left, right = (old.document, replies[media_type]), (new.document, current[media_type])
        yield from _answer(f"{name}: answer", left, right, set())
    for key in _BEHAVIOUR:
        if old.operation.get(key) != new.operation.get(key):
            yield Change(Level.MINOR, name, f"{key}: {new.operation.get(key)}")
    before_rules, after_rules = (
        {repr(object_of(rule).get("when")) for rule in parts_of(side.operation.get("x-refused"))}
        for side in (old, new)
    )
    for rule in before_rules ^ after_rules:
        level, verb = (
            (Level.MAJOR, "refused now") if rule in after_rules else (Level.MINOR, "no longer refused")
        )
        yield Change(level, name, f"{rule} is {verb}")


_Schema = tuple[_Document, Any]


def _request(where: str, old: _Schema, new: _Schema) -> Iterator[Change]:
    """Yield the changes of a value that is sent: it must still take everything that it took."""
    before, after = resolved(*old), resolved(*new)
    for kind in names_of(before) - names_of(after):
        if names_of(after):
            yield Change(Level.MAJOR, where, f"no longer takes {kind}")
    for kind in names_of(after) - names_of(before):
        yield Change(Level.MINOR if names_of(before) else Level.MAJOR, where, f"takes {kind}")
    if before.get("format") != after.get("format"):
        yield Change(Level.MAJOR, where, f"format {before.get('format')} became {after.get('format')}")
    yield from _values(where, before, after)
    yield from _bounds(where, before, after)
    if "items" in before and "items" in after:
        yield from _request(f"{where}[]", (old[0], before["items"]), (new[0], after["items"]))
    yield from _sent_fields(where, (old[0], before), (new[0], after))


def _bounds(where: str, before: _Document, after: _Document) -> Iterator[Change]:
    for key in (*_UPPER, *_LOWER):
        was, now = before.get(key), after.get(key)
        if was != now:
            narrower = now is not None and (was is None or (now < was if key in _UPPER else now > was))
            yield Change(Level.MAJOR if narrower else Level.MINOR, where, f"{key}: {was} became {now}")
    future = [bool(schema.get("x-future")) for schema in (before, after)]
    if future[0] != future[1]:
        level, verb = (Level.MINOR, "takes") if future[1] else (Level.MAJOR, "no longer takes")
        yield Change(level, where, f"{verb} days after today")


def _sent_fields(where: str, old: _Schema, new: _Schema) -> Iterator[Change]:
    before, after = old[1], new[1]
    fields, current = object_of(before.get("properties")), object_of(after.get("properties"))
    required, needed = parts_of(before.get("required")), parts_of(after.get("required"))
    for name in fields.keys() - current.keys():
        yield Change(Level.MAJOR, f"{where}.{name}", "field removed")
    for name in current.keys() - fields.keys():
        yield Change(Level.MAJOR if name in needed else Level.MINOR, f"{where}.{name}", "field added")
    for name in fields.keys() & current.keys():
        if (name in required) != (name in needed):
            level = Level.MAJOR if name in needed else Level.MINOR
            yield Change(level, f"{where}.{name}", "required now" if name in needed else "optional now")
        yield from _request(f"{where}.{name}", (old[0], fields[name]), (new[0], current[name]))


def _values(where: str, before: _Document, after: _Document) -> Iterator[Change]:
    was, now = parts_of(before.get("enum")), parts_of(after.get("enum"))
    if bool(was) != bool(now):
        yield Change(
            Level.MAJOR if now else Level.MINOR, where, "takes only some values" if now else "any value"
        )
        return
    for value in was:
        if value not in now:
            yield Change(Level.MAJOR, where, f"no longer takes {value!r}")
    for value in now:
        if value not in was:
            yield Change(Level.MINOR, where, f"takes {value!r}")


def _answer(where: str, old: _Schema, new: _Schema, seen: set[str]) -> Iterator[Change]:
    """Yield the changes of a value that is received: it must still hold everything that it held."""
    model = str(object_of(old[1]).get("$ref", "")).rpartition("/")[2]
    name = str(object_of(new[1]).get("$ref", "")).rpartition("/")[2]
    if model != name:
        yield Change(Level.MAJOR, where, f"{model or 'a value without a name'} became {name or 'one'}")
    if model and model in seen:
        return
    seen.add(model)
    where = model or where
    before, after = resolved(*old), resolved(*new)
    for kind in names_of(after) - names_of(before):
        yield Change(Level.MAJOR, where, f"can be {kind}")
    for kind in names_of(before) - names_of(after):
        yield Change(Level.MINOR if names_of(after) else Level.MAJOR, where, f"is never {kind}")
    if before.get("format") != after.get("format"):
        yield Change(Level.MAJOR, where, f"format {before.get('format')} became {after.get('format')}")
    for value in parts_of(after.get("enum")):
        if value not in parts_of(before.get("enum")):
            yield Change(Level.MINOR, where, f"can be {value!r}")
    if any(before.get(key) != after.get(key) for key in _COLUMNS):
        yield Change(Level.MAJOR, where, "the columns of its rows changed")
    for key in _READ:
        if before.get(key) != after.get(key):
            level = Level.MAJOR if key in before else Level.MINOR
            yield Change(level, where, f"{key}: {before.get(key)} became {after.get(key)}")
    yield from _fields(where, (old[0], before), (new[0], after), seen)
    yield from _parts(where, (old[0], before), (new[0], after), seen)


def _parts(where: str, old: _Schema, new: _Schema, seen: set[str]) -> Iterator[Change]:
    before, after = old[1], new[1]
    for key in ("items", "additionalProperties"):
        if bool(object_of(before.get(key))) and bool(object_of(after.get(key))):
            yield from _answer(f"{where}[]", (old[0], before[key]), (new[0], after[key]), seen)
    for key in ("anyOf", "oneOf"):
        left, right = parts_of(before.get(key)), parts_of(after.get(key))
        if len(left) != len(right):
            yield Change(Level.MAJOR, where, f"{len(left)} kinds of value became {len(right)}")
        for was, now in zip(left, right, strict=False):
            yield from _answer(where, (old[0], was), (new[0], now), seen)


def _fields(where: str, old: _Schema, new: _Schema, seen: set[str]) -> Iterator[Change]:
    fields, current = object_of(old[1].get("properties")), object_of(new[1].get("properties"))
    for name in fields.keys() - current.keys():
        yield Change(Level.MAJOR, f"{where}.{name}", "field removed")
    for name in current.keys() - fields.keys():
        yield Change(Level.MINOR, f"{where}.{name}", "field added")
    for name in fields.keys() & current.keys():
        was, now = (_is_always_there(side[1], name) for side in (old, new))
        if was != now:
            level, word = (Level.MINOR, "is always there") if now else (Level.MAJOR, "can be None")
            yield Change(level, f"{where}.{name}", word)
        yield from _answer(f"{where}.{name}", (old[0], fields[name]), (new[0], current[name]), seen)


def _is_always_there(schema: _Document, name: str) -> bool:
    field = object_of(object_of(schema.get("properties")).get(name))
    marked = bool(field.get("x-empty") or field.get("x-always"))
    return marked or name in parts_of(schema.get("required"))
