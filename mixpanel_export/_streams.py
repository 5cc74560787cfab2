"""Iterators that can become data frames: events and profiles as they arrive."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar, cast

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

__all__ = ["AsyncFrames", "AsyncStream", "Frames", "Stream"]

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


class Stream(Iterator[T], Generic[T]):
    """An iterator over events or profiles, which can also be loaded into a data frame.

    Iterate it, or call one of its methods; nothing is requested before. Closing or dropping it ends its requests.
    """

    def __init__(self, items: Iterator[T], frames: Callable[[], Frames]) -> None:
        self._items = items
        self._frames = frames

    def __iter__(self) -> Iterator[T]:
        # Not itself: that would cost a call for every event.
        return self._items

    def __next__(self) -> T:
        return next(self._items)

    def close(self) -> None:
        """End the requests."""
        cast("_Closable", self._items).close()

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

    def __init__(self, items: AsyncIterator[T], frames: Callable[[], AsyncFrames]) -> None:
        self._items = items
        self._frames = frames

    def __aiter__(self) -> AsyncIterator[T]:
        return self._items

    async def __anext__(self) -> T:
        return await anext(self._items)

    async def aclose(self) -> None:
        """End the requests."""
        await cast("_AsyncClosable", self._items).aclose()

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
