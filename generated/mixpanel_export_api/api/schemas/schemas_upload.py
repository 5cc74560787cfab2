"""`POST /api/app/projects/{project_id}/schemas`: build the request."""

from typing import Any
from urllib.parse import quote

from ...models.lexicon_upload import LexiconUpload


def build_request(
    project_id: int,
    *,
    body: LexiconUpload,
) -> dict[str, Any]:
    """Return the method, the URL, the parameters and the body of the request."""
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/app/projects/{project_id}/schemas".format(
            project_id=quote(str(project_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs
