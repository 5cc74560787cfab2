"""`GET /api/query/retention`: build the request."""

import datetime
from typing import Any

from ...models.day_week_month import DayWeekMonth
from ...models.retention_type import RetentionType
from ...types import UNSET, Unset


def build_request(
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
    """Return the method, the URL, the parameters and the body of the request."""

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
