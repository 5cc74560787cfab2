"""The raw export, from cassettes: typed events, sync and async."""

from __future__ import annotations

import asyncio
import datetime
import itertools

from mixpanel_export import AsyncMixpanelClient, Event, MixpanelClient

from .conftest import Connection

RANGE = (datetime.date(2024, 1, 1), "2024-01-03")


def check(events: list[Event]) -> None:
    assert len(events) == 40
    for event in events:
        assert event.name
        assert event.distinct_id
        assert event.time.tzinfo is not None
        assert datetime.date(2024, 1, 1) <= event.time.date() <= datetime.date(2024, 1, 3)
        assert event.properties["distinct_id"] == event.distinct_id


def test_events_are_exported(client: MixpanelClient) -> None:
    check(list(client.export.events(*RANGE, limit=40)))


def test_events_are_exported_asynchronously(connection: Connection) -> None:
    async def collect() -> list[Event]:
        async with AsyncMixpanelClient(connection.auth, **connection.options) as client:
            return [event async for event in client.export.events(*RANGE, limit=40)]

    check(asyncio.run(collect()))


def test_events_are_exported_by_name(client: MixpanelClient) -> None:
    some = list(itertools.islice(client.export.events(*RANGE, limit=40), 40))
    name = some[0].name
    only = list(client.export.events(*RANGE, event=name, limit=10))
    assert {event.name for event in only} == {name}


def test_the_export_can_be_had_as_text(client: MixpanelClient) -> None:
    text = client.export.raw(from_date=RANGE[0], to_date=RANGE[1], limit=5)
    assert text.count("\n") == 5
