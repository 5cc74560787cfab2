"""The base class of models that are maps."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import TypeVar

V_co = TypeVar("V_co", covariant=True)


class Map(Mapping[str, V_co]):
    """A model that is a mapping. A key that is a date can be given as a `datetime.date`."""

    __slots__ = ()

    additional_properties: dict[str, V_co]

    def __getitem__(self, key: str | datetime.date) -> V_co:
        return self.additional_properties[str(key)]

    def __iter__(self) -> Iterator[str]:
        return iter(self.additional_properties)

    def __len__(self) -> int:
        return len(self.additional_properties)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str | datetime.date) and str(key) in self.additional_properties
