"""The operations of the tag `export`, sync and async."""

from __future__ import annotations

import builtins
import datetime

from ...runtime import answers
from ...runtime.operation import AsyncCaller, Caller, Expression, Operation
from . import export_raw

EXPORT_RAW: Operation[str] = Operation(
    name="export.raw",
    method="GET",
    path="/api/2.0/export",
    security=frozenset(
        [
            "oauthToken",
            "projectSecret",
            "serviceAccount",
            "signature",
            "signatureApiKey",
            "signatureExpire",
        ]
    ),
    idempotent=True,
    writes=False,
    deprecated="",
    csv=False,
    bound=("project_id",),
    schemas={
        "from_date": {"type": "string", "format": "date"},
        "to_date": {"type": "string", "format": "date"},
        "event": {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1},
        "where": {"type": "string", "format": "mixpanel-expression"},
        "limit": {"type": "integer", "minimum": 1, "maximum": 100000},
        "time_in_ms": {"type": "boolean"},
        "bucket": {"type": "string"},
    },
    required=(
        "from_date",
        "to_date",
    ),
    refused=[],
    renamed={},
    body=None,
    body_fields=(),
    models={},
    build=export_raw.build_request,
    answer=answers.text(),
)


class ExportResource:
    """Raw events with all their properties."""

    def __init__(self, client: Caller) -> None:
        self._client = client

    def raw(
        self,
        *,
        from_date: datetime.date | str,
        to_date: datetime.date | str,
        event: builtins.list[str] | None = None,
        where: str | Expression | None = None,
        limit: int | None = None,
        time_in_ms: bool | None = None,
        bucket: str | None = None,
    ) -> str:
        """Download the raw events of a range of days.

        Streams every event of the given days as one JSON object per line, in no particular order
        and with duplicates. Projects created from 2023 on count days in UTC. Older projects count
        them in their own time zone, and an event's `time` is then that zone's wall clock written as
        if it were UTC.

        The first byte can take minutes. Bodies over about 1400 bytes are gzip-compressed if the
        client accepts it. An incomplete answer can still have status 200: check for a truncated
        gzip stream, a broken last line or the line `terminated early`, and request the whole range
        again.

        Limits: 60 calls an hour, 3 a second, 100 at once.

        Reference: https://developer.mixpanel.com/reference/raw-event-export

        Args:
            from_date: First day of the range.
            to_date: Last day of the range, included. Not later than today.
            event: Names of the events to export. All events by default.
            where: Expression an event must match. Every event by default.
            limit: Maximum number of events, up to 100000. All by default. Mixpanel chooses which
                ones to keep.
            time_in_ms: True to get each event's `time` in milliseconds instead of seconds.
            bucket: Id of the data bucket to read, for the rare project that has several.

        Returns:
            str: JSON Lines in UTF-8: one object with `event` and `properties` per line. Strings can
                contain U+2028, U+2029 and U+0085 unescaped, so split on the line feed byte only.
                The body is empty if there are no events.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.export.raw(
            ...     from_date="2024-01-01",
            ...     to_date="2024-01-01",
            ...     event=["Purchase"],
            ...     limit=3,
            ... )
        """
        return self._client.call_operation(
            EXPORT_RAW,
            {
                "from_date": from_date,
                "to_date": to_date,
                "event": event,
                "where": where,
                "limit": limit,
                "time_in_ms": time_in_ms,
                "bucket": bucket,
            },
        )


class AsyncExportResource:
    """Raw events with all their properties."""

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    async def raw(
        self,
        *,
        from_date: datetime.date | str,
        to_date: datetime.date | str,
        event: builtins.list[str] | None = None,
        where: str | Expression | None = None,
        limit: int | None = None,
        time_in_ms: bool | None = None,
        bucket: str | None = None,
    ) -> str:
        """Download the raw events of a range of days.

        Streams every event of the given days as one JSON object per line, in no particular order
        and with duplicates. Projects created from 2023 on count days in UTC. Older projects count
        them in their own time zone, and an event's `time` is then that zone's wall clock written as
        if it were UTC.

        The first byte can take minutes. Bodies over about 1400 bytes are gzip-compressed if the
        client accepts it. An incomplete answer can still have status 200: check for a truncated
        gzip stream, a broken last line or the line `terminated early`, and request the whole range
        again.

        Limits: 60 calls an hour, 3 a second, 100 at once.

        Reference: https://developer.mixpanel.com/reference/raw-event-export

        Args:
            from_date: First day of the range.
            to_date: Last day of the range, included. Not later than today.
            event: Names of the events to export. All events by default.
            where: Expression an event must match. Every event by default.
            limit: Maximum number of events, up to 100000. All by default. Mixpanel chooses which
                ones to keep.
            time_in_ms: True to get each event's `time` in milliseconds instead of seconds.
            bucket: Id of the data bucket to read, for the rare project that has several.

        Returns:
            str: JSON Lines in UTF-8: one object with `event` and `properties` per line. Strings can
                contain U+2028, U+2029 and U+0085 unescaped, so split on the line feed byte only.
                The body is empty if there are no events.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.export.raw(
            ...     from_date="2024-01-01",
            ...     to_date="2024-01-01",
            ...     event=["Purchase"],
            ...     limit=3,
            ... )
        """
        return await self._client.call_operation(
            EXPORT_RAW,
            {
                "from_date": from_date,
                "to_date": to_date,
                "event": event,
                "where": where,
                "limit": limit,
                "time_in_ms": time_in_ms,
                "bucket": bucket,
            },
        )
