"""The Lexicon's schemas in the app family: all, all of one type, and one; read, replaced and deleted.

https://developer.mixpanel.com/reference/list-all-schemas-for-project. See `saved.lexicon`, which derives them from
the project's data.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Final, Literal
from urllib.parse import unquote

import msgspec
from attrs import evolve
from starlette.responses import JSONResponse, Response

from mixpanel_export.sandbox.endpoints.annotations import read_body
from mixpanel_export.sandbox.endpoints.operation import Call, Operation
from mixpanel_export.sandbox.http.refusal import BadRequest, Refusal
from mixpanel_export.sandbox.saved.lexicon import EntityType, LexiconEntity

__all__ = ["OPERATIONS"]

_KINDS: Final = ("event", "profile", "custom_event")


class _Entry(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    entity_type: Literal["event", "profile", "custom_event"]
    name: Annotated[str, msgspec.Meta(min_length=1)]
    schema_json: dict[str, Any]


class _Upload(msgspec.Struct, forbid_unknown_fields=True):
    entries: list[_Entry]
    truncate: bool = False


async def _list(call: Call) -> Response:
    return _answer(call.project.schemas)


async def _upload(call: Call) -> Response:
    sent = await read_body(call, _Upload)
    deleted = call.project.schemas.delete() if sent.truncate else 0
    for entry in sent.entries:
        call.project.schemas.put(LexiconEntity(entry.entity_type, entry.name, entry.schema_json))
    return _ok({"added": len(sent.entries), "deleted": deleted})


async def _delete_all(call: Call) -> Response:
    return _ok({"delete_count": call.project.schemas.delete()})


async def _list_for_entity(call: Call) -> Response:
    kind, name = _kind(call), call.parameters.text("entity_name")
    return _answer(
        entity for entity in call.project.schemas if entity.type == kind and name in {None, entity.name}
    )


async def _delete_for_entity(call: Call) -> Response:
    return _ok(
        {"delete_count": call.project.schemas.delete(_kind(call), call.parameters.text("entity_name"))}
    )


async def _get(call: Call) -> Response:
    return JSONResponse(_entity(call).schema)


async def _replace(call: Call) -> Response:
    schema = await read_body(call, dict[str, Any])
    call.project.schemas.put(LexiconEntity(_kind(call), _name(call), schema))
    return JSONResponse({"status": "ok"})


async def _update(call: Call) -> Response:
    changes = await read_body(call, dict[str, Any])
    entity = _entity(call)
    call.project.schemas.put(evolve(entity, schema={**entity.schema, **changes}))
    return JSONResponse({"status": "ok"})


async def _delete(call: Call) -> Response:
    return _ok({"delete_count": call.project.schemas.delete(_kind(call), _name(call))})


def _entity(call: Call) -> LexiconEntity:
    entity = call.project.schemas.get(_kind(call), _name(call))
    if entity is None:
        raise Refusal(404, f"no schema is named {_name(call)}")
    return entity


def _kind(call: Call) -> EntityType:
    kind: str = call.request.path_params["entity_type"]
    for known in _KINDS:
        if kind == known:
            return known
    raise BadRequest(f"entityType must be one of: {', '.join(_KINDS)}")


def _name(call: Call) -> str:
    """Return the name from the undecoded path, because a name can contain encoded slashes."""
    path: bytes = call.request.scope["raw_path"]
    encoded = path.decode("ascii").partition("/schemas/")[2].partition("/")[2]
    return unquote(encoded.removesuffix("/"))


def _answer(entities: Iterable[LexiconEntity]) -> Response:
    return _ok(
        [{"entityType": entity.type, "name": entity.name, "schemaJson": entity.schema} for entity in entities]
    )


def _ok(results: object) -> Response:
    return JSONResponse({"status": "ok", "results": results})


# Event names can contain slashes, and encoded ones are decoded before routing.
_ONE: Final = "/schemas/{entity_type}/{name:path}"

OPERATIONS = (
    Operation("GET", "app", "/schemas", _list),
    Operation("POST", "app", "/schemas", _upload),
    Operation("DELETE", "app", "/schemas", _delete_all),
    Operation("GET", "app", "/schemas/{entity_type}", _list_for_entity),
    Operation("DELETE", "app", "/schemas/{entity_type}", _delete_for_entity),
    Operation("GET", "app", _ONE, _get),
    Operation("POST", "app", _ONE, _replace),
    Operation("PATCH", "app", _ONE, _update),
    Operation("DELETE", "app", _ONE, _delete),
)
