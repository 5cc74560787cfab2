"""A conversion small enough to check by eye: JSON lines under a first line that names all columns.

It stands in for the real ones where it is the directory that is looked at, not the columns.
"""

from __future__ import annotations

import datetime
import json
import sys
import threading
import types
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from mixpanel_export._formats import PINNED, Columns
from mixpanel_export.directory.conversion import WrittenFile
from mixpanel_export.directory.query import Query
from mixpanel_export.download.spool import Spool
from mixpanel_export.http.cancellation import Cancellation
from mixpanel_export.http.context import Context

__all__ = ["columns_in", "day_of", "install", "read", "served"]

MODULE = "mixpanel_export.directory.columnar"
NOON = int(datetime.datetime(2024, 1, 1, 12, tzinfo=datetime.UTC).timestamp())


class Conversion:
    """The columns are the names of all properties seen so far."""

    def __init__(self, query: Query, columns: Columns) -> None:
        self._partitioned = query.partition_by == "date"
        self._names = {*PINNED, *(column["property"] for column in columns)}
        self._lock = threading.Lock()

    @property
    def columns(self) -> tuple[Mapping[str, str], ...]:
        return tuple(
            {"name": PINNED.get(name, f"{name}_"), "property": name, "kind": "json"}
            for name in sorted(self._names)
        )

    def convert(self, spool: Spool, part: Callable[[str | None], Path]) -> Sequence[WrittenFile]:
        events = [json.loads(line) for block in spool.blocks() for line in block.split(b"\n") if line]
        groups: dict[str | None, list[Any]] = defaultdict(list)
        for event in events:
            groups[day_of(event) if self._partitioned else None].append(event)
        if not groups:
            groups[str(spool.slice_.from_date) if self._partitioned else None] = []
        with self._lock:
            self._names = self._names.union(*(event["properties"] for event in events))
            for partition, group in groups.items():
                self._write(part(partition), group)
        return [WrittenFile(partition, len(group)) for partition, group in groups.items()]

    def is_current(self, file: Path) -> bool:
        return bool(columns_in(file) == sorted(self._names))

    def rewrite(self, file: Path, target: Path, cancellation: Cancellation) -> None:
        self._write(target, read(file))

    def _write(self, path: Path, events: Sequence[Any]) -> None:
        with path.open("w") as file:
            for line in (sorted(self._names), *events):
                file.write(json.dumps(line) + "\n")


def conversion_for(query: Query, context: Context, columns: Columns, memory: int) -> Conversion:
    return Conversion(query, columns)


def _read_whole(chunks: Iterable[bytes]) -> None:
    for _ in chunks:
        pass


def install(patched: pytest.MonkeyPatch | None = None) -> None:
    """Use this conversion for parquet and csv."""
    module = types.ModuleType(MODULE)
    module.conversion_for = conversion_for  # type: ignore[attr-defined]
    # These files have no footer that states their rows.
    if patched is not None:
        patched.setattr("mixpanel_export.directory.verify._parquet_rows", _read_whole)
    if patched is not None:
        patched.setitem(sys.modules, MODULE, module)
    else:
        sys.modules[MODULE] = module


def columns_in(file: Path) -> Any:
    return json.loads(file.read_text().partition("\n")[0])


def read(file: Path) -> list[Any]:
    return [json.loads(line) for line in file.read_text().splitlines()[1:]]


def day_of(event: Mapping[str, Any]) -> str:
    return str(datetime.datetime.fromtimestamp(event["properties"]["time"], datetime.UTC).date())


def served(days: int, a_day: int = 7) -> list[dict[str, Any]]:
    """Make events of January 2024; each day has a property of its own."""
    return [
        {"event": "A", "properties": {"time": NOON + 86_400 * day + n, "distinct_id": "u", f"p{day}": n}}
        for day in range(days)
        for n in range(a_day)
    ]
