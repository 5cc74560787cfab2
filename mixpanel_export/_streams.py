"""Iterators that can become data frames: events and profiles as they arrive."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar, cast

from mixpanel_export.errors import CancelledError

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

__all__ = ["AsyncFrames", "AsyncStream", "Ending", "Frames", "Stream"]

T = TypeVar("T")


class Frames(Protocol):
    """The frames of a stream."""

    def to_pandas(self) -> pandas.DataFrame: ...
    def to_polars(self) -> polars.DataFrame: ...
    def to_arrow(self) -> pyarrow.Table: ...


class AsyncFrames(Protocol):
    """The frames of an asynchronous stream."""

    def to_pandas(self) -> Awaitable[pandas.DataFrame]: ...
    def to_polars(self) -> Awaitable[polars.DataFrame]: ...
    def to_arrow(self) -> Awaitable[pyarrow.Table]: ...


class Ending:
    """The end of an iteration: reading on after a failure or a close raises, instead of finding nothing.

    A generator iterates within `with ending:`.
    """

    def __init__(self) -> None:
        self._error: Exception | None = None
        self.is_complete: bool = False

    def check(self) -> None:
        """Raise the error that ended the iteration, or CancelledError if it was closed before its end."""
        if self._error is not None:
            raise self._error

    def close(self, error: BaseException | None = None) -> None:
        """Remember the first error; without one, that it was closed before its end."""
        if self._error is None and not self.is_complete:
            closed = CancelledError(
                "this stream was closed before its end; read it first, or make the same call again"
            )
            self._error = error if isinstance(error, Exception) else closed

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.is_complete = True
        else:
            self.close(error)


class Stream(Iterator[T], Generic[T]):
    """An iterator over events or profiles, which can also be loaded into a data frame.

    Iterate it, or call one of its methods; nothing is requested before. Closing or dropping it ends its requests.
    After a failure, reading on raises the same error again; after `close`, CancelledError.
    """

    def __init__(self, items: Iterator[T], frames: Callable[[], Frames], ending: Ending) -> None:
        self._items = items
        self._frames = frames
        self._ending = ending

    def __iter__(self) -> Iterator[T]:
        self._ending.check()
        # Not itself: that would cost a call for every event. A generator that failed only ends when it is read on.
        return itertools.chain(self._items, iter(self._ending.check, None))

    def __next__(self) -> T:
        self._ending.check()
        return next(self._items)

    def close(self) -> None:
        """End the requests."""
        cast("_Closable", self._items).close()
        self._ending.close()

    def to_pandas(self) -> pandas.DataFrame:
        """Request all items and return them as a pandas data frame; needs the extras `arrow` and `pandas`."""
        return self._frames().to_pandas()

    def to_polars(self) -> polars.DataFrame:
        """Request all items and return them as a Polars data frame; needs the extras `arrow` and `polars`."""
        return self._frames().to_polars()

    def to_arrow(self) -> pyarrow.Table:
        """Request all items and return them as an Arrow table; needs the extra `arrow`."""
        return self._frames().to_arrow()


class AsyncStream(AsyncIterator[T], Generic[T]):
    """The asynchronous twin of `Stream`: `async for`, or `await` one of its methods."""

    def __init__(self, items: AsyncIterator[T], frames: Callable[[], AsyncFrames], ending: Ending) -> None:
        self._items = items
        self._frames = frames
        self._ending = ending

    def __aiter__(self) -> AsyncIterator[T]:
        self._ending.check()
        return self._items

    async def __anext__(self) -> T:
        self._ending.check()
        return await anext(self._items)

    async def aclose(self) -> None:
        """End the requests."""
        await cast("_AsyncClosable", self._items).aclose()
        self._ending.close()

    async def to_pandas(self) -> pandas.DataFrame:
        """Request all items and return them as a pandas data frame; needs the extras `arrow` and `pandas`."""
        return await self._frames().to_pandas()

    async def to_polars(self) -> polars.DataFrame:
        """Request all items and return them as a Polars data frame; needs the extras `arrow` and `polars`."""
        return await self._frames().to_polars()

    async def to_arrow(self) -> pyarrow.Table:
        """Request all items and return them as an Arrow table; needs the extra `arrow`."""
        return await self._frames().to_arrow()


class _Closable(Protocol):
    def close(self) -> None: ...


class _AsyncClosable(Protocol):
    async def aclose(self) -> None: ...
