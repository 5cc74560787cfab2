"""What a directory export holds, as data: its manifest, and the days still missing.

Pure; reading, writing and locking are `folder`'s business. The manifest is the one source of truth of a
directory: what it lists is complete, and what it announces (`pending`, `obsolete`) is all that a crash can leave.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Self

import msgspec
from attrs import asdict, evolve, fields, frozen

from mixpanel_export._formats import COLUMNAR, Columns, fingerprint_of
from mixpanel_export.directory.filenames import FileName, is_partition, path_of
from mixpanel_export.download.job import ExportJob
from mixpanel_export.download.plan import Slice
from mixpanel_export.errors import ManifestError

__all__ = ["Contents", "Manifest", "ManifestSlice", "Partition", "Query"]

VERSION = 1
_DAY = datetime.timedelta(days=1)


@frozen
class Query:
    """What a directory was asked to hold.

    Attributes:
        project_id: whose events; None when the credentials alone say.
        where: the expression's text.
        layout: how events become columns, `wide` or `json`; None for formats without columns.
        timezone: the time zone of the events' times, as far as the format depends on it.
        partition_by: what the files of a slice are divided by, `date` or nothing.
    """

    project_id: int | None
    from_date: datetime.date
    to_date: datetime.date
    format: str
    event: tuple[str, ...] | None = None
    where: str | None = None
    limit: int | None = None
    time_in_ms: bool = False
    bucket: str | None = None
    deduplicate: bool = False
    layout: str | None = None
    timezone: str = "UTC"
    partition_by: str | None = None

    @classmethod
    def of(
        cls, job: ExportJob, format: str, *, layout: str | None = None, partition_by: str | None = None
    ) -> Self:
        """The query of a checked job."""
        filters: Mapping[str, Any] = job.filters
        event, where = filters["event"], filters["where"]
        from_date, to_date = job.days
        return cls(
            project_id=job.context.project_id,
            from_date=from_date,
            to_date=to_date,
            format=format,
            event=tuple(event) if event is not None else None,
            where=where.to_expression() if hasattr(where, "to_expression") else where,
            limit=filters["limit"],
            time_in_ms=bool(filters["time_in_ms"]),
            bucket=filters["bucket"],
            deduplicate=job.deduplicate,
            layout=layout,
            timezone=job.context.zone.key if format in COLUMNAR else "UTC",
            partition_by=partition_by,
        )

    @property
    def filters(self) -> dict[str, Any]:
        """What narrows it down, as arguments of `ExportJob.make`."""
        event = list(self.event) if self.event is not None else None
        return {
            "event": event,
            "where": self.where,
            "limit": self.limit,
            "time_in_ms": self.time_in_ms or None,
            "bucket": self.bucket,
            "deduplicate": self.deduplicate,
        }

    def differences(self, other: Query) -> list[str]:
        """Each parameter in which another query differs from this one, in words."""
        found: list[str] = []
        for name in (attribute.name for attribute in fields(Query)):
            before, now = getattr(self, name), getattr(other, name)
            if name == "project_id" and None in (before, now):
                continue
            # Any of these names: their order does not matter.
            same = (
                sorted(set(before)) == sorted(set(now))
                if name == "event" and before and now
                else before == now
            )
            if not same:
                found.append(f"{name} is {_shown(before)} there, and {_shown(now)} here")
        return found


@frozen
class Contents:
    """What is known of one file: its events, its size and the SHA-256 of its bytes."""

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
class ManifestSlice:
    """A complete slice: its file, or its files by partition, and what is in them.

    Attributes:
        file: the file's name, in the directory of the manifest, or in the folder of each partition there.
        from_date: its first day.
        to_date: its last day, included.
        events: its events.
        bytes: its size in files.
        json_bytes: its size as JSON Lines, as it came, decompressed.
        sha256: of the file's bytes; with partitions, of their digests one after another, as bytes.
        fetched_at: when it was complete.
        dropped: duplicates left out, where that was asked for.
        partitions: its files by partition, in order; none when it is one file.
        schema: a fingerprint of the manifest's columns that it is known to be written for, in formats that
            have any.
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

    def holding(self, file: str, contents: Mapping[str | None, Contents]) -> ManifestSlice:
        """The same with these files of this name, by partition; None stands for a single one."""
        single = contents.get(None)
        partitions = [
            Partition(value=value, events=each.events, bytes=each.bytes, sha256=each.sha256)
            for value, each in contents.items()
            if value is not None
        ]
        partitions.sort(key=lambda each: each.value)
        digests = b"".join(bytes.fromhex(each.sha256) for each in partitions)
        return evolve(
            self,
            file=file,
            events=sum(each.events for each in contents.values()),
            bytes=sum(each.bytes for each in contents.values()),
            sha256=single.sha256 if single is not None else hashlib.sha256(digests).hexdigest(),
            partitions=tuple(partitions),
        )

    @property
    def piece(self) -> Slice:
        """Its days."""
        return Slice(self.from_date, self.to_date)

    @property
    def files(self) -> dict[str | None, Contents]:
        """What is known of its files, by partition; None stands for a single one."""
        if not self.partitions:
            return {None: Contents(self.events, self.bytes, self.sha256)}
        return {each.value: each for each in self.partitions}

    @property
    def paths(self) -> tuple[str, ...]:
        """Its files, relative to the directory."""
        return tuple(path_of(self.file, partition) for partition in self.files)


@frozen
class Manifest:
    """What a directory holds. Immutable: each change makes a new one.

    Attributes:
        query: what it is to hold when it is complete.
        slices: what is complete, by day.
        pending: the names of the files still to be made, each for the days that it says.
        obsolete: the names of files that are no longer part of it, and are being removed.
        columns: the columns known of a format that has any: their names, properties and kinds.
        rewriting: the names of files that are being made from complete ones, for all columns.
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
        """Read a manifest.

        Raises:
            ManifestError: when it is damaged, or of a later version of this package.
        """
        try:
            version = msgspec.json.decode(text, type=_Version).version
            if version > VERSION:
                raise ManifestError(
                    f"it is of version {version}, and this package knows {VERSION}; upgrade mixpanel-export-sdk"
                )
            manifest = msgspec.json.decode(text, type=cls)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise ManifestError(f"it is damaged ({error})") from error
        manifest._check()
        return manifest

    def to_json(self) -> bytes:
        """The manifest as text for people and programs, always in the same order."""
        # Of columns there may be thousands; they need no conversion.
        data = asdict(evolve(self, columns=())) | {"columns": self.columns}
        ordered = {
            "version": data.pop("version"),
            "complete": self.is_complete,
            "events": self.events,
            "bytes": self.size,
            **data,
        }
        text = json.dumps(ordered, ensure_ascii=False, default=_as_text)
        # json itself takes four times as long where it indents.
        return msgspec.json.format(text.encode(), indent=2) + b"\n"

    @property
    def events(self) -> int:
        """The events of its slices."""
        return sum(each.events for each in self.slices)

    @property
    def size(self) -> int:
        """The bytes of its files."""
        return sum(each.bytes for each in self.slices)

    @property
    def is_complete(self) -> bool:
        """Whether it holds all that it is to hold."""
        return not self.pending and not self.gaps() and not self.stale()

    @property
    def names(self) -> set[str]:
        """Every file name that it knows."""
        return {each.file for each in self.slices} | self.transient_names

    @property
    def transient_names(self) -> set[str]:
        """The names of files that may be there, and are not part of it."""
        return {*self.pending, *self.rewriting, *self.obsolete}

    @property
    def paths(self) -> set[str]:
        """The files that it lists, relative to the directory."""
        return {path for each in self.slices for path in each.paths}

    def stale(self) -> list[ManifestSlice]:
        """The slices that are not known to be written for all columns."""
        if self.query.format not in COLUMNAR:
            return []
        current = fingerprint_of(self.columns)
        return [each for each in self.slices if each.schema != current]

    def gaps(self) -> list[Slice]:
        """The ranges of days that no complete slice has."""
        gaps: list[Slice] = []
        missing = self.query.from_date
        for each in self.slices:
            if missing < each.from_date:
                gaps.append(Slice(missing, each.from_date - _DAY))
            missing = each.to_date + _DAY
        if missing <= self.query.to_date:
            gaps.append(Slice(missing, self.query.to_date))
        return gaps

    def due(self) -> set[Slice]:
        """The days of complete slices that are to be fetched again: the pending files say so."""
        return {each.piece for each in self.slices} & set(self.pending_pieces())

    def pending_pieces(self) -> list[Slice]:
        """The days of the pending files."""
        return [name.piece for each in self.pending if (name := FileName.parse(each))]

    def bytes_missing(self) -> int | None:
        """About how many bytes the missing days take, going by those that are complete; None if none is."""
        days = sum(each.piece.days for each in self.slices)
        missing = sum(each.days for each in self.gaps())
        return self.size * missing // days if days else None

    def without(self, names: Collection[str]) -> Manifest:
        """The same without these files, which are to be removed."""
        kept = tuple(each for each in self.slices if each.file not in names)
        return evolve(self, slices=kept, obsolete=tuple(sorted({*self.obsolete, *names})))

    def announcing(self, names: Iterable[str]) -> Manifest:
        """The same with these files to come."""
        return evolve(self, pending=tuple(names), obsolete=(), rewriting=())

    def committed(self, done: ManifestSlice) -> Manifest:
        """The same with one more slice, instead of one of the same days that it may have had."""
        replaced = {each.file for each in self.slices if each.piece == done.piece}
        kept = [each for each in self.slices if each.file not in replaced]
        return evolve(
            self,
            slices=tuple(sorted([*kept, done], key=lambda each: each.from_date)),
            pending=tuple(name for name in self.pending if name != done.file),
            rewriting=tuple(name for name in self.rewriting if name != done.file),
            obsolete=tuple(sorted({*self.obsolete, *replaced} - {done.file})),
        )

    def _check(self) -> None:
        """A name that was tampered with must not lead to a file elsewhere."""
        for name in self.names:
            if FileName.parse(name) is None:
                raise ManifestError(f"it is damaged ({name!r} is no name of a slice's file)")
        last = self.query.from_date - _DAY
        for each in self.slices:
            values = [partition.value for partition in each.partitions]
            if len(set(values)) < len(values) or not all(map(is_partition, values)):
                raise ManifestError(f"it is damaged (the partitions of {each.file} are none)")
            if not last < each.from_date <= each.to_date <= self.query.to_date:
                raise ManifestError(
                    f"it is damaged (the slice {each.file} overlaps or is outside of the range)"
                )
            last = each.to_date


class _Version(msgspec.Struct):
    version: int


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def _shown(value: object) -> str:
    if isinstance(value, datetime.date):
        return value.isoformat()
    return "not set" if value is None else json.dumps(value, ensure_ascii=False)
