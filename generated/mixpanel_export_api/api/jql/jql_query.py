import json
from http import HTTPStatus
from typing import Any, cast

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error import Error
from ...models.jql_form import JqlForm
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: JqlForm,
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
        "url": "/api/query/jql",
        "params": params,
    }

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
) -> Error | list[Any] | None:
    if response.status_code == 200:
        response_200 = cast(list[Any], response.json())

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
) -> Response[Error | list[Any]]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: JqlForm,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
) -> Response[Error | list[Any]]:
    """Run a JQL script.

     Runs a JavaScript query over the project's events and profiles and answers what its `main`
    returns, one array item for each result. A script may run 2 minutes, read 5 GB and return 2 GB,
    and cannot reach the network. Mixpanel keeps JQL in maintenance mode: it works, and it gets no
    new features. Also answers under /api/2.0.

    Reference: https://developer.mixpanel.com/reference/query-jql

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        body (JqlForm): A script and its parameters.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | list[Any]]
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
    body: JqlForm,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
) -> Error | list[Any] | None:
    """Run a JQL script.

     Runs a JavaScript query over the project's events and profiles and answers what its `main`
    returns, one array item for each result. A script may run 2 minutes, read 5 GB and return 2 GB,
    and cannot reach the network. Mixpanel keeps JQL in maintenance mode: it works, and it gets no
    new features. Also answers under /api/2.0.

    Reference: https://developer.mixpanel.com/reference/query-jql

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        body (JqlForm): A script and its parameters.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | list[Any]
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
    body: JqlForm,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
) -> Response[Error | list[Any]]:
    """Run a JQL script.

     Runs a JavaScript query over the project's events and profiles and answers what its `main`
    returns, one array item for each result. A script may run 2 minutes, read 5 GB and return 2 GB,
    and cannot reach the network. Mixpanel keeps JQL in maintenance mode: it works, and it gets no
    new features. Also answers under /api/2.0.

    Reference: https://developer.mixpanel.com/reference/query-jql

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        body (JqlForm): A script and its parameters.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | list[Any]]
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
    body: JqlForm,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
) -> Error | list[Any] | None:
    """Run a JQL script.

     Runs a JavaScript query over the project's events and profiles and answers what its `main`
    returns, one array item for each result. A script may run 2 minutes, read 5 GB and return 2 GB,
    and cannot reach the network. Mixpanel keeps JQL in maintenance mode: it works, and it gets no
    new features. Also answers under /api/2.0.

    Reference: https://developer.mixpanel.com/reference/query-jql

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        body (JqlForm): A script and its parameters.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | list[Any]
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            project_id=project_id,
            workspace_id=workspace_id,
        )
    ).parsed
