"""The docstring of each method, and the warning of a deprecated one."""

from __future__ import annotations

import textwrap
from typing import Any

__all__ = ["call_docstring", "deprecation"]

_EXAMPLE_WIDTH = 88


def deprecation(operation: dict[str, Any], name: str) -> str:
    """Return the warning of a deprecated operation; empty if it is not deprecated."""
    if not operation.get("deprecated"):
        return ""
    instead = operation.get("x-instead")
    return f"{name} is deprecated" + (f"; {instead}" if instead else "")


def call_docstring(
    operation: dict[str, Any],
    deprecated: str,
    arguments: list[tuple[str, str]],
    answer: str,
    responses: list[dict[str, Any]],
    name: str,
) -> str:
    """Return the docstring of a method, whose arguments are given with their descriptions."""

    def paragraph(text: str, indent: str = "") -> str:
        return textwrap.fill(
            " ".join(text.split()),
            92,
            initial_indent=indent,
            subsequent_indent=indent + "    " * bool(indent),
        )

    blocks = [paragraph(operation["summary"])]
    if deprecated:
        instead = operation.get("x-instead", "")
        blocks.append(paragraph(f"Deprecated: {instead.rstrip('.')}." if instead else "Deprecated."))
    blocks += [paragraph(block) for block in operation.get("description", "").strip().split("\n\n") if block]
    if arguments:
        lines = [paragraph(f"{argument}: {text}", "    ") for argument, text in arguments]
        blocks.append("\n".join(["Args:", *lines]))
    described = next((r["description"] for r in responses if r.get("content")), "")
    blocks.append("Returns:\n" + paragraph(f"{answer.replace('builtins.', '')}: {described}", "    "))
    blocks.append(
        "Raises:\n"
        "    mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.\n"
        "    mixpanel_export.APIError: Mixpanel returned an error."
    )
    if (example := operation.get("x-example")) is not None:
        blocks.append("Examples:\n" + textwrap.indent(_example_of(name, example), "    "))
    return "\n\n".join(blocks)


def _example_of(name: str, arguments: dict[str, Any]) -> str:
    """Return a call as a user writes it, with a prompt, on one line if it fits."""
    values = [f"{argument}={_literal(value)}" for argument, value in arguments.items()]
    line = f">>> client.{name}({', '.join(values)})"
    if len(line) <= _EXAMPLE_WIDTH:
        return line
    return "\n".join([f">>> client.{name}(", *(f"...     {value}," for value in values), "... )"])


def _literal(value: object) -> str:
    """Return a value as Python code, with double quotes where `repr` has others."""
    text = repr(value)
    return text if '"' in text else text.replace("'", '"')
