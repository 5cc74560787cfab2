"""`POST /api/app/data-retrievals/v3.0`: build the request."""

from typing import Any

from ...models.retrieval_create import RetrievalCreate
from ...types import UNSET


def build_request(
    *,
    body: RetrievalCreate,
    token: str,
) -> dict[str, Any]:
    """Return the method, the URL, the parameters and the body of the request."""
    headers: dict[str, Any] = {}

    params: dict[str, Any] = {}

    params["token"] = token

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/app/data-retrievals/v3.0",
        "params": params,
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs
