"""A contender in its own process: the export it runs, and its measurements. Needs only the standard library.

`python -m benchmarks.ours NAME SETTINGS` runs a contender and prints its measurements; without arguments, it prints
the contenders that can run there, with their versions. So does `benchmarks.others`.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

__all__ = [
    "Contender",
    "CpuClock",
    "Measured",
    "Settings",
    "available",
    "main",
    "measure",
    "read_events",
    "read_records",
]

_ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Settings:
    """The export to run.

    Attributes:
        events: the server's files, for contenders that read them directly.
        limits: keep Mixpanel's request limits, which the server enforces then.
        output: an empty folder to write to.
    """

    url: str
    username: str
    secret: str
    project: int
    first_day: str
    last_day: str
    events: str
    limits: bool
    output: str = ""

    @property
    def days(self) -> tuple[str, str]:
        """The first and the last day."""
        return self.first_day, self.last_day

    @property
    def query(self) -> dict[str, str]:
        """The query parameters of one request for the whole range."""
        return {"from_date": self.first_day, "to_date": self.last_day, "project_id": str(self.project)}


@dataclass(frozen=True)
class Measured:
    """The measurements of one run.

    Attributes:
        seconds: the time of the whole process, with starting Python and importing packages.
        cpu: the CPU time of the export alone, in seconds.
        memory: the peak memory, in bytes.
        events: the number of events; None if the contender does not count them.
    """

    seconds: float
    cpu: float
    memory: int
    events: int | None


class CpuClock:
    """The CPU time of an export, with that of child processes."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Start again, after imports and preparations."""
        self._start = self._now()

    @property
    def seconds(self) -> float:
        """The CPU time since the start."""
        return self._now() - self._start

    @staticmethod
    def _now() -> float:
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return time.process_time() + children.ru_utime + children.ru_stime


# Runs the export and returns the number of events, if known.
Contender = Callable[[Settings, CpuClock], int | None]


def read_records(records: Iterable[Mapping[str, Any]]) -> int:
    """Read the name, the time, the distinct id and one property of each event, as parsed JSON."""
    count = 0
    for record in records:
        properties = record["properties"]
        _ = record["event"], properties["time"], properties["distinct_id"], properties["$browser"]
        count += 1
    return count


def read_events(events: Iterable[Any]) -> int:
    """Read the same of each event, as an `Event`, whose time is a datetime."""
    count = 0
    for event in events:
        _ = event.name, event.time, event.distinct_id, event.properties["$browser"]
        count += 1
    return count


def main(contenders: Mapping[str, Contender], versions: Callable[[], Mapping[str, str]]) -> None:
    """Run one contender as the command line says, or print those that can run, with their versions."""
    if not sys.argv[1:]:
        print(json.dumps(versions()))
        return
    name, settings = sys.argv[1:]
    clock = CpuClock()
    events = contenders[name](Settings(**json.loads(settings)), clock)
    cpu = clock.seconds
    memory = max(
        resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    # Kilobytes on Linux, bytes on macOS.
    memory *= 1 if sys.platform == "darwin" else 1024
    print(json.dumps({"cpu": cpu, "memory": memory, "events": events}))


def available(module: str, python: str) -> dict[str, str]:
    """Return the contenders of a module that can run with a Python, with their versions."""
    return dict(_run(python, module))


def measure(module: str, python: str, name: str, settings: Settings) -> Measured:
    """Run a contender in a new process."""
    with tempfile.TemporaryDirectory() as output:
        arguments = json.dumps(asdict(replace(settings, output=output)))
        start = time.perf_counter()
        done = _run(python, module, name, arguments)
        return Measured(time.perf_counter() - start, **done)


def _run(python: str, module: str, *arguments: str) -> Any:
    command = [python, "-m", f"benchmarks.{module}", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, cwd=_ROOT)
    return json.loads(done.stdout)
