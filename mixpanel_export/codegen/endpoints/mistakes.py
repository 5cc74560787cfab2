"""Mistakes in a spec, each told in one line with its file and line, before anything is compiled.

`contract` calls this for everything it reads. OpenAPI's own rules come last: their messages are less to the point.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

from mixpanel_export.codegen.endpoints.adapter import (
    YAML,
    MappingNode,
    OpenAPIV30SpecValidator,
    OpenAPIV31SpecValidator,
    SafeConstructor,
    SequenceNode,
    YAMLError,
)
from mixpanel_export.codegen.endpoints.keys import key_mistakes
from mixpanel_export.codegen.endpoints.name_rules import name_mistakes
from mixpanel_export.codegen.endpoints.operation_rules import operation_mistakes
from mixpanel_export.codegen.endpoints.places import Mistake, Place, object_of, parts_of
from mixpanel_export.codegen.endpoints.schema_rules import schema_mistakes
from mixpanel_export.codegen.endpoints.server_rules import server_mistakes
from mixpanel_export.errors import GenerationError

__all__ = ["one_line", "read_spec", "shown_name"]

_LONGEST = 240
_RULES = (server_mistakes, name_mistakes, schema_mistakes, operation_mistakes)


class _Constructor(SafeConstructor):
    """Reads dates as text, as JSON has them."""


_constructor: Any = _Constructor
_constructor.add_constructor("tag:yaml.org,2002:timestamp", _constructor.construct_yaml_str)


def read_spec(path: Path) -> dict[str, Any]:
    """Return the document of a spec.

    Raises:
        GenerationError: The file is no YAML, or has mistakes: one line for each, with file and line.
    """
    name = shown_name(path)
    yaml: Any = YAML(typ="safe")
    yaml.Constructor = _Constructor
    data = path.read_bytes()
    try:
        text = data.decode("utf-8")
        document = _with_text_keys(yaml.load(text))
        tree: Any = yaml.compose(text)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise GenerationError(f"{name}:{line}: not UTF-8 text") from None
    except YAMLError as error:
        mark: Any = getattr(error, "problem_mark", None)
        problem = str(getattr(error, "problem", None) or error).splitlines()[0]
        line = mark.line + 1 if mark else 1
        raise GenerationError(f"{name}:{line}: not YAML: {problem}") from None
    except RecursionError:
        raise GenerationError(f"{name}:1: an anchor (`&`) contains an alias (`*`) of itself") from None
    if found := [*_mistakes(document)]:
        lines = dict.fromkeys(f"{name}:{_line(tree, place)}: {one_line(said)}" for place, said in found)
        raise GenerationError("\n".join(lines))
    return object_of(document)


def _with_text_keys(node: object) -> object:
    """Return a document whose keys are text: a status code may stand without quotes."""
    if isinstance(node, list):
        return [_with_text_keys(item) for item in parts_of(cast(object, node))]
    own = object_of(node)
    return {str(key): _with_text_keys(value) for key, value in own.items()} if own else node


def shown_name(path: Path) -> str:
    """Return the name of a spec in messages."""
    return f"{path.parent.name}/{path.name}" if path.parent.name else path.name


def one_line(text: str) -> str:
    """Return a message in one line, cut to a length that can be read."""
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _mistakes(document: object) -> Iterable[Mistake]:
    spec = object_of(document)
    if not isinstance(spec.get("paths"), dict):
        return [((), "expected an OpenAPI document with `paths`")]
    version = str(spec.get("openapi"))
    if not version.startswith(("3.0.", "3.1.")):
        return [(("openapi",), f"openapi: expected 3.1.0, or another 3.0 or 3.1, got {version!r}")]
    # The rules follow references, and take keys and the types of their values as given.
    if found := [*key_mistakes(spec)] or [mistake for rules in _RULES for mistake in rules(spec)]:
        return found
    kind = OpenAPIV30SpecValidator if version.startswith("3.0.") else OpenAPIV31SpecValidator
    validator: Any = kind(spec)
    try:
        for error in map(_deepest, validator.iter_errors()):
            found.append(((*error.absolute_path,), error.message))
    except Exception as error:
        # The validator trips over some mistakes, most of which it has told before.
        found = found or [((), f"not OpenAPI: {type(error).__name__} {error}")]
    return found


def _deepest(error: Any) -> Any:
    """Return the error of the part that an error of JSON Schema is about."""
    while error.context:
        error = max(error.context, key=lambda inner: len(inner.absolute_path))
    return error


def _line(tree: Any, place: Place) -> int:
    """Return the line of a place, or of the nearest place around it that is in the file."""
    line = int(tree.start_mark.line) + 1 if tree is not None else 1
    for step in place:
        found: Any = None
        if isinstance(tree, MappingNode):
            for key, value in _entries(tree):
                if str(key.value) == str(step):
                    line, found = int(key.start_mark.line) + 1, value
        elif isinstance(tree, SequenceNode) and isinstance(step, int) and step < len(cast(Any, tree).value):
            found = cast(Any, tree).value[step]
            line = int(found.start_mark.line) + 1
        if found is None:
            break
        tree = found
    return line


def _entries(mapping: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the keys and values of a mapping, its own after those that it merges (`<<`)."""
    for key, value in mapping.value:
        if str(key.value) == "<<":
            merged: list[Any] = cast(Any, value).value if isinstance(value, SequenceNode) else [value]
            for entry in merged:
                yield from _entries(entry)
    yield from mapping.value
