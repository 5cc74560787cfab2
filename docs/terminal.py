"""Draw docs/assets/terminal.svg, the terminal session that the README shows: `python docs/terminal.py`.

The commands run for real, on the sandbox. Needs the extras `cli` and `sandbox`.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

COLUMNS = 92
COMMANDS = (
    "mixpanel-export events --from 2024-01-01 --to 2024-01-31 --output events --sandbox",
    "mixpanel-export query funnels query --funnel-id 1001 --from 2024-01-01 --to 2024-01-31 --plot --sandbox",
    "mixpanel-export query retention query --born-event 'Sign Up' --from 2024-01-01 --to 2024-01-28 "
    "--unit week --interval-count 8 --plot --sandbox",
)


def main() -> None:
    """Run the commands and draw them with their output."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    with tempfile.TemporaryDirectory() as folder:
        for command in COMMANDS:
            console.print(Text.assemble(("$ ", "bold green"), (command, "bold")))
            console.print(Text.from_ansi(_output(command, folder)))
            console.print()
    svg = console.export_svg(title="mixpanel-export", theme=MONOKAI)
    # Rich refers to a font on the web; the reader's own will do.
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.S).replace(
        "Fira Code", "ui-monospace"
    )
    target = Path(__file__).parent / "assets" / "terminal.svg"
    target.write_text(
        "\n".join(line.rstrip() for line in svg.splitlines()) + "\n", encoding="utf-8"
    )


def _output(command: str, folder: str) -> str:
    # As in a terminal: in color, and without the time that lines of a log have.
    color = {"FORCE_COLOR": "1"} if "--plot" in command else {}
    environment = (
        os.environ
        | {"COLUMNS": str(COLUMNS), "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        | color
    )
    done = subprocess.run(
        shlex.split(command),
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    return re.sub(r"(?m)^\S+Z ", "", done.stdout).rstrip()


if __name__ == "__main__":
    main()
