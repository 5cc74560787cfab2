"""Compile `openapi.yaml` into `generated/mixpanel_export_api`, or check that it is up to date.

    python -m spec.generate            writes generated/
    python -m spec.generate --check    fails if generated/ differs from what the spec compiles to

See `compile` for how a spec becomes a package.
"""

from __future__ import annotations

import argparse
import filecmp
import shutil
import sys
import tempfile
from pathlib import Path

from spec.compile import compile_spec
from spec.contract import GenerationError

__all__ = ["compile_spec", "main"]

HERE = Path(__file__).parent
PACKAGE = "mixpanel_export_api"
SPEC = HERE / "openapi.yaml"
GENERATED = HERE.parent / "generated" / PACKAGE


def differences(left: Path, right: Path) -> list[str]:
    """Return the names of files that differ between two directories or exist in only one of them."""

    def files(root: Path) -> set[str]:
        return {
            str(path.relative_to(root))
            for path in root.rglob("*")
            if path.is_file() and path.suffix != ".pyc"
        }

    mine, theirs = files(left), files(right)
    changed = {name for name in mine & theirs if not filecmp.cmp(left / name, right / name, shallow=False)}
    return sorted((mine ^ theirs) | changed)


def main() -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; fail on any difference")
    check = parser.parse_args().check
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch) / PACKAGE
        try:
            compile_spec(SPEC, fresh)
        except GenerationError as error:
            print(error, file=sys.stderr)
            return 1
        if not check:
            shutil.rmtree(GENERATED, ignore_errors=True)
            shutil.copytree(fresh, GENERATED)
            return 0
        changed = differences(fresh, GENERATED)
    for name in changed:
        print(f"differs from what the spec compiles to: generated/{PACKAGE}/{name}", file=sys.stderr)
    if changed:
        print("Run `nox -s generate` and commit the result.", file=sys.stderr)
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main())
