"""`GET /api/app/projects/{project_id}/annotations/{annotation_id}`: build the request."""

from typing import Any
from urllib.parse import quote


def _get_kwargs(
    project_id: int,
    annotation_id: int,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/app/projects/{project_id}/annotations/{annotation_id}".format(
            project_id=quote(str(project_id), safe=""),
            annotation_id=quote(str(annotation_id), safe=""),
        ),
    }

    return _kwargs
