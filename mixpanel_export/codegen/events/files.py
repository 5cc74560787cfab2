"""Generated modules as files: compare them with a new text, and replace them."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

from mixpanel_export._atomic import AtomicFile

__all__ = ["difference", "write"]


def difference(path: str | os.PathLike[str], text: str) -> str:
    """Return what would change in a file, as a unified diff; empty if it has this text already.

    Raises:
        OSError: when there is a file that cannot be read.
    """
    file = Path(path)
    try:
        before = file.read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        before = ""
    names = (str(file) if before else os.devnull, str(file))
    lines = difflib.unified_diff(before.split("\n"), text.split("\n"), *names, lineterm="")
    return "".join(f"{line}\n" for line in lines)


def write(path: str | os.PathLike[str], text: str) -> str:
    """Replace a file, atomically, unless it has this text already; return the difference."""
    changes = difference(path, text)
    if changes:
        with AtomicFile(Path(path)) as target:
            target.file.write(text.encode())
            target.complete()
    return changes
