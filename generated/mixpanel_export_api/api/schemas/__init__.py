"""The operations of the tag `schemas`, sync and async."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from typing import Any

from ...models.entity_type import EntityType
from ...models.lexicon_acknowledgement import LexiconAcknowledgement
from ...models.lexicon_delete_result import LexiconDeleteResult
from ...models.lexicon_metadata_upload import LexiconMetadataUpload
from ...models.lexicon_properties_upload import LexiconPropertiesUpload
from ...models.lexicon_result import LexiconResult
from ...models.lexicon_schema import LexiconSchema
from ...models.lexicon_schema_upload import LexiconSchemaUpload
from ...models.lexicon_upload import LexiconUpload
from ...models.lexicon_upload_entry import LexiconUploadEntry
from ...models.lexicon_upload_result import LexiconUploadResult
from ...runtime import answers
from ...runtime.operation import AsyncCaller, Caller, Operation
from . import (
    schemas_delete,
    schemas_delete_all,
    schemas_delete_for_entity,
    schemas_get,
    schemas_list,
    schemas_list_for_entity,
    schemas_replace,
    schemas_update,
    schemas_upload,
)

SCHEMAS_LIST: Operation[LexiconResult] = Operation(
    name="schemas.list",
    method="GET",
    path="/api/app/projects/{project_id}/schemas",
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
    build=schemas_list.build_request,
    answer=answers.record(LexiconResult),
)
SCHEMAS_UPLOAD: Operation[LexiconUploadResult] = Operation(
    name="schemas.upload",
    method="POST",
    path="/api/app/projects/{project_id}/schemas",
    security=frozenset(["oauthToken", "serviceAccount"]),
    idempotent=True,
    writes=True,
    deprecated="",
    csv=False,
    bound=("project_id",),
    schemas={
        "entries": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "entityType": {"type": "string", "enum": ["event", "profile", "custom_event"]},
                    "name": {"type": "string", "minLength": 1},
                    "schemaJson": {
                        "type": "object",
                        "properties": {
                            "description": {"type": "string"},
                            "properties": {"type": "object"},
                            "required": {"type": "array", "items": {"type": "string"}},
                            "metadata": {"type": "object"},
                        },
                    },
                },
            },
            "minItems": 1,
        },
        "truncate": {"type": "boolean"},
    },
    required=("entries",),
    refused=[],
    renamed={},
    body=LexiconUpload,
    body_fields=(
        "entries",
        "truncate",
    ),
    models={
        "entries": LexiconUploadEntry,
    },
    build=schemas_upload.build_request,
    answer=answers.record(LexiconUploadResult),
)
SCHEMAS_DELETE_ALL: Operation[LexiconDeleteResult] = Operation(
    name="schemas.delete_all",
    method="DELETE",
    path="/api/app/projects/{project_id}/schemas",
    security=frozenset(["oauthToken", "serviceAccount"]),
    idempotent=True,
    writes=True,
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
    build=schemas_delete_all.build_request,
    answer=answers.record(LexiconDeleteResult),
)
SCHEMAS_LIST_FOR_ENTITY: Operation[LexiconResult] = Operation(
    name="schemas.list_for_entity",
    method="GET",
    path="/api/app/projects/{project_id}/schemas/{entity_type}",
    security=frozenset(["oauthToken", "serviceAccount"]),
    idempotent=True,
    writes=False,
    deprecated="",
    csv=False,
    bound=("project_id",),
    schemas={
        "entity_type": {"type": "string", "enum": ["event", "profile", "custom_event"]},
        "entity_name": {"type": "string", "minLength": 1},
    },
    required=("entity_type",),
    refused=[],
    renamed={},
    body=None,
    body_fields=(),
    models={},
    build=schemas_list_for_entity.build_request,
    answer=answers.record(LexiconResult),
)
SCHEMAS_DELETE_FOR_ENTITY: Operation[LexiconDeleteResult] = Operation(
    name="schemas.delete_for_entity",
    method="DELETE",
    path="/api/app/projects/{project_id}/schemas/{entity_type}",
    security=frozenset(["oauthToken", "serviceAccount"]),
    idempotent=True,
    writes=True,
    deprecated="",
    csv=False,
    bound=("project_id",),
    schemas={
        "entity_type": {"type": "string", "enum": ["event", "profile", "custom_event"]},
        "entity_name": {"type": "string", "minLength": 1},
    },
    required=("entity_type",),
    refused=[],
    renamed={},
    body=None,
    body_fields=(),
    models={},
    build=schemas_delete_for_entity.build_request,
    answer=answers.record(LexiconDeleteResult),
)
SCHEMAS_GET: Operation[LexiconSchema] = Operation(
    name="schemas.get",
    method="GET",
    path="/api/app/projects/{project_id}/schemas/{entity_type}/{name}",
    security=frozenset(["oauthToken", "serviceAccount"]),
    idempotent=True,
    writes=False,
    deprecated="",
    csv=False,
    bound=("project_id",),
    schemas={
        "entity_type": {"type": "string", "enum": ["event", "profile", "custom_event"]},
        "name": {"type": "string", "minLength": 1},
    },
    required=(
        "entity_type",
        "name",
    ),
    refused=[],
    renamed={},
    body=None,
    body_fields=(),
    models={},
    build=schemas_get.build_request,
    answer=answers.record(LexiconSchema),
)
SCHEMAS_REPLACE: Operation[LexiconAcknowledgement] = Operation(
    name="schemas.replace",
    method="POST",
    path="/api/app/projects/{project_id}/schemas/{entity_type}/{name}",
    security=frozenset(["oauthToken", "serviceAccount"]),
    idempotent=True,
    writes=True,
    deprecated="",
    csv=False,
    bound=("project_id",),
    schemas={
        "entity_type": {"type": "string", "enum": ["event", "profile", "custom_event"]},
        "name": {"type": "string", "minLength": 1},
        "description": {"type": "string"},
        "properties": {"type": "object"},
        "required": {"type": "array", "items": {"type": "string"}},
        "metadata": {"type": "object"},
    },
    required=(
        "entity_type",
        "name",
    ),
    refused=[],
    renamed={},
    body=LexiconSchemaUpload,
    body_fields=(
        "description",
        "properties",
        "required",
        "metadata",
    ),
    models={
        "properties": LexiconPropertiesUpload,
        "metadata": LexiconMetadataUpload,
    },
    build=schemas_replace.build_request,
    answer=answers.record(LexiconAcknowledgement),
)
SCHEMAS_DELETE: Operation[LexiconDeleteResult] = Operation(
    name="schemas.delete",
    method="DELETE",
    path="/api/app/projects/{project_id}/schemas/{entity_type}/{name}",
    security=frozenset(["oauthToken", "serviceAccount"]),
    idempotent=True,
    writes=True,
    deprecated="",
    csv=False,
    bound=("project_id",),
    schemas={
        "entity_type": {"type": "string", "enum": ["event", "profile", "custom_event"]},
        "name": {"type": "string", "minLength": 1},
    },
    required=(
        "entity_type",
        "name",
    ),
    refused=[],
    renamed={},
    body=None,
    body_fields=(),
    models={},
    build=schemas_delete.build_request,
    answer=answers.record(LexiconDeleteResult),
)
SCHEMAS_UPDATE: Operation[LexiconAcknowledgement] = Operation(
    name="schemas.update",
    method="PATCH",
    path="/api/app/projects/{project_id}/schemas/{entity_type}/{name}",
    security=frozenset(["oauthToken", "serviceAccount"]),
    idempotent=True,
    writes=True,
    deprecated="",
    csv=False,
    bound=("project_id",),
    schemas={
        "entity_type": {"type": "string", "enum": ["event", "profile", "custom_event"]},
        "name": {"type": "string", "minLength": 1},
        "description": {"type": "string"},
        "properties": {"type": "object"},
        "required": {"type": "array", "items": {"type": "string"}},
        "metadata": {"type": "object"},
    },
    required=(
        "entity_type",
        "name",
    ),
    refused=[],
    renamed={},
    body=LexiconSchemaUpload,
    body_fields=(
        "description",
        "properties",
        "required",
        "metadata",
    ),
    models={
        "properties": LexiconPropertiesUpload,
        "metadata": LexiconMetadataUpload,
    },
    build=schemas_update.build_request,
    answer=answers.record(LexiconAcknowledgement),
)


class SchemasResource:
    """The Lexicon, a project's dictionary of its events and profile properties."""

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(
        self,
    ) -> LexiconResult:
        """List all Lexicon schemas of a project.

        Lists the Lexicon's descriptions, properties, types and display names of every event and of
        profiles that has a schema: uploaded, imported, or made by editing the entry in Lexicon.
        Mixpanel accepts 5 Lexicon calls a minute.

        Reference: https://developer.mixpanel.com/reference/list-all-schemas-for-project

        Returns:
            LexiconResult: The schemas.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.schemas.list()
        """
        return self._client.call_operation(
            SCHEMAS_LIST,
            {},
        )

    def upload(
        self,
        *,
        entries: builtins.list[LexiconUploadEntry | Mapping[str, Any]],
        truncate: bool | None = None,
    ) -> LexiconUploadResult:
        """Create or replace many Lexicon schemas.

        Replaces the schema of each entry, and creates those that are new. With `truncate`, the
        whole Lexicon of the project is deleted first. Repeating the call does no harm. Mixpanel
        accepts 5 Lexicon calls a minute, 4000 events and properties a minute, and 3000 deletions a
        call.

        Reference: https://developer.mixpanel.com/reference/upload-schemas-for-project

        Args:
            entries: The entities with their schemas; entries of a list that was read can be sent
                back.
            truncate: True to delete the whole Lexicon of the project first. False by default.

        Returns:
            LexiconUploadResult: The number of schemas added and deleted.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.schemas.upload(
            ...     entries=[{"entityType": "event", "name": "Purchase", "schemaJson": {"description": "An order is paid."}}],
            ... )
        """
        return self._client.call_operation(
            SCHEMAS_UPLOAD,
            {
                "entries": entries,
                "truncate": truncate,
            },
        )

    def delete_all(
        self,
    ) -> LexiconDeleteResult:
        """Delete all Lexicon schemas of a project.

        Deletes the schema of every event and of profiles, for everyone in the project. Mixpanel
        accepts 5 Lexicon calls a minute, 4000 events and properties a minute, and 3000 deletions a
        call.

        Reference: https://developer.mixpanel.com/reference/delete-all-schemas-in-project

        Returns:
            LexiconDeleteResult: The number of deleted schemas.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.schemas.delete_all()
        """
        return self._client.call_operation(
            SCHEMAS_DELETE_ALL,
            {},
        )

    def list_for_entity(
        self,
        *,
        entity_type: EntityType,
        entity_name: str | None = None,
    ) -> LexiconResult:
        """List the Lexicon schemas of events or of profiles.

        Lists the schemas of one kind of entity, or the schema of a single entity given its name.

        Reference: https://developer.mixpanel.com/reference/list-schemas-for-entity

        Args:
            entity_type: Kind of entity, such as events or profiles.
            entity_name: Name of a single entity. All of the kind by default.

        Returns:
            LexiconResult: The schemas.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.schemas.list_for_entity(entity_type="event")
        """
        return self._client.call_operation(
            SCHEMAS_LIST_FOR_ENTITY,
            {
                "entity_type": entity_type,
                "entity_name": entity_name,
            },
        )

    def delete_for_entity(
        self,
        *,
        entity_type: EntityType,
        entity_name: str | None = None,
    ) -> LexiconDeleteResult:
        """Delete the Lexicon schemas of events or of profiles.

        Deletes the schemas of one kind of entity, or of a single one given its name. Mixpanel
        accepts 5 Lexicon calls a minute, 4000 events and properties a minute, and 3000 deletions a
        call.

        Reference: https://developer.mixpanel.com/reference/delete-schemas-for-entity

        Args:
            entity_type: Kind of entity, such as events or profiles.
            entity_name: Name of a single entity. All of the kind by default.

        Returns:
            LexiconDeleteResult: The number of deleted schemas.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.schemas.delete_for_entity(entity_type="event", entity_name="Purchase")
        """
        return self._client.call_operation(
            SCHEMAS_DELETE_FOR_ENTITY,
            {
                "entity_type": entity_type,
                "entity_name": entity_name,
            },
        )

    def get(
        self,
        *,
        entity_type: EntityType,
        name: str,
    ) -> LexiconSchema:
        """Get the Lexicon schema of one event or of profiles.

        Returns the schema itself, without the entry that wraps it in lists.

        Reference: https://developer.mixpanel.com/reference/list-schemas-by-entity-and-name

        Args:
            entity_type: Kind of entity, such as events or profiles.
            name: Name of the event, or `$user` for user profiles.

        Returns:
            LexiconSchema: The schema.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.schemas.get(entity_type="event", name="Purchase")
        """
        return self._client.call_operation(
            SCHEMAS_GET,
            {
                "entity_type": entity_type,
                "name": name,
            },
        )

    def replace(
        self,
        *,
        entity_type: EntityType,
        name: str,
        description: str | None = None,
        properties: LexiconPropertiesUpload | Mapping[str, Any] | None = None,
        required: builtins.list[str] | None = None,
        metadata: LexiconMetadataUpload | Mapping[str, Any] | None = None,
    ) -> LexiconAcknowledgement:
        """Create or replace the Lexicon schema of one event or of profiles.

        Replaces the whole schema, or creates it. Repeating the call does no harm. Mixpanel accepts
        5 Lexicon calls a minute, 4000 events and properties a minute, and 3000 deletions a call.

        Reference: https://developer.mixpanel.com/reference/upload-schema-by-entity-and-name

        Args:
            entity_type: Kind of entity, such as events or profiles.
            name: Name of the event, or `$user` for user profiles.
            description: Description of the entity.
            properties: Properties by name, each an object with `type` (array, boolean, integer,
                null, number, object or string), `description` and `metadata`.
            required: Names of the properties it always has.
            metadata: Data by software: under `com.mixpanel`, an object with `displayName`, `tags`,
                `hidden`, `dropped`, `contacts`, `teamContacts` and `$source`.

        Returns:
            LexiconAcknowledgement: Acknowledgement.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.schemas.replace(
            ...     entity_type="event",
            ...     name="Purchase",
            ...     description="An order is paid.",
            ... )
        """
        return self._client.call_operation(
            SCHEMAS_REPLACE,
            {
                "entity_type": entity_type,
                "name": name,
                "description": description,
                "properties": properties,
                "required": required,
                "metadata": metadata,
            },
        )

    def delete(
        self,
        *,
        entity_type: EntityType,
        name: str,
    ) -> LexiconDeleteResult:
        """Delete the Lexicon schema of one event or of profiles.

        Deletes one schema. Mixpanel accepts 5 Lexicon calls a minute, 4000 events and properties a
        minute, and 3000 deletions a call.

        Reference: https://developer.mixpanel.com/reference/delete-schema-by-entity-and-name

        Args:
            entity_type: Kind of entity, such as events or profiles.
            name: Name of the event, or `$user` for user profiles.

        Returns:
            LexiconDeleteResult: The number of deleted schemas.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.schemas.delete(entity_type="event", name="Purchase")
        """
        return self._client.call_operation(
            SCHEMAS_DELETE,
            {
                "entity_type": entity_type,
                "name": name,
            },
        )

    def update(
        self,
        *,
        entity_type: EntityType,
        name: str,
        description: str | None = None,
        properties: LexiconPropertiesUpload | Mapping[str, Any] | None = None,
        required: builtins.list[str] | None = None,
        metadata: LexiconMetadataUpload | Mapping[str, Any] | None = None,
    ) -> LexiconAcknowledgement:
        """Change parts of the Lexicon schema of one event or of profiles.

        Replaces the fields in the body and keeps the others. Mixpanel's reference does not list
        this call. Mixpanel accepts 5 Lexicon calls a minute, 4000 events and properties a minute,
        and 3000 deletions a call.

        Related reference: https://developer.mixpanel.com/reference/upload-schema-by-entity-and-name

        Args:
            entity_type: Kind of entity, such as events or profiles.
            name: Name of the event, or `$user` for user profiles.
            description: Description of the entity.
            properties: Properties by name, each an object with `type` (array, boolean, integer,
                null, number, object or string), `description` and `metadata`.
            required: Names of the properties it always has.
            metadata: Data by software: under `com.mixpanel`, an object with `displayName`, `tags`,
                `hidden`, `dropped`, `contacts`, `teamContacts` and `$source`.

        Returns:
            LexiconAcknowledgement: Acknowledgement.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.schemas.update(
            ...     entity_type="event",
            ...     name="Purchase",
            ...     description="An order is paid.",
            ... )
        """
        return self._client.call_operation(
            SCHEMAS_UPDATE,
            {
                "entity_type": entity_type,
                "name": name,
                "description": description,
                "properties": properties,
                "required": required,
                "metadata": metadata,
            },
        )


class AsyncSchemasResource:
    """The Lexicon, a project's dictionary of its events and profile properties."""

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    async def list(
        self,
    ) -> LexiconResult:
        """List all Lexicon schemas of a project.

        Lists the Lexicon's descriptions, properties, types and display names of every event and of
        profiles that has a schema: uploaded, imported, or made by editing the entry in Lexicon.
        Mixpanel accepts 5 Lexicon calls a minute.

        Reference: https://developer.mixpanel.com/reference/list-all-schemas-for-project

        Returns:
            LexiconResult: The schemas.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.schemas.list()
        """
        return await self._client.call_operation(
            SCHEMAS_LIST,
            {},
        )

    async def upload(
        self,
        *,
        entries: builtins.list[LexiconUploadEntry | Mapping[str, Any]],
        truncate: bool | None = None,
    ) -> LexiconUploadResult:
        """Create or replace many Lexicon schemas.

        Replaces the schema of each entry, and creates those that are new. With `truncate`, the
        whole Lexicon of the project is deleted first. Repeating the call does no harm. Mixpanel
        accepts 5 Lexicon calls a minute, 4000 events and properties a minute, and 3000 deletions a
        call.

        Reference: https://developer.mixpanel.com/reference/upload-schemas-for-project

        Args:
            entries: The entities with their schemas; entries of a list that was read can be sent
                back.
            truncate: True to delete the whole Lexicon of the project first. False by default.

        Returns:
            LexiconUploadResult: The number of schemas added and deleted.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.schemas.upload(
            ...     entries=[{"entityType": "event", "name": "Purchase", "schemaJson": {"description": "An order is paid."}}],
            ... )
        """
        return await self._client.call_operation(
            SCHEMAS_UPLOAD,
            {
                "entries": entries,
                "truncate": truncate,
            },
        )

    async def delete_all(
        self,
    ) -> LexiconDeleteResult:
        """Delete all Lexicon schemas of a project.

        Deletes the schema of every event and of profiles, for everyone in the project. Mixpanel
        accepts 5 Lexicon calls a minute, 4000 events and properties a minute, and 3000 deletions a
        call.

        Reference: https://developer.mixpanel.com/reference/delete-all-schemas-in-project

        Returns:
            LexiconDeleteResult: The number of deleted schemas.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.schemas.delete_all()
        """
        return await self._client.call_operation(
            SCHEMAS_DELETE_ALL,
            {},
        )

    async def list_for_entity(
        self,
        *,
        entity_type: EntityType,
        entity_name: str | None = None,
    ) -> LexiconResult:
        """List the Lexicon schemas of events or of profiles.

        Lists the schemas of one kind of entity, or the schema of a single entity given its name.

        Reference: https://developer.mixpanel.com/reference/list-schemas-for-entity

        Args:
            entity_type: Kind of entity, such as events or profiles.
            entity_name: Name of a single entity. All of the kind by default.

        Returns:
            LexiconResult: The schemas.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.schemas.list_for_entity(entity_type="event")
        """
        return await self._client.call_operation(
            SCHEMAS_LIST_FOR_ENTITY,
            {
                "entity_type": entity_type,
                "entity_name": entity_name,
            },
        )

    async def delete_for_entity(
        self,
        *,
        entity_type: EntityType,
        entity_name: str | None = None,
    ) -> LexiconDeleteResult:
        """Delete the Lexicon schemas of events or of profiles.

        Deletes the schemas of one kind of entity, or of a single one given its name. Mixpanel
        accepts 5 Lexicon calls a minute, 4000 events and properties a minute, and 3000 deletions a
        call.

        Reference: https://developer.mixpanel.com/reference/delete-schemas-for-entity

        Args:
            entity_type: Kind of entity, such as events or profiles.
            entity_name: Name of a single entity. All of the kind by default.

        Returns:
            LexiconDeleteResult: The number of deleted schemas.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.schemas.delete_for_entity(entity_type="event", entity_name="Purchase")
        """
        return await self._client.call_operation(
            SCHEMAS_DELETE_FOR_ENTITY,
            {
                "entity_type": entity_type,
                "entity_name": entity_name,
            },
        )

    async def get(
        self,
        *,
        entity_type: EntityType,
        name: str,
    ) -> LexiconSchema:
        """Get the Lexicon schema of one event or of profiles.

        Returns the schema itself, without the entry that wraps it in lists.

        Reference: https://developer.mixpanel.com/reference/list-schemas-by-entity-and-name

        Args:
            entity_type: Kind of entity, such as events or profiles.
            name: Name of the event, or `$user` for user profiles.

        Returns:
            LexiconSchema: The schema.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.schemas.get(entity_type="event", name="Purchase")
        """
        return await self._client.call_operation(
            SCHEMAS_GET,
            {
                "entity_type": entity_type,
                "name": name,
            },
        )

    async def replace(
        self,
        *,
        entity_type: EntityType,
        name: str,
        description: str | None = None,
        properties: LexiconPropertiesUpload | Mapping[str, Any] | None = None,
        required: builtins.list[str] | None = None,
        metadata: LexiconMetadataUpload | Mapping[str, Any] | None = None,
    ) -> LexiconAcknowledgement:
        """Create or replace the Lexicon schema of one event or of profiles.

        Replaces the whole schema, or creates it. Repeating the call does no harm. Mixpanel accepts
        5 Lexicon calls a minute, 4000 events and properties a minute, and 3000 deletions a call.

        Reference: https://developer.mixpanel.com/reference/upload-schema-by-entity-and-name

        Args:
            entity_type: Kind of entity, such as events or profiles.
            name: Name of the event, or `$user` for user profiles.
            description: Description of the entity.
            properties: Properties by name, each an object with `type` (array, boolean, integer,
                null, number, object or string), `description` and `metadata`.
            required: Names of the properties it always has.
            metadata: Data by software: under `com.mixpanel`, an object with `displayName`, `tags`,
                `hidden`, `dropped`, `contacts`, `teamContacts` and `$source`.

        Returns:
            LexiconAcknowledgement: Acknowledgement.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.schemas.replace(
            ...     entity_type="event",
            ...     name="Purchase",
            ...     description="An order is paid.",
            ... )
        """
        return await self._client.call_operation(
            SCHEMAS_REPLACE,
            {
                "entity_type": entity_type,
                "name": name,
                "description": description,
                "properties": properties,
                "required": required,
                "metadata": metadata,
            },
        )

    async def delete(
        self,
        *,
        entity_type: EntityType,
        name: str,
    ) -> LexiconDeleteResult:
        """Delete the Lexicon schema of one event or of profiles.

        Deletes one schema. Mixpanel accepts 5 Lexicon calls a minute, 4000 events and properties a
        minute, and 3000 deletions a call.

        Reference: https://developer.mixpanel.com/reference/delete-schema-by-entity-and-name

        Args:
            entity_type: Kind of entity, such as events or profiles.
            name: Name of the event, or `$user` for user profiles.

        Returns:
            LexiconDeleteResult: The number of deleted schemas.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.schemas.delete(entity_type="event", name="Purchase")
        """
        return await self._client.call_operation(
            SCHEMAS_DELETE,
            {
                "entity_type": entity_type,
                "name": name,
            },
        )

    async def update(
        self,
        *,
        entity_type: EntityType,
        name: str,
        description: str | None = None,
        properties: LexiconPropertiesUpload | Mapping[str, Any] | None = None,
        required: builtins.list[str] | None = None,
        metadata: LexiconMetadataUpload | Mapping[str, Any] | None = None,
    ) -> LexiconAcknowledgement:
        """Change parts of the Lexicon schema of one event or of profiles.

        Replaces the fields in the body and keeps the others. Mixpanel's reference does not list
        this call. Mixpanel accepts 5 Lexicon calls a minute, 4000 events and properties a minute,
        and 3000 deletions a call.

        Related reference: https://developer.mixpanel.com/reference/upload-schema-by-entity-and-name

        Args:
            entity_type: Kind of entity, such as events or profiles.
            name: Name of the event, or `$user` for user profiles.
            description: Description of the entity.
            properties: Properties by name, each an object with `type` (array, boolean, integer,
                null, number, object or string), `description` and `metadata`.
            required: Names of the properties it always has.
            metadata: Data by software: under `com.mixpanel`, an object with `displayName`, `tags`,
                `hidden`, `dropped`, `contacts`, `teamContacts` and `$source`.

        Returns:
            LexiconAcknowledgement: Acknowledgement.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.schemas.update(
            ...     entity_type="event",
            ...     name="Purchase",
            ...     description="An order is paid.",
            ... )
        """
        return await self._client.call_operation(
            SCHEMAS_UPDATE,
            {
                "entity_type": entity_type,
                "name": name,
                "description": description,
                "properties": properties,
                "required": required,
                "metadata": metadata,
            },
        )
