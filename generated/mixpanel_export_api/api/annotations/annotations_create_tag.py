"""`POST /api/app/projects/{project_id}/annotations/tags`: build the request."""

from typing import Any
from urllib.parse import quote

from ...models.tag_create import TagCreate


def build_request(
    project_id: int,
    *,
    body: TagCreate,
) -> dict[str, Any]:
    """Return the method, the URL, the parameters and the body of the request."""
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/app/projects/{project_id}/annotations/tags".format(
            project_id=quote(str(project_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs
