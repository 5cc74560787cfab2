"""`client.export.events(into=…)`: typed events over HTTP, sync and async, and the report of what did not fit."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mixpanel_export import (
    AsyncMixpanelClient,
    Event,
    InvalidArgumentError,
    Misfit,
    MixpanelClient,
    ServiceAccountAuth,
)
from mixpanel_export.sandbox import Sandbox
from tests.codegen.test_events import module_of
from tests.records.test_typed import Buy
from tests.wire_server import client_of

DAYS = ("2024-01-01", "2024-01-03")
NOON = 1_704_110_400


def event(day: int, number: int, **properties: Any) -> dict[str, Any]:
    identity = {"time": NOON + 86_400 * day + number, "distinct_id": "u", "$insert_id": f"{day}-{number}"}
    return {"event": "Buy", "properties": {**identity, **properties}}


@pytest.fixture
def drifting(tmp_path: Path) -> Iterator[Sandbox]:
    """Start a project in which the types of properties change from day to day."""
    events = [
        *(event(0, number, price=number, note="x") for number in range(20)),
        *(event(1, number, price=str(number), note="x") for number in range(3)),
        *(event(1, number, price=number, note=None, extra=number) for number in range(3, 6)),
        *({**event(2, number), "event": "New"} for number in range(4)),
    ]
    file = tmp_path / "sent.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in events))
    with Sandbox(events=file, limits=None) as sandbox:
        yield sandbox


EXPECTED = (
    Misfit("Buy", "note", "str", ("null",), 3),
    Misfit("Buy", "price", "int", ("text",), 3),
)


def check(
    found: list[Any], misfits: tuple[Misfit, ...], types: Any, caplog: pytest.LogCaptureFixture
) -> None:
    assert [isinstance(each, types.Buy) for each in found] == [True] * 20 + [False] * 10
    assert sum(each.properties.price for each in found if isinstance(each, types.Buy)) == 190
    assert [each.properties["price"] for each in found if each.name == "Buy" and isinstance(each, Event)] == [
        *("0", "1", "2"),
        *(3, 4, 5),
    ]
    assert misfits == EXPECTED
    assert [record.getMessage() for record in caplog.records] == [
        "Buy: the property note should be str, but was null in 3 events, delivered as Event; generate the types "
        "again to include this",
        "Buy: the property price should be int, but was text in 3 events, delivered as Event; generate the types "
        "again to include this",
    ]


def test_types_that_change_are_reported_once(drifting: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    with client_of(drifting) as client:
        types = module_of(client.export.schema(DAYS[0], DAYS[0], lexicon=False))
        caplog.set_level(logging.WARNING, "mixpanel_export")
        stream = client.export.events(*DAYS, into=types, slice_days=1)
        check([*stream], stream.misfits, types, caplog)
        # Types made with all that was seen fit all of it.
        wider = module_of(client.export.schema(*DAYS, lexicon=False))
        stream = client.export.events(*DAYS, into=wider)
        found = [*stream]
        assert stream.misfits == ()
        assert all(isinstance(each, (wider.Buy, wider.New)) for each in found)
        assert client.export.events(*DAYS, into=types).to_arrow().num_rows == 30


def test_types_that_change_are_reported_once_when_awaited(
    drifting: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    async def read() -> None:
        async with AsyncMixpanelClient(
            drifting.auth, project_id=drifting.credentials.project_id, base_url=drifting.url, limits=None
        ) as client:
            types = module_of(await client.export.schema(DAYS[0], DAYS[0], lexicon=False))
            caplog.set_level(logging.WARNING, "mixpanel_export")
            stream = client.export.events(*DAYS, into=types, slice_days=1)
            check([each async for each in stream], stream.misfits, types, caplog)

    asyncio.run(read())


def test_stopping_early_reports_what_was_seen(drifting: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    with client_of(drifting) as client:
        types = module_of(client.export.schema(DAYS[0], DAYS[0], lexicon=False))
        stream = client.export.events("2024-01-02", DAYS[1], into=types)
        assert next(stream).name == "Buy"
        assert "price should be" not in caplog.text
        stream.close()
        assert "price should be" in caplog.text


@pytest.mark.slow
def test_the_sample_shop_has_types_for_every_event(shop: MixpanelClient) -> None:
    types = module_of(shop.export.schema())
    days = ("2024-01-01", "2024-01-05")
    typed = [*shop.export.events(*days, into=types)]
    plain = [*shop.export.events(*days)]
    assert {type(each).__name__ for each in typed} >= {"Purchase", "SignUp"}
    assert [one.name for one in typed] == [other.name for other in plain]
    for one, other in zip(typed, plain, strict=True):
        given = {name: value for name, value in other.properties.items() if value is not None}
        assert one.to_dict()["properties"] == given
        assert one.time == other.time


def test_other_arguments_are_checked_with_the_types() -> None:
    refused: list[Any] = [
        {"into": 7},
        {"into": Buy, "exclude": ["price"]},
        {"into": [Buy], "fields": ["count"]},
    ]
    with MixpanelClient(ServiceAccountAuth("name", "secret"), project_id=1) as client:
        for arguments in refused:
            with pytest.raises(InvalidArgumentError):
                client.export.events(*DAYS, **arguments)
