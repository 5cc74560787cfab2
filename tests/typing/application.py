"""The public API as an application uses it, for mypy and pyright to judge; never run.

`assert_type` pins what completion shows. A line with `type: ignore` or `pyright: ignore` must stay wrong:
both checkers are set to complain when it is not.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, assert_type

from mixpanel_export import (
    AsyncMixpanelClient,
    AsyncStream,
    DirectoryExport,
    Event,
    MixpanelClient,
    OAuthTokenAuth,
    PlanSummary,
    Progress,
    RateLimitError,
    SecretAuth,
    ServiceAccountAuth,
    SignatureAuth,
    Stream,
    TypedStream,
    prop,
)
from mixpanel_export.expressions import Expr
from mixpanel_export.http.raw import RawResponse
from mixpanel_export_api.api import CsvText, Records
from mixpanel_export_api.models import (
    Annotation,
    FunnelResult,
    ProfilesPage,
    SavedFunnel,
    SegmentationResult,
    SegmentationSumResult,
    TopEventsResult,
)
from tests.typing import typed_events

DAY = datetime.date(2024, 1, 1)
NOON = datetime.datetime(2024, 1, 1, 12, tzinfo=datetime.UTC)


def clients() -> None:
    MixpanelClient(ServiceAccountAuth("name", "secret"), project_id=1, workspace_id="2", region="eu")
    MixpanelClient(OAuthTokenAuth("token"), project_id=1, timezone="Europe/Berlin", timeout=30)
    MixpanelClient(SecretAuth("secret"), base_url="http://localhost:1")
    MixpanelClient(SignatureAuth("key", "secret", expires_in=60))
    MixpanelClient(ServiceAccountAuth("name", "secret"), region="mars")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    MixpanelClient("secret")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def export(client: MixpanelClient) -> None:
    events = client.export.events(DAY, "2024-01-31", event=["Sign Up"], where='properties["a"] == 1', limit=5)
    assert_type(events, Stream[Event])
    typed = client.export.events(DAY, "2024-01-31", into=typed_events, parallel=2)
    assert_type(typed, TypedStream[typed_events.Purchase | typed_events.SignUp | Event])
    for found in typed:
        if isinstance(found, typed_events.Purchase):
            assert_type(found.properties.revenue, float)
            assert_type(found.properties.coupon, str | None)
        assert_type(found.time, datetime.datetime)
    assert_type(
        client.export.events(DAY, DAY, into=[typed_events.SignUp]), TypedStream[typed_events.SignUp | Event]
    )
    client.export.events(DAY, DAY, into=datetime)  # type: ignore[arg-type]  # pyright: ignore[reportCallIssue, reportArgumentType]
    for event in events:
        assert_type(event.name, str)
        assert_type(event.time, datetime.datetime)
        assert_type(event.distinct_id, str | None)
        assert_type(event.insert_id, str | None)
        assert_type(event.properties, dict[str, Any])
    assert_type(client.export.to_file("f.jsonl", DAY, DAY, format="jsonl", event="Sign Up"), Progress)
    assert_type(client.export.to_directory("d", DAY, DAY, event="Sign Up", slice_days=7), DirectoryExport)
    assert_type(client.export.update_directory("d", look_back=5), DirectoryExport)
    assert_type(client.export.plan(DAY, DAY, path="d"), PlanSummary)
    client.export.to_directory("d", DAY, DAY, slices=7)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.export.to_file("f", DAY, DAY, format="xml")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.export.events(20240101, DAY)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]


def reports(client: MixpanelClient) -> None:
    total = client.segmentation.sum(
        event="Purchase", from_date="2024-01-01", to_date=DAY, on='properties["amount"]', unit="day"
    )
    assert_type(total, SegmentationSumResult)
    assert_type(total.results["2024-01-01"], float)
    assert_type(total.results[DAY], float)
    assert_type(list(total.results.items()), list[tuple[str, float]])
    assert_type(total.to_rows(), list[dict[str, Any]])
    series = client.segmentation.query(
        event="Purchase", from_date=DAY, to_date=DAY, unit="week", type="unique"
    )
    assert_type(series, SegmentationResult)
    large = (prop("amount") - prop("discount") > 10) & ~prop("plan").in_(["free", "trial"])
    assert_type(large, Expr)
    client.segmentation.query(event="Purchase", from_date=DAY, to_date=DAY, on=prop("country"), where=large)
    assert_type(series.data.values["Purchase"]["2024-01-01"], float)
    assert_type(client.segmentation.query(event="P", from_date=DAY, to_date=DAY, format="csv"), CsvText)
    raw = client.with_raw_response(client.events.top)(type="general")
    assert_type(raw, RawResponse[TopEventsResult])
    client.with_raw_response(client.events.top)(type="typo")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert_type(client.events.top(type="general"), TopEventsResult)
    assert_type(client.funnels.list(), Records[SavedFunnel])
    assert_type(client.funnels.query(funnel_id=1, from_date=DAY, to_date=DAY), FunnelResult)
    page = client.profiles.query(where='properties["plan"] == "pro"', filter_by_cohort={"id": 5})
    assert_type(page, ProfilesPage)
    for profile in page.results:
        assert_type(profile.distinct_id, str | int | float)
    created = client.annotations.create(date=NOON, description="x", tags=[1])
    assert_type(created.results, Annotation)
    client.segmentation.sum(event="P", from_date=DAY, to_date=DAY, on="x", unit="year")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    client.segmentation.sum(event="P", from_date=DAY, to_date=DAY)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.segmentation.sum("P", from_date=DAY, to_date=DAY, on="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def failures(client: MixpanelClient) -> float | None:
    try:
        client.cohorts.list()
    except RateLimitError as error:
        assert_type(error.status, int)
        assert_type(error.message, str)
        return error.retry_after
    return None


async def asynchronous(environ: Mapping[str, str]) -> None:
    async with AsyncMixpanelClient.from_env(environ) as client:
        assert_type(client, AsyncMixpanelClient)
        events = client.export.events(DAY, DAY)
        assert_type(events, AsyncStream[Event])
        async for event in events:
            assert_type(event.name, str)
        assert_type(await client.export.to_directory("d", DAY, DAY), DirectoryExport)
        assert_type(await client.funnels.list(), Records[SavedFunnel])
        total = await client.segmentation.sum(event="P", from_date=DAY, to_date=DAY, on="x")
        assert_type(total, SegmentationSumResult)
