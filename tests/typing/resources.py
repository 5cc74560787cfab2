"""Every resource of both clients answers what the contract says, for mypy and pyright to judge; never run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, assert_type

from mixpanel_export import AsyncMixpanelClient, Event, MixpanelClient, Progress
from mixpanel_export_api import models

DAY = "2024-01-01"


def synchronous(client: MixpanelClient) -> None:
    assert_type(client.activity.stream(distinct_ids=["a"], from_date=DAY, to_date=DAY), models.ActivityResult)
    assert_type(client.annotations.list(), models.AnnotationsResult)
    assert_type(client.cohorts.list(), list[models.Cohort])
    assert_type(client.events.names(type="general"), list[str])
    assert_type(client.export.events(DAY, DAY), Iterator[Event])
    assert_type(client.export.raw(from_date=DAY, to_date=DAY), str)
    assert_type(client.export.to_file("f", DAY, DAY), Progress)
    assert_type(client.funnels.list(), list[models.SavedFunnel])
    assert_type(client.insights.query(bookmark_id=1), models.InsightsResult)
    assert_type(client.jql.query(script="s"), list[Any])
    assert_type(client.legacy.engage(), models.ProfilesPage)
    assert_type(client.profiles.all(), Iterator[models.Profile])
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
    assert_type(await client.cohorts.list(), list[models.Cohort])
    assert_type(await client.events.names(type="general"), list[str])
    assert_type(client.export.events(DAY, DAY), AsyncIterator[Event])
    assert_type(await client.export.raw(from_date=DAY, to_date=DAY), str)
    assert_type(await client.funnels.list(), list[models.SavedFunnel])
    assert_type(await client.insights.query(bookmark_id=1), models.InsightsResult)
    assert_type(await client.jql.query(script="s"), list[Any])
    assert_type(await client.legacy.engage(), models.ProfilesPage)
    assert_type(client.profiles.all(), AsyncIterator[models.Profile])
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


def natural_code(client: MixpanelClient, day: str) -> None:
    """Read answers as an application would: no casts, no checks of kinds."""
    funnel = client.funnels.query(funnel_id=1, from_date=DAY, to_date=DAY)
    for step in funnel.data[day].steps:
        is_custom: bool | None = step.custom_event
        seconds: float | None = step.avg_time
        print(is_custom, seconds, step.count / 2)
    print(funnel.data[day]["US"].steps[0].count, funnel.meta.dates)
    series = client.segmentation.query(event="e", from_date=DAY, to_date=DAY)
    print(sum(series.data.values["e"].values()), max(series.data.values["e"].items()))
    for cohort in client.retention.query(from_date=DAY, to_date=DAY).values():
        print(cohort.counts, cohort.first, cohort.rates)
    report = client.insights.query(bookmark_id=1)
    total: float = report.series["A"]["Social"]["all"]
    print(total, report.computed_at.date() if report.computed_at else None)
    for note in client.annotations.list():
        print(note.date.year, note.user.first_name if note.user else "", [tag.id for tag in note.tags or []])
    for profile in client.profiles.all():
        print(profile.properties.get("$email"), {**profile.properties}, "plan" in profile.properties)
    for event in client.activity.stream(distinct_ids=["a"], from_date=DAY, to_date=DAY):
        print(event.event, event.properties["time"])
    visible: list[bool | None] = [saved.is_visible for saved in client.cohorts.list()]
    print(visible, len(client.profiles.query()), client.profiles.query()[0].distinct_id)
