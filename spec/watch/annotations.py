"""Compare types and values as they stand in source: which values a type still takes, and what a name stands for.

Aliases of ours are looked up, so that a type is compared by what it means. See `surface` for what is compared.
"""

from __future__ import annotations

import ast
import builtins
import collections.abc
import datetime
import os
import pathlib
import re
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import griffe

__all__ = [
    "Annotation",
    "is_type",
    "missing_options",
    "named_object",
    "options_of",
    "path_of",
    "text_of",
    "value_of",
]

Annotation: TypeAlias = griffe.Expr | str | None
_MODULES = (builtins, collections.abc, datetime, pathlib, os)
# Types that can only be read, so that their items may be of a narrower type.
_READ_ONLY = {
    "AsyncIterable", "AsyncIterator", "Awaitable", "Collection", "Iterable", "Iterator", "Mapping", "Sequence",
    "Set", "frozenset", "tuple", "type",
}  # fmt: skip


def text_of(annotation: Annotation) -> str:
    """Return a type as text, without the modules of its names, which may be imported either way."""
    return re.sub(
        r"('[^']*')|\b(?:[A-Za-z_]\w*\.)+(?=\w)", lambda match: match[1] or "", str(annotation or "")
    )


def path_of(annotation: Annotation) -> str:
    """Return the full name of a type or of the function of a call, such as `typing.Literal`."""
    return "" if annotation is None or isinstance(annotation, str) else annotation.canonical_path


def named_object(annotation: Annotation) -> Any:
    """Return the object of ours that a name stands for, or None."""
    name = annotation.last if isinstance(annotation, griffe.ExprAttribute) else annotation
    scope: Any = name if isinstance(name, griffe.ExprName) else None
    while isinstance(scope, griffe.ExprName):
        scope = scope.parent
    if not isinstance(scope, griffe.Object):
        return None
    try:
        found: Any = scope.modules_collection[path_of(annotation)]
        return found.final_target if found.is_alias else found
    except (KeyError, griffe.AliasResolutionError, griffe.CyclicAliasError):
        return None


def value_of(value: Annotation) -> Annotation:
    """Return a value; that of the constant or alias for a name of ours."""
    for _ in range(9):
        found = named_object(value)
        if found is None or not found.is_attribute or found.value is None or "TypeVar" in str(found.value):
            break
        value = found.value
        if isinstance(value, str) and "TypeAlias" in str(found.annotation):
            value = griffe.safe_get_expression(_parsed(value), parent=found.parent)
    return value


def _parsed(text: str) -> ast.expr:
    """Return the syntax tree of a type in quotes."""
    return ast.parse(str(ast.literal_eval(text)), mode="eval").body


def is_type(value: Annotation) -> bool:
    """Return True if a value reads as a type, such as a union or a class."""
    is_union = isinstance(value, griffe.ExprBinOp) and value.operator == "|"
    return is_union or isinstance(value, griffe.ExprSubscript | griffe.ExprName | griffe.ExprAttribute)


def options_of(annotation: Annotation) -> list[Annotation]:
    """Return the types of a union and the values of a Literal, each alone."""
    if isinstance(annotation, griffe.Expr):
        annotation = annotation.modernize()
    meant = value_of(annotation)
    annotation = meant if is_type(meant) else annotation
    if isinstance(annotation, griffe.ExprBinOp) and annotation.operator == "|":
        return [*options_of(annotation.left), *options_of(annotation.right)]
    if isinstance(annotation, griffe.ExprSubscript):
        kind = path_of(annotation.left).rpartition(".")[2]
        if kind == "Literal":
            return [f"Literal[{value}]" for value in _items(annotation)]
        if kind in ("Annotated", "ClassVar", "Final", "Required", "NotRequired", "ReadOnly"):
            return options_of(_items(annotation)[0])
    return [annotation]


def missing_options(old: Annotation, new: Annotation) -> list[Annotation]:
    """Return the types of `old` that `new` does not take."""
    known = options_of(new)
    return [option for option in options_of(old) if not any(_fits(option, other) for other in known)]


def _fits(narrow: Annotation, wide: Annotation) -> bool:
    if text_of(narrow) == text_of(wide) or text_of(wide) in ("Any", "object"):
        return True
    if isinstance(narrow, griffe.ExprSubscript) and isinstance(wide, griffe.ExprSubscript):
        inner, outer = _items(narrow), _items(wide)
        if inner[1:] == ["..."] and text_of(wide.left) != "tuple":
            # A tuple of any length is a sequence of its type.
            inner = inner[:1]
        return (
            _is_kind_of(text_of(narrow.left), text_of(wide.left))
            and text_of(wide.left) in _READ_ONLY
            and len(inner) == len(outer)
            and not any(missing_options(*pair) for pair in zip(inner, outer, strict=True))
        ) or _is_derived(narrow, wide)
    return _is_kind_of(text_of(narrow), text_of(wide)) or _is_derived(narrow, wide)


def _is_derived(narrow: Annotation, wide: Annotation) -> bool:
    """Return True if a base of a class of ours fits; one with the same items in square brackets counts, too."""
    is_generic = isinstance(narrow, griffe.ExprSubscript)
    cls = named_object(narrow.left if isinstance(narrow, griffe.ExprSubscript) else narrow)
    for base in cls.bases if cls is not None and cls.is_class else ():
        if is_generic and isinstance(base, griffe.ExprSubscript) and isinstance(wide, griffe.ExprSubscript):
            if text_of(base.left) == text_of(wide.left) and _items_text(narrow) == _items_text(wide):
                return True
        elif _fits(base, wide):
            return True
    return False


def _items_text(annotation: Annotation) -> list[str]:
    return (
        [text_of(item) for item in _items(annotation)] if isinstance(annotation, griffe.ExprSubscript) else []
    )


def _is_kind_of(narrow: str, wide: str) -> bool:
    """Return True if a type of the standard library is a subclass of another one; integers pass for numbers."""
    if narrow == wide or (narrow, wide) == ("int", "float"):
        return True
    kinds = [*_standard((narrow, wide))]
    return len(kinds) == 2 and issubclass(*kinds)


def _standard(names: Iterable[str]) -> Iterator[type]:
    for name in names:
        found = next((getattr(module, name) for module in _MODULES if hasattr(module, name)), None)
        if isinstance(found, type):
            yield found


def _items(annotation: griffe.ExprSubscript) -> list[Annotation]:
    """Return the types in square brackets."""
    inside = annotation.slice
    return [*inside.elements] if isinstance(inside, griffe.ExprTuple) else [inside]
