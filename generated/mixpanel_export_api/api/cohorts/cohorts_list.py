"""`POST /api/query/cohorts/list`: build the request, parse the answer."""

from typing import Any

import httpx

from ...models.cohort import Cohort
from ...types import UNSET, Unset


def _get_kwargs(
    *,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["project_id"] = project_id

    params["workspace_id"] = workspace_id

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/query/cohorts/list",
        "params": params,
    }

    return _kwargs


def _parse_response(response: httpx.Response) -> list[Cohort]:
    response_200 = []
    _response_200 = response.json()
    for response_200_item_data in _response_200:
        response_200_item = Cohort.from_dict(response_200_item_data)

        response_200.append(response_200_item)

    return response_200
