"""Name the extra to install when an optional dependency is missing."""

from __future__ import annotations

import contextlib
from collections.abc import Generator

from mixpanel_export.errors import MissingExtraError

__all__ = ["needs_extra"]


@contextlib.contextmanager
def needs_extra(feature: str, extra: str) -> Generator[None]:
    """Turn a failed import into a MissingExtraError.

    Args:
        feature: the subject of the message, as in "A Polars data frame".
        extra: the extra that installs the dependency.
    """
    try:
        yield
    except ImportError as error:
        raise MissingExtraError(feature, extra) from error
