"""`GET /api/2.0/annotations/update/`: build the request."""

from typing import Any

from ...models.output_format import OutputFormat
from ...types import UNSET, Unset


def build_request(
    *,
    project_id: int | Unset = UNSET,
    id: int,
    date: str,
    description: str,
    format_: OutputFormat | Unset = UNSET,
) -> dict[str, Any]:
    """Return the method, the URL, the parameters and the body of the request."""

    params: dict[str, Any] = {}

    params["project_id"] = project_id

    params["id"] = id

    params["date"] = date

    params["description"] = description

    json_format_: str | Unset = UNSET
    if not isinstance(format_, Unset):
        json_format_ = format_

    params["format"] = json_format_

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/2.0/annotations/update/",
        "params": params,
    }

    return _kwargs
