import datetime
import json
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error import Error
from ...models.export_format import ExportFormat
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    project_id: int | Unset = UNSET,
    from_date: datetime.date,
    to_date: datetime.date,
    event: list[str] | Unset = UNSET,
    where: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    time_in_ms: bool | Unset = UNSET,
    bucket: str | Unset = UNSET,
    format_: ExportFormat | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["project_id"] = project_id

    json_from_date = from_date.isoformat()
    params["from_date"] = json_from_date

    json_to_date = to_date.isoformat()
    params["to_date"] = json_to_date

    json_event: list[str] | Unset = UNSET
    if not isinstance(event, Unset):
        json_event = event

    params["event"] = json_event

    params["where"] = where

    params["limit"] = limit

    params["time_in_ms"] = time_in_ms

    params["bucket"] = bucket

    json_format_: str | Unset = UNSET
    if not isinstance(format_, Unset):
        json_format_ = format_

    params["format"] = json_format_

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    params = {k: json.dumps(v) if isinstance(v, list | dict) else v for k, v in params.items()}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/2.0/export",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Error | str | None:
    if response.status_code == 200:
        response_200 = response.text
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

    if response.status_code == 413:
        response_413 = Error.from_dict(response.json())

        return response_413

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
) -> Response[Error | str]:
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
    from_date: datetime.date,
    to_date: datetime.date,
    event: list[str] | Unset = UNSET,
    where: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    time_in_ms: bool | Unset = UNSET,
    bucket: str | Unset = UNSET,
    format_: ExportFormat | Unset = UNSET,
) -> Response[Error | str]:
    """Download raw events of a range of days.

     Streams every event whose time falls on one of the days, one JSON object a line, in no promised
    order and without removing duplicates. Days are UTC days for projects made from 2023 on; for
    older projects they are days of the project's own time zone, and an event's `time` is then that
    zone's wall clock written as though it were UTC.

    The first byte may take minutes. A body over about 1400 bytes comes gzip-compressed to a client
    that accepts it. An incomplete answer can still have status 200: look for a cut-off gzip stream,
    a broken last line, or a line `terminated early`, and ask again for the whole range.

    Limits: 60 calls an hour, 3 a second, 100 at once.

    Reference: https://developer.mixpanel.com/reference/raw-event-export

    Args:
        project_id (int | Unset):
        from_date (datetime.date):
        to_date (datetime.date):
        event (list[str] | Unset):
        where (str | Unset):
        limit (int | Unset):
        time_in_ms (bool | Unset):
        bucket (str | Unset):
        format_ (ExportFormat | Unset): Format of the raw export; JSON Lines only.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | str]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        from_date=from_date,
        to_date=to_date,
        event=event,
        where=where,
        limit=limit,
        time_in_ms=time_in_ms,
        bucket=bucket,
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
    from_date: datetime.date,
    to_date: datetime.date,
    event: list[str] | Unset = UNSET,
    where: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    time_in_ms: bool | Unset = UNSET,
    bucket: str | Unset = UNSET,
    format_: ExportFormat | Unset = UNSET,
) -> Error | str | None:
    """Download raw events of a range of days.

     Streams every event whose time falls on one of the days, one JSON object a line, in no promised
    order and without removing duplicates. Days are UTC days for projects made from 2023 on; for
    older projects they are days of the project's own time zone, and an event's `time` is then that
    zone's wall clock written as though it were UTC.

    The first byte may take minutes. A body over about 1400 bytes comes gzip-compressed to a client
    that accepts it. An incomplete answer can still have status 200: look for a cut-off gzip stream,
    a broken last line, or a line `terminated early`, and ask again for the whole range.

    Limits: 60 calls an hour, 3 a second, 100 at once.

    Reference: https://developer.mixpanel.com/reference/raw-event-export

    Args:
        project_id (int | Unset):
        from_date (datetime.date):
        to_date (datetime.date):
        event (list[str] | Unset):
        where (str | Unset):
        limit (int | Unset):
        time_in_ms (bool | Unset):
        bucket (str | Unset):
        format_ (ExportFormat | Unset): Format of the raw export; JSON Lines only.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | str
    """

    return sync_detailed(
        client=client,
        project_id=project_id,
        from_date=from_date,
        to_date=to_date,
        event=event,
        where=where,
        limit=limit,
        time_in_ms=time_in_ms,
        bucket=bucket,
        format_=format_,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    project_id: int | Unset = UNSET,
    from_date: datetime.date,
    to_date: datetime.date,
    event: list[str] | Unset = UNSET,
    where: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    time_in_ms: bool | Unset = UNSET,
    bucket: str | Unset = UNSET,
    format_: ExportFormat | Unset = UNSET,
) -> Response[Error | str]:
    """Download raw events of a range of days.

     Streams every event whose time falls on one of the days, one JSON object a line, in no promised
    order and without removing duplicates. Days are UTC days for projects made from 2023 on; for
    older projects they are days of the project's own time zone, and an event's `time` is then that
    zone's wall clock written as though it were UTC.

    The first byte may take minutes. A body over about 1400 bytes comes gzip-compressed to a client
    that accepts it. An incomplete answer can still have status 200: look for a cut-off gzip stream,
    a broken last line, or a line `terminated early`, and ask again for the whole range.

    Limits: 60 calls an hour, 3 a second, 100 at once.

    Reference: https://developer.mixpanel.com/reference/raw-event-export

    Args:
        project_id (int | Unset):
        from_date (datetime.date):
        to_date (datetime.date):
        event (list[str] | Unset):
        where (str | Unset):
        limit (int | Unset):
        time_in_ms (bool | Unset):
        bucket (str | Unset):
        format_ (ExportFormat | Unset): Format of the raw export; JSON Lines only.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Error | str]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        from_date=from_date,
        to_date=to_date,
        event=event,
        where=where,
        limit=limit,
        time_in_ms=time_in_ms,
        bucket=bucket,
        format_=format_,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    project_id: int | Unset = UNSET,
    from_date: datetime.date,
    to_date: datetime.date,
    event: list[str] | Unset = UNSET,
    where: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    time_in_ms: bool | Unset = UNSET,
    bucket: str | Unset = UNSET,
    format_: ExportFormat | Unset = UNSET,
) -> Error | str | None:
    """Download raw events of a range of days.

     Streams every event whose time falls on one of the days, one JSON object a line, in no promised
    order and without removing duplicates. Days are UTC days for projects made from 2023 on; for
    older projects they are days of the project's own time zone, and an event's `time` is then that
    zone's wall clock written as though it were UTC.

    The first byte may take minutes. A body over about 1400 bytes comes gzip-compressed to a client
    that accepts it. An incomplete answer can still have status 200: look for a cut-off gzip stream,
    a broken last line, or a line `terminated early`, and ask again for the whole range.

    Limits: 60 calls an hour, 3 a second, 100 at once.

    Reference: https://developer.mixpanel.com/reference/raw-event-export

    Args:
        project_id (int | Unset):
        from_date (datetime.date):
        to_date (datetime.date):
        event (list[str] | Unset):
        where (str | Unset):
        limit (int | Unset):
        time_in_ms (bool | Unset):
        bucket (str | Unset):
        format_ (ExportFormat | Unset): Format of the raw export; JSON Lines only.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Error | str
    """

    return (
        await asyncio_detailed(
            client=client,
            project_id=project_id,
            from_date=from_date,
            to_date=to_date,
            event=event,
            where=where,
            limit=limit,
            time_in_ms=time_in_ms,
            bucket=bucket,
            format_=format_,
        )
    ).parsed
