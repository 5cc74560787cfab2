"""`GET /api/query/retention/addiction`: build the request."""

import datetime
from typing import Any

from ...models.day_week_month import DayWeekMonth
from ...models.hour_or_day import HourOrDay
from ...types import UNSET, Unset


def build_request(
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
    """Return the method, the URL, the parameters and the body of the request."""

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
