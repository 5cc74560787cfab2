"""The operations of the tag `cohorts`, sync and async."""

from __future__ import annotations

from ...models.cohort import Cohort
from ...runtime import answers
from ...runtime.lists import Records
from ...runtime.operation import AsyncCaller, Caller, Operation
from . import cohorts_list

COHORTS_LIST: Operation[Records[Cohort]] = Operation(
    name="cohorts.list",
    method="POST",
    path="/api/query/cohorts/list",
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
    bound=(
        "project_id",
        "workspace_id",
    ),
    schemas={},
    required=(),
    refused=[],
    renamed={},
    body=None,
    body_fields=(),
    models={},
    build=cohorts_list.build_request,
    answer=answers.records(Cohort),
)


class CohortsResource:
    """Saved groups of users."""

    def __init__(self, client: Caller) -> None:
        self._client = client

    def list(
        self,
    ) -> Records[Cohort]:
        """List the saved cohorts.

        Lists id, name, size and visibility of every cohort saved in the project. To read a cohort's
        members, query profiles with `filter_by_cohort`. The call is a POST without a body and
        changes nothing. Also served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/cohorts-list

        Returns:
            Records[Cohort]: The saved cohorts.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.cohorts.list()
        """
        return self._client.call_operation(
            COHORTS_LIST,
            {},
        )


class AsyncCohortsResource:
    """Saved groups of users."""

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    async def list(
        self,
    ) -> Records[Cohort]:
        """List the saved cohorts.

        Lists id, name, size and visibility of every cohort saved in the project. To read a cohort's
        members, query profiles with `filter_by_cohort`. The call is a POST without a body and
        changes nothing. Also served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/cohorts-list

        Returns:
            Records[Cohort]: The saved cohorts.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.cohorts.list()
        """
        return await self._client.call_operation(
            COHORTS_LIST,
            {},
        )
