"""The value of an argument that is not given."""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["UNSET", "Unset"]

if TYPE_CHECKING:

    class Unset:
        """The type of an argument that is not given."""

    UNSET = Unset()
else:
    Unset, UNSET = type(None), None
