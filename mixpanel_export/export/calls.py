"""The part of `client.export` that its synchronous and its asynchronous class share.

See `resource` for the methods that users call.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from mixpanel_export._formats import FORMATS, FileFormat, Layout, check_columnar, check_format, format_for
from mixpanel_export.dates import DateLike
from mixpanel_export.download.job import ExportJob, ExportOptions
from mixpanel_export.download.progress import ProgressListener
from mixpanel_export.export.iterate import EventBatches
from mixpanel_export.export.writer import ExportWriter
from mixpanel_export.http.connections import Connections

if TYPE_CHECKING:
    from mixpanel_export.export.batches import RecordBatches
    from mixpanel_export.http.context import Context

__all__ = ["ExportCalls"]

# `raw` is the contract's own operation: one request, whatever the range.
_WHOLE_RANGE = 1_000_000


class ExportCalls:
    """Checks the arguments of each delivery, and prepares it; nothing is sent until the delivery is used."""

    _context: Context
    _http: Connections

    def _job(self, from_date: DateLike, to_date: DateLike, **options: Unpack[ExportOptions]) -> ExportJob:
        return ExportJob.make(self._context, from_date, to_date, **options)

    def _event_batches(
        self, job: ExportJob, ordered: bool, listener: ProgressListener | None
    ) -> EventBatches:
        return EventBatches(job, self._http, ordered=ordered, listener=listener)

    def _record_batches(
        self,
        from_date: DateLike,
        to_date: DateLike,
        layout: Layout,
        listener: ProgressListener | None,
        options: ExportOptions,
    ) -> RecordBatches:
        from mixpanel_export.export.batches import RecordBatches

        check_columnar("parquet", layout, None)
        job = self._job(from_date, to_date, **options)
        return RecordBatches(job, self._http, layout, listener=listener)

    def _file_writer(
        self,
        path: Path,
        from_date: DateLike,
        to_date: DateLike,
        format: FileFormat | None,
        layout: Layout | None,
        listener: ProgressListener | None,
        options: ExportOptions,
    ) -> ExportWriter:
        named: FileFormat = format_for(path, format, FORMATS)
        return self._writer(from_date, to_date, named, layout, listener, options)

    def _writer(
        self,
        from_date: DateLike,
        to_date: DateLike,
        format: FileFormat,
        layout: Layout | None,
        listener: ProgressListener | None,
        options: ExportOptions,
    ) -> ExportWriter:
        check_format(format, FORMATS)
        check_columnar(format, layout, None)
        job = self._job(from_date, to_date, **options)
        return ExportWriter(job, self._http, format, layout, listener)

    def _text_writer(self, arguments: Mapping[str, Any]) -> ExportWriter:
        return ExportWriter(self._job(**arguments, slice_days=_WHOLE_RANGE), self._http, "jsonl")
