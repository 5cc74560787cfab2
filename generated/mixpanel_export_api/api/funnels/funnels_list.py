"""`GET /api/query/funnels/list`: build the request, parse the answer."""

from typing import Any

import httpx

from ...models.saved_funnel import SavedFunnel
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
        "method": "get",
        "url": "/api/query/funnels/list",
        "params": params,
    }

    return _kwargs


def _parse_response(response: httpx.Response) -> list[SavedFunnel]:
    response_200 = []
    _response_200 = response.json()
    for response_200_item_data in _response_200:
        response_200_item = SavedFunnel.from_dict(response_200_item_data)

        response_200.append(response_200_item)

    return response_200
