"""The operations of the tag `annotations`, sync and async."""

from __future__ import annotations

import builtins
import datetime

from ...models.annotation_create import AnnotationCreate
from ...models.annotation_deleted_result import AnnotationDeletedResult
from ...models.annotation_result import AnnotationResult
from ...models.annotation_tag import AnnotationTag
from ...models.annotation_update import AnnotationUpdate
from ...models.annotations_result import AnnotationsResult
from ...models.tag_create import TagCreate
from ...runtime import answers
from ...runtime.lists import Records
from ...runtime.operation import AsyncCaller, Caller, Operation
from . import (
    annotations_create,
    annotations_create_tag,
    annotations_delete,
    annotations_get,
    annotations_list,
    annotations_list_tags,
    annotations_update,
)

ANNOTATIONS_LIST: Operation[AnnotationsResult] = Operation(
    name="annotations.list",
    method="GET",
    path="/api/app/projects/{project_id}/annotations",
    security=frozenset(["oauthToken", "serviceAccount"]),
    idempotent=True,
    writes=False,
    deprecated="",
    csv=False,
    bound=("project_id",),
    schemas={
        "from_date": {"type": "string", "format": "date", "x-future": True},
        "to_date": {"type": "string", "format": "date", "x-future": True},
    },
    required=(),
    refused=[],
    renamed={},
    body=None,
    body_fields=(),
    models={},
    build=annotations_list.build_request,
    answer=answers.record(AnnotationsResult),
)
ANNOTATIONS_CREATE: Operation[AnnotationResult] = Operation(
    name="annotations.create",
    method="POST",
    path="/api/app/projects/{project_id}/annotations",
    security=frozenset(["oauthToken", "serviceAccount"]),
    idempotent=False,
    writes=True,
    deprecated="",
    csv=False,
    bound=("project_id",),
    schemas={
        "date": {"type": "string", "format": "mixpanel-datetime"},
        "description": {"type": "string", "minLength": 1},
        "tags": {"type": "array", "items": {"type": "integer"}},
    },
    required=(
        "date",
        "description",
    ),
    refused=[],
    renamed={},
    body=AnnotationCreate,
    body_fields=(
        "date",
        "description",
        "tags",
    ),
    models={},
    build=annotations_create.build_request,
    answer=answers.record(AnnotationResult),
)
ANNOTATIONS_GET: Operation[AnnotationResult] = Operation(
    name="annotations.get",
    method="GET",
    path="/api/app/projects/{project_id}/annotations/{annotation_id}",
    security=frozenset(["oauthToken", "serviceAccount"]),
    idempotent=True,
    writes=False,
    deprecated="",
    csv=False,
    bound=("project_id",),
    schemas={
        "annotation_id": {"type": "integer"},
    },
    required=("annotation_id",),
    refused=[],
    renamed={},
    body=None,
    body_fields=(),
    models={},
    build=annotations_get.build_request,
    answer=answers.record(AnnotationResult),
)
ANNOTATIONS_DELETE: Operation[AnnotationDeletedResult] = Operation(
    name="annotations.delete",
    method="DELETE",
    path="/api/app/projects/{project_id}/annotations/{annotation_id}",
    security=frozenset(["oauthToken", "serviceAccount"]),
    idempotent=True,
    writes=True,
    deprecated="",
    csv=False,
    bound=("project_id",),
    schemas={
        "annotation_id": {"type": "integer"},
    },
    required=("annotation_id",),
    refused=[],
    renamed={},
    body=None,
    body_fields=(),
    models={},
    build=annotations_delete.build_request,
    answer=answers.record(AnnotationDeletedResult),
)
ANNOTATIONS_UPDATE: Operation[AnnotationResult] = Operation(
    name="annotations.update",
    method="PATCH",
    path="/api/app/projects/{project_id}/annotations/{annotation_id}",
    security=frozenset(["oauthToken", "serviceAccount"]),
    idempotent=True,
    writes=True,
    deprecated="",
    csv=False,
    bound=("project_id",),
    schemas={
        "annotation_id": {"type": "integer"},
        "description": {"type": "string", "minLength": 1},
        "tags": {"type": "array", "items": {"type": "integer"}},
    },
    required=("annotation_id",),
    refused=[],
    renamed={},
    body=AnnotationUpdate,
    body_fields=(
        "description",
        "tags",
    ),
    models={},
    build=annotations_update.build_request,
    answer=answers.record(AnnotationResult),
)
ANNOTATIONS_LIST_TAGS: Operation[Records[AnnotationTag]] = Operation(
    name="annotations.list_tags",
    method="GET",
    path="/api/app/projects/{project_id}/annotations/tags",
    security=frozenset(["oauthToken", "serviceAccount"]),
    idempotent=True,
    writes=False,
    deprecated="",
    csv=False,
    bound=("project_id",),
    schemas={},
    required=(),
    refused=[],
    renamed={},
    body=None,
    body_fields=(),
    models={},
    build=annotations_list_tags.build_request,
    answer=answers.records(AnnotationTag),
)
ANNOTATIONS_CREATE_TAG: Operation[AnnotationTag] = Operation(
    name="annotations.create_tag",
    method="POST",
    path="/api/app/projects/{project_id}/annotations/tags",
    security=frozenset(["oauthToken", "serviceAccount"]),
    idempotent=False,
    writes=True,
    deprecated="",
    csv=False,
    bound=("project_id",),
    schemas={
        "name": {"type": "string", "minLength": 1},
    },
    required=("name",),
    refused=[],
    renamed={},
    body=TagCreate,
    body_fields=("name",),
    models={},
    build=annotations_create_tag.build_request,
    answer=answers.record(AnnotationTag),
)


class AnnotationsResource:
    """Notes pinned to a moment on a project's charts, and their tags."""

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(
        self,
        *,
        from_date: datetime.date | str | None = None,
        to_date: datetime.date | str | None = None,
    ) -> AnnotationsResult:
        """List the annotations of a project.

        Lists every annotation, or those dated within a range, both ends included. Dates are in the
        project's time zone.

        Reference: https://developer.mixpanel.com/reference/list-all-annotations-for-project

        Args:
            from_date: First day of the range, which may be after today. Unlimited by default.
            to_date: Last day of the range, included; it may be after today. Unlimited by default.

        Returns:
            AnnotationsResult: The annotations.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.annotations.list(from_date="2024-01-01", to_date="2024-01-31")
        """
        return self._client.call_operation(
            ANNOTATIONS_LIST,
            {
                "from_date": from_date,
                "to_date": to_date,
            },
        )

    def create(
        self,
        *,
        date: datetime.datetime | datetime.date | str,
        description: str,
        tags: builtins.list[int] | None = None,
    ) -> AnnotationResult:
        """Create an annotation.

        Pins a note to a moment on the project's charts. Requires the Analyst role or higher. Two
        equal calls create two annotations, so do not repeat a call whose outcome is unknown: list
        the annotations first.

        Reference: https://developer.mixpanel.com/reference/create-annotation

        Args:
            date: Time to annotate: a datetime, a date (midnight) or ISO 8601 text. It is sent as
                `YYYY-MM-DD HH:MM:SS` in the project's time zone, to which a time with an offset is
                converted.
            description: Text shown on charts.
            tags: Ids of its tags.

        Returns:
            AnnotationResult: The annotation as created, with its id.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.annotations.create(
            ...     date="2024-01-15 09:00:00",
            ...     description="New prices",
            ...     tags=[7001],
            ... )
        """
        return self._client.call_operation(
            ANNOTATIONS_CREATE,
            {
                "date": date,
                "description": description,
                "tags": tags,
            },
        )

    def get(
        self,
        *,
        annotation_id: int,
    ) -> AnnotationResult:
        """Get one annotation.

        Returns the annotation with its date, text, author and tags.

        Reference: https://developer.mixpanel.com/reference/get-annotation-1

        Args:
            annotation_id: Id of the annotation.

        Returns:
            AnnotationResult: The annotation.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.annotations.get(annotation_id=500001)
        """
        return self._client.call_operation(
            ANNOTATIONS_GET,
            {
                "annotation_id": annotation_id,
            },
        )

    def delete(
        self,
        *,
        annotation_id: int,
    ) -> AnnotationDeletedResult:
        """Delete an annotation.

        Removes the annotation for everyone in the project. Requires the Analyst role or higher.

        Reference: https://developer.mixpanel.com/reference/delete-annotation-1

        Args:
            annotation_id: Id of the annotation.

        Returns:
            AnnotationDeletedResult: The id of the deleted annotation.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.annotations.delete(annotation_id=500001)
        """
        return self._client.call_operation(
            ANNOTATIONS_DELETE,
            {
                "annotation_id": annotation_id,
            },
        )

    def update(
        self,
        *,
        annotation_id: int,
        description: str | None = None,
        tags: builtins.list[int] | None = None,
    ) -> AnnotationResult:
        """Change an annotation's text or tags.

        Replaces the fields in the body and keeps the others; the date cannot be changed. Requires
        the Analyst role or higher.

        Reference: https://developer.mixpanel.com/reference/patch-annotation-1

        Args:
            annotation_id: Id of the annotation.
            description: The new text.
            tags: Ids of the tags that replace the old ones.

        Returns:
            AnnotationResult: The annotation as changed.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.annotations.update(annotation_id=500001, description="New prices in Europe")
        """
        return self._client.call_operation(
            ANNOTATIONS_UPDATE,
            {
                "annotation_id": annotation_id,
                "description": description,
                "tags": tags,
            },
        )

    def list_tags(
        self,
    ) -> Records[AnnotationTag]:
        """List the annotation tags of a project.

        Lists the tags for annotations with their ids. Requires the Analyst role or higher.

        Reference: https://developer.mixpanel.com/reference/get-annotation-tags-1

        Returns:
            Records[AnnotationTag]: The tags.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.annotations.list_tags()
        """
        return self._client.call_operation(
            ANNOTATIONS_LIST_TAGS,
            {},
        )

    def create_tag(
        self,
        *,
        name: str,
    ) -> AnnotationTag:
        """Create an annotation tag.

        Creates a tag that annotations can refer to by id. Requires the Analyst role or higher. Do
        not repeat a call whose outcome is unknown: list the tags first.

        Reference: https://developer.mixpanel.com/reference/create-annotation-tag-1

        Args:
            name: Name of the tag.

        Returns:
            AnnotationTag: The tag as created, with its id.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.annotations.create_tag(name="experiment")
        """
        return self._client.call_operation(
            ANNOTATIONS_CREATE_TAG,
            {
                "name": name,
            },
        )


class AsyncAnnotationsResource:
    """Notes pinned to a moment on a project's charts, and their tags."""

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    async def list(
        self,
        *,
        from_date: datetime.date | str | None = None,
        to_date: datetime.date | str | None = None,
    ) -> AnnotationsResult:
        """List the annotations of a project.

        Lists every annotation, or those dated within a range, both ends included. Dates are in the
        project's time zone.

        Reference: https://developer.mixpanel.com/reference/list-all-annotations-for-project

        Args:
            from_date: First day of the range, which may be after today. Unlimited by default.
            to_date: Last day of the range, included; it may be after today. Unlimited by default.

        Returns:
            AnnotationsResult: The annotations.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.annotations.list(from_date="2024-01-01", to_date="2024-01-31")
        """
        return await self._client.call_operation(
            ANNOTATIONS_LIST,
            {
                "from_date": from_date,
                "to_date": to_date,
            },
        )

    async def create(
        self,
        *,
        date: datetime.datetime | datetime.date | str,
        description: str,
        tags: builtins.list[int] | None = None,
    ) -> AnnotationResult:
        """Create an annotation.

        Pins a note to a moment on the project's charts. Requires the Analyst role or higher. Two
        equal calls create two annotations, so do not repeat a call whose outcome is unknown: list
        the annotations first.

        Reference: https://developer.mixpanel.com/reference/create-annotation

        Args:
            date: Time to annotate: a datetime, a date (midnight) or ISO 8601 text. It is sent as
                `YYYY-MM-DD HH:MM:SS` in the project's time zone, to which a time with an offset is
                converted.
            description: Text shown on charts.
            tags: Ids of its tags.

        Returns:
            AnnotationResult: The annotation as created, with its id.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.annotations.create(
            ...     date="2024-01-15 09:00:00",
            ...     description="New prices",
            ...     tags=[7001],
            ... )
        """
        return await self._client.call_operation(
            ANNOTATIONS_CREATE,
            {
                "date": date,
                "description": description,
                "tags": tags,
            },
        )

    async def get(
        self,
        *,
        annotation_id: int,
    ) -> AnnotationResult:
        """Get one annotation.

        Returns the annotation with its date, text, author and tags.

        Reference: https://developer.mixpanel.com/reference/get-annotation-1

        Args:
            annotation_id: Id of the annotation.

        Returns:
            AnnotationResult: The annotation.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.annotations.get(annotation_id=500001)
        """
        return await self._client.call_operation(
            ANNOTATIONS_GET,
            {
                "annotation_id": annotation_id,
            },
        )

    async def delete(
        self,
        *,
        annotation_id: int,
    ) -> AnnotationDeletedResult:
        """Delete an annotation.

        Removes the annotation for everyone in the project. Requires the Analyst role or higher.

        Reference: https://developer.mixpanel.com/reference/delete-annotation-1

        Args:
            annotation_id: Id of the annotation.

        Returns:
            AnnotationDeletedResult: The id of the deleted annotation.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.annotations.delete(annotation_id=500001)
        """
        return await self._client.call_operation(
            ANNOTATIONS_DELETE,
            {
                "annotation_id": annotation_id,
            },
        )

    async def update(
        self,
        *,
        annotation_id: int,
        description: str | None = None,
        tags: builtins.list[int] | None = None,
    ) -> AnnotationResult:
        """Change an annotation's text or tags.

        Replaces the fields in the body and keeps the others; the date cannot be changed. Requires
        the Analyst role or higher.

        Reference: https://developer.mixpanel.com/reference/patch-annotation-1

        Args:
            annotation_id: Id of the annotation.
            description: The new text.
            tags: Ids of the tags that replace the old ones.

        Returns:
            AnnotationResult: The annotation as changed.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.annotations.update(annotation_id=500001, description="New prices in Europe")
        """
        return await self._client.call_operation(
            ANNOTATIONS_UPDATE,
            {
                "annotation_id": annotation_id,
                "description": description,
                "tags": tags,
            },
        )

    async def list_tags(
        self,
    ) -> Records[AnnotationTag]:
        """List the annotation tags of a project.

        Lists the tags for annotations with their ids. Requires the Analyst role or higher.

        Reference: https://developer.mixpanel.com/reference/get-annotation-tags-1

        Returns:
            Records[AnnotationTag]: The tags.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.annotations.list_tags()
        """
        return await self._client.call_operation(
            ANNOTATIONS_LIST_TAGS,
            {},
        )

    async def create_tag(
        self,
        *,
        name: str,
    ) -> AnnotationTag:
        """Create an annotation tag.

        Creates a tag that annotations can refer to by id. Requires the Analyst role or higher. Do
        not repeat a call whose outcome is unknown: list the tags first.

        Reference: https://developer.mixpanel.com/reference/create-annotation-tag-1

        Args:
            name: Name of the tag.

        Returns:
            AnnotationTag: The tag as created, with its id.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.annotations.create_tag(name="experiment")
        """
        return await self._client.call_operation(
            ANNOTATIONS_CREATE_TAG,
            {
                "name": name,
            },
        )
