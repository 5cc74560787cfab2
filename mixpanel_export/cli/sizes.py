"""Sizes as people write them: `256MB`, `1GiB`, `512M`, or a number of bytes. Every `--help` imports it."""

from __future__ import annotations

import re

import typer

__all__ = ["bytes_of"]

_SIZE = re.compile(r"(\d{1,15}(?:\.\d{1,9})?)\s*(?:([kmgt])(b|ib)?|b)?", re.ASCII | re.IGNORECASE)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


def bytes_of(text: str) -> int:
    """How many bytes that is: `MB` are powers of 1000, `MiB` and `M` of 1024.

    Raises:
        BadParameter: when it is no size.
    """
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise typer.BadParameter(
            f"{text!r} is no size; allowed is one such as 512MiB, 1.5GB or 268435456 (bytes)"
        )
    number, prefix, unit = match[1], (match[2] or "").lower(), (match[3] or "").lower()
    return int(float(number) * (1000 if unit == "b" else 1024) ** _POWERS[prefix])
