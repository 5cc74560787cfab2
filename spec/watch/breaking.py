"""Say whether the changes since a release are major, minor or patch.

    python -m spec.watch.breaking         compares with the last tag
    python -m spec.watch.breaking REF     compares with a commit

Compares the Python surface (`surface`) and the contract (`contract`) of the working tree with those of the commit.
A commit that is itself tagged is compared with the tag before, and its version must fit.
"""

from __future__ import annotations

import argparse
import io
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from mixpanel_export.codegen.endpoints.adapter import YAML
from spec.watch.changes import Change, Level, level_of
from spec.watch.contract import contract_changes
from spec.watch.surface import surface_changes

__all__ = ["changes_since", "main"]

ROOT = Path(__file__).parents[2]
_VERSION = re.compile(r"v?(\d+)\.(\d+)\.(\d+)")


def changes_since(old: Path, new: Path) -> list[Change]:
    """Return the changes between two trees, the gravest first."""
    found = {*surface_changes(old, new)}
    paths = [root / "spec" / "openapi.yaml" for root in (old, new)]
    if all(path.exists() for path in paths):
        yaml: Any = YAML(typ="safe")
        before, after = (yaml.load(path.read_text(encoding="utf-8")) for path in paths)
        found |= {*contract_changes(before, after)}
    return sorted(found, key=lambda change: (-change.level, change.where, change.what))


def _git(*arguments: str) -> bytes | None:
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=False)
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def _tag(*which: str) -> str:
    return (_git("describe", "--tags", "--abbrev=0", *which) or b"").decode().strip()


def _too_small(old: str, new: str, level: Level) -> bool:
    """Return True if a version is below what the changes ask for; before 1.0, the second number counts breaks."""
    before, after = _VERSION.match(old), _VERSION.match(new)
    if not before or not after:
        return False
    was, now = (tuple(map(int, match.groups())) for match in (before, after))
    raised = next((index for index in range(3) if was[index] != now[index]), 3)
    allowed = {Level.MAJOR: 0, Level.MINOR: 1, Level.PATCH: 2}[level]
    return raised > (min(allowed + 1, 2) if was[0] == 0 and now[0] == 0 else allowed)


def main() -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("ref", nargs="?", help="the commit to compare with; by default the last tag")
    given = parser.parse_args().ref
    released = "" if _git("status", "--porcelain") else _tag("--exact-match")
    ref = given or (_tag("HEAD^") if released else "") or _tag()
    if not ref:
        print(
            "Nothing to compare with: there is no tag here. Fetch tags, or name a commit: nox -s breaking -- REF"
        )
        return 0
    archive = _git("archive", "--format=tar", ref)
    if archive is None:
        print(f"{ref} is not a commit of this repository", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as scratch:
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            tar.extractall(scratch, filter="data")
        changes = changes_since(Path(scratch), ROOT)
    for change in changes:
        print(change)
    level = level_of(changes)
    number = f"{len(changes)} change{'s' * (len(changes) != 1)} since {ref}"
    print(f"{level}: {number if changes else f'the same surface as {ref}'}")
    if released and not given and _too_small(ref, released, level):
        print(f"{released} is too small a step from {ref} for a {level} change", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
