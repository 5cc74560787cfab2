"""The one send loop: every way to call Mixpanel receives, translates errors and retries alike."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from mixpanel_export import (
    AsyncMixpanelClient,
    MixpanelClient,
    MixpanelError,
    NetworkError,
    PermissionDeniedError,
    RetryPolicy,
    ServiceAccountAuth,
)
from tests.wire_server import Wire, answer, wire

__all__ = ["wire"]

ACCOUNT = ServiceAccountAuth("exporter", "made-up-secret")
ATTEMPTS = 3
PAGE = json.dumps(
    {
        "page": 0,
        "page_size": 1000,
        "total": 1,
        "session_id": "s",
        "results": [{"$distinct_id": "a", "$properties": {}}],
    }
).encode()
EVENT = b'{"event": "A", "properties": {"time": 1704067200}}\n'
DAYS = ("2024-01-01", "2024-01-01")


async def all_of(iterator: AsyncIterator[Any]) -> list[Any]:
    return [item async for item in iterator]


SYNC: dict[str, Callable[[Any], Any]] = {
    "report": lambda client: client.events.names(type="general"),
    "request": lambda client: client.request("GET", "/api/query/events/names").json(),
    "profiles": lambda client: list(client.profiles.all()),
    "export": lambda client: list(client.export.events(*DAYS)),
}


async def parsed(client: Any) -> Any:
    return (await client.request("GET", "/api/query/events/names")).json()


ASYNC: dict[str, Callable[[Any], Any]] = {
    "report": lambda client: client.events.names(type="general"),
    "request": parsed,
    "profiles": lambda client: all_of(client.profiles.all()),
    "export": lambda client: all_of(client.export.events(*DAYS)),
}
BODIES = {"report": b'["A"]', "request": b'["A"]', "profiles": PAGE, "export": EVENT}
WAYS = [f"{kind}-{name}" for kind in ("sync", "async") for name in SYNC]


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    """Choose a way to call Mixpanel, such as "sync-report"."""
    return str(request.param)


def options(wire: Wire) -> dict[str, Any]:
    retry = RetryPolicy(attempts=ATTEMPTS, initial_wait=0)
    return {"project_id": 1, "base_url": wire.url, "timeout": 5, "retry": retry, "limits": None}


def call(way: str, wire: Wire, *, closed: bool = False) -> Any:
    kind, name = way.split("-")
    if kind == "sync":
        with MixpanelClient(ACCOUNT, **options(wire)) as client:
            if closed:
                client.close()
            return SYNC[name](client)

    async def run() -> Any:
        async with AsyncMixpanelClient(ACCOUNT, **options(wire)) as client:
            if closed:
                await client.close()
            return await ASYNC[name](client)

    return asyncio.run(run())


def test_truncated_gzip_is_requested_again(way: str, wire: Wire) -> None:
    body = gzip.compress(BODIES[way.split("-")[1]], mtime=0)
    headers = ("Content-Encoding: gzip", "Content-Type: application/json")
    wire.first = [answer(body[:-9], headers=headers), answer(body, headers=headers)]
    assert len(call(way, wire)) == 1
    assert len(wire.requests) == 2


def test_a_refusal_whose_body_breaks_off_is_still_a_refusal(way: str, wire: Wire) -> None:
    headers = ("Content-Type: application/json",)
    wire.answers(b'{"error": "not yours"}', status="403 Forbidden", headers=headers, keep=10, ending="cut")
    with pytest.raises(PermissionDeniedError):
        call(way, wire)
    assert len(wire.requests) == 1


def test_an_answer_that_breaks_off_is_requested_again(way: str, wire: Wire) -> None:
    body = BODIES[way.split("-")[1]]
    headers = ("Content-Type: application/json",)
    wire.first = [answer(body, headers=headers, keep=4, ending="cut"), answer(body, headers=headers)]
    assert len(call(way, wire)) == 1
    assert len(wire.requests) == 2


def test_attempts_end_with_an_error_of_ours(way: str, wire: Wire) -> None:
    wire.answers(b"[", headers=("Content-Type: application/json",), keep=1, ending="reset")
    with pytest.raises(MixpanelError) as caught:
        call(way, wire)
    assert isinstance(caught.value, NetworkError) or way.endswith("export")
    assert len(wire.requests) == ATTEMPTS


def test_a_closed_client_says_so(way: str, wire: Wire) -> None:
    with pytest.raises(MixpanelError, match="the client is closed"):
        call(way, wire, closed=True)
    assert wire.requests == []
