import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.day_week_month import DayWeekMonth
from ...models.error import Error
from ...models.frequency_result import FrequencyResult
from ...models.hour_or_day import HourOrDay
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
    from_date: datetime.date,
    to_date: datetime.date,
    unit: DayWeekMonth,
    addiction_unit: HourOrDay,
    event: str | Unset = UNSET,
    where: str | Unset = UNSET,
    on: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["project_id"] = project_id

    params["workspace_id"] = workspace_id

    json_from_date = from_date.isoformat()
    params["from_date"] = json_from_date

    json_to_date = to_date.isoformat()
    params["to_date"] = json_to_date

    json_unit: str = unit
    params["unit"] = json_unit

    json_addiction_unit: str = addiction_unit
    params["addiction_unit"] = json_addiction_unit

    params["event"] = event

    params["where"] = where

    params["on"] = on

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/query/retention/addiction",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Error | FrequencyResult | None:
    if response.status_code == 200:
        response_200 = FrequencyResult.from_dict(response.json())

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
) -> Response[Error | FrequencyResult]:
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
    from_date: datetime.date,
    to_date: datetime.date,
    unit: DayWeekMonth,
    addiction_unit: HourOrDay,
    event: str | Unset = UNSET,
    where: str | Unset = UNSET,
    on: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Response[Error | FrequencyResult]:
    """Count how often users do something within a period.

     For every period (`unit`), how many users were active in at least 1, at least 2, ... of its
    smaller units (`addiction_unit`): with `day` and `hour`, the third number counts those active in
    three or more hours of that day. Mixpanel calls this report frequency or addiction. Also answers
    under /api/2.0.

    Reference: https://developer.mixpanel.com/reference/retention-frequency-query

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        from_date (datetime.date):
        to_date (datetime.date):
        unit (DayWeekMonth): A day, a week or a month of the calendar.
        addiction_unit (HourOrDay): An hour or a day.
        event (str | Unset):
        where (str | Unset):
        on (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | FrequencyResult]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        workspace_id=workspace_id,
        from_date=from_date,
        to_date=to_date,
        unit=unit,
        addiction_unit=addiction_unit,
        event=event,
        where=where,
        on=on,
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
    from_date: datetime.date,
    to_date: datetime.date,
    unit: DayWeekMonth,
    addiction_unit: HourOrDay,
    event: str | Unset = UNSET,
    where: str | Unset = UNSET,
    on: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Error | FrequencyResult | None:
    """Count how often users do something within a period.

     For every period (`unit`), how many users were active in at least 1, at least 2, ... of its
    smaller units (`addiction_unit`): with `day` and `hour`, the third number counts those active in
    three or more hours of that day. Mixpanel calls this report frequency or addiction. Also answers
    under /api/2.0.

    Reference: https://developer.mixpanel.com/reference/retention-frequency-query

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        from_date (datetime.date):
        to_date (datetime.date):
        unit (DayWeekMonth): A day, a week or a month of the calendar.
        addiction_unit (HourOrDay): An hour or a day.
        event (str | Unset):
        where (str | Unset):
        on (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | FrequencyResult
    """

    return sync_detailed(
        client=client,
        project_id=project_id,
        workspace_id=workspace_id,
        from_date=from_date,
        to_date=to_date,
        unit=unit,
        addiction_unit=addiction_unit,
        event=event,
        where=where,
        on=on,
        limit=limit,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
    from_date: datetime.date,
    to_date: datetime.date,
    unit: DayWeekMonth,
    addiction_unit: HourOrDay,
    event: str | Unset = UNSET,
    where: str | Unset = UNSET,
    on: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Response[Error | FrequencyResult]:
    """Count how often users do something within a period.

     For every period (`unit`), how many users were active in at least 1, at least 2, ... of its
    smaller units (`addiction_unit`): with `day` and `hour`, the third number counts those active in
    three or more hours of that day. Mixpanel calls this report frequency or addiction. Also answers
    under /api/2.0.

    Reference: https://developer.mixpanel.com/reference/retention-frequency-query

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        from_date (datetime.date):
        to_date (datetime.date):
        unit (DayWeekMonth): A day, a week or a month of the calendar.
        addiction_unit (HourOrDay): An hour or a day.
        event (str | Unset):
        where (str | Unset):
        on (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | FrequencyResult]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        workspace_id=workspace_id,
        from_date=from_date,
        to_date=to_date,
        unit=unit,
        addiction_unit=addiction_unit,
        event=event,
        where=where,
        on=on,
        limit=limit,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
    from_date: datetime.date,
    to_date: datetime.date,
    unit: DayWeekMonth,
    addiction_unit: HourOrDay,
    event: str | Unset = UNSET,
    where: str | Unset = UNSET,
    on: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Error | FrequencyResult | None:
    """Count how often users do something within a period.

     For every period (`unit`), how many users were active in at least 1, at least 2, ... of its
    smaller units (`addiction_unit`): with `day` and `hour`, the third number counts those active in
    three or more hours of that day. Mixpanel calls this report frequency or addiction. Also answers
    under /api/2.0.

    Reference: https://developer.mixpanel.com/reference/retention-frequency-query

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        from_date (datetime.date):
        to_date (datetime.date):
        unit (DayWeekMonth): A day, a week or a month of the calendar.
        addiction_unit (HourOrDay): An hour or a day.
        event (str | Unset):
        where (str | Unset):
        on (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | FrequencyResult
    """

    return (
        await asyncio_detailed(
            client=client,
            project_id=project_id,
            workspace_id=workspace_id,
            from_date=from_date,
            to_date=to_date,
            unit=unit,
            addiction_unit=addiction_unit,
            event=event,
            where=where,
            on=on,
            limit=limit,
        )
    ).parsed
