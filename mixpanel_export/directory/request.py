"""The request of one directory export: its options, checked by name, in one object.

See `resume` for how a request is reconciled with a directory that exists.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from attrs import frozen

from mixpanel_export._formats import FORMATS, FileFormat, Layout, PartitionBy, check_format
from mixpanel_export.download.job import ExportOptions
from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export.http.arguments import check_options

if TYPE_CHECKING:
    from mixpanel_export.columns.fixed import ColumnSchema
    from mixpanel_export.dates import DateLike

__all__ = ["DirectoryOptions", "DirectoryRequest", "FixedColumns", "PathLike", "check_look_back"]

# A century of days.
_MAX_LOOK_BACK = 36_525

PathLike = str | os.PathLike[str]

FixedColumns: TypeAlias = "ColumnSchema | str | os.PathLike[str]"
"""The columns of an export, or the JSON file that holds them."""


class DirectoryOptions(ExportOptions, total=False):
    """Options of every export to a directory, in addition to those that select and fetch events.

    Attributes:
        format: `jsonl.gz` (the default), which keeps the gzip as it was received; `jsonl`; or, with columns,
            `parquet` or `csv`, which need the extra `arrow`.
        layout: for formats with columns: `wide`, a column for each property, or `json`, all properties in one JSON
            text. The default is `wide` for Parquet and `json` for CSV.
        partition_by: for formats with columns: `date` divides each slice by day, in the client's time zone, into
            folders: `date=2024-01-01/events_2024-01-01_2024-01-12.parquet`.
        columns: for the layout `wide`, fixed columns: the result of `client.export.columns()`, or the file it was
            saved to. No file is ever rewritten then, and what does not fit goes to the column `overflow`.
        verify: read every finished file and compare its checksum, and fetch damaged ones again. Without it, a
            file counts as whole if it exists and has the right size.
    """

    format: FileFormat | None
    layout: Layout | None
    partition_by: PartitionBy | None
    columns: FixedColumns | None
    verify: bool


@frozen(kw_only=True)
class DirectoryRequest:
    """The request of one export to a directory. `make` one, which checks the options.

    Attributes:
        path: a local path, or a URL.
        from_date: the first day; None for the directory's own.
        to_date: the last day; None for yesterday.
        format: None for the directory's own, or the default.
        layout: None for the directory's own, or the default.
        partition_by: None for the directory's own, or no partitions.
        columns: fixed columns; None for the directory's own, or those that the data has.
        options: the options of the export itself.
        overwrite: replace whatever the directory holds.
        verify: read every finished file again, and compare checksums.
        look_back: the number of last days that an update fetches again; None when this is not an update.
        refetch: fetch the days from `from_date` to `to_date` again, in a directory that has them.
    """

    path: str
    from_date: DateLike | None = None
    to_date: DateLike | None = None
    format: FileFormat | None = None
    layout: Layout | None = None
    partition_by: PartitionBy | None = None
    columns: ColumnSchema | None = None
    options: ExportOptions
    overwrite: bool = False
    verify: bool = False
    look_back: int | None = None
    refetch: bool = False

    @classmethod
    def make(
        cls,
        path: PathLike,
        from_date: DateLike | None,
        to_date: DateLike | None,
        options: DirectoryOptions,
        *,
        overwrite: bool = False,
        look_back: int | None = None,
        refetch: bool = False,
    ) -> DirectoryRequest:
        """Check the names of the options, the format and the look-back.

        Raises:
            InvalidArgumentError: for the first that is not allowed.
        """
        check_options(options, DirectoryOptions)
        if (malformed_path := options.get("malformed_path")) is not None:
            raise InvalidArgumentError(
                "malformed_path",
                malformed_path,
                "a directory has a file of such lines for each slice",
            )
        if (format := options.get("format")) is not None:
            check_format(format, FORMATS)
        if look_back is not None:
            check_look_back(look_back)
        of_export: Any = {
            name: value for name, value in options.items() if name in ExportOptions.__annotations__
        }
        return cls(
            path=os.fspath(path),
            from_date=from_date,
            to_date=to_date,
            format=format,
            layout=options.get("layout"),
            partition_by=options.get("partition_by"),
            columns=_fixed(options.get("columns")),
            options=cast(ExportOptions, of_export),
            overwrite=overwrite,
            verify=options.get("verify", False),
            look_back=look_back,
            refetch=refetch,
        )

    @property
    def slice_days(self) -> int | None:
        """The days of a slice, if given."""
        return self.options.get("slice_days")


def _fixed(columns: FixedColumns | None) -> ColumnSchema | None:
    if columns is None:
        return None
    from mixpanel_export.columns.fixed import fixed_schema

    return fixed_schema(columns)


def check_look_back(look_back: object) -> None:
    """Raise InvalidArgumentError unless this is a number of days to fetch again."""
    if isinstance(look_back, bool) or not isinstance(look_back, int) or not 0 <= look_back <= _MAX_LOOK_BACK:
        raise InvalidArgumentError(
            "look_back", look_back, f"expected a whole number of days from 0 to {_MAX_LOOK_BACK}"
        )
