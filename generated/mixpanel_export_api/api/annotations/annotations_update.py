"""`PATCH /api/app/projects/{project_id}/annotations/{annotation_id}`: build the request."""

from typing import Any
from urllib.parse import quote

from ...models.annotation_update import AnnotationUpdate


def build_request(
    project_id: int,
    annotation_id: int,
    *,
    body: AnnotationUpdate,
) -> dict[str, Any]:
    """Return the method, the URL, the parameters and the body of the request."""
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "patch",
        "url": "/api/app/projects/{project_id}/annotations/{annotation_id}".format(
            project_id=quote(str(project_id), safe=""),
            annotation_id=quote(str(annotation_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs
