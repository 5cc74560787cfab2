"""`GET /api/query/events/properties/values`: build the request, parse the answer."""

from typing import Any, cast

import httpx

from ...types import UNSET, Unset


def _get_kwargs(
    *,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
    event: str,
    name: str,
    limit: int | Unset = UNSET,
    bucket: str | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["project_id"] = project_id

    params["workspace_id"] = workspace_id

    params["event"] = event

    params["name"] = name

    params["limit"] = limit

    params["bucket"] = bucket

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/query/events/properties/values",
        "params": params,
    }

    return _kwargs


def _parse_response(response: httpx.Response) -> list[str]:
    response_200 = cast(list[str], response.json())

    return response_200
