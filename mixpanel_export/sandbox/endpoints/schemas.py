"""The Lexicon's schemas in the app family: all, all of one type, and one.

https://developer.mixpanel.com/reference/list-all-schemas-for-project. See `saved.lexicon`, which derives them from
the project's data.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote

from starlette.responses import JSONResponse, Response

from mixpanel_export.sandbox.endpoints.operation import Call, Operation
from mixpanel_export.sandbox.http.refusal import BadRequest, Refusal
from mixpanel_export.sandbox.saved.lexicon import LexiconEntity

__all__ = ["OPERATIONS"]

_KINDS: Final = ("event", "profile")


async def _list(call: Call) -> Response:
    return _answer(call.project.lexicon)


async def _list_for_entity(call: Call) -> Response:
    name = call.parameters.text("entity_name")
    return _answer(entity for entity in _of_kind(call) if name is None or entity.name == name)


async def _get(call: Call) -> Response:
    name = _name(call)
    for entity in _of_kind(call):
        if entity.name == name:
            return JSONResponse(entity.schema)
    raise Refusal(404, f"no schema is named {name}")


def _of_kind(call: Call) -> list[LexiconEntity]:
    kind: str = call.request.path_params["entity_type"]
    if kind not in _KINDS:
        raise BadRequest(f"entityType must be one of: {', '.join(_KINDS)}")
    return [entity for entity in call.project.lexicon if entity.type == kind]


def _name(call: Call) -> str:
    """Return the name from the undecoded path, because a name can contain encoded slashes."""
    path: bytes = call.request.scope["raw_path"]
    encoded = path.decode("ascii").partition("/schemas/")[2].partition("/")[2]
    return unquote(encoded.removesuffix("/"))


def _answer(entities: Iterable[LexiconEntity]) -> Response:
    results = [
        {"entityType": entity.type, "name": entity.name, "schemaJson": entity.schema} for entity in entities
    ]
    return JSONResponse({"status": "ok", "results": results})


OPERATIONS = (
    Operation("GET", "app", "/schemas", _list),
    Operation("GET", "app", "/schemas/{entity_type}", _list_for_entity),
    # Event names can contain slashes, and encoded ones are decoded before routing.
    Operation("GET", "app", "/schemas/{entity_type}/{name:path}", _get),
)
