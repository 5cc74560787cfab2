"""`GET /api/2.0/export`: build the request."""

import datetime
import json
from typing import Any

from ...models.export_format import ExportFormat
from ...types import UNSET, Unset


def build_request(
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
    """Return the method, the URL, the parameters and the body of the request."""

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
