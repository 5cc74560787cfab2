"""Arguments of a company's own endpoints are checked as its spec says, values that may be null included."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import pytest

from mixpanel_export import InvalidArgumentError
from tests.contract.compiling import called, compiled, operation, spec_of

PARAMETERS: list[dict[str, Any]] = [
    {"name": "limit", "in": "query", "schema": {"type": ["integer", "null"], "minimum": 1}},
    {"name": "code", "in": "query", "schema": {"type": "string", "minLength": 3}},
    {
        "name": "kinds",
        "in": "query",
        "content": {
            "application/json": {
                "schema": {
                    "type": "array",
                    "minItems": 2,
                    "items": {"type": ["string", "null"], "maxLength": 1},
                }
            }
        },
    },
]


def test_values_that_may_be_null_are_checked(tmp_path: Path) -> None:
    package = compiled(
        spec_of({"/api/app/things": {"get": operation("things_list", parameters=PARAMETERS)}}), tmp_path
    )
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"limit": 0}, "limit: expected a number from 1, got 0"),
        ({"limit": "1"}, "limit: expected an integer, got '1'"),
        ({"code": "ab"}, "code: expected at least 3 characters, got 'ab'"),
        ({"kinds": ["a"]}, r"kinds: expected at least 2 items, got \['a'\]"),
        ({"kinds": [None, "ab"]}, r"kinds\[1\]: expected at most 1 characters, got 'ab'"),
    ]
    for given, said in wrong:
        with pytest.raises(InvalidArgumentError, match=said):
            called(package, functools.partial(_list, given))
    right = {"limit": None, "code": "abc", "kinds": [None, "a"]}
    _, path, _ = called(package, functools.partial(_list, right))
    assert path == "/api/app/things?code=abc&kinds=%5Bnull%2C+%22a%22%5D"


def _list(given: dict[str, Any], api: Any) -> Any:
    return api.things.list(**given)
