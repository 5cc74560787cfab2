import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.count_type import CountType
from ...models.error import Error
from ...models.multiseg_result import MultisegResult
from ...models.time_unit import TimeUnit
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
    event: str,
    from_date: datetime.date,
    to_date: datetime.date,
    unit: TimeUnit | Unset = UNSET,
    inner: str,
    outer: str,
    type_: CountType | Unset = UNSET,
    where: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["project_id"] = project_id

    params["workspace_id"] = workspace_id

    params["event"] = event

    json_from_date = from_date.isoformat()
    params["from_date"] = json_from_date

    json_to_date = to_date.isoformat()
    params["to_date"] = json_to_date

    json_unit: str | Unset = UNSET
    if not isinstance(unit, Unset):
        json_unit = unit

    params["unit"] = json_unit

    params["inner"] = inner

    params["outer"] = outer

    json_type_: str | Unset = UNSET
    if not isinstance(type_, Unset):
        json_type_ = type_

    params["type"] = json_type_

    params["where"] = where

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/query/segmentation/multiseg",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Error | MultisegResult | None:
    if response.status_code == 200:
        response_200 = MultisegResult.from_dict(response.json())

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
) -> Response[Error | MultisegResult]:
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
    from_date: datetime.date,
    to_date: datetime.date,
    unit: TimeUnit | Unset = UNSET,
    inner: str,
    outer: str,
    type_: CountType | Unset = UNSET,
    where: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Response[Error | MultisegResult]:
    """Count an event over time, split by two expressions at once.

     One series for each pair of an outer and an inner segment. Only the largest `limit` outer and
    the largest `limit` inner segments are answered, so the series need not add up to the whole.
    Mixpanel publishes no page for this call, and may change it without notice. Also answers under
    /api/2.0.

    Related reference: https://developer.mixpanel.com/reference/segmentation-query

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        event (str):
        from_date (datetime.date):
        to_date (datetime.date):
        unit (TimeUnit | Unset): Length of one step of a series.
        inner (str):
        outer (str):
        type_ (CountType | Unset): What is counted: `general` every occurrence, `unique` the users
            who did it, `average` occurrences per user.
        where (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | MultisegResult]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        workspace_id=workspace_id,
        event=event,
        from_date=from_date,
        to_date=to_date,
        unit=unit,
        inner=inner,
        outer=outer,
        type_=type_,
        where=where,
        limit=limit,
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
    from_date: datetime.date,
    to_date: datetime.date,
    unit: TimeUnit | Unset = UNSET,
    inner: str,
    outer: str,
    type_: CountType | Unset = UNSET,
    where: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Error | MultisegResult | None:
    """Count an event over time, split by two expressions at once.

     One series for each pair of an outer and an inner segment. Only the largest `limit` outer and
    the largest `limit` inner segments are answered, so the series need not add up to the whole.
    Mixpanel publishes no page for this call, and may change it without notice. Also answers under
    /api/2.0.

    Related reference: https://developer.mixpanel.com/reference/segmentation-query

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        event (str):
        from_date (datetime.date):
        to_date (datetime.date):
        unit (TimeUnit | Unset): Length of one step of a series.
        inner (str):
        outer (str):
        type_ (CountType | Unset): What is counted: `general` every occurrence, `unique` the users
            who did it, `average` occurrences per user.
        where (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | MultisegResult
    """

    return sync_detailed(
        client=client,
        project_id=project_id,
        workspace_id=workspace_id,
        event=event,
        from_date=from_date,
        to_date=to_date,
        unit=unit,
        inner=inner,
        outer=outer,
        type_=type_,
        where=where,
        limit=limit,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
    event: str,
    from_date: datetime.date,
    to_date: datetime.date,
    unit: TimeUnit | Unset = UNSET,
    inner: str,
    outer: str,
    type_: CountType | Unset = UNSET,
    where: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Response[Error | MultisegResult]:
    """Count an event over time, split by two expressions at once.

     One series for each pair of an outer and an inner segment. Only the largest `limit` outer and
    the largest `limit` inner segments are answered, so the series need not add up to the whole.
    Mixpanel publishes no page for this call, and may change it without notice. Also answers under
    /api/2.0.

    Related reference: https://developer.mixpanel.com/reference/segmentation-query

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        event (str):
        from_date (datetime.date):
        to_date (datetime.date):
        unit (TimeUnit | Unset): Length of one step of a series.
        inner (str):
        outer (str):
        type_ (CountType | Unset): What is counted: `general` every occurrence, `unique` the users
            who did it, `average` occurrences per user.
        where (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | MultisegResult]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        workspace_id=workspace_id,
        event=event,
        from_date=from_date,
        to_date=to_date,
        unit=unit,
        inner=inner,
        outer=outer,
        type_=type_,
        where=where,
        limit=limit,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
    event: str,
    from_date: datetime.date,
    to_date: datetime.date,
    unit: TimeUnit | Unset = UNSET,
    inner: str,
    outer: str,
    type_: CountType | Unset = UNSET,
    where: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Error | MultisegResult | None:
    """Count an event over time, split by two expressions at once.

     One series for each pair of an outer and an inner segment. Only the largest `limit` outer and
    the largest `limit` inner segments are answered, so the series need not add up to the whole.
    Mixpanel publishes no page for this call, and may change it without notice. Also answers under
    /api/2.0.

    Related reference: https://developer.mixpanel.com/reference/segmentation-query

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        event (str):
        from_date (datetime.date):
        to_date (datetime.date):
        unit (TimeUnit | Unset): Length of one step of a series.
        inner (str):
        outer (str):
        type_ (CountType | Unset): What is counted: `general` every occurrence, `unique` the users
            who did it, `average` occurrences per user.
        where (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | MultisegResult
    """

    return (
        await asyncio_detailed(
            client=client,
            project_id=project_id,
            workspace_id=workspace_id,
            event=event,
            from_date=from_date,
            to_date=to_date,
            unit=unit,
            inner=inner,
            outer=outer,
            type_=type_,
            where=where,
            limit=limit,
        )
    ).parsed
