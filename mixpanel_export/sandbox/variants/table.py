"""The table of variants, by group: how Mixpanel's servers have been seen to respond.

To add one, add a row. Bodies are freshly decoded, and `changes` has the building blocks.
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from mixpanel_export.sandbox.variants.changes import (
    Change,
    at,
    bare_schema,
    cells,
    drop,
    each,
    enveloped,
    error_message,
    event_series,
    first,
    leaves,
    one_or_each,
    put,
    replace,
    rows,
    steps,
)
from mixpanel_export.sandbox.variants.shapes import (
    CONTACTS,
    CUSTOM_EVENT,
    PAGE,
    STEP,
    breakdown,
    group_profile,
    growing,
    half_page,
    hourly,
    if_named,
    number_id,
    odd_segments,
    overall,
    project_offset,
    property_shapes,
    rates,
    saved_funnel,
    saved_retention,
    segment_named_counts,
    total,
    whole_page,
)
from mixpanel_export.sandbox.variants.variant import ANY_STATUS, ERROR, Parameters, Variant

__all__ = ["VARIANTS"]

_ANNOTATION: Final = (
    "GET app:/annotations",
    "POST app:/annotations",
    "GET app:/annotations/{annotation_id}",
    "PATCH app:/annotations/{annotation_id}",
)
_DELETE: Final = ("DELETE app:/annotations/{annotation_id}",)
_TAGS: Final = ("GET app:/annotations/tags", "POST app:/annotations/tags")
_ENGAGE: Final = ("POST query:/engage", "GET legacy:/engage")
_SERIES: Final = ("GET query:/segmentation", "GET query:/segmentation/numeric")
_TABLES: Final = (*_SERIES, "GET query:/segmentation/multiseg")
_SEGMENTATION: Final = (*_TABLES, "GET query:/segmentation/sum", "GET query:/segmentation/average")
_FUNNELS: Final = ("GET query:/funnels",)
_INSIGHTS: Final = ("GET query:/insights",)
_RETENTION: Final = ("GET query:/retention",)
_COHORTS: Final = ("POST query:/cohorts/list",)
_ACTIVITY: Final = ("GET query:/stream/query",)
_TOP_EVENTS: Final = ("GET query:/events/top",)
_TOP_PROPERTIES: Final = ("GET query:/events/properties/top",)
_SCHEMA_LISTS: Final = ("GET app:/schemas", "GET app:/schemas/{entity_type}")
_SCHEMA: Final = ("GET app:/schemas/{entity_type}/{name:path}",)


def _row(name: str, operations: tuple[str, ...], change: Change | None, about: str, **more: Any) -> Variant:
    return Variant(name=name, about=about, operations=operations, change=_without_parameters(change), **more)


def _without_parameters(change: Change | None) -> Callable[[Any, Parameters], Any] | None:
    if change is None:
        return None
    changed: Change = change
    return lambda body, sent: changed(body)


def _annotation(form: str, change: Change, about: str) -> Variant:
    return _row(f"annotations.{form}", _ANNOTATION, at("results", one_or_each(change)), about)


def _engage(form: str, change: Change, about: str, **more: Any) -> Variant:
    return _row(f"profiles.{form}", _ENGAGE, change, about, **more)


def _profile(form: str, change: Change, about: str) -> Variant:
    return _engage(form, at("results", first(change)), about)


def _error(form: str, change: Callable[[str], Any], about: str) -> Variant:
    return _row(f"errors.{form}", (), lambda body: change(error_message(body)), about, statuses=ERROR)


def _text(text: str) -> Callable[[Any], str]:
    return lambda body: text


def _error_text(form: str, text: Callable[[str], str], about: str, media_type: str) -> Variant:
    def body_text(body: Any) -> str:
        return text(error_message(body))

    return _row(
        f"errors.{form}",
        (),
        None,
        about,
        statuses=ERROR,
        text=body_text,
        media_type=media_type,
    )


_ROWS: Final = (
    # Insights
    _row("insights.project_offset", _INSIGHTS, event_series(project_offset), "dates have an offset"),
    _row(
        "insights.repeated_hour",
        _INSIGHTS,
        event_series(lambda _: {"2023-11-05T01:00:00-07:00": 3, "2023-11-05T01:00:00-08:00": 5}),
        "the hour that occurs twice when the clocks go back",
    ),
    _row("insights.bar", _INSIGHTS, event_series(total), 'numbers are keyed by "all"'),
    _row(
        "insights.breakdown",
        _INSIGHTS,
        lambda body: {**event_series(breakdown)(body), "headers": ["$event", "channel", "brand"]},
        "one level of segments for each header, each with $overall",
    ),
    _row("insights.saved_funnel", _INSIGHTS, saved_funnel, "a saved funnel, by measure and step"),
    _row("insights.saved_retention", _INSIGHTS, event_series(saved_retention), "a saved retention report"),
    _row("insights.values_null", _INSIGHTS, event_series(first(replace(None))), "a value is null"),
    _row("insights.meta", _INSIGHTS, put(meta={"min_sampling_factor": 1.0}), "meta beside the series"),
    _row("insights.computed_at_missing", _INSIGHTS, drop("computed_at"), "no computed_at"),
    # Funnels
    _row("funnels.analysis_null", _FUNNELS, at("data", rows(at("analysis", replace(None)))), "null analysis"),
    _row("funnels.analysis_empty", _FUNNELS, at("data", rows(at("analysis", replace({})))), "empty analysis"),
    _row("funnels.step_fields", _FUNNELS, steps(STEP), "nulls and additional fields in steps"),
    _row(
        "funnels.custom_event_true", _FUNNELS, steps(put(custom_event=True, custom_event_id=301)), "booleans"
    ),
    _row("funnels.data_list", _FUNNELS, put(data=[]), "data is an empty list instead of an object"),
    _row("funnels.meta_missing", _FUNNELS, drop("meta"), "no meta"),
    # Segmentation
    _row("segmentation.legend_size_missing", _TABLES, drop("legend_size"), "no legend_size"),
    _row("segmentation.values_null", _SEGMENTATION, leaves(first(replace(None))), "a value is null"),
    _row("segmentation.values_nan", _SEGMENTATION, leaves(first(replace(math.nan))), "a value is NaN"),
    _row("segmentation.values_text", _SEGMENTATION, leaves(first(str)), "a value is a number as text"),
    _row(
        "segmentation.odd_segments",
        _SERIES,
        at("data", at("values", odd_segments)),
        "undefined, empty, $overall",
    ),
    _row("segmentation.hourly_keys", _SEGMENTATION, hourly, "dates with a time"),
    _row(
        "segmentation.more_fields",
        _TABLES,
        put(computed_at="2024-04-01T08:00:00+00:00", status="ok"),
        "computed_at and status beside the data",
    ),
    # Retention
    _row("retention.rates", _RETENTION, cells(rates), "rates beside the counts"),
    _row("retention.counts_float", _RETENTION, cells(at("counts", each(float))), "counts are floats"),
    _row("retention.counts_null", _RETENTION, cells(at("counts", first(replace(None)))), "a count is null"),
    _row("retention.enveloped", _RETENTION, enveloped, "inside {status, results}"),
    _row("retention.overall_segment", _RETENTION, rows(overall), "segments include $overall"),
    _row("retention.segment_named_counts", _RETENTION, rows(segment_named_counts), "a segment called counts"),
    # Events
    _row("events.count_missing", _TOP_PROPERTIES, put(**{"$duration_s": {}}), "a property without a count"),
    _row(
        "events.percent_change_null",
        _TOP_EVENTS,
        at("events", each(put(percent_change=None))),
        "null percent_change",
    ),
    _row(
        "events.percent_change_missing",
        _TOP_EVENTS,
        at("events", each(drop("percent_change"))),
        "no percent_change",
    ),
    _row("events.type_missing", _TOP_EVENTS, drop("type"), "no type"),
    # Cohorts
    _row(
        "cohorts.is_visible_boolean",
        _COHORTS,
        each(lambda cohort: {**cohort, "is_visible": bool(cohort["is_visible"])}),
        "is_visible is a boolean",
    ),
    _row(
        "cohorts.nulls",
        _COHORTS,
        each(put(description=None, created=None, data_group_id=None)),
        "null fields",
    ),
    # Activity
    _row(
        "activity.properties_null",
        _ACTIVITY,
        at("results", at("events", first(put(properties=None)))),
        "an event with null properties",
    ),
    _row(
        "activity.time_missing",
        _ACTIVITY,
        at("results", at("events", first(at("properties", drop("time"))))),
        "an event without a time",
    ),
    _row(
        "activity.results_list", _ACTIVITY, put(results=[]), "results is an empty list instead of an object"
    ),
    # Profiles
    _engage("total_missing", drop("total"), "no total"),
    _engage("total_growing", growing, "the total grows from page to page"),
    _engage("total_too_low", put(total=1), "the total is less than what is there"),
    _engage(
        "total_too_high", lambda page: {**page, "total": page["total"] + PAGE}, "the total promises more"
    ),
    _engage(
        "page_empty",
        lambda page: {**page, "results": []} if page["page"] else page,
        "pages are empty before the total is reached",
    ),
    Variant(
        name="profiles.page_size_shrinking",
        about="pages after the first are half as long",
        operations=_ENGAGE,
        change=half_page,
        parameters=whole_page,
    ),
    _profile("distinct_id_missing", drop("$distinct_id"), "a profile without a distinct id"),
    _profile("distinct_id_number", number_id, "a distinct id is a number"),
    _profile("properties_null", put(**{"$properties": None}), "a profile with null properties"),
    _profile("values_nan", at("$properties", put(lifetime_value=math.nan)), "a value is NaN"),
    _engage("groups", at("results", each(group_profile)), "group profiles instead of users"),
    _engage(
        "pending", lambda page: {**drop("results")(page), "status": "pending"}, "pending, without results"
    ),
    # Annotations
    _annotation("user_null", put(user=None), "user is null"),
    _annotation("user_empty", put(user={}), "user is {}"),
    _annotation("user_missing", drop("user"), "no user"),
    _annotation("tags_null", put(tags=None), "tags is null"),
    _annotation("tags_ids", at("tags", each(lambda tag: tag["id"])), "tags is a list of ids"),
    _annotation(
        "date_offset",
        lambda note: {**note, "date": f"{note['date'].replace(' ', 'T')}-07:00"},
        "the date has an offset",
    ),
    _row("annotations.created_200", ("POST app:/annotations",), None, "200 on creation", status=200),
    _row("annotations.deleted_204", _DELETE, None, "204 without a body on deletion", status=204),
    _row("annotations.deleted_status", _DELETE, drop("results"), "only the status on deletion"),
    _row("annotations.deleted_null", _DELETE, put(results=None), "results is null on deletion"),
    _row("annotations.deleted_empty", _DELETE, None, "200 without a body on deletion", text=_text("")),
    _row("annotations.tags_enveloped", _TAGS, enveloped, "tags inside {status, results}"),
    # Schemas
    Variant(
        name="schemas.named_bare",
        about="the schema itself instead of a list, when asked for by name",
        operations=("GET app:/schemas/{entity_type}",),
        change=if_named(bare_schema),
    ),
    Variant(
        name="schemas.named_enveloped",
        about="the schema itself inside {status, results}, when asked for by name",
        operations=("GET app:/schemas/{entity_type}",),
        change=if_named(lambda body: enveloped(bare_schema(body))),
    ),
    _row("schemas.enveloped", _SCHEMA, enveloped, "one schema inside {status, results}"),
    _row("schemas.nulls", _SCHEMA, put(properties=None, metadata=None), "null properties and metadata"),
    _row("schemas.property_shapes", _SCHEMA, property_shapes, "properties without a type, null, or true"),
    _row("schemas.contacts", _SCHEMA, CONTACTS, "contacts in the metadata"),
    _row(
        "schemas.custom_events",
        _SCHEMA_LISTS,
        at("results", lambda listed: [*listed, CUSTOM_EVENT]),
        "a schema of the type custom_event",
    ),
    # Errors
    _error("code", lambda message: {"error": {"code": 1, "message": message}}, "error is an object"),
    _error("message", lambda message: {"status": "error", "message": message}, "message instead of error"),
    _error("detail", lambda message: {"detail": message}, "detail instead of error"),
    _error("list", lambda message: {"errors": [message]}, "a list of errors"),
    _error(
        "entities", lambda message: {"error": html.escape(f"Invalid request: '{message}'")}, "HTML entities"
    ),
    _error_text("plain_text", str, "plain text", "text/plain"),
    _error_text(
        "html", lambda message: f"<html><body><h1>{message}</h1></body></html>", "a web page", "text/html"
    ),
    _error_text("empty", lambda _: "", "no body", "text/plain"),
    _row(
        "errors.unable_to_authenticate",
        (),
        replace({"error": "Unable to authenticate request", "status": "error"}),
        "wrong credentials are a 400",
        statuses=range(401, 402),
        status=400,
    ),
    _row(
        "errors.plan_restriction",
        (),
        None,
        "every call is a 200 with a plan restriction in plain text",
        text=_text("Your plan does not allow API calls. Upgrade at mixpanel.com/get-plan"),
    ),
    _row("headers.via", (), None, "a header beyond ASCII", statuses=ANY_STATUS, headers={"via": "1.1 Büro"}),
)

VARIANTS: Final[Mapping[str, Variant]] = {variant.name: variant for variant in _ROWS}
