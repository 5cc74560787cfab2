"""The public names of a tree, read with griffe from source. See `surface` for their comparison."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import griffe
from attrs import frozen

from spec.watch.signatures import constructor_of, renamed

__all__ = ["Entry", "documented_names", "public_names"]

# Modules whose `__all__` is public, and the name by which their contents are known. The reference lists further
# names.
_MODULES = {
    "mixpanel_export._public": "mixpanel_export",
    **{
        f"mixpanel_export.{name}": f"mixpanel_export.{name}"
        for name in (
            "codegen.endpoints", "codegen.events", "compat", "dlt", "expressions", "sandbox",
            "sandbox.pytest_plugin", "spark",
        )
    },
    "mixpanel_export_api.api": "mixpanel_export_api.api",
    "mixpanel_export_api.models": "mixpanel_export_api.models",
}  # fmt: skip
_OURS = ("mixpanel_export", "mixpanel_export_api")
_REFERENCE = re.compile(r"^::: *([\w.]+)", re.MULTILINE)
# Methods that only Python itself calls, and that every object has.
_HOOKS = {
    "__attrs_post_init__", "__class_getitem__", "__copy__", "__deepcopy__", "__del__", "__dir__", "__getattr__",
    "__getattribute__", "__getnewargs__", "__getstate__", "__hash__", "__init_subclass__", "__new__",
    "__post_init__", "__reduce__", "__reduce_ex__", "__repr__", "__set_name__", "__setattr__", "__setstate__",
    "__str__", "__subclasshook__",
}  # fmt: skip


@frozen
class Entry:
    """A public name: its object, and the class that it is read from, if any."""

    object: Any
    owner: Any = None

    @property
    def kind(self) -> str:
        return str(self.object.kind.value)


def documented_names(root: Path) -> set[str]:
    """Return the names that the reference lists."""
    pages = (root / "docs" / "reference").glob("*.md")
    return {name for page in pages for name in _REFERENCE.findall(page.read_text(encoding="utf-8"))}


def public_names(root: Path, documented: Iterable[str]) -> dict[str, Entry]:
    """Return the public names below a tree by path."""
    loader = griffe.GriffeLoader(search_paths=[root, root / "generated"], allow_inspection=False)
    for package in _OURS:
        if (root / package).exists() or (root / "generated" / package).exists():
            # The name is no path: the working directory may hold another version.
            loader.load(package, try_relative_path=False)
    loader.resolve_aliases(implicit=False, external=False)
    found: dict[str, Entry] = {}
    known: Any = loader.modules_collection
    for module, shown in _MODULES.items():
        if (holder := _member(known, module)) is None:
            continue
        for name in holder.exports or ():
            _add(found, f"{shown}.{name}", Entry(holder.members.get(str(name))))
        for old, new in _renamed_names(_member(known, shown) or holder):
            _add(found, f"{shown}.{old}", Entry(holder.members.get(new)))
        if module == "mixpanel_export_api.api":
            for tag, resource in holder.members.items():
                for name, member in ({} if resource.is_alias else resource.members).items():
                    if name.endswith("Resource"):
                        _add(found, f"{shown}.{tag}.{name}", Entry(member))
    for name in documented:
        is_listed = name.rpartition(".")[0] in _MODULES.values()
        if not is_listed and (member := _member(known, name)) is not None:
            _add(found, name, Entry(member))
    return found


def _member(known: Any, path: str) -> Any:
    try:
        return known[path]
    except (KeyError, griffe.AliasResolutionError, griffe.CyclicAliasError):
        return None


def _renamed_names(module: Any) -> Iterator[tuple[str, str]]:
    """Yield the old names that a module still loads, each with its new name."""
    table = module.members.get("_RENAMED")
    value: Any = table.value if table is not None and table.is_attribute else None
    if isinstance(value, griffe.ExprDict):
        for old, new in zip(value.keys, value.values, strict=True):
            yield str(old).strip("'\""), str(new).strip("'\"")


def _add(found: dict[str, Entry], path: str, entry: Entry) -> None:
    """Add a name, and the public members of a class."""
    member = entry.object
    try:
        target = member.final_target if member.is_alias else member
    except (AttributeError, griffe.AliasResolutionError, griffe.CyclicAliasError):
        return
    if not target.path.startswith(_OURS):
        return
    found[path] = Entry(target, entry.owner)
    if target.is_class:
        members = target.all_members
        for name, inner in members.items():
            is_operator = name.startswith("__") and name.endswith("__") and name not in {*_HOOKS, "__init__"}
            if not name.startswith("_") or (is_operator and inner.is_function):
                _add(found, f"{path}.{name}", Entry(inner, target))
        for old, new in renamed(target).items():
            _add(found, f"{path}.{old}", Entry(members.get(new), target))
        if (constructor := constructor_of(target)) is not None:
            _add(found, f"{path}.__init__", Entry(constructor, target))
