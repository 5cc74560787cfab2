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
    SequenceNode,
    YAMLError,
)
from mixpanel_export.codegen.endpoints.operation_rules import operation_mistakes
from mixpanel_export.codegen.endpoints.places import Mistake, Place, object_of, parts_of, suggestion
from mixpanel_export.codegen.endpoints.schema_rules import schema_mistakes
from mixpanel_export.errors import GenerationError

__all__ = ["read_spec"]

_EXTENSIONS = {
    "x-always", "x-any", "x-bare", "x-budget", "x-deprecated", "x-empty", "x-example", "x-flat", "x-future",
    "x-idempotent", "x-implied", "x-instead", "x-list", "x-overall", "x-quiet", "x-refused", "x-region", "x-table",
    "x-unit", "x-within", "x-writes",
}  # fmt: skip
_FLAGS = {"x-always", "x-any", "x-deprecated", "x-empty", "x-future", "x-idempotent", "x-writes"}
_LONGEST = 240


def read_spec(path: Path) -> dict[str, Any]:
    """Return the document of a spec.

    Raises:
        GenerationError: The file is no YAML, or has mistakes: one line for each, with file and line.
    """
    name = f"{path.parent.name}/{path.name}" if path.parent.name else path.name
    yaml: Any = YAML(typ="safe")
    tree: Any = None
    try:
        text = path.read_text(encoding="utf-8")
        document = _with_text_keys(yaml.load(text))
        tree = yaml.compose(text)
        found = [*_mistakes(document)]
    except (YAMLError, UnicodeDecodeError) as error:
        mark: Any = getattr(error, "problem_mark", None)
        problem = str(getattr(error, "problem", None) or error).splitlines()[0]
        line = mark.line + 1 if mark else 1
        raise GenerationError(f"{name}:{line}: not YAML: {problem}") from None
    except RecursionError:
        raise GenerationError(f"{name}:1: an anchor (`&`) contains an alias (`*`) of itself") from None
    if found:
        lines = dict.fromkeys(f"{name}:{_line(tree, place)}: {_one_line(said)}" for place, said in found)
        raise GenerationError("\n".join(lines))
    return object_of(document)


def _with_text_keys(node: object) -> object:
    """Return a document whose keys are text: a status code may stand without quotes."""
    if isinstance(node, list):
        return [_with_text_keys(item) for item in parts_of(cast(object, node))]
    own = object_of(node)
    return {str(key): _with_text_keys(value) for key, value in own.items()} if own else node


def _one_line(text: str) -> str:
    text = " ".join(text.strip().partition("\n")[0].split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _mistakes(document: object) -> Iterable[Mistake]:
    spec = object_of(document)
    if not isinstance(spec.get("paths"), dict):
        return [((), "expected an OpenAPI document with `paths`")]
    version = str(spec.get("openapi"))
    if not version.startswith(("3.0.", "3.1.")):
        return [(("openapi",), f"openapi: expected 3.1.0, or another 3.0 or 3.1, got {version!r}")]
    found: list[Mistake] = []
    # A reference that leads nowhere would be told again by every rule that follows it.
    for rules in (_everywhere(spec, (), spec), (*schema_mistakes(spec), *operation_mistakes(spec))):
        if found := [*rules]:
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
            for key, value in cast(Any, tree).value:
                if str(key.value) == str(step):
                    line, found = int(key.start_mark.line) + 1, value
        elif isinstance(tree, SequenceNode) and isinstance(step, int) and step < len(cast(Any, tree).value):
            found = cast(Any, tree).value[step]
            line = int(found.start_mark.line) + 1
        if found is None:
            break
        tree = found
    return line


def _everywhere(node: Any, place: Place, document: dict[str, Any]) -> Iterator[Mistake]:
    """Yield mistakes in references and extensions, wherever they stand."""
    for index, item in enumerate(parts_of(node)):
        yield from _everywhere(item, (*place, index), document)
    # Below `properties` and the like, keys are names of the API.
    are_names = bool(place) and place[-1] in {
        "properties",
        "responses",
        "schemas",
        "parameters",
        "when",
        "encoding",
    }
    for key, value in object_of(node).items():
        here = (*place, key)
        if not are_names and key == "$ref":
            yield from _unknown_reference(value, here, document)
        elif not are_names and key.startswith("x-"):
            yield from _extension(key, value, here)
        if key not in ("example", "examples"):
            yield from _everywhere(value, here, document)


def _unknown_reference(value: Any, here: Place, document: dict[str, Any]) -> Iterator[Mistake]:
    node: Any = document
    *holder, name = str(value).removeprefix("#/").split("/")
    for step in holder:
        node = object_of(node).get(step)
    if not str(value).startswith("#/") or not isinstance(node, dict):
        yield here, f"$ref: expected #/components/<kind>/<name>, got {value!r}"
    elif name not in object_of(cast(object, node)):
        known = object_of(cast(object, node))
        yield here, f"$ref: there is no {'/'.join(holder)}/{name}{suggestion(name, known)}"


def _extension(key: str, value: Any, here: Place) -> Iterator[Mistake]:
    if key not in _EXTENSIONS:
        yield here, f"{key}: unknown key{suggestion(key, _EXTENSIONS)}"
    elif key in _FLAGS and not isinstance(value, bool):
        yield here, f"{key}: expected true or false, got {value!r}"
