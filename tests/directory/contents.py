"""What a directory export must look like, told from the disk alone: by its manifest, files and checksums."""

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
    """An event as text, whatever the order of its properties."""
    return json.dumps(record, sort_keys=True, ensure_ascii=False)


def expected(client: MixpanelClient, *days: str, **filters: Any) -> Counter[str]:
    """The events of a range of days, as the iterator delivers them."""
    return _counted(client.export.events(*days, **filters))


def _counted(events: Iterable[Event]) -> Counter[str]:
    return Counter(canonical({"event": each.name, "properties": each.properties}) for each in events)


def names_in(folder: Path) -> set[str]:
    """Everything in it, hidden files too."""
    return {each.name for each in folder.iterdir()}


def manifest_of(folder: Path) -> Any:
    return json.loads((folder / "manifest.json").read_bytes())


def events_in(folder: Path, *, stray: bool = False) -> Counter[str]:
    """The events in the files of its manifest, whose sizes and checksums must be right.

    Args:
        stray: allow files beside those, as while an export is running.
    """
    manifest = manifest_of(folder)
    if not stray:
        assert names_in(folder) == {"manifest.json", *(each["file"] for each in manifest["slices"])}
    found: Counter[str] = Counter()
    for each in manifest["slices"]:
        data = (folder / each["file"]).read_bytes()
        assert len(data) == each["bytes"]
        assert hashlib.sha256(data).hexdigest() == each["sha256"]
        text = gzip.decompress(data) if each["file"].endswith(".gz") else data
        lines = [canonical(json.loads(line)) for line in text.split(b"\n") if line]
        assert len(lines) == each["events"]
        assert len(text) == each["json_bytes"]
        found.update(lines)
    return found
