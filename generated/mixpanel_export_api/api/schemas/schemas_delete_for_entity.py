"""`DELETE /api/app/projects/{project_id}/schemas/{entity_type}`: build the request."""

from typing import Any
from urllib.parse import quote

from ...models.entity_type import EntityType
from ...types import UNSET, Unset


def build_request(
    project_id: int,
    entity_type: EntityType,
    *,
    entity_name: str | Unset = UNSET,
) -> dict[str, Any]:
    """Return the method, the URL, the parameters and the body of the request."""

    params: dict[str, Any] = {}

    params["entity_name"] = entity_name

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "delete",
        "url": "/api/app/projects/{project_id}/schemas/{entity_type}".format(
            project_id=quote(str(project_id), safe=""),
            entity_type=quote(str(entity_type), safe=""),
        ),
        "params": params,
    }

    return _kwargs
