"""`GET /api/query/events/properties`: build the request."""

import datetime
import json
from typing import Any

from ...models.count_type import CountType
from ...models.output_format import OutputFormat
from ...models.time_unit import TimeUnit
from ...types import UNSET, Unset


def build_request(
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
    """Return the method, the URL, the parameters and the body of the request."""

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
