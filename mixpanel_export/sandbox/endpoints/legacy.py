"""The GET calls of older integrations, under the 2.0 root only: annotations and engage.

They read and change the same data as the calls that replaced them. `format=csv` returns a table with a header.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from starlette.responses import JSONResponse, Response

from mixpanel_export.sandbox.endpoints.annotations import read_moment, write_moment
from mixpanel_export.sandbox.endpoints.operation import Call, Operation
from mixpanel_export.sandbox.endpoints.profiles import profiles_page

__all__ = ["OPERATIONS"]


async def _list(call: Call) -> Response:
    as_table = _as_table(call)
    first, last = call.parameters.date_range(call.today)
    annotations = [
        {
            "date": write_moment(annotation.date),
            "project_id": call.project.credentials.project_id,
            "id": annotation.id,
            "description": annotation.description,
        }
        for annotation in call.project.annotations.between(first, last)
    ]
    if as_table:
        return _table(("date", "project_id", "id", "description"), annotations)
    return JSONResponse({"annotations": annotations, "error": False})


async def _create(call: Call) -> Response:
    as_table = _as_table(call)
    date = read_moment("date", call.parameters.required("date"))
    call.project.annotations.create(date, call.parameters.required("description"))
    return _done(as_table)


async def _update(call: Call) -> Response:
    as_table = _as_table(call)
    annotation_id = _annotation_id(call)
    date = read_moment("date", call.parameters.required("date"))
    description = call.parameters.required("description")
    call.project.annotations.change(annotation_id, date=date, description=description)
    return _done(as_table)


async def _delete(call: Call) -> Response:
    as_table = _as_table(call)
    call.project.annotations.delete(_annotation_id(call))
    return _done(as_table)


async def _engage(call: Call) -> Response:
    as_table = _as_table(call)
    page = profiles_page(call)
    if not as_table:
        return JSONResponse(page)
    rows = [
        {"$distinct_id": profile["$distinct_id"], **profile["$properties"]} for profile in page["results"]
    ]
    # The columns are those of this page's profiles; later pages are not known yet.
    names = dict.fromkeys(name for row in rows for name in row)
    return _table(tuple(names) or ("$distinct_id",), rows)


def _annotation_id(call: Call) -> int:
    call.parameters.required("id")
    return call.parameters.integer("id") or 0


def _as_table(call: Call) -> bool:
    return call.parameters.choice("format", ("json", "csv")) == "csv"


def _done(as_table: bool) -> Response:
    return _table(("error",), [{"error": False}]) if as_table else JSONResponse({"error": False})


def _table(columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> Response:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)
    return Response(text.getvalue(), media_type="text/csv")


def _cell(value: object) -> str:
    """Return text unchanged, null as an empty cell, and other values (numbers, booleans, lists) as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


OPERATIONS = (
    Operation("GET", "legacy", "/annotations", _list),
    Operation("GET", "legacy", "/annotations/create", _create),
    Operation("GET", "legacy", "/annotations/update", _update),
    Operation("GET", "legacy", "/annotations/delete", _delete),
    Operation("GET", "legacy", "/engage", _engage),
)
