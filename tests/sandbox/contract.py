"""Validation of responses against the contract, `spec/openapi.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
import yaml

_SPEC = Path(__file__).parents[2] / "spec" / "openapi.yaml"


@cache
def _spec() -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return cast("dict[str, Any]", yaml.load(_SPEC.read_text(encoding="utf-8"), loader))


def follows_contract(path: str, answer: httpx.Response) -> bool:
    """Return True, or raise jsonschema's error if the body violates the contract.

    Args:
        path: the operation's path as written in the contract.
    """
    jsonschema = pytest.importorskip("jsonschema")
    operation = _spec()["paths"][path][answer.request.method.lower()]
    response = operation["responses"][str(answer.status_code)]
    if "$ref" in response:
        response = _spec()["components"]["responses"][response["$ref"].rpartition("/")[2]]
    content_type = answer.headers["content-type"].partition(";")[0]
    schema = response["content"][content_type]["schema"]
    body = answer.json() if content_type == "application/json" else answer.text
    validator = jsonschema.Draft202012Validator({**schema, "components": _spec()["components"]})
    validator.validate(body)
    return True
