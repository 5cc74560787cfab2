"""The operations of the tag `me`, sync and async."""

from __future__ import annotations

from ...models.me_result import MeResult
from ...runtime import answers
from ...runtime.operation import AsyncCaller, Caller, Operation
from . import me_get

ME_GET: Operation[MeResult] = Operation(
    name="me.get",
    method="GET",
    path="/api/app/me",
    security=frozenset(["oauthToken", "serviceAccount"]),
    idempotent=True,
    writes=False,
    deprecated="",
    csv=False,
    bound=(),
    schemas={},
    required=(),
    refused=[],
    renamed={},
    body=None,
    body_fields=(),
    models={},
    build=me_get.build_request,
    answer=answers.record(MeResult),
)


class MeResource:
    """The user or service account that makes the calls."""

    def __init__(self, client: Caller) -> None:
        self._client = client

    def get(
        self,
    ) -> MeResult:
        """Get the user or service account that makes the call.

        Returns the caller with the organizations, projects and workspaces it can see. The call is
        not bound to a project. Mixpanel does not document it and may change it without notice.

        Related reference: https://developer.mixpanel.com/reference/service-accounts

        Returns:
            MeResult: The caller.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.me.get()
        """
        return self._client.call_operation(
            ME_GET,
            {},
        )


class AsyncMeResource:
    """The user or service account that makes the calls."""

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    async def get(
        self,
    ) -> MeResult:
        """Get the user or service account that makes the call.

        Returns the caller with the organizations, projects and workspaces it can see. The call is
        not bound to a project. Mixpanel does not document it and may change it without notice.

        Related reference: https://developer.mixpanel.com/reference/service-accounts

        Returns:
            MeResult: The caller.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.me.get()
        """
        return await self._client.call_operation(
            ME_GET,
            {},
        )
