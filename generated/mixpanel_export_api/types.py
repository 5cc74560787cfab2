"""The value of an argument that is not given."""

from types import NoneType
from typing import TypeAlias

Unset: TypeAlias = NoneType
UNSET = None

__all__ = ["UNSET", "Unset"]
