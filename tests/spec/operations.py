"""The operations of the contract, read from the YAML and not through the generator."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

from mixpanel_export_api.api import Operation
from tests.openapi import SPEC

NAMED: Mapping[str, Mapping[str, Any]] = SPEC["components"]["schemas"]
METHODS = {"get", "put", "post", "patch", "delete", "head", "options", "trace"}
BOUND = {"project_id", "workspace_id"}


def resolved(node: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in node:
        target: Any = SPEC
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


@frozen
class Described:
    """One operation as the spec describes it."""

    id: str
    method: str
    path: str
    item: Mapping[str, Any]
    node: Mapping[str, Any]

    @property
    def tag(self) -> str:
        (tag,) = self.node["tags"]
        return str(tag)

    @property
    def name(self) -> str:
        return self.id.removeprefix(f"{self.tag}_")

    @property
    def parameters(self) -> dict[str, Mapping[str, Any]]:
        every = map(resolved, [*self.item.get("parameters", []), *self.node.get("parameters", [])])
        return {parameter["name"]: parameter for parameter in every}

    @property
    def fields(self) -> Mapping[str, Any]:
        if "requestBody" not in self.node:
            return {}
        (content,) = self.node["requestBody"]["content"].values()
        return resolved(content["schema"])

    @property
    def arguments(self) -> dict[str, bool]:
        """The arguments of a call by their name on the wire; True if required."""
        required = {name: bool(parameter.get("required")) for name, parameter in self.parameters.items()}
        required |= {
            name: name in self.fields.get("required", []) for name in self.fields.get("properties", {})
        }
        constant = {
            name for name, parameter in self.parameters.items() if "const" in parameter.get("schema", {})
        }
        return {name: flag for name, flag in required.items() if name not in BOUND | constant}

    @property
    def answers(self) -> dict[str, Mapping[str, Any]]:
        return {status: resolved(answer) for status, answer in self.node["responses"].items()}

    @property
    def offered(self) -> dict[str, bool]:
        """The arguments of the client's method; `format` is one only if there is CSV to choose."""
        has_csv = any("text/csv" in a.get("content", {}) for a in self.answers.values())
        return {
            re.sub(r"(?<=[a-z])([A-Z])", r"_\1", name).lower(): flag
            for name, flag in self.arguments.items()
            if name != "format" or has_csv
        }

    @property
    def security(self) -> set[str]:
        return {scheme for option in self.node["security"] for scheme in option}

    @property
    def operation(self) -> Operation[Any]:
        module = importlib.import_module(f"mixpanel_export_api.api.{self.tag}")
        operation = getattr(module, self.id.upper())
        assert isinstance(operation, Operation)
        return operation


OPERATIONS = [
    Described(node["operationId"], method.upper(), path, item, node)
    for path, item in SPEC["paths"].items()
    for method, node in item.items()
    if method in METHODS
]


def for_every_operation(check: Callable[[Described], None]) -> Callable[[], None]:
    """Turn a check of one operation into a test of all; the failure lists the operations by id."""

    def test() -> None:
        failures: list[str] = []
        for described in OPERATIONS:
            try:
                check(described)
            except AssertionError as error:
                failures.append(f"{described.id}: {error}")
        assert not failures, "\n\n".join(failures)

    test.__name__ = check.__name__
    test.__doc__ = check.__doc__
    return test
