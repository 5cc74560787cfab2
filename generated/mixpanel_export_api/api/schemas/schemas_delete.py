"""`DELETE /api/app/projects/{project_id}/schemas/{entity_type}/{name}`: build the request."""

from typing import Any
from urllib.parse import quote

from ...models.entity_type import EntityType


def build_request(
    project_id: int,
    entity_type: EntityType,
    name: str,
) -> dict[str, Any]:
    """Return the method, the URL, the parameters and the body of the request."""

    _kwargs: dict[str, Any] = {
        "method": "delete",
        "url": "/api/app/projects/{project_id}/schemas/{entity_type}/{name}".format(
            project_id=quote(str(project_id), safe=""),
            entity_type=quote(str(entity_type), safe=""),
            name=quote(str(name), safe=""),
        ),
    }

    return _kwargs
