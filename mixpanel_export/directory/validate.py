"""The rules that every manifest obeys, beyond the types of its values.

Pure. A manifest can come from anywhere: whatever uses one relies on these rules, and checks nothing again.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence

from mixpanel_export._formats import (
    FORMATS,
    KINDS,
    OTHERS_KIND,
    PINNED,
    Columns,
    check_columnar,
    check_format,
    fingerprint_of,
)
from mixpanel_export.directory.entries import ManifestSlice
from mixpanel_export.directory.filenames import FileName, is_partition, malformed_name, name_of
from mixpanel_export.directory.query import Query

__all__ = ["FIRST_YEAR", "validate"]

_DAY = datetime.timedelta(days=1)
# The days around a range, and a time in any time zone, are dates, too.
FIRST_YEAR, _LAST_YEAR = 2, 9998


def validate(
    query: Query, slices: Sequence[ManifestSlice], columns: Columns, announced: Collection[str]
) -> None:
    """Refuse what no export writes; a name, say, could lead to a file elsewhere.

    Args:
        query: the manifest's query.
        slices: its complete slices.
        columns: its columns.
        announced: the names of files that are not complete.

    Raises:
        ValueError: for the first rule that is broken. InvalidArgumentError is one.
    """
    _check_query(query)
    listed = {name_of(path) for entry in slices for path in entry.all_paths}
    for name in sorted({*listed, *announced}):
        if FileName.parse(name) is None:
            raise ValueError(f"{name!r} is not the name of a slice's file")
    last = query.from_date - _DAY
    for entry in slices:
        if not last < entry.from_date <= entry.to_date <= query.to_date:
            raise ValueError(f"the slice {entry.file} overlaps another, or is outside the range")
        last = entry.to_date
    for entry in slices:
        _check_slice(entry, query)
    if both := sorted(listed.intersection(announced)):
        raise ValueError(f"{both[0]} is both complete and not")
    _check_columns(columns)
    if query.columns is not None and query.columns != fingerprint_of(columns):
        raise ValueError("its columns are not the ones that its query fixes")


def _check_query(query: Query) -> None:
    if not FIRST_YEAR <= query.from_date.year <= query.to_date.year <= _LAST_YEAR:
        raise ValueError(f"{query.from_date} to {query.to_date} is no range of days")
    check_format(query.format, FORMATS)
    check_columnar(query.format, query.layout, query.partition_by)
    if query.format == "csv" and query.layout == "wide":
        raise ValueError("a wide CSV is a single file")


def _check_slice(entry: ManifestSlice, query: Query) -> None:
    name = FileName.of(entry.file)
    if name.slice_ != entry.slice_ or name.format != query.format:
        raise ValueError(f"{entry.file} is not the name of {entry.slice_} in {query.format}")
    if not FIRST_YEAR <= entry.fetched_at.year <= _LAST_YEAR:
        raise ValueError(f"{entry.file} was not fetched in {entry.fetched_at.year}")
    if entry.malformed is not None and entry.malformed.file != malformed_name(entry.file):
        raise ValueError(f"{entry.malformed.file!r} is not beside {entry.file}")
    values = [partition.value for partition in entry.partitions]
    if len(set(values)) < len(values) or not all(map(is_partition, values)):
        raise ValueError(f"the partitions of {entry.file} are not valid")
    if bool(values) != (query.partition_by is not None):
        raise ValueError(f"{entry.file} is not partitioned like the directory")
    if values and (entry.events, entry.bytes) != (
        sum(partition.events for partition in entry.partitions),
        sum(partition.bytes for partition in entry.partitions),
    ):
        raise ValueError(f"the partitions of {entry.file} do not add up")


def _check_columns(columns: Columns) -> None:
    for record in columns:
        kind, name, property = record.get("kind"), record.get("name"), record.get("property")
        if kind not in (*KINDS, OTHERS_KIND):
            raise ValueError(f"the column {name!r} has the kind {kind!r}, which is unknown")
        if not name or "\0" in name or (kind != OTHERS_KIND and property is None):
            raise ValueError(f"the column {name!r} has no name, no valid one, or no property")
        if kind != OTHERS_KIND and not _is_free(name, property):
            raise ValueError(f"the column name {name!r} is not that of {property!r}")
    names = [record["name"].casefold() for record in columns]
    # Only the column of all others has no property.
    properties = [record["property"] if record["kind"] != OTHERS_KIND else None for record in columns]
    if len(set(names)) < len(names) or len(set(properties)) < len(properties):
        raise ValueError("a column is recorded twice")
    if columns and (missing := PINNED.keys() - set(properties)):
        raise ValueError(f"the column of {min(missing)!r}, which every file has, is not recorded")


def _is_free(name: str, property: str | None) -> bool:
    """Return True unless the name is that of a column that every file has, and that is another property's."""
    if property in PINNED:
        return name == PINNED[property]
    return name.casefold() not in (*PINNED.values(), "event", "time")
