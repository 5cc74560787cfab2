"""`GET /api/app/projects/{project_id}/annotations/tags`: build the request."""

from typing import Any
from urllib.parse import quote


def _get_kwargs(
    project_id: int,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/app/projects/{project_id}/annotations/tags".format(
            project_id=quote(str(project_id), safe=""),
        ),
    }

    return _kwargs
