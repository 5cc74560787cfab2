"""A store that serves exported events from the user's files.

See `event_files` for how the files are read. Files served in place must not change while the sandbox runs.
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
    """The events of exported files, within a day in the order of file names and lines.

    Nothing is kept decoded: every query reads the events again, so memory stays flat.

    Args:
        path: a file, or a folder of files.

    Raises:
        ConfigurationError: there are no files, or one is not an export; the message names the file and line.
    """

    def __init__(self, path: Path) -> None:
        self._spool = Spool()
        # Segments of plain files, once they have been compressed for a client.
        self._packed: dict[InPlace, Packed] = {}
        try:
            self._days = read_files(path, self._spool)
        except BaseException:
            self._spool.close()
            raise

    def close(self) -> None:
        """Delete the temporary files."""
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
        """Return the total size of `lines` in bytes."""
        return sum(segment.size for segment in self._segments(from_date, to_date))

    def gzipped(self, from_date: datetime.date, to_date: datetime.date) -> Iterator[bytes]:
        """Yield `lines` as one gzip stream, compressing each segment at most once."""
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
    """Profiles derived from exported events: an empty one for each distinct id.

    An export of events contains no profiles. They are collected on first use, which reads every event, and kept.
    """

    def __init__(self, events: FileEventStore) -> None:
        self._events = events

    @cached_property
    def _profiles(self) -> list[dict[str, Any]]:
        found: set[str] = set()
        for block in self._events.lines(datetime.date.min, datetime.date.max):
            ids = _distinct_ids(block)
            found.update(str(user) for user in ids if isinstance(user, str | int | float) and user != "")
        return [{"$distinct_id": user, "$properties": {}} for user in sorted(found)]

    def __len__(self) -> int:
        return len(self._profiles)

    @overload
    def __getitem__(self, index: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, index: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, index: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        return self._profiles[index]
