"""Annotations and their tags in the app family: list, get, create, change, delete.

https://developer.mixpanel.com/reference/list-all-annotations-for-project. See `saved.annotations` for the data.
"""

from __future__ import annotations

import datetime
import re
from typing import Annotated, Any, TypeVar

import msgspec
from starlette.responses import JSONResponse, Response

from mixpanel_export.sandbox.endpoints.operation import Call, Operation
from mixpanel_export.sandbox.http.refusal import BadRequest
from mixpanel_export.sandbox.saved.annotations import Annotation, Tag

__all__ = ["OPERATIONS", "read_body", "read_moment", "write_moment"]

T = TypeVar("T")

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}", re.ASCII)


def read_moment(name: str, text: str) -> datetime.datetime:
    """Return a wall-clock time in the project's time zone, sent as `yyyy-mm-dd HH:MM:SS`.

    Raises:
        BadRequest: the text has another form; `name` is the parameter to report.
    """
    if _MOMENT.fullmatch(text):
        try:
            return datetime.datetime.fromisoformat(text)
        except ValueError:
            pass
    raise BadRequest(f"{name} must be a date of the form yyyy-mm-dd HH:MM:SS")


def write_moment(moment: datetime.datetime) -> str:
    """Format a time for `read_moment`."""
    return moment.isoformat(sep=" ")


_Text = Annotated[str, msgspec.Meta(min_length=1)]


class _NewAnnotation(msgspec.Struct, forbid_unknown_fields=True):
    date: str
    description: _Text
    tags: list[int] = []


class _Change(msgspec.Struct, forbid_unknown_fields=True):
    description: _Text | msgspec.UnsetType = msgspec.UNSET
    tags: list[int] | msgspec.UnsetType = msgspec.UNSET


class _NewTag(msgspec.Struct, forbid_unknown_fields=True):
    name: _Text


async def _list(call: Call) -> Response:
    first, last = call.parameters.day("fromDate"), call.parameters.day("toDate")
    if first is not None and last is not None and first > last:
        raise BadRequest("fromDate must be on or before toDate")
    return _ok([_annotation(annotation) for annotation in call.project.annotations.between(first, last)])


async def _create(call: Call) -> Response:
    sent = await read_body(call, _NewAnnotation)
    moment = read_moment("date", sent.date)
    return _ok(_annotation(call.project.annotations.create(moment, sent.description, sent.tags)), 201)


async def _get(call: Call) -> Response:
    return _ok(_annotation(call.project.annotations.get(_annotation_id(call))))


async def _update(call: Call) -> Response:
    sent = await read_body(call, _Change)
    changed = call.project.annotations.change(
        _annotation_id(call),
        description=None if sent.description is msgspec.UNSET else sent.description,
        tags=None if sent.tags is msgspec.UNSET else sent.tags,
    )
    return _ok(_annotation(changed))


async def _delete(call: Call) -> Response:
    annotation_id = _annotation_id(call)
    call.project.annotations.delete(annotation_id)
    return _ok({"id": annotation_id})


async def _list_tags(call: Call) -> Response:
    return JSONResponse([_tag(call, tag) for tag in call.project.annotations.tags])


async def _create_tag(call: Call) -> Response:
    sent = await read_body(call, _NewTag)
    return JSONResponse(_tag(call, call.project.annotations.create_tag(sent.name)))


def _annotation_id(call: Call) -> int:
    text: str = call.request.path_params["annotation_id"]
    if not re.fullmatch(r"\d{1,18}", text, re.ASCII):
        raise BadRequest("annotation_id must be an integer")
    return int(text)


async def read_body(call: Call, kind: type[T]) -> T:
    """Return the JSON body of a call.

    Raises:
        BadRequest: the body is missing, no JSON, or not what `kind` describes.
    """
    body = await call.request.body()
    if not body:
        raise BadRequest("a JSON object is required in the body")
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise BadRequest(f"the body is invalid: {error}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadRequest("the body must be valid JSON") from None


def _ok(results: object, status: int = 200) -> Response:
    return JSONResponse({"status": "ok", "results": results}, status)


def _annotation(annotation: Annotation) -> dict[str, Any]:
    author = annotation.author
    return {
        "id": annotation.id,
        "date": write_moment(annotation.date),
        "description": annotation.description,
        "user": {"id": author.id, "first_name": author.first_name, "last_name": author.last_name},
        "tags": [{"id": tag.id, "name": tag.name} for tag in annotation.tags],
    }


def _tag(call: Call, tag: Tag) -> dict[str, Any]:
    return {
        "id": tag.id,
        "name": tag.name,
        "project_id": call.project.credentials.project_id,
        "has_annotations": call.project.annotations.is_used(tag),
    }


# Tags come first: the router would take `tags` for an annotation's id.
OPERATIONS = (
    Operation("GET", "app", "/annotations/tags", _list_tags),
    Operation("POST", "app", "/annotations/tags", _create_tag),
    Operation("GET", "app", "/annotations", _list),
    Operation("POST", "app", "/annotations", _create),
    Operation("GET", "app", "/annotations/{annotation_id}", _get),
    Operation("PATCH", "app", "/annotations/{annotation_id}", _update),
    Operation("DELETE", "app", "/annotations/{annotation_id}", _delete),
)
