"""Compare two versions of the Python surface, read with griffe from source: nothing is imported."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import griffe
from attrs import frozen

from spec.watch.changes import Change, Level

__all__ = ["surface_changes"]

# Modules whose `__all__` is public, and the name by which their contents are known.
_MODULES = {
    "mixpanel_export._public": "mixpanel_export",
    "mixpanel_export.codegen.endpoints": "mixpanel_export.codegen.endpoints",
    "mixpanel_export.codegen.events": "mixpanel_export.codegen.events",
    "mixpanel_export.compat": "mixpanel_export.compat",
    "mixpanel_export.expressions": "mixpanel_export.expressions",
    "mixpanel_export.sandbox": "mixpanel_export.sandbox",
    "mixpanel_export_api.api": "mixpanel_export_api.api",
    "mixpanel_export_api.models": "mixpanel_export_api.models",
}
_OURS = ("mixpanel_export", "mixpanel_export_api")
_SPECIAL = {"__init__", "__call__", "__enter__", "__exit__", "__iter__", "__next__", "__len__", "__getitem__"}
_MILD = {griffe.BreakageKind.PARAMETER_CHANGED_DEFAULT}
# Compared by what they hold, not by their text.
_TYPES = {griffe.BreakageKind.RETURN_CHANGED_TYPE}


@frozen
class _Entry:
    """A public name: its object, and its signature or type as text."""

    object: Any
    kind: str
    text: str


def surface_changes(old: Path, new: Path) -> Iterator[Change]:
    """Yield the changes of the public surface between two trees; those of words only are left out."""
    before, after = _surface(old), _surface(new)
    for path in before.keys() - after.keys():
        # The members of something that is gone are gone with it.
        if path.rpartition(".")[0] not in before.keys() - after.keys():
            yield Change(Level.MAJOR, path, f"{before[path].kind} removed")
    for path in after.keys() - before.keys():
        if path.rpartition(".")[0] not in after.keys() - before.keys():
            yield Change(Level.MINOR, path, f"{after[path].kind} added")
    for path in before.keys() & after.keys():
        yield from _entry_changes(path, before[path], after[path])


def _entry_changes(path: str, old: _Entry, new: _Entry) -> Iterator[Change]:
    if old.kind != new.kind:
        yield Change(Level.MAJOR, path, f"{old.kind} became {new.kind}")
        return
    if old.text == new.text:
        return
    if old.kind != "function":
        fits = _options(new.text) <= _options(old.text) or not old.text
        yield Change(Level.MINOR if fits else Level.MAJOR, path, f"{old.text} became {new.text}")
        return
    found = [*_function_changes(path, old.object, new.object)]
    known = {parameter.name for parameter in old.object.parameters}
    added = [parameter.name for parameter in new.object.parameters if parameter.name not in known]
    if found:
        yield from found
    elif added:
        yield Change(Level.MINOR, path, f"optional argument {' and '.join(added)} added")
    else:
        yield Change(Level.MINOR, path, f"{old.text} became {new.text}")


def _function_changes(path: str, old: Any, new: Any) -> Iterator[Change]:
    for breakage in griffe.find_breaking_changes(_alone(old), _alone(new)):
        if breakage.kind in _TYPES:
            continue
        level = Level.MINOR if breakage.kind in _MILD else Level.MAJOR
        value = breakage.old_value or breakage.new_value
        name = f" ({value.name})" if isinstance(value, griffe.Parameter) else ""
        yield Change(level, path, f"{breakage.kind.value.lower()}{name}")
    was, now = _options(str(old.returns or "")), _options(str(new.returns or ""))
    if was - {""} and not now <= was:
        yield Change(Level.MAJOR, path, f"returned {old.returns}, returns {new.returns}")
    taken = {parameter.name: _options(str(parameter.annotation or "")) for parameter in new.parameters}
    for parameter in old.parameters:
        kinds = _options(str(parameter.annotation or ""))
        if (
            parameter.name in taken
            and not kinds <= taken[parameter.name]
            and "Any" not in taken[parameter.name]
        ):
            lost = " | ".join(sorted(kinds - taken[parameter.name]))
            yield Change(Level.MAJOR, path, f"argument {parameter.name} no longer takes {lost}")


def _alone(function: Any) -> griffe.Module:
    """Return a module with one function: griffe compares the members of what it is given, if they are public."""
    function.public = True
    module = griffe.Module("alone")
    module.members["function"] = function
    return module


def _options(annotation: str) -> set[str]:
    """Return the types of a union."""
    options, depth, start = set[str](), 0, 0
    for match in re.finditer(r"[\[\]()|]", annotation):
        if match[0] == "|" and depth == 0:
            options.add(annotation[start : match.start()].strip())
            start = match.end()
        depth += {"[": 1, "(": 1, "]": -1, ")": -1}.get(match[0], 0)
    return options | {annotation[start:].strip()}


def _surface(root: Path) -> dict[str, _Entry]:
    """Return the public names below a tree by path."""
    loader = griffe.GriffeLoader(search_paths=[root, root / "generated"], allow_inspection=False)
    for package in _OURS:
        if (root / package).exists() or (root / "generated" / package).exists():
            # The name is no path: the working directory may hold another version.
            loader.load(package, try_relative_path=False)
    loader.resolve_aliases(implicit=False, external=False)
    found: dict[str, _Entry] = {}
    for module, shown in _MODULES.items():
        try:
            holder: Any = loader.modules_collection[module]
        except KeyError:
            continue
        for name in holder.exports or ():
            _add(found, f"{shown}.{name}", holder.members.get(str(name)))
        if module == "mixpanel_export_api.api":
            for tag, resource in holder.members.items():
                for name, member in ({} if resource.is_alias else resource.members).items():
                    if name.endswith("Resource"):
                        _add(found, f"{shown}.{tag}.{name}", member)
    return found


def _add(found: dict[str, _Entry], path: str, member: Any) -> None:
    """Add a name, and the public members of a class."""
    try:
        target = member.final_target if member.is_alias else member
    except (AttributeError, griffe.AliasResolutionError, griffe.CyclicAliasError):
        return
    if not target.path.startswith(_OURS):
        return
    if target.is_class:
        found[path] = _Entry(target, "class", ", ".join(sorted(map(str, target.bases))))
        for name, inner in target.all_members.items():
            if not name.startswith("_") or name in _SPECIAL:
                _add(found, f"{path}.{name}", inner)
    elif target.is_function:
        found[path] = _Entry(target, "function", target.signature())
    elif target.is_attribute:
        found[path] = _Entry(target, "attribute", str(target.annotation or ""))
    elif target.is_module:
        found[path] = _Entry(target, "module", "")
