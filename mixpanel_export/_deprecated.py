"""Old names that keep working for one release, each with a DeprecationWarning."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any, TypeVar

__all__ = ["renamed_attributes", "warn_renamed"]

T = TypeVar("T")


def warn_renamed(old: str, new: str, stacklevel: int = 3) -> None:
    """Warn that `old` is now called `new`; `stacklevel` counts from this function's caller."""
    warnings.warn(f"{old} is now called {new}", DeprecationWarning, stacklevel=stacklevel)


def renamed_attributes(**names: str) -> Callable[[type[T]], type[T]]:
    """Keep the old names of a class's attributes, as arguments and as properties.

    Args:
        names: the new name of each old one, as in `longest_wait="max_wait"`.
    """

    def decorate(cls: type[T]) -> type[T]:
        initialize: Callable[..., None] = cls.__init__

        @functools.wraps(initialize)
        def __init__(self: T, *args: Any, **kwargs: Any) -> None:  # noqa: N807
            for old, new in names.items():
                if old in kwargs:
                    warn_renamed(f"{cls.__name__}({old}=…)", f"{new}=…")
                    kwargs[new] = kwargs.pop(old)
            initialize(self, *args, **kwargs)

        setattr(cls, "__init__", __init__)  # noqa: B010
        for old, new in names.items():
            setattr(cls, old, _alias(cls.__name__, old, new))
        return cls

    return decorate


def _alias(owner: str, old: str, new: str) -> property:
    def read(self: object) -> Any:
        warn_renamed(f"{owner}.{old}", new)
        return getattr(self, new)

    return property(read, doc=f"Deprecated: use `{new}`.")
