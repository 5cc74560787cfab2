"""Every operation of the contract, through the public facade, sync and async: typed answers that make sense.

What an answer must be is said once, for both clients. Ids and names are asked for first, so that the tests hold for
any project; what a project cannot be asked for (a saved report) is the sandbox's or comes from the environment.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import os
from collections.abc import Callable, Mapping
from typing import Any, cast

import pytest
from attrs import frozen

from mixpanel_export import AsyncMixpanelClient, BadRequestError, MixpanelClient, prop
from mixpanel_export.sandbox import SandboxCredentials
from mixpanel_export_api import models
from tests.openapi import SPEC

from .conftest import Connection

FIRST, LAST = datetime.date(2024, 1, 8), datetime.date(2024, 1, 21)
RANGE: dict[str, Any] = {"from_date": FIRST, "to_date": "2024-01-21"}
DAYS = {str(FIRST + datetime.timedelta(days=n)) for n in range(14)}
BOOKMARK = int(os.environ.get("MIXPANEL_BOOKMARK_ID", "5100001"))
BROWSER = prop("$browser")
VERSION = prop("$browser_version")

Arguments = Mapping[str, Any] | Callable[[MixpanelClient], Mapping[str, Any]]


@frozen
class Case:
    """One call: its arguments, which may have to be asked for first, and what the answer must be."""

    operation: str
    arguments: Arguments
    check: Callable[[Any], None]


def event_name(client: MixpanelClient) -> str:
    return client.events.names(type="general", limit=5)[0]


def some_event(**more: Any) -> Callable[[MixpanelClient], Mapping[str, Any]]:
    return lambda client: {"event": event_name(client), **more}


def some_events(**more: Any) -> Callable[[MixpanelClient], Mapping[str, Any]]:
    return lambda client: {"event": [event_name(client)], **more}


def series(result: models.SegmentationResult) -> None:
    assert isinstance(result, models.SegmentationResult)
    assert set(result.data.series) <= DAYS
    assert result.data.values
    for segment in result.data.values.values():
        assert set(segment) <= set(result.data.series)
        assert all(isinstance(number, int | float) for number in segment.values())


def daily(
    kind: type[models.SegmentationSumResult | models.SegmentationAverageResult],
) -> Callable[[Any], None]:
    def check(result: Any) -> None:
        assert isinstance(result, kind)
        assert set(result.results) == DAYS
        assert all(isinstance(number, int | float) for number in result.results.values())

    return check


def multiseg(result: models.MultisegResult) -> None:
    assert isinstance(result, models.MultisegResult)
    for inner in result.data.values.values():
        for dates in inner.values():
            assert set(dates) <= DAYS


def funnel(result: models.FunnelResult) -> None:
    assert isinstance(result, models.FunnelResult)
    assert set(result.data) == {str(day) for day in result.meta.dates}
    for day in result.data.values():
        assert isinstance(day, models.FunnelDay)
        counts = [step.count for step in day.steps]
        assert counts == sorted(counts, reverse=True)


def retention(result: models.RetentionResult) -> None:
    assert isinstance(result, models.RetentionResult)
    for day, cohort in result.items():
        assert day in DAYS
        assert isinstance(cohort, models.RetentionCohort)
        assert all(count <= cohort.first for count in cohort.counts)


def frequency(result: models.FrequencyResult) -> None:
    assert isinstance(result, models.FrequencyResult)
    for counts in result.data.values():
        assert isinstance(counts, list)
        assert counts == sorted(counts, reverse=True)


def names(answer: list[str]) -> None:
    assert answer
    assert all(isinstance(name, str) for name in answer)


def each(kind: type) -> Callable[[Any], None]:
    def check(answer: Any) -> None:
        assert answer
        assert all(isinstance(one, kind) for one in answer)

    return check


def a(kind: type) -> Callable[[Any], None]:
    def check(answer: Any) -> None:
        assert isinstance(answer, kind)

    return check


def top_events(result: models.TopEventsResult) -> None:
    assert isinstance(result, models.TopEventsResult)
    assert result.type_ == "general"
    assert all(isinstance(top.amount, int) for top in result.events)


def activity(result: models.ActivityResult) -> None:
    assert isinstance(result, models.ActivityResult)
    assert result.results.events
    assert all(isinstance(event, models.ActivityEvent) for event in result.results.events)


def page(result: models.ProfilesPage) -> None:
    assert isinstance(result, models.ProfilesPage)
    assert result.page == 0
    assert result.session_id
    assert 0 < len(result.results) <= result.page_size
    assert all(isinstance(profile.distinct_id, str | int | float) for profile in result.results)


def insight(result: models.InsightsResult) -> None:
    assert isinstance(result, models.InsightsResult)
    assert isinstance(result.date_range, models.InsightsDateRange)
    assert result.date_range.from_date
    assert result.series


def text(answer: str) -> None:
    assert answer.count("\n") == 3


def a_person(client: MixpanelClient) -> str:
    return next(
        str(event.distinct_id) for event in client.export.events(FIRST, LAST, limit=20) if event.distinct_id
    )


def a_new_annotation(client: MixpanelClient) -> int:
    created = client.annotations.create(date=f"{FIRST} 12:00:00", description="a test was here")
    return created.results.id


def a_legacy_annotation(client: MixpanelClient) -> models.LegacyAnnotation:
    listed: models.LegacyAnnotationsResult = client.legacy.annotations_list(**RANGE)
    return listed.annotations[0]


RECORDED = {"entity_type": "event", "name": "Recorded"}
RECORDED_ENTITY = {"entity_type": "event", "entity_name": "Recorded"}


def a_new_schema(client: MixpanelClient) -> Mapping[str, Any]:
    client.schemas.replace(entity_type="event", name="Recorded", description="A test.")
    return RECORDED


def a_bookmark(client: MixpanelClient, type: models.BookmarkType) -> int:
    return client.bookmarks.list(type=type)[0].id


def saved_retention(result: models.RetentionResult) -> None:
    assert isinstance(result, models.RetentionResult)
    for cohort in result.values():
        assert isinstance(cohort, models.RetentionCohort)
        assert cohort.rates is not None
        assert len(cohort.rates) == len(cohort.counts)


def flows(result: models.FlowsResult) -> None:
    assert isinstance(result, models.FlowsResult)
    assert result.steps[0].nodes is not None
    assert result.steps[0].nodes[0].total_count


def count(result: models.ProfilesStats) -> None:
    assert isinstance(result, models.ProfilesStats)
    assert isinstance(result.results, int)


CASES = [
    Case("export.raw", {**RANGE, "limit": 3}, text),
    Case("insights.query", {"bookmark_id": BOOKMARK}, insight),
    Case("funnels.list", {}, each(models.SavedFunnel)),
    Case(
        "funnels.query",
        lambda client: {
            **RANGE,
            "funnel_id": client.funnels.list()[0].funnel_id,
            "unit": "week",
            "length": 7,
        },
        funnel,
    ),
    Case("retention.query", some_event(**RANGE, retention_type="compounded", unit="week"), retention),
    Case("retention.frequency", some_event(**RANGE, unit="week", addiction_unit="day"), frequency),
    Case("segmentation.query", some_event(**RANGE, on=BROWSER, limit=3, type="unique"), series),
    Case("segmentation.numeric", some_event(**RANGE, on=VERSION, unit="day", buckets=4), series),
    Case(
        "segmentation.sum", some_event(**RANGE, on=VERSION, unit="day"), daily(models.SegmentationSumResult)
    ),
    Case(
        "segmentation.average",
        some_event(**RANGE, on=VERSION, where=VERSION.is_defined()),
        daily(models.SegmentationAverageResult),
    ),
    Case("segmentation.multiseg", some_event(**RANGE, inner=BROWSER, outer=prop("$os"), limit=3), multiseg),
    Case("activity.stream", lambda client: {**RANGE, "distinct_ids": [a_person(client)]}, activity),
    Case("cohorts.list", {}, each(models.Cohort)),
    Case("profiles.query", {"output_properties": ["plan", "orders"], "where": prop("orders") >= 3}, page),
    Case("events.query", some_events(**RANGE, type="general", unit="day"), series),
    Case("events.top", {"type": "general", "limit": 5}, top_events),
    Case("events.names", {"type": "general", "limit": 5}, names),
    Case(
        "events.properties",
        lambda client: {
            **RANGE,
            "event": event_name(client),
            "name": "$browser",
            "values": ["Chrome", "Firefox"],
            "type": "general",
            "unit": "day",
        },
        series,
    ),
    Case("events.properties_top", some_event(limit=5), a(models.TopPropertiesResult)),
    Case("events.properties_values", some_event(name="$browser", limit=5), names),
    Case("annotations.list", RANGE, a(models.AnnotationsResult)),
    Case(
        "annotations.create",
        {"date": datetime.datetime(2024, 1, 15, 12, tzinfo=datetime.UTC), "description": "New prices"},
        a(models.AnnotationResult),
    ),
    Case(
        "annotations.get",
        lambda client: {"annotation_id": a_new_annotation(client)},
        a(models.AnnotationResult),
    ),
    Case(
        "annotations.update",
        lambda client: {"annotation_id": a_new_annotation(client), "description": "Better words"},
        a(models.AnnotationResult),
    ),
    Case(
        "annotations.delete",
        lambda client: {"annotation_id": a_new_annotation(client)},
        a(models.AnnotationDeletedResult),
    ),
    Case("annotations.list_tags", {}, a(list)),
    Case("annotations.create_tag", {"name": "releases"}, a(models.AnnotationTag)),
    Case("schemas.list", {}, a(models.LexiconResult)),
    Case("schemas.list_for_entity", {"entity_type": "event"}, a(models.LexiconResult)),
    Case(
        "schemas.get",
        lambda client: {"entity_type": "event", "name": client.schemas.list().results[0].name},
        a(models.LexiconSchema),
    ),
    Case(
        "schemas.upload",
        {"entries": [{"entityType": "event", "name": "Recorded", "schemaJson": {"description": "A test."}}]},
        a(models.LexiconUploadResult),
    ),
    Case(
        "schemas.replace",
        {**RECORDED, "description": "A test.", "properties": {"size": {"type": "integer"}}},
        a(models.LexiconAcknowledgement),
    ),
    Case(
        "schemas.update",
        lambda client: {**a_new_schema(client), "description": "Better words."},
        a(models.LexiconAcknowledgement),
    ),
    Case("schemas.delete", a_new_schema, a(models.LexiconDeleteResult)),
    Case("schemas.delete_for_entity", {**RECORDED_ENTITY}, a(models.LexiconDeleteResult)),
    Case("bookmarks.list", {}, each(models.Bookmark)),
    Case("retention.saved", lambda client: {"bookmark_id": a_bookmark(client, "retention")}, saved_retention),
    Case("flows.query", lambda client: {"bookmark_id": a_bookmark(client, "flows")}, flows),
    Case("profiles.stats", {"action": "count()"}, count),
    Case("me.get", {}, a(models.MeResult)),
    Case("legacy.annotations_list", RANGE, a(models.LegacyAnnotationsResult)),
    Case(
        "legacy.annotations_create",
        {"date": "2024-01-10 09:00:00", "description": "An older call"},
        a(models.LegacyAcknowledgement),
    ),
    Case(
        "legacy.annotations_update",
        lambda client: {
            "id": a_legacy_annotation(client).id,
            "date": "2024-01-11 09:00:00",
            "description": "An older call",
        },
        a(models.LegacyAcknowledgement),
    ),
    Case(
        "legacy.annotations_delete",
        lambda client: {"id": a_legacy_annotation(client).id},
        a(models.LegacyAcknowledgement),
    ),
    Case("legacy.engage", {}, page),
]

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.operation)


def arguments_of(case: Case, client: MixpanelClient) -> Mapping[str, Any]:
    return case.arguments(client) if callable(case.arguments) else case.arguments


def method_of(client: object, operation: str) -> Callable[..., Any]:
    tag, method = operation.split(".")
    found: Callable[..., Any] = getattr(getattr(client, tag), method)
    return found


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_privacy_requests_and_their_jobs(kind: str, connection: Connection) -> None:
    """They need an OAuth token and a project to spare: a recording is the sandbox's."""
    credentials = SandboxCredentials()
    auth, token = credentials.oauth(), credentials.project_token

    async def call(operation: str, **arguments: Any) -> models.PrivacyJobResult:
        if kind == "sync":
            with MixpanelClient(auth, **connection.options) as client:
                return cast(models.PrivacyJobResult, method_of(client, operation)(token=token, **arguments))
        async with AsyncMixpanelClient(auth, **connection.options) as twin:
            return cast(models.PrivacyJobResult, await method_of(twin, operation)(token=token, **arguments))

    async def run() -> None:
        for kind_of_job in ("retrievals", "deletions"):
            created = await call(f"{kind_of_job}.create", distinct_ids=["user-1"])
            assert created.results.task_id
            job = await call(f"{kind_of_job}.get", tracking_id=created.results.task_id)
            assert job.results.status == "PENDING"
        created = await call("deletions.create", distinct_ids=["user-2"])
        assert created.results.task_id
        await call("deletions.cancel", tracking_id=created.results.task_id)

    asyncio.run(run())


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_the_whole_lexicon_is_deleted(kind: str, connection: Connection) -> None:
    async def run() -> models.LexiconDeleteResult:
        async with AsyncMixpanelClient(connection.auth, **connection.options) as asynchronous:
            return await asynchronous.schemas.delete_all()

    if (
        "localhost" not in connection.options.get("base_url", "")
        and "127." not in connection.options["base_url"]
    ):
        pytest.skip("a real project keeps its Lexicon")
    with MixpanelClient(connection.auth, **connection.options) as client:
        entries = client.schemas.list().results
        deleted = client.schemas.delete_all() if kind == "sync" else asyncio.run(run())
        assert deleted.results.delete_count == len(entries)
        assert client.schemas.upload(entries=[entry.to_dict() for entry in entries]).results.added == len(
            entries
        )


@each_case
def test_sync(case: Case, client: MixpanelClient) -> None:
    case.check(method_of(client, case.operation)(**arguments_of(case, client)))


@each_case
def test_async(case: Case, client: MixpanelClient, connection: Connection) -> None:
    async def run() -> Any:
        async with AsyncMixpanelClient(connection.auth, **connection.options) as asynchronous:
            return await method_of(asynchronous, case.operation)(**arguments_of(case, client))

    case.check(asyncio.run(run()))


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_jql_is_refused_or_answered(kind: str, client: MixpanelClient, connection: Connection) -> None:
    """The sandbox runs no JQL and says so; a real project answers a list."""
    script = "function main() { return [1]; }"

    async def run() -> list[Any]:
        async with AsyncMixpanelClient(connection.auth, **connection.options) as asynchronous:
            return await asynchronous.jql.query(script=script)

    with contextlib.suppress(BadRequestError):
        answer = client.jql.query(script=script) if kind == "sync" else asyncio.run(run())
        assert answer == [1]


def test_no_operation_of_the_contract_is_left_out() -> None:
    operations = {
        operation["operationId"].replace("_", ".", 1)
        for item in SPEC["paths"].values()
        for method, operation in item.items()
        if method in {"get", "post", "patch", "delete"}
    }
    elsewhere = {"jql.query", "schemas.delete_all", "retrievals.create", "retrievals.get"}
    elsewhere |= {"deletions.create", "deletions.get", "deletions.cancel"}
    assert {case.operation for case in CASES} | elsewhere == operations
