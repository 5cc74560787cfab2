"""The import graph: no cycles, and no package imports one above it."""

from __future__ import annotations

import ast
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import mixpanel_export

ROOT = Path(mixpanel_export.__file__).parent

# From the top down; a package may import from its own row and from the rows below it.
LAYERS = (
    ("cli", "compat", "dlt", "sandbox", "spark"),
    ("integrations", "codegen"),
    ("_public",),
    ("client",),
    ("client_spec",),
    ("export",),
    ("directory",),
    ("profiles",),
    ("reports",),
    ("columns",),
    ("download",),
    ("schema",),
    ("records",),
    ("http",),
    (
        "expressions",
        "auth",
        "dates",
        "settings",
        "tables",
        "_process",
        "_streams",
        "_redaction",
        "_resources",
        "_mounts",
        "_temporary",
        "_atomic",
        "_extras",
        "_locks",
        "_formats",
        "_worker",
        "progress_bar",
        "_light_httpx",
    ),
    ("errors",),
    ("_text", "_error_objects", "_causes", "_deprecated", "_terminals"),
)
LEVEL = {name: len(LAYERS) - row for row, names in enumerate(LAYERS) for name in names}


def imports_of(path: Path, modules: set[str]) -> set[str]:
    """Return the modules of ours that a file imports, those for type checking and inside functions included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in modules else node.module for name in names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found & modules


@cache
def import_graph() -> dict[str, set[str]]:
    files = {
        ".".join(("mixpanel_export", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(
            ".__init__"
        ): path
        for path in ROOT.rglob("*.py")
    }
    return {name: imports_of(path, set(files)) - {name} for name, path in files.items()}


def package_of(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def test_modules_import_each_other_in_no_cycle() -> None:
    try:
        TopologicalSorter(import_graph()).prepare()
    except CycleError as error:
        raise AssertionError(f"import cycle: {' -> '.join(error.args[1])}") from None


def test_no_package_imports_one_above_it() -> None:
    upward = [
        f"{name} imports {imported}"
        for name, imports in import_graph().items()
        for imported in imports
        if package_of(name) and LEVEL[package_of(name)] < LEVEL.get(package_of(imported), 0)
    ]
    assert upward == []


def test_every_package_has_a_layer() -> None:
    assert {package_of(name) for name in import_graph()} - {""} <= LEVEL.keys()


def test_generated_code_imports_nothing_of_the_facade() -> None:
    generated = ROOT.parent / "generated" / "mixpanel_export_api"
    facade = {*import_graph()}
    importing = [path for path in generated.rglob("*.py") if imports_of(path, facade)]
    assert importing == []
