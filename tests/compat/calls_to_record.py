"""The calls in `recorded_calls.json`: made by `record` with the older client, in a form that fits into JSON.

Values that JSON lacks are written `{"$date": …}`, `{"$datetime": …}`, `{"$bytes": …}`; `revived` undoes that.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any, TypedDict

__all__ = ["API_KEY", "API_SECRET", "RecordedCall", "calls", "revived"]

API_KEY = "made-up-key"
API_SECRET = "made-up-sécret-¿2?"

DAY = ("2024-01-05", "2024-01-31")
BACKWARDS = ("2024-02-01", "2024-01-31")
PLAN = 'properties["plan"] == "größer & 100% + more"'
COUNTRY = 'properties["$country"]'


class RecordedCall(TypedDict, total=False):
    """One call of the older client and its outcome.

    Attributes:
        auth: `SignatureAuth` or `SecretAuth`.
        answer: the status of the server's response, if not 200.
        path, query, authorization: the request on the wire; the query is decoded, without `sig` and `expire`.
        raises: the name of the exception, if any.
    """

    auth: str
    method: str
    args: list[Any]
    kwargs: dict[str, Any]
    answer: int
    path: str
    query: dict[str, str]
    authorization: str
    raises: str


def revived(value: Any) -> Any:
    """Return a value of a recorded call as it was passed."""
    match value:
        case {"$date": str(text)}:
            return datetime.date.fromisoformat(text)
        case {"$datetime": str(text)}:
            return datetime.datetime.fromisoformat(text)
        case {"$bytes": str(text)}:
            return text.encode()
        case _:
            return value


def calls() -> Iterator[RecordedCall]:
    """Return every call to record: those of both schemes with each, the others with signatures."""
    for auth in ("SignatureAuth", "SecretAuth"):
        for method, *args in _WITH_BOTH_SCHEMES:
            yield _call(method, args, auth)
    for method, *args in _CALLS:
        yield _call(method, args, "SignatureAuth")
    for status in (400, 401, 402, 403, 404, 413, 429, 500, 502, 503, 504):
        yield {**_call("get_funnel_list", [], "SecretAuth"), "answer": status}
        yield {**_call("get_export", [*DAY], "SecretAuth"), "answer": status}


def _call(method: str, args: list[Any], auth: str) -> RecordedCall:
    named = args[-1] if args and isinstance(args[-1], dict) and not _is_written(args[-1]) else {}
    return {
        "auth": auth,
        "method": method,
        "args": args[:-1] if named else args,
        "kwargs": named,
    }


def _is_written(value: dict[str, Any]) -> bool:
    return any(name.startswith("$") for name in value)


_WITH_BOTH_SCHEMES: tuple[tuple[Any, ...], ...] = (
    ("annotations_list", *DAY),
    ("annotation_create", "2024-01-05", "Neue Preise, größer & 100% + 購入 🎉"),
    ("annotation_update", 148, "2024-01-05 16:05:09", "New prices"),
    ("annotation_delete", 148),
    ("get_events", ["Sign Up", "購入", "Überraschung 🎉"], "day", 30),
    ("get_events_top", "Sign Up"),
    ("get_event_top_names",),
    ("get_event_properties", "Sign Up", "plan", ["frei", "größer"], "week", 4),
    ("get_event_properties_top", "購入"),
    ("get_event_properties_values", "Sign Up", "plan"),
    ("get_funnel_list",),
    ("get_funnel_detail", 8231, *DAY),
    ("get_segmentation", "Sign Up", *DAY),
    ("get_segmentation_numeric", "Purchase", *DAY, 'number(properties["amount"])'),
    ("get_segmentation_sum", "Purchase", *DAY, 'properties["amount"]'),
    ("get_segmentation_average", "Purchase", *DAY),
    ("get_segmentation_multiseg", "Purchase", *DAY),
    ("get_engage",),
    ("get_export", *DAY),
)

_CALLS: tuple[tuple[Any, ...], ...] = (
    # Every argument, by position and by name.
    ("annotations_list", *DAY, "csv"),
    ("annotations_list", {"start_date": DAY[0], "end_date": DAY[1], "response_format": "json"}),
    ("annotation_create", "2024-01-05 23:59:58", "café ☕", "csv"),
    ("annotation_update", {"annotation_id": "148", "date": DAY[0], "description": "a=b&c#d?e"}),
    ("annotation_delete", 148, "csv"),
    ("get_events", ["A"], "minute", 2, "general", "csv"),
    ("get_events", "Just text", "month", "3", "average"),
    ("get_events_top", "A", 3, "csv"),
    ("get_event_top_names", "unique", 5, "csv"),
    ("get_event_properties", "A", "größe", ["1", "2"], "day", 7, "unique", 9, "csv"),
    ("get_event_properties", "A", "n", [1, 2.5, "three", True, None], "day", 7),
    ("get_event_properties_top", "A", 2, "csv"),
    ("get_event_properties_values", "A", "plan", 7, "bucket-9", "csv"),
    ("get_funnel_list", "csv"),
    ("get_funnel_detail", 8231, *DAY, 7, 2, "week", COUNTRY, PLAN, 10, "csv"),
    ("get_segmentation", "A", *DAY, "hour", COUNTRY, PLAN, 5, "general", "csv"),
    ("get_segmentation_numeric", "A", *DAY, 'properties["n"]', "hour", PLAN, 12, "general", "csv"),
    ("get_segmentation_sum", "A", *DAY, 'properties["n"]', "hour", PLAN, "csv"),
    ("get_segmentation_average", "A", *DAY, "hour", 'properties["n"]', PLAN, "csv"),
    ("get_segmentation_multiseg", "A", *DAY, "week", COUNTRY, "outer", "unique", PLAN, 6, "csv"),
    ("get_engage", PLAN, "1234567890-EXAMPL", 4, "csv"),
    ("get_export", *DAY, ["Sign Up", "購入"], PLAN, "bucket-9", "json"),
    ("get_export", *DAY, {"event": "Einzeln ü"}),
    # Falsy values are not sent.
    ("get_events", [], "day", 0),
    ("get_events_top", "", 0),
    ("get_event_top_names", None, None),
    ("get_event_properties", "A", "p", [], "day", 0, None, 0),
    ("get_event_properties_values", "A", "p", 0, ""),
    ("get_funnel_detail", 0, *DAY, 0, 0, "", "", ""),
    ("get_segmentation", "A", *DAY, {"unit": None, "limit": 0, "data_type": ""}),
    ("get_segmentation_multiseg", "A", *DAY, {"inner": "", "outer": None}),
    ("get_engage", "", "s", 0),
    ("get_export", *DAY, [], "", ""),
    ("get_export", *DAY, ""),
    ("annotation_delete", None),
    ("get_engage", {"response_format": None}),
    # Values of other types.
    ("get_engage", {"page": 2.5, "session_id": True}),
    ("get_events_top", {"$bytes": "Größe"}),
    # Dates.
    ("get_segmentation", "A", "2024-1-5", "2024-01-31 10:11:12"),
    ("get_export", "2024-01-05 00:00:00", "2024-01-05 23:59:59"),
    ("get_export", "2098-12-31", "2099-1-1"),
    ("annotation_create", "2024-1-5", "one digit"),
    ("annotations_list", *BACKWARDS),
    ("annotations_list", "2024-01-05 10:00:00", "2024-01-05 09:59:59"),
    ("annotation_create", "05/01/2024", "text"),
    ("annotation_update", 1, "2024-01-05T10:00:00", "text"),
    ("get_funnel_detail", 1),
    ("get_funnel_detail", 1, *BACKWARDS),
    ("get_funnel_detail", 1, DAY[0], "2024-02-30"),
    ("get_segmentation", "A", *BACKWARDS),
    ("get_segmentation", "A", "", DAY[1]),
    ("get_segmentation", "A", {"$date": "2024-01-05"}, {"$date": "2024-01-31"}),
    ("get_segmentation_numeric", "A", "2024-13-01", DAY[1], "x"),
    ("get_segmentation_numeric", "A", *BACKWARDS, "x"),
    ("get_segmentation_sum", "A", DAY[0], "yesterday", "x"),
    ("get_segmentation_sum", "A", *BACKWARDS, "x"),
    ("get_segmentation_average", "A", " 2024-01-05", DAY[1]),
    ("get_segmentation_average", "A", *BACKWARDS),
    ("get_segmentation_multiseg", "A", "20240105", DAY[1]),
    ("get_segmentation_multiseg", "A", *BACKWARDS),
    ("get_export", *BACKWARDS),
    ("get_export", "2024-01-05 10:00", DAY[1]),
    ("get_export", {"$datetime": "2024-01-05T00:00:00"}, {"$datetime": "2024-01-31T00:00:00"}),
    ("get_export", None, None),
    ("annotation_create", {"$datetime": "2024-01-05T00:00:00"}, "text"),
    # Units, formats and data types, and the order of their checks.
    ("get_events", ["A"], "year", 1),
    ("get_events", ["A"], None, 1),
    ("get_events", ["A"], "year", 1, "total", "xml"),
    ("get_events", ["A"], "day", 1, "total", "xml"),
    ("get_events", ["A"], "day", 1, "total"),
    ("get_events", ["A"], "day", 1, "unique", "xml"),
    ("get_events_top", "A", 1, "xml"),
    ("get_event_top_names", "total", 1),
    ("get_event_top_names", "unique", 1, "XML"),
    ("get_event_properties", "A", "p", [], "year", 1, "total"),
    ("get_event_properties", "A", "p", [], "day", 1, "unique", 1, ""),
    ("get_event_properties_top", "A", 1, None),
    ("get_event_properties_values", "A", "p", 1, None, "xml"),
    ("get_funnel_list", "xml"),
    ("get_funnel_detail", 1, {"response_format": "xml"}),
    ("get_funnel_detail", 1, *DAY, {"unit": "year"}),
    ("get_segmentation", "A", *BACKWARDS, {"response_format": "xml"}),
    ("get_segmentation", "A", *DAY, {"unit": "year", "data_type": "total"}),
    ("get_segmentation_numeric", "A", *DAY, "x", {"response_format": "xml"}),
    ("get_segmentation_sum", "A", *DAY, "x", {"response_format": "xml"}),
    ("get_segmentation_average", "A", *DAY, {"response_format": "xml"}),
    ("get_segmentation_multiseg", "A", *DAY, {"response_format": "xml"}),
    ("annotations_list", *DAY, "xml"),
    ("annotation_create", DAY[0], "text", "xml"),
    ("annotation_update", 1, DAY[0], "text", "xml"),
    ("annotation_delete", 1, "xml"),
    ("get_engage", None, None, None, "xml"),
    # Arguments no method takes.
    ("get_segmentation", "A"),
    ("get_funnel_list", {"limit": 3}),
)
