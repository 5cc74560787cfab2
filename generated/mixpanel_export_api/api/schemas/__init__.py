"""The operations of the tag `schemas`, sync and async."""

from __future__ import annotations

import builtins
import datetime
from collections.abc import Mapping
from typing import Any, Literal, cast, overload

from ...models.entity_type import EntityType, check_entity_type
from ...models.lexicon_result import LexiconResult
from ...models.lexicon_schema import LexiconSchema
from ...runtime import answers
from ...runtime.operation import CsvText, Expression, Operation
from ...types import UNSET, Unset
from .. import AsyncResources, Resources
from . import schemas_get, schemas_list, schemas_list_for_entity

SCHEMAS_LIST: Operation[LexiconResult] = Operation(
    name="schemas.list",
    method="GET",
    path="/api/app/projects/{project_id}/schemas",
    security=frozenset(["oauthToken", "serviceAccount"]),
    idempotent=True,
    writes=False,
    csv=False,
    bound=("project_id",),
    schemas={},
    required=(),
    refused=[],
    renamed={},
    body=None,
    body_fields=(),
    models={},
    build=schemas_list._get_kwargs,
    answer=answers.record(LexiconResult),
)
SCHEMAS_LIST_FOR_ENTITY: Operation[LexiconResult] = Operation(
    name="schemas.list_for_entity",
    method="GET",
    path="/api/app/projects/{project_id}/schemas/{entity_type}",
    security=frozenset(["oauthToken", "serviceAccount"]),
    idempotent=True,
    writes=False,
    csv=False,
    bound=("project_id",),
    schemas={
        "entity_type": {"type": "string", "enum": ["event", "profile"]},
        "entity_name": {"type": "string", "minLength": 1},
    },
    required=("entity_type",),
    refused=[],
    renamed={},
    body=None,
    body_fields=(),
    models={},
    build=schemas_list_for_entity._get_kwargs,
    answer=answers.record(LexiconResult),
)
SCHEMAS_GET: Operation[LexiconSchema] = Operation(
    name="schemas.get",
    method="GET",
    path="/api/app/projects/{project_id}/schemas/{entity_type}/{name}",
    security=frozenset(["oauthToken", "serviceAccount"]),
    idempotent=True,
    writes=False,
    csv=False,
    bound=("project_id",),
    schemas={
        "entity_type": {"type": "string", "enum": ["event", "profile"]},
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
    build=schemas_get._get_kwargs,
    answer=answers.record(LexiconSchema),
)


class SchemasResource:
    """The Lexicon, a project's dictionary of its events and profile properties."""

    def __init__(self, client: Resources) -> None:
        self._client = client

    def list(
        self,
    ) -> LexiconResult:
        """List all Lexicon schemas of a project.

        Lists the Lexicon's descriptions, properties, types and display names of every event and of
        profiles.

        Reference: https://developer.mixpanel.com/reference/list-all-schemas-for-project

        Returns:
            LexiconResult: The schemas.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.
        """
        return self._client.call_operation(
            SCHEMAS_LIST,
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
        """
        return self._client.call_operation(
            SCHEMAS_LIST_FOR_ENTITY,
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
        """
        return self._client.call_operation(
            SCHEMAS_GET,
            {
                "entity_type": entity_type,
                "name": name,
            },
        )


class AsyncSchemasResource:
    """The Lexicon, a project's dictionary of its events and profile properties."""

    def __init__(self, client: AsyncResources) -> None:
        self._client = client

    async def list(
        self,
    ) -> LexiconResult:
        """List all Lexicon schemas of a project.

        Lists the Lexicon's descriptions, properties, types and display names of every event and of
        profiles.

        Reference: https://developer.mixpanel.com/reference/list-all-schemas-for-project

        Returns:
            LexiconResult: The schemas.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.
        """
        return await self._client.call_operation(
            SCHEMAS_LIST,
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
        """
        return await self._client.call_operation(
            SCHEMAS_LIST_FOR_ENTITY,
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
        """
        return await self._client.call_operation(
            SCHEMAS_GET,
            {
                "entity_type": entity_type,
                "name": name,
            },
        )
