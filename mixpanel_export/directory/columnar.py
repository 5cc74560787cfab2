"""The conversion of a directory's slices to columns. See `conversion` for the protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from mixpanel_export._formats import Layout
from mixpanel_export.columns.compute import pc
from mixpanel_export.columns.convert import TableConverter
from mixpanel_export.columns.fixed import ColumnSchema
from mixpanel_export.columns.schemas import columns_of
from mixpanel_export.columns.slices import SliceWriter
from mixpanel_export.columns.writers import ColumnFormat, read_schema, read_tables, write_file
from mixpanel_export.directory.conversion import WrittenFile
from mixpanel_export.directory.filenames import DEFAULT_PARTITION
from mixpanel_export.directory.manifest import RESTORE
from mixpanel_export.errors import ManifestError
from mixpanel_export.http.cancellation import Cancellation
from mixpanel_export.schema.kinds import Columns

if TYPE_CHECKING:
    import pyarrow as pa

    from mixpanel_export.directory.query import Query
    from mixpanel_export.download.spool import Spool
    from mixpanel_export.http.context import Context

__all__ = ["ColumnarConversion", "conversion_for"]


def conversion_for(
    query: Query, context: Context, columns: Iterable[Mapping[str, str]], memory: int
) -> ColumnarConversion:
    """Return the conversion of a directory.

    Args:
        columns: the columns that the directory's manifest has recorded.
        memory: about how many bytes it may take.
    """
    layout = cast(Layout, query.layout or "wide")
    ticks = 1000 if query.time_in_ms else 1
    by_date = query.partition_by is not None
    format = cast(ColumnFormat, query.format)
    if query.columns is not None:
        fixed = ColumnSchema.from_manifest(columns).converter(context.zone, ticks)
        return ColumnarConversion(fixed, format, by_date, memory)
    # In a partitioned data set, the name in the path would hide a column of that name.
    reserved = (query.partition_by,) if query.partition_by is not None else ()
    recorded = Columns.from_manifest(columns, reserved, query.column_names)
    selected = [name for name in query.fields or () if name not in (query.exclude or ())]
    converter = TableConverter(layout, context.zone, ticks, recorded, selected)
    return ColumnarConversion(converter, format, by_date, memory)


class ColumnarConversion:
    """Converts the slices of a directory; safe to share between threads."""

    def __init__(self, converter: TableConverter, format: ColumnFormat, by_date: bool, memory: int) -> None:
        self._converter = converter
        self._writer = SliceWriter(converter, memory)
        self._format: ColumnFormat = format
        self._by_date = by_date
        # The columns that were last asked for, and their form in a manifest.
        self._recorded = (converter.columns, converter.columns.to_manifest())

    @property
    def columns(self) -> tuple[Mapping[str, str], ...]:
        """The columns of properties so far, for the manifest."""
        if self._converter.layout != "wide":
            return ()
        columns, recorded = self._converter.columns, self._recorded
        if recorded[0] is not columns:
            self._recorded = recorded = columns, columns.to_manifest()
        return recorded[1]

    def convert(self, spool: Spool, part: Callable[[str | None], Path]) -> Sequence[WrittenFile]:
        """Write a slice to the files that `part` names; return their contents.

        Raises:
            MalformedEventError: for a line that is not an event.
            UnrepresentableError: for a value that the layout cannot hold.
        """
        if not self._by_date:
            return [WrittenFile(None, self._writer.write(spool, self._format, part(None)))]
        # A path that the directory knows, and clears away after a kill.
        path = part(None)
        try:
            self._writer.write(spool, "arrow", path)
            written: list[WrittenFile] = []
            for date in _dates_in(path) or [str(spool.slice_.from_date)]:
                tables = _until(spool.cancellation, _tables_of_date(path, date))
                rows = write_file(self._format, part(date), self._converter.schema, tables)
                written.append(WrittenFile(date, rows))
        finally:
            path.unlink(missing_ok=True)
        return written

    def is_current(self, file: Path) -> bool:
        """Return whether a file has all columns found so far, in their kinds."""
        if self._converter.layout == "json":
            return True
        schema = read_schema(file)
        if schema.equals(self._converter.schema, check_metadata=True):
            return True
        return columns_of(schema) == self._converter.columns

    def rewrite(self, file: Path, target: Path, cancellation: Cancellation) -> None:
        """Write the events of a file to another one, with all columns found so far.

        Raises:
            ManifestError: for a file with columns that no manifest recorded when the file was listed.
        """
        if not self._converter.columns.hold(columns_of(read_schema(file))):
            raise ManifestError(f"{file.name} has columns that the manifest does not record", RESTORE)
        tables = _until(cancellation, read_tables(self._format, file))
        write_file(self._format, target, self._converter.schema, tables)


def _until(cancellation: Cancellation, tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Yield the tables, and raise CancelledError once cancelled."""
    for table in tables:
        cancellation.check()
        yield table


def _dates_of(table: pa.Table) -> Any:
    """Return the date of each event in the project's time zone."""
    dates = pc.strftime(pc.local_timestamp(table.column("time")), format="%Y-%m-%d")
    return pc.fill_null(dates, DEFAULT_PARTITION)


def _dates_in(path: Path) -> list[str]:
    found: set[str] = set()
    for table in read_tables("arrow", path):
        found.update(pc.unique(_dates_of(table)).to_pylist())
    return sorted(found)


def _tables_of_date(path: Path, date: str) -> Iterator[pa.Table]:
    for table in read_tables("arrow", path):
        yield table.filter(pc.equal(_dates_of(table), date))
