"""Where a sandbox's events are: JSON Lines by UTC day, and the same events decoded.

The interface is `EventStore`; endpoints know nothing else. Here it is kept in memory, for the sample data and
small fixtures; a store over files has only to answer the same three questions. Selecting events by name or
expression is the endpoints' business.
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
    """The events of a project. Days are UTC days of the property `time`; both ends are inclusive."""

    def days(self, from_date: datetime.date, to_date: datetime.date) -> Sequence[datetime.date]:
        """The days of the range that have events, in order."""
        ...

    def lines(self, from_date: datetime.date, to_date: datetime.date) -> Iterator[bytes]:
        """The encoded events, day by day, as blocks of whole lines, each ended by a line feed.

        A block is a whole day or, in a store too large for that, a part of one: what is held in memory
        at once is a block, and nothing else is served while one is filtered.
        """
        ...

    def events(self, from_date: datetime.date, to_date: datetime.date) -> Iterator[dict[str, Any]]:
        """The decoded events, `{"event": …, "properties": {…}}`. They may be shared: do not change them."""
        ...


@runtime_checkable
class PackedEventStore(EventStore, Protocol):
    """A store that also has its events compressed, so that they need not be for each answer."""

    def size(self, from_date: datetime.date, to_date: datetime.date) -> int:
        """How many bytes `lines` are, all together."""
        ...

    def gzipped(self, from_date: datetime.date, to_date: datetime.date) -> Iterator[bytes]:
        """What `lines` are, as one gzip stream in blocks."""
        ...


class InMemoryEventStore:
    """Events held in memory. Never changes once made, so sandboxes may share one."""

    def __init__(self, blocks: Mapping[datetime.date, bytes]) -> None:
        self._blocks = dict(sorted(blocks.items()))
        self._decoded: dict[datetime.date, list[dict[str, Any]]] = {}

    @classmethod
    def from_lines(cls, lines: Iterable[bytes]) -> InMemoryEventStore:
        """A store of encoded events in any order, one a line, with or without the line feed.

        Raises:
            msgspec.DecodeError: if a line is not an event whose `time` is a number of seconds.
        """
        decoder = msgspec.json.Decoder(_TimedEvent)
        bare = (line.strip(b" \t\r\n") for line in lines)
        return cls.from_timed_lines(
            (int(decoder.decode(line).properties.time), line) for line in bare if line
        )

    @classmethod
    def from_timed_lines(cls, timed: Iterable[tuple[int, bytes]]) -> InMemoryEventStore:
        """A store of (unix seconds, encoded event without line feed), in any order."""
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
