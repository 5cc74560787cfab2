"""Mistakes in a spec, each told in one line with its file and line, before anything is compiled.

`contract` calls this for everything it reads. OpenAPI's own rules come last: their messages are less to the point.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from openapi_spec_validator import OpenAPIV31SpecValidator
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

__all__ = ["METHODS", "GenerationError", "read_spec"]

METHODS = ("get", "put", "post", "delete", "patch")
_EXTENSIONS = {
    "x-always", "x-any", "x-bare", "x-deprecated", "x-empty", "x-flat", "x-future", "x-idempotent", "x-implied",
    "x-instead", "x-list", "x-overall", "x-quiet", "x-refused", "x-table", "x-unit", "x-within", "x-writes",
}  # fmt: skip
_FLAGS = {"x-always", "x-any", "x-deprecated", "x-empty", "x-future", "x-idempotent", "x-writes"}
_FORMATS = {"date", "date-time", "mixpanel-datetime", "mixpanel-expression"}

_Path = tuple[Any, ...]
_Mistake = tuple[_Path, str]


class GenerationError(Exception):
    """The spec does not compile cleanly."""


def read_spec(path: Path) -> dict[str, Any]:
    """Return the document of a spec.

    Raises:
        GenerationError: The file is no YAML, or has mistakes: one line for each, with file and line.
    """
    text = path.read_text(encoding="utf-8")
    name = f"{path.parent.name}/{path.name}"
    try:
        document: Any = YAML(typ="safe").load(text)
        tree: Node = YAML(typ="safe").compose(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise GenerationError(f"{name}:{line}: not YAML: {str(error.problem).splitlines()[0]}") from None
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
        raise GenerationError(f"{name}:1: expected an OpenAPI document with `paths`")
    mistakes = [*_everywhere(document, (), document), *_in_operations(document)]
    if not mistakes:
        validator = OpenAPIV31SpecValidator(document)
        mistakes = [((*error.absolute_path,), error.message) for error in validator.iter_errors()]
    if mistakes:
        lines = dict.fromkeys(
            f"{name}:{_line(tree, place)}: {said.splitlines()[0]}" for place, said in mistakes
        )
        raise GenerationError("\n".join(lines))
    return document


def _line(tree: Node, place: _Path) -> int:
    """Return the line of a place, or of the nearest place around it that is in the file."""
    line = int(tree.start_mark.line) + 1
    for step in place:
        found: Node | None = None
        if isinstance(tree, MappingNode):
            for key, value in tree.value:
                if str(key.value) == str(step):
                    line, found = int(key.start_mark.line) + 1, value
        elif isinstance(tree, SequenceNode) and isinstance(step, int) and step < len(tree.value):
            found = tree.value[step]
            line = int(found.start_mark.line) + 1
        if found is None:
            break
        tree = found
    return line


def _everywhere(node: Any, place: _Path, document: dict[str, Any]) -> Iterator[_Mistake]:
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from _everywhere(item, (*place, index), document)
    if not isinstance(node, dict):
        return
    # Below `properties` and the like, keys are names of the API.
    if place and place[-1] in {"properties", "responses", "schemas", "parameters", "when", "encoding"}:
        for key, value in node.items():
            yield from _everywhere(value, (*place, key), document)
        return
    for key, value in node.items():
        here = (*place, key)
        if key == "$ref":
            yield from _unknown_reference(value, here, document)
        elif str(key).startswith("x-"):
            yield from _extension(str(key), value, here)
        elif key == "default":
            yield here, "default: the client would send it; leave it out and name it in the description"
        elif key == "format" and value not in _FORMATS:
            yield here, f"format: expected one of {', '.join(sorted(_FORMATS))}, got {value!r}"
        yield from _everywhere(value, here, document)


def _unknown_reference(value: Any, here: _Path, document: dict[str, Any]) -> Iterator[_Mistake]:
    node: Any = document
    *holder, name = str(value).removeprefix("#/").split("/")
    for step in holder:
        node = node.get(step) if isinstance(node, dict) else None
    if not str(value).startswith("#/") or not isinstance(node, dict):
        yield here, f"$ref: expected #/components/<kind>/<name>, got {value!r}"
    elif name not in node:
        yield here, f"$ref: there is no {'/'.join(holder)}/{name}{_close(name, node)}"


def _extension(key: str, value: Any, here: _Path) -> Iterator[_Mistake]:
    if key not in _EXTENSIONS:
        yield here, f"{key}: unknown key{_close(key, _EXTENSIONS)}"
    elif key in _FLAGS and not isinstance(value, bool):
        yield here, f"{key}: expected true or false, got {value!r}"


def _close(name: str, known: Any) -> str:
    close = get_close_matches(name, map(str, known), 1)
    return (
        f"; did you mean {close[0]}?" if close else f"; expected one of {', '.join(sorted(map(str, known)))}"
    )


def _in_operations(document: dict[str, Any]) -> Iterator[_Mistake]:
    seen: set[str] = set()
    for path, item in document["paths"].items():
        for method in METHODS:
            operation = item.get(method) if isinstance(item, dict) else None
            if not isinstance(operation, dict):
                continue
            place = ("paths", path, method)
            operation_id, tags = operation.get("operationId"), operation.get("tags")
            for key in ("operationId", "summary", "security", "responses"):
                if not operation.get(key):
                    yield place, f"{method} {path}: {key} is required"
            if not isinstance(tags, list) or len(tags) != 1:
                yield (*place, "tags"), f"{method} {path}: tags: expected exactly one tag, got {tags!r}"
            elif operation_id and not str(operation_id).startswith(f"{tags[0]}_"):
                yield (
                    (*place, "operationId"),
                    f"operationId: expected {tags[0]}_<method>, got {operation_id!r}",
                )
            if operation_id in seen:
                yield (*place, "operationId"), f"operationId: {operation_id} is the id of another operation"
            seen.add(str(operation_id))
            for index, rule in enumerate(operation.get("x-refused") or []):
                yield from _refusal(rule, (*place, "x-refused", index))


def _refusal(rule: Any, place: _Path) -> Iterator[_Mistake]:
    if not isinstance(rule, dict) or set(rule) != {"when", "says"} or not isinstance(rule["when"], dict):
        yield place, "x-refused: expected `when`, a mapping of conditions, and `says`"
        return
    for name, condition in rule["when"].items():
        is_limit = (
            isinstance(condition, dict) and set(condition) == {"over"} and _is_number(condition["over"])
        )
        if condition not in ("given", "missing") and not isinstance(condition, list) and not is_limit:
            yield (
                (*place, "when", name),
                f"x-refused: {name}: expected given, missing, a list or {{over: number}}, got {condition!r}",
            )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
