"""A store of a user's own exported events, served from their files.

Reading the files and finding the days in them is the business of `own_files`. A file that is served in place must
not change while the sandbox runs.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, overload

import msgspec

from mixpanel_export.sandbox.data.decode import decode_lines
from mixpanel_export.sandbox.data.event_files import InPlace, Segment, read_files
from mixpanel_export.sandbox.data.gzip_spool import Packed, Spool, gzip_stream

__all__ = ["DerivedProfiles", "FileEventStore"]


class FileEventStore:
    """The events of exported files. Within a day they come as they stand in the files, files by their names.

    Nothing is kept decoded: each question about events reads them again, and memory stays flat.

    Args:
        path: a file, or a folder of files.

    Raises:
        ConfigurationError: if there are no files, or one is not an export; it names the file and the line.
    """

    def __init__(self, path: Path) -> None:
        self._spool = Spool()
        # What was once compressed for a client; a plain file has no compressed form of its own.
        self._packed: dict[InPlace, Packed] = {}
        try:
            self._days = read_files(path, self._spool)
        except BaseException:
            self._spool.close()
            raise

    def close(self) -> None:
        """Remove what was kept in temporary files."""
        self._spool.close()

    def days(self, from_date: datetime.date, to_date: datetime.date) -> Sequence[datetime.date]:
        return [day for day in self._days if from_date <= day <= to_date]

    def lines(self, from_date: datetime.date, to_date: datetime.date) -> Iterator[bytes]:
        for segment in self._segments(from_date, to_date):
            yield segment.read() if isinstance(segment, InPlace) else self._spool.unpack(segment)

    def events(self, from_date: datetime.date, to_date: datetime.date) -> Iterator[dict[str, Any]]:
        for block in self.lines(from_date, to_date):
            yield from decode_lines(block)

    def size(self, from_date: datetime.date, to_date: datetime.date) -> int:
        """How many bytes `lines` are, all together."""
        return sum(segment.size for segment in self._segments(from_date, to_date))

    def gzipped(self, from_date: datetime.date, to_date: datetime.date) -> Iterator[bytes]:
        """What `lines` are, as one gzip stream; nothing is compressed twice."""
        return gzip_stream(self._spool, map(self._as_packed, self._segments(from_date, to_date)))

    def _segments(self, from_date: datetime.date, to_date: datetime.date) -> Iterator[Segment]:
        for day in self.days(from_date, to_date):
            yield from self._days[day]

    def _as_packed(self, segment: Segment) -> Packed:
        if isinstance(segment, Packed):
            return segment
        if segment not in self._packed:
            self._packed[segment] = self._spool.add(segment.read())
        return self._packed[segment]


class _Identified(msgspec.Struct, gc=False):
    distinct_id: Any = None


class _Identifiable(msgspec.Struct, gc=False):
    properties: _Identified


_IDENTIFIABLE = msgspec.json.Decoder(_Identifiable)


def _distinct_ids(block: bytes) -> list[Any]:
    try:
        return [event.properties.distinct_id for event in _IDENTIFIABLE.decode_lines(block)]
    except msgspec.DecodeError:
        return [event["properties"].get("distinct_id") for event in decode_lines(block)]


class DerivedProfiles(Sequence[dict[str, Any]]):
    """The profiles that go with exported events: a bare one, without properties, for each distinct id.

    An export of events holds no profiles. They are found when first asked for, which reads every event, and
    kept from then on.
    """

    def __init__(self, events: FileEventStore) -> None:
        self._events = events

    @cached_property
    def _profiles(self) -> list[dict[str, Any]]:
        found: set[str] = set()
        for block in self._events.lines(datetime.date.min, datetime.date.max):
            ids = _distinct_ids(block)
            found.update(str(each) for each in ids if isinstance(each, str | int | float) and each != "")
        return [{"$distinct_id": each, "$properties": {}} for each in sorted(found)]

    def __len__(self) -> int:
        return len(self._profiles)

    @overload
    def __getitem__(self, index: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, index: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, index: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        return self._profiles[index]
