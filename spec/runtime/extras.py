"""Optional libraries: the error for a missing one."""

from __future__ import annotations

from collections.abc import Callable


class MissingLibraryError(ImportError):
    """An optional library is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(
            f"{what} needs a package that is not installed: pip install 'mixpanel-export-sdk[{extra}]'"
        )


_make: Callable[[str, str], ImportError] = MissingLibraryError


def raise_as(make: Callable[[str, str], ImportError]) -> None:
    """Set the error to raise for a missing library, made from what needs it and the name of the extra."""
    global _make  # noqa: PLW0603
    _make = make


def missing(what: str, extra: str) -> ImportError:
    """Return the error for a missing library."""
    return _make(what, extra)
