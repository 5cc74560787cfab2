import datetime
import json
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.activity_result import ActivityResult
from ...models.error import Error
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
    distinct_ids: list[str],
    from_date: datetime.date,
    to_date: datetime.date,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["project_id"] = project_id

    params["workspace_id"] = workspace_id

    json_distinct_ids = distinct_ids

    params["distinct_ids"] = json_distinct_ids

    json_from_date = from_date.isoformat()
    params["from_date"] = json_from_date

    json_to_date = to_date.isoformat()
    params["to_date"] = json_to_date

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    params = {k: json.dumps(v) if isinstance(v, list | dict) else v for k, v in params.items()}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/query/stream/query",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ActivityResult | Error | None:
    if response.status_code == 200:
        response_200 = ActivityResult.from_dict(response.json())

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
) -> Response[ActivityResult | Error]:
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
    distinct_ids: list[str],
    from_date: datetime.date,
    to_date: datetime.date,
) -> Response[ActivityResult | Error]:
    """Get the events of particular users.

     The events the named users did in the range, as their activity feed shows them. Dates are in the
    project's time zone, and `time` in an event's properties is in seconds. Also answers under
    /api/2.0.

    Reference: https://developer.mixpanel.com/reference/activity-stream-query

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        distinct_ids (list[str]):
        from_date (datetime.date):
        to_date (datetime.date):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ActivityResult | Error]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        workspace_id=workspace_id,
        distinct_ids=distinct_ids,
        from_date=from_date,
        to_date=to_date,
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
    distinct_ids: list[str],
    from_date: datetime.date,
    to_date: datetime.date,
) -> ActivityResult | Error | None:
    """Get the events of particular users.

     The events the named users did in the range, as their activity feed shows them. Dates are in the
    project's time zone, and `time` in an event's properties is in seconds. Also answers under
    /api/2.0.

    Reference: https://developer.mixpanel.com/reference/activity-stream-query

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        distinct_ids (list[str]):
        from_date (datetime.date):
        to_date (datetime.date):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ActivityResult | Error
    """

    return sync_detailed(
        client=client,
        project_id=project_id,
        workspace_id=workspace_id,
        distinct_ids=distinct_ids,
        from_date=from_date,
        to_date=to_date,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
    distinct_ids: list[str],
    from_date: datetime.date,
    to_date: datetime.date,
) -> Response[ActivityResult | Error]:
    """Get the events of particular users.

     The events the named users did in the range, as their activity feed shows them. Dates are in the
    project's time zone, and `time` in an event's properties is in seconds. Also answers under
    /api/2.0.

    Reference: https://developer.mixpanel.com/reference/activity-stream-query

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        distinct_ids (list[str]):
        from_date (datetime.date):
        to_date (datetime.date):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ActivityResult | Error]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        workspace_id=workspace_id,
        distinct_ids=distinct_ids,
        from_date=from_date,
        to_date=to_date,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
    distinct_ids: list[str],
    from_date: datetime.date,
    to_date: datetime.date,
) -> ActivityResult | Error | None:
    """Get the events of particular users.

     The events the named users did in the range, as their activity feed shows them. Dates are in the
    project's time zone, and `time` in an event's properties is in seconds. Also answers under
    /api/2.0.

    Reference: https://developer.mixpanel.com/reference/activity-stream-query

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        distinct_ids (list[str]):
        from_date (datetime.date):
        to_date (datetime.date):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ActivityResult | Error
    """

    return (
        await asyncio_detailed(
            client=client,
            project_id=project_id,
            workspace_id=workspace_id,
            distinct_ids=distinct_ids,
            from_date=from_date,
            to_date=to_date,
        )
    ).parsed
