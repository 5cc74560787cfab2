"""Compile `openapi.yaml` into `generated/mixpanel_export_api`, or check that it is up to date.

    python -m spec.generate            writes generated/
    python -m spec.generate --check    fails if generated/ differs from what the spec compiles to

See `mixpanel_export.codegen.endpoints` for how a spec becomes a package.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from mixpanel_export.codegen.endpoints.package import differences
from mixpanel_export.errors import GenerationError

__all__ = ["compile_spec", "main"]

HERE = Path(__file__).parent
PACKAGE = "mixpanel_export_api"
SPEC = HERE / "openapi.yaml"
GENERATED = HERE.parent / "generated" / PACKAGE
_TITLE = "Mixpanel Data Export API, compiled from `spec/openapi.yaml`: operations, models and their runtime."


def compile_spec(spec: Path, output: Path) -> None:
    """Compile `spec` into the package directory `output`, which must not exist, with its runtime.

    Raises:
        GenerationError: The spec has mistakes, or the generator reported an error or a warning.
    """
    # Imported here, so that an unfit version of the generator ends in one line, not in a traceback.
    from mixpanel_export.codegen.endpoints.compile import Package, compile_package

    compile_package(spec, output, Package(_TITLE))
    shutil.copytree(HERE / "runtime", output / "runtime", ignore=shutil.ignore_patterns("__pycache__"))


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
