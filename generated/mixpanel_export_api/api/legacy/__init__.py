"""The operations of the tag `legacy`, sync and async."""

from __future__ import annotations

import datetime
import warnings
from typing import Literal, overload

from typing_extensions import deprecated

from ...models.legacy_acknowledgement import LegacyAcknowledgement
from ...models.legacy_annotations_result import LegacyAnnotationsResult
from ...models.output_format import OutputFormat
from ...models.profiles_page import ProfilesPage
from ...runtime import answers
from ...runtime.operation import AsyncCaller, Caller, CsvText, Expression, Operation
from . import (
    legacy_annotations_create,
    legacy_annotations_delete,
    legacy_annotations_list,
    legacy_annotations_update,
    legacy_engage,
)

LEGACY_ANNOTATIONS_LIST: Operation[LegacyAnnotationsResult | CsvText] = Operation(
    name="legacy.annotations_list",
    method="GET",
    path="/api/2.0/annotations/",
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
    deprecated="legacy.annotations_list is deprecated; use client.annotations.list",
    csv=True,
    bound=("project_id",),
    schemas={
        "from_date": {"type": "string", "format": "date", "x-future": True},
        "to_date": {"type": "string", "format": "date", "x-future": True},
        "format": {"type": "string", "enum": ["json", "csv"]},
    },
    required=(
        "from_date",
        "to_date",
    ),
    refused=[],
    renamed={
        "format": "format_",
    },
    body=None,
    body_fields=(),
    models={},
    build=legacy_annotations_list.build_request,
    answer=answers.record(LegacyAnnotationsResult),
)
LEGACY_ANNOTATIONS_CREATE: Operation[LegacyAcknowledgement | CsvText] = Operation(
    name="legacy.annotations_create",
    method="GET",
    path="/api/2.0/annotations/create/",
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
    idempotent=False,
    writes=True,
    deprecated="legacy.annotations_create is deprecated; use client.annotations.create",
    csv=True,
    bound=("project_id",),
    schemas={
        "date": {"type": "string", "format": "mixpanel-datetime"},
        "description": {"type": "string", "minLength": 1},
        "format": {"type": "string", "enum": ["json", "csv"]},
    },
    required=(
        "date",
        "description",
    ),
    refused=[],
    renamed={
        "format": "format_",
    },
    body=None,
    body_fields=(),
    models={},
    build=legacy_annotations_create.build_request,
    answer=answers.record(LegacyAcknowledgement),
)
LEGACY_ANNOTATIONS_UPDATE: Operation[LegacyAcknowledgement | CsvText] = Operation(
    name="legacy.annotations_update",
    method="GET",
    path="/api/2.0/annotations/update/",
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
    writes=True,
    deprecated="legacy.annotations_update is deprecated; use client.annotations.update",
    csv=True,
    bound=("project_id",),
    schemas={
        "id": {"type": "integer"},
        "date": {"type": "string", "format": "mixpanel-datetime"},
        "description": {"type": "string", "minLength": 1},
        "format": {"type": "string", "enum": ["json", "csv"]},
    },
    required=(
        "id",
        "date",
        "description",
    ),
    refused=[],
    renamed={
        "format": "format_",
    },
    body=None,
    body_fields=(),
    models={},
    build=legacy_annotations_update.build_request,
    answer=answers.record(LegacyAcknowledgement),
)
LEGACY_ANNOTATIONS_DELETE: Operation[LegacyAcknowledgement | CsvText] = Operation(
    name="legacy.annotations_delete",
    method="GET",
    path="/api/2.0/annotations/delete/",
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
    writes=True,
    deprecated="legacy.annotations_delete is deprecated; use client.annotations.delete",
    csv=True,
    bound=("project_id",),
    schemas={
        "id": {"type": "integer"},
        "format": {"type": "string", "enum": ["json", "csv"]},
    },
    required=("id",),
    refused=[],
    renamed={
        "format": "format_",
    },
    body=None,
    body_fields=(),
    models={},
    build=legacy_annotations_delete.build_request,
    answer=answers.record(LegacyAcknowledgement),
)
LEGACY_ENGAGE: Operation[ProfilesPage | CsvText] = Operation(
    name="legacy.engage",
    method="GET",
    path="/api/2.0/engage/",
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
    deprecated="legacy.engage is deprecated; use client.profiles.query or client.profiles.all",
    csv=True,
    bound=("project_id",),
    schemas={
        "where": {"type": "string", "format": "mixpanel-expression"},
        "session_id": {"type": "string"},
        "page": {"type": "integer", "minimum": 0},
        "format": {"type": "string", "enum": ["json", "csv"]},
    },
    required=(),
    refused=[
        {
            "when": {"page": {"over": 0}, "session_id": "missing"},
            "says": "it needs the session_id of page 0",
        }
    ],
    renamed={
        "format": "format_",
    },
    body=None,
    body_fields=(),
    models={},
    build=legacy_engage.build_request,
    answer=answers.record(ProfilesPage),
)


class LegacyResource:
    """Calls under the older root, for existing integrations. New code should use the other tags."""

    def __init__(self, client: Caller) -> None:
        self._client = client

    @overload
    @deprecated("legacy.annotations_list is deprecated; use client.annotations.list", category=None)
    def annotations_list(
        self,
        *,
        from_date: datetime.date | str,
        to_date: datetime.date | str,
        format: Literal["json"] | None = None,
    ) -> LegacyAnnotationsResult: ...

    @overload
    @deprecated("legacy.annotations_list is deprecated; use client.annotations.list", category=None)
    def annotations_list(
        self,
        *,
        format: Literal["csv"],
        from_date: datetime.date | str,
        to_date: datetime.date | str,
    ) -> CsvText: ...

    @deprecated("legacy.annotations_list is deprecated; use client.annotations.list", category=None)
    def annotations_list(
        self,
        *,
        from_date: datetime.date | str,
        to_date: datetime.date | str,
        format: OutputFormat | None = None,
    ) -> LegacyAnnotationsResult | CsvText:
        """List annotations through the older API.

        Deprecated: use client.annotations.list.

        Lists the annotations of a range of days, both ends included, in the project's time zone.
        Prefer `annotations.list`.

        Successor: https://developer.mixpanel.com/reference/list-all-annotations-for-project

        Args:
            from_date: First day of the range, which may be after today.
            to_date: Last day of the range, included; it may be after today.
            format: Format of the answer; `json` by default, `csv` for a table as text.

        Returns:
            LegacyAnnotationsResult: The annotations, or the same as a CSV table.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.legacy.annotations_list(from_date="2024-01-01", to_date="2024-01-31")
        """
        # `deprecated` itself would hide from `inspect` that a method is a coroutine function.
        warnings.warn(
            "legacy.annotations_list is deprecated; use client.annotations.list",
            DeprecationWarning,
            stacklevel=2,
        )
        return self._client.call_operation(
            LEGACY_ANNOTATIONS_LIST,
            {
                "from_date": from_date,
                "to_date": to_date,
                "format": format,
            },
        )

    @overload
    @deprecated(
        "legacy.annotations_create is deprecated; use client.annotations.create", category=None
    )
    def annotations_create(
        self,
        *,
        date: datetime.datetime | datetime.date | str,
        description: str,
        format: Literal["json"] | None = None,
    ) -> LegacyAcknowledgement: ...

    @overload
    @deprecated(
        "legacy.annotations_create is deprecated; use client.annotations.create", category=None
    )
    def annotations_create(
        self,
        *,
        format: Literal["csv"],
        date: datetime.datetime | datetime.date | str,
        description: str,
    ) -> CsvText: ...

    @deprecated(
        "legacy.annotations_create is deprecated; use client.annotations.create", category=None
    )
    def annotations_create(
        self,
        *,
        date: datetime.datetime | datetime.date | str,
        description: str,
        format: OutputFormat | None = None,
    ) -> LegacyAcknowledgement | CsvText:
        """Create an annotation through the older API.

        Deprecated: use client.annotations.create.

        Creates despite being a GET: two equal calls create two annotations, so do not repeat a call
        whose outcome is unknown. The answer does not contain the new id. Prefer
        `annotations.create`.

        Successor: https://developer.mixpanel.com/reference/create-annotation

        Args:
            date: Time to annotate, `YYYY-MM-DD HH:MM:SS` in the project's time zone; aware
                datetimes are converted to it.
            description: Text shown on charts.
            format: Format of the answer; `json` by default, `csv` for a table as text.

        Returns:
            LegacyAcknowledgement: Acknowledgement.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.legacy.annotations_create(
            ...     date="2024-01-15 09:00:00",
            ...     description="New prices",
            ... )
        """
        # `deprecated` itself would hide from `inspect` that a method is a coroutine function.
        warnings.warn(
            "legacy.annotations_create is deprecated; use client.annotations.create",
            DeprecationWarning,
            stacklevel=2,
        )
        return self._client.call_operation(
            LEGACY_ANNOTATIONS_CREATE,
            {
                "date": date,
                "description": description,
                "format": format,
            },
        )

    @overload
    @deprecated(
        "legacy.annotations_update is deprecated; use client.annotations.update", category=None
    )
    def annotations_update(
        self,
        *,
        id: int,
        date: datetime.datetime | datetime.date | str,
        description: str,
        format: Literal["json"] | None = None,
    ) -> LegacyAcknowledgement: ...

    @overload
    @deprecated(
        "legacy.annotations_update is deprecated; use client.annotations.update", category=None
    )
    def annotations_update(
        self,
        *,
        format: Literal["csv"],
        id: int,
        date: datetime.datetime | datetime.date | str,
        description: str,
    ) -> CsvText: ...

    @deprecated(
        "legacy.annotations_update is deprecated; use client.annotations.update", category=None
    )
    def annotations_update(
        self,
        *,
        id: int,
        date: datetime.datetime | datetime.date | str,
        description: str,
        format: OutputFormat | None = None,
    ) -> LegacyAcknowledgement | CsvText:
        """Change an annotation through the older API.

        Deprecated: use client.annotations.update.

        Replaces the annotation's date and text. Prefer `annotations.update`, which keeps the date.

        Successor: https://developer.mixpanel.com/reference/patch-annotation-1

        Args:
            id: Id of the annotation.
            date: Time to annotate, `YYYY-MM-DD HH:MM:SS` in the project's time zone; aware
                datetimes are converted to it.
            description: Text shown on charts.
            format: Format of the answer; `json` by default, `csv` for a table as text.

        Returns:
            LegacyAcknowledgement: Acknowledgement.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.legacy.annotations_update(
            ...     id=500002,
            ...     date="2024-01-15 09:00:00",
            ...     description="New prices",
            ... )
        """
        # `deprecated` itself would hide from `inspect` that a method is a coroutine function.
        warnings.warn(
            "legacy.annotations_update is deprecated; use client.annotations.update",
            DeprecationWarning,
            stacklevel=2,
        )
        return self._client.call_operation(
            LEGACY_ANNOTATIONS_UPDATE,
            {
                "id": id,
                "date": date,
                "description": description,
                "format": format,
            },
        )

    @overload
    @deprecated(
        "legacy.annotations_delete is deprecated; use client.annotations.delete", category=None
    )
    def annotations_delete(
        self,
        *,
        id: int,
        format: Literal["json"] | None = None,
    ) -> LegacyAcknowledgement: ...

    @overload
    @deprecated(
        "legacy.annotations_delete is deprecated; use client.annotations.delete", category=None
    )
    def annotations_delete(
        self,
        *,
        format: Literal["csv"],
        id: int,
    ) -> CsvText: ...

    @deprecated(
        "legacy.annotations_delete is deprecated; use client.annotations.delete", category=None
    )
    def annotations_delete(
        self,
        *,
        id: int,
        format: OutputFormat | None = None,
    ) -> LegacyAcknowledgement | CsvText:
        """Delete an annotation through the older API.

        Deprecated: use client.annotations.delete.

        Deletes despite being a GET. Prefer `annotations.delete`.

        Successor: https://developer.mixpanel.com/reference/delete-annotation-1

        Args:
            id: Id of the annotation.
            format: Format of the answer; `json` by default, `csv` for a table as text.

        Returns:
            LegacyAcknowledgement: Acknowledgement.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.legacy.annotations_delete(id=500002)
        """
        # `deprecated` itself would hide from `inspect` that a method is a coroutine function.
        warnings.warn(
            "legacy.annotations_delete is deprecated; use client.annotations.delete",
            DeprecationWarning,
            stacklevel=2,
        )
        return self._client.call_operation(
            LEGACY_ANNOTATIONS_DELETE,
            {
                "id": id,
                "format": format,
            },
        )

    @overload
    @deprecated(
        "legacy.engage is deprecated; use client.profiles.query or client.profiles.all",
        category=None,
    )
    def engage(
        self,
        *,
        where: str | Expression | None = None,
        session_id: str | None = None,
        page: int | None = None,
        format: Literal["json"] | None = None,
    ) -> ProfilesPage: ...

    @overload
    @deprecated(
        "legacy.engage is deprecated; use client.profiles.query or client.profiles.all",
        category=None,
    )
    def engage(
        self,
        *,
        format: Literal["csv"],
        where: str | Expression | None = None,
        session_id: str | None = None,
        page: int | None = None,
    ) -> CsvText: ...

    @deprecated(
        "legacy.engage is deprecated; use client.profiles.query or client.profiles.all",
        category=None,
    )
    def engage(
        self,
        *,
        where: str | Expression | None = None,
        session_id: str | None = None,
        page: int | None = None,
        format: OutputFormat | None = None,
    ) -> ProfilesPage | CsvText:
        """Read a page of profiles through the older API.

        Deprecated: use client.profiles.query or client.profiles.all.

        Returns one page of the profiles that match `where`. Page 0 returns a `session_id`; send it
        back with `page` 1, 2, ... until a page has fewer results than `page_size`. Prefer
        `profiles.query`.

        Successor: https://developer.mixpanel.com/reference/engage-query

        Args:
            where: Expression a profile must match. Every profile by default.
            session_id: The `session_id` of page 0. Required for every later page.
            page: Number of the page, counted from 0; 0 by default.
            format: Format of the answer; `json` by default, `csv` for a table as text.

        Returns:
            ProfilesPage: One page of profiles, or the same as a CSV table.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.legacy.engage()
        """
        # `deprecated` itself would hide from `inspect` that a method is a coroutine function.
        warnings.warn(
            "legacy.engage is deprecated; use client.profiles.query or client.profiles.all",
            DeprecationWarning,
            stacklevel=2,
        )
        return self._client.call_operation(
            LEGACY_ENGAGE,
            {
                "where": where,
                "session_id": session_id,
                "page": page,
                "format": format,
            },
        )


class AsyncLegacyResource:
    """Calls under the older root, for existing integrations. New code should use the other tags."""

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    @overload
    @deprecated("legacy.annotations_list is deprecated; use client.annotations.list", category=None)
    async def annotations_list(
        self,
        *,
        from_date: datetime.date | str,
        to_date: datetime.date | str,
        format: Literal["json"] | None = None,
    ) -> LegacyAnnotationsResult: ...

    @overload
    @deprecated("legacy.annotations_list is deprecated; use client.annotations.list", category=None)
    async def annotations_list(
        self,
        *,
        format: Literal["csv"],
        from_date: datetime.date | str,
        to_date: datetime.date | str,
    ) -> CsvText: ...

    @deprecated("legacy.annotations_list is deprecated; use client.annotations.list", category=None)
    async def annotations_list(
        self,
        *,
        from_date: datetime.date | str,
        to_date: datetime.date | str,
        format: OutputFormat | None = None,
    ) -> LegacyAnnotationsResult | CsvText:
        """List annotations through the older API.

        Deprecated: use client.annotations.list.

        Lists the annotations of a range of days, both ends included, in the project's time zone.
        Prefer `annotations.list`.

        Successor: https://developer.mixpanel.com/reference/list-all-annotations-for-project

        Args:
            from_date: First day of the range, which may be after today.
            to_date: Last day of the range, included; it may be after today.
            format: Format of the answer; `json` by default, `csv` for a table as text.

        Returns:
            LegacyAnnotationsResult: The annotations, or the same as a CSV table.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.legacy.annotations_list(from_date="2024-01-01", to_date="2024-01-31")
        """
        # `deprecated` itself would hide from `inspect` that a method is a coroutine function.
        warnings.warn(
            "legacy.annotations_list is deprecated; use client.annotations.list",
            DeprecationWarning,
            stacklevel=2,
        )
        return await self._client.call_operation(
            LEGACY_ANNOTATIONS_LIST,
            {
                "from_date": from_date,
                "to_date": to_date,
                "format": format,
            },
        )

    @overload
    @deprecated(
        "legacy.annotations_create is deprecated; use client.annotations.create", category=None
    )
    async def annotations_create(
        self,
        *,
        date: datetime.datetime | datetime.date | str,
        description: str,
        format: Literal["json"] | None = None,
    ) -> LegacyAcknowledgement: ...

    @overload
    @deprecated(
        "legacy.annotations_create is deprecated; use client.annotations.create", category=None
    )
    async def annotations_create(
        self,
        *,
        format: Literal["csv"],
        date: datetime.datetime | datetime.date | str,
        description: str,
    ) -> CsvText: ...

    @deprecated(
        "legacy.annotations_create is deprecated; use client.annotations.create", category=None
    )
    async def annotations_create(
        self,
        *,
        date: datetime.datetime | datetime.date | str,
        description: str,
        format: OutputFormat | None = None,
    ) -> LegacyAcknowledgement | CsvText:
        """Create an annotation through the older API.

        Deprecated: use client.annotations.create.

        Creates despite being a GET: two equal calls create two annotations, so do not repeat a call
        whose outcome is unknown. The answer does not contain the new id. Prefer
        `annotations.create`.

        Successor: https://developer.mixpanel.com/reference/create-annotation

        Args:
            date: Time to annotate, `YYYY-MM-DD HH:MM:SS` in the project's time zone; aware
                datetimes are converted to it.
            description: Text shown on charts.
            format: Format of the answer; `json` by default, `csv` for a table as text.

        Returns:
            LegacyAcknowledgement: Acknowledgement.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.legacy.annotations_create(
            ...     date="2024-01-15 09:00:00",
            ...     description="New prices",
            ... )
        """
        # `deprecated` itself would hide from `inspect` that a method is a coroutine function.
        warnings.warn(
            "legacy.annotations_create is deprecated; use client.annotations.create",
            DeprecationWarning,
            stacklevel=2,
        )
        return await self._client.call_operation(
            LEGACY_ANNOTATIONS_CREATE,
            {
                "date": date,
                "description": description,
                "format": format,
            },
        )

    @overload
    @deprecated(
        "legacy.annotations_update is deprecated; use client.annotations.update", category=None
    )
    async def annotations_update(
        self,
        *,
        id: int,
        date: datetime.datetime | datetime.date | str,
        description: str,
        format: Literal["json"] | None = None,
    ) -> LegacyAcknowledgement: ...

    @overload
    @deprecated(
        "legacy.annotations_update is deprecated; use client.annotations.update", category=None
    )
    async def annotations_update(
        self,
        *,
        format: Literal["csv"],
        id: int,
        date: datetime.datetime | datetime.date | str,
        description: str,
    ) -> CsvText: ...

    @deprecated(
        "legacy.annotations_update is deprecated; use client.annotations.update", category=None
    )
    async def annotations_update(
        self,
        *,
        id: int,
        date: datetime.datetime | datetime.date | str,
        description: str,
        format: OutputFormat | None = None,
    ) -> LegacyAcknowledgement | CsvText:
        """Change an annotation through the older API.

        Deprecated: use client.annotations.update.

        Replaces the annotation's date and text. Prefer `annotations.update`, which keeps the date.

        Successor: https://developer.mixpanel.com/reference/patch-annotation-1

        Args:
            id: Id of the annotation.
            date: Time to annotate, `YYYY-MM-DD HH:MM:SS` in the project's time zone; aware
                datetimes are converted to it.
            description: Text shown on charts.
            format: Format of the answer; `json` by default, `csv` for a table as text.

        Returns:
            LegacyAcknowledgement: Acknowledgement.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.legacy.annotations_update(
            ...     id=500002,
            ...     date="2024-01-15 09:00:00",
            ...     description="New prices",
            ... )
        """
        # `deprecated` itself would hide from `inspect` that a method is a coroutine function.
        warnings.warn(
            "legacy.annotations_update is deprecated; use client.annotations.update",
            DeprecationWarning,
            stacklevel=2,
        )
        return await self._client.call_operation(
            LEGACY_ANNOTATIONS_UPDATE,
            {
                "id": id,
                "date": date,
                "description": description,
                "format": format,
            },
        )

    @overload
    @deprecated(
        "legacy.annotations_delete is deprecated; use client.annotations.delete", category=None
    )
    async def annotations_delete(
        self,
        *,
        id: int,
        format: Literal["json"] | None = None,
    ) -> LegacyAcknowledgement: ...

    @overload
    @deprecated(
        "legacy.annotations_delete is deprecated; use client.annotations.delete", category=None
    )
    async def annotations_delete(
        self,
        *,
        format: Literal["csv"],
        id: int,
    ) -> CsvText: ...

    @deprecated(
        "legacy.annotations_delete is deprecated; use client.annotations.delete", category=None
    )
    async def annotations_delete(
        self,
        *,
        id: int,
        format: OutputFormat | None = None,
    ) -> LegacyAcknowledgement | CsvText:
        """Delete an annotation through the older API.

        Deprecated: use client.annotations.delete.

        Deletes despite being a GET. Prefer `annotations.delete`.

        Successor: https://developer.mixpanel.com/reference/delete-annotation-1

        Args:
            id: Id of the annotation.
            format: Format of the answer; `json` by default, `csv` for a table as text.

        Returns:
            LegacyAcknowledgement: Acknowledgement.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.legacy.annotations_delete(id=500002)
        """
        # `deprecated` itself would hide from `inspect` that a method is a coroutine function.
        warnings.warn(
            "legacy.annotations_delete is deprecated; use client.annotations.delete",
            DeprecationWarning,
            stacklevel=2,
        )
        return await self._client.call_operation(
            LEGACY_ANNOTATIONS_DELETE,
            {
                "id": id,
                "format": format,
            },
        )

    @overload
    @deprecated(
        "legacy.engage is deprecated; use client.profiles.query or client.profiles.all",
        category=None,
    )
    async def engage(
        self,
        *,
        where: str | Expression | None = None,
        session_id: str | None = None,
        page: int | None = None,
        format: Literal["json"] | None = None,
    ) -> ProfilesPage: ...

    @overload
    @deprecated(
        "legacy.engage is deprecated; use client.profiles.query or client.profiles.all",
        category=None,
    )
    async def engage(
        self,
        *,
        format: Literal["csv"],
        where: str | Expression | None = None,
        session_id: str | None = None,
        page: int | None = None,
    ) -> CsvText: ...

    @deprecated(
        "legacy.engage is deprecated; use client.profiles.query or client.profiles.all",
        category=None,
    )
    async def engage(
        self,
        *,
        where: str | Expression | None = None,
        session_id: str | None = None,
        page: int | None = None,
        format: OutputFormat | None = None,
    ) -> ProfilesPage | CsvText:
        """Read a page of profiles through the older API.

        Deprecated: use client.profiles.query or client.profiles.all.

        Returns one page of the profiles that match `where`. Page 0 returns a `session_id`; send it
        back with `page` 1, 2, ... until a page has fewer results than `page_size`. Prefer
        `profiles.query`.

        Successor: https://developer.mixpanel.com/reference/engage-query

        Args:
            where: Expression a profile must match. Every profile by default.
            session_id: The `session_id` of page 0. Required for every later page.
            page: Number of the page, counted from 0; 0 by default.
            format: Format of the answer; `json` by default, `csv` for a table as text.

        Returns:
            ProfilesPage: One page of profiles, or the same as a CSV table.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.legacy.engage()
        """
        # `deprecated` itself would hide from `inspect` that a method is a coroutine function.
        warnings.warn(
            "legacy.engage is deprecated; use client.profiles.query or client.profiles.all",
            DeprecationWarning,
            stacklevel=2,
        )
        return await self._client.call_operation(
            LEGACY_ENGAGE,
            {
                "where": where,
                "session_id": session_id,
                "page": page,
                "format": format,
            },
        )
