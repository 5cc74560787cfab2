"""Everything that the documentation names can be imported from `mixpanel_export`."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest

import mixpanel_export
from mixpanel_export import MissingExtraError

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
# Packages that are public under their own name.
PUBLIC_PACKAGES = {"codegen", "cli", "compat", "expressions", "integrations", "sandbox"}


def documented() -> set[str]:
    """Return the dotted names that reference pages document."""
    return {
        name for page in PAGES for name in re.findall(r"^::: (mixpanel_export\.\S+)", page.read_text(), re.M)
    }


def imported() -> set[str]:
    """Return the names that examples import from `mixpanel_export` itself."""
    names: set[str] = set()
    for page in PAGES:
        for statement in re.findall(
            r"^\s*(?:>>> )?(from mixpanel_export import (?:\([^)]*\)|[^\n(]+))", page.read_text(), re.M
        ):
            (node,) = ast.parse(statement).body
            assert isinstance(node, ast.ImportFrom)
            names |= {alias.name for alias in node.names}
    return names


def test_documented_names_are_public() -> None:
    names = {name for name in documented() if name.split(".")[1] not in PUBLIC_PACKAGES}
    assert names
    assert {name.rpartition(".")[2] for name in names} - {*mixpanel_export.__all__} == set()


def test_imported_names_are_public() -> None:
    names = {name for name in imported() if not (ROOT / "mixpanel_export" / name).exists()}
    assert names
    assert {name for name in names if not (ROOT / "mixpanel_export" / f"{name}.py").exists()} - {
        *mixpanel_export.__all__
    } == set()


@pytest.mark.parametrize("name", sorted(documented()))
def test_a_documented_name_exists(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    try:
        imported_module = importlib.import_module(module)
    except MissingExtraError as error:
        pytest.skip(str(error))
    assert hasattr(imported_module, attribute)


def test_the_public_name_is_the_documented_object() -> None:
    for name in documented():
        module, _, attribute = name.rpartition(".")
        if name.split(".")[1] not in PUBLIC_PACKAGES:
            assert getattr(mixpanel_export, attribute) is getattr(importlib.import_module(module), attribute)
