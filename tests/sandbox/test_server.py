"""The life of a sandbox: quick to start, side by side with others, and gone without a trace."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest

from mixpanel_export import Limits, Quota
from mixpanel_export.errors import BudgetExhaustedError, ConfigurationError, MissingExtraError, MixpanelError
from mixpanel_export.sandbox import Sandbox, SandboxCredentials
from mixpanel_export.sandbox.data.sample import sample_data
from tests.sandbox.conftest import DAY, EVERYTHING

PROJECT = {"project_id": str(SandboxCredentials().project_id)}


def open_files() -> int:
    return len(os.listdir("/dev/fd"))  # noqa: PTH208 - Path.iterdir would itself be one more


def export(sandbox: Sandbox) -> httpx.Response:
    url = f"{sandbox.url}/api/2.0/export"
    # Unverified because loading certificates takes longer than anything here.
    return httpx.get(url, params=DAY | PROJECT, auth=sandbox.auth, verify=False, timeout=60)


class TestStopping:
    def test_nothing_is_left_behind(self) -> None:
        with Sandbox() as sandbox:
            export(sandbox)
        # Objects that earlier tests left to the garbage collector don't count here.
        gc.collect()
        threads, files = set(threading.enumerate()), open_files()
        for _ in range(5):
            with Sandbox() as sandbox:
                assert export(sandbox).status_code == 200
                assert set(threading.enumerate()) > threads
        gc.collect()
        assert set(threading.enumerate()) <= threads
        # A file left open by each sandbox would make five.
        assert open_files() < files + 5

    def test_nobody_listens_any_more(self) -> None:
        with Sandbox() as sandbox:
            url = sandbox.url
        with pytest.raises(httpx.ConnectError):
            httpx.get(url, timeout=60)

    def test_stopping_waits_for_no_client(self) -> None:
        """Open an idle connection, half a request, and an export that its client does not read."""
        sandbox = Sandbox().start()
        host, port = sandbox.url.removeprefix("http://").split(":")
        with (
            httpx.Client(
                verify=False, timeout=60, base_url=sandbox.url, auth=sandbox.auth, params=PROJECT
            ) as client,
            socket.create_connection((host, int(port))) as half,
            client.stream(
                "GET", "/api/2.0/export", params=EVERYTHING, headers={"Accept-Encoding": "identity"}
            ),
        ):
            client.get("/api/2.0/export", params=DAY)
            half.sendall(b"GET /api/2.0/export HTTP/1.1\r\nHo")
            sandbox.stop()

    def test_a_cut_export_is_seen_to_be_cut(self) -> None:
        with (
            Sandbox() as sandbox,
            httpx.Client(
                verify=False, timeout=60, base_url=sandbox.url, auth=sandbox.auth, params=PROJECT
            ) as client,
            client.stream(
                "GET", "/api/2.0/export", params=EVERYTHING, headers={"Accept-Encoding": "identity"}
            ) as answer,
        ):
            sandbox.stop()
            with pytest.raises(httpx.TransportError):
                answer.read()

    def test_twice_is_as_good_as_once(self) -> None:
        sandbox = Sandbox()
        sandbox.stop()
        with sandbox:
            assert sandbox.start() is sandbox
        sandbox.stop()
        with pytest.raises(MixpanelError, match="not running"):
            _ = sandbox.url

    def test_a_sandbox_restarts_on_its_port(self) -> None:
        with Sandbox() as sandbox:
            port = int(sandbox.url.rpartition(":")[2])
            export(sandbox)
        fixed = Sandbox(port=port)
        for _ in range(2):
            with fixed:
                assert fixed.url == f"http://127.0.0.1:{port}"
                assert export(fixed).status_code == 200


class TestRunning:
    def test_the_sample_is_made_once_in_a_process(self, sandbox: Sandbox) -> None:
        export(sandbox)
        made = sample_data.cache_info().misses
        with Sandbox() as other:
            assert other.url != sandbox.url
            assert export(other).content == export(sandbox).content
        assert sample_data.cache_info().misses == made

    def test_two_side_by_side_know_nothing_of_each_other(self) -> None:
        theirs = SandboxCredentials(username="they", secret="theirs")
        with Sandbox() as ours, Sandbox(credentials=theirs, seed=1) as other:
            assert ours.url != other.url
            mine, yours = export(ours), export(other)
            assert mine.status_code == yours.status_code == 200
            assert mine.content != yours.content

    def test_a_long_export_does_not_block_other_requests(self, sandbox: Sandbox) -> None:
        with (
            httpx.Client(
                verify=False, timeout=60, base_url=sandbox.url, auth=sandbox.auth, params=PROJECT
            ) as client,
            client.stream(
                "GET", "/api/2.0/export", params=EVERYTHING, headers={"Accept-Encoding": "identity"}
            ),
        ):
            assert client.get("/api/2.0/export", params=DAY).status_code == 200

    def test_a_sandbox_is_an_async_context_manager_too(self) -> None:
        async def main() -> int:
            async with Sandbox() as sandbox, httpx.AsyncClient(timeout=60, auth=sandbox.auth) as client:
                answer = await client.get(f"{sandbox.url}/api/2.0/export", params=DAY | PROJECT)
            return answer.status_code

        assert asyncio.run(main()) == 200

    def test_the_environment_configures_a_client(self, sandbox: Sandbox) -> None:
        assert sandbox.environment["MIXPANEL_BASE_URL"] == sandbox.url
        assert sandbox.environment["MIXPANEL_SERVICE_ACCOUNT_SECRET"] == sandbox.credentials.secret

    def test_ipv6_is_an_address_too(self) -> None:
        try:
            socket.create_server(("::1", 0), family=socket.AF_INET6).close()
        except OSError:
            pytest.skip("no IPv6 loopback here")
        with Sandbox(host="::1") as sandbox:
            assert sandbox.url.startswith("http://[::1]:")
            assert export(sandbox).status_code == 200

    def test_a_sandbox_logs_nothing_and_leaves_loggers_alone(self, caplog: pytest.LogCaptureFixture) -> None:
        names = ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi")
        before = [(logging.getLogger(name).level, logging.getLogger(name).propagate) for name in names]
        with caplog.at_level(logging.DEBUG), Sandbox() as sandbox:
            export(sandbox)
        assert [record.name for record in caplog.records if "uvicorn" in record.name] == []
        after = [(logging.getLogger(name).level, logging.getLogger(name).propagate) for name in names]
        assert after == before

    def test_answers_are_dated(self, sandbox: Sandbox) -> None:
        assert "GMT" in export(sandbox).headers["date"]


class TestRefusing:
    def test_a_port_in_use_is_named(self, sandbox: Sandbox) -> None:
        port = int(sandbox.url.rpartition(":")[2])
        with pytest.raises(ConfigurationError, match=f"127.0.0.1:{port}.*use port 0 for a free one"):
            Sandbox(port=port).start()

    def test_a_port_that_cannot_be_is_refused(self) -> None:
        with pytest.raises(ConfigurationError, match="cannot listen"):
            Sandbox(port=70_000).start()

    @pytest.mark.parametrize("package", ["starlette", "uvicorn"])
    def test_a_missing_extra_is_named(self, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, package, None)
        with pytest.raises(MissingExtraError, match=r"mixpanel-export-sdk\[sandbox\]"):
            Sandbox()


@pytest.mark.slow
def test_importing_it_imports_no_server() -> None:
    code = (
        "import sys, mixpanel_export.sandbox, mixpanel_export.sandbox.pytest_plugin\n"
        "print({'starlette', 'uvicorn', 'h11', 'anyio'} & {*sys.modules} - before)"
    )
    # What a client itself imports doesn't count here: httpcore speaks HTTP with h11.
    code = "import sys\nfrom mixpanel_export import MixpanelClient\nbefore = {*sys.modules}\n" + code
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout.strip() == "set()"


class TestClients:
    def test_a_client_of_it_is_ready_to_use(self) -> None:
        with Sandbox(limits=None) as sandbox, sandbox.client(timeout=60) as client:
            assert client.funnels.list()
            # More calls than an hour's budget: neither side enforces one.
            for _ in range(61):
                client.annotations.list(from_date="2024-01-01", to_date="2024-01-02")

    def test_its_client_keeps_no_budget_unless_asked(self) -> None:
        limits = Limits(query=Quota(per_hour=1), shared=False, max_wait=0)
        with Sandbox() as sandbox, sandbox.client() as careless, sandbox.client(limits=limits) as careful:
            assert careless.funnels.list() == careful.funnels.list() == careless.funnels.list()
            with pytest.raises(BudgetExhaustedError):
                careful.funnels.list()

    def test_an_asynchronous_client_too(self) -> None:
        async def run() -> int:
            async with Sandbox(limits=None) as sandbox, sandbox.async_client() as client:
                return len(await client.funnels.list())

        assert asyncio.run(run())
