"""`transport=httpx.MockTransport(...)` serves every way to call Mixpanel."""

from __future__ import annotations

import asyncio
import gzip
import json
from typing import Any

import httpx

from mixpanel_export import AsyncMixpanelClient, MixpanelClient, ServiceAccountAuth
from tests.http.test_transport import ASYNC, BODIES, EVENT, SYNC

ACCOUNT = ServiceAccountAuth("exporter", "made-up-secret")


def calls(handler: Any) -> dict[str, Any]:
    """Make every kind of call with a transport, and return what each delivers."""
    transport = httpx.MockTransport(handler)
    delivered: dict[str, Any] = {}
    with MixpanelClient(ACCOUNT, project_id=1, limits=None, transport=transport) as client:
        for name, call in SYNC.items():
            delivered[f"sync-{name}"] = call(client)

    async def run() -> None:
        async with AsyncMixpanelClient(ACCOUNT, project_id=1, limits=None, transport=transport) as client:
            for name, call in ASYNC.items():
                delivered[f"async-{name}"] = await call(client)

    asyncio.run(run())
    return delivered


def body_for(request: httpx.Request) -> bytes:
    kind = {"/export": "export", "/engage": "profiles"}.get(request.url.path[-7:], "report")
    return BODIES[kind]


def test_a_mock_transport_with_json_serves_every_call() -> None:
    delivered = calls(lambda request: httpx.Response(200, json=json.loads(body_for(request))))
    assert all(len(found) == 1 for found in delivered.values()), delivered
    assert len(delivered) == 8


def test_a_mock_transport_with_other_bodies_serves_every_call() -> None:
    def as_stream(request: httpx.Request) -> httpx.Response:
        return httpx.Response(
            200, stream=httpx.ByteStream(body_for(request)), headers={"Content-Length": "9"}
        )

    def as_gzip(request: httpx.Request) -> httpx.Response:
        headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
        return httpx.Response(200, content=gzip.compress(body_for(request)), headers=headers)

    def as_text(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text=body_for(request).decode())

    for handler in (as_stream, as_gzip, as_text):
        assert all(len(found) == 1 for found in calls(handler).values())


def test_a_mock_transport_may_fail_and_raise() -> None:
    answers = iter([httpx.Response(503, json={"error": "busy"}), httpx.Response(200, content=EVENT)])

    def handler(request: httpx.Request) -> httpx.Response:
        if (answer := next(answers, None)) is None:
            raise httpx.ConnectError("gone", request=request)
        return answer

    with MixpanelClient(ACCOUNT, project_id=1, limits=None, transport=httpx.MockTransport(handler)) as client:
        assert len(list(client.export.events("2024-01-01", "2024-01-01"))) == 1
