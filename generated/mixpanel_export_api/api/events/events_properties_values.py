"""`GET /api/query/events/properties/values`: build the request."""

from typing import Any

from ...types import UNSET, Unset


def build_request(
    *,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
    event: str,
    name: str,
    limit: int | Unset = UNSET,
    bucket: str | Unset = UNSET,
) -> dict[str, Any]:
    """Return the method, the URL, the parameters and the body of the request."""

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
