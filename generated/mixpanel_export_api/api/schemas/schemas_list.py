"""`GET /api/app/projects/{project_id}/schemas`: build the request."""

from typing import Any
from urllib.parse import quote


def build_request(
    project_id: int,
) -> dict[str, Any]:
    """Return the method, the URL, the parameters and the body of the request."""

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/app/projects/{project_id}/schemas".format(
            project_id=quote(str(project_id), safe=""),
        ),
    }

    return _kwargs
