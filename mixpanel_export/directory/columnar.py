"""What a directory export calls to have its slices as columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from mixpanel_export._formats import Layout
from mixpanel_export.columns.convert import TableConverter
from mixpanel_export.columns.kinds import Columns
from mixpanel_export.columns.native import load
from mixpanel_export.columns.slices import SliceWriter
from mixpanel_export.columns.tables import columns_of
from mixpanel_export.columns.writers import ColumnFormat, read_tables, write_all
from mixpanel_export.directory.conversion import WrittenFile
from mixpanel_export.directory.filenames import DEFAULT_PARTITION
from mixpanel_export.http.cancellation import Cancellation

if TYPE_CHECKING:
    from mixpanel_export.directory.query import Query
    from mixpanel_export.download.spool import Spool
    from mixpanel_export.http.context import Context

__all__ = ["ColumnarConversion", "conversion_for"]


def conversion_for(
    query: Query, context: Context, columns: Iterable[Mapping[str, str]], memory: int
) -> ColumnarConversion:
    """The conversion of a directory.

    Args:
        columns: those that the directory's manifest keeps.
        memory: about how many bytes it may take.
    """
    layout = cast(Layout, query.layout or "wide")
    ticks = 1000 if query.time_in_ms else 1
    by_date = query.partition_by is not None
    # In a data set, the name in the path would hide a column's.
    reserved = (query.partition_by,) if query.partition_by is not None else ()
    converter = TableConverter(layout, context.zone, ticks, Columns.from_manifest(columns, reserved))
    return ColumnarConversion(converter, cast(ColumnFormat, query.format), by_date, memory)


class ColumnarConversion:
    """Converts the slices of a directory; may be used by several threads."""

    def __init__(self, converter: TableConverter, format: ColumnFormat, by_date: bool, memory: int) -> None:
        self._converter = converter
        self._slices = SliceWriter(converter, memory)
        self._format: ColumnFormat = format
        self._by_date = by_date
        # What was last answered, and for which columns.
        self._recorded = (converter.columns, converter.columns.to_manifest())

    @property
    def columns(self) -> tuple[Mapping[str, str], ...]:
        """The columns of properties found so far, for the manifest."""
        if self._converter.layout != "wide":
            return ()
        columns, recorded = self._converter.columns, self._recorded
        if recorded[0] is not columns:
            self._recorded = recorded = columns, columns.to_manifest()
        return recorded[1]

    def convert(self, spool: Spool, part: Callable[[str | None], Path]) -> Sequence[WrittenFile]:
        """Write a slice to the files that `part` names; answers what is in them.

        Raises:
            MalformedEventError: for a line that is not an event.
            UnrepresentableError: for a value that the layout cannot hold.
        """
        if not self._by_date:
            return [WrittenFile(None, self._slices.write(spool, self._format, part(None)))]
        # Where the directory knows of it, and clears it away after a kill.
        path = part(None)
        try:
            self._slices.write(spool, "arrow", path)
            made: list[WrittenFile] = []
            for date in _dates_in(path) or [str(spool.slice_.from_date)]:
                with load("pyarrow").OSFile(str(part(date)), "wb") as file:
                    tables = _until(spool.cancellation.check, _of_date(path, date))
                    made.append(
                        WrittenFile(date, write_all(self._format, file, self._converter.schema, tables))
                    )
        finally:
            path.unlink(missing_ok=True)
        return made

    def is_current(self, file: Path) -> bool:
        """Whether a file has all columns that were found, in their kinds."""
        if self._converter.layout == "json":
            return True
        schema = load("pyarrow.parquet").read_schema(file)
        if schema.equals(self._converter.schema, check_metadata=True):
            return True
        return columns_of(schema) == self._converter.columns

    def rewrite(self, file: Path, target: Path, cancellation: Cancellation) -> None:
        """Write the events of a file to another one, with all columns that were found."""
        with load("pyarrow").OSFile(str(target), "wb") as made:
            tables = _until(cancellation.check, read_tables(self._format, file))
            write_all(self._format, made, self._converter.schema, tables)


def _until(check: Callable[[], object], tables: Iterable[Any]) -> Iterator[Any]:
    """The same, until `check` raises."""
    for table in tables:
        check()
        yield table


def _dates_of(table: Any) -> Any:
    """The date of each event by the project's clock."""
    pc = load("pyarrow.compute")
    dates = pc.strftime(pc.local_timestamp(table.column("time")), format="%Y-%m-%d")
    return pc.fill_null(dates, DEFAULT_PARTITION)


def _dates_in(path: Path) -> list[str]:
    pc = load("pyarrow.compute")
    found: set[str] = set()
    for table in read_tables("arrow", path):
        found.update(pc.unique(_dates_of(table)).to_pylist())
    return sorted(found)


def _of_date(path: Path, date: str) -> Iterator[Any]:
    pc = load("pyarrow.compute")
    for table in read_tables("arrow", path):
        yield table.filter(pc.equal(_dates_of(table), date))
