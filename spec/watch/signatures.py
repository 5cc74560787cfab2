"""Signatures as a caller sees them, constructors that attrs and msgspec write included.

griffe reads the constructors of dataclasses by itself. See `surface` for what is compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import griffe

from spec.watch.annotations import named_object, path_of, text_of, value_of

__all__ = ["Parameters", "constructor_of", "is_frozen", "keywords_of", "renamed", "signature_of"]

Parameters = list[griffe.Parameter]
_MAKERS = {"attrs.define", "attrs.frozen", "attrs.mutable", "dataclasses.dataclass", "msgspec.Struct"}
_KEYWORD = griffe.ParameterKind.keyword_only
_POSITIONAL = griffe.ParameterKind.positional_only
_CALLED = {"__init__", "__call__", "__new__"}


def keywords_of(call: Any) -> dict[str, Any]:
    """Return the keyword arguments of a call in source."""
    arguments = call.arguments if isinstance(call, griffe.ExprCall) else ()
    return {part.name: part.value for part in arguments if isinstance(part, griffe.ExprKeyword)}


def renamed(cls: Any) -> dict[str, str]:
    """Return the new name of each old argument that a class still takes."""
    for decorator in cls.decorators:
        if path_of(decorator.value).endswith(".renamed_attributes"):
            return {old: str(new).strip("'\"") for old, new in keywords_of(decorator.value).items()}
    return {}


def is_frozen(cls: Any) -> bool:
    """Return True if the fields of a class cannot be set."""
    maker, options = _maker(cls)
    return maker == "attrs.frozen" or options.get("frozen") == "True"


def constructor_of(cls: Any) -> Any:
    """Return the `__init__` of a class, written or made; None if the class has that of a base that is not ours."""
    for holder in _line(cls):
        if "__init__" in holder.members:
            return holder.members["__init__"]
        maker, options = _maker(holder)
        if maker and options.get("init") != "False":
            return _function(cls, "__init__", _made_parameters(holder, maker))
    bases = [base for holder in _line(cls) for base in holder.bases]
    return _function(cls, "__init__", []) if all(map(named_object, bases)) else None


def signature_of(function: Any, path: str) -> griffe.Function:
    """Return a function with the parameters that a caller can pass, each with its default as text."""
    parameters = [*function.parameters]
    if function.parent.is_class and "staticmethod" not in function.labels and function.lineno is not None:
        parameters = parameters[1:]
    name = path.rpartition(".")[2]
    shown: Parameters = []
    for index, parameter in enumerate(parameters):
        if parameter.kind is griffe.ParameterKind.var_keyword and (
            keys := [*_unpacked(parameter.annotation)]
        ):
            shown += keys
            continue
        is_operator = name.startswith("__") and name not in _CALLED
        fixed = is_operator and parameter.kind is griffe.ParameterKind.positional_or_keyword
        shown.append(
            griffe.Parameter(
                f"argument {index + 1}" if fixed else parameter.name,
                annotation=parameter.annotation,
                kind=_POSITIONAL if fixed else parameter.kind,
                default=None if parameter.default is None else str(value_of(parameter.default)),
            )
        )
    for old, new in (renamed(function.parent) if name == "__init__" else {}).items():
        shown += [
            griffe.Parameter(old, annotation=parameter.annotation, kind=_KEYWORD, default="…")
            for parameter in shown
            if parameter.name == new
        ]
    return _function(function.parent, name, shown, function.returns)


def _function(parent: Any, name: str, parameters: Parameters, returns: Any = None) -> griffe.Function:
    made = griffe.Function(name, parameters=griffe.Parameters(*parameters), returns=returns, parent=parent)
    made.public = True
    return made


def _line(cls: Any) -> list[Any]:
    """Return a class and the bases of it that are ours, in the order of lookup."""
    try:
        return [cls, *cls.mro()]
    except ValueError:
        return [cls]


def _maker(cls: Any) -> tuple[str, dict[str, Any]]:
    """Return what writes the constructor of a class, and its options."""
    for decorator in cls.decorators:
        if (maker := path_of(decorator.value)) in _MAKERS:
            return maker, keywords_of(decorator.value)
    for holder in _line(cls):
        if any(path_of(base) == "msgspec.Struct" for base in holder.bases):
            return "msgspec.Struct", {name: str(value) for name, value in cls.keywords.items()}
    return "", {}


def _made_parameters(cls: Any, maker: str) -> Parameters:
    found: dict[str, griffe.Parameter] = {}
    for holder in reversed(_line(cls)):
        own, options = _maker(holder)
        if own:
            for parameter in _fields(holder, maker, by_name=str(options.get("kw_only")) == "True"):
                found[parameter.name] = parameter
    return sorted(found.values(), key=lambda parameter: parameter.kind is _KEYWORD)


def _fields(cls: Any, maker: str, *, by_name: bool) -> Iterator[griffe.Parameter]:
    defaults = {*_default_methods(cls.members.values())}
    for name, member in cls.members.items():
        is_field = member.is_attribute and member.annotation is not None and "property" not in member.labels
        if not is_field or {"class-attribute", "instance-attribute"} & member.labels == {"class-attribute"}:
            continue
        if path_of(member.annotation) == "dataclasses.KW_ONLY":
            by_name = True
            continue
        is_described = path_of(member.value).endswith(".field")
        options = keywords_of(member.value) if is_described else {"default": member.value}
        if str(options.get("init")) == "False":
            continue
        factory = options.get("factory", options.get("default_factory"))
        default = f"{factory}()" if factory is not None else options.get("default")
        public = name.lstrip("_") if maker.startswith("attrs.") else name
        yield griffe.Parameter(
            str(options["alias"]).strip("'\"") if "alias" in options else public,
            annotation=member.annotation,
            kind=_KEYWORD
            if by_name or str(options.get("kw_only")) == "True"
            else griffe.ParameterKind.positional_or_keyword,
            default="…" if name in defaults else default,
        )


def _default_methods(members: Iterable[Any]) -> Iterator[str]:
    """Yield the fields whose default a method makes: `@name.default`."""
    for member in members:
        for decorator in member.decorators if member.is_function else ():
            name, dot, what = str(decorator.value).partition(".")
            if dot and what == "default":
                yield name


def _unpacked(annotation: Any) -> Iterator[griffe.Parameter]:
    """Yield the keys of a TypedDict that `**` takes as keyword arguments."""
    if path_of(annotation).rpartition(".")[2] != "Unpack":
        return
    cls = named_object(annotation.slice)
    for holder in reversed(_line(cls)) if cls is not None else ():
        is_total = str(holder.keywords.get("total")) != "False"
        for name, member in holder.members.items():
            if member.is_attribute:
                kind = text_of(member.annotation).partition("[")[0]
                is_needed = kind == "Required" or (is_total and kind != "NotRequired")
                default = None if is_needed else "…"
                yield griffe.Parameter(name, annotation=member.annotation, kind=_KEYWORD, default=default)
