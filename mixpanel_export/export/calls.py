"""The part of `client.export` that its synchronous and its asynchronous class share.

See `resource` for the methods that users call.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from mixpanel_export._formats import (
    COLUMNAR,
    FORMATS,
    FileFormat,
    Layout,
    check_columnar,
    check_format,
    format_for,
)
from mixpanel_export.dates import DateLike, shift, today
from mixpanel_export.dates import to_date as to_date_of
from mixpanel_export.directory.request import FixedColumns
from mixpanel_export.download.job import ExportJob, ExportOptions
from mixpanel_export.download.progress import ProgressListener
from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export.export.iterate import EventBatches
from mixpanel_export.http.connections import Connections

if TYPE_CHECKING:
    from mixpanel_export.columns.fixed import ColumnSchema
    from mixpanel_export.export.batches import RecordBatches
    from mixpanel_export.export.discovery import Discovery
    from mixpanel_export.export.typed import TypedReader
    from mixpanel_export.export.writer import ExportWriter
    from mixpanel_export.http.context import Context
    from mixpanel_export.records.typed import Into

__all__ = ["DEFAULT_SAMPLE", "ExportCalls", "FixedColumns", "schema_of"]

# `raw` is the contract's own operation: one request, whatever the range.
_WHOLE_RANGE = 1_000_000
DEFAULT_SAMPLE = 10_000
"""The number of events that `schema` and `columns` look at by default."""
# The days to sample when none are given.
_SAMPLE_DAYS = 30


class ExportCalls:
    """Checks the arguments of each delivery, and prepares it; nothing is sent until the delivery is used."""

    _context: Context
    _http: Connections

    def _job(self, from_date: DateLike, to_date: DateLike, **options: Unpack[ExportOptions]) -> ExportJob:
        return ExportJob.make(self._context, from_date, to_date, **options)

    def _event_batches(
        self,
        job: ExportJob,
        ordered: bool,
        listener: ProgressListener | None,
        reader: TypedReader | None = None,
    ) -> EventBatches:
        return EventBatches(job, self._http, ordered=ordered, listener=listener, reader=reader)

    def _typed_reader(self, into: Into[Any] | None, job: ExportJob) -> TypedReader | None:
        if into is None:
            return None
        from mixpanel_export.export.typed import TypedReader

        return TypedReader(into, job)

    def _record_batches_of(self, job: ExportJob, listener: ProgressListener | None) -> RecordBatches:
        from mixpanel_export.export.batches import RecordBatches

        return RecordBatches(job, self._http, "wide", listener=listener)

    def _record_batches(
        self,
        from_date: DateLike,
        to_date: DateLike,
        layout: Layout,
        listener: ProgressListener | None,
        columns: FixedColumns | None,
        options: ExportOptions,
    ) -> RecordBatches:
        from mixpanel_export.export.batches import RecordBatches

        check_columnar("parquet", layout, None)
        schema = schema_of(columns, layout)
        job = self._job(from_date, to_date, **options)
        return RecordBatches(job, self._http, layout, listener=listener, columns=schema)

    def _discovery(
        self,
        from_date: DateLike | None,
        to_date: DateLike | None,
        sample: int,
        lexicon: bool | None,
        options: ExportOptions,
    ) -> Discovery:
        """Check the arguments of `schema`."""
        from mixpanel_export.export.discovery import Discovery, check_sources

        check_sources(sample, lexicon)
        zone = self._context.zone
        last = today(zone) if to_date is None else to_date_of("to_date", to_date)
        first = shift(last, 1 - _SAMPLE_DAYS) if from_date is None else from_date
        limited: ExportOptions = {**options, "limit": sample or None}
        return Discovery(self._job(first, last, **limited), self._http, sample, lexicon)

    def _columns_discovery(self, *arguments: Any) -> Discovery:
        """Check the arguments of `columns`, and the extra that it needs before anything is sent."""
        importlib.import_module("mixpanel_export.columns")
        return self._discovery(*arguments)

    def _file_writer(
        self,
        path: Path,
        from_date: DateLike,
        to_date: DateLike,
        format: FileFormat | None,
        layout: Layout | None,
        listener: ProgressListener | None,
        columns: FixedColumns | None,
        options: ExportOptions,
    ) -> ExportWriter:
        named: FileFormat = format_for(path, format, FORMATS)
        return self._writer(from_date, to_date, named, layout, listener, options, columns)

    def _writer(
        self,
        from_date: DateLike,
        to_date: DateLike,
        format: FileFormat,
        layout: Layout | None,
        listener: ProgressListener | None,
        options: ExportOptions,
        columns: FixedColumns | None = None,
    ) -> ExportWriter:
        check_format(format, FORMATS)
        check_columnar(format, layout, None)
        if columns is not None and format not in COLUMNAR:
            raise InvalidArgumentError(
                "columns", columns, f"only Parquet and CSV have columns; the format is {format}"
            )
        schema = schema_of(columns, layout or "wide")
        job = self._job(from_date, to_date, **options)
        return self._writer_of(job, format, layout, listener, schema)

    def _text_writer(self, arguments: Mapping[str, Any]) -> ExportWriter:
        return self._writer_of(self._job(**arguments, slice_days=_WHOLE_RANGE), "jsonl")

    def _writer_of(
        self,
        job: ExportJob,
        format: FileFormat,
        layout: Layout | None = None,
        listener: ProgressListener | None = None,
        columns: ColumnSchema | None = None,
    ) -> ExportWriter:
        from mixpanel_export.export.writer import ExportWriter

        return ExportWriter(job, self._http, format, layout, listener, columns)


def schema_of(columns: FixedColumns | None, layout: Layout) -> ColumnSchema | None:
    """Return the fixed columns of an export, if any; raise InvalidArgumentError for a layout that has none."""
    if columns is None:
        return None
    if layout != "wide":
        raise InvalidArgumentError(
            "columns", columns, f"only the layout 'wide' has columns to fix, not {layout!r}"
        )
    from mixpanel_export.columns.fixed import fixed_schema

    return fixed_schema(columns)
