"""Our ways to get events, and the floor of reading them; see `process`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any

from benchmarks.process import Contender, CpuClock, Settings, main, read_events
from mixpanel_export import Limits, MixpanelClient, ServiceAccountAuth

__all__ = ["OURS", "bodies_of", "client_of"]


def floor(settings: Settings, clock: CpuClock) -> int:
    """Inflate once, parse with msgspec, and read the four values: the least that any reader does, from memory."""
    from benchmarks.hot_loop import parsed

    bodies = bodies_of(settings)
    clock.start()
    return read_events(parsed(bodies))


def events(settings: Settings, clock: CpuClock) -> int:
    """`client.export.events`."""
    return _read(settings, clock)


def fields(settings: Settings, clock: CpuClock) -> int:
    """`client.export.events` with only the property that is read."""
    return _read(settings, clock, fields=["$browser"])


def deduplicated(settings: Settings, clock: CpuClock) -> int:
    """`client.export.events` without the events that were sent twice."""
    return _read(settings, clock, deduplicate=True)


def directory(settings: Settings, clock: CpuClock) -> int:
    """`client.export.to_directory`, which keeps the gzip as it arrives."""
    return _write(settings, clock)


def parquet(settings: Settings, clock: CpuClock) -> int:
    """`client.export.to_directory` to Parquet, with a column for each property."""
    return _write(settings, clock, format="parquet")


def parquet_json(settings: Settings, clock: CpuClock) -> int:
    """`client.export.to_directory` to Parquet, with all properties in one text."""
    return _write(settings, clock, format="parquet", layout="json")


OURS: Mapping[str, Contender] = {
    "floor": floor,
    "events": events,
    "fields": fields,
    "deduplicated": deduplicated,
    "directory": directory,
    "parquet": parquet,
    "parquet-json": parquet_json,
}


class WithoutPandas(MetaPathFinder):
    """Hide pandas, which Arrow imports if it can, but which the extra `arrow` does not install."""

    def find_spec(self, fullname: str, *_: object) -> None:
        """Refuse to import pandas, and leave other modules to other finders."""
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)


def client_of(settings: Settings) -> MixpanelClient:
    """Return a client of the server."""
    # A budget for this run alone: all runs together need more requests than an hour allows.
    limits = Limits(shared=False) if settings.limits else None
    auth = ServiceAccountAuth(settings.username, settings.secret)
    return MixpanelClient(auth, project_id=settings.project, base_url=settings.url, limits=limits)


def bodies_of(settings: Settings) -> list[bytes]:
    """Compress each day as the sandbox does."""
    from isal import isal_zlib

    zlib: Any = isal_zlib
    files = sorted(Path(settings.events).glob("*.jsonl"))
    return [zlib.compress(file.read_bytes(), level=1, wbits=31) for file in files]


def _read(settings: Settings, clock: CpuClock, **options: Any) -> int:
    with client_of(settings) as client:
        export = client.export
        clock.start()
        return read_events(export.events(*settings.days, **options))


def _write(settings: Settings, clock: CpuClock, **options: Any) -> int:
    sys.meta_path.insert(0, WithoutPandas())
    with client_of(settings) as client:
        export = client.export
        clock.start()
        return export.to_directory(settings.output, *settings.days, **options).events


if __name__ == "__main__":
    main(OURS, lambda: dict.fromkeys(OURS, ""))
