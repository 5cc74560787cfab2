"""`GET /api/app/projects/{project_id}/bookmarks`: build the request."""

from typing import Any
from urllib.parse import quote

from ...models.bookmark_type import BookmarkType
from ...types import UNSET, Unset


def build_request(
    project_id: int,
    *,
    type_: BookmarkType | Unset = UNSET,
) -> dict[str, Any]:
    """Return the method, the URL, the parameters and the body of the request."""

    params: dict[str, Any] = {}

    json_type_: str | Unset = UNSET
    if not isinstance(type_, Unset):
        json_type_ = type_

    params["type"] = json_type_

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/app/projects/{project_id}/bookmarks".format(
            project_id=quote(str(project_id), safe=""),
        ),
        "params": {**params, **{"v": 2}},
    }

    return _kwargs
