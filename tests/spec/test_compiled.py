"""The code the contract compiles to: constants, typed methods of both clients, models."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import re
from typing import Any

import pytest

import mixpanel_export_api.models
from mixpanel_export import AsyncMixpanelClient, MixpanelClient, OAuthTokenAuth
from mixpanel_export_api.api import AsyncResources, Operation, Resources
from tests.openapi import SPEC
from tests.spec.operations import BOUND, NAMED, OPERATIONS, Described, for_every_operation


@for_every_operation
def test_an_operation_compiles_to_an_equal_constant(described: Described) -> None:
    operation = described.operation
    assert operation.name == f"{described.tag}.{described.name}"
    assert (operation.method, operation.path) == (described.method, described.path.partition("#")[0])
    assert operation.security == described.security
    assert operation.idempotent == described.node.get("x-idempotent", True)
    assert bool(operation.deprecated) == described.node.get("deprecated", False)
    assert operation.writes == described.node.get("x-writes", False)
    assert set(operation.bound) == described.parameters.keys() & BOUND
    assert operation.schemas.keys() == described.offered.keys()
    assert set(operation.required) == {name for name, required in described.offered.items() if required}
    assert set(operation.body_fields) == set(described.fields.get("properties", {}))


def test_every_constant_is_in_the_spec() -> None:
    tags = {operation.tag for operation in OPERATIONS}
    constants = {
        name
        for tag in tags
        for name, value in vars(importlib.import_module(f"mixpanel_export_api.api.{tag}")).items()
        if isinstance(value, Operation)
    }
    assert constants == {operation.id.upper() for operation in OPERATIONS}
    assert tags == {tag["name"] for tag in SPEC["tags"]}
    for kind in (Resources, AsyncResources):
        assert {name for name in vars(kind) if not name.startswith("_")} == tags | {"call_operation"}


SYNC = MixpanelClient(OAuthTokenAuth("token"), project_id=1)
ASYNC = AsyncMixpanelClient(OAuthTokenAuth("token"), project_id=1)


def methods(described: Described) -> tuple[Any, Any]:
    """Return the method of each client."""
    sync, twin = (getattr(getattr(client, described.tag), described.name) for client in (SYNC, ASYNC))
    return sync, twin


class Caller:
    """Takes operations and sends nothing."""

    def call_operation(self, operation: Operation[Any], arguments: Any, /) -> Any:
        return operation.name


class AsyncCaller:
    async def call_operation(self, operation: Operation[Any], arguments: Any, /) -> Any:
        return operation.name


def call(method: Any, arguments: dict[str, Any]) -> Any:
    answer = method(**arguments)
    return asyncio.run(answer) if inspect.iscoroutine(answer) else answer


def test_each_deprecated_method_warns_when_it_is_called() -> None:
    deprecated = [described for described in OPERATIONS if described.node.get("deprecated")]
    assert {described.tag for described in deprecated} == {"jql", "legacy"}
    for described in deprecated:
        text = described.operation.deprecated
        arguments = dict.fromkeys(name for name, required in described.offered.items() if required)
        for method, caller in zip(methods(described), (Caller(), AsyncCaller()), strict=True):
            # Type checkers and editors read this one.
            assert method.__deprecated__ == text
            own = getattr(type(method.__self__)(caller), described.name)
            with pytest.warns(DeprecationWarning, match=re.escape(text)) as caught:
                answer = call(own, arguments)
            assert answer == described.operation.name
            assert len(caught) == 1


@for_every_operation
def test_an_operation_is_a_typed_method(described: Described) -> None:
    method, twin = methods(described)
    assert not inspect.iscoroutinefunction(method)
    assert inspect.iscoroutinefunction(twin)
    signature = inspect.signature(method)
    assert {parameter.kind for parameter in signature.parameters.values()} <= {inspect.Parameter.KEYWORD_ONLY}
    assert {
        name: parameter.default is inspect.Parameter.empty for name, parameter in signature.parameters.items()
    } == described.offered
    for name, parameter in signature.parameters.items():
        assert parameter.annotation not in {inspect.Parameter.empty, "Any", "object"}, name
        assert ("None" in parameter.annotation) == (not described.offered[name]), name
    assert signature.return_annotation not in {inspect.Signature.empty, "Any", "None"}


@for_every_operation
def test_a_method_has_the_contracts_documentation(described: Described) -> None:
    documentation = inspect.getdoc(methods(described)[0])
    assert documentation is not None
    flat = " ".join(documentation.split())
    assert documentation.splitlines()[0] == described.node["summary"]
    assert " ".join(described.node["description"].split()) in flat
    for name in described.offered:
        assert re.search(rf"^    {name}: \S", documentation, re.MULTILINE), name
    assert "Returns: " in flat
    assert "mixpanel_export.APIError" in flat


@for_every_operation
def test_sync_and_async_methods_differ_by_await_only(described: Described) -> None:
    sync, twin = methods(described)
    assert inspect.signature(sync) == inspect.signature(twin)
    assert inspect.getdoc(sync) == (inspect.getdoc(twin) or "").replace(">>> await ", ">>> ")


@for_every_operation
def test_dates_and_expressions_have_their_own_types(described: Described) -> None:
    method, _ = methods(described)
    annotations = {
        name: parameter.annotation for name, parameter in inspect.signature(method).parameters.items()
    }
    for name, annotation in annotations.items():
        optional = "" if described.offered[name] else " | None"
        if name in {"from_date", "to_date"}:
            assert annotation == f"datetime.date | str{optional}"
        if name in {"where", "on", "born_where", "inner", "outer"}:
            assert annotation == f"str | Expression{optional}"


def test_models_are_named_after_the_schemas() -> None:
    names = {name for name in mixpanel_export_api.models.__all__ if name[0].isupper()}
    assert names <= set(NAMED)
    assert {name for name, schema in NAMED.items() if schema.get("type") == "object"} <= names
