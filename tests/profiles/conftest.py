"""Every test of this room reads from a sandbox of its own, by a synchronous and by an asynchronous client."""

from __future__ import annotations

import asyncio
import functools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import define

from mixpanel_export import AsyncMixpanelClient, MixpanelClient, RetryPolicy
from mixpanel_export.sandbox import Sandbox
from mixpanel_export.sandbox.profiles import sessions
from mixpanel_export_api.models import Profile

QUICK = RetryPolicy(attempts=3, initial_wait=0.01, max_wait=0.02)
MANY = 8_500

Read = Callable[..., list[Profile]]
"""Reads all profiles of `client.profiles.all(**filters)`, and keeps in `seen` what was delivered so far."""


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(limits=None) as server:
        yield server


@define
class SessionClock:
    """The time that sandboxes measure their sessions with."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def session_clock(monkeypatch: pytest.MonkeyPatch) -> SessionClock:
    """Put a clock into the sandboxes of this test that moves on only by hand."""
    clock = SessionClock()
    timed = functools.partial(sessions.EngageSessions, clock=clock)
    monkeypatch.setattr(sessions, "EngageSessions", timed)
    return clock


@pytest.fixture(scope="session")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Events of many users: nine pages of profiles."""
    file = tmp_path_factory.mktemp("crowd") / "events.jsonl"
    with file.open("w") as target:
        for number in range(MANY):
            properties = {"time": 1704067200 + number, "distinct_id": f"user-{number:05}"}
            target.write(json.dumps({"event": "A", "properties": properties}) + "\n")
    return file


def settings(sandbox: Sandbox, kind: type[Any] = MixpanelClient, **further: Any) -> dict[str, Any]:
    """Return the arguments of a client without a budget and with short retry waits.

    Its transports, made as its own are, save reading the system's certificates, which no loopback server needs.
    """
    fresh: dict[str, Any] = {"verify": False, "limits": httpx.Limits(max_keepalive_connections=0)}
    transports: dict[str, Any] = {"transport": httpx.HTTPTransport(**fresh)}
    if kind is AsyncMixpanelClient:
        transports = {
            "transport": httpx.AsyncHTTPTransport(**fresh),
            "export_transport": httpx.HTTPTransport(**fresh),
        }
    return {
        "auth": sandbox.auth,
        "project_id": sandbox.credentials.project_id,
        "base_url": sandbox.url,
        "limits": None,
        "retry": QUICK,
        **transports,
        **further,
    }


def read_sync(sandbox: Sandbox, seen: list[Profile] | None = None, /, **arguments: Any) -> list[Profile]:
    found: list[Profile] = [] if seen is None else seen
    further = {name: arguments.pop(name) for name in ("limits", "retry") if name in arguments}
    with MixpanelClient(**settings(sandbox, **further)) as client:
        found.extend(client.profiles.all(**arguments))
    return found


def read_async(sandbox: Sandbox, seen: list[Profile] | None = None, /, **arguments: Any) -> list[Profile]:
    found: list[Profile] = [] if seen is None else seen
    further = {name: arguments.pop(name) for name in ("limits", "retry") if name in arguments}

    async def run() -> None:
        async with AsyncMixpanelClient(**settings(sandbox, AsyncMixpanelClient, **further)) as client:
            async for each in client.profiles.all(**arguments):
                found.append(each)

    asyncio.run(run())
    return found


@pytest.fixture(params=["sync", "async"])
def read(request: pytest.FixtureRequest) -> Read:
    return read_sync if request.param == "sync" else read_async


class Awaited:
    """`profiles.to_file` and `profiles.to_stream` of an asynchronous client, each called in a loop of its own."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    @property
    def profiles(self) -> Any:
        return self

    def __getattr__(self, method: str) -> Any:
        return functools.partial(self._call, method)

    def _call(self, method: str, *arguments: Any, **further: Any) -> Any:
        async def run() -> Any:
            async with AsyncMixpanelClient(**settings(self._sandbox, AsyncMixpanelClient)) as client:
                return await getattr(client.profiles, method)(*arguments, **further)

        return asyncio.run(run())


def ids(profiles: list[Profile]) -> list[Any]:
    return [each.distinct_id for each in profiles]
