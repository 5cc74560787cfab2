"""The file formats and layouts of an export, and the checks of their names."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Literal, get_args

from mixpanel_export.errors import InvalidArgumentError

LinesFormat = Literal["jsonl", "jsonl.gz"]


FileFormat = Literal["jsonl", "jsonl.gz", "parquet", "csv"]

FORMATS: tuple[str, ...] = get_args(FileFormat)

_LINES: tuple[str, ...] = get_args(LinesFormat)


def format_of(path: Path, known: Collection[str] = _LINES) -> Any:
    """The format that a file's name says, if it says one that is known; by default, one of lines."""
    name = path.name.lower()
    return next((each for each in known if name.endswith(f".{each}")), None)


def format_for(path: Path, given: str | None, known: Collection[str] = _LINES) -> Any:
    """The format of a file: the one that is given, the one that its name says, or else gzip.

    Raises:
        InvalidArgumentError: when it is not known, or the name says another one.
    """
    if given is not None:
        check_format(given, known)
    named = format_of(path, known)
    if None not in (given, named) and given != named:
        raise InvalidArgumentError(
            "format", given, f"the output's name, {path.name}, says {named}; make them agree"
        )
    return given or named or "jsonl.gz"


def check_format(file_format: str, known: Collection[str] = _LINES) -> None:
    """Refuse a format that is not known; by default, all but those of lines."""
    if file_format not in known:
        allowed = ", ".join(map(repr, known))
        raise InvalidArgumentError("format", file_format, f"allowed are {allowed}")


Layout = Literal["wide", "json"]


PartitionBy = Literal["date"]


Columns = tuple[Mapping[str, str], ...]

COLUMNAR: Collection[str] = ("parquet", "csv")


"""The formats that have columns, and so a layout."""


def check_columnar(format: str, layout: str | None, partition_by: str | None) -> None:
    """Refuse a layout or partitions that are not known, or that the format does not have."""
    for name, value, known in (
        ("layout", layout, get_args(Layout)),
        ("partition_by", partition_by, get_args(PartitionBy)),
    ):
        if value is None:
            continue
        if value not in known:
            raise InvalidArgumentError(name, value, f"allowed are {', '.join(map(repr, known))}")
        if format not in COLUMNAR:
            raise InvalidArgumentError(
                name, value, f"it goes with the formats {' and '.join(COLUMNAR)}; this export's is {format}"
            )


def fingerprint_of(columns: Columns) -> str:
    """A short text that is another for other columns."""
    text = json.dumps([dict(each) for each in columns], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
