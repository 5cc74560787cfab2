"""Compare a directory's files with its manifest: their sizes, and on request their checksums."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor

from mixpanel_export.directory.filenames import path_of
from mixpanel_export.directory.manifest import ManifestSlice
from mixpanel_export.directory.storage import Storage
from mixpanel_export.http.cancellation import NOT_CANCELLABLE, Cancellation

__all__ = ["find_damaged"]

_READERS = 4


def find_damaged(
    storage: Storage,
    slices: Collection[ManifestSlice],
    *,
    checksums: bool,
    cancellation: Cancellation = NOT_CANCELLABLE,
) -> dict[str, str]:
    """Find the slices whose files differ from the manifest: the reasons by file name, such as "is missing".

    Args:
        checksums: read every file and compare its checksum, instead of its size alone.
        cancellation: interrupts the reading between two slices.
    """
    sizes = storage.sizes(path for entry in slices for path in entry.paths)

    def examine(entry: ManifestSlice) -> str | None:
        cancellation.check()
        return _damage_of(storage, entry, sizes, checksums)

    with ThreadPoolExecutor(_READERS, "mixpanel-export-verify") as readers:
        reasons = zip(slices, readers.map(examine, slices), strict=True)
        return {entry.file: reason for entry, reason in reasons if reason is not None}


def _damage_of(
    storage: Storage, entry: ManifestSlice, sizes: Mapping[str, int], checksums: bool
) -> str | None:
    for partition, contents in entry.files.items():
        path = path_of(entry.file, partition)
        which = f"(of {partition}) " if partition is not None else ""
        size = sizes.get(path)
        if size is None:
            return f"{which}is missing"
        if size != contents.bytes:
            return f"{which}has {size:,} bytes instead of {contents.bytes:,}"
        try:
            if checksums and storage.digest(path) != contents.sha256:
                return f"{which}has another checksum"
        except FileNotFoundError:
            return f"{which}is missing"
    return None
