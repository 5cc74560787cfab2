"""The forms of the variants that take more than setting or removing a field. See `table` for where they apply."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import Any, Final

from mixpanel_export.sandbox.variants.changes import Change, at, each, leaves, put
from mixpanel_export.sandbox.variants.variant import Parameters

__all__ = [
    "CONTACTS",
    "CUSTOM_EVENT",
    "PAGE",
    "STEP",
    "breakdown",
    "group_profile",
    "growing",
    "half_page",
    "hourly",
    "if_named",
    "number_id",
    "odd_segments",
    "overall",
    "project_offset",
    "property_shapes",
    "rates",
    "saved_funnel",
    "saved_retention",
    "segment_named_counts",
    "total",
    "whole_page",
]

PAGE: Final = 1000


def total(numbers: Mapping[str, float]) -> dict[str, float]:
    return {"all": sum(numbers.values())}


def breakdown(numbers: Mapping[str, float]) -> dict[str, Any]:
    overall = total(numbers)
    brands = {"$overall": overall, "nike": overall, "undefined": {"all": 0}}
    return {"$overall": overall, "Social": brands, "": {"$overall": {"all": 0}}}


def saved_funnel(body: Any) -> Any:
    names = list(body["series"])
    labels = [f"{number}. {name}" for number, name in enumerate(names, 1)]
    counts = {label: total(body["series"][name]) for label, name in zip(labels, names, strict=True)}
    series = {
        "count": counts,
        "overall_conv_ratio": {label: {"all": 0.5} for label in labels},
        "avg_time": {label: {"all": None} for label in labels},
    }
    return {**body, "headers": ["$funnel"], "series": series}


def saved_retention(numbers: Mapping[str, float]) -> dict[str, Any]:
    cohorts: dict[str, Any] = {
        date: {"first": 10, "counts": [10, 4], "rates": [1.0, 0.4]} for date in list(numbers)[:3]
    }
    return {**cohorts, "$average": {"first": 10.0, "counts": [10.0, 4.0], "rates": [1.0, 0.4]}}


def project_offset(numbers: Mapping[str, float]) -> dict[str, float]:
    return {date.replace("+00:00", "-07:00"): number for date, number in numbers.items()}


def hourly(body: Any) -> Any:
    series = leaves(lambda numbers: {f"{date[:10]} 00:00:00": number for date, number in numbers.items()})
    dates = at("data", at("series", each(lambda date: f"{date[:10]} 00:00:00")))
    return dates(series(body))


def odd_segments(values: dict[str, Any]) -> dict[str, Any]:
    counts: Any = next(iter(values.values()), dict[str, Any]())
    return {**values, "undefined": counts, "": counts, "$overall": counts}


def rates(cell: dict[str, Any]) -> dict[str, Any]:
    size = cell["first"]
    return {**cell, "rates": [count / size if size else 0 for count in cell["counts"]]}


def overall(day: dict[str, Any]) -> dict[str, Any]:
    if "first" in day:
        return {"$overall": day}
    return {"$overall": next(iter(day.values()), {"counts": [0], "first": 0}), **day}


def segment_named_counts(day: dict[str, Any]) -> dict[str, Any]:
    if "first" in day:
        return {"counts": day}
    names = ["counts", *list(day)[1:]]
    return dict(zip(names[: len(day)], day.values(), strict=True))


def growing(page: dict[str, Any]) -> dict[str, Any]:
    return {**page, "total": min(page["total"], PAGE * (page["page"] + 1))}


def half_page(page: dict[str, Any], sent: Parameters) -> dict[str, Any]:
    number = int(sent.get("page") or 0)
    if number == 0:
        return page
    half = PAGE // 2
    begin = half * ((number - 1) % 2)
    return {**page, "page": number, "page_size": half, "results": page["results"][begin : begin + half]}


def whole_page(sent: Parameters) -> Parameters:
    # After page 0, two of the client's pages are halves of one ordinary page.
    number = int(sent.get("page") or 0)
    return {**sent, "page": str((number + 1) // 2)}


def group_profile(profile: dict[str, Any]) -> dict[str, Any]:
    identity = profile["$distinct_id"]
    return {
        "$group_key": "company",
        "$group_id": identity,
        "data_group_id": "8391",
        "$properties": profile["$properties"],
    }


def number_id(profile: dict[str, Any]) -> dict[str, Any]:
    return {**profile, "$distinct_id": zlib.crc32(profile["$distinct_id"].encode())}


def if_named(change: Change) -> Callable[[Any, Parameters], Any]:
    return lambda body, sent: change(body) if sent.get("entity_name") else body


def property_shapes(schema: dict[str, Any]) -> dict[str, Any]:
    shapes: dict[str, Any] = {
        "no type": {"description": "Untyped."},
        "types": {"type": ["string", "null"]},
        "null": None,
        "true": True,
    }
    return {**schema, "properties": {**schema["properties"], **shapes}}


CONTACTS: Final = at(
    "metadata",
    at("com.mixpanel", put(contacts=["ada@example.com"], teamContacts=["Analytics"])),
)
CUSTOM_EVENT: Final[dict[str, Any]] = {
    "entityType": "custom_event",
    "name": "Large order",
    "schemaJson": {"description": "An order over 100 dollars.", "properties": None, "metadata": None},
}
STEP: Final = put(
    custom_event=None,
    custom_event_id=None,
    avg_time=None,
    selector=None,
    session_event=None,
    time_buckets_from_start={"lower": 0, "higher": 1, "buckets": [1]},
)
