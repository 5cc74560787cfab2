"""`GET /api/app/projects/{project_id}/schemas`: build the request, parse the answer."""

from typing import Any
from urllib.parse import quote

import httpx

from ...models.lexicon_result import LexiconResult


def _get_kwargs(
    project_id: int,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/api/app/projects/{project_id}/schemas".format(
            project_id=quote(str(project_id), safe=""),
        ),
    }

    return _kwargs


def _parse_response(response: httpx.Response) -> LexiconResult:
    response_200 = LexiconResult.from_dict(response.json())

    return response_200
