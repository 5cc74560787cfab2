"""Answers in every variant that servers send: all of them are read, and nothing of them is lost."""

from __future__ import annotations

import copy
import datetime
import json
import pickle
import zoneinfo
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from pydantic import TypeAdapter

from mixpanel_export_api import models
from mixpanel_export_api.api.activity import ACTIVITY_STREAM
from mixpanel_export_api.api.annotations import (
    ANNOTATIONS_CREATE,
    ANNOTATIONS_DELETE,
    ANNOTATIONS_GET,
    ANNOTATIONS_LIST,
    ANNOTATIONS_LIST_TAGS,
)
from mixpanel_export_api.api.cohorts import COHORTS_LIST
from mixpanel_export_api.api.events import EVENTS_PROPERTIES_TOP, EVENTS_TOP
from mixpanel_export_api.api.funnels import FUNNELS_QUERY
from mixpanel_export_api.api.insights import INSIGHTS_QUERY
from mixpanel_export_api.api.profiles import PROFILES_QUERY
from mixpanel_export_api.api.retention import RETENTION_FREQUENCY, RETENTION_QUERY
from mixpanel_export_api.api.schemas import SCHEMAS_GET, SCHEMAS_LIST_FOR_ENTITY
from mixpanel_export_api.api.segmentation import SEGMENTATION_QUERY, SEGMENTATION_SUM
from mixpanel_export_api.runtime.answers import decode
from mixpanel_export_api.runtime.objects import Map, Model
from tests.spec.operations import NAMED, resolved

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
DAY = datetime.date(2024, 1, 1)
STEP = {"count": 3, "event": "A", "custom_event": True, "avg_time": None, "selector": {"a": [1]}}
NOTE = {"id": 1, "date": "2024-01-01 12:00:00", "description": "x"}

Variant = tuple[Any, Any, Callable[[Any], Any], Any]

VARIANTS: Mapping[str, Variant] = {
    "funnel without meta": (FUNNELS_QUERY, {"data": {}}, lambda f: f.meta.dates, []),
    "funnel with an empty list": (FUNNELS_QUERY, {"data": []}, lambda f: f.to_rows(), []),
    "funnel with null analysis": (
        FUNNELS_QUERY,
        {"data": {"2024-01-01": {"steps": [STEP], "analysis": None}}},
        lambda f: (f.data[DAY].analysis, f.data[DAY].steps[0].custom_event, f.data[DAY].steps[0]["selector"]),
        (None, True, {"a": [1]}),
    ),
    "funnel by segment": (
        FUNNELS_QUERY,
        {"data": {"2024-01-01": {"$overall": [STEP, STEP], "US": [STEP], "steps": [STEP]}}},
        lambda f: [len(part.steps) for part in (f.data[DAY], f.data[DAY]["US"], f.data[DAY]["steps"])],
        [2, 1, 1],
    ),
    "funnel with a null day": (
        FUNNELS_QUERY,
        {"data": {"2024-01-01": None}},
        lambda f: f.data[DAY].steps,
        [],
    ),
    "series with other numbers": (
        SEGMENTATION_QUERY,
        {"data": {"series": [], "values": {"undefined": {"a": None, "b": "2.5", "c": float("nan")}}}},
        lambda s: [*s.data.values["undefined"].values()],
        [None, 2.5, None],
    ),
    "series by the hour": (
        SEGMENTATION_QUERY,
        {"data": {"series": [], "values": {"": {"2024-01-01 05:00:00": 1}}}},
        lambda s: (s.data.values[""][datetime.datetime(2024, 1, 1, 5)], s.to_rows()[0]["date"]),  # noqa: DTZ001
        (1, datetime.datetime(2024, 1, 1, 5)),  # noqa: DTZ001
    ),
    "sums with their time": (
        SEGMENTATION_SUM,
        {"results": {}, "computed_at": "2024-01-01T10:00:00"},
        lambda s: s.computed_at.isoformat(),
        "2024-01-01T10:00:00+01:00",
    ),
    "sums without an envelope": (SEGMENTATION_SUM, {"2024-01-01": 5}, lambda s: s.results[DAY], 5),
    "retention in an envelope": (
        RETENTION_QUERY,
        {"status": "ok", "results": {"2024-01-01": {"counts": [1.0, None], "first": 1, "rates": [1, 0.5]}}},
        lambda r: (r[DAY].counts, r[DAY].rates, [row["rate"] for row in r.to_rows()]),
        ([1.0, None], [1, 0.5], [1, 0.5]),
    ),
    "retention by segment": (
        RETENTION_QUERY,
        {"2024-01-01": {"$overall": {"counts": [4], "first": 5}, "counts": {"counts": [2], "first": 2}}},
        lambda r: (r[DAY].counts, r[DAY]["counts"].counts),
        ([4], [2]),
    ),
    "frequency by segment": (
        RETENTION_FREQUENCY,
        {"data": {"2024-01-01": {"US": [3, 1]}, "2024-01-02": [5]}},
        lambda f: (f.data[DAY]["US"], f.data["2024-01-02"]),
        ([3, 1], [5]),
    ),
    "properties without a count": (
        EVENTS_PROPERTIES_TOP,
        {"$duration_s": {}, "status": {"count": 2}, "results": {"count": 1}},
        lambda t: [t[name].count for name in t],
        [None, 2, 1],
    ),
    "top events without a change": (
        EVENTS_TOP,
        {"events": [{"amount": 1, "event": "A", "percent_change": None}, {"amount": 2, "event": "B"}]},
        lambda t: ([top.percent_change for top in t], t.type_, len(t)),
        ([None, None], None, 2),
    ),
    "cohorts": (
        COHORTS_LIST,
        [
            {"id": 1, "name": "a", "is_visible": 1, "created": "2019-03-19 23:49:51"},
            {"id": 2, "is_visible": False},
        ],
        lambda c: ([cohort.is_visible for cohort in c], c[0].created, c[1].created),
        ([True, False], datetime.datetime(2019, 3, 19, 23, 49, 51, tzinfo=BERLIN), None),
    ),
    "events without properties": (
        ACTIVITY_STREAM,
        {"status": "ok", "results": {"events": [{"event": "A", "properties": None}]}},
        lambda a: [(event.event, {**event.properties}) for event in a],
        [("A", {})],
    ),
    "an activity feed without events": (ACTIVITY_STREAM, {"results": []}, len, 0),
    "profiles": (
        PROFILES_QUERY,
        {
            "page": 0,
            "page_size": 2,
            "results": [{"$properties": None}, {"$group_key": "company", "$group_id": 5}],
        },
        lambda p: ([profile.distinct_id for profile in p], dict(p[0].properties), p[1].group_id, p.total),
        ([None, None], {}, 5, None),
    ),
    "profiles that are pending": (
        PROFILES_QUERY,
        {"status": "pending"},
        lambda p: (p.results, p.status),
        ([], "pending"),
    ),
    "annotations": (
        ANNOTATIONS_LIST,
        {
            "results": [
                {**NOTE, "user": {}, "tags": [None, 7, {"id": 8}]},
                {**NOTE, "user": None, "tags": None},
            ]
        },
        lambda a: ([tag.id for tag in a[0].tags], a[0].user.first_name, a[1].user, a[1].tags),
        ([7, 8], None, None, None),
    ),
    "an annotation with an offset": (
        ANNOTATIONS_GET,
        {**NOTE, "date": "2024-01-01T12:00:00-07:00"},
        lambda a: a.results.date.isoformat(),
        "2024-01-01T12:00:00-07:00",
    ),
    "an annotation with another date": (
        ANNOTATIONS_GET,
        {**NOTE, "date": "soon"},
        lambda a: a.results.date,
        "soon",
    ),
    "a created annotation without a body": (ANNOTATIONS_CREATE, None, lambda a: a.results.id, None),
    "a deleted annotation without a body": (ANNOTATIONS_DELETE, None, lambda a: a.results.id, None),
    "a deleted annotation without results": (ANNOTATIONS_DELETE, {"status": "ok"}, lambda a: a.status, "ok"),
    "tags in an envelope": (
        ANNOTATIONS_LIST_TAGS,
        {"status": "ok", "results": [{"id": 1, "name": "a", "has_annotations": 0}]},
        lambda tags: (tags[0].name, tags[0].has_annotations),
        ("a", False),
    ),
    "a schema in an envelope": (
        SCHEMAS_GET,
        {
            "status": "ok",
            "results": {"description": "d", "properties": {"a": True, "b": {"type": ["string"]}, "c": None}},
        },
        lambda s: (s.description, [s.properties[name].type_ for name in s.properties]),
        ("d", [None, ["string"], None]),
    ),
    "a schema without properties": (
        SCHEMAS_GET,
        {"properties": None},
        lambda s: (s.properties, s.metadata),
        (None, None),
    ),
    "one schema in place of a list": (
        SCHEMAS_LIST_FOR_ENTITY,
        {"status": "ok", "results": {"description": "d"}},
        lambda s: [entry.schema_json.description for entry in s],
        ["d"],
    ),
    "one bare schema in place of a list": (
        SCHEMAS_LIST_FOR_ENTITY,
        {"description": "d", "properties": {}},
        lambda s: [entry.schema_json.description for entry in s],
        ["d"],
    ),
    "insights with null and a breakdown": (
        INSIGHTS_QUERY,
        {"series": {"A": {"$overall": {"all": 13}, "Social": {"all": None}}}, "meta": {}},
        lambda i: (i.series["A"]["$overall"]["all"], i.series["A"]["Social"]["all"], i.computed_at),
        (13, None, None),
    ),
}


def read(variant: Variant) -> Any:
    operation, document, _, _ = variant
    body = json.dumps(document).encode() if document is not None else b"null"
    return operation.answer.read(decode(body), BERLIN, accept=operation.writes)


@pytest.mark.parametrize("variant", VARIANTS.values(), ids=VARIANTS.keys())
def test_a_variant_is_read(variant: Variant) -> None:
    _, _, look, expected = variant
    answer = read(variant)
    assert look(answer) == expected
    assert repr(answer)


def test_every_variant_copies_pickles_and_is_json() -> None:
    for name, variant in VARIANTS.items():
        answer = read(variant)
        unread = copy.deepcopy(answer)
        variant[2](answer)
        assert copy.copy(answer) == pickle.loads(pickle.dumps(answer)) == answer == unread, name
        json.dumps(answer, allow_nan=False)
        if isinstance(answer, Model | Map):
            again = variant[0].answer.read(json.loads(json.dumps(answer.to_dict())), BERLIN, accept=True)
            assert again == answer, name
            assert TypeAdapter(type(answer)).dump_python(answer, mode="json") == answer.to_dict(), name
            assert json.loads(json.dumps(answer, indent=1)).keys() == answer.to_dict().keys(), name


def smallest(schema: Mapping[str, Any]) -> Any:
    """Return the smallest value of a schema, its required fields only."""
    schema = resolved(schema)
    kind = schema.get("type")
    if "anyOf" in schema:
        return smallest(schema["anyOf"][0])
    if kind == "object":
        return {name: smallest(schema["properties"][name]) for name in schema.get("required", [])}
    kind = kind[0] if isinstance(kind, list) else kind
    return {"array": [], "string": "x", "integer": 1, "number": 1.5, "boolean": True}[str(kind)]


def test_models_work_with_every_optional_field_missing() -> None:
    for name, schema in NAMED.items():
        if schema.get("type") != "object":
            continue
        document = smallest(schema)
        made = getattr(models, name).from_dict(document)
        for attribute in getattr(made, "_fields", {}):
            getattr(made, attribute)
        assert made.to_dict() == document, name
        assert made == document, name
        assert copy.copy(made) == copy.deepcopy(made) == pickle.loads(pickle.dumps(made)) == made, name
        assert json.loads(json.dumps(made)) == json.loads(json.dumps(made.to_dict())) == document, name
        assert "object at" not in repr(made), name
        assert "Unset" not in repr(made), name


def test_unknown_fields_are_kept_and_null_is_absent() -> None:
    cohort = models.Cohort.from_dict({"id": 1, "name": "a", "count": None, "new_in_2030": [1]})
    assert cohort.additional_properties == {"new_in_2030": [1]}
    assert cohort["new_in_2030"] == [1]
    assert cohort == models.Cohort.from_dict({"id": 1, "name": "a", "new_in_2030": [1]})
    assert cohort != models.Cohort.from_dict({"id": 2, "name": "a"})


def test_an_answer_is_described_briefly() -> None:
    days = [f"2024-01-{day:02}" for day in range(1, 32)]
    values = {segment: dict.fromkeys(days, 1) for segment in "abcde"}
    answer = models.SegmentationResult.from_dict(
        {"data": {"series": days, "values": values}, "legend_size": 5}
    )
    assert repr(answer) == "SegmentationResult(series=31 days, values=5 segments)"


def test_an_hour_that_occurs_twice_stays_two_rows() -> None:
    keys = ["2024-11-03T01:00:00-07:00", "2024-11-03T01:00:00-08:00"]
    report = models.InsightsResult.from_dict({"series": {"A": dict.fromkeys(keys, 1)}})
    assert [row["date"].isoformat() for row in report.to_rows()] == keys
    assert report.to_pandas()["date"].nunique() == report.to_polars()["date"].n_unique() == 2
    assert len(set(report.to_arrow()["date"].to_pylist())) == 2


def test_a_report_has_a_column_for_each_header() -> None:
    social = {"$overall": {"all": 8}, "nike": {"all": 5}}
    series = {"Sign Up": {"$overall": {"all": 13}, "Social": social}}
    report = models.InsightsResult.from_dict({"headers": ["$event", "Source", "Campaign"], "series": series})
    assert report.to_rows() == [
        {"date": None, "event": "Sign Up", "Source": "$overall", "Campaign": "$overall", "value": 13},
        {"date": None, "event": "Sign Up", "Source": "Social", "Campaign": "$overall", "value": 8},
        {"date": None, "event": "Sign Up", "Source": "Social", "Campaign": "nike", "value": 5},
    ]
    for frame in (report.to_pandas(), report.to_polars()):
        assert list(frame.columns) == ["date", "event", "Source", "Campaign", "value"]
    assert report.to_arrow().num_rows == 3


def test_a_saved_funnel_is_steps_and_saved_retention_periods() -> None:
    counts = {"1. A": {"all": 10}, "2. B": {"all": 5}}
    funnel = models.InsightsResult.from_dict(
        {"series": {"count": counts, "avg_time": {"2. B": {"all": 1.5}}}}
    )
    assert funnel.to_rows() == [
        {"date": None, "step": 0, "event": "A", "count": 10},
        {"date": None, "step": 1, "event": "B", "count": 5, "avg_time": 1.5},
    ]
    group = {"first": 10, "counts": [10, 4], "rates": [1.0, 0.4]}
    retention = models.InsightsResult.from_dict({"series": {"R": {"2024-01-01": group, "$average": group}}})
    rows = [
        (row["date"], row["segment"], row["period"], row["count"], row["rate"]) for row in retention.to_rows()
    ]
    assert rows[:2] == [(DAY, "$overall", 0, 10, 1.0), (DAY, "$overall", 1, 4, 0.4)]
    assert rows[2:] == [(None, "$average", 0, 10, 1.0), (None, "$average", 1, 4, 0.4)]
    for report in (funnel, retention):
        assert len(report.to_pandas()) == len(report.to_polars()) == report.to_arrow().num_rows
