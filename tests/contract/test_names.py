"""Names of a spec in Python: each is called, sent and read as the spec has it, or refused in one line."""

from __future__ import annotations

import copy
import datetime
import importlib
import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from mixpanel_export import InvalidArgumentError
from mixpanel_export.codegen.endpoints import compile_endpoints
from mixpanel_export.errors import GenerationError
from tests.contract.compiling import called, compiled, operation, spec_of

ROOT = Path(__file__).parents[2]
TEXT = {"type": "string"}
DAYS = {"application/json": {"schema": {"type": "array", "items": {"type": "string", "format": "date"}}}}


def parameter(name: str, schema: Any = None, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema or TEXT, **more}


def body_of(name: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{name}"}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def in_path(name: str) -> dict[str, Any]:
    return parameter(name, **{"in": "path", "required": True})


# Names that the generated code uses itself, or that are Python's.
NAMES = (
    "body", "builtins", "cast", "class", "client", "cookies", "datetime", "deprecated", "field", "format", "from",
    "headers", "id", "isinstance", "items", "json", "json_limit", "k", "key", "keys", "kwargs", "list", "method",
    "overload", "params", "print", "quote", "request", "self", "str", "type", "url", "v", "values", "warnings",
    "x-y", "9lives", "$where", "größe", "µs",
)  # fmt: skip
ARGUMENTS = {"class": "class_", "from": "from_", "self": "self_", "warnings": "warnings_", "x-y": "x_y"} | {
    "9lives": "field_9lives", "$where": "where", "µs": "μs",
}  # fmt: skip


def test_a_parameter_or_a_field_can_have_any_name(tmp_path: Path) -> None:
    limit = parameter("limit", {"type": "string", "format": "date"})
    days = {"name": "days", "in": "query", "content": DAYS}
    item = parameter("days_item")
    spec = spec_of(
        {
            "/things/{quote}/{type}": {
                "get": operation(
                    "things_list",
                    parameters=[
                        in_path("quote"),
                        in_path("type"),
                        limit,
                        days,
                        item,
                        *(parameter(name) for name in NAMES if name not in ("quote", "type")),
                    ],
                    deprecated=True,
                ),
                "put": operation(
                    "things_update",
                    parameters=[in_path("quote"), in_path("type"), parameter("title"), parameter("body")],
                    requestBody=body_of("Change"),
                ),
            }
        },
        {
            "Change": {
                "type": "object",
                "properties": {
                    **dict.fromkeys((*NAMES, "title", "project_id"), TEXT),
                    "days": array_of({"type": "string", "format": "date"}),
                },
            }
        },
    )
    package = compiled(spec, tmp_path)
    values = {name: f"{index}" for index, name in enumerate(NAMES)}
    named = {ARGUMENTS.get(name, name): value for name, value in values.items()}
    day = datetime.date(2024, 1, 2)
    with pytest.warns(DeprecationWarning, match="things.list is deprecated"):
        _, path, _ = called(
            package, lambda api: api.things.list(**named, limit=day, days=[day], days_item="one")
        )
    url, _, query = path.partition("?")
    assert url == f"/things/{values['quote']}/{values['type']}"
    sent = dict(pair.split("=", 1) for pair in query.split("&"))
    expected = {name: value for name, value in values.items() if name not in ("quote", "type")}
    dates = {"limit": "2024-01-02", "days": "%5B%222024-01-02%22%5D", "days_item": "one"}
    assert {unquote(name): value for name, value in sent.items()} == expected | dates

    # A field of the body with the name of a parameter has a prefix.
    taken = ("quote", "type", "body")
    fields = {f"body_{name}" if name in taken else name: value for name, value in named.items()}
    _, path, body = called(
        package,
        lambda api: api.things.update(
            quote="a/b",
            type="t",
            title="query",
            body="b",
            body_title="body",
            project_id="p",
            days=[day],
            **fields,
        ),
    )
    assert path == "/things/a%2Fb/t?title=query&body=b"
    assert json.loads(body) == values | {"title": "body", "project_id": "p", "days": ["2024-01-02"]}
    with pytest.raises(InvalidArgumentError, match=r"type: cannot be part of a URL path \(got '\.\.'\)"):
        called(package, lambda api: api.things.update(quote="a", type=".."))
    # The objects of the models, too.
    change = importlib.import_module(f"{package.__name__}.models").Change
    assert change.from_dict(values).to_dict() == values


def test_a_format_is_an_argument_as_any_other(tmp_path: Path) -> None:
    csv = {"text/csv": {"schema": TEXT}}
    rows = {"application/json": {"schema": {"type": "array", "items": TEXT}}}
    formats = {"type": "string", "enum": ["json", "csv", "pdf"]}
    answer = {"200": {"description": "Ok", "content": {**rows, **csv}}}
    spec = spec_of(
        {
            "/a": {"get": operation("a_get", parameters=[parameter("format", required=True)])},
            "/b": {"get": operation("b_get", parameters=[parameter("format", {"enum": ["pdf"], **TEXT})])},
            "/c": {"post": operation("c_add", requestBody=body_of("Body"))},
            "/d": {"get": operation("d_get", parameters=[parameter("format", formats)], responses=answer)},
            "/e": {
                "get": operation(
                    "e_get", parameters=[parameter("format", formats, required=True)], responses=answer
                )
            },
            "/f": {"get": operation("f_get", responses={"200": {"description": "Ok", "content": csv}})},
        },
        {"Body": {"type": "object", "required": ["format"], "properties": {"format": TEXT}}},
    )
    package = compiled(spec, tmp_path)
    assert called(package, lambda api: api.a.get(format="pdf"))[1] == "/a?format=pdf"
    assert called(package, lambda api: api.b.get())[1] == "/b"
    assert called(package, lambda api: api.b.get(format="pdf"))[1] == "/b?format=pdf"
    assert called(package, lambda api: api.c.add(format="x"))[1:] == ("/c", '{"format":"x"}')
    assert called(package, lambda api: api.d.get(), '["x"]')[0] == ["x"]
    assert called(package, lambda api: api.d.get(format="pdf"), '["x"]')[1] == "/d?format=pdf"
    assert called(package, lambda api: api.e.get(format="csv"), "a\n1\n")[0].rows() == [{"a": "1"}]
    assert called(package, lambda api: api.f.get(), "a\n1\n")[0] == "a\n1\n"


SCHEMAS = {
    "Object": {"type": "object", "properties": {"self": {"$ref": "#/components/schemas/Self"}}},
    "Self": {"type": "object", "properties": {"class": {"$ref": "#/components/schemas/Class"}}},
    "Class": {"type": ["object", "null"], "properties": {"id": TEXT}},
    "Maybe": {"type": "object", "nullable": True, "properties": {"a": TEXT}},
    "Day": {"type": "string", "format": "date"},
    "Grid": {
        "type": "object",
        "x-table": {"at": ["layout"], "keys": ["day"]},
        "properties": {
            "maybe": {"$ref": "#/components/schemas/Maybe"},
            "layout": {"type": "object", "additionalProperties": {"type": "integer"}},
            "matrix": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}},
            "days": {"type": "array", "items": {"$ref": "#/components/schemas/Day"}},
            "either": {
                "anyOf": [{"$ref": "#/components/schemas/Object"}, {"$ref": "#/components/schemas/Self"}]
            },
            "grids": {
                "type": "array",
                "items": {"type": "array", "items": {"$ref": "#/components/schemas/Grid"}},
            },
        },
    },
}
SCHEMAS["Grid"]["properties"]["layout"] = {"$ref": "#/components/schemas/Counts"}  # type: ignore[index]
EITHER = [{"$ref": "#/components/schemas/Object"}, {"$ref": "#/components/schemas/Maybe"}]
MAPS: dict[str, dict[str, Any]] = {
    "DaysByName": {"type": "string", "format": "date"},
    "MaybesByName": {"type": "array", "items": {"$ref": "#/components/schemas/Maybe"}},
    "EithersByName": {"type": "array", "items": {"oneOf": EITHER}},
}
SCHEMAS |= {name: {"type": "object", "additionalProperties": values} for name, values in MAPS.items()}
SCHEMAS["Counts"] = {"type": "object", "additionalProperties": {"type": "integer"}}


def array_of(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


def ordinary() -> dict[str, Any]:
    """Return a spec with ordinary answers, some of them with unusual names."""
    grid = {"$ref": "#/components/schemas/Grid"}
    created = operation("filter_create", {"$ref": "#/components/schemas/Object"})
    created["responses"]["201"] = created["responses"]["200"]
    created["responses"]["202"] = {"description": "Later"}
    answers = {
        "names": array_of(TEXT),
        "days": array_of({"type": "string", "format": "date"}),
        "times": array_of({"type": "string", "format": "date-time"}),
        "rows": array_of(array_of({"type": "integer"})),
        "grid": grid,
        "grids": array_of(grid),
        "either": array_of({"anyOf": EITHER}),
        **{name.lower(): {"$ref": f"#/components/schemas/{name}"} for name in MAPS},
        "nothing": None,
    }
    paths = {f"/{name}": {"get": operation(f"filter_{name}", schema)} for name, schema in answers.items()}
    paths["/nothing"]["get"]["responses"] = {"204": {"description": "None"}}
    paths["/names"]["post"] = created
    return spec_of(paths, copy.deepcopy(SCHEMAS))


def test_answers_are_read_as_they_are_typed(tmp_path: Path) -> None:
    package = compiled(ordinary(), tmp_path)
    day, at = datetime.date(2024, 1, 2), datetime.datetime(2024, 1, 2, tzinfo=datetime.UTC)

    def answer(name: str, text: str) -> Any:
        return called(package, lambda api: getattr(api.filter_, name)(), text)[0]

    assert answer("names", '["a"]') == ["a"]
    assert answer("days", '["2024-01-02"]') == [day]
    assert answer("times", '["2024-01-02T00:00:00Z"]') == [at]
    assert answer("rows", "[[1], [2]]") == [[1], [2]]
    assert answer("nothing", "[]") == "[]"
    assert answer("either", '[{"a": "x"}]') == [{"a": "x"}]
    assert answer("daysbyname", '{"a": "2024-01-02"}')["a"] == "2024-01-02"
    first, second = answer("maybesbyname", '{"a": [{"a": "x"}, {"a": "y"}]}')["a"]
    assert (first.a, second.a) == ("x", "y")
    assert answer("eithersbyname", '{"a": [{"a": "x"}]}')["a"] == [{"a": "x"}]
    grid = answer(
        "grid", '{"matrix": [[1]], "days": ["2024-01-02"], "layout": {"a": 1}, "maybe": {"a": "x"}}'
    )
    assert (grid.matrix, grid.days, grid.layout_["a"], grid.maybe.a) == ([[1]], [day], 1, "x")
    assert answer("grids", '[{"matrix": [[1]]}]')[0].matrix == [[1]]
    assert answer("create", '{"self": {"class": {"id": "x"}}}').self_.class_.id == "x"


def test_a_spec_without_models_or_content_compiles(tmp_path: Path) -> None:
    spec = spec_of({"/x": {"get": operation("a_b", responses={"200": {"description": "d"}})}})
    assert called(compiled(spec, tmp_path), lambda api: api.a.b(), "[]")[0] == "[]"


CLASHES: tuple[tuple[dict[str, Any], str], ...] = (
    (
        spec_of({"/a": {"get": operation("a_int")}}),
        "operationId: a_int: a method int would hide Python's int; choose another name",
    ),
    (spec_of({"/a": {"get": operation("a_list_")}}), "operationId: expected a_<method>, got 'a_list_'"),
    (
        spec_of({"/a": {"get": operation("call_operation_x", tags=["call_operation"])}}),
        "tags: call_operation: this name is taken; choose another",
    ),
    (
        spec_of({"/a": {"get": operation("a_x"), "put": operation("async_a_x", tags=["async_a"])}}),
        "tags: async_a: this and a would have one class, AsyncAResource; rename one",
    ),
    (
        spec_of({}, {"HTTPServer": {"type": "object"}, "HttpServer": {"type": "object"}}),
        "HttpServer: this and HTTPServer would be one module, http_server; rename one",
    ),
    (spec_of({}, {"Exception": {"type": "object"}}), "Exception: this name is taken"),
    (spec_of({}, {"Unset": {"type": "object"}}), "Unset: this name is taken"),
    (
        spec_of({"/a": {"get": operation("a_x")}}, {"AResource": {"type": "object"}}),
        "AResource: this name is taken",
    ),
    (
        spec_of({"/a": {"get": operation("a_x", parameters=[parameter("b-c"), parameter("b_c")])}}),
        "b_c: the argument b_c stands for two parameters, this and b-c",
    ),
    (
        spec_of({}, {"Two": {"type": "object", "properties": {"layout": TEXT, "layout_": TEXT}}}),
        "layout_: both this and layout would be the attribute layout_; leave one out",
    ),
)


def test_names_that_clash_are_refused_in_one_line(tmp_path: Path) -> None:
    for spec, said in CLASHES:
        path = tmp_path / "own.json"
        path.write_text(json.dumps(spec))
        with pytest.raises(GenerationError) as caught:
            compile_endpoints(path, tmp_path / "own_api")
        (line,) = str(caught.value).splitlines()
        assert said in line
    two = operation("a_x")
    two["responses"]["201"] = {
        "description": "b",
        "content": {"application/json": {"schema": array_of({"type": "integer"})}},
    }
    csv = operation("a_x")
    csv["responses"]["200"]["content"]["text/csv"] = {"schema": TEXT}
    no_fields = spec_of(
        {"/a": {"put": operation("a_x", requestBody=body_of("Fields"))}},
        {"Fields": {"type": "object", "additionalProperties": TEXT}},
    )
    path.write_text(json.dumps(no_fields))
    with pytest.raises(
        GenerationError, match="expected an object with properties, each of which is an argument"
    ):
        compile_endpoints(path, tmp_path / "own_api")
    for wrong, said in ((two, "201: expected the content of another success"), (csv, "text/csv beside")):
        path.write_text(json.dumps(spec_of({"/a": {"get": wrong}})))
        with pytest.raises(GenerationError, match=said):
            compile_endpoints(path, tmp_path / "own_api")


def test_a_package_takes_no_name_of_another(tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    path.write_text(json.dumps(spec_of({"/x": {"get": operation("a_b")}})))
    for name in ("json", "mixpanel_export", "mixpanel_export_api", "httpx", "mapping", "resources"):
        with pytest.raises(InvalidArgumentError, match=r"output: this name is taken"):
            compile_endpoints(path, tmp_path / name)
        assert not (tmp_path / name).exists()


@pytest.mark.slow
def test_unusual_specs_are_strictly_typed(tmp_path: Path) -> None:
    spec = ordinary()
    spec["paths"]["/odd/{quote}"] = {
        "get": operation(
            "odd_list",
            parameters=[
                in_path("quote"),
                *(parameter(name) for name in NAMES if name != "quote"),
                parameter("maybe", {"type": ["string", "null"], "enum": ["a", None]}),
            ],
            deprecated=True,
        ),
        "put": operation("odd_update", parameters=[in_path("quote")], requestBody=body_of("Change")),
    }
    spec["components"]["schemas"]["Change"] = {
        "type": "object",
        "required": ["format"],
        "properties": {name: {"type": "string", "deprecated": True} for name in NAMES},
    }
    name = compiled(spec, tmp_path).__name__
    bare = compiled(spec_of({"/x": {"get": operation("a_b")}}), tmp_path).__name__
    generated = str(ROOT / "generated")
    strict = {"typeCheckingMode": "strict", "reportDeprecated": False, "extraPaths": [str(ROOT), generated]}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(strict))
    cache = str(ROOT / ".mypy_cache" / "contract")
    environ = {**os.environ, "MYPYPATH": f"{ROOT}:{generated}:.", "MYPY_CACHE_DIR": cache}
    commands: list[tuple[str, ...]] = [
        ("mypy", "--strict", "--follow-imports=silent", "--explicit-package-bases", name, bare),
        ("pyright", "--pythonpath", sys.executable, name, bare),
    ]
    for arguments in commands:
        if find_spec(arguments[0]) is None:
            continue
        command = [sys.executable, "-m", *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
