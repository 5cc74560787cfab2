"""The answers of operations: from a JSON document to models, in every variant that servers send.

- The envelope `{status, results}` may be there or not, wherever the contract has one somewhere.
- A write that succeeded returns an answer whatever its body, since an error would invite repeating it.
- An answer is refused only if it has no meaning: a report without its numbers, a list that is none.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

from attrs import frozen

from .lists import Records
from .objects import JsonObject, Map, Model, read_models
from .values import any_value, moment

T_co = TypeVar("T_co", covariant=True)
M = TypeVar("M", bound=JsonObject)

# Fields that stand beside `results` in an envelope.
_ENVELOPE = {"status", "results", "computed_at", "error", "meta"}
# NaN and infinities are no JSON, and null is what Mixpanel means by them.
_DECODER = json.JSONDecoder(parse_constant=lambda _: None)


def decode(body: bytes) -> Any:
    """Return the JSON document of a body, with null for NaN.

    Raises:
        ValueError: The body is no JSON.
    """
    return _DECODER.decode(body.decode("utf-8-sig" if body[:1] == b"\xef" else json.detect_encoding(body)))


@frozen
class Answer(Generic[T_co]):
    """The answer of an operation.

    Attributes:
        kind: The class of the answer: a model, `list` or `str`.
        is_map: True if the answer's keys are data.
    """

    kind: type[Any]
    is_map: bool
    _read: Callable[[Any, datetime.tzinfo], T_co | None]
    _empty: Callable[[], T_co]

    def read(self, document: Any, zone: datetime.tzinfo, *, accept: bool = False) -> T_co:
        """Return the answer of a JSON document.

        Args:
            zone: The project's time zone, for times without an offset.
            accept: True to return an empty answer for a document that has no meaning.

        Raises:
            ValueError: The document is not an answer of this operation.
        """
        found = self._read(document, zone)
        if found is not None:
            return found
        if accept:
            return self._empty()
        raise ValueError(f"expected {'a list' if self.kind is list else self.kind.__name__}")


def text() -> Answer[str]:
    """Return the answer of an operation that returns text."""
    return Answer(str, False, lambda document, zone: str(document), str)


def record(cls: type[M]) -> Answer[M]:
    """Return the answer of an operation that returns one model."""
    is_map = issubclass(cls, Map)

    def read(document: Any, zone: datetime.tzinfo) -> M | None:
        document = _unwrapped(document, cls)
        if document == [] and is_map:
            document = {}
        return _meaningful(document, cls, zone) if isinstance(document, dict) else None

    return Answer(cls, is_map, read, lambda: cls._of({}))


def records(cls: type[M]) -> Answer[Records[M]]:
    """Return the answer of an operation that returns a list of models."""
    model = cls if issubclass(cls, Model) else None

    def read(document: Any, zone: datetime.tzinfo) -> Records[M] | None:
        items = _unwrapped(document, list)
        if not isinstance(items, list):
            return None
        found: list[M] = read_models(items, cls, zone)
        is_one = not items or any(_has_meaning(item, cls) for item in found)
        return Records(found, model) if is_one else None

    return Answer(list, False, read, lambda: Records((), model))


def values(read_value: Callable[..., Any] = any_value) -> Answer[Records[Any]]:
    """Return the answer of an operation that returns a list of plain values, each read by a function."""

    def read(document: Any, zone: datetime.tzinfo) -> Records[Any] | None:
        items = _unwrapped(document, list)
        if not isinstance(items, list):
            return None
        more = (zone,) if read_value is moment else ()
        return Records(read_value(item, *more) for item in cast(list[Any], items))

    return Answer(list, False, read, Records)


def _unwrapped(document: Any, kind: type[Any]) -> Any:
    """Return a document with an envelope exactly if the model has one."""
    if issubclass(kind, Model) and "results" in kind._fields.values():
        bare = isinstance(document, list) or (isinstance(document, dict) and not document.keys() & _ENVELOPE)
        return {"results": document} if bare else document
    if not isinstance(document, dict) or "results" not in document or not document.keys() <= _ENVELOPE:
        return document
    envelope = cast("dict[str, Any]", document)
    # In a map, `results` can be a key as any other.
    is_certain = isinstance(envelope.get("status"), str) or not issubclass(kind, Map)
    return envelope["results"] if is_certain else envelope


def _meaningful(document: dict[str, Any], cls: type[M], zone: datetime.tzinfo) -> M | None:
    return cls._read(document, zone) if _has_meaning(document, cls) else None


def _has_meaning(value: Any, cls: type[Any]) -> bool:
    """Return True for an object with the parts it cannot do without; numbers and text among them may be missing."""
    if value == [] or not issubclass(cls, Model) or not cls._required:
        return True
    parts = {name: kind for name, kind in cls._required.items() if issubclass(kind, JsonObject)}
    if not all(_is_part(value, name, kind) for name, kind in parts.items()):
        return False
    return bool(parts) or cls._knows(value)


def _is_part(value: dict[str, Any], name: str, kind: type[Any]) -> bool:
    """Return True for a part of an object that is as the contract has it, or null beside something else."""
    part = dict.get(value, name)
    if part is None:
        others = (inner for other, inner in dict.items(value) if other != name)
        return name in value and any(inner is not None for inner in others)
    if isinstance(part, list):
        return part == [] or (issubclass(kind, Model) and bool(kind._bare))
    return isinstance(part, dict) and _has_meaning(part, kind)
