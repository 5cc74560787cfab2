"""The operations of the tag `deletions`, sync and async."""

from __future__ import annotations

import builtins

from ...models.compliance_type import ComplianceType
from ...models.deletion_create import DeletionCreate
from ...models.privacy_job_result import PrivacyJobResult
from ...runtime import answers
from ...runtime.operation import AsyncCaller, Caller, Operation
from . import deletions_cancel, deletions_create, deletions_get

DELETIONS_CREATE: Operation[PrivacyJobResult] = Operation(
    name="deletions.create",
    method="POST",
    path="/api/app/data-deletions/v3.0",
    security=frozenset(["oauthToken"]),
    idempotent=False,
    writes=True,
    deprecated="",
    csv=False,
    bound=(),
    schemas={
        "token": {"type": "string", "minLength": 1},
        "distinct_ids": {
            "type": "array",
            "items": {"type": "string", "minLength": 1},
            "minItems": 1,
            "maxItems": 2000,
        },
        "compliance_type": {"type": "string", "enum": ["GDPR", "CCPA"]},
    },
    required=(
        "token",
        "distinct_ids",
    ),
    refused=[],
    renamed={},
    body=DeletionCreate,
    body_fields=(
        "distinct_ids",
        "compliance_type",
    ),
    models={},
    build=deletions_create.build_request,
    answer=answers.record(PrivacyJobResult),
)
DELETIONS_GET: Operation[PrivacyJobResult] = Operation(
    name="deletions.get",
    method="GET",
    path="/api/app/data-deletions/v3.0/{tracking_id}",
    security=frozenset(["oauthToken"]),
    idempotent=True,
    writes=False,
    deprecated="",
    csv=False,
    bound=(),
    schemas={
        "tracking_id": {"type": "string", "minLength": 1},
        "token": {"type": "string", "minLength": 1},
    },
    required=(
        "tracking_id",
        "token",
    ),
    refused=[],
    renamed={},
    body=None,
    body_fields=(),
    models={},
    build=deletions_get.build_request,
    answer=answers.record(PrivacyJobResult),
)
DELETIONS_CANCEL: Operation[PrivacyJobResult] = Operation(
    name="deletions.cancel",
    method="DELETE",
    path="/api/app/data-deletions/v3.0/{tracking_id}",
    security=frozenset(["oauthToken"]),
    idempotent=True,
    writes=True,
    deprecated="",
    csv=False,
    bound=(),
    schemas={
        "tracking_id": {"type": "string", "minLength": 1},
        "token": {"type": "string", "minLength": 1},
    },
    required=(
        "tracking_id",
        "token",
    ),
    refused=[],
    renamed={},
    body=None,
    body_fields=(),
    models={},
    build=deletions_cancel.build_request,
    answer=answers.record(PrivacyJobResult),
)


class DeletionsResource:
    """Privacy requests (GDPR, CCPA) to delete the data of users."""

    def __init__(self, client: Caller) -> None:
        self._client = client

    def create(
        self,
        *,
        token: str,
        distinct_ids: builtins.list[str],
        compliance_type: ComplianceType | None = None,
    ) -> PrivacyJobResult:
        """Request the deletion of the data of some users.

        Starts a job that deletes everything Mixpanel stores about the users, under the GDPR or the
        CCPA. It cannot be undone; it can be cancelled while it is pending. Needs an OAuth token
        made for privacy requests, and the project's token as an argument. Mixpanel accepts 1 such
        call a second. Do not repeat a call whose outcome is unknown: each one starts a job.

        Reference: https://developer.mixpanel.com/reference/create-deletion

        Args:
            token: The project's token, from its settings; the one that events are sent with.
            distinct_ids: Distinct ids of the users, at most 2000.
            compliance_type: The law that a privacy request is made under; `GDPR` by default.

        Returns:
            PrivacyJobResult: The job, with its id.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.deletions.create(
            ...     token="sandbox-project-token",
            ...     distinct_ids=["00001-8f33092299cb4d56"],
            ...     compliance_type="GDPR",
            ... )
        """
        return self._client.call_operation(
            DELETIONS_CREATE,
            {
                "token": token,
                "distinct_ids": distinct_ids,
                "compliance_type": compliance_type,
            },
        )

    def get(
        self,
        *,
        tracking_id: str,
        token: str,
    ) -> PrivacyJobResult:
        """Get the status of a deletion job.

        Returns the status of the job and the users it is for. Needs an OAuth token made for privacy
        requests.

        Reference: https://developer.mixpanel.com/reference/get-deletion

        Args:
            tracking_id: Id of the job, its `task_id` when it was created.
            token: The project's token, from its settings; the one that events are sent with.

        Returns:
            PrivacyJobResult: The job.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.deletions.get(token="sandbox-project-token", tracking_id="1")
        """
        return self._client.call_operation(
            DELETIONS_GET,
            {
                "tracking_id": tracking_id,
                "token": token,
            },
        )

    def cancel(
        self,
        *,
        tracking_id: str,
        token: str,
    ) -> PrivacyJobResult:
        """Cancel a deletion job that is pending.

        Cancels the job, which is possible until it has started. Needs an OAuth token made for
        privacy requests.

        Reference: https://developer.mixpanel.com/reference/delete-deletion

        Args:
            tracking_id: Id of the job, its `task_id` when it was created.
            token: The project's token, from its settings; the one that events are sent with.

        Returns:
            PrivacyJobResult: Acknowledgement; Mixpanel sends 204 without a body.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.deletions.cancel(token="sandbox-project-token", tracking_id="1")
        """
        return self._client.call_operation(
            DELETIONS_CANCEL,
            {
                "tracking_id": tracking_id,
                "token": token,
            },
        )


class AsyncDeletionsResource:
    """Privacy requests (GDPR, CCPA) to delete the data of users."""

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    async def create(
        self,
        *,
        token: str,
        distinct_ids: builtins.list[str],
        compliance_type: ComplianceType | None = None,
    ) -> PrivacyJobResult:
        """Request the deletion of the data of some users.

        Starts a job that deletes everything Mixpanel stores about the users, under the GDPR or the
        CCPA. It cannot be undone; it can be cancelled while it is pending. Needs an OAuth token
        made for privacy requests, and the project's token as an argument. Mixpanel accepts 1 such
        call a second. Do not repeat a call whose outcome is unknown: each one starts a job.

        Reference: https://developer.mixpanel.com/reference/create-deletion

        Args:
            token: The project's token, from its settings; the one that events are sent with.
            distinct_ids: Distinct ids of the users, at most 2000.
            compliance_type: The law that a privacy request is made under; `GDPR` by default.

        Returns:
            PrivacyJobResult: The job, with its id.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.deletions.create(
            ...     token="sandbox-project-token",
            ...     distinct_ids=["00001-8f33092299cb4d56"],
            ...     compliance_type="GDPR",
            ... )
        """
        return await self._client.call_operation(
            DELETIONS_CREATE,
            {
                "token": token,
                "distinct_ids": distinct_ids,
                "compliance_type": compliance_type,
            },
        )

    async def get(
        self,
        *,
        tracking_id: str,
        token: str,
    ) -> PrivacyJobResult:
        """Get the status of a deletion job.

        Returns the status of the job and the users it is for. Needs an OAuth token made for privacy
        requests.

        Reference: https://developer.mixpanel.com/reference/get-deletion

        Args:
            tracking_id: Id of the job, its `task_id` when it was created.
            token: The project's token, from its settings; the one that events are sent with.

        Returns:
            PrivacyJobResult: The job.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.deletions.get(token="sandbox-project-token", tracking_id="1")
        """
        return await self._client.call_operation(
            DELETIONS_GET,
            {
                "tracking_id": tracking_id,
                "token": token,
            },
        )

    async def cancel(
        self,
        *,
        tracking_id: str,
        token: str,
    ) -> PrivacyJobResult:
        """Cancel a deletion job that is pending.

        Cancels the job, which is possible until it has started. Needs an OAuth token made for
        privacy requests.

        Reference: https://developer.mixpanel.com/reference/delete-deletion

        Args:
            tracking_id: Id of the job, its `task_id` when it was created.
            token: The project's token, from its settings; the one that events are sent with.

        Returns:
            PrivacyJobResult: Acknowledgement; Mixpanel sends 204 without a body.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.deletions.cancel(token="sandbox-project-token", tracking_id="1")
        """
        return await self._client.call_operation(
            DELETIONS_CANCEL,
            {
                "tracking_id": tracking_id,
                "token": token,
            },
        )
