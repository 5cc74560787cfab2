"""Events and profiles as they arrive: iterated, or loaded into a data frame."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from mixpanel_export import AsyncMixpanelClient, CancelledError, MixpanelClient
from mixpanel_export.sandbox import Sandbox

DAY = "2024-02-01"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(limits=None) as sandbox:
        yield sandbox


def test_events_and_profiles_become_frames(sandbox: Sandbox) -> None:
    with sandbox.client() as client:
        events = list(client.export.events(DAY, DAY, event="Purchase"))
        stream = client.export.events(DAY, DAY, event="Purchase")
        assert next(stream) == events[0]
        assert len(stream.to_pandas()) == len(stream.to_polars()) == len(events)
        assert stream.to_arrow().column("event").to_pylist() == ["Purchase"] * len(events)
        stream.close()
        with pytest.raises(CancelledError, match="closed before its end"):
            list(stream)
        assert events[0].to_dict() == {"event": "Purchase", "properties": events[0].properties}
        query: Any = {"where": 'properties["plan"] == "business"', "output_properties": ["plan"]}
        profiles = list(client.profiles.all(**query))
        frame = client.profiles.all(**query).to_polars()
        assert frame["distinct_id"].to_list() == [profile.distinct_id for profile in profiles]
        assert set(frame["plan"]) == {"business"}
        assert client.profiles.all(**query).to_arrow().num_rows == len(profiles)


def test_an_asynchronous_client_awaits_frames(sandbox: Sandbox) -> None:
    async def read() -> None:
        options: Any = {"base_url": sandbox.url, "project_id": sandbox.credentials.project_id}
        async with AsyncMixpanelClient(sandbox.auth, **options) as client:
            events = client.export.events(DAY, DAY, event="Purchase")
            first = await anext(events)
            frame = await events.to_pandas()
            assert frame["event"][0] == first.name
            await events.aclose()
            profiles = client.profiles.all(where='properties["plan"] == "business"')
            assert len(await profiles.to_polars()) == (await profiles.to_arrow()).num_rows > 0

    asyncio.run(read())


def test_nothing_is_requested_for_a_stream_that_is_not_read(sandbox: Sandbox) -> None:
    before = len(sandbox.requests)
    with MixpanelClient(
        sandbox.auth, base_url=sandbox.url, project_id=sandbox.credentials.project_id
    ) as client:
        client.export.events(DAY, DAY)
        client.profiles.all().close()
    assert len(sandbox.requests) == before
