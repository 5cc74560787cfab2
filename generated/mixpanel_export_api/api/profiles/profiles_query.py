"""`POST /api/query/engage`: build the request."""

import json
from typing import Any

from ...models.profiles_query_form import ProfilesQueryForm
from ...types import UNSET, Unset


def build_request(
    *,
    body: ProfilesQueryForm | Unset = UNSET,
    project_id: int | Unset = UNSET,
    workspace_id: int | Unset = UNSET,
) -> dict[str, Any]:
    """Return the method, the URL, the parameters and the body of the request."""
    headers: dict[str, Any] = {}

    params: dict[str, Any] = {}

    params["project_id"] = project_id

    params["workspace_id"] = workspace_id

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/query/engage",
        "params": params,
    }

    if not isinstance(body, Unset):
        _kwargs["data"] = body.to_dict()

    _kwargs["data"] = {
        k: json.dumps(v) if isinstance(v, list | dict) else v
        for k, v in _kwargs.get("data", {}).items()
    }
    headers["Content-Type"] = "application/x-www-form-urlencoded"

    _kwargs["headers"] = headers
    return _kwargs
