from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error import Error
from ...models.output_format import OutputFormat
from ...models.profiles_page import ProfilesPage
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    project_id: int | Unset = UNSET,
    where: str | Unset = UNSET,
    session_id: str | Unset = UNSET,
    page: int | Unset = UNSET,
    format_: OutputFormat | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["project_id"] = project_id

    params["where"] = where

    params["session_id"] = session_id

    params["page"] = page

    json_format_: str | Unset = UNSET
    if not isinstance(format_, Unset):
        json_format_ = format_

    params["format"] = json_format_

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/2.0/engage/",
        "params": params,
    }

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
    project_id: int | Unset = UNSET,
    where: str | Unset = UNSET,
    session_id: str | Unset = UNSET,
    page: int | Unset = UNSET,
    format_: OutputFormat | Unset = UNSET,
) -> Response[Error | ProfilesPage]:
    """Read a page of profiles through the older API.

     One page of the profiles that satisfy `where`. Page 0 answers a `session_id`; send it back with
    `page` 1, 2, ... until a page has fewer results than `page_size`. Prefer the profile query,
    which takes a form.

    Its successor: https://developer.mixpanel.com/reference/engage-query

    Args:
        project_id (int | Unset):
        where (str | Unset):
        session_id (str | Unset):
        page (int | Unset):
        format_ (OutputFormat | Unset): Format of an answer, JSON or a CSV table.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | ProfilesPage]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        where=where,
        session_id=session_id,
        page=page,
        format_=format_,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    project_id: int | Unset = UNSET,
    where: str | Unset = UNSET,
    session_id: str | Unset = UNSET,
    page: int | Unset = UNSET,
    format_: OutputFormat | Unset = UNSET,
) -> Error | ProfilesPage | None:
    """Read a page of profiles through the older API.

     One page of the profiles that satisfy `where`. Page 0 answers a `session_id`; send it back with
    `page` 1, 2, ... until a page has fewer results than `page_size`. Prefer the profile query,
    which takes a form.

    Its successor: https://developer.mixpanel.com/reference/engage-query

    Args:
        project_id (int | Unset):
        where (str | Unset):
        session_id (str | Unset):
        page (int | Unset):
        format_ (OutputFormat | Unset): Format of an answer, JSON or a CSV table.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | ProfilesPage
    """

    return sync_detailed(
        client=client,
        project_id=project_id,
        where=where,
        session_id=session_id,
        page=page,
        format_=format_,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    project_id: int | Unset = UNSET,
    where: str | Unset = UNSET,
    session_id: str | Unset = UNSET,
    page: int | Unset = UNSET,
    format_: OutputFormat | Unset = UNSET,
) -> Response[Error | ProfilesPage]:
    """Read a page of profiles through the older API.

     One page of the profiles that satisfy `where`. Page 0 answers a `session_id`; send it back with
    `page` 1, 2, ... until a page has fewer results than `page_size`. Prefer the profile query,
    which takes a form.

    Its successor: https://developer.mixpanel.com/reference/engage-query

    Args:
        project_id (int | Unset):
        where (str | Unset):
        session_id (str | Unset):
        page (int | Unset):
        format_ (OutputFormat | Unset): Format of an answer, JSON or a CSV table.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | ProfilesPage]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        where=where,
        session_id=session_id,
        page=page,
        format_=format_,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    project_id: int | Unset = UNSET,
    where: str | Unset = UNSET,
    session_id: str | Unset = UNSET,
    page: int | Unset = UNSET,
    format_: OutputFormat | Unset = UNSET,
) -> Error | ProfilesPage | None:
    """Read a page of profiles through the older API.

     One page of the profiles that satisfy `where`. Page 0 answers a `session_id`; send it back with
    `page` 1, 2, ... until a page has fewer results than `page_size`. Prefer the profile query,
    which takes a form.

    Its successor: https://developer.mixpanel.com/reference/engage-query

    Args:
        project_id (int | Unset):
        where (str | Unset):
        session_id (str | Unset):
        page (int | Unset):
        format_ (OutputFormat | Unset): Format of an answer, JSON or a CSV table.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | ProfilesPage
    """

    return (
        await asyncio_detailed(
            client=client,
            project_id=project_id,
            where=where,
            session_id=session_id,
            page=page,
            format_=format_,
        )
    ).parsed
