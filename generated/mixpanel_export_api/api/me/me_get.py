"""`GET /api/app/me`: build the request."""

from typing import Any


def build_request() -> dict[str, Any]:
    """Return the method, the URL, the parameters and the body of the request."""

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/app/me",
    }

    return _kwargs
