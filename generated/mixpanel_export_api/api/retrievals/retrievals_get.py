"""`GET /api/app/data-retrievals/v3.0/{tracking_id}`: build the request."""

from typing import Any
from urllib.parse import quote

from ...types import UNSET


def build_request(
    tracking_id: str,
    *,
    token: str,
) -> dict[str, Any]:
    """Return the method, the URL, the parameters and the body of the request."""

    params: dict[str, Any] = {}

    params["token"] = token

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/app/data-retrievals/v3.0/{tracking_id}".format(
            tracking_id=quote(str(tracking_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs
