"""`GET /api/query/segmentation`: build the request."""

import datetime
from typing import Any

from ...models.count_type import CountType
from ...models.csv_format import CsvFormat
from ...models.time_unit import TimeUnit
from ...types import UNSET, Unset


def build_request(
    *,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
    event: str,
    from_date: datetime.date,
    to_date: datetime.date,
    on: str | Unset = UNSET,
    unit: TimeUnit | Unset = UNSET,
    interval: int | Unset = UNSET,
    where: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    type_: CountType | Unset = UNSET,
    format_: CsvFormat | Unset = UNSET,
) -> dict[str, Any]:
    """Return the method, the URL, the parameters and the body of the request."""

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

    params["interval"] = interval

    params["where"] = where

    params["limit"] = limit

    json_type_: str | Unset = UNSET
    if not isinstance(type_, Unset):
        json_type_ = type_

    params["type"] = json_type_

    json_format_: str | Unset = UNSET
    if not isinstance(format_, Unset):
        json_format_ = format_

    params["format"] = json_format_

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/query/segmentation",
        "params": params,
    }

    return _kwargs
