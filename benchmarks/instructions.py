"""Count the instructions of the hot loop, an event: `python -m benchmarks.instructions`.

A count does not depend on what else the machine does, so a regression of a few percent shows. It needs valgrind,
and takes a few minutes. Each contender reads the same events three times in one run and once in another, and
only the difference counts, so imports and warming up do not. Answers come from memory, without a server.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.data import lines_of
from benchmarks.hot_loop import CONTENDERS
from benchmarks.run import versions

__all__ = ["main"]

_EVENTS = 1_000


def main(arguments: Sequence[str] | None = None) -> None:
    """Count, and print the ratios."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.instructions", description=__doc__)
    parser.parse_args(arguments)
    if shutil.which("valgrind") is None:
        sys.exit("valgrind is not installed")
    counts = _counted()
    print(f"{versions()}\n\n| | instructions an event | ÷ floor | ÷ typed |\n|---|---|---|---|")
    for name, count in counts.items():
        print(f"| {name} | {count:,.0f} | {count / counts['floor']:.2f} | {count / counts['typed']:.2f} |")


def _counted() -> dict[str, float]:
    """Return the instructions of each contender an event."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as threads:
        file = Path(folder) / "events.jsonl.gz"
        file.write_bytes(gzip.compress(b"".join(lines_of(0, _EVENTS)), 6))
        # So that no run compiles modules and another does not.
        for name in CONTENDERS:
            subprocess.run([sys.executable, "-m", "benchmarks.hot_loop", name, str(file), "1"], check=True)
        runs = {
            name: [threads.submit(_instructions, file, name, times) for times in (1, 3)]
            for name in CONTENDERS
        }
        return {name: (more.result() - once.result()) / (2 * _EVENTS) for name, (once, more) in runs.items()}


def _instructions(file: Path, name: str, times: int) -> int:
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={os.devnull}", sys.executable]
    command += ["-m", "benchmarks.hot_loop", name, str(file), str(times)]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    (count,) = re.findall(r"Collected : (\d+)", done.stderr)
    return int(count)


if __name__ == "__main__":
    main()
