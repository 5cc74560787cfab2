"""Warnings of a client that was asked for an event of which there is nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from mixpanel_export.http.event_names import EventNames
from mixpanel_export.sandbox import Sandbox

DAYS: Any = {"from_date": "2024-01-01", "to_date": "2024-01-03"}
NONE = "event 'Purchse': no events from 2024-01-01 to 2024-01-03"
SIMILAR = f"{NONE}; did you mean 'Purchase'?"


def test_empty_export_suggests_names_seen_before(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    with Sandbox(limits=None) as sandbox, sandbox.client() as client:
        assert list(client.export.events(**DAYS, event="Purchse")) == []
        assert caplog.messages == [NONE]
        caplog.clear()
        client.events.names(type="general")
        requests = len(sandbox.requests)
        assert list(client.export.events(**DAYS, event="Purchse", slice_days=3)) == []
        assert len(sandbox.requests) == requests + 1
        client.export.to_file(tmp_path / "a.jsonl", **DAYS, event=["Purchse"])
        client.export.to_file(tmp_path / "a.parquet", **DAYS, event="Purchse")
        client.export.to_directory(tmp_path / "a", **DAYS, event="Purchse")
        client.segmentation.query(event="Purchse", **DAYS)
        assert caplog.messages == [SIMILAR] * 5


def test_exported_events_are_names_seen_before(caplog: pytest.LogCaptureFixture) -> None:
    with Sandbox(limits=None) as sandbox, sandbox.client() as client:
        assert [*client.export.events(**DAYS)]
        assert [*client.export.events(**DAYS, event="Purchase")]
        assert not caplog.messages
        assert [*client.export.events(**DAYS, event="purchse")] == []
        assert caplog.messages == [SIMILAR.replace("'Purchse'", "'purchse'")]


def test_async_report_suggests_the_top_events(caplog: pytest.LogCaptureFixture) -> None:
    async def run(sandbox: Sandbox) -> None:
        async with sandbox.async_client() as client:
            await client.events.top(type="general")
            await client.segmentation.query(event="Purchse", **DAYS)

    with Sandbox(limits=None) as sandbox:
        asyncio.run(run(sandbox))
    assert [text.partition(";")[0] for text in caplog.messages] == [NONE]


def test_known_names_and_filters_do_not_warn(caplog: pytest.LogCaptureFixture) -> None:
    names = EventNames()
    names.warn_of_none("Anything", {"where": "x"})
    names.add(["Purchase", None])
    names.warn_of_none(["Purchase", "Other"], {})
    names.warn_of_none([], {})
    assert not caplog.messages
    names.warn_of_none(["Purchse", "purchase!"], {"where": "x"})
    assert caplog.messages == [
        "event 'Purchse' or 'purchase!': no events in the range; did you mean 'Purchase'?"
    ]
