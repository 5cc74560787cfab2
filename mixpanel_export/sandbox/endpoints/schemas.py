"""The Lexicon's schemas in the app family: all, those of a kind, one.

https://developer.mixpanel.com/reference/list-all-schemas-for-project. What they say is worked out from the
project's data in `definitions.lexicon`.
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
    return _answer(each for each in _of_kind(call) if name is None or each.name == name)


async def _get(call: Call) -> Response:
    name = _name(call)
    for each in _of_kind(call):
        if each.name == name:
            return JSONResponse(each.schema)
    raise Refusal(404, f"There is no schema of the name {name}")


def _of_kind(call: Call) -> list[LexiconEntity]:
    kind: str = call.request.path_params["entity_type"]
    if kind not in _KINDS:
        raise BadRequest(f"entityType must be one of: {', '.join(_KINDS)}")
    return [each for each in call.project.lexicon if each.type == kind]


def _name(call: Call) -> str:
    """The name as it was before it was encoded: in the decoded path, its slashes are those of the path."""
    path: bytes = call.request.scope["raw_path"]
    encoded = path.decode("ascii").partition("/schemas/")[2].partition("/")[2]
    return unquote(encoded.removesuffix("/"))


def _answer(entities: Iterable[LexiconEntity]) -> Response:
    results = [{"entityType": each.type, "name": each.name, "schemaJson": each.schema} for each in entities]
    return JSONResponse({"status": "ok", "results": results})


OPERATIONS = (
    Operation("GET", "app", "/schemas", _list),
    Operation("GET", "app", "/schemas/{entity_type}", _list_for_entity),
    # Event names hold slashes too, and an encoded one is decoded before it is routed.
    Operation("GET", "app", "/schemas/{entity_type}/{name:path}", _get),
)
