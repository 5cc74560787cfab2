from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error import Error
from ...models.legacy_acknowledgement import LegacyAcknowledgement
from ...models.output_format import OutputFormat
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    project_id: int | Unset = UNSET,
    id: int,
    date: str,
    description: str,
    format_: OutputFormat | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["project_id"] = project_id

    params["id"] = id

    params["date"] = date

    params["description"] = description

    json_format_: str | Unset = UNSET
    if not isinstance(format_, Unset):
        json_format_ = format_

    params["format"] = json_format_

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/2.0/annotations/update/",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Error | LegacyAcknowledgement | None:
    if response.status_code == 200:
        response_200 = LegacyAcknowledgement.from_dict(response.json())

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
) -> Response[Error | LegacyAcknowledgement]:
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
    id: int,
    date: str,
    description: str,
    format_: OutputFormat | Unset = UNSET,
) -> Response[Error | LegacyAcknowledgement]:
    """Change an annotation through the older API.

     Replaces the annotation's date and text. Prefer changing annotations in the app family, which
    keeps the date.

    Its successor: https://developer.mixpanel.com/reference/patch-annotation

    Args:
        project_id (int | Unset):
        id (int):
        date (str):
        description (str):
        format_ (OutputFormat | Unset): Format of an answer, JSON or a CSV table.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | LegacyAcknowledgement]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        id=id,
        date=date,
        description=description,
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
    id: int,
    date: str,
    description: str,
    format_: OutputFormat | Unset = UNSET,
) -> Error | LegacyAcknowledgement | None:
    """Change an annotation through the older API.

     Replaces the annotation's date and text. Prefer changing annotations in the app family, which
    keeps the date.

    Its successor: https://developer.mixpanel.com/reference/patch-annotation

    Args:
        project_id (int | Unset):
        id (int):
        date (str):
        description (str):
        format_ (OutputFormat | Unset): Format of an answer, JSON or a CSV table.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | LegacyAcknowledgement
    """

    return sync_detailed(
        client=client,
        project_id=project_id,
        id=id,
        date=date,
        description=description,
        format_=format_,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    project_id: int | Unset = UNSET,
    id: int,
    date: str,
    description: str,
    format_: OutputFormat | Unset = UNSET,
) -> Response[Error | LegacyAcknowledgement]:
    """Change an annotation through the older API.

     Replaces the annotation's date and text. Prefer changing annotations in the app family, which
    keeps the date.

    Its successor: https://developer.mixpanel.com/reference/patch-annotation

    Args:
        project_id (int | Unset):
        id (int):
        date (str):
        description (str):
        format_ (OutputFormat | Unset): Format of an answer, JSON or a CSV table.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | LegacyAcknowledgement]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        id=id,
        date=date,
        description=description,
        format_=format_,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    project_id: int | Unset = UNSET,
    id: int,
    date: str,
    description: str,
    format_: OutputFormat | Unset = UNSET,
) -> Error | LegacyAcknowledgement | None:
    """Change an annotation through the older API.

     Replaces the annotation's date and text. Prefer changing annotations in the app family, which
    keeps the date.

    Its successor: https://developer.mixpanel.com/reference/patch-annotation

    Args:
        project_id (int | Unset):
        id (int):
        date (str):
        description (str):
        format_ (OutputFormat | Unset): Format of an answer, JSON or a CSV table.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | LegacyAcknowledgement
    """

    return (
        await asyncio_detailed(
            client=client,
            project_id=project_id,
            id=id,
            date=date,
            description=description,
            format_=format_,
        )
    ).parsed
