"""Output in a terminal: the progress bar, color, and the width of tables and charts."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from .runner import COMMAND, DAYS, EVENTS, clean_environment

if sys.platform == "win32":
    pytest.skip("POSIX terminals", allow_module_level=True)
import pty

COLOR = re.compile(rb"\x1b\[[0-9;]*3[0-9]")
STAMP = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ "


def run_in_terminal(*arguments: str, environ: Mapping[str, str] | None = None) -> tuple[int, bytes]:
    """Run the command in a terminal, and return its exit code and all that was printed."""
    clean = clean_environment({"TERM": "xterm-256color"})
    for name in ("NO_COLOR", "FORCE_COLOR"):
        clean.pop(name, None)
    child, terminal = pty.fork()
    if child == 0:
        os.execve(sys.executable, [*COMMAND, *arguments], {**clean, **(environ or {})})
    printed = b""
    try:
        while chunk := os.read(terminal, 65536):
            printed += chunk
    except OSError:
        pass  # how Linux reports that nobody holds the other end any more
    finally:
        os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), printed


def test_bar_moves_and_the_summary_stays(tmp_path: Path) -> None:
    code, printed = run_in_terminal(*EVENTS, str(tmp_path / "out"))
    assert code == 0, printed
    assert b"\x1b[?25l" in printed  # the cursor is hidden while the bar moves
    assert b"events, 2 files" in printed
    assert not re.search(STAMP, printed)


@pytest.mark.parametrize("environ", [{}, {"NO_COLOR": "1"}])
@pytest.mark.sampled(1)
@pytest.mark.slow
def test_errors_are_red_unless_no_color_is_set(environ: dict[str, str]) -> None:
    code, printed = run_in_terminal(*EVENTS, "-", "--where", "(", environ=environ)
    assert code == 2
    assert b"error:" in printed
    assert bool(COLOR.search(printed)) is (not environ)


@pytest.mark.slow
def test_table_and_chart_fit_the_terminal() -> None:
    series = ["query", "segmentation", "query", "--event", "Purchase", *DAYS, "--sandbox"]
    code, printed = run_in_terminal(*series, "--plot", "--output", "table", environ={"COLUMNS": "60"})
    assert code == 0, printed
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", printed.decode())
    assert max(map(len, plain.splitlines())) <= 60
