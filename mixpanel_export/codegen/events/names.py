"""Names for classes and attributes, from the names of events and properties.

The same names give the same result, whatever their order.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping

from mixpanel_export._text import is_unicode

__all__ = ["attribute_names", "class_names", "is_declarable"]

# With these lengths, the longest lines that can be broken stay within 88 columns.
_LONGEST = 40

# A name of these would hide a type that the annotations below it use.
_TYPES = frozenset({"Any", "bool", "dict", "float", "int", "list", "str"})
_MODULE = frozenset(
    {"Any", "AnyEvent", "ClassVar", "EVENTS", "Event", "EventProperties", "TypeAlias", "TypedEvent"}
)
# The decoder cannot have fields with these characters in their names.
_NOT_DECLARABLE = re.compile(r'["\\\x00-\x1f]')


def is_declarable(name: str) -> bool:
    """Return False for a property that has a quote, backslash or control character in its name: no class can."""
    return is_unicode(name) and not _NOT_DECLARABLE.search(name)


def attribute_names(properties: Iterable[str]) -> dict[str, str]:
    """Return the attribute of each property.

    A property whose name can be an attribute's keeps it; others get theirs from the words in their names.
    """
    names = sorted({*properties})
    own = {name: name for name in names if _is_attribute(name)}
    others = {name: _attribute(name) for name in names if name not in own}
    return own | _unique(others, {*own.values()}, "_")


def class_names(events: Iterable[str]) -> dict[str, str]:
    """Return the class of each event, such that it and its name with "Properties" appended are free."""
    plain = {name: _class(name) for name in sorted({*events})}
    return _unique(plain, {*_MODULE}, "", "Properties")


def _unique(names: Mapping[str, str], taken: set[str], before: str, suffix: str = "") -> dict[str, str]:
    """Append numbers to names that are taken, or become taken when `suffix` is appended."""
    unique: dict[str, str] = {}
    for name, plain in names.items():
        candidate, number = plain, 1
        while _is_taken(candidate, taken) or _is_taken(candidate + suffix, taken):
            number += 1
            candidate = f"{plain}{before}{number}"
        unique[name] = candidate
        taken |= {candidate, candidate + suffix}
    return unique


def _is_taken(name: str, taken: Collection[str]) -> bool:
    return name in taken or keyword.iskeyword(name)


def _is_attribute(name: str) -> bool:
    return (
        name.isidentifier()
        and _identifier(name) == name
        and len(name) <= _LONGEST
        and not name.startswith("_")
        and name not in _TYPES
        and not keyword.iskeyword(name)
    )


def _attribute(name: str) -> str:
    plain = name.removeprefix("$")
    if _identifier(plain) != plain:
        plain = plain.lower()
    words = re.sub(r"_+", "_", _identifier(plain)).strip("_")[:_LONGEST].strip("_")
    if not words or not words.isidentifier():
        # Empty, or it starts with a digit or a mark.
        words = f"property_{words}"[:_LONGEST].strip("_")
    return f"{words}_" if words in _TYPES or keyword.iskeyword(words) else words


def _class(name: str) -> str:
    words = [word for word in _identifier(name).split("_") if word]
    joined = _identifier("".join(word[0].upper() + word[1:] for word in words))[:_LONGEST]
    if not joined:
        return "Unnamed"
    return joined if joined.isidentifier() else f"Event{joined}"[:_LONGEST]


def _identifier(name: str) -> str:
    """Replace everything that an identifier cannot have with underscores; the name may still start with a digit."""
    # Python reads identifiers in this form. Some tools do not know letters beyond the first 65,536 characters.
    normal = unicodedata.normalize("NFKC", name)
    return "".join(
        char if char == "_" or (char <= "\uffff" and f"a{char}".isidentifier()) else "_" for char in normal
    )
