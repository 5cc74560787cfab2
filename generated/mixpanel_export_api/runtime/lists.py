"""Lists of an answer: of models, such as cohorts, or of plain values, such as the rows of a JQL query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from .frames import Frames
from .objects import Model, rows_of

T = TypeVar("T")


class Records(list[T], Frames):
    """A list that can become rows and data frames."""

    def __init__(self, items: Iterable[T] = (), model: type[Model] | None = None) -> None:
        super().__init__(items)
        self._model = model

    def to_rows(self) -> list[dict[str, Any]]:
        """Return a row for each item: the fields of an object, or else the item as `value`."""
        return rows_of(self)

    def _frame_layout(self) -> Mapping[str, Any]:
        return {"columns": [*self._model._fields] if self._model else ["value"]}
