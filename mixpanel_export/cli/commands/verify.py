"""`mixpanel-export verify`: whether a directory's export is whole, found out without asking Mixpanel."""

from __future__ import annotations

import time
from pathlib import Path

from rich.filesize import decimal

from mixpanel_export.cli.output.summaries import pluralize
from mixpanel_export.cli.report import Reporter
from mixpanel_export.directory.filenames import FileName, name_of
from mixpanel_export.directory.local import LocalStorage
from mixpanel_export.directory.object_store import is_url, open_objects
from mixpanel_export.directory.remote import RemoteStorage
from mixpanel_export.directory.storage import MANIFEST, Storage
from mixpanel_export.errors import ExportError, InvalidArgumentError
from mixpanel_export.http.retry import RetryPolicy

__all__ = ["verify_directory"]


def verify_directory(reporter: Reporter, directory: str) -> None:
    """Print what a directory holds and what is wrong with it.

    Raises:
        InvalidArgumentError: when it has no manifest.
        ManifestError: when its manifest cannot be read.
        ExportError: when something is missing or damaged.
    """
    folder = _folder_at(directory)
    manifest = folder.read()
    if manifest is None:
        raise InvalidArgumentError(
            "DIRECTORY", directory, f"it has no {MANIFEST}; allowed is a folder that `events` has written"
        )
    damaged = folder.damaged(manifest.slices, checksums=True, check=lambda: None)
    gaps = manifest.gaps()
    unfinished = not manifest.is_complete and not gaps
    query = manifest.query
    print(f"Range: {query.from_date} to {query.to_date}")
    print(
        f"Listed: {pluralize(len(manifest.slices), 'file')}, {manifest.events:,} events, {decimal(manifest.size)}"
    )
    for each in gaps:
        print(f"Missing: {each}")
    for name, why in damaged.items():
        print(f"Damaged: {name} {why}")
    if unfinished:
        print("Unfinished: an update was interrupted")
    for path in sorted(folder.paths()):
        name = name_of(path)
        if name not in manifest.names and FileName.parse(name) is not None:
            reporter.note(f"{path} is not in the manifest")
    if gaps or damaged or unfinished:
        wrong = [pluralize(len(gaps), "range") + " missing"] if gaps else []
        wrong += [pluralize(len(damaged), "file") + " damaged"] if damaged else []
        wrong += ["an update is unfinished"] if unfinished else []
        raise ExportError(
            f"{directory} is not whole: {' and '.join(wrong)}. The `events` command that made it, "
            "with --verify, fetches that again"
        )
    print("Whole: every day is there, and every file has its size and checksum")


def _folder_at(directory: str) -> Storage:
    if not is_url(directory):
        return LocalStorage(Path(directory))
    return RemoteStorage(open_objects(directory, retry=RetryPolicy(), check=lambda: None, sleep=time.sleep))
