"""The generator's internals are named in one module, so that an upgrade has one place to mend."""

from __future__ import annotations

import re
from pathlib import Path

import mixpanel_export

ROOT = Path(mixpanel_export.__file__).parent


def test_one_module_imports_the_generator() -> None:
    naming = re.compile(r"^\s*(?:from|import) (?:openapi_|ruamel|jinja2|jsonschema)", re.MULTILINE)
    files = [*ROOT.rglob("*.py"), *(ROOT.parent / "spec").rglob("*.py")]
    found = {path.name for path in files if naming.search(path.read_text(encoding="utf-8"))}
    assert found == {"adapter.py"}
