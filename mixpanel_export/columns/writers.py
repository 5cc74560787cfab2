"""Write tables to Parquet, CSV and Arrow files, and read them back.

Tables go in and come out one at a time, so memory does not depend on the size of a file. Arrow's own format is for
temporary files.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, Protocol, cast

import pyarrow as pa
import pyarrow.csv
import pyarrow.ipc
import pyarrow.parquet as pq

from mixpanel_export._temporary import SpoolFile
from mixpanel_export.columns.compute import pc
from mixpanel_export.columns.tables import TableWidener
from mixpanel_export.errors import ExportError
from mixpanel_export.schema.kinds import NULLS

__all__ = [
    "ColumnFormat",
    "TableWriter",
    "read_schema",
    "read_tables",
    "rows_in_footer",
    "write_all",
    "write_file",
    "write_widening",
    "writer_for",
]

ColumnFormat = Literal["parquet", "csv", "arrow"]

# The rows of a Parquet row group, and the bytes at which it ends earlier.
_GROUP_ROWS = 122_880
_GROUP_BYTES = 32 << 20
# The first rows of a file, which tell the texts that repeat.
_SAMPLE_ROWS = 1000
_READ_ROWS = 32_768
_READ_BYTES = 8 << 20
_PARQUET_MAGIC = b"PAR1"
# A copy of this size stays in memory; a larger one moves to a temporary file.
_IN_MEMORY = 1 << 20


class TableWriter(Protocol):
    """Writes tables of one schema; closing it leaves the file open."""

    def write(self, table: pa.Table) -> None: ...

    def close(self) -> None: ...


def writer_for(format: ColumnFormat, file: Any, schema: pa.Schema) -> TableWriter:
    """Return a writer of tables of this schema to an open file, of Python or of Arrow."""
    match format:
        case "parquet":
            return _ParquetWriter(file, schema)
        case "csv":
            return _CsvWriter(file, schema)
        case "arrow":
            return _ArrowWriter(file, schema)


def read_tables(format: ColumnFormat, file: Any) -> Iterator[pa.Table]:
    """Yield the tables of a Parquet or an Arrow file, given by its path or open."""
    if format == "parquet":
        parquet: Any
        with pq.ParquetFile(file) as parquet:
            schema: pa.Schema = parquet.schema_arrow
            for number in range(parquet.num_row_groups):
                group = parquet.metadata.row_group(number)
                rows = max(1, min(_READ_ROWS, group.num_rows * _READ_BYTES // max(1, group.total_byte_size)))
                for batch in parquet.iter_batches(rows, row_groups=[number], use_threads=False):
                    yield pa.Table.from_batches([batch], schema=schema)
        return
    source = pa.OSFile(str(file), "rb") if isinstance(file, Path) else file
    # Arrow crashes where the system starts no more threads.
    options = pyarrow.ipc.IpcReadOptions(use_threads=False)
    with pyarrow.ipc.open_stream(source, options=options) as stream:
        for batch in stream:
            yield pa.Table.from_batches([batch], schema=stream.schema)


def read_schema(path: Path) -> pa.Schema:
    """Return the schema of a Parquet file."""
    schema: pa.Schema = pq.read_schema(path)  # pyright: ignore[reportUnknownMemberType]
    return schema


def rows_in_footer(footer: bytes) -> int:
    """Return the number of rows that the end of a Parquet file states, given from the beginning of its footer.

    Raises:
        ExportError: when it is no such end.
    """
    try:
        found: Any = pq.read_metadata(pa.BufferReader(_PARQUET_MAGIC + footer))  # pyright: ignore[reportUnknownMemberType]
    except (pa.ArrowException, OSError):
        raise ExportError("it is no Parquet file") from None
    rows: int = found.num_rows
    return rows


def write_all(format: ColumnFormat, file: Any, schema: pa.Schema, tables: Iterable[pa.Table]) -> int:
    """Put tables into this schema and write them to an open file; return the number of rows."""
    writer, rows, widen = writer_for(format, file, schema), 0, TableWidener(schema)
    try:
        for table in tables:
            writer.write(widen(table))
            rows += table.num_rows
    finally:
        writer.close()
    return rows


def write_file(format: ColumnFormat, path: Path, schema: pa.Schema, tables: Iterable[pa.Table]) -> int:
    """Put tables into this schema and write them to a file; return the number of rows."""
    with pa.OSFile(str(path), "wb") as file:
        return write_all(format, file, schema, tables)


def write_widening(format: ColumnFormat, path: Path, schema: pa.Schema, tables: Iterable[pa.Table]) -> int:
    """Write tables to a file, each in the same schema as the one before or a wider one; return the number of rows.

    The file gets the last schema. Rows written before it was known are written again.

    Args:
        schema: the schema of a file without rows.
    """
    rows = 0
    with SpoolFile(_IN_MEMORY) as earlier:
        ends: list[int] = []
        pending = iter(tables)
        table = next(pending, None)
        schema = table.schema if table is not None else schema
        while True:
            with pa.OSFile(str(path), "wb") as target:
                writer = writer_for(format, target, schema)
                try:
                    # The kind of a column is in its metadata: text and JSON text have the same type.
                    while table is not None and table.schema.equals(schema, check_metadata=True):
                        writer.write(table)
                        rows += table.num_rows
                        table = next(pending, None)
                finally:
                    writer.close()
            if table is None and not ends:
                return rows
            # Set aside without a name, so that a crash leaves nothing behind.
            with path.open("rb") as written:
                shutil.copyfileobj(written, earlier)
            ends.append(earlier.tell())
            if table is None:
                break
            schema = table.schema
        write_file(format, path, schema, _concatenated(format, earlier, ends))
    return rows


def _concatenated(format: ColumnFormat, file: SpoolFile, ends: list[int]) -> Iterator[pa.Table]:
    """Yield the tables of several files that stand one after another in a single file.

    Args:
        ends: the offset at which each of them ends.
    """
    start = 0
    for end in ends:
        file.seek(start)
        with SpoolFile(_IN_MEMORY) as part:
            left = end - start
            while left:
                chunk = file.read(min(left, 1 << 20))
                part.write(chunk)
                left -= len(chunk)
            part.seek(0)
            yield from read_tables(format, pa.PythonFile(part, "r"))
        start = end


class _ParquetWriter:
    """Gathers tables into row groups of a sensible size."""

    def __init__(self, file: Any, schema: pa.Schema) -> None:
        self._file = file
        self._schema = schema
        self._writer: pq.ParquetWriter | None = None
        self._tables: list[pa.Table] = []
        self._rows = 0
        self._bytes = 0

    def write(self, table: pa.Table) -> None:
        self._tables.append(table)
        self._rows += table.num_rows
        self._bytes += table.nbytes
        if self._rows >= _GROUP_ROWS or self._bytes >= _GROUP_BYTES:
            self._flush()

    def close(self) -> None:
        try:
            if self._rows or self._writer is None:
                self._flush()
        finally:
            if self._writer is not None:
                self._writer.close()

    def _flush(self) -> None:
        table = pa.concat_tables(self._tables) if self._tables else self._schema.empty_table()
        self._tables, self._rows, self._bytes = [], 0, 0
        if self._writer is None:
            self._writer = self._open(table)
        self._writer.write_table(table, row_group_size=_GROUP_ROWS)

    def _open(self, first: pa.Table) -> pq.ParquetWriter:
        """Open the file, for rows like those of its first row group."""
        repeated: Any = _repeated(first.slice(0, _SAMPLE_ROWS))
        return pq.ParquetWriter(
            self._file,
            self._schema,
            compression="zstd",
            compression_level=1,
            use_dictionary=repeated,
            write_statistics=True,
            version="2.6",
            # Arrow's own pool never gives back what a thread has once had.
            memory_pool=pa.system_memory_pool(),
        )


def _repeated(sample: pa.Table) -> list[str]:
    """Return the columns that are smaller with a dictionary: texts that repeat."""
    texts = zip(sample.column_names, sample.columns, strict=True)
    return [
        name
        for name, column in texts
        if pa.types.is_string(column.type) and 2 * pc.count_distinct(column).as_py() <= len(column)
    ]


class _ArrowWriter:
    def __init__(self, file: Any, schema: pa.Schema) -> None:
        options = pyarrow.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
        self._writer = pyarrow.ipc.new_stream(file, schema, options=options)

    def write(self, table: pa.Table) -> None:
        self._writer.write_table(table)

    def close(self) -> None:
        self._writer.close()


class _CsvWriter:
    """Quotes text but not numbers: an empty cell is an absent property, `""` is an empty text."""

    def __init__(self, file: Any, schema: pa.Schema) -> None:
        types = zip(schema.names, map(_csv_type, schema.types), strict=True)
        self._schema = pa.schema([pa.field(name, column_type) for name, column_type in types])
        self._writer = pyarrow.csv.CSVWriter(file, self._schema)

    def write(self, table: pa.Table) -> None:
        columns: list[Any] = [
            _csv_column(column, name) for name, column in zip(table.column_names, table.columns, strict=True)
        ]
        self._writer.write_table(pa.table(columns, schema=self._schema))

    def close(self) -> None:
        self._writer.close()


def _csv_type(arrow_type: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_list(arrow_type) or pa.types.is_timestamp(arrow_type) else arrow_type


def _csv_column(column: Any, name: str) -> Any:
    if pa.types.is_timestamp(column.type):
        # ISO 8601, which every spreadsheet and database reads.
        utc = pc.cast(column, pa.timestamp("us", "UTC"))
        return pc.strftime(utc, format="%Y-%m-%dT%H:%M:%SZ")
    if name == NULLS:
        lists = cast("list[list[str]]", column.to_pylist())
        texts = [json.dumps(names, ensure_ascii=False) if names else None for names in lists]
        return pa.array(texts, pa.string())
    return column
