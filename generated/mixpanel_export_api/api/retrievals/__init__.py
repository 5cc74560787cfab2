"""The operations of the tag `retrievals`, sync and async."""

from __future__ import annotations

import builtins

from ...models.compliance_type import ComplianceType
from ...models.disclosure_type import DisclosureType
from ...models.privacy_job_result import PrivacyJobResult
from ...models.retrieval_create import RetrievalCreate
from ...runtime import answers
from ...runtime.operation import AsyncCaller, Caller, Operation
from . import retrievals_create, retrievals_get

RETRIEVALS_CREATE: Operation[PrivacyJobResult] = Operation(
    name="retrievals.create",
    method="POST",
    path="/api/app/data-retrievals/v3.0",
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
        "disclosure_type": {"type": "string", "enum": ["Data", "Categories", "Sources"]},
    },
    required=(
        "token",
        "distinct_ids",
    ),
    refused=[],
    renamed={},
    body=RetrievalCreate,
    body_fields=(
        "distinct_ids",
        "compliance_type",
        "disclosure_type",
    ),
    models={},
    build=retrievals_create.build_request,
    answer=answers.record(PrivacyJobResult),
)
RETRIEVALS_GET: Operation[PrivacyJobResult] = Operation(
    name="retrievals.get",
    method="GET",
    path="/api/app/data-retrievals/v3.0/{tracking_id}",
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
    build=retrievals_get.build_request,
    answer=answers.record(PrivacyJobResult),
)


class RetrievalsResource:
    """Privacy requests (GDPR, CCPA) for the data of users."""

    def __init__(self, client: Caller) -> None:
        self._client = client

    def create(
        self,
        *,
        token: str,
        distinct_ids: builtins.list[str],
        compliance_type: ComplianceType | None = None,
        disclosure_type: DisclosureType | None = None,
    ) -> PrivacyJobResult:
        """Request the retrieval of the data of some users.

        Starts a job that collects everything Mixpanel stores about the users, under the GDPR or the
        CCPA; ask for its status until it has a link. It can take hours. Needs an OAuth token made
        for privacy requests, and the project's token as an argument. Mixpanel accepts 1 such call a
        second. Do not repeat a call whose outcome is unknown: each one starts a job.

        Reference: https://developer.mixpanel.com/reference/create-retrieval-1

        Args:
            token: The project's token, from its settings; the one that events are sent with.
            distinct_ids: Distinct ids of the users, at most 2000.
            compliance_type: The law that a privacy request is made under; `GDPR` by default.
            disclosure_type: Data to disclose under the CCPA; `Data` by default.

        Returns:
            PrivacyJobResult: The job, with its id.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.retrievals.create(
            ...     token="sandbox-project-token",
            ...     distinct_ids=["00001-8f33092299cb4d56"],
            ...     compliance_type="GDPR",
            ... )
        """
        return self._client.call_operation(
            RETRIEVALS_CREATE,
            {
                "token": token,
                "distinct_ids": distinct_ids,
                "compliance_type": compliance_type,
                "disclosure_type": disclosure_type,
            },
        )

    def get(
        self,
        *,
        tracking_id: str,
        token: str,
    ) -> PrivacyJobResult:
        """Get the status of a retrieval job.

        Returns the status of the job and, when it has succeeded, the link to the collected data.
        Needs an OAuth token made for privacy requests.

        Reference: https://developer.mixpanel.com/reference/get-retrieval

        Args:
            tracking_id: Id of the job, its `task_id` when it was created.
            token: The project's token, from its settings; the one that events are sent with.

        Returns:
            PrivacyJobResult: The job.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.retrievals.get(token="sandbox-project-token", tracking_id="1")
        """
        return self._client.call_operation(
            RETRIEVALS_GET,
            {
                "tracking_id": tracking_id,
                "token": token,
            },
        )


class AsyncRetrievalsResource:
    """Privacy requests (GDPR, CCPA) for the data of users."""

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    async def create(
        self,
        *,
        token: str,
        distinct_ids: builtins.list[str],
        compliance_type: ComplianceType | None = None,
        disclosure_type: DisclosureType | None = None,
    ) -> PrivacyJobResult:
        """Request the retrieval of the data of some users.

        Starts a job that collects everything Mixpanel stores about the users, under the GDPR or the
        CCPA; ask for its status until it has a link. It can take hours. Needs an OAuth token made
        for privacy requests, and the project's token as an argument. Mixpanel accepts 1 such call a
        second. Do not repeat a call whose outcome is unknown: each one starts a job.

        Reference: https://developer.mixpanel.com/reference/create-retrieval-1

        Args:
            token: The project's token, from its settings; the one that events are sent with.
            distinct_ids: Distinct ids of the users, at most 2000.
            compliance_type: The law that a privacy request is made under; `GDPR` by default.
            disclosure_type: Data to disclose under the CCPA; `Data` by default.

        Returns:
            PrivacyJobResult: The job, with its id.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.retrievals.create(
            ...     token="sandbox-project-token",
            ...     distinct_ids=["00001-8f33092299cb4d56"],
            ...     compliance_type="GDPR",
            ... )
        """
        return await self._client.call_operation(
            RETRIEVALS_CREATE,
            {
                "token": token,
                "distinct_ids": distinct_ids,
                "compliance_type": compliance_type,
                "disclosure_type": disclosure_type,
            },
        )

    async def get(
        self,
        *,
        tracking_id: str,
        token: str,
    ) -> PrivacyJobResult:
        """Get the status of a retrieval job.

        Returns the status of the job and, when it has succeeded, the link to the collected data.
        Needs an OAuth token made for privacy requests.

        Reference: https://developer.mixpanel.com/reference/get-retrieval

        Args:
            tracking_id: Id of the job, its `task_id` when it was created.
            token: The project's token, from its settings; the one that events are sent with.

        Returns:
            PrivacyJobResult: The job.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.retrievals.get(token="sandbox-project-token", tracking_id="1")
        """
        return await self._client.call_operation(
            RETRIEVALS_GET,
            {
                "tracking_id": tracking_id,
                "token": token,
            },
        )
