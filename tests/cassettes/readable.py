"""The serializer of cassettes: YAML with texts of several lines as they are, so that a diff can be read."""

from __future__ import annotations

from typing import Any

import yaml

__all__ = ["deserialize", "serialize"]


# The loader in C, where PyYAML has it, is ten times as fast.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


def serialize(cassette: dict[str, Any]) -> str:
    """Return the text of a cassette."""
    return yaml.dump(cassette, Dumper=_Dumper, allow_unicode=True, width=110)


def deserialize(text: str) -> Any:
    """Return the cassette of a text."""
    return yaml.load(text, _Loader)
