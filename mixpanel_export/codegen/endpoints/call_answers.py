"""The answer of each operation as the templates see it: its type, and the expression that makes its reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from attrs import frozen

from mixpanel_export.codegen.endpoints.adapter import Endpoint, ListProperty, ModelProperty, Property
from mixpanel_export.codegen.endpoints.contract import Contract
from mixpanel_export.codegen.endpoints.models import Kind, kind_of
from mixpanel_export.codegen.endpoints.places import object_of

__all__ = ["Answer", "answer_of", "contents_of", "type_text"]


@frozen
class Answer:
    """The answer of a call: its type, the expression that makes its reader, and the generator's own view of it."""

    text: str
    reader: str
    prop: Property | None


def answer_of(contract: Contract, endpoint: Endpoint, operation: dict[str, Any]) -> Answer:
    """Return the answer of a success with content, or else of any."""
    successes = [
        r for r in endpoint.responses.patterns if r.status_code.range and r.status_code.range[0] // 100 == 2
    ]
    successes.sort(key=lambda response: response.source["attribute"] == "None")
    if not successes:
        return Answer("str", "answers.text()", None)
    prop = successes[0].prop
    inner = prop.inner_property if isinstance(prop, ListProperty) else prop
    if isinstance(inner, ModelProperty):
        name = f"answers.{'record' if inner is prop else 'records'}"
        return Answer(_outer_records(type_text(prop)), f"{name}({inner.class_info.name})", prop)
    if inner is prop:
        return Answer("str", "answers.text()", None)
    json = next(content for content in contents_of(contract, operation) if "application/json" in content)
    kind = kind_of(contract, contract.resolve(json["application/json"]["schema"]))
    text = "Any" if kind.models else _in_resource(kind.type)
    return Answer(_outer_records(f"builtins.list[{text}]"), _values_reader(kind), prop)


def _outer_records(text: str) -> str:
    """Return the type of an answer, whose outermost list can become a frame."""
    return re.sub(r"^builtins\.list\[", "Records[", text)


def _values_reader(kind: Kind) -> str:
    return f"answers.values({'' if kind.reader == 'any_value' else f'values.{kind.reader}'})"


def contents_of(contract: Contract, operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the content of each success."""
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            yield object_of(contract.resolve(response).get("content"))


def type_text(prop: Property) -> str:
    """Return the type of a property in a class of resources."""
    return _in_resource(prop.get_type_string(no_optional=True).as_unembedded_code())


def _in_resource(type_: str) -> str:
    # `list` is also the name of a method, which would shadow the type for a checker.
    return re.sub(r"\blist\[", "builtins.list[", type_)
