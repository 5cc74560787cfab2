"""Validation of responses against the contract, `spec/openapi.yaml`."""

from __future__ import annotations

import httpx
import pytest

from tests.openapi import SPEC

__all__ = ["follows_contract"]


def follows_contract(path: str, answer: httpx.Response) -> bool:
    """Return True, or raise jsonschema's error if the body violates the contract.

    Args:
        path: the operation's path as written in the contract.
    """
    jsonschema = pytest.importorskip("jsonschema")
    operation = SPEC["paths"][path][answer.request.method.lower()]
    response = operation["responses"][str(answer.status_code)]
    if "$ref" in response:
        response = SPEC["components"]["responses"][response["$ref"].rpartition("/")[2]]
    content_type = answer.headers["content-type"].partition(";")[0]
    schema = response["content"][content_type]["schema"]
    body = answer.json() if content_type == "application/json" else answer.text
    validator = jsonschema.Draft202012Validator({**schema, "components": SPEC["components"]})
    validator.validate(body)
    return True
