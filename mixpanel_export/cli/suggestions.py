"""Values that the shell completes: regions, time zones, profiles, and the names of events seen in earlier queries.

A completion that fails is an empty one. Every `--help` imports this, so it imports nothing heavy.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, cast

import click

from mixpanel_export.cli.invocation import Invocation
from mixpanel_export.errors import DiskFullError

__all__ = [
    "known_events",
    "remember_events",
    "suggest_events",
    "suggest_profiles",
    "suggest_regions",
    "suggest_zones",
]

_REGIONS = ("us", "eu", "in")
_MAX_NAMES = 1000


def suggest_regions(context: click.Context, _: click.Parameter, start: str) -> list[str]:
    """Complete `--region`."""
    return _starting(start, _REGIONS)


def suggest_zones(context: click.Context, _: click.Parameter, start: str) -> list[str]:
    """Complete `--timezone`."""
    import zoneinfo

    return sorted(_starting(start, zoneinfo.available_timezones()))


def suggest_profiles(context: click.Context, _: click.Parameter, start: str) -> list[str]:
    """Complete `--profile` from the configuration file."""
    from mixpanel_export.cli.config_file import default_path, profile_names

    invocation = context.find_object(Invocation)
    path = Path(invocation.config) if invocation and invocation.config else default_path()
    try:
        return _starting(start, profile_names(path))
    except (OSError, ValueError):
        return []


def suggest_events(context: click.Context, _: click.Parameter, start: str) -> list[str]:
    """Complete the name of an event from the names that earlier queries of the project have shown."""
    invocation = context.find_object(Invocation)
    known = _read()
    key = _key(invocation) if invocation is not None else None
    names = known.get(key, []) if key else [name for names in known.values() for name in names]
    return _starting(start, dict.fromkeys(names))


def known_events(invocation: Invocation) -> list[str]:
    """Return the names of events that earlier queries of the project have shown."""
    key = _key(invocation)
    return _read().get(key, []) if key else []


def remember_events(invocation: Invocation, names: Collection[str]) -> None:
    """Keep names of events for completion; where no cache can be written, keep nothing."""
    key = _key(invocation)
    if not names or not key:
        return
    with contextlib.suppress(OSError, ValueError, DiskFullError):
        known = _read()
        before = known.get(key, [])
        if before[: len(names)] == [*names]:
            return
        known[key] = [*dict.fromkeys([*names, *before])][:_MAX_NAMES]
        path = _path()
        path.parent.mkdir(parents=True, exist_ok=True)
        from mixpanel_export._atomic import AtomicFile

        with AtomicFile(path) as target:
            target.file.write(json.dumps(known, ensure_ascii=False).encode())
            target.complete()


def _starting(start: str, values: Iterable[str]) -> list[str]:
    return [value for value in values if value.lower().startswith(start.lower())]


def _key(invocation: Invocation) -> str | None:
    """Return the project whose events are completed."""
    if invocation.sandbox:
        return "sandbox"
    from mixpanel_export.cli.layers import setting_layers

    try:
        layers = setting_layers(invocation)
    except ValueError:
        return None
    return next((layer.values["project_id"] for layer in layers if "project_id" in layer.values), None)


def _path() -> Path:
    import platformdirs

    return platformdirs.user_cache_path("mixpanel-export", appauthor=False) / "event-names.json"


def _read() -> dict[str, list[str]]:
    try:
        document: Any = json.loads(_path().read_text(encoding="utf-8"))
    except (OSError, ValueError, RuntimeError):
        return {}
    if not isinstance(document, dict):
        return {}
    return {
        key: [name for name in cast(list[Any], names) if isinstance(name, str)]
        for key, names in cast(dict[str, Any], document).items()
        if isinstance(names, list)
    }
