"""`GET /api/app/me`: build the request."""

from typing import Any


def _get_kwargs() -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/app/me",
    }

    return _kwargs
