"""Check a directory export from the disk alone: its manifest, files and checksums."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from mixpanel_export import Event, MixpanelClient

__all__ = ["canonical", "events_in", "expected", "manifest_of", "names_in"]


def canonical(record: dict[str, Any]) -> str:
    """Return an event as text that does not depend on the order of its properties."""
    return json.dumps(record, sort_keys=True, ensure_ascii=False)


def expected(client: MixpanelClient, *days: str, **filters: Any) -> Counter[str]:
    """Return the events of a range of days, as the iterator delivers them."""
    return _counted(client.export.events(*days, **filters))


def _counted(events: Iterable[Event]) -> Counter[str]:
    return Counter(canonical({"event": event.name, "properties": event.properties}) for event in events)


def names_in(folder: Path) -> set[str]:
    """List a folder, hidden files included."""
    return {path.name for path in folder.iterdir()}


def manifest_of(folder: Path) -> Any:
    return json.loads((folder / "manifest.json").read_bytes())


def events_in(folder: Path, *, stray: bool = False) -> Counter[str]:
    """Return the events in the files that the manifest lists, and check sizes and checksums.

    Args:
        stray: allow files beside those, as while an export is running.
    """
    manifest = manifest_of(folder)
    if not stray:
        assert names_in(folder) == {"manifest.json", *(entry["file"] for entry in manifest["slices"])}
    found: Counter[str] = Counter()
    for entry in manifest["slices"]:
        data = (folder / entry["file"]).read_bytes()
        assert len(data) == entry["bytes"]
        assert hashlib.sha256(data).hexdigest() == entry["sha256"]
        text = gzip.decompress(data) if entry["file"].endswith(".gz") else data
        lines = [canonical(json.loads(line)) for line in text.split(b"\n") if line]
        assert len(lines) == entry["events"]
        assert len(text) == entry["json_bytes"]
        found.update(lines)
    return found
