"""Compare two versions of the Python surface, read with griffe from source: nothing is imported.

griffe compares the arguments of functions. Added here are the public names (`names`), the meaning of types and
values (`annotations`), and constructors that are not written out (`signatures`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import griffe

from spec.watch.annotations import (
    Annotation,
    is_type,
    missing_options,
    named_object,
    options_of,
    path_of,
    text_of,
    value_of,
)
from spec.watch.changes import Change, Level, level_of
from spec.watch.names import Entry, documented_names, public_names
from spec.watch.signatures import is_frozen, keywords_of, signature_of

__all__ = ["surface_changes"]

_MODELS = "mixpanel_export_api.models."
_MILD = {griffe.BreakageKind.PARAMETER_CHANGED_DEFAULT}
# Compared here, by what types mean.
_TYPES = {griffe.BreakageKind.RETURN_CHANGED_TYPE}
_GENERATORS = {"contextlib.contextmanager", "contextlib.asynccontextmanager"}


def surface_changes(old: Path, new: Path) -> Iterator[Change]:
    """Yield the changes of the public surface between two trees; those of words only are left out."""
    documented = {name for root in (old, new) for name in documented_names(root)}
    before, after = public_names(old, documented), public_names(new, documented)
    known, current = ({entry.object.path for entry in names.values()} for names in (before, after))
    gone, fresh = before.keys() - after.keys(), after.keys() - before.keys()
    # The members of something that is gone are gone with it.
    for path in gone:
        if path.rpartition(".")[0] not in gone and not _takes_nothing(path, before[path]):
            yield Change(Level.MAJOR, path, f"{before[path].kind} removed")
    for path in fresh:
        if path.rpartition(".")[0] not in fresh:
            yield _addition(path, after[path])
    for path in before.keys() & after.keys():
        yield from _entry_changes(path, before[path], after[path])
        if before[path].kind == after[path].kind == "class":
            bases = (
                _bases(entry.object, public)
                for entry, public in ((before[path], known), (after[path], current))
            )
            yield from _set_changes(path, *bases)


def _takes_nothing(path: str, entry: Entry) -> bool:
    """Return True for a constructor without arguments, which every class has."""
    return path.endswith(".__init__") and not [*signature_of(entry.object, path).parameters]


def _addition(path: str, new: Entry) -> Change:
    if new.owner is not None and any(text_of(base).startswith("Protocol") for base in new.owner.bases):
        return Change(Level.MAJOR, path, f"{new.kind} added, which an implementation of the protocol needs")
    if path.endswith(".__init__") and any(
        parameter.required for parameter in signature_of(new.object, path).parameters
    ):
        return Change(Level.MAJOR, path, "takes required arguments now")
    return Change(Level.MINOR, path, f"{new.kind} added")


def _entry_changes(path: str, was: Entry, now: Entry) -> Iterator[Change]:
    if was.kind != now.kind:
        yield Change(Level.MAJOR, path, f"{was.kind} became {now.kind}")
        return
    yield from _set_changes(path, _uses(was), _uses(now))
    if (state := _is_deprecated(now)) != _is_deprecated(was):
        yield Change(Level.MINOR, path, "deprecated" if state else "no longer deprecated")
    if was.kind == "function":
        yield from _function_changes(path, was.object, now.object)
    elif was.kind == "attribute":
        yield from _attribute_changes(path, was, now)


def _set_changes(path: str, old: set[str], new: set[str]) -> Iterator[Change]:
    for lost in old - new:
        yield Change(Level.MAJOR, path, f"no longer {lost}")
    for gained in new - old:
        yield Change(Level.MINOR, path, f"now {gained}")


def _uses(entry: Entry) -> set[str]:
    """Return the ways to use an object that a change could take away."""
    labels, owner = entry.object.labels, entry.owner
    decorators = [decorator.value for decorator in getattr(entry.object, "decorators", ())]
    paths = {path_of(decorator) for decorator in decorators}
    if entry.kind == "function":
        form = "can be awaited" if "async" in labels else "can be called without await"
        return {"is a context manager" if paths & _GENERATORS else form} | (
            {"can be called on the class"} if labels & {"classmethod", "staticmethod"} else set()
        )
    if entry.kind == "class":
        is_ordered = any(str(keywords_of(decorator).get("order")) == "True" for decorator in decorators)
        is_final = bool(paths & {"typing.final", "typing_extensions.final"})
        return ({"can be ordered"} if is_ordered else set()) | (set() if is_final else {"can be subclassed"})
    if entry.kind != "attribute" or owner is None:
        return set()
    read_only = is_frozen(owner) or ("property" in labels and "writable" not in labels)
    return (set() if read_only else {"can be set"}) | (
        {"can be read on the class"} if _is_constant(entry) else set()
    )


def _is_deprecated(entry: Entry) -> bool:
    decorators = getattr(entry.object, "decorators", ())
    return any(path_of(decorator.value).rpartition(".")[2] == "deprecated" for decorator in decorators)


def _bases(cls: Any, public: set[str]) -> set[str]:
    """Return the bases of a class that a program can name: public ones, and those of others."""
    found: set[str] = set()
    for base in cls.bases:
        own = named_object(base.left if isinstance(base, griffe.ExprSubscript) else base)
        if own is None or own.path in public:
            found.add(f"is a {text_of(base)}")
        if own is not None and own.is_class:
            found |= _bases(own, public)
    return found


def _function_changes(path: str, old: Any, new: Any) -> Iterator[Change]:
    before, after = signature_of(old, path), signature_of(new, path)
    yield from _call_changes(path, before, after)
    for overload in (signature_of(one, path) for one in old.overloads or ()):
        others = [signature_of(other, path) for other in new.overloads or [new]]
        if level := min(level_of(_call_changes(path, overload, other)) for other in others):
            verb = "no longer takes" if level is Level.MAJOR else "takes more than"
            yield Change(level, path, f"{verb} {overload.signature()}")


def _call_changes(path: str, old: griffe.Function, new: griffe.Function) -> Iterator[Change]:
    """Yield the changes of arguments and results; an argument may take more, a result may be less."""
    for breakage in griffe.find_breaking_changes(_alone(old), _alone(new)):
        value = breakage.old_value or breakage.new_value
        # The fields of a model are passed by name, in whatever order Mixpanel documents them.
        is_order = breakage.kind is griffe.BreakageKind.PARAMETER_MOVED and path.startswith(_MODELS)
        if breakage.kind in _TYPES or is_order:
            continue
        name = f" ({value.name})" if isinstance(value, griffe.Parameter) else ""
        level = Level.MINOR if breakage.kind in _MILD else Level.MAJOR
        yield Change(level, path, f"{breakage.kind.value.lower()}{name}")
    known = {parameter.name: parameter for parameter in old.parameters}
    for parameter in new.parameters:
        if parameter.name not in known:
            if not parameter.required:
                yield Change(Level.MINOR, path, f"optional argument {parameter.name} added")
            continue
        before = known[parameter.name]
        if before.required and not parameter.required:
            yield Change(Level.MINOR, path, f"argument {parameter.name} is optional now")
        elif before.kind is not parameter.kind:
            yield Change(Level.MINOR, path, f"argument {parameter.name} is {parameter.kind.value} now")
        yield from _taken(path, f"argument {parameter.name}", before.annotation, parameter.annotation)
    yield from _given(path, "returns", old.returns, new.returns)


def _taken(path: str, what: str, old: Annotation, new: Annotation) -> Iterator[Change]:
    """Yield the changes of the type of a value that a program passes."""
    if old is None or new is None:
        return
    for level, verb, options in (
        (Level.MAJOR, "no longer takes", missing_options(old, new)),
        (Level.MINOR, "takes", missing_options(new, old)),
    ):
        if options:
            yield Change(level, path, f"{what} {verb} {_listed(options)}")


def _given(path: str, verb: str, old: Annotation, new: Annotation) -> Iterator[Change]:
    """Yield the changes of the type of a value that a program gets. It must expect further values of a Literal."""
    if old is None or new is None:
        return
    has_values = any(_is_value(option) for option in options_of(old))
    for option in missing_options(new, old):
        level = Level.MINOR if has_values and _is_value(option) else Level.MAJOR
        yield Change(level, path, f"now {verb} {text_of(option)}")
    if less := missing_options(old, new):
        was, now = text_of(old), text_of(new)
        words = f"{verb} {now}, was {was}" if was != now else f"no longer {verb} {_listed(less)}"
        yield Change(Level.MINOR, path, words)


def _is_value(option: Annotation) -> bool:
    return text_of(option).startswith("Literal[")


def _listed(options: Iterable[Annotation]) -> str:
    return " | ".join(text_of(option) for option in options)


def _alone(function: griffe.Function) -> griffe.Module:
    """Return a module with one function: griffe compares the members of what it is given."""
    module = griffe.Module("alone")
    module.members["function"] = function
    return module


def _attribute_changes(path: str, old: Entry, new: Entry) -> Iterator[Change]:
    before, after = old.object, new.object
    is_option = old.owner is not None and any(path_of(base).endswith("TypedDict") for base in old.owner.bases)
    compare, words = (_taken, "the key") if is_option else (_given, "is")
    yield from compare(path, words, before.annotation, after.annotation)
    if _is_constant(old) and _is_constant(new):
        yield from _value_changes(path, value_of(before.value), value_of(after.value))


def _is_constant(entry: Entry) -> bool:
    """Return True if a name is bound once, in its module or class, so that its value is a promise."""
    labels, is_typed = entry.object.labels, entry.object.annotation is not None
    return "module-attribute" in labels or (
        "class-attribute" in labels and not (is_typed and "instance-attribute" in labels)
    )


def _value_changes(path: str, old: Annotation, new: Annotation) -> Iterator[Change]:
    if str(old) == str(new):
        return
    before, after = _members(old), _members(new)
    if before is not None and after is not None:
        for key in before.keys() - after.keys():
            yield Change(Level.MAJOR, path, f"no longer has {key}")
        for key in after.keys() - before.keys():
            yield Change(Level.MINOR, path, f"has {key}")
        for key in before.keys() & after.keys():
            if before[key] != after[key]:
                yield Change(Level.MAJOR, path, f"{key}: {before[key]} became {after[key]}")
    elif is_type(old) and is_type(new):
        yield from _taken(path, "the type", old, new)
    else:
        # A call makes an object with settings, whose defaults may change.
        is_made = isinstance(old, griffe.ExprCall) and path_of(old) == path_of(new)
        yield Change(Level.MINOR if is_made else Level.MAJOR, path, f"{old} became {new}")


def _members(value: Annotation) -> dict[str, str] | None:
    """Return the members of a collection as written, each with its value if it has one."""
    if (
        isinstance(value, griffe.ExprCall)
        and str(value.function) in ("frozenset", "tuple")
        and value.arguments
    ):
        value = value.arguments[0]
    if isinstance(value, griffe.ExprDict):
        return {str(key): str(value_of(item)) for key, item in zip(value.keys, value.values, strict=True)}
    if isinstance(value, griffe.ExprTuple | griffe.ExprList | griffe.ExprSet):
        return {str(value_of(item)): "" for item in value.elements}
    return None
