"""Every resource of both clients answers what the contract says, for mypy and pyright to judge; never run."""

from __future__ import annotations

from typing import Any, assert_type

from mixpanel_export import AsyncMixpanelClient, AsyncStream, Event, MixpanelClient, Progress, Stream
from mixpanel_export_api import models
from mixpanel_export_api.api import Records

DAY = "2024-01-01"


def synchronous(client: MixpanelClient) -> None:
    assert_type(client.activity.stream(distinct_ids=["a"], from_date=DAY, to_date=DAY), models.ActivityResult)
    assert_type(client.annotations.list(), models.AnnotationsResult)
    assert_type(client.cohorts.list(), Records[models.Cohort])
    assert_type(client.events.names(type="general"), Records[str])
    assert_type(client.export.events(DAY, DAY), Stream[Event])
    assert_type(client.export.raw(from_date=DAY, to_date=DAY), str)
    assert_type(client.export.to_file("f", DAY, DAY), Progress)
    assert_type(client.funnels.list(), Records[models.SavedFunnel])
    assert_type(client.insights.query(bookmark_id=1), models.InsightsResult)
    assert_type(client.jql.query(script="s"), Records[Any])
    assert_type(client.legacy.engage(), models.ProfilesPage)
    assert_type(client.profiles.all(), Stream[models.Profile])
    assert_type(client.profiles.query(), models.ProfilesPage)
    assert_type(
        client.retention.frequency(from_date=DAY, to_date=DAY, unit="day", addiction_unit="hour"),
        models.FrequencyResult,
    )
    assert_type(client.schemas.list(), models.LexiconResult)
    assert_type(
        client.segmentation.sum(event="e", from_date=DAY, to_date=DAY, on="x"), models.SegmentationSumResult
    )


async def asynchronous(client: AsyncMixpanelClient) -> None:
    assert_type(
        await client.activity.stream(distinct_ids=["a"], from_date=DAY, to_date=DAY), models.ActivityResult
    )
    assert_type(await client.annotations.list(), models.AnnotationsResult)
    assert_type(await client.cohorts.list(), Records[models.Cohort])
    assert_type(await client.events.names(type="general"), Records[str])
    assert_type(client.export.events(DAY, DAY), AsyncStream[Event])
    assert_type(await client.export.raw(from_date=DAY, to_date=DAY), str)
    assert_type(await client.funnels.list(), Records[models.SavedFunnel])
    assert_type(await client.insights.query(bookmark_id=1), models.InsightsResult)
    assert_type(await client.jql.query(script="s"), Records[Any])
    assert_type(await client.legacy.engage(), models.ProfilesPage)
    assert_type(client.profiles.all(), AsyncStream[models.Profile])
    assert_type(await client.profiles.query(), models.ProfilesPage)
    assert_type(
        await client.retention.frequency(from_date=DAY, to_date=DAY, unit="day", addiction_unit="hour"),
        models.FrequencyResult,
    )
    assert_type(await client.schemas.list(), models.LexiconResult)
    assert_type(
        await client.segmentation.sum(event="e", from_date=DAY, to_date=DAY, on="x"),
        models.SegmentationSumResult,
    )
