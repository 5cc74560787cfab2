"""`PATCH /api/app/projects/{project_id}/schemas/{entity_type}/{name}`: build the request."""

from typing import Any
from urllib.parse import quote

from ...models.entity_type import EntityType
from ...models.lexicon_schema_upload import LexiconSchemaUpload


def build_request(
    project_id: int,
    entity_type: EntityType,
    name: str,
    *,
    body: LexiconSchemaUpload,
) -> dict[str, Any]:
    """Return the method, the URL, the parameters and the body of the request."""
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "patch",
        "url": "/api/app/projects/{project_id}/schemas/{entity_type}/{name}".format(
            project_id=quote(str(project_id), safe=""),
            entity_type=quote(str(entity_type), safe=""),
            name=quote(str(name), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs
