"""The query of a directory export, as its manifest records it, and how two queries differ.

Pure. See `resume` for what happens when a request differs from the manifest.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from typing import Any, Self

from attrs import fields as attributes_of
from attrs import frozen

from mixpanel_export._formats import COLUMNAR, ColumnNames, OnMalformed
from mixpanel_export.download.job import ExportJob

__all__ = ["Query"]

# Parameters that name several things, in any order.
_SETS = {"event", "exclude", "fields"}


@frozen
class Query:
    """The query whose events a directory holds.

    Attributes:
        project_id: the project; None when the credentials alone determine it.
        where: the expression's text.
        layout: how events become columns, `wide` or `json`; None for formats without columns.
        timezone: the time zone of the events' times, for formats that depend on it; UTC for the others.
        partition_by: `date` when each slice is divided into one file per day; None when it is a single file.
        fields: the properties that events are reduced to; None when they have all.
        exclude: the properties that are left out; None when there are none.
        column_names: the way to name columns; see `_formats.ColumnNames`.
        columns: the fingerprint of the manifest's columns when they are fixed; None when the data decides them.
        on_malformed: the treatment of lines that are not events: the last one that was not `raise`, if any; updates
            use it.
    """

    project_id: int | None
    from_date: datetime.date
    to_date: datetime.date
    format: str
    event: tuple[str, ...] | None = None
    where: str | None = None
    limit: int | None = None
    time_in_ms: bool = False
    bucket: str | None = None
    deduplicate: bool = False
    layout: str | None = None
    timezone: str = "UTC"
    partition_by: str | None = None
    fields: tuple[str, ...] | None = None
    on_malformed: OnMalformed = "raise"
    exclude: tuple[str, ...] | None = None
    column_names: ColumnNames = "exact"
    columns: str | None = None

    @classmethod
    def of(
        cls,
        job: ExportJob,
        format: str,
        *,
        layout: str | None = None,
        partition_by: str | None = None,
        columns: str | None = None,
    ) -> Self:
        """Return the query of a checked job."""
        filters: Mapping[str, Any] = job.filters
        event = filters["event"]
        from_date, to_date = job.days
        return cls(
            project_id=job.context.project_id,
            from_date=from_date,
            to_date=to_date,
            format=format,
            event=tuple(event) if event is not None else None,
            where=filters["where"],
            limit=filters["limit"],
            time_in_ms=bool(filters["time_in_ms"]),
            bucket=filters["bucket"],
            deduplicate=job.deduplicate,
            layout=layout,
            timezone=str(job.context.zone) if format in COLUMNAR else "UTC",
            partition_by=partition_by,
            fields=job.fields,
            on_malformed=job.on_malformed,
            exclude=job.exclude or None,
            column_names=job.column_names if layout == "wide" else "exact",
            columns=columns,
        )

    @property
    def filters(self) -> dict[str, Any]:
        """The filters, as arguments of `ExportJob.make`."""
        return {
            "event": list(self.event) if self.event is not None else None,
            "where": self.where,
            "limit": self.limit,
            "time_in_ms": self.time_in_ms or None,
            "bucket": self.bucket,
            "deduplicate": self.deduplicate,
            "fields": self.fields,
            "on_malformed": self.on_malformed,
            "exclude": self.exclude,
            "column_names": self.column_names,
        }

    def differences(self, other: Query) -> list[str]:
        """Describe each parameter in which a requested query differs from this one."""
        found: list[str] = []
        for name in (attribute.name for attribute in attributes_of(Query)):
            recorded, requested = getattr(self, name), getattr(other, name)
            if name == "on_malformed":
                continue
            if name == "project_id" and None in (recorded, requested):
                continue
            if name in _SETS and recorded and requested:
                is_same = set(recorded) == set(requested)
            else:
                is_same = recorded == requested
            if not is_same:
                found.append(f"{name} is {_shown(recorded)} there, and {_shown(requested)} here")
        return found


def _shown(value: object) -> str:
    if isinstance(value, datetime.date):
        return value.isoformat()
    return "not set" if value is None else json.dumps(value, ensure_ascii=False)
