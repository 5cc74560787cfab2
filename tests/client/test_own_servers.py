"""Operations that name a company's servers, as compiled packages have them; see `tests/contract/test_codegen`."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from attrs import evolve

from mixpanel_export import (
    AsyncMixpanelClient,
    BudgetExhaustedError,
    ConfigurationError,
    Limits,
    MixpanelClient,
    MixpanelError,
    Quota,
    ServiceAccountAuth,
)
from mixpanel_export_api.api import Operation
from mixpanel_export_api.api.funnels import FUNNELS_LIST

AUTH = ServiceAccountAuth("name", "secret")
EVERYWHERE = {"": "https://internal.example.com/mixpanel"}
BY_REGION = {"us": "https://us.example.com", "eu": "https://eu.example.com"}
# Nothing but its own requests count.
ONE = Limits(query=Quota(per_hour=1), shared=False, max_wait=0)


def own(servers: dict[str, str], family: str = "app") -> Operation[Any]:
    return evolve(FUNNELS_LIST, servers=servers, family=family)


class Log:
    """The requests that a transport has seen."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.transport = httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(200, json=[])

    @property
    def urls(self) -> list[str]:
        return [str(request.url.copy_with(query=None)) for request in self.requests]


def test_calls_go_to_the_server_of_the_region() -> None:
    log = Log()
    with MixpanelClient(AUTH, project_id=1, region="eu", transport=log.transport, limits=None) as client:
        for servers in (BY_REGION, EVERYWHERE, {}):
            client.call_operation(own(servers), {})

    async def run() -> None:
        async with AsyncMixpanelClient(AUTH, project_id=1, transport=log.transport, limits=None) as client:
            await client.call_operation(own(BY_REGION), {})

    asyncio.run(run())
    path = "/api/query/funnels/list"
    assert log.urls == [
        f"https://eu.example.com{path}",
        f"https://internal.example.com/mixpanel{path}",
        f"https://eu.mixpanel.com{path}",
        f"https://us.example.com{path}",
    ]
    assert all(request.headers["Authorization"].startswith("Basic ") for request in log.requests)


def test_a_region_without_a_server_is_refused() -> None:
    client = MixpanelClient(AUTH, project_id=1, region="in", transport=Log().transport)
    with pytest.raises(
        ConfigurationError, match=r"region: expected one of 'us', 'eu' for funnels.list, got 'in'"
    ):
        client.call_operation(own(BY_REGION), {})


def test_the_base_url_stands_for_every_server() -> None:
    log = Log()
    client = MixpanelClient(
        AUTH, project_id=1, base_url="https://proxy.example.com/a", transport=log.transport
    )
    client.call_operation(own(BY_REGION), {})
    assert log.urls == ["https://proxy.example.com/a/api/query/funnels/list"]


def test_a_server_of_its_own_has_a_budget_of_its_own() -> None:
    with MixpanelClient(AUTH, project_id=4242, transport=Log().transport, limits=ONE) as client:
        for _ in range(3):
            client.call_operation(own(EVERYWHERE), {})
        client.call_operation(own(EVERYWHERE, "query"), {})
        client.call_operation(own({}, ""), {})
        for operation in (own(EVERYWHERE, "query"), own({}, "")):
            with pytest.raises(BudgetExhaustedError):
                client.call_operation(operation, {})


def test_a_closed_client_calls_no_server() -> None:
    client = MixpanelClient(AUTH, project_id=1, transport=Log().transport, limits=None)
    client.call_operation(own(EVERYWHERE), {})
    client.close()
    for operation in (own(EVERYWHERE), own(BY_REGION)):
        with pytest.raises(MixpanelError, match="the client is closed"):
            client.call_operation(operation, {})
