"""`EventStore`: the interface to a sandbox's events, and its in-memory implementation.

Events are available as JSON Lines by UTC day, and decoded. The in-memory store holds the sample and small
fixtures; see `file_store` for the user's files. Endpoints select events by name or expression themselves.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, Protocol, runtime_checkable

import msgspec

__all__ = ["EventStore", "InMemoryEventStore", "PackedEventStore"]

_EPOCH_DAY = datetime.date(1970, 1, 1).toordinal()
_SECONDS_A_DAY = 86_400


class EventStore(Protocol):
    """The events of a project. Days are UTC days of the property `time`; ranges include both ends."""

    def days(self, from_date: datetime.date, to_date: datetime.date) -> Sequence[datetime.date]:
        """Return the days in the range that have events, in order."""
        ...

    def lines(self, from_date: datetime.date, to_date: datetime.date) -> Iterator[bytes]:
        """Yield the encoded events day by day, in blocks of whole lines, each ended by a line feed.

        A block is a day or, in a large store, part of one. One block is held in memory at a time, and
        filtering one blocks all other requests.
        """
        ...

    def events(self, from_date: datetime.date, to_date: datetime.date) -> Iterator[dict[str, Any]]:
        """Yield the decoded events, `{"event": …, "properties": {…}}`. They are shared: do not change them."""
        ...


@runtime_checkable
class PackedEventStore(EventStore, Protocol):
    """A store that also keeps its events compressed, to save compressing them for every response."""

    def size(self, from_date: datetime.date, to_date: datetime.date) -> int:
        """Return the total size of `lines` in bytes."""
        ...

    def gzipped(self, from_date: datetime.date, to_date: datetime.date) -> Iterator[bytes]:
        """Yield `lines` as one gzip stream."""
        ...


class InMemoryEventStore:
    """Events held in memory. Immutable, so sandboxes can share one."""

    def __init__(self, blocks: Mapping[datetime.date, bytes]) -> None:
        self._blocks = dict(sorted(blocks.items()))
        self._decoded: dict[datetime.date, list[dict[str, Any]]] = {}

    @classmethod
    def from_lines(cls, lines: Iterable[bytes]) -> InMemoryEventStore:
        """Return a store of encoded events in any order, one a line, with or without line feeds.

        Raises:
            msgspec.DecodeError: a line is not an event whose `time` is a number of seconds.
        """
        decoder = msgspec.json.Decoder(_TimedEvent)
        bare = (line.strip(b" \t\r\n") for line in lines)
        return cls.from_timed_lines(
            (int(decoder.decode(line).properties.time), line) for line in bare if line
        )

    @classmethod
    def from_timed_lines(cls, timed: Iterable[tuple[int, bytes]]) -> InMemoryEventStore:
        """Return a store of (unix seconds, encoded event without line feed) pairs in any order."""
        by_day: dict[int, list[bytes]] = {}
        for time, line in sorted(timed, key=itemgetter(0)):
            by_day.setdefault(time // _SECONDS_A_DAY, []).append(line)
        return cls(
            {
                datetime.date.fromordinal(_EPOCH_DAY + day): b"\n".join([*lines, b""])
                for day, lines in by_day.items()
            }
        )

    def days(self, from_date: datetime.date, to_date: datetime.date) -> Sequence[datetime.date]:
        return [day for day in self._blocks if from_date <= day <= to_date]

    def lines(self, from_date: datetime.date, to_date: datetime.date) -> Iterator[bytes]:
        for day in self.days(from_date, to_date):
            yield self._blocks[day]

    def events(self, from_date: datetime.date, to_date: datetime.date) -> Iterator[dict[str, Any]]:
        for day in self.days(from_date, to_date):
            if day not in self._decoded:
                self._decoded[day] = _EVENTS.decode_lines(self._blocks[day])
            yield from self._decoded[day]


class _Time(msgspec.Struct):
    time: int | float


class _TimedEvent(msgspec.Struct):
    properties: _Time


_EVENTS: msgspec.json.Decoder[dict[str, Any]] = msgspec.json.Decoder(dict[str, Any])
