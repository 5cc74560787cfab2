"""The generator's internals are named in one module, so that an upgrade has one place to mend."""

from __future__ import annotations

import re

from spec.generate import HERE


def test_one_module_imports_the_generator() -> None:
    naming = re.compile(r"^\s*(?:from|import) openapi_python_client", re.MULTILINE)
    found = {path.name for path in HERE.rglob("*.py") if naming.search(path.read_text(encoding="utf-8"))}
    assert found == {"adapter.py"}
