"""The built site: nothing public is missing, nothing is fetched from outside, every block is of a kind that runs.

`nox -s docs` builds it before; by hand: `mkdocs build`.
"""

from __future__ import annotations

import importlib
import re
import zlib
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from mixpanel_export.cli.app import app
from tests.docs.blocks import LANGUAGES, ROOT, documents

SITE = ROOT / "site"
PUBLIC = [
    "mixpanel_export",
    "mixpanel_export.compat",
    "mixpanel_export.export",
    "mixpanel_export.expressions",
    "mixpanel_export.profiles",
    "mixpanel_export.sandbox",
    "mixpanel_export_api.models",
]
# What a browser fetches unasked; links that a reader may click are another matter.
FETCHED = re.compile(
    r"""<(?:script|img|iframe|source|audio|video)\b[^>]*\bsrc\s*=\s*["']?(?:https?:)?//[^"'\s>]+"""
    r"""|<link\b(?![^>]*rel=["']?(?:canonical|prev|next))[^>]*\bhref\s*=\s*["']?(?:https?:)?//[^"'\s>]+"""
    r"""|url\(\s*["']?(?:https?:)?//[^)]+|@import\s+["'](?:https?:)?//[^"']+""",
    re.I,
)


@pytest.fixture(scope="module")
def inventory() -> set[str]:
    """The names that the site has a heading for."""
    packed = (SITE / "objects.inv").read_bytes().split(b"\n", 4)[4]
    return {line.split()[0] for line in zlib.decompress(packed).decode().splitlines()}


@pytest.mark.parametrize("package", PUBLIC)
def test_every_public_name_has_a_reference(package: str, inventory: set[str]) -> None:
    exported: list[str] = importlib.import_module(package).__all__
    names = [name for name in exported if not name.startswith("check_")]
    assert [name for name in names if not _is_referred_to(package, name, inventory)] == []


def _is_referred_to(package: str, name: str, inventory: set[str]) -> bool:
    value = getattr(importlib.import_module(package), name)
    own = f"{getattr(value, '__module__', package)}.{getattr(value, '__qualname__', name)}"
    return bool({f"{package}.{name}", f"mixpanel_export.{name}", own} & inventory)


def test_every_operation_of_the_contract_has_a_reference(inventory: set[str]) -> None:
    contract = yaml.safe_load((ROOT / "spec" / "openapi.yaml").read_text(encoding="utf-8"))
    ids = [
        call["operationId"]
        for path in contract["paths"].values()
        for method, call in path.items()
        if method in {"get", "post", "patch", "delete", "put"}
    ]
    assert len(ids) > 30
    for tag, _, operation in (each.partition("_") for each in ids):
        resource = f"mixpanel_export_api.api.{tag}.{tag.capitalize()}Resource.{operation}"
        assert resource in inventory


def test_every_command_and_option_is_on_its_page() -> None:
    page = (SITE / "reference" / "command.html").read_text(encoding="utf-8")
    text = re.sub(r"<[^>]+>", "", page)
    for path, command in _commands(typer.main.get_command(app), "mixpanel-export"):
        assert path in text
        for parameter in command.params:
            if getattr(parameter, "hidden", False):
                continue
            is_option = parameter.param_type_name == "option"
            for option in parameter.opts if is_option else [parameter.metavar or parameter.name.upper()]:
                assert option.strip() in text, f"{path} {option}"


def _commands(command: Any, path: str) -> list[tuple[str, Any]]:
    found = [(path, command)]
    for name, each in getattr(command, "commands", {}).items():
        if not each.hidden:
            found += _commands(each, f"{path} {name}")
    return found


def test_nothing_is_fetched_from_outside() -> None:
    outside = {
        f"{file.relative_to(SITE)}: {found.group(0)[:100]}"
        for suffix in ("html", "css")
        for file in SITE.rglob(f"*.{suffix}")
        for found in FETCHED.finditer(file.read_text(encoding="utf-8"))
    }
    assert outside == set()


@pytest.mark.parametrize("page", documents(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_block_says_what_it_is_and_is_run(page: Path) -> None:
    fences = re.findall(r"^[ \t]*(`{3,})(.*)$", page.read_text(encoding="utf-8"), re.M)
    assert len(fences) % 2 == 0
    assert {said for _, said in fences[::2]} <= LANGUAGES.keys()
