from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error import Error
from ...models.insights_result import InsightsResult
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
    bookmark_id: int,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["project_id"] = project_id

    params["workspace_id"] = workspace_id

    params["bookmark_id"] = bookmark_id

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/query/insights",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Error | InsightsResult | None:
    if response.status_code == 200:
        response_200 = InsightsResult.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = Error.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Error.from_dict(response.json())

        return response_401

    if response.status_code == 402:
        response_402 = Error.from_dict(response.json())

        return response_402

    if response.status_code == 403:
        response_403 = Error.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = Error.from_dict(response.json())

        return response_404

    if response.status_code == 429:
        response_429 = Error.from_dict(response.json())

        return response_429

    if 500 <= response.status_code <= 599:
        response_5xx = Error.from_dict(response.json())

        return response_5xx

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Error | InsightsResult]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
    bookmark_id: int,
) -> Response[Error | InsightsResult]:
    """Get the numbers of a saved Insights report.

     Computes the report as it is saved, with its own dates, filters and breakdowns, and answers one
    series of numbers for each of its events. Moments are ISO 8601 with the project's offset.
    Reports with a breakdown nest further maps of segments; `headers` names the levels. Also answers
    under /api/2.0.

    Reference: https://developer.mixpanel.com/reference/insights-query

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        bookmark_id (int):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | InsightsResult]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        workspace_id=workspace_id,
        bookmark_id=bookmark_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
    bookmark_id: int,
) -> Error | InsightsResult | None:
    """Get the numbers of a saved Insights report.

     Computes the report as it is saved, with its own dates, filters and breakdowns, and answers one
    series of numbers for each of its events. Moments are ISO 8601 with the project's offset.
    Reports with a breakdown nest further maps of segments; `headers` names the levels. Also answers
    under /api/2.0.

    Reference: https://developer.mixpanel.com/reference/insights-query

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        bookmark_id (int):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | InsightsResult
    """

    return sync_detailed(
        client=client,
        project_id=project_id,
        workspace_id=workspace_id,
        bookmark_id=bookmark_id,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
    bookmark_id: int,
) -> Response[Error | InsightsResult]:
    """Get the numbers of a saved Insights report.

     Computes the report as it is saved, with its own dates, filters and breakdowns, and answers one
    series of numbers for each of its events. Moments are ISO 8601 with the project's offset.
    Reports with a breakdown nest further maps of segments; `headers` names the levels. Also answers
    under /api/2.0.

    Reference: https://developer.mixpanel.com/reference/insights-query

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        bookmark_id (int):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | InsightsResult]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        workspace_id=workspace_id,
        bookmark_id=bookmark_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
    bookmark_id: int,
) -> Error | InsightsResult | None:
    """Get the numbers of a saved Insights report.

     Computes the report as it is saved, with its own dates, filters and breakdowns, and answers one
    series of numbers for each of its events. Moments are ISO 8601 with the project's offset.
    Reports with a breakdown nest further maps of segments; `headers` names the levels. Also answers
    under /api/2.0.

    Reference: https://developer.mixpanel.com/reference/insights-query

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        bookmark_id (int):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | InsightsResult
    """

    return (
        await asyncio_detailed(
            client=client,
            project_id=project_id,
            workspace_id=workspace_id,
            bookmark_id=bookmark_id,
        )
    ).parsed
