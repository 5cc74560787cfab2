"""The built site: no public name is missing, nothing is fetched from elsewhere, and every code block is run.

`nox -s docs` builds the site first; by hand, run `mkdocs build`.
"""

from __future__ import annotations

import importlib
import re
import zlib
from pathlib import Path
from typing import Any

import pytest

from docs import agents
from mixpanel_export.cli.app import app
from tests.docs.blocks import LANGUAGES, ROOT, documents
from tests.openapi import SPEC

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
# Resources that a browser loads by itself; links for readers to click are fine.
FETCHED = re.compile(
    r"""<(?:script|img|iframe|source|audio|video)\b[^>]*\bsrc\s*=\s*["']?(?:https?:)?//[^"'\s>]+"""
    r"""|<link\b(?![^>]*rel=["']?(?:canonical|prev|next))[^>]*\bhref\s*=\s*["']?(?:https?:)?//[^"'\s>]+"""
    r"""|url\(\s*["']?(?:https?:)?//[^)]+|@import\s+["'](?:https?:)?//[^"']+""",
    re.I,
)


@pytest.fixture(scope="module")
def inventory() -> set[str]:
    """Return the names that have a heading on the site."""
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
    ids = [
        call["operationId"]
        for path in SPEC["paths"].values()
        for method, call in path.items()
        if method in {"get", "post", "patch", "delete", "put"}
    ]
    assert len(ids) > 30
    for tag, _, operation in (operation_id.partition("_") for operation_id in ids):
        resource = f"mixpanel_export_api.api.{tag}.{tag.capitalize()}Resource.{operation}"
        assert resource in inventory


def test_every_command_and_option_is_on_its_page() -> None:
    page = (SITE / "reference" / "command.html").read_text(encoding="utf-8")
    text = re.sub(r"<[^>]+>", "", page)
    for path, command in _commands(app, "mixpanel-export"):
        assert path in text
        for parameter in command.params:
            if getattr(parameter, "hidden", False):
                continue
            is_option = parameter.param_type_name == "option"
            for option in parameter.opts if is_option else [parameter.metavar or parameter.name.upper()]:
                assert option.strip() in text, f"{path} {option}"


def _commands(command: Any, path: str) -> list[tuple[str, Any]]:
    found = [(path, command)]
    for name, subcommand in getattr(command, "commands", {}).items():
        if not subcommand.hidden:
            found += _commands(subcommand, f"{path} {name}")
    return found


def test_the_site_fetches_nothing_from_elsewhere() -> None:
    outside = {
        f"{file.relative_to(SITE)}: {found.group(0)[:100]}"
        for suffix in ("html", "css")
        for file in SITE.rglob(f"*.{suffix}")
        for found in FETCHED.finditer(file.read_text(encoding="utf-8"))
    }
    assert outside == set()


@pytest.mark.parametrize("page", documents(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_block_has_a_language_that_is_run(page: Path) -> None:
    fences = re.findall(r"^[ \t]*(`{3,})(.*)$", page.read_text(encoding="utf-8"), re.M)
    assert len(fences) % 2 == 0
    assert {language for _, language in fences[::2]} <= LANGUAGES.keys()


def test_files_for_coding_agents_are_current() -> None:
    """Fail unless `python -m docs.agents` has been run since the pages changed."""
    for name, write in agents.FILES.items():
        text = write()
        assert (ROOT / "docs" / name).read_text(encoding="utf-8") == text, (
            f"run `python -m docs.agents`: {name}"
        )
        assert (SITE / name).read_text(encoding="utf-8") == text
        pages = re.findall(r"\]\((\S+\.html)\)", text)
        assert [page for page in pages if not (SITE / page).exists()] == []
    assert len((ROOT / "docs" / "skill" / "SKILL.md").read_text(encoding="utf-8").splitlines()) < 150
