"""Count the instructions of the hot loops, an event: `python -m benchmarks.instructions`.

A count hardly depends on what else the machine does, so a regression of a few percent shows: `--check` fails when a
loop takes more, compared with its floor, than `LIMITS` allows. Needs valgrind. Each loop warms up before its
instructions count, and its answers come from memory, without a server.
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
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.data import lines_of
from benchmarks.hot_loop import LOOPS
from benchmarks.run import versions

__all__ = ["LIMITS", "main", "over_limits"]

# The most instructions of each loop, as a multiple of the floor's: 5% more than counted, where runs differ by 0.2%.
LIMITS: Mapping[str, float] = {"events": 1.17, "fields": 0.88, "deduplicated": 1.56}
# Enough that what an export does once hardly counts: with a quarter of them, ratios are a tenth higher.
_EVENTS = 4_000


def main(arguments: Sequence[str] | None = None) -> None:
    """Count, and print the ratios."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.instructions", description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail if a ratio to the floor is over its limit")
    chosen = parser.parse_args(arguments)
    if not shutil.which("valgrind") or not shutil.which("vgdb"):
        sys.exit("valgrind is not installed")
    counts = _counted()
    print(f"{versions()}\n\n| | instructions an event | ÷ floor | limit |\n|---|---|---|---|")
    for name, count in counts.items():
        print(f"| {name} | {count:,.0f} | {count / counts['floor']:.3f} | {LIMITS.get(name, '')} |")
    if chosen.check and (exceeded := list(over_limits(counts))):
        sys.exit("\n".join(exceeded))


def over_limits(counts: Mapping[str, float]) -> Iterator[str]:
    """Yield a sentence for every loop that takes more instructions than its limit allows."""
    for name, limit in LIMITS.items():
        ratio = counts[name] / counts["floor"]
        if ratio > limit:
            yield f"{name}: {ratio:.3f} times the instructions of the floor; the limit is {limit}"


def _counted() -> dict[str, float]:
    """Return the instructions of each loop an event."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "events.jsonl.gz"
        file.write_bytes(gzip.compress(b"".join(lines_of(0, _EVENTS)), 6))
        counts = Path(folder) / "counts"
        command = ["valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={counts}"]
        command += [sys.executable, "-m", "benchmarks.hot_loop", str(file)]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONHASHSEED": "0"}
        )
        if done.returncode:
            sys.exit(f"valgrind failed:\n{done.stderr}")
        return {name: _total(f"{counts}.{n}") / _EVENTS for n, name in enumerate(LOOPS, 1)}


def _total(file: str) -> int:
    found = re.search(r"^totals: (\d+)", Path(file).read_text(), re.M)
    if found is None:
        sys.exit(f"{file}: no total")
    return int(found[1])


if __name__ == "__main__":
    main()
