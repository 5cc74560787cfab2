import json
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error import Error
from ...models.profiles_page import ProfilesPage
from ...models.profiles_query_form import ProfilesQueryForm
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: ProfilesQueryForm | Unset = UNSET,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    params: dict[str, Any] = {}

    params["project_id"] = project_id

    params["workspace_id"] = workspace_id

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/query/engage",
        "params": params,
    }

    if not isinstance(body, Unset):
        _kwargs["data"] = body.to_dict()

    _kwargs["data"] = {
        k: json.dumps(v) if isinstance(v, list | dict) else v
        for k, v in _kwargs.get("data", {}).items()
    }
    headers["Content-Type"] = "application/x-www-form-urlencoded"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Error | ProfilesPage | None:
    if response.status_code == 200:
        response_200 = ProfilesPage.from_dict(response.json())

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
) -> Response[Error | ProfilesPage]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: ProfilesQueryForm | Unset = UNSET,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
) -> Response[Error | ProfilesPage]:
    """Read a page of user or group profiles.

     One page of the profiles that fit the form; an empty form means every profile. The first page
    (page 0) answers a `session_id`: send it back with `page` 1, 2, ... and otherwise the same form.
    The last page is the one with fewer results than `page_size`; `total` may be on the first page
    only. Every page is one of the 60 calls an hour. Also answers under /api/2.0.

    `behaviors` and `filter_by_cohort` exclude each other, and `behaviors` over more than one page
    needs `as_of_timestamp`. A plan without API access is answered with 402.

    Reference: https://developer.mixpanel.com/reference/engage-query

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        body (ProfilesQueryForm | Unset): Which profiles to read, and what of them. Everything is
            optional.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | ProfilesPage]
    """

    kwargs = _get_kwargs(
        body=body,
        project_id=project_id,
        workspace_id=workspace_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: ProfilesQueryForm | Unset = UNSET,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
) -> Error | ProfilesPage | None:
    """Read a page of user or group profiles.

     One page of the profiles that fit the form; an empty form means every profile. The first page
    (page 0) answers a `session_id`: send it back with `page` 1, 2, ... and otherwise the same form.
    The last page is the one with fewer results than `page_size`; `total` may be on the first page
    only. Every page is one of the 60 calls an hour. Also answers under /api/2.0.

    `behaviors` and `filter_by_cohort` exclude each other, and `behaviors` over more than one page
    needs `as_of_timestamp`. A plan without API access is answered with 402.

    Reference: https://developer.mixpanel.com/reference/engage-query

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        body (ProfilesQueryForm | Unset): Which profiles to read, and what of them. Everything is
            optional.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | ProfilesPage
    """

    return sync_detailed(
        client=client,
        body=body,
        project_id=project_id,
        workspace_id=workspace_id,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: ProfilesQueryForm | Unset = UNSET,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
) -> Response[Error | ProfilesPage]:
    """Read a page of user or group profiles.

     One page of the profiles that fit the form; an empty form means every profile. The first page
    (page 0) answers a `session_id`: send it back with `page` 1, 2, ... and otherwise the same form.
    The last page is the one with fewer results than `page_size`; `total` may be on the first page
    only. Every page is one of the 60 calls an hour. Also answers under /api/2.0.

    `behaviors` and `filter_by_cohort` exclude each other, and `behaviors` over more than one page
    needs `as_of_timestamp`. A plan without API access is answered with 402.

    Reference: https://developer.mixpanel.com/reference/engage-query

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        body (ProfilesQueryForm | Unset): Which profiles to read, and what of them. Everything is
            optional.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | ProfilesPage]
    """

    kwargs = _get_kwargs(
        body=body,
        project_id=project_id,
        workspace_id=workspace_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: ProfilesQueryForm | Unset = UNSET,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
) -> Error | ProfilesPage | None:
    """Read a page of user or group profiles.

     One page of the profiles that fit the form; an empty form means every profile. The first page
    (page 0) answers a `session_id`: send it back with `page` 1, 2, ... and otherwise the same form.
    The last page is the one with fewer results than `page_size`; `total` may be on the first page
    only. Every page is one of the 60 calls an hour. Also answers under /api/2.0.

    `behaviors` and `filter_by_cohort` exclude each other, and `behaviors` over more than one page
    needs `as_of_timestamp`. A plan without API access is answered with 402.

    Reference: https://developer.mixpanel.com/reference/engage-query

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        body (ProfilesQueryForm | Unset): Which profiles to read, and what of them. Everything is
            optional.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | ProfilesPage
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            project_id=project_id,
            workspace_id=workspace_id,
        )
    ).parsed
