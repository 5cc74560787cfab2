"""Saved reports are run by their id, with the dates that a funnel needs."""

from __future__ import annotations

import asyncio
import datetime
from typing import Any

import pytest

from mixpanel_export import InvalidArgumentError
from mixpanel_export.sandbox import Sandbox
from mixpanel_export_api.models import FunnelResult, InsightsResult

INSIGHTS, FUNNEL = 5100001, 1001


def test_a_report_is_run_as_its_kind() -> None:
    with Sandbox() as sandbox, sandbox.client() as client:
        assert isinstance(client.reports.run(INSIGHTS), InsightsResult)
        funnel = client.reports.run(FUNNEL, type="funnels", to_date="2024-03-05")
        assert isinstance(funnel, FunnelResult)
        assert next(iter(funnel.data)) == "2024-02-05"


def test_an_unknown_kind_is_refused_with_the_known_ones() -> None:
    with Sandbox() as sandbox, sandbox.client() as client:
        values: list[Any] = ["funnel", "", 5, []]
        for kind in values:
            with pytest.raises(
                InvalidArgumentError, match=r"^type: expected one of 'flows', 'funnels'"
            ) as caught:
                client.reports.run(INSIGHTS, type=kind)
            assert (caught.value.argument, caught.value.value) == ("type", kind)

        async def run() -> None:
            async with sandbox.async_client() as client:
                await client.reports.run(INSIGHTS, type=values[0])

        with pytest.raises(InvalidArgumentError, match=r"^type: "):
            asyncio.run(run())
        assert not sandbox.requests


def test_the_first_days_there_are_can_be_asked_for() -> None:
    with Sandbox() as sandbox, sandbox.client() as client:
        funnel = client.reports.run(FUNNEL, type="funnels", to_date="0001-01-05")
        assert isinstance(funnel, FunnelResult)
        assert [*funnel.data] == [f"0001-01-0{day}" for day in range(1, 6)]
        for day in (datetime.date.max, "9999-12-31"):
            with pytest.raises(InvalidArgumentError, match=r"^to_date: expected a day up to today"):
                client.reports.run(FUNNEL, type="funnels", to_date=day)
            with pytest.raises(InvalidArgumentError, match=r"^from_date: "):
                client.reports.run(FUNNEL, type="funnels", from_date=day)
        assert client.export.schema(to_date="0001-01-05", lexicon=False).events == {}
