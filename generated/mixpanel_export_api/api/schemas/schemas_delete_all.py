"""`DELETE /api/app/projects/{project_id}/schemas`: build the request."""

from typing import Any
from urllib.parse import quote


def _get_kwargs(
    project_id: int,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "delete",
        "url": "/api/app/projects/{project_id}/schemas".format(
            project_id=quote(str(project_id), safe=""),
        ),
    }

    return _kwargs
