"""Mistakes in a spec are one line each, with file, line and what is right."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import pytest

from mixpanel_export.codegen.endpoints import compile as compiler
from mixpanel_export.codegen.endpoints import compile_endpoints
from mixpanel_export.codegen.endpoints.mistakes import read_spec
from mixpanel_export.errors import GenerationError

TEXT = """\
openapi: 3.1.0
info:
  title: A few calls
  version: 1.0.0
paths:
  /api/query/weather:
    get:
      operationId: weather_forecast
      tags: [weather]
      security: [{serviceAccount: []}]
      summary: Forecast the weather.
      x-writes: false
      x-idempotent: false
      x-refused:
        - when: {days: missing}
          says: it is required
      parameters:
        - name: days
          in: query
          schema:
            type: string
            format: date
      responses: &answers
        "200":
          description: The forecast.
          content: {application/json: {schema: {$ref: "#/components/schemas/Forecast"}}}
    post:
      operationId: weather_report
      tags: [weather]
      security: [{serviceAccount: []}]
      summary: Report the weather.
      responses: *answers
  /api/query/weather/{place}:
    put:
      operationId: weather_correct
      tags: [weather]
      security: [{oauthToken: []}]
      summary: Correct the weather.
      servers: [{url: "https://weather.example.com/v1"}]
      x-budget: none
      parameters:
        - {name: place, in: path, required: true, schema: {type: string}}
        - name: stations
          in: query
          content: {application/json: {schema: {type: array, items: {type: string}}}}
      requestBody:
        content:
          application/x-www-form-urlencoded:
            encoding: {clouds: {contentType: application/json}}
            schema: {$ref: "#/components/schemas/Correction"}
      responses: *answers
components:
  securitySchemes:
    serviceAccount: {type: http, scheme: basic}
  schemas:
    Correction:
      type: object
      properties:
        clouds: {type: array, items: {type: string}}
    Forecast:
      type: object
      properties:
        default: {type: string}
        x-sky: {type: string}
        format: {type: string}
        items: {type: string}
"""

MISTAKES = (
    ('"#/components/schemas/Forecast"', '"#/components/schemas/Forcast"', "did you mean Forecast?"),
    ("      operationId: weather_report\n", "", "post /api/query/weather: operationId is required"),
    ("      summary: Forecast the weather.\n", "", "get /api/query/weather: summary is required"),
    ("      security: [{serviceAccount: []}]\n", "", "get /api/query/weather: security is required"),
    ("operationId: weather_report", "operationId: weather_forecast", "is the id of another operation"),
    ("operationId: weather_report", "operationId: report_weather", "expected weather_<method>"),
    ("x-idempotent: false", "x-idempotant: false", "did you mean x-idempotent?"),
    ("x-writes: false", "x-writes: yes please", "x-writes: expected true or false, got 'yes please'"),
    (
        "            type: string\n",
        "            type: string\n            default: a\n",
        "default: the client would",
    ),
    ("days: missing", "days: absent", "expected given, missing, a list or {over: number}"),
    ("format: date\n", "format: day\n", "format: 'day' is unknown; expected one of date, "),
    ("tags: [weather]", "tags: [weather, sky]", "expected exactly one tag"),
    ("info:\n", "info: [\n", "not YAML: "),
    ("openapi: 3.1.0\n", "openapi: 3.1.0\nopenapi: 3.1.0\n", "not YAML: found duplicate key"),
    ("  version: 1.0.0\n", "", "version"),
    ("security: [{serviceAccount: []}]", "security: [{serviceAcount: []}]", "did you mean serviceAccount?"),
    ("days: missing", "day: missing", "there is no argument day; did you mean days?"),
    ("tags: [weather]", "tags: [Weather Service]", "expected a lower-case name such as audit_logs"),
    ("operationId: weather_report", "operationId: weather_import", "expected weather_<method>"),
    ("    post:\n", "    options:\n", "options: not supported; expected get, put, post, delete, patch"),
    ("openapi: 3.1.0\n", "openapi: 2.0.0\n", "expected 3.1.0, or another 3.0 or 3.1, got '2.0.0'"),
    ("https://weather.example.com/v1", "http://weather.example.com/v1", "expected https for"),
    ('{url: "https://weather.example.com/v1"}', "{url: 'https://a.example', x-region: uk}", "us, eu, in"),
    ("x-budget: none", "x-budget: nothing", "expected one of export, query, schemas, none"),
    ("in: path, required", "in: header, required", "in: expected query or path, got 'header'"),
    ("weather/{place}", "weather/here", "there is no {place} in the path"),
    ("weather/{place}", "weather/{place}/{day}", "`in: path` is missing for {day}"),
    ("name: stations", "name: place", "the argument place stands for two parameters"),
    (
        "content: {application/json: {schema: {type: array, items: {type: string}}}}",
        "schema: {type: array, items: {type: string}}",
        "stations: lists travel as JSON text",
    ),
    (
        "schema: {type: array, items: {type: string}}}}",
        "schema: {$ref: '#/components/schemas/Correction'}}}",
        "stations: objects are not supported here",
    ),
    ("encoding: {clouds: {contentType: application/json}}\n", "encoding: {}\n", "say so under encoding"),
    ("application/x-www-form-urlencoded", "multipart/form-data", "expected one media type"),
    (
        "content: {application/json: {schema: {$ref",
        "content: {image/png: {schema: {$ref",
        "expected application/json",
    ),
    ("responses: *answers\ncomp", "responses: {400: {description: No}}\ncomp", "expected a successful one"),
    ("x-sky: {type: string}", "sky: {type: object}", "an object needs a name"),
    ("x-sky: {type: string}", "sky: {typ: string}", "typ: unknown key of a schema; did you mean type?"),
    ("x-sky: {type: string}", "Format: {type: string}", "would be the attribute format_"),
    ("x-sky: {type: string}", "sky: {allOf: [{type: string}]}", "allOf: not supported"),
    ("  schemas:\n", "  schemas:\n    place: {type: object}\n", "place: the name becomes a class"),
    ("  schemas:\n", "  schemas:\n    Model: {type: object}\n", "Model: this name is taken"),
    ("info:\n", "x-idempotent: false\ninfo:\n", "not a key of the document; expected in an operation"),
    (
        "    put:\n",
        "    x-writes: true\n    put:\n",
        "x-writes: not a key of a path; expected in an operation",
    ),
    ("      requestBody:\n", "      requestBody:\n        x-budget: query\n", "not a key of a request body"),
    ("x-budget: none", "x-region: us", "x-region: not a key of an operation; expected in a server"),
    ("type: string\n", "type: string\n            x-unit: days\n", "not a key of the schema of a parameter"),
    ("x-sky: {type: string}", "sky: {type: string, x-bare: a}", "x-bare: not a key of a property"),
    (
        "description: The forecast.",
        "description: a\n          x-table: {}",
        "expected in a schema of components/schemas",
    ),
    (
        "- when: {days: missing}\n          says",
        "nope\n      x-instead",
        "x-refused: expected a list, got 'nope'",
    ),
    ("it is required", "7", 'says: expected text, got 7; write "7"'),
    ("when: {days: missing}", "when: days", "when: expected a mapping of names, got 'days'"),
    ("          says: it is required\n", "", "says is required in x-refused"),
    ("    Forecast:\n", "    Forecast:\n      x-table: [at]\n", "x-table: expected a mapping"),
    (
        "    Forecast:\n",
        "    Forecast:\n      x-table: {att: [], at: [], keys: []}\n",
        "att: unknown key of x-table; did",
    ),
    ("    Forecast:\n", "    Forecast:\n      x-quiet: items\n", "x-quiet: expected a list, got 'items'"),
    ("    Forecast:\n", "    Forecast:\n      x-list: [items]\n", "x-list: expected text, got ['items']"),
    ("type: string\n", "type: str\n", "type: 'str' is unknown; did you mean string?"),
    ("type: string\n", "type: string\n            enum: a\n", "enum: expected a list, got 'a'"),
    ("type: string\n", "type: string\n            minLength: few\n", "minLength: expected an integer from 0"),
    ("type: string\n", "type: string\n            required: true\n", "required: expected a list, got True"),
    ("x-sky: {type: string}", "sky: string", "sky: expected a schema such as {type: string}, got 'string'"),
    ("summary: Report", "sumary: Report", "sumary: unknown key of an operation; did you mean summary?"),
    ("summary: Report the weather.", "summary: 5", 'summary: expected text, got 5; write "5"'),
    ("name: days\n", "nam: days\n          name: a\n", "nam: unknown key of a parameter; did you mean name?"),
    ("name: days\n", "name: ''\n", "name: expected text, got ''"),
    ("version: 1.0.0", "version: 1.0", 'version: expected text, got 1.0; write "1.0"'),
    ("info:\n", "webhooks: {}\ninfo:\n", "webhooks: not supported; the client only sends requests"),
    (
        "#/components/schemas/Forecast",
        "#/components/schemas/Forecast/x",
        "expected #/components/schemas/<name>",
    ),
    ("#/components/schemas/Forecast", "#/components/schemas", "expected #/components/schemas/<name>, got"),
    (
        "https://weather.example.com/v1",
        "https://eu.mixpanel.com/api/query",
        "without /api/query; write it in each",
    ),
    ("https://weather.example.com/v1", "https://{region}.example.com", "variables are not supported"),
    ("https://weather.example.com/v1", "//weather.example.com", "expected an https:// URL"),
    (
        "https://weather.example.com/v1",
        "https://a:b@c.example",
        "servers: expected only scheme, host, port and path",
    ),
    ('{url: "https://weather', "{url: 'https://mixpanel.com'}, {url: \"https://weather", "or only your own"),
    ("security: [{serviceAccount: []}]", "security: [{}]", "security: expected serviceAccount, oauthToken,"),
    (
        "{oauthToken: []}",
        "{oauthToken: [], serviceAccount: []}",
        "security: expected serviceAccount, oauthToken,",
    ),
    ("/api/query/weather:", "/api/query/weather?x=1:", "expected no ?; describe what follows it"),
    ("/api/query/weather:", "api/query/weather:", "expected a path from the host"),
    ("/api/query/weather:", "/api/{query/weather:", "expected parameters in braces"),
    ("info:\n", "tags: [{name: wether}]\ninfo:\n", "no operation has the tag wether; did you mean weather?"),
    ("info:\n", "tags: [{name: weather}, {name: weather}]\ninfo:\n", "tags: weather is described twice"),
    ("in: path, required: true", "in: path, required: false", "place: expected `required: true`"),
    (
        "in: path, required: true",
        "in: path, style: label, required: true",
        "style: expected simple, got 'label'",
    ),
    ('"200":\n', '"20":\n', "expected a status such as 200, 2XX or default, got '20'"),
    ("x-idempotent: false", "x-instead: use another", "x-instead: expected `deprecated: true` beside it"),
    ("x-idempotent: false", "x-example: {days: [1]}", "x-example: days: expected text, got [1]"),
    ("days: missing", "days: {over: 5}", "x-refused: days: expected a number for `over`"),
    ("days: missing", "days: [1, 2]", "x-refused: days: expected text, got 1"),
    (
        "type: string\n",
        "type: string\n            minimum: 1\n",
        "minimum: expected `type: integer or number`",
    ),
    (
        "type: string\n",
        "type: string\n            minLength: 2\n            maxLength: 1\n",
        "is above maxLength",
    ),
    ("{type: string}}\n", "{type: string, pattern: a}}\n", "pattern: the client does not check it"),
    (
        "type: string\n            format: date",
        "type: [string, integer]\n            minLength: 1",
        "the client does not check it",
    ),
    ("type: string\n            format: date", "anyOf: [{type: string, maxLength: 1}]", "does not check it"),
    ("type: string\n", "type: string\n            enum: []\n", "enum: expected at least one value"),
    ("type: string\n", "type: string\n            enum: [a, 1]\n", "enum: expected text, got 1"),
    (
        "    Forecast:\n",
        "    Forecast:\n      required: [item]\n",
        "there is no property item; did you mean items?",
    ),
    (
        "    Forecast:\n",
        "    Forecast:\n      x-list: items\n",
        "x-list: expected a property with a list of objects",
    ),
    ("    Forecast:\n", "    Forecast:\n      x-bare: item\n", "x-bare: there is no property item; did you"),
    (
        "    Forecast:\n",
        "    Forecast:\n      x-quiet: [item]\n",
        "x-quiet: there is no property item; did you",
    ),
    (
        "    Forecast:\n",
        "    Forecast:\n      x-within: sky\n",
        "x-within: there is no property sky; did you",
    ),
    (
        "    Forecast:\n",
        "    Forecast:\n      x-unit: days\n",
        "x-unit: expected additionalProperties, and no",
    ),
    (
        "    Forecast:\n",
        "    Forecast:\n      x-table: {at: [item], keys: [date]}\n",
        "at: there is no property item",
    ),
    (
        "    Correction:\n",
        "    Sums: {type: object, additionalProperties: true, x-overall: A}\n    Correction:\n",
        "no schema A",
    ),
    (
        "    Correction:\n",
        "    Loop: {type: array, items: {$ref: '#/components/schemas/Loop'}}\n    Correction:\n",
        "itself",
    ),
    ("{oauthToken: []}", "{oauthToken: 5}", "oauthToken: expected a list, got 5"),
    ("{oauthToken: []}", "oauthToken", "security: expected a mapping of names, got 'oauthToken'"),
    (
        "    Correction:\n      type: object\n",
        "    Correction:\n      type: object\n      x-list: clouds\n      required: [clouds]\n",
        "x-list: expected a property with a list of objects, got clouds",
    ),
    (
        "clouds: {type: array, items: {type: string}}\n    Forecast:\n      type: object\n",
        "clouds: {type: array, items: {$ref: '#/components/schemas/Forecast'}}\n    Forecast:\n"
        "      type: object\n      x-list: sky\n      properties:\n        sky:\n          type: array\n"
        "          items: {$ref: '#/components/schemas/Correction'}\n    Other:\n      type: object\n",
        "x-list: sky can be missing; expected it in `required`, or `x-empty: true` beside it",
    ),
    ("openapi: 3.1.0\n", "openapi: 3.0.3\njsonSchemaDialect: a\n", "this key needs `openapi: 3.1.0`"),
    ("title: A few calls", "title: &loop [*loop]", "contains an alias"),
)


def test_each_mistake_is_one_line_at_its_place(tmp_path: Path) -> None:
    path = tmp_path / "company.yaml"
    path.write_text(TEXT, encoding="utf-8")
    read_spec(path)
    for right, wrong, said in MISTAKES:
        assert right in TEXT
        path.write_text(TEXT.replace(right, wrong, 1), encoding="utf-8")
        with pytest.raises(GenerationError) as caught:
            read_spec(path)
        lines = str(caught.value).splitlines()
        assert len(lines) == 1, lines
        (line,) = lines
        _, number, message = line.split(":", 2)
        assert line.startswith(f"{tmp_path.name}/company.yaml:")
        assert said in message, line
        at = TEXT[: TEXT.index(right)].count("\n") + 1
        # A missing key is told where the operation starts; YAML fails where it cannot go on.
        assert "not YAML" in message or -6 <= int(number) - at <= 10, (line, at)


def test_any_damage_to_a_spec_is_told_in_lines(tmp_path: Path) -> None:
    path = tmp_path / "company.yaml"
    lines = TEXT.splitlines()
    for index, line in enumerate(lines):
        key, colon, _ = line.partition(":")
        for wrong in (None, f"{key}{colon} [5]"):
            damaged = [*lines[:index], *([] if wrong is None else [wrong]), *lines[index + 1 :]]
            path.write_text("\n".join(damaged), encoding="utf-8")
            assert all(said.startswith(f"{tmp_path.name}/company.yaml:") for said in told(path))


def told(path: Path) -> list[str]:
    try:
        read_spec(path)
    except GenerationError as error:
        return str(error).splitlines()
    return []


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "company.yaml"
    for body in (b"\xff\xfe", b"openapi: \x00", b"", b"[]", b"a: &a [*a]", b"paths: 5"):
        path.write_bytes(body)
        with pytest.raises(GenerationError, match=r"company\.yaml:1: "):
            read_spec(path)


@pytest.mark.slow
def test_what_the_generator_trips_over_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "company.yaml"
    path.write_text(TEXT, encoding="utf-8")

    def fail(*_: object) -> NoReturn:
        raise ValueError("two\nlines")

    monkeypatch.setattr(compiler, "models_by_name", fail)
    with pytest.raises(GenerationError) as caught:
        compile_endpoints(path, tmp_path / "company_api")
    place = f"{tmp_path.name}/company.yaml:1"
    assert str(caught.value) == f"{place}: cannot be compiled: ValueError: two lines"
    monkeypatch.undo()
    monkeypatch.setattr(compiler, "docstring", lambda _: '"""')
    with pytest.raises(GenerationError) as caught:
        compile_endpoints(path, tmp_path / "company_api")
    assert str(caught.value).startswith(
        f"{place}: cannot be compiled: the code that it becomes is no Python: "
    )
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "company_api").exists()
