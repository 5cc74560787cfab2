"""Answers as an application reads them, for mypy and pyright to judge; never run."""

from __future__ import annotations

import datetime
from typing import Any, assert_type

import pandas
import polars
import pyarrow

from mixpanel_export import MixpanelClient
from mixpanel_export_api import models

DAY = datetime.date(2024, 1, 1)


def reports(client: MixpanelClient) -> None:
    funnel = client.funnels.query(funnel_id=1, from_date=DAY, to_date=DAY)
    for step in funnel.data["2024-01-01"].steps:
        custom: bool | None = step.custom_event
        average: float | None = step.avg_time
        print(custom, average, step.count + 1)
    assert_type(funnel.data[DAY].steps, list[models.FunnelStep])
    assert_type(funnel.to_pandas(), pandas.DataFrame)
    retention = client.retention.query(born_event="A", from_date=DAY, to_date=DAY)
    for date, group in retention.items():
        print(date.upper(), group.counts, group.first)
    insights = client.insights.query(bookmark_id=1)
    print(insights.series["Purchase"]["$overall"]["all"] + 1)
    if isinstance(insights.computed_at, datetime.datetime):
        print(insights.computed_at.tzinfo)
    top = client.events.top(type="general")
    print(top[0].event, [event.amount for event in top], len(top))
    assert_type(top.to_polars(), polars.DataFrame)


def lists(client: MixpanelClient) -> None:
    cohorts: list[models.Cohort] = client.cohorts.list()
    print(cohorts[0].created, cohorts[0].is_visible, cohorts[0].name.upper())
    assert_type(client.cohorts.list().to_arrow(), pyarrow.Table)
    assert_type(client.jql.query(script="s").to_rows(), list[dict[str, Any]])
    for note in client.annotations.list():
        user = note.user
        print(user.first_name if user else "", [tag.name for tag in note.tags or []], note.date.isoformat())
    for profile in client.profiles.all():
        properties: dict[str, Any] = {**profile.properties}
        print(profile.properties.get("$email", ""), "$email" in profile.properties, properties)
    assert_type(client.profiles.all().to_pandas(), pandas.DataFrame)
    assert_type(client.export.events(DAY, "2024-01-02").to_arrow(), pyarrow.Table)
    for event in client.activity.stream(distinct_ids=["a"], from_date=DAY, to_date=DAY):
        print(event.event, event.properties.get("time"))
    created = client.annotations.create(date=DAY, description="x")
    identity: int = created.results.id
    print(identity, client.annotations.delete(annotation_id=identity).status)
