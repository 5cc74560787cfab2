from http import HTTPStatus
from typing import Any, cast

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error import Error
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
    event: str,
    name: str,
    limit: int | Unset = UNSET,
    bucket: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["project_id"] = project_id

    params["workspace_id"] = workspace_id

    params["event"] = event

    params["name"] = name

    params["limit"] = limit

    params["bucket"] = bucket

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/query/events/properties/values",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Error | list[str] | None:
    if response.status_code == 200:
        response_200 = cast(list[str], response.json())

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
) -> Response[Error | list[str]]:
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
    event: str,
    name: str,
    limit: int | Unset = UNSET,
    bucket: str | Unset = UNSET,
) -> Response[Error | list[str]]:
    """List the most common values of an event's property.

     The values the property most often has on the event, as text whatever their type. Also answers
    under /api/2.0.

    Reference: https://developer.mixpanel.com/reference/query-events-top-property-values

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        event (str):
        name (str):
        limit (int | Unset):
        bucket (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | list[str]]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        workspace_id=workspace_id,
        event=event,
        name=name,
        limit=limit,
        bucket=bucket,
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
    event: str,
    name: str,
    limit: int | Unset = UNSET,
    bucket: str | Unset = UNSET,
) -> Error | list[str] | None:
    """List the most common values of an event's property.

     The values the property most often has on the event, as text whatever their type. Also answers
    under /api/2.0.

    Reference: https://developer.mixpanel.com/reference/query-events-top-property-values

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        event (str):
        name (str):
        limit (int | Unset):
        bucket (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | list[str]
    """

    return sync_detailed(
        client=client,
        project_id=project_id,
        workspace_id=workspace_id,
        event=event,
        name=name,
        limit=limit,
        bucket=bucket,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
    event: str,
    name: str,
    limit: int | Unset = UNSET,
    bucket: str | Unset = UNSET,
) -> Response[Error | list[str]]:
    """List the most common values of an event's property.

     The values the property most often has on the event, as text whatever their type. Also answers
    under /api/2.0.

    Reference: https://developer.mixpanel.com/reference/query-events-top-property-values

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        event (str):
        name (str):
        limit (int | Unset):
        bucket (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | list[str]]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        workspace_id=workspace_id,
        event=event,
        name=name,
        limit=limit,
        bucket=bucket,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
    event: str,
    name: str,
    limit: int | Unset = UNSET,
    bucket: str | Unset = UNSET,
) -> Error | list[str] | None:
    """List the most common values of an event's property.

     The values the property most often has on the event, as text whatever their type. Also answers
    under /api/2.0.

    Reference: https://developer.mixpanel.com/reference/query-events-top-property-values

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        event (str):
        name (str):
        limit (int | Unset):
        bucket (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | list[str]
    """

    return (
        await asyncio_detailed(
            client=client,
            project_id=project_id,
            workspace_id=workspace_id,
            event=event,
            name=name,
            limit=limit,
            bucket=bucket,
        )
    ).parsed
