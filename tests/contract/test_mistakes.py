"""Mistakes in a spec are one line each, with file, line and what is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from spec.mistakes import GenerationError, read_spec

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
      security: [{token: []}]
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
      security: [{token: []}]
      summary: Report the weather.
      responses: *answers
components:
  securitySchemes:
    token: {type: http, scheme: bearer}
  schemas:
    Forecast:
      type: object
      properties:
        default: {type: string}
        x-sky: {type: string}
        format: {type: string}
"""

MISTAKES = (
    ('"#/components/schemas/Forecast"', '"#/components/schemas/Forcast"', "did you mean Forecast?"),
    ("      operationId: weather_report\n", "", "post /api/query/weather: operationId is required"),
    ("      summary: Forecast the weather.\n", "", "get /api/query/weather: summary is required"),
    ("      security: [{token: []}]\n", "", "get /api/query/weather: security is required"),
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
    ("format: date\n", "format: day\n", "format: expected one of date, "),
    ("tags: [weather]", "tags: [weather, sky]", "expected exactly one tag"),
    ("info:\n", "info: [\n", "not YAML: "),
    ("openapi: 3.1.0\n", "openapi: 3.1.0\nopenapi: 3.1.0\n", "not YAML: found duplicate key"),
    ("  version: 1.0.0\n", "", "version"),
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
        (line,) = str(caught.value).splitlines()
        _, number, message = line.split(":", 2)
        assert line.startswith(f"{tmp_path.name}/company.yaml:")
        assert said in message, line
        at = TEXT[: TEXT.index(right)].count("\n") + 1
        # A missing key is told where the operation starts; YAML fails where it cannot go on.
        assert "not YAML" in message or -6 <= int(number) - at <= 2, (line, at)
