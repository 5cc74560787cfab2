"""Every response variant of the sandbox, read by both clients: the value asked for is there."""

from __future__ import annotations

import asyncio
import copy
import json
import pickle
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mixpanel_export import (
    APIError,
    AsyncMixpanelClient,
    AuthenticationError,
    MixpanelClient,
    ServiceAccountAuth,
)
from mixpanel_export.sandbox import Sandbox
from mixpanel_export_api.models import ProfilesPage

Call = Callable[[Any], Any]
Check = Callable[[Any], Any]

DAYS: dict[str, Any] = {"from_date": "2024-02-01", "to_date": "2024-02-02"}
PURCHASE: dict[str, Any] = {"event": "Purchase", **DAYS}
NOTE: dict[str, Any] = {"date": "2024-05-01 00:00:00", "description": "Variant"}


def insights(client: Any) -> Any:
    return client.insights.query(bookmark_id=5100001)


def funnel(client: Any) -> Any:
    return client.funnels.query(funnel_id=1003, **DAYS)


def funnel_by_plan(client: Any) -> Any:
    return client.funnels.query(funnel_id=1003, on='properties["plan"]', **DAYS)


def series(client: Any) -> Any:
    return client.segmentation.query(**PURCHASE)


def multiseg(client: Any) -> Any:
    split = 'properties["gift"]'
    return client.segmentation.multiseg(**PURCHASE, outer=split, inner=split)


def total(client: Any) -> Any:
    return client.segmentation.sum(**PURCHASE, on='properties["revenue"]')


def retention(client: Any) -> Any:
    return client.retention.query(born_event="Sign Up", interval_count=3, **DAYS)


def retention_by_os(client: Any) -> Any:
    return client.retention.query(born_event="Page View", interval_count=3, on='properties["$os"]', **DAYS)


def schema(client: Any) -> Any:
    return client.schemas.get(entity_type="event", name="Purchase")


def schema_by_name(client: Any) -> Any:
    return client.schemas.list_for_entity(entity_type="event", entity_name="Purchase")


def schemas(client: Any) -> Any:
    return client.schemas.list()


def cohorts(client: Any) -> Any:
    return client.cohorts.list()


def activity(client: Any) -> Any:
    return client.activity.stream(distinct_ids=[client.user], **DAYS)


def profiles(client: Any) -> Any:
    return client.profiles.query()


def notes(client: Any) -> Any:
    return client.annotations.list()


def created(client: Any) -> Any:
    return client.annotations.create(**NOTE)


def deleted(client: Any) -> Any:
    return client.annotations.delete(annotation_id=next(client.notes))


def tags(client: Any) -> Any:
    return client.annotations.list_tags()


def new_tag(client: Any) -> Any:
    return client.annotations.create_tag(name="typed")


def top_events(client: Any) -> Any:
    return client.events.top(type="general")


def top_properties(client: Any) -> Any:
    return client.events.properties_top(event="Purchase")


def unknown_report(client: Any) -> Any:
    return client.insights.query(bookmark_id=7)


def first(values: Any) -> Any:
    return next(iter(values))


def leaf(result: Any) -> Any:
    return result.to_rows()[0]["value"]


def step(result: Any) -> Any:
    return first(result.data.values()).steps[0]


def cell(result: Any) -> Any:
    return first(result.values())


def segment(result: Any) -> Any:
    return cell(cell(result))


# Variants by name, each with a call and what must hold for its answer.
ANSWERS: list[tuple[str, Call, Check]] = [
    ("insights.project_offset", insights, lambda r: r.to_rows()[0]["date"].utcoffset().total_seconds() < 0),
    ("insights.repeated_hour", insights, lambda r: len({row["date"] for row in r.to_rows()}) == 2),
    ("insights.bar", insights, lambda r: r.to_rows()[0]["date"] is None and r.to_pandas()["value"][0] > 0),
    ("insights.breakdown", insights, lambda r: r.to_rows()[1]["brand"] == "$overall"),
    ("insights.saved_funnel", insights, lambda r: r.to_rows()[0]["step"] == 0 and r.to_rows()[0]["count"]),
    ("insights.saved_retention", insights, lambda r: [row["rate"] for row in r.to_rows()[:2]] == [1.0, 0.4]),
    ("insights.values_null", insights, lambda r: leaf(r) is None),
    ("insights.meta", insights, lambda r: r["meta"] == {"min_sampling_factor": 1.0}),
    ("insights.computed_at_missing", insights, lambda r: r.computed_at is None),
    ("funnels.analysis_null", funnel, lambda r: first(r.data.values()).analysis is None),
    ("funnels.analysis_empty", funnel, lambda r: first(r.data.values()).analysis.completion is None),
    ("funnels.step_fields", funnel, lambda r: step(r).custom_event is None and step(r)["selector"] is None),
    ("funnels.step_fields", funnel_by_plan, lambda r: "$overall" in first(r.data.values())),
    (
        "funnels.custom_event_true",
        funnel,
        lambda r: step(r).custom_event is True and step(r).custom_event_id == 301,
    ),
    ("funnels.data_list", funnel, lambda r: len(r.data) == 0 and r.to_rows() == []),
    ("funnels.meta_missing", funnel, lambda r: not r.meta.dates and step(r).count is not None),
    ("segmentation.legend_size_missing", series, lambda r: r.legend_size is None),
    ("segmentation.legend_size_missing", multiseg, lambda r: r.legend_size is None),
    ("segmentation.values_null", series, lambda r: leaf(r) is None),
    ("segmentation.values_null", total, lambda r: leaf(r) is None),
    ("segmentation.values_nan", series, lambda r: leaf(r) is None),
    ("segmentation.values_text", series, lambda r: isinstance(leaf(r), int | float)),
    ("segmentation.values_text", total, lambda r: isinstance(first(r.results.values()), int | float)),
    ("segmentation.odd_segments", series, lambda r: {"undefined", "", "$overall"} < set(r.data.values)),
    ("segmentation.hourly_keys", series, lambda r: r.to_rows()[0]["date"].hour == 0),
    ("segmentation.more_fields", series, lambda r: r.computed_at.year == 2024 and r["status"] == "ok"),
    ("retention.rates", retention, lambda r: cell(r).rates[0] is not None),
    ("retention.rates", retention_by_os, lambda r: segment(r).rates),
    ("retention.counts_float", retention, lambda r: cell(r).counts),
    ("retention.counts_null", retention, lambda r: cell(r).counts[0] is None),
    ("retention.enveloped", retention, lambda r: first(r).startswith("2024-02")),
    ("retention.overall_segment", retention, lambda r: cell(r)["$overall"].counts == cell(r).counts),
    ("retention.overall_segment", retention_by_os, lambda r: cell(r)["$overall"].first is not None),
    ("retention.segment_named_counts", retention_by_os, lambda r: cell(r)["counts"].counts),
    ("events.count_missing", top_properties, lambda r: r["$duration_s"].count is None),
    ("events.percent_change_null", top_events, lambda r: r[0].percent_change is None and r[0].amount),
    ("events.percent_change_missing", top_events, lambda r: r[0].percent_change is None and r[0].event),
    ("events.type_missing", top_events, lambda r: len(r) > 0),
    ("cohorts.is_visible_boolean", cohorts, lambda r: r[0].is_visible is True),
    ("cohorts.nulls", cohorts, lambda r: r[0].created is r[0].data_group_id is None and r[0].id),
    ("activity.properties_null", activity, lambda r: r[0].event and dict(r[0].properties) == {}),
    ("activity.time_missing", activity, lambda r: "time" not in r[0].properties),
    ("activity.results_list", activity, lambda r: list(r) == []),
    ("profiles.total_missing", profiles, lambda r: r.total is None and len(r) == 1000),
    ("profiles.total_growing", profiles, lambda r: r.total == 1000),
    ("profiles.total_too_low", profiles, lambda r: r.total == 1),
    ("profiles.total_too_high", profiles, lambda r: r.total > 1000),
    ("profiles.page_empty", profiles, lambda r: len(r) == 1000),
    ("profiles.page_size_shrinking", profiles, lambda r: len(r) == 1000),
    ("profiles.distinct_id_missing", profiles, lambda r: r[0].distinct_id is None and r[0].properties),
    ("profiles.distinct_id_number", profiles, lambda r: isinstance(r[0].distinct_id, int)),
    ("profiles.properties_null", profiles, lambda r: dict(r[0].properties) == {} and r[0].distinct_id),
    ("profiles.values_nan", profiles, lambda r: r[0].properties["lifetime_value"] is None),
    ("profiles.groups", profiles, lambda r: r[0].group_key == "company" and r[0].group_id),
    ("profiles.pending", profiles, lambda r: r.status == "pending" and list(r) == []),
    ("annotations.user_null", notes, lambda r: r[0].user is None and r[0].description),
    ("annotations.user_empty", notes, lambda r: r[0].user.id is None),
    ("annotations.user_missing", notes, lambda r: r[0].user is None),
    ("annotations.tags_null", notes, lambda r: not r[0].tags),
    ("annotations.tags_ids", notes, lambda r: r[0].tags[0].id == 7001),
    ("annotations.date_offset", notes, lambda r: r[0].date.utcoffset().total_seconds() == -7 * 3600),
    ("annotations.created_200", created, lambda r: r.results.description == "Variant"),
    ("annotations.deleted_204", deleted, lambda r: r.results.id is None),
    ("annotations.deleted_status", deleted, lambda r: r.status == "ok"),
    ("annotations.deleted_null", deleted, lambda r: r.results.id is None),
    ("annotations.deleted_empty", deleted, lambda r: r.results.id is None),
    ("annotations.tags_enveloped", tags, lambda r: r[0].name == "release"),
    ("annotations.tags_enveloped", new_tag, lambda r: r.name == "typed"),
    ("schemas.named_bare", schema_by_name, lambda r: r[0].schema_json.properties),
    ("schemas.named_enveloped", schema_by_name, lambda r: r[0].schema_json.properties),
    ("schemas.enveloped", schema, lambda r: r.properties["revenue"].type_ == "number"),
    ("schemas.nulls", schema, lambda r: r.properties is r.metadata is None),
    ("schemas.property_shapes", schema, lambda r: len(dict(r.properties.items())) == len(r.properties)),
    ("schemas.contacts", schema, lambda r: r.metadata.com_mixpanel.team_contacts == ["Analytics"]),
    ("schemas.custom_events", schemas, lambda r: r[-1].entity_type == "custom_event"),
    ("headers.via", cohorts, len),
]

FAILURES: list[tuple[str, Call, type[APIError], str]] = [
    ("errors.code", unknown_report, APIError, "bookmark_id 7"),
    ("errors.message", unknown_report, APIError, "bookmark_id 7"),
    ("errors.detail", unknown_report, APIError, "bookmark_id 7"),
    ("errors.list", unknown_report, APIError, "bookmark_id 7"),
    ("errors.entities", unknown_report, APIError, "Invalid request: 'no saved report"),
    ("errors.plain_text", unknown_report, APIError, "bookmark_id 7"),
    ("errors.html", unknown_report, APIError, "bookmark_id 7"),
    ("errors.empty", unknown_report, APIError, "(empty body)"),
    ("errors.plan_restriction", series, APIError, "Your plan does not allow API calls."),
    ("errors.plan_restriction", cohorts, APIError, "Your plan does not allow API calls."),
    ("errors.unable_to_authenticate", cohorts, AuthenticationError, "Unable to authenticate"),
]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(limits=None) as sandbox:
        yield sandbox


class Asked:
    """A client with the ids that calls need, sync or async."""

    def __init__(self, client: Any, notes: Iterator[int], user: str) -> None:
        self._client, self.notes, self.user = client, notes, user

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


@pytest.fixture(scope="module", params=["sync", pytest.param("async", marks=pytest.mark.slow)])
def ask(request: pytest.FixtureRequest, sandbox: Sandbox) -> Iterator[Callable[..., Any]]:
    project: Any = {"base_url": sandbox.url, "project_id": sandbox.credentials.project_id, "limits": None}
    with MixpanelClient(sandbox.auth, **project) as client:
        user = next(client.export.events(DAYS["from_date"], DAYS["from_date"], limit=1)).distinct_id or ""
        notes = iter([client.annotations.create(**NOTE).results.id for _ in range(4)])

        def ask_sync(call: Call, auth: Any = None) -> Any:
            with MixpanelClient(auth or sandbox.auth, **project) as other:
                return call(Asked(other, notes, user))

        def ask_async(call: Call, auth: Any = None) -> Any:
            async def run() -> Any:
                async with AsyncMixpanelClient(auth or sandbox.auth, **project) as other:
                    return await call(Asked(other, notes, user))

            return asyncio.run(run())

        yield ask_sync if request.param == "sync" else ask_async


def check_round_trips(value: Any) -> None:
    # A page has a thousand profiles; a few stand for all.
    models: Any = value[:2] if isinstance(value, list | ProfilesPage) else [value]
    for model in models:
        data = model.to_dict()
        assert json.loads(json.dumps(data, allow_nan=False)) == data
        assert model.from_dict(data) == model == copy.deepcopy(model)
        assert pickle.loads(pickle.dumps(model)) == model
        assert "Unset" not in repr(model)


@pytest.mark.sampled(4)
@pytest.mark.parametrize("group", sorted({name.partition(".")[0] for name, _, _ in ANSWERS}))
def test_each_variant_is_read(sandbox: Sandbox, ask: Callable[..., Any], group: str) -> None:
    for name, call, check in ANSWERS:
        if name.startswith(f"{group}."):
            sandbox.variants.clear()
            sandbox.variants.use(name)
            try:
                answer = ask(call)
                assert check(answer), name
                check_round_trips(answer)
            finally:
                sandbox.variants.clear()


def test_each_error_is_raised_in_the_servers_words(sandbox: Sandbox, ask: Callable[..., Any]) -> None:
    for name, call, kind, words in FAILURES:
        auth = ServiceAccountAuth("nobody", "wrong") if kind is AuthenticationError else None
        sandbox.variants.use(name)
        try:
            with pytest.raises(kind) as caught:
                ask(call, auth)
            assert words in caught.value.message, name
        finally:
            sandbox.variants.clear()


def test_every_variant_is_in_a_table() -> None:
    tested = {name for name, *_ in (*ANSWERS, *FAILURES)}
    assert set(Sandbox().variants.names()) == tested
