"""`GET /api/app/projects/{project_id}/annotations/tags`: build the request, parse the answer."""

from typing import Any
from urllib.parse import quote

import httpx

from ...models.annotation_tag import AnnotationTag


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


def _parse_response(response: httpx.Response) -> list[AnnotationTag]:
    response_200 = []
    _response_200 = response.json()
    for response_200_item_data in _response_200:
        response_200_item = AnnotationTag.from_dict(response_200_item_data)

        response_200.append(response_200_item)

    return response_200
