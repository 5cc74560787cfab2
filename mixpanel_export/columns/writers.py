"""Tables in files: Parquet, CSV, and Arrow's own format for what is only kept for a while.

A table at a time goes in and comes out, so that memory depends on none of the sizes.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Literal, Protocol, cast

from mixpanel_export.columns.kinds import NULLS
from mixpanel_export.columns.native import load
from mixpanel_export.columns.tables import TableWidener

__all__ = ["ColumnFormat", "TableWriter", "read_tables", "write_all", "write_widening", "writer_for"]

ColumnFormat = Literal["parquet", "csv", "arrow"]

# Rows of a group of a Parquet file, and the bytes from which on it has fewer.
_GROUP_ROWS = 122_880
_GROUP_BYTES = 32 << 20
_READ_ROWS = 32_768
_READ_BYTES = 8 << 20


class TableWriter(Protocol):
    """Writes tables of one schema; its file stays open when it is closed."""

    def write(self, table: Any) -> None: ...

    def close(self) -> None: ...


def writer_for(format: ColumnFormat, file: IO[bytes], schema: Any) -> TableWriter:
    """What writes tables of this schema to an open file."""
    match format:
        case "parquet":
            return _Parquet(file, schema)
        case "csv":
            return _Csv(file, schema)
        case "arrow":
            return _Arrow(file, schema)


def read_tables(format: ColumnFormat, file: IO[bytes] | Path) -> Iterator[Any]:
    """The tables of a Parquet or an Arrow file."""
    pa = load("pyarrow")
    if format == "parquet":
        with load("pyarrow.parquet").ParquetFile(file) as parquet:
            schema = parquet.schema_arrow
            for number in range(parquet.num_row_groups):
                group = parquet.metadata.row_group(number)
                rows = max(1, min(_READ_ROWS, group.num_rows * _READ_BYTES // max(1, group.total_byte_size)))
                for batch in parquet.iter_batches(rows, row_groups=[number], use_threads=False):
                    yield pa.Table.from_batches([batch], schema=schema)
        return
    with load("pyarrow.ipc").open_stream(pa.OSFile(str(file)) if isinstance(file, Path) else file) as stream:
        for batch in stream:
            yield pa.Table.from_batches([batch], schema=stream.schema)


def write_all(format: ColumnFormat, file: IO[bytes], schema: Any, tables: Iterable[Any]) -> int:
    """Write tables, put into this schema; answers the rows."""
    writer, rows, widened = writer_for(format, file, schema), 0, TableWidener(schema)
    try:
        for table in tables:
            writer.write(widened(table))
            rows += table.num_rows
    finally:
        writer.close()
    return rows


def write_widening(format: ColumnFormat, path: Path, schema: Any, tables: Iterable[Any]) -> int:
    """Write tables to a file, each in the schema of the one before or a wider one; answers the rows.

    The file gets the last schema. What was written when it was narrower is written again.

    Args:
        schema: that of a file without rows.
    """
    rows = 0
    with tempfile.TemporaryFile() as earlier:
        ends: list[int] = []
        pending = iter(tables)
        table = next(pending, None)
        schema = table.schema if table is not None else schema
        while True:
            with load("pyarrow").OSFile(str(path), "wb") as file:
                writer = writer_for(format, file, schema)
                try:
                    # What a column holds is in its metadata: text and JSON text are of one type.
                    while table is not None and table.schema.equals(schema, check_metadata=True):
                        writer.write(table)
                        rows += table.num_rows
                        table = next(pending, None)
                finally:
                    writer.close()
            if table is None and not ends:
                return rows
            # Kept aside, without a name that a crash could leave.
            with path.open("rb") as file:
                shutil.copyfileobj(file, earlier)
            ends.append(earlier.tell())
            if table is None:
                break
            schema = table.schema
        with load("pyarrow").OSFile(str(path), "wb") as file:
            write_all(format, file, schema, _pieces(format, earlier, ends))
    return rows


def _pieces(format: ColumnFormat, file: IO[bytes], ends: list[int]) -> Iterator[Any]:
    """The tables of several files that stand one after another in one."""
    pa = load("pyarrow")
    start = 0
    for end in ends:
        file.seek(start)
        with tempfile.TemporaryFile() as piece:
            left = end - start
            while left:
                chunk = file.read(min(left, 1 << 20))
                piece.write(chunk)
                left -= len(chunk)
            piece.seek(0)
            yield from read_tables(format, pa.PythonFile(piece, "r"))
        start = end


class _Parquet:
    """Gathers rows to groups of a sensible size."""

    def __init__(self, file: IO[bytes], schema: Any) -> None:
        pa = load("pyarrow")
        # Numbers, and texts of which hardly any is there twice, are smaller without a dictionary.
        unlike = {"properties", "insert_id"}
        alike = [each.name for each in schema if pa.types.is_string(each.type) and each.name not in unlike]
        self._writer = load("pyarrow.parquet").ParquetWriter(
            file,
            schema,
            compression="zstd",
            compression_level=1,
            use_dictionary=alike,
            write_statistics=True,
            version="2.6",
            # Arrow's own pool keeps what it has once had, for each thread.
            memory_pool=pa.system_memory_pool(),
        )
        self._tables: list[Any] = []
        self._rows = 0
        self._bytes = 0

    def write(self, table: Any) -> None:
        self._tables.append(table)
        self._rows += table.num_rows
        self._bytes += table.nbytes
        if self._rows >= _GROUP_ROWS or self._bytes >= _GROUP_BYTES:
            self._flush()

    def close(self) -> None:
        try:
            self._flush()
        finally:
            self._writer.close()

    def _flush(self) -> None:
        if self._rows:
            table = load("pyarrow").concat_tables(self._tables)
            self._tables, self._rows, self._bytes = [], 0, 0
            self._writer.write_table(table, row_group_size=_GROUP_ROWS)


class _Arrow:
    def __init__(self, file: IO[bytes], schema: Any) -> None:
        ipc = load("pyarrow.ipc")
        self._writer = ipc.new_stream(file, schema, options=ipc.IpcWriteOptions(compression="lz4"))

    def write(self, table: Any) -> None:
        self._writer.write_table(table)

    def close(self) -> None:
        self._writer.close()


class _Csv:
    """Text is quoted, numbers are not; an empty cell is a property that is not there, `""` an empty text."""

    def __init__(self, file: IO[bytes], schema: Any) -> None:
        pa, csv = load("pyarrow", "pyarrow.csv")
        fields = [pa.field(each.name, self._type(pa, each.type)) for each in schema]
        self._schema = pa.schema(fields)
        self._writer = csv.CSVWriter(file, self._schema)

    def write(self, table: Any) -> None:
        pa = load("pyarrow")
        columns = [
            self._text(column, field.name) for column, field in zip(table.columns, self._schema, strict=True)
        ]
        self._writer.write_table(pa.table(columns, schema=self._schema))

    def close(self) -> None:
        self._writer.close()

    @staticmethod
    def _type(pa: Any, kind: Any) -> Any:
        return pa.string() if pa.types.is_list(kind) or pa.types.is_timestamp(kind) else kind

    @staticmethod
    def _text(column: Any, name: str) -> Any:
        pa, pc = load("pyarrow", "pyarrow.compute")
        if pa.types.is_timestamp(column.type):
            # ISO 8601, as every spreadsheet and database reads it.
            utc = pc.cast(column, pa.timestamp("us", "UTC"))
            return pc.strftime(utc, format="%Y-%m-%dT%H:%M:%SZ")
        if name == NULLS:
            lists = cast("list[list[str]]", column.to_pylist())
            return pa.array(
                [json.dumps(each, ensure_ascii=False) if each else None for each in lists], pa.string()
            )
        return column
