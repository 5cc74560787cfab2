"""The message of an interrupted export to a directory: how many of its days were saved."""

from __future__ import annotations

import contextlib
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

from mixpanel_export.directory.local import LocalStorage
from mixpanel_export.errors import MixpanelError

if TYPE_CHECKING:
    from mixpanel_export import Progress
    from mixpanel_export.download.progress import ProgressListener

__all__ = ["explaining_interrupts"]


@contextlib.contextmanager
def explaining_interrupts(path: Path | str, progress: ProgressListener | None) -> Generator[ProgressListener]:
    """Give an interrupt a message with the number of days that are saved.

    Args:
        path: the directory, or the URL of an object store, which is not read again.
        progress: the listener of the command.

    Yields:
        The listener to use instead.
    """
    before = _days(path)
    total = 0

    def listener(totals: Progress) -> None:
        nonlocal total
        total = totals.days
        if progress is not None:
            progress(totals)

    try:
        yield listener
    except KeyboardInterrupt:
        after = _days(path)
        if after is None or not total:
            raise KeyboardInterrupt("run the same command to resume") from None
        saved = sum(days for file, days in after.items() if file not in (before or {}))
        raise KeyboardInterrupt(f"{saved} of {total} days saved; run the same command to resume") from None


def _days(path: Path | str) -> dict[str, int] | None:
    """Return the number of days in each file of the manifest; they count as saved once it is listed there."""
    if isinstance(path, str):
        return None
    try:
        manifest = LocalStorage(path).read_manifest()
    except (MixpanelError, OSError):
        return None
    return {} if manifest is None else {entry.file: entry.slice_.days for entry in manifest.slices}
