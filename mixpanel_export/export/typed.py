"""Streams of typed events, which report the values that did not fit. See `records.typed_decode`."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, TypeVar

from mixpanel_export._streams import AsyncFrames, AsyncStream, Ending, Frames, Stream
from mixpanel_export._text import shortened, visible
from mixpanel_export.download.job import ExportJob, FetchOptions
from mixpanel_export.download.progress import ProgressListener
from mixpanel_export.records.decode import EventDecoder
from mixpanel_export.records.typed import Into
from mixpanel_export.records.typed_decode import EventTypes, Misfit, Misfits, Readers, TypedDecoder

__all__ = ["AsyncTypedStream", "EventsOptions", "TypedReader", "TypedStream"]

T = TypeVar("T")

_logger = logging.getLogger("mixpanel_export")


class EventsOptions(FetchOptions, total=False):
    """The optional arguments of `Export.events`."""

    ordered: bool
    progress: ProgressListener | None


# More lines would bury the log.
_MOST_REPORTED = 50


class TypedStream(Stream[T]):
    """An iterator over typed events; see `Stream` for its other methods."""

    def __init__(
        self, items: Iterator[T], frames: Callable[[], Frames], ending: Ending, misfits: Misfits
    ) -> None:
        super().__init__(items, frames, ending)
        self._misfits = misfits

    @property
    def misfits(self) -> tuple[Misfit, ...]:
        """The properties whose values did not fit their types so far; all of them at the end."""
        return self._misfits.listed()


class AsyncTypedStream(AsyncStream[T]):
    """The asynchronous twin of `TypedStream`."""

    def __init__(
        self, items: AsyncIterator[T], frames: Callable[[], AsyncFrames], ending: Ending, misfits: Misfits
    ) -> None:
        super().__init__(items, frames, ending)
        self._misfits = misfits

    @property
    def misfits(self) -> tuple[Misfit, ...]:
        """The properties whose values did not fit their types so far; all of them at the end."""
        return self._misfits.listed()


class TypedReader:
    """Reads the events of one export into classes, and reports the values that did not fit.

    Args:
        into: the argument of `Export.events`.

    Raises:
        InvalidArgumentError: when it holds no classes of events, or one requires a property that is left out.
    """

    def __init__(self, into: Into[Any], job: ExportJob) -> None:
        types = EventTypes.of(into, job.fields, job.exclude)
        self._readers = Readers.of(types, job.context.zone, job.ticks)
        self._job = job
        self._misfits = Misfits()
        self._is_reported = False

    def decode_with(self, decoder: EventDecoder) -> Callable[[bytes, int | None], list[Any]]:
        """Return the function that decodes blocks of lines, by way of a decoder of plain events."""
        job = self._job
        return TypedDecoder(
            decoder,
            self._readers,
            self._misfits,
            event_class=job.event_type,
        ).decode

    def report(self) -> None:
        """Log each property whose values did not fit, once; later calls do nothing."""
        if not self._is_reported:
            self._is_reported = True
            _report(self._misfits)

    def stream(self, events: Iterator[T], frames: Callable[[], Frames], ending: Ending) -> TypedStream[T]:
        """Return the stream of these events."""
        return TypedStream(events, frames, ending, self._misfits)

    def async_stream(
        self, events: AsyncIterator[T], frames: Callable[[], AsyncFrames], ending: Ending
    ) -> AsyncTypedStream[T]:
        """Return the asynchronous stream of these events."""
        return AsyncTypedStream(events, frames, ending, self._misfits)


def _report(misfits: Misfits) -> None:
    """Log each property whose values did not fit, once."""
    listed = misfits.listed()
    for misfit in listed[:_MOST_REPORTED]:
        _logger.warning(
            "%s: the property %s should be %s, but was %s in %s, delivered as Event; generate the types again to "
            "include this",
            shortened(visible(misfit.event), 80),
            shortened(visible(misfit.property), 80),
            misfit.expected,
            " or ".join(misfit.found),
            "1 event" if misfit.count == 1 else f"{misfit.count:,} events",
        )
    if len(listed) > _MOST_REPORTED:
        _logger.warning("%s more properties did not fit their types", f"{len(listed) - _MOST_REPORTED:,}")
