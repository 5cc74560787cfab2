"""Validators of settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mixpanel_export.errors import ConfigurationError

__all__ = ["at_least"]


def at_least(least: int, kind: type[int | float] = float) -> Callable[[object, Any, object], None]:
    """Return attrs' validator of a number that is not less; None is allowed where it is the default.

    Args:
        kind: `int` for whole numbers only.
    """
    words = "an integer" if kind is int else "a number"

    def check(instance: object, attribute: Any, value: object) -> None:
        if value is None and attribute.default is None:
            return
        is_number = isinstance(value, int if kind is int else (int, float)) and not isinstance(value, bool)
        if not is_number or not value >= least:  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue]
            raise ConfigurationError(attribute.name, f"expected {words} of at least {least}, got {value!r}")

    return check
