import datetime
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error import Error
from ...models.hour_or_day import HourOrDay
from ...models.segmentation_sum_result import SegmentationSumResult
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
    event: str,
    from_date: datetime.date,
    to_date: datetime.date,
    on: str,
    unit: HourOrDay | Unset = UNSET,
    where: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["project_id"] = project_id

    params["workspace_id"] = workspace_id

    params["event"] = event

    json_from_date = from_date.isoformat()
    params["from_date"] = json_from_date

    json_to_date = to_date.isoformat()
    params["to_date"] = json_to_date

    params["on"] = on

    json_unit: str | Unset = UNSET
    if not isinstance(unit, Unset):
        json_unit = unit

    params["unit"] = json_unit

    params["where"] = where

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/query/segmentation/sum",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Error | SegmentationSumResult | None:
    if response.status_code == 200:
        response_200 = SegmentationSumResult.from_dict(response.json())

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
) -> Response[Error | SegmentationSumResult]:
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
    on: str,
    unit: HourOrDay | Unset = UNSET,
    where: str | Unset = UNSET,
) -> Response[Error | SegmentationSumResult]:
    """Sum an expression over an event's occurrences.

     For each hour or day, the sum of `on` over the occurrences of the event. Where the expression is
    not a number, it counts as 0. Sums may have a fraction. Also answers under /api/2.0.

    Reference: https://developer.mixpanel.com/reference/segmentation-sum-query

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        event (str):
        from_date (datetime.date):
        to_date (datetime.date):
        on (str):
        unit (HourOrDay | Unset): An hour or a day.
        where (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | SegmentationSumResult]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        workspace_id=workspace_id,
        event=event,
        from_date=from_date,
        to_date=to_date,
        on=on,
        unit=unit,
        where=where,
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
    on: str,
    unit: HourOrDay | Unset = UNSET,
    where: str | Unset = UNSET,
) -> Error | SegmentationSumResult | None:
    """Sum an expression over an event's occurrences.

     For each hour or day, the sum of `on` over the occurrences of the event. Where the expression is
    not a number, it counts as 0. Sums may have a fraction. Also answers under /api/2.0.

    Reference: https://developer.mixpanel.com/reference/segmentation-sum-query

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        event (str):
        from_date (datetime.date):
        to_date (datetime.date):
        on (str):
        unit (HourOrDay | Unset): An hour or a day.
        where (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | SegmentationSumResult
    """

    return sync_detailed(
        client=client,
        project_id=project_id,
        workspace_id=workspace_id,
        event=event,
        from_date=from_date,
        to_date=to_date,
        on=on,
        unit=unit,
        where=where,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
    event: str,
    from_date: datetime.date,
    to_date: datetime.date,
    on: str,
    unit: HourOrDay | Unset = UNSET,
    where: str | Unset = UNSET,
) -> Response[Error | SegmentationSumResult]:
    """Sum an expression over an event's occurrences.

     For each hour or day, the sum of `on` over the occurrences of the event. Where the expression is
    not a number, it counts as 0. Sums may have a fraction. Also answers under /api/2.0.

    Reference: https://developer.mixpanel.com/reference/segmentation-sum-query

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        event (str):
        from_date (datetime.date):
        to_date (datetime.date):
        on (str):
        unit (HourOrDay | Unset): An hour or a day.
        where (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | SegmentationSumResult]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        workspace_id=workspace_id,
        event=event,
        from_date=from_date,
        to_date=to_date,
        on=on,
        unit=unit,
        where=where,
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
    on: str,
    unit: HourOrDay | Unset = UNSET,
    where: str | Unset = UNSET,
) -> Error | SegmentationSumResult | None:
    """Sum an expression over an event's occurrences.

     For each hour or day, the sum of `on` over the occurrences of the event. Where the expression is
    not a number, it counts as 0. Sums may have a fraction. Also answers under /api/2.0.

    Reference: https://developer.mixpanel.com/reference/segmentation-sum-query

    Args:
        project_id (int | Unset):
        workspace_id (int | Unset):
        event (str):
        from_date (datetime.date):
        to_date (datetime.date):
        on (str):
        unit (HourOrDay | Unset): An hour or a day.
        where (str | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | SegmentationSumResult
    """

    return (
        await asyncio_detailed(
            client=client,
            project_id=project_id,
            workspace_id=workspace_id,
            event=event,
            from_date=from_date,
            to_date=to_date,
            on=on,
            unit=unit,
            where=where,
        )
    ).parsed
