"""The entries of a manifest: the complete slices, their files and checksums. See `manifest`."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping
from typing import Annotated

import msgspec
from attrs import evolve, frozen

from mixpanel_export.directory.filenames import path_of
from mixpanel_export.download.plan import Slice

__all__ = ["Contents", "Malformed", "ManifestSlice", "Partition"]

# Bounds for the sums, too: they fit in 64 bits.
_Count = Annotated[int, msgspec.Meta(ge=0, le=1 << 53)]
_Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
_Moment = Annotated[datetime.datetime, msgspec.Meta(tz=True)]


@frozen
class Contents:
    """The number of events in a file, its size, and the SHA-256 of its bytes."""

    events: _Count
    bytes: _Count
    sha256: _Digest


@frozen(kw_only=True)
class Partition(Contents):
    """The file of one partition of a slice.

    Attributes:
        value: the day, or `__HIVE_DEFAULT_PARTITION__`.
    """

    value: str


@frozen
class Malformed:
    """The file of a slice's lines that are not events: their number, its size, and the SHA-256 of its bytes."""

    file: str
    lines: _Count
    bytes: _Count
    sha256: _Digest


@frozen
class ManifestSlice:
    """A complete slice, and its file, or its files by partition.

    Attributes:
        file: the file's name, in the directory of the manifest, or in the folder of each partition there.
        from_date: the first day.
        to_date: the last day, included.
        events: the number of events.
        bytes: the total size of the files.
        json_bytes: the size of the JSON Lines received, decompressed.
        sha256: of the file's bytes; with partitions, of their digests one after another, as bytes.
        fetched_at: when the slice was complete.
        dropped: the number of duplicates left out; 0 without `deduplicate`.
        partitions: the files by partition, in order; empty when the slice is one file.
        schema: a fingerprint of the manifest columns that the files are known to be written with; None in formats
            without columns, and when it is not known.
        proof: the proof that the response was whole: `gzip`, for its trailer; `length` or `chunked`, for HTTP's own
            framing; `none`, with `allow_unproved`. None in manifests of earlier versions.
        malformed: the file of the lines that were left out because they are not events; None without any.
    """

    file: str
    from_date: datetime.date
    to_date: datetime.date
    events: _Count
    bytes: _Count
    json_bytes: _Count
    sha256: _Digest
    fetched_at: _Moment
    dropped: _Count = 0
    partitions: tuple[Partition, ...] = ()
    schema: str | None = None
    proof: str | None = None
    malformed: Malformed | None = None

    def with_files(self, name: str, contents: Mapping[str | None, Contents]) -> ManifestSlice:
        """Return the slice with these files of this name, by partition; None stands for a single file."""
        single = contents.get(None)
        partitions = [
            Partition(value=value, events=file.events, bytes=file.bytes, sha256=file.sha256)
            for value, file in contents.items()
            if value is not None
        ]
        partitions.sort(key=lambda partition: partition.value)
        digests = b"".join(bytes.fromhex(partition.sha256) for partition in partitions)
        return evolve(
            self,
            file=name,
            events=sum(file.events for file in contents.values()),
            bytes=sum(file.bytes for file in contents.values()),
            sha256=single.sha256 if single is not None else hashlib.sha256(digests).hexdigest(),
            partitions=tuple(partitions),
        )

    @property
    def slice_(self) -> Slice:
        """The days."""
        return Slice(self.from_date, self.to_date)

    @property
    def files(self) -> dict[str | None, Contents]:
        """The contents of each file, by partition; None stands for a single file."""
        if not self.partitions:
            return {None: Contents(self.events, self.bytes, self.sha256)}
        return {partition.value: partition for partition in self.partitions}

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of the files of events, relative to the directory."""
        return tuple(path_of(self.file, partition) for partition in self.files)

    @property
    def all_paths(self) -> tuple[str, ...]:
        """The paths of all files, that of malformed lines first, if there is one."""
        return self.paths if self.malformed is None else (self.malformed.file, *self.paths)
