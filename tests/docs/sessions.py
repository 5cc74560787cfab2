"""A stand-in for `nox` in shell blocks, which only checks that the sessions exist.

Running them would create every environment again; CI runs them anyway.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

NOXFILE = Path(__file__).parents[2] / "noxfile.py"


def session_names() -> set[str]:
    """Return the names of all sessions, without the Python that some run on: `pythons-3.12`."""
    command = [sys.executable, "-m", "nox", "-f", str(NOXFILE), "--list", "--nocolor"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"^[*-] ([\w-]+?)(?:-\d\.\d+)?(?=\s|$)", listed, re.M))


def main(arguments: list[str]) -> int:
    own = arguments[: arguments.index("--")] if "--" in arguments else arguments
    if not own or own == ["-l"]:
        return 0
    assert own[0] == "-s", own
    unknown = set(own[1:]) - session_names()
    if unknown:
        print(f"no such session: {', '.join(sorted(unknown))}")
    return len(unknown)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
