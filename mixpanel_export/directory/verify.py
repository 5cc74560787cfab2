"""Compare a directory's files with its manifest: their sizes, and on request their contents."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Protocol

from mixpanel_export._worker import Workers
from mixpanel_export.directory.filenames import path_of
from mixpanel_export.directory.manifest import Contents, Malformed, ManifestSlice
from mixpanel_export.directory.storage import Storage
from mixpanel_export.errors import ExportError, MissingExtraError
from mixpanel_export.http.cancellation import NOT_CANCELLABLE, Cancellation
from mixpanel_export.records.verify import Verifier

__all__ = ["find_damaged"]

_READERS = 4
# The footer of a Parquet file with 2,000 columns takes about 0.2 MB for each row group.
_FOOTER_BYTES = 16 << 20


class _Digest(Protocol):
    """The part of a hashlib digest that is fed."""

    def update(self, data: bytes, /) -> None: ...


def find_damaged(
    storage: Storage,
    slices: Collection[ManifestSlice],
    format: str,
    *,
    read: bool,
    cancellation: Cancellation = NOT_CANCELLABLE,
) -> dict[str, str]:
    """Find the slices whose files differ from the manifest: the reasons by file name, such as "is missing".

    Args:
        format: the format of the files.
        read: read every file, instead of looking at its size alone: compare its checksum, count its events, and in
            formats of lines parse every line. The rows of Parquet are counted where pyarrow is installed.
        cancellation: interrupts the reading.
    """
    sizes = storage.sizes(path for entry in slices for path in entry.all_paths)
    reader = _Reader(storage, format, cancellation) if read else None

    def examine(entry: ManifestSlice) -> str | None:
        cancellation.check()
        return _damage_of(entry, sizes, reader)

    with Workers(_READERS, "verify") as readers:
        reasons = zip(slices, readers.map(examine, slices), strict=True)
        return {entry.file: reason for entry, reason in reasons if reason is not None}


def _damage_of(entry: ManifestSlice, sizes: Mapping[str, int], reader: _Reader | None) -> str | None:
    files: dict[str, tuple[str, Contents | Malformed]] = {
        path_of(entry.file, partition): (f"(of {partition}) " if partition is not None else "", contents)
        for partition, contents in entry.files.items()
    }
    if entry.malformed is not None:
        files[entry.malformed.file] = ("(its malformed lines) ", entry.malformed)
    for path, (which, contents) in files.items():
        size = sizes.get(path)
        if size is None:
            return f"{which}is missing"
        if size != contents.bytes:
            return f"{which}has {size:,} bytes instead of {contents.bytes:,}"
        if reader is not None and (damage := reader.damage_of(path, contents)) is not None:
            return f"{which}{damage}"
    return None


class _Reader:
    """Reads files and compares them with their contents in the manifest."""

    def __init__(self, storage: Storage, format: str, cancellation: Cancellation) -> None:
        self._storage = storage
        self._format = format
        self._cancellation = cancellation

    def damage_of(self, path: str, contents: Contents | Malformed) -> str | None:
        digest = hashlib.sha256()
        try:
            found = self._count(path, contents, digest)
        except FileNotFoundError:
            return "is missing"
        except ExportError as error:
            self._cancellation.check()
            # Read it again to the end: a damaged file is more likely than a line that never was an event.
            if self._digest_of(path) == contents.sha256:
                return f"does not hold events only: {error}"
            return "does not match its checksum"
        if digest.hexdigest() != contents.sha256:
            return "does not match its checksum"
        expected, noun = (
            (contents.lines, "lines") if isinstance(contents, Malformed) else (contents.events, "events")
        )
        if found is not None and found != expected:
            return f"has {found:,} {noun} instead of {expected:,}"
        return None

    def _count(self, path: str, contents: Contents | Malformed, digest: _Digest) -> int | None:
        """Read a file and count its events or lines; None if they cannot be counted."""
        chunks = self._chunks(path, digest)
        if isinstance(contents, Malformed):
            return sum(chunk.count(b"\n") for chunk in chunks)
        if self._format in ("jsonl", "jsonl.gz"):
            encoding = "gzip" if self._format == "jsonl.gz" else ""
            verifier = Verifier("", encoding, check="json", source=path, max_line=sys.maxsize)
            for chunk in chunks:
                verifier.feed(chunk)
            return verifier.finish().events
        return _csv_rows(chunks) if self._format == "csv" else _parquet_rows(chunks)

    def _digest_of(self, path: str) -> str:
        digest = hashlib.sha256()
        for _ in self._chunks(path, digest):
            pass
        return digest.hexdigest()

    def _chunks(self, path: str, digest: _Digest) -> Iterator[bytes]:
        for chunk in self._storage.chunks(path):
            self._cancellation.check()
            digest.update(chunk)
            yield chunk


def _csv_rows(chunks: Iterable[bytes]) -> int:
    """Count the rows below the header; a line break inside quotes ends none."""
    rows, is_quoted = -1, False
    for chunk in chunks:
        for number, part in enumerate(chunk.split(b'"')):
            # A quote inside a text is doubled, so that it changes nothing.
            is_quoted ^= number > 0
            if not is_quoted:
                rows += part.count(b"\n")
    return max(rows, 0)


def _parquet_rows(chunks: Iterable[bytes]) -> int | None:
    """Return the number of rows that the footer states; None without pyarrow, and for a footer of extreme size."""
    tail = bytearray()
    for chunk in chunks:
        tail += chunk
        del tail[:-_FOOTER_BYTES]
    try:
        from mixpanel_export.columns.writers import rows_in_footer
    except MissingExtraError:
        return None
    footer = int.from_bytes(tail[-8:-4], "little") + 8
    if footer > _FOOTER_BYTES and tail.endswith(b"PAR1"):
        return None
    return rows_in_footer(bytes(tail[-footer:]))
