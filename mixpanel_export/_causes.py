"""Walk the chain of an exception's causes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

__all__ = ["causes_of"]


def causes_of(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and its causes, outermost first, each once; of a group, the members too."""
    return _walk(error, set())


def _walk(error: BaseException | None, seen: set[int]) -> Iterator[BaseException]:
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        if isinstance(error, BaseExceptionGroup):
            for part in cast("BaseExceptionGroup[BaseException]", error).exceptions:
                yield from _walk(part, seen)
        error = error.__cause__ or error.__context__
