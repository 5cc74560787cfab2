"""Compare the spec with what Mixpanel publishes, and list what the spec lacks.

    python -m spec.watch.upstream                  compares with the saved facts
    python -m spec.watch.upstream FOLDER           compares with OpenAPI files of Mixpanel's in a folder, and lists
                                                   what is new in them since the facts were saved
    python -m spec.watch.upstream FOLDER --save    saves their facts

The facts are saved in `published.txt`, from github.com/mixpanel/docs, folder `openapi`; `observed.txt` has those
that Mixpanel publishes in words only, or only sends. `accepted.txt` lists what the spec leaves out on purpose.
"""

from __future__ import annotations

import argparse
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from mixpanel_export.codegen.endpoints.adapter import YAML, YAMLError
from mixpanel_export.codegen.endpoints.mistakes import read_spec
from mixpanel_export.codegen.endpoints.places import object_of
from mixpanel_export.errors import GenerationError
from spec.watch.facts import facts_of

__all__ = ["missing", "read_facts"]

HERE = Path(__file__).parent
SPEC = HERE.parent / "openapi.yaml"
PUBLISHED = HERE / "published.txt"
# The files about getting data out; the others are about sending it, and about Mixpanel's other products.
_FILES = ("annotations", "export", "gdpr", "lexicon-schemas", "query")
_HEADER = (
    "# Facts of Mixpanel's published OpenAPI files, in the format of facts.py; written by upstream.py.\n"
)


def read_facts(path: Path) -> set[str]:
    """Return the facts of a file, one a line."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def missing(facts: set[str], spec: Path = SPEC) -> list[str]:
    """Return the facts that a spec lacks, except those that it leaves out on purpose."""
    # Our paths are whole ones; the servers of single paths do not count.
    known = facts_of({**read_spec(spec), "servers": []})
    accepted = read_facts(HERE / "accepted.txt")
    return sorted(
        fact for fact in facts - known if not any(fnmatchcase(fact, pattern) for pattern in accepted)
    )


def _published_in(folder: Path) -> set[str]:
    facts: set[str] = set()
    for name in _FILES:
        (path,) = [*folder.glob(f"{name}.openapi.yaml"), *folder.glob(f"{name}.yaml")][:1] or [folder / name]
        yaml: Any = YAML(typ="safe")
        try:
            document = yaml.load(path.read_text(encoding="utf-8"))
        except OSError:
            raise GenerationError(f"{folder}: there is no {name}.openapi.yaml to read") from None
        except (YAMLError, UnicodeDecodeError) as error:
            mark: Any = getattr(error, "problem_mark", None)
            problem = getattr(error, "problem", None) or "no text in UTF-8"
            raise GenerationError(f"{path}:{mark.line + 1 if mark else 1}: not YAML: {problem}") from None
        if not object_of(object_of(document).get("paths")):
            raise GenerationError(f"{path}:1: expected an OpenAPI document with `paths`")
        facts |= facts_of(document)
    return facts


def main() -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, help="Mixpanel's OpenAPI files")
    parser.add_argument("--save", action="store_true", help="save the facts of FOLDER")
    arguments = parser.parse_args()
    published = read_facts(PUBLISHED)
    if arguments.folder is not None:
        try:
            current = _published_in(arguments.folder)
        except GenerationError as error:
            print(error, file=sys.stderr)
            return 2
        for mark, facts in (("new", current - published), ("gone", published - current)):
            for fact in sorted(facts):
                print(f"{mark} since the facts were saved: {fact}")
        published = current
        if arguments.save:
            PUBLISHED.write_text(_HEADER + "\n".join(sorted(current)) + "\n", encoding="utf-8")
    facts = published | read_facts(HERE / "observed.txt")
    lacking = missing(facts)
    for fact in lacking:
        print(f"missing in the spec: {fact}")
    print(f"{len(facts)} facts, {len(lacking)} missing in the spec")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
