"""The manifest of a directory export, as data: its slices, their files and checksums, and the days still missing.

Pure; `Storage` reads and writes the file. A manifest is the one source of truth of a directory: the slices that it
lists are complete, and a crash leaves only the files that it announces (`pending`, `obsolete`, `rewriting`).
"""

from __future__ import annotations

import datetime
import functools
import json
from collections.abc import Collection, Iterable
from typing import Annotated, Self

import msgspec
from attrs import asdict, evolve, frozen

from mixpanel_export._formats import COLUMNAR, Columns, fingerprint_of
from mixpanel_export.directory.entries import Contents, Malformed, ManifestSlice, Partition
from mixpanel_export.directory.filenames import FileName, name_of, with_malformed
from mixpanel_export.directory.query import Query
from mixpanel_export.directory.validate import validate
from mixpanel_export.download.plan import Slice, gaps_between
from mixpanel_export.errors import ManifestError

__all__ = ["RESTORE", "Contents", "Malformed", "Manifest", "ManifestSlice", "Partition"]

VERSION = 1
RESTORE = "Restore it, export to another directory, or replace this export with overwrite"
"""The advice for a manifest that cannot be used."""


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
            validate(manifest.query, manifest.slices, manifest.columns, manifest.transient_names)
        except (msgspec.MsgspecError, UnicodeDecodeError, ValueError, RecursionError) as error:
            raise ManifestError(f"it is damaged ({error})") from error
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
            ("columns", None),
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
        return gaps_between(self.slices, self.query.from_date, self.query.to_date)

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


class _Version(msgspec.Struct):
    version: Annotated[int, msgspec.Meta(ge=1)]


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
