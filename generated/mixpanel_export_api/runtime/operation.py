"""One operation of the contract as data, and the types its arguments and answers share."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

from attrs import frozen

from .answers import Answer

T = TypeVar("T")


class Expression(Protocol):
    """A segmentation expression that can return its text."""

    def to_expression(self) -> str:
        """Return the text of the expression."""
        ...


class CsvText(str):
    """A report as CSV text, returned for `format="csv"`."""

    __slots__ = ()

    def rows(self) -> list[dict[str, str]]:
        """Return the rows as dictionaries keyed by column name; every value is text."""
        return list(csv.DictReader(io.StringIO(self, newline="")))


class Caller(Protocol):
    """A synchronous client, to which resources pass their operations."""

    def call_operation(self, operation: Operation[T], arguments: Mapping[str, Any], /) -> T:
        """Send an operation and return its typed answer."""
        ...


class AsyncCaller(Protocol):
    """An asynchronous client, to which resources pass their operations."""

    async def call_operation(self, operation: Operation[T], arguments: Mapping[str, Any], /) -> T:
        """Send an operation and return its typed answer."""
        ...


@frozen
class Operation(Generic[T]):
    """One operation of the contract.

    Attributes:
        name: `<tag>.<operation>`.
        method: The HTTP method.
        path: The path template.
        security: Names of the security schemes that the operation accepts.
        idempotent: True if the request can be repeated after an ambiguous failure.
        writes: True if the call changes something, whatever its method.
        deprecated: The warning of a deprecated operation; empty if it is not deprecated.
        csv: True if `format="csv"` returns CSV text.
        bound: Arguments that come from the client: project_id, workspace_id.
        schemas: JSON Schema of each argument, by Python name.
        required: Names of the required arguments.
        refused: Combinations of arguments that Mixpanel refuses: the conditions (`when`) and the reason (`says`).
        renamed: Arguments that `build` takes under another name.
        body: Model of the request body, or None.
        body_fields: Arguments that go into the body.
        models: Model class of each argument that is an object or a list of objects.
        build: Makes the request's method, URL, parameters and body from the arguments.
        answer: Makes the typed answer from the document of a successful response.
        servers: Servers that are not Mixpanel's, by region; "" for any region.
        family: The family of calls whose budget it uses; empty to tell by the path.
    """

    name: str
    method: str
    path: str
    security: frozenset[str]
    idempotent: bool
    writes: bool
    deprecated: str
    csv: bool
    bound: tuple[str, ...]
    schemas: Mapping[str, Mapping[str, Any]]
    required: tuple[str, ...]
    refused: Sequence[Mapping[str, Any]]
    renamed: Mapping[str, str]
    body: Callable[..., Any] | None
    body_fields: tuple[str, ...]
    models: Mapping[str, Any]
    build: Callable[..., dict[str, Any]]
    answer: Answer[T]
    servers: Mapping[str, str] = {}
    family: str = ""
