import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.day_week_month import DayWeekMonth
from ...models.error import Error
from ...models.retention_result import RetentionResult
from ...models.retention_type import RetentionType
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
    from_date: datetime.date,
    to_date: datetime.date,
    retention_type: RetentionType | Unset = UNSET,
    born_event: str | Unset = UNSET,
    event: str | Unset = UNSET,
    born_where: str | Unset = UNSET,
    where: str | Unset = UNSET,
    interval: int | Unset = UNSET,
    interval_count: int | Unset = UNSET,
    unit: DayWeekMonth | Unset = UNSET,
    unbounded_retention: bool | Unset = UNSET,
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

    json_retention_type: str | Unset = UNSET
    if not isinstance(retention_type, Unset):
        json_retention_type = retention_type

    params["retention_type"] = json_retention_type

    params["born_event"] = born_event

    params["event"] = event

    params["born_where"] = born_where

    params["where"] = where

    params["interval"] = interval

    params["interval_count"] = interval_count

    json_unit: str | Unset = UNSET
    if not isinstance(unit, Unset):
        json_unit = unit

    params["unit"] = json_unit

    params["unbounded_retention"] = unbounded_retention

    params["on"] = on

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/query/retention",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Error | RetentionResult | None:
    if response.status_code == 200:
        response_200 = RetentionResult.from_dict(response.json())

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
) -> Response[Error | RetentionResult]:
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
    retention_type: RetentionType | Unset = UNSET,
    born_event: str | Unset = UNSET,
    event: str | Unset = UNSET,
    born_where: str | Unset = UNSET,
    where: str | Unset = UNSET,
    interval: int | Unset = UNSET,
    interval_count: int | Unset = UNSET,
    unit: DayWeekMonth | Unset = UNSET,
    unbounded_retention: bool | Unset = UNSET,
    on: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Response[Error | RetentionResult]:
    """Count the users who come back.

     Groups users by the date they did a first event and counts how many of each group did a second
    one in each interval after it. Interval 0 is the time right after the first event, shorter than
    one interval. With `on`, each date holds a level of segments. Dates are in the project's time
    zone. Also answers under /api/2.0.

    Reference: https://developer.mixpanel.com/reference/retention-query

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        from_date (datetime.date):
        to_date (datetime.date):
        retention_type (RetentionType | Unset): How a user enters a retention group: `birth` when
            first doing the first event, `compounded` whenever doing the event (the report calls it
            recurring).
        born_event (str | Unset):
        event (str | Unset):
        born_where (str | Unset):
        where (str | Unset):
        interval (int | Unset):
        interval_count (int | Unset):
        unit (DayWeekMonth | Unset): A day, a week or a month of the calendar.
        unbounded_retention (bool | Unset):
        on (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | RetentionResult]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        workspace_id=workspace_id,
        from_date=from_date,
        to_date=to_date,
        retention_type=retention_type,
        born_event=born_event,
        event=event,
        born_where=born_where,
        where=where,
        interval=interval,
        interval_count=interval_count,
        unit=unit,
        unbounded_retention=unbounded_retention,
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
    retention_type: RetentionType | Unset = UNSET,
    born_event: str | Unset = UNSET,
    event: str | Unset = UNSET,
    born_where: str | Unset = UNSET,
    where: str | Unset = UNSET,
    interval: int | Unset = UNSET,
    interval_count: int | Unset = UNSET,
    unit: DayWeekMonth | Unset = UNSET,
    unbounded_retention: bool | Unset = UNSET,
    on: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Error | RetentionResult | None:
    """Count the users who come back.

     Groups users by the date they did a first event and counts how many of each group did a second
    one in each interval after it. Interval 0 is the time right after the first event, shorter than
    one interval. With `on`, each date holds a level of segments. Dates are in the project's time
    zone. Also answers under /api/2.0.

    Reference: https://developer.mixpanel.com/reference/retention-query

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        from_date (datetime.date):
        to_date (datetime.date):
        retention_type (RetentionType | Unset): How a user enters a retention group: `birth` when
            first doing the first event, `compounded` whenever doing the event (the report calls it
            recurring).
        born_event (str | Unset):
        event (str | Unset):
        born_where (str | Unset):
        where (str | Unset):
        interval (int | Unset):
        interval_count (int | Unset):
        unit (DayWeekMonth | Unset): A day, a week or a month of the calendar.
        unbounded_retention (bool | Unset):
        on (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | RetentionResult
    """

    return sync_detailed(
        client=client,
        project_id=project_id,
        workspace_id=workspace_id,
        from_date=from_date,
        to_date=to_date,
        retention_type=retention_type,
        born_event=born_event,
        event=event,
        born_where=born_where,
        where=where,
        interval=interval,
        interval_count=interval_count,
        unit=unit,
        unbounded_retention=unbounded_retention,
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
    retention_type: RetentionType | Unset = UNSET,
    born_event: str | Unset = UNSET,
    event: str | Unset = UNSET,
    born_where: str | Unset = UNSET,
    where: str | Unset = UNSET,
    interval: int | Unset = UNSET,
    interval_count: int | Unset = UNSET,
    unit: DayWeekMonth | Unset = UNSET,
    unbounded_retention: bool | Unset = UNSET,
    on: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Response[Error | RetentionResult]:
    """Count the users who come back.

     Groups users by the date they did a first event and counts how many of each group did a second
    one in each interval after it. Interval 0 is the time right after the first event, shorter than
    one interval. With `on`, each date holds a level of segments. Dates are in the project's time
    zone. Also answers under /api/2.0.

    Reference: https://developer.mixpanel.com/reference/retention-query

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        from_date (datetime.date):
        to_date (datetime.date):
        retention_type (RetentionType | Unset): How a user enters a retention group: `birth` when
            first doing the first event, `compounded` whenever doing the event (the report calls it
            recurring).
        born_event (str | Unset):
        event (str | Unset):
        born_where (str | Unset):
        where (str | Unset):
        interval (int | Unset):
        interval_count (int | Unset):
        unit (DayWeekMonth | Unset): A day, a week or a month of the calendar.
        unbounded_retention (bool | Unset):
        on (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | RetentionResult]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        workspace_id=workspace_id,
        from_date=from_date,
        to_date=to_date,
        retention_type=retention_type,
        born_event=born_event,
        event=event,
        born_where=born_where,
        where=where,
        interval=interval,
        interval_count=interval_count,
        unit=unit,
        unbounded_retention=unbounded_retention,
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
    retention_type: RetentionType | Unset = UNSET,
    born_event: str | Unset = UNSET,
    event: str | Unset = UNSET,
    born_where: str | Unset = UNSET,
    where: str | Unset = UNSET,
    interval: int | Unset = UNSET,
    interval_count: int | Unset = UNSET,
    unit: DayWeekMonth | Unset = UNSET,
    unbounded_retention: bool | Unset = UNSET,
    on: str | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Error | RetentionResult | None:
    """Count the users who come back.

     Groups users by the date they did a first event and counts how many of each group did a second
    one in each interval after it. Interval 0 is the time right after the first event, shorter than
    one interval. With `on`, each date holds a level of segments. Dates are in the project's time
    zone. Also answers under /api/2.0.

    Reference: https://developer.mixpanel.com/reference/retention-query

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        from_date (datetime.date):
        to_date (datetime.date):
        retention_type (RetentionType | Unset): How a user enters a retention group: `birth` when
            first doing the first event, `compounded` whenever doing the event (the report calls it
            recurring).
        born_event (str | Unset):
        event (str | Unset):
        born_where (str | Unset):
        where (str | Unset):
        interval (int | Unset):
        interval_count (int | Unset):
        unit (DayWeekMonth | Unset): A day, a week or a month of the calendar.
        unbounded_retention (bool | Unset):
        on (str | Unset):
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | RetentionResult
    """

    return (
        await asyncio_detailed(
            client=client,
            project_id=project_id,
            workspace_id=workspace_id,
            from_date=from_date,
            to_date=to_date,
            retention_type=retention_type,
            born_event=born_event,
            event=event,
            born_where=born_where,
            where=where,
            interval=interval,
            interval_count=interval_count,
            unit=unit,
            unbounded_retention=unbounded_retention,
            on=on,
            limit=limit,
        )
    ).parsed
