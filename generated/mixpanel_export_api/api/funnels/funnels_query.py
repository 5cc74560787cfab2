import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.day_week_month import DayWeekMonth
from ...models.error import Error
from ...models.funnel_result import FunnelResult
from ...models.length_unit import LengthUnit
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
    funnel_id: int,
    from_date: datetime.date,
    to_date: datetime.date,
    length: int | Unset = UNSET,
    length_unit: LengthUnit | Unset = UNSET,
    interval: int | Unset = UNSET,
    unit: DayWeekMonth | Unset = UNSET,
    on: str | Unset = UNSET,
    where: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["project_id"] = project_id

    params["workspace_id"] = workspace_id

    params["funnel_id"] = funnel_id

    json_from_date = from_date.isoformat()
    params["from_date"] = json_from_date

    json_to_date = to_date.isoformat()
    params["to_date"] = json_to_date

    params["length"] = length

    json_length_unit: str | Unset = UNSET
    if not isinstance(length_unit, Unset):
        json_length_unit = length_unit

    params["length_unit"] = json_length_unit

    params["interval"] = interval

    json_unit: str | Unset = UNSET
    if not isinstance(unit, Unset):
        json_unit = unit

    params["unit"] = json_unit

    params["on"] = on

    params["where"] = where

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/query/funnels",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Error | FunnelResult | None:
    if response.status_code == 200:
        response_200 = FunnelResult.from_dict(response.json())

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
) -> Response[Error | FunnelResult]:
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
    funnel_id: int,
    from_date: datetime.date,
    to_date: datetime.date,
    length: int | Unset = UNSET,
    length_unit: LengthUnit | Unset = UNSET,
    interval: int | Unset = UNSET,
    unit: DayWeekMonth | Unset = UNSET,
    on: str | Unset = UNSET,
    where: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Response[Error | FunnelResult]:
    """Count users through the steps of a saved funnel.

     For each period that begins in the range, how many users entered the funnel and how many reached
    each step in the time allowed. Completions after `to_date` count when they fall within that
    time. Average times are in seconds, and ratios run from 0 to 1. With `on`, each date holds a
    level of segments. Also answers under /api/2.0.

    Reference: https://developer.mixpanel.com/reference/funnels-query

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        funnel_id (int):
        from_date (datetime.date):
        to_date (datetime.date):
        length (int | Unset):
        length_unit (LengthUnit | Unset): Unit of the time a user has to complete a funnel.
        interval (int | Unset):
        unit (DayWeekMonth | Unset): A day, a week or a month of the calendar.
        on (str | Unset):
        where (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | FunnelResult]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        workspace_id=workspace_id,
        funnel_id=funnel_id,
        from_date=from_date,
        to_date=to_date,
        length=length,
        length_unit=length_unit,
        interval=interval,
        unit=unit,
        on=on,
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
    funnel_id: int,
    from_date: datetime.date,
    to_date: datetime.date,
    length: int | Unset = UNSET,
    length_unit: LengthUnit | Unset = UNSET,
    interval: int | Unset = UNSET,
    unit: DayWeekMonth | Unset = UNSET,
    on: str | Unset = UNSET,
    where: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Error | FunnelResult | None:
    """Count users through the steps of a saved funnel.

     For each period that begins in the range, how many users entered the funnel and how many reached
    each step in the time allowed. Completions after `to_date` count when they fall within that
    time. Average times are in seconds, and ratios run from 0 to 1. With `on`, each date holds a
    level of segments. Also answers under /api/2.0.

    Reference: https://developer.mixpanel.com/reference/funnels-query

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        funnel_id (int):
        from_date (datetime.date):
        to_date (datetime.date):
        length (int | Unset):
        length_unit (LengthUnit | Unset): Unit of the time a user has to complete a funnel.
        interval (int | Unset):
        unit (DayWeekMonth | Unset): A day, a week or a month of the calendar.
        on (str | Unset):
        where (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | FunnelResult
    """

    return sync_detailed(
        client=client,
        project_id=project_id,
        workspace_id=workspace_id,
        funnel_id=funnel_id,
        from_date=from_date,
        to_date=to_date,
        length=length,
        length_unit=length_unit,
        interval=interval,
        unit=unit,
        on=on,
        where=where,
        limit=limit,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
    funnel_id: int,
    from_date: datetime.date,
    to_date: datetime.date,
    length: int | Unset = UNSET,
    length_unit: LengthUnit | Unset = UNSET,
    interval: int | Unset = UNSET,
    unit: DayWeekMonth | Unset = UNSET,
    on: str | Unset = UNSET,
    where: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Response[Error | FunnelResult]:
    """Count users through the steps of a saved funnel.

     For each period that begins in the range, how many users entered the funnel and how many reached
    each step in the time allowed. Completions after `to_date` count when they fall within that
    time. Average times are in seconds, and ratios run from 0 to 1. With `on`, each date holds a
    level of segments. Also answers under /api/2.0.

    Reference: https://developer.mixpanel.com/reference/funnels-query

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        funnel_id (int):
        from_date (datetime.date):
        to_date (datetime.date):
        length (int | Unset):
        length_unit (LengthUnit | Unset): Unit of the time a user has to complete a funnel.
        interval (int | Unset):
        unit (DayWeekMonth | Unset): A day, a week or a month of the calendar.
        on (str | Unset):
        where (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | FunnelResult]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        workspace_id=workspace_id,
        funnel_id=funnel_id,
        from_date=from_date,
        to_date=to_date,
        length=length,
        length_unit=length_unit,
        interval=interval,
        unit=unit,
        on=on,
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
    funnel_id: int,
    from_date: datetime.date,
    to_date: datetime.date,
    length: int | Unset = UNSET,
    length_unit: LengthUnit | Unset = UNSET,
    interval: int | Unset = UNSET,
    unit: DayWeekMonth | Unset = UNSET,
    on: str | Unset = UNSET,
    where: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Error | FunnelResult | None:
    """Count users through the steps of a saved funnel.

     For each period that begins in the range, how many users entered the funnel and how many reached
    each step in the time allowed. Completions after `to_date` count when they fall within that
    time. Average times are in seconds, and ratios run from 0 to 1. With `on`, each date holds a
    level of segments. Also answers under /api/2.0.

    Reference: https://developer.mixpanel.com/reference/funnels-query

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        funnel_id (int):
        from_date (datetime.date):
        to_date (datetime.date):
        length (int | Unset):
        length_unit (LengthUnit | Unset): Unit of the time a user has to complete a funnel.
        interval (int | Unset):
        unit (DayWeekMonth | Unset): A day, a week or a month of the calendar.
        on (str | Unset):
        where (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | FunnelResult
    """

    return (
        await asyncio_detailed(
            client=client,
            project_id=project_id,
            workspace_id=workspace_id,
            funnel_id=funnel_id,
            from_date=from_date,
            to_date=to_date,
            length=length,
            length_unit=length_unit,
            interval=interval,
            unit=unit,
            on=on,
            where=where,
            limit=limit,
        )
    ).parsed
