"""The manifest of a directory export, as data: its slices, their files and checksums, and the days still missing.

Pure; `Storage` reads and writes the file. A manifest is the one source of truth of a directory: the slices that it
lists are complete, and a crash leaves only the files that it announces (`pending`, `obsolete`, `rewriting`).
"""

from __future__ import annotations

import datetime
import functools
import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from typing import Self

import msgspec
from attrs import asdict, evolve, frozen

from mixpanel_export._formats import COLUMNAR, Columns, fingerprint_of
from mixpanel_export.directory.filenames import (
    FileName,
    is_partition,
    malformed_name,
    name_of,
    path_of,
    with_malformed,
)
from mixpanel_export.directory.query import Query
from mixpanel_export.download.plan import Slice
from mixpanel_export.errors import ManifestError

__all__ = ["Contents", "Malformed", "Manifest", "ManifestSlice", "Partition"]

VERSION = 1
_DAY = datetime.timedelta(days=1)


@frozen
class Contents:
    """The number of events in a file, its size, and the SHA-256 of its bytes."""

    events: int
    bytes: int
    sha256: str


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
    lines: int
    bytes: int
    sha256: str


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
    events: int
    bytes: int
    json_bytes: int
    sha256: str
    fetched_at: datetime.datetime
    dropped: int = 0
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


@frozen
class Manifest:
    """The contents of a directory. Immutable: each change returns a new one.

    Attributes:
        query: the query whose events the directory holds once it is complete.
        slices: the complete slices, by day.
        pending: the names of the files still to be made; each name states its days.
        obsolete: the names of files that were replaced or dropped, and are being removed.
        columns: the columns found so far, in formats that have any: their names, properties and kinds.
        rewriting: the names of files being made from complete ones whose schema is out of date.
    """

    query: Query
    slices: tuple[ManifestSlice, ...] = ()
    pending: tuple[str, ...] = ()
    obsolete: tuple[str, ...] = ()
    columns: Columns = ()
    rewriting: tuple[str, ...] = ()
    version: int = VERSION

    @classmethod
    def from_json(cls, text: bytes) -> Self:
        """Parse a manifest.

        Raises:
            ManifestError: when it is damaged, or was written by a later version of this package.
        """
        try:
            version = msgspec.json.decode(text, type=_Version).version
            if version > VERSION:
                raise ManifestError(
                    f"it has version {version}, and this package reads up to version {VERSION}; upgrade "
                    "mixpanel-export-sdk"
                )
            manifest = msgspec.json.decode(text, type=cls)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise ManifestError(f"it is damaged ({error})") from error
        manifest._check()
        return manifest

    def to_json(self) -> bytes:
        """Return the manifest as indented JSON, its keys always in the same order."""
        query = asdict(self.query)
        # Manifests that do without these can be read by earlier versions.
        for name, usual in (
            ("fields", None),
            ("exclude", None),
            ("on_malformed", "raise"),
            ("column_names", "exact"),
        ):
            if query[name] == usual:
                del query[name]
        ordered = {
            "version": self.version,
            "complete": self.is_complete,
            "events": self.events,
            "bytes": self.size,
            "query": msgspec.Raw(_json(query)),
            "slices": [msgspec.Raw(_slice_json(entry)) for entry in self.slices],
            "pending": self.pending,
            "obsolete": self.obsolete,
            "columns": self.columns,
            "rewriting": self.rewriting,
        }
        # json itself takes four times as long with an indent.
        return msgspec.json.format(msgspec.json.encode(ordered), indent=2) + b"\n"

    @property
    def events(self) -> int:
        """The number of events in all slices."""
        return sum(entry.events for entry in self.slices)

    @property
    def malformed(self) -> int:
        """The number of lines that were left out because they are not events."""
        return sum(entry.malformed.lines for entry in self.slices if entry.malformed is not None)

    @property
    def size(self) -> int:
        """The total size of the files of events, in bytes."""
        return sum(entry.bytes for entry in self.slices)

    @property
    def is_complete(self) -> bool:
        """True when every day is there, and every file has the final schema."""
        return not self.pending and not self.gaps() and not self.stale()

    @property
    def names(self) -> set[str]:
        """Every file name in the manifest, listed or announced."""
        listed = {name_of(path) for entry in self.slices for path in entry.all_paths}
        return listed | self.transient_names

    @property
    def transient_names(self) -> set[str]:
        """The names of files that may be in the directory without being listed."""
        return with_malformed({*self.pending, *self.rewriting, *self.obsolete})

    @property
    def paths(self) -> set[str]:
        """The paths of the listed files, relative to the directory."""
        return {path for entry in self.slices for path in entry.all_paths}

    def stale(self) -> list[ManifestSlice]:
        """Return the slices that are not known to be written with all columns."""
        if self.query.format not in COLUMNAR:
            return []
        current = fingerprint_of(self.columns)
        return [entry for entry in self.slices if entry.schema != current]

    def gaps(self) -> list[Slice]:
        """Return the ranges of days that no complete slice covers."""
        gaps: list[Slice] = []
        missing = self.query.from_date
        for entry in self.slices:
            if missing < entry.from_date:
                gaps.append(Slice(missing, entry.from_date - _DAY))
            missing = entry.to_date + _DAY
        if missing <= self.query.to_date:
            gaps.append(Slice(missing, self.query.to_date))
        return gaps

    def due(self) -> set[Slice]:
        """Return the complete slices that must be fetched again: those whose days a pending file has."""
        return {entry.slice_ for entry in self.slices} & set(self.pending_slices())

    def pending_slices(self) -> list[Slice]:
        """Return the days of the pending files."""
        names = map(FileName.parse, self.pending)
        return [name.slice_ for name in names if name is not None]

    def bytes_missing(self) -> int | None:
        """Estimate the bytes that the missing days take from the complete ones; None when none is complete."""
        days = sum(entry.slice_.days for entry in self.slices)
        missing = sum(gap.days for gap in self.gaps())
        return self.size * missing // days if days else None

    def without(self, names: Collection[str]) -> Manifest:
        """Return the manifest without these files, marked as obsolete."""
        kept = tuple(entry for entry in self.slices if entry.file not in names)
        return evolve(self, slices=kept, obsolete=tuple(sorted({*self.obsolete, *names})))

    def announcing(self, names: Iterable[str]) -> Manifest:
        """Return the manifest with these files pending, and nothing else announced."""
        return evolve(self, pending=tuple(names), obsolete=(), rewriting=())

    def committed(self, done: ManifestSlice) -> Manifest:
        """Return the manifest with one more complete slice, which replaces any that has the same days."""
        days = done.from_date, done.to_date
        replaced = {entry.file for entry in self.slices if (entry.from_date, entry.to_date) == days}
        kept = [entry for entry in self.slices if entry.file not in replaced]
        return evolve(
            self,
            slices=tuple(sorted([*kept, done], key=lambda entry: entry.from_date)),
            pending=tuple(name for name in self.pending if name != done.file),
            rewriting=tuple(name for name in self.rewriting if name != done.file),
            obsolete=tuple(sorted({*self.obsolete, *replaced} - {done.file})),
        )

    def _check(self) -> None:
        """Raise ManifestError for names and days that no export writes: a name could lead to a file elsewhere."""
        for name in self.names:
            if FileName.parse(name) is None:
                raise ManifestError(f"it is damaged ({name!r} is not the name of a slice's file)")
        last = self.query.from_date - _DAY
        for entry in self.slices:
            values = [partition.value for partition in entry.partitions]
            if len(set(values)) < len(values) or not all(map(is_partition, values)):
                raise ManifestError(f"it is damaged (the partitions of {entry.file} are not valid)")
            if not last < entry.from_date <= entry.to_date <= self.query.to_date:
                raise ManifestError(
                    f"it is damaged (the slice {entry.file} overlaps another, or is outside the range)"
                )
            if entry.malformed is not None and entry.malformed.file != malformed_name(entry.file):
                raise ManifestError(f"it is damaged ({entry.malformed.file!r} is not beside {entry.file})")
            last = entry.to_date


class _Version(msgspec.Struct):
    version: int


# The manifest is written once for each slice, so the entry of a slice is kept.
@functools.lru_cache(maxsize=1 << 14)
def _slice_json(entry: ManifestSlice) -> bytes:
    data = asdict(entry)
    for name in ("proof", "malformed"):
        if data[name] is None:
            del data[name]
    return _json(data)


def _json(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False, default=_as_text).encode()


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime.date) else str(value)
