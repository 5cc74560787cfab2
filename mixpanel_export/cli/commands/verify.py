"""`mixpanel-export verify`: whether a directory's export is whole, found out without asking Mixpanel."""

from __future__ import annotations

from rich.filesize import decimal

from mixpanel_export.cli.output.summaries import pluralize
from mixpanel_export.cli.report import Reporter
from mixpanel_export.directory.destination import open_storage
from mixpanel_export.directory.filenames import MANIFEST, FileName, name_of
from mixpanel_export.directory.verify import find_damaged
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
    storage = open_storage(directory, retry=RetryPolicy())
    manifest = storage.read_manifest()
    if manifest is None:
        raise InvalidArgumentError(
            "DIRECTORY", directory, f"it has no {MANIFEST}; allowed is a folder that `events` has written"
        )
    damaged = find_damaged(storage, manifest.slices, checksums=True)
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
    for path in sorted(storage.paths()):
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
