"""The contract, run by schemathesis against the sandbox over a socket: nothing undocumented, everything valid.

It has its own nox session, `contract`: making up requests for every operation takes longer than a quick run may.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from mixpanel_export.sandbox import Sandbox
from tests.openapi import CONTRACT

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
)

schema: Any = schemathesis.openapi.from_path(CONTRACT)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(limits=None) as sandbox:
        yield sandbox


@schema.parametrize()  # type: ignore[untyped-decorator]
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_the_sandbox_keeps_the_contract(case: Any, sandbox: Sandbox) -> None:
    credentials = sandbox.credentials
    project = credentials.project_id
    for place in (case.query, case.path_parameters):
        if place and "project_id" in place:
            place["project_id"] = project
    if case.query is not None and "project_id" in {p.name for p in case.operation.query}:
        case.query["project_id"] = project
    if case.query and "workspace_id" in case.query:
        case.query["workspace_id"] = credentials.workspace_id
    response = case.call(base_url=sandbox.url, auth=(credentials.username, credentials.secret))
    case.validate_response(response, checks=CHECKS)
