"""The edits that a page shows, applied to a tree: additions to the contract, new files, and lines to insert."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import indent

__all__ = ["add_to_contract", "apply_page"]


def add_to_contract(text: str, tag: str, operation: str, schema: str) -> str:
    """Return the contract with a tag, an operation and a schema, each at the place that the page names."""
    for before, added in (
        ("\nsecurity: &anyCredentials\n", indent(tag, "  ")),
        ("\ncomponents:\n", f"\n{indent(operation, '  ')}"),
    ):
        assert before in text
        text = text.replace(before, f"{added}{before}", 1)
    return text.replace("\n  schemas:\n", f"\n  schemas:\n{indent(schema, '    ')}", 1)


def apply_page(page: str, root: Path) -> None:
    """Make every edit of a page in a tree."""
    spec = root / "spec" / "openapi.yaml"
    parts = re.findall(r"^```yaml\n(.*?)^```", page, re.M | re.S)
    spec.write_text(add_to_contract(spec.read_text(encoding="utf-8"), *parts), encoding="utf-8")
    for name, source in re.findall(r'^```\{\.python title="(.*?)"\}\n(.*?)^```', page, re.M | re.S):
        (root / name).write_text(source, encoding="utf-8")
    for name, lines in re.findall(r"^```diff\n\+\+\+ (\S+)\n(.*?)^```", page, re.M | re.S):
        before = "".join(line[1:] for line in lines.splitlines(keepends=True) if line[0] == " ")
        after = "".join(line[1:] for line in lines.splitlines(keepends=True))
        text = (root / name).read_text(encoding="utf-8")
        assert text.count(before) == 1, (name, before)
        (root / name).write_text(text.replace(before, after), encoding="utf-8")
