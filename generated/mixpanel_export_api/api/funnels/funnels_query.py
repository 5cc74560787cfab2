"""`GET /api/query/funnels`: build the request."""

import datetime
from typing import Any

from ...models.day_week_month import DayWeekMonth
from ...models.length_unit import LengthUnit
from ...types import UNSET, Unset


def build_request(
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
    """Return the method, the URL, the parameters and the body of the request."""

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
