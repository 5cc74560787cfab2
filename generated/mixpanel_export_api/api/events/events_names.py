"""`GET /api/query/events/names`: build the request."""

import datetime
from typing import Any

from ...models.count_type import CountType
from ...types import UNSET, Unset


def build_request(
    *,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
    type_: CountType,
    limit: int | Unset = UNSET,
    from_date: datetime.date | Unset = UNSET,
    to_date: datetime.date | Unset = UNSET,
) -> dict[str, Any]:
    """Return the method, the URL, the parameters and the body of the request."""

    params: dict[str, Any] = {}

    params["project_id"] = project_id

    params["workspace_id"] = workspace_id

    json_type_: str = type_
    params["type"] = json_type_

    params["limit"] = limit

    json_from_date: str | Unset = UNSET
    if not isinstance(from_date, Unset):
        json_from_date = from_date.isoformat()
    params["from_date"] = json_from_date

    json_to_date: str | Unset = UNSET
    if not isinstance(to_date, Unset):
        json_to_date = to_date.isoformat()
    params["to_date"] = json_to_date

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/query/events/names",
        "params": params,
    }

    return _kwargs
