"""Text of a spec never becomes code, whatever it is and wherever it stands."""

from __future__ import annotations

import builtins
import contextlib
import copy
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mixpanel_export.codegen.endpoints.texts import docstring, literal
from mixpanel_export.errors import GenerationError
from tests.contract.compiling import called, compiled, operation, spec_of

CODE = 'setattr(__import__("builtins"), "injected", 1)'
# Each is text that would end, break or join the code around it if it were pasted into it.
ODD = (
    'ends with a "quote"',
    '"""',
    '"""" and \\',
    "\\u, \\N and \\x",
    "'{a}' {0} %s $x",
    "a\tb\r\n\x0c\x00 \u2028 \ud800 é 漢",
    f'""", {CODE}, """',
    f'", {CODE}, "',
    f"' + {CODE} + '",
    CODE,
)

SPEC = spec_of(
    {
        "/api/app/things/{name}": {
            "get": operation(
                "things_list",
                {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
                description="A description.",
                deprecated=True,
                parameters=[
                    {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}},
                    {
                        "name": "kind",
                        "in": "query",
                        "description": "Of one kind.",
                        "schema": {"type": "string", "enum": ["a", "b"]},
                    },
                    {"name": "fixed", "in": "query", "schema": {"const": "c"}},
                ],
                **{
                    "x-instead": "use another",
                    "x-refused": [{"when": {"kind": ["a"]}, "says": "not a"}],
                    "x-example": {"kind": "a"},
                },
            ),
        },
        "/api/app/things": {
            "get": operation("things_page", {"$ref": "#/components/schemas/Page"}),
            "post": operation(
                "things_create",
                {"$ref": "#/components/schemas/Thing"},
                requestBody={
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}
                },
            ),
        },
    },
    {
        "Thing": {
            "type": "object",
            "description": "A thing.",
            "required": ["id"],
            "x-quiet": ["id"],
            "x-bare": "id",
            "x-implied": "id",
            "x-within": "id",
            "x-flat": "more",
            "properties": {
                "id": {"type": "string", "description": "Its id."},
                "more": {"type": "array", "items": {"type": "string"}, "x-unit": "words"},
            },
        },
        "Page": {
            "type": "object",
            "x-list": "things",
            "required": ["things"],
            "x-table": {"at": ["things"], "keys": ["date"], "value": "count"},
            "properties": {"things": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}},
        },
        "Counts": {"type": "object", "x-unit": "counts", "additionalProperties": {"type": "integer"}},
    },
    tags=[{"name": "things", "description": "Things."}],
)
# Free text, of which a spec can have any.
FREE = {"description", "summary", "title", "says", "x-instead", "x-unit", "const", "value"}


def strings_of(node: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the place of every text of a document."""
    if isinstance(node, str):
        yield place
    for key, inner in node.items() if isinstance(node, dict) else ():
        yield from strings_of(inner, (*place, key))
    for index, inner in enumerate(node if isinstance(node, list) else ()):
        yield from strings_of(inner, (*place, index))


def replaced(place: tuple[Any, ...], text: str, document: Any = None) -> Any:
    """Return the document with another text at a place."""
    document = copy.deepcopy(SPEC) if document is None else document
    *path, last = place
    node = document
    for step in path:
        node = node[step]
    node[last] = text
    return document


def test_literals_and_docstrings_read_as_the_text() -> None:
    for text in ODD:
        names: dict[str, Any] = {"float": float}
        value = [text, {text: [1.5, float("inf"), True, None, -1, text]}]
        exec(f"value = {literal(value)}\ndef f():\n    {docstring(text)}", names)
        assert names["value"] == value
        kept = "".join(c for c in text if c not in "\t\r\x0c\x00\ud800")
        assert names["f"].__doc__ == kept
        docstring(text).encode()
    assert not hasattr(builtins, "injected")
    with pytest.raises(GenerationError, match="expected a value of JSON"):
        literal({1, 2})


def test_free_text_of_any_kind_compiles(tmp_path: Path) -> None:
    places = [place for place in strings_of(SPEC) if place[-1] in FREE]
    # A lone surrogate cannot be sent.
    for text in (" ".join(ODD).replace("\ud800", ""), *ODD[:3]):
        spec = copy.deepcopy(SPEC)
        for place in places:
            replaced(place, text, spec)
        thing = spec["components"]["schemas"]["Thing"]
        thing["properties"][text] = {"type": "string"}
        kind = spec["paths"]["/api/app/things/{name}"]["get"]["parameters"][1]["schema"]
        kind["enum"] = [text, "a", "b"]
        spec["paths"]["/api/app/\"odd\\u'/{name}"] = spec["paths"].pop("/api/app/things/{name}")
        package = compiled(spec, tmp_path)
        assert not hasattr(builtins, "injected")
        with pytest.warns(DeprecationWarning, match="things.list is deprecated"):
            _, path, _ = called(package, lambda api: api.things.list(name="a/b", kind="b"))
        assert path.startswith("/api/app/%22odd\\u'/a%2Fb?kind=b&fixed=")
        models = importlib.import_module(f"{package.__name__}.models")
        thing = models.Thing(id="1")
        thing[text] = "x"
        assert "x" in thing.to_dict().values()
        assert "x" in {getattr(thing, attribute) for attribute in models.Thing._fields}


@pytest.mark.slow
def test_code_anywhere_in_a_spec_is_refused_or_stays_text(tmp_path: Path) -> None:
    for place in strings_of(SPEC):
        for text in () if place[-1] in FREE else (CODE, f'", {CODE}, "'):
            with contextlib.suppress(GenerationError):
                compiled(replaced(place, text), tmp_path)
            assert not hasattr(builtins, "injected"), place


def test_deprecation_is_told_where_it_stands(tmp_path: Path) -> None:
    things = operation(
        "things_list",
        deprecated=True,
        parameters=[
            {"name": "old", "in": "query", "deprecated": True, "schema": {"type": "string"}},
            {"name": "new", "in": "query", "description": "The new one.", "schema": {"type": "string"}},
        ],
    )
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}
    spec = spec_of(
        {"/things": {"get": things, "post": operation("things_create", requestBody=body)}},
        {
            "Thing": {
                "type": "object",
                "deprecated": True,
                "description": "A thing.",
                "properties": {
                    "name": {"type": "string", "deprecated": True, "description": "Its name."},
                    "part": {"$ref": "#/components/schemas/Part"},
                    "id": {"type": "string", "description": "Its id."},
                },
            },
            "Part": {"type": "object", "deprecated": True},
        },
    )
    package = compiled(spec, tmp_path)
    resource = importlib.import_module(f"{package.__name__}.api.things").ThingsResource
    told = str(resource.list.__doc__)
    assert told.split("\n\n")[1].strip() == "Deprecated."
    assert "old: Deprecated.\n" in told
    assert "new: The new one.\n" in told
    assert "name: Deprecated. Its name.\n" in str(resource.create.__doc__)
    thing = importlib.import_module(f"{package.__name__}.models").Thing
    docs = [thing.__doc__, thing.name.__doc__, thing.part.__doc__, thing.id.__doc__]
    assert docs == [
        "Deprecated. A thing.",
        "Deprecated. Its name.",
        "Deprecated. The property `part`.",
        "Its id.",
    ]
