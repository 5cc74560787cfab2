"""`nox` as the blocks of a page run it: it only checks that these sessions exist.

Running them there would make each environment anew; CI runs those of the default list, and they are what it is.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

NOXFILE = Path(__file__).parents[2] / "noxfile.py"


def session_names() -> set[str]:
    """The names of all sessions."""
    command = [sys.executable, "-m", "nox", "-f", str(NOXFILE), "--list", "--nocolor"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"^[*-] ([\w-]+)", listed, re.M))


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
