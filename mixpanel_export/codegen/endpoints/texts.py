"""Text and values of a spec as Python code: the templates write all of them with these two filters."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import cast

from mixpanel_export.errors import GenerationError

__all__ = ["docstring", "literal"]

# Control characters and lone surrogates have no place in a source file.
_UNWRITABLE = ("Cc", "Cs")


def literal(value: object) -> str:
    """Return a JSON value as a Python literal.

    Raises:
        GenerationError: The value has no counterpart in JSON.
    """
    if isinstance(value, Mapping):
        pairs = cast("Mapping[object, object]", value).items()
        return "{" + ", ".join(f"{literal(name)}: {literal(inner)}" for name, inner in pairs) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(literal, cast('Iterable[object]', value)))}]"
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if isinstance(value, str):
        return str.__repr__(value)
    if value is None or isinstance(value, bool | int | float):
        return repr(value)
    raise GenerationError(f"expected a value of JSON, got {value!r}")


def docstring(text: object) -> str:
    """Return a text as a docstring, quotes included."""
    kept = "".join(
        character
        for character in str(text)
        if character == "\n" or unicodedata.category(character) not in _UNWRITABLE
    )
    escaped = kept.replace("\\", "\\\\")
    # Three quotes, or one at the end, would close the docstring.
    escaped = re.sub(r'"{3,}|"+\Z', lambda found: '\\"' * len(found[0]), escaped)
    return f'"""{escaped}"""'
