"""`GET /api/query/stream/query`: build the request."""

import datetime
import json
from typing import Any

from ...types import UNSET, Unset


def build_request(
    *,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
    distinct_ids: list[str],
    from_date: datetime.date,
    to_date: datetime.date,
) -> dict[str, Any]:
    """Return the method, the URL, the parameters and the body of the request."""

    params: dict[str, Any] = {}

    params["project_id"] = project_id

    params["workspace_id"] = workspace_id

    json_distinct_ids = distinct_ids

    params["distinct_ids"] = json_distinct_ids

    json_from_date = from_date.isoformat()
    params["from_date"] = json_from_date

    json_to_date = to_date.isoformat()
    params["to_date"] = json_to_date

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    params = {k: json.dumps(v) if isinstance(v, list | dict) else v for k, v in params.items()}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/query/stream/query",
        "params": params,
    }

    return _kwargs
