"""Calls that wait for the budget or the server, over real sockets: how long, how often, and what they say."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mixpanel_export import (
    BudgetExhaustedError,
    Limits,
    MixpanelClient,
    MixpanelError,
    Progress,
    Quota,
    RateLimitError,
    RetryPolicy,
    ServerError,
)
from mixpanel_export.http.cancellation import NOT_CANCELLABLE, Cancellation
from mixpanel_export.sandbox import Fault, Sandbox
from tests.waiting import ends_soon

DAY = ("2024-01-01", "2024-01-01")


def export(client: MixpanelClient) -> int:
    return sum(1 for _ in client.export.events(*DAY))


def report(client: MixpanelClient) -> int:
    return len(client.funnels.list())


@pytest.mark.parametrize("call", [export, report])
@pytest.mark.parametrize("retry_after", [None, 0, 0.5])
def test_429_for_ever_without_waits_ends_after_the_attempts(call: Any, retry_after: float | None) -> None:
    policy = RetryPolicy(attempts=3, initial_wait=0, max_wait=0)
    with Sandbox(limits=None) as sandbox, sandbox.client(retry=policy) as client:
        sandbox.faults.add(Fault.rate_limited(retry_after=retry_after), times=None)
        with pytest.raises(MixpanelError, match="429"):
            call(client)
        assert len(sandbox.requests) == 3


@pytest.mark.parametrize("call", [export, report])
def test_a_library_call_does_not_wait_for_an_hour(call: Any) -> None:
    with Sandbox(limits=None) as sandbox, sandbox.client() as client:
        sandbox.faults.add(Fault.rate_limited(retry_after=3000))
        with pytest.raises(RateLimitError, match=r"asks to wait 50 min, until \d\d") as caught:
            call(client)
        assert caught.value.frees_in == caught.value.retry_after == 3000
        assert caught.value.frees_at is not None
        assert caught.value.frees_at > datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=49)
        sandbox.faults.add(Fault.status(503, headers={"Retry-After": "3000"}))
        with pytest.raises(
            ServerError, match=r"503.*Mixpanel asks to wait 50 min, until \d\d"
        ) as unavailable:
            call(client)
        assert unavailable.value.frees_in == unavailable.value.retry_after == 3000
        assert unavailable.value.frees_at is not None


def test_an_asynchronous_call_does_not_either() -> None:
    async def run() -> None:
        async with Sandbox(limits=None) as sandbox, sandbox.async_client() as client:
            sandbox.faults.add(Fault.rate_limited(retry_after=3000))
            with pytest.raises(RateLimitError):
                await client.funnels.list()

    asyncio.run(run())


def test_our_own_budget_raises_too_and_says_when_it_frees() -> None:
    limits = Limits(query=Quota(per_hour=1), export=Quota(per_hour=1), shared=False)
    with Sandbox(limits=None) as sandbox, sandbox.client(limits=limits) as client:
        for call in (export, report):
            call(client)
            with pytest.raises(
                BudgetExhaustedError, match=r"frees in 1 h, at .*used up, 1 by this"
            ) as caught:
                call(client)
            assert caught.value.frees_in > 3500


def test_schemas_have_a_budget_of_their_own() -> None:
    limits = Limits(shared=False, max_wait=0)
    with Sandbox() as sandbox, sandbox.client(limits=limits) as client:
        for _ in range(5):
            client.schemas.list()
        client.annotations.list()
        with pytest.raises(BudgetExhaustedError, match="budget of 5 a minute"):
            client.schemas.list()
        assert not any(sandbox.requests.violations.values())


class Naps:
    """The waits of a call, which take no time here."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr("mixpanel_export.http.clock.uptime", lambda: self.now)
        for kind in (Cancellation, type(NOT_CANCELLABLE)):
            monkeypatch.setattr(kind, "sleep", self._sleep())

    def _sleep(self) -> Callable[[Cancellation, float], None]:
        def sleep(_: Cancellation, seconds: float) -> None:
            self.now += seconds

        return sleep


def test_a_directory_export_waits_for_an_hour_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    naps = Naps(monkeypatch)
    limits = Limits(export=Quota(per_hour=1), shared=False)
    seen: list[Progress] = []
    with Sandbox(limits=None) as sandbox, sandbox.client(limits=limits) as client:
        export(client)
        with pytest.warns(UserWarning, match="Waiting 1 h, until"):
            done = client.export.to_directory(tmp_path / "out", *DAY, progress=seen.append)
        assert done.events
        assert naps.now > 3600
        sandbox.faults.add(Fault.rate_limited(retry_after=3000))
        client.export.to_directory(tmp_path / "other", *DAY)
        assert naps.now > 6600
    reasons = {progress.waiting[0] for progress in seen if progress.waiting is not None}
    assert any("the budget of 1 an hour is used up, 1 by this process" in reason for reason in reasons)
    assert [line.partition(",")[0] for line in caplog.messages] == [
        "Waiting 1 h",
        "Waiting 1 h",
        "Waiting 50 min",
    ]
    assert "Mixpanel answered 429, too many requests: " in caplog.messages[-1]


def test_a_server_that_asks_to_wait_is_obeyed_by_all_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    naps = Naps(monkeypatch)
    limits = Limits(query=Quota(concurrent=5), shared=False)
    with Sandbox(limits=None) as sandbox, sandbox.client(limits=limits) as client:
        sandbox.faults.add(Fault.status(503, headers={"Retry-After": "7"}))
        with pytest.warns(
            UserWarning, match="Waiting 7 s, until .*: Mixpanel answered 503 and asked to wait: "
        ):
            report(client)
        assert naps.now == 7
        assert len(sandbox.requests) == 2


@pytest.mark.parametrize("call", [export, report])
def test_waits_for_a_busy_server_add_up(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    naps = Naps(monkeypatch)
    with Sandbox(limits=None) as sandbox, sandbox.client() as client:
        sandbox.faults.add(Fault.status(503, headers={"Retry-After": "50"}), times=None)
        with pytest.warns(UserWarning, match="Waiting 50 s"), pytest.raises(MixpanelError, match="503"):
            call(client)
        assert naps.now == 100
        assert len(sandbox.requests) == 3


def test_a_busy_server_says_nothing_about_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    Naps(monkeypatch)
    limits = Limits(query=Quota(per_hour=2), shared=False)
    with Sandbox(limits=None) as sandbox, sandbox.client(limits=limits) as client:
        report(client)
        sandbox.faults.add(Fault.status(503, headers={"Retry-After": "1"}), times=None)
        with pytest.raises(BudgetExhaustedError, match="2 an hour is used up, 2 by this process"):
            report(client)
        assert len(sandbox.requests) == 2


def test_calls_without_a_budget_announce_one_wait(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    naps = Naps(monkeypatch)
    with Sandbox(limits=None) as sandbox, sandbox.client() as client:

        def sleep(_: Cancellation, seconds: float) -> None:
            naps.now += seconds / 2
            if seconds == 7:
                report(client)
            naps.now += seconds / 2

        monkeypatch.setattr(type(NOT_CANCELLABLE), "sleep", sleep)
        sandbox.faults.add(Fault.rate_limited(retry_after=7))
        with pytest.warns(UserWarning, match="Waiting 7 s") as caught:
            report(client)
        assert len(sandbox.requests) == 3
    assert len(caught) == len(caplog.messages) == 1


def test_retry_after_ends_a_wait_of_our_own_count(monkeypatch: pytest.MonkeyPatch) -> None:
    naps = Naps(monkeypatch)
    limits = Limits(query=Quota(per_hour=2), shared=False)
    with Sandbox(limits=None) as sandbox, sandbox.client(limits=limits) as client:
        report(client)
        sandbox.faults.add(Fault.rate_limited(retry_after=2))
        report(client)
        assert naps.now == 2


def test_61_reports_of_a_sandbox_wait_for_nothing() -> None:
    with ends_soon(), Sandbox(limits=None) as sandbox, sandbox.client() as client:
        for _ in range(61):
            client.funnels.list()
        assert len(sandbox.requests) == 61


def test_a_file_that_cannot_fit_an_hour_sends_nothing(tmp_path: Path) -> None:
    range_ = ("2024-01-01", "2024-01-05")
    limits = Limits(export=Quota(per_hour=4), shared=False)
    with Sandbox(limits=None) as sandbox, sandbox.client(limits=limits) as client:
        for name in ("out.jsonl", "out.csv"):
            with pytest.raises(BudgetExhaustedError, match="takes 5 requests, more than the 4 an hour"):
                client.export.to_file(tmp_path / name, *range_, slice_days=1)
        assert not sandbox.requests
        assert not list(tmp_path.iterdir())
        client.export.to_file(tmp_path / "out.jsonl", *range_, slice_days=2)
        assert len(sandbox.requests) == 3
