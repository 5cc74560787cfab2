import datetime
import json
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.count_type import CountType
from ...models.error import Error
from ...models.output_format import OutputFormat
from ...models.segmentation_result import SegmentationResult
from ...models.time_unit import TimeUnit
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
    event: str,
    name: str,
    values: list[str] | Unset = UNSET,
    type_: CountType,
    unit: TimeUnit,
    interval: int | Unset = UNSET,
    from_date: datetime.date | Unset = UNSET,
    to_date: datetime.date | Unset = UNSET,
    format_: OutputFormat | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["project_id"] = project_id

    params["workspace_id"] = workspace_id

    params["event"] = event

    params["name"] = name

    json_values: list[str] | Unset = UNSET
    if not isinstance(values, Unset):
        json_values = values

    params["values"] = json_values

    json_type_: str = type_
    params["type"] = json_type_

    json_unit: str = unit
    params["unit"] = json_unit

    params["interval"] = interval

    json_from_date: str | Unset = UNSET
    if not isinstance(from_date, Unset):
        json_from_date = from_date.isoformat()
    params["from_date"] = json_from_date

    json_to_date: str | Unset = UNSET
    if not isinstance(to_date, Unset):
        json_to_date = to_date.isoformat()
    params["to_date"] = json_to_date

    json_format_: str | Unset = UNSET
    if not isinstance(format_, Unset):
        json_format_ = format_

    params["format"] = json_format_

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    params = {k: json.dumps(v) if isinstance(v, list | dict) else v for k, v in params.items()}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/query/events/properties",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Error | SegmentationResult | None:
    if response.status_code == 200:
        response_200 = SegmentationResult.from_dict(response.json())

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
) -> Response[Error | SegmentationResult]:
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
    values: list[str] | Unset = UNSET,
    type_: CountType,
    unit: TimeUnit,
    interval: int | Unset = UNSET,
    from_date: datetime.date | Unset = UNSET,
    to_date: datetime.date | Unset = UNSET,
    format_: OutputFormat | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Response[Error | SegmentationResult]:
    """Count an event over time, split by the values of one property.

     One series of counts for each value of the property, over a range of dates or over the last
    `interval` units: give one of the two. Hourly counts of unique users do not exist. Moments are
    in the project's time zone. Also answers under /api/2.0.

    Reference: https://developer.mixpanel.com/reference/query-event-properties

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        event (str):
        name (str):
        values (list[str] | Unset):
        type_ (CountType): What is counted: `general` every occurrence, `unique` the users who did
            it, `average` occurrences per user.
        unit (TimeUnit): Length of one step of a series.
        interval (int | Unset):
        from_date (datetime.date | Unset):
        to_date (datetime.date | Unset):
        format_ (OutputFormat | Unset): Format of an answer, JSON or a CSV table.
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | SegmentationResult]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        workspace_id=workspace_id,
        event=event,
        name=name,
        values=values,
        type_=type_,
        unit=unit,
        interval=interval,
        from_date=from_date,
        to_date=to_date,
        format_=format_,
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
    name: str,
    values: list[str] | Unset = UNSET,
    type_: CountType,
    unit: TimeUnit,
    interval: int | Unset = UNSET,
    from_date: datetime.date | Unset = UNSET,
    to_date: datetime.date | Unset = UNSET,
    format_: OutputFormat | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Error | SegmentationResult | None:
    """Count an event over time, split by the values of one property.

     One series of counts for each value of the property, over a range of dates or over the last
    `interval` units: give one of the two. Hourly counts of unique users do not exist. Moments are
    in the project's time zone. Also answers under /api/2.0.

    Reference: https://developer.mixpanel.com/reference/query-event-properties

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        event (str):
        name (str):
        values (list[str] | Unset):
        type_ (CountType): What is counted: `general` every occurrence, `unique` the users who did
            it, `average` occurrences per user.
        unit (TimeUnit): Length of one step of a series.
        interval (int | Unset):
        from_date (datetime.date | Unset):
        to_date (datetime.date | Unset):
        format_ (OutputFormat | Unset): Format of an answer, JSON or a CSV table.
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | SegmentationResult
    """

    return sync_detailed(
        client=client,
        project_id=project_id,
        workspace_id=workspace_id,
        event=event,
        name=name,
        values=values,
        type_=type_,
        unit=unit,
        interval=interval,
        from_date=from_date,
        to_date=to_date,
        format_=format_,
        limit=limit,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
    event: str,
    name: str,
    values: list[str] | Unset = UNSET,
    type_: CountType,
    unit: TimeUnit,
    interval: int | Unset = UNSET,
    from_date: datetime.date | Unset = UNSET,
    to_date: datetime.date | Unset = UNSET,
    format_: OutputFormat | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Response[Error | SegmentationResult]:
    """Count an event over time, split by the values of one property.

     One series of counts for each value of the property, over a range of dates or over the last
    `interval` units: give one of the two. Hourly counts of unique users do not exist. Moments are
    in the project's time zone. Also answers under /api/2.0.

    Reference: https://developer.mixpanel.com/reference/query-event-properties

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        event (str):
        name (str):
        values (list[str] | Unset):
        type_ (CountType): What is counted: `general` every occurrence, `unique` the users who did
            it, `average` occurrences per user.
        unit (TimeUnit): Length of one step of a series.
        interval (int | Unset):
        from_date (datetime.date | Unset):
        to_date (datetime.date | Unset):
        format_ (OutputFormat | Unset): Format of an answer, JSON or a CSV table.
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | SegmentationResult]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        workspace_id=workspace_id,
        event=event,
        name=name,
        values=values,
        type_=type_,
        unit=unit,
        interval=interval,
        from_date=from_date,
        to_date=to_date,
        format_=format_,
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
    name: str,
    values: list[str] | Unset = UNSET,
    type_: CountType,
    unit: TimeUnit,
    interval: int | Unset = UNSET,
    from_date: datetime.date | Unset = UNSET,
    to_date: datetime.date | Unset = UNSET,
    format_: OutputFormat | Unset = UNSET,
    limit: int | Unset = UNSET,
) -> Error | SegmentationResult | None:
    """Count an event over time, split by the values of one property.

     One series of counts for each value of the property, over a range of dates or over the last
    `interval` units: give one of the two. Hourly counts of unique users do not exist. Moments are
    in the project's time zone. Also answers under /api/2.0.

    Reference: https://developer.mixpanel.com/reference/query-event-properties

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        event (str):
        name (str):
        values (list[str] | Unset):
        type_ (CountType): What is counted: `general` every occurrence, `unique` the users who did
            it, `average` occurrences per user.
        unit (TimeUnit): Length of one step of a series.
        interval (int | Unset):
        from_date (datetime.date | Unset):
        to_date (datetime.date | Unset):
        format_ (OutputFormat | Unset): Format of an answer, JSON or a CSV table.
        limit (int | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | SegmentationResult
    """

    return (
        await asyncio_detailed(
            client=client,
            project_id=project_id,
            workspace_id=workspace_id,
            event=event,
            name=name,
            values=values,
            type_=type_,
            unit=unit,
            interval=interval,
            from_date=from_date,
            to_date=to_date,
            format_=format_,
            limit=limit,
        )
    ).parsed
