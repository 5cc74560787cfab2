"""Web pages can neither read a sandbox nor change it; a user's events are behind random credentials."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from mixpanel_export import ConfigurationError
from mixpanel_export.sandbox import Sandbox, SandboxCredentials
from mixpanel_export.sandbox.http.origins import refuse_page

PATHS = ("/api/query/events/names?type=general", "/sandbox", "/sandbox/requests", "/nowhere")


def test_another_host_is_refused_on_every_path() -> None:
    with Sandbox() as sandbox, httpx.Client(base_url=sandbox.url, auth=sandbox.auth) as client:
        port = httpx.URL(sandbox.url).port
        for host in (
            "evil.example",
            f"evil.example:{port}",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
        ):
            statuses = {client.get(path, headers={"Host": host}).status_code for path in PATHS}
            assert statuses == {403}
        for host in (f"127.0.0.1:{port}", f"localhost:{port}", "LOCALHOST", "[::1]:80"):
            assert client.get("/sandbox", headers={"Host": host}).status_code == 200


def test_a_page_of_another_origin_changes_nothing() -> None:
    with Sandbox() as sandbox, httpx.Client(base_url=sandbox.url, auth=sandbox.auth) as client:
        for headers in (
            {"Origin": "http://evil.example"},
            {"Origin": "null"},
            {"Origin": "http://localhost:1"},
            {"Sec-Fetch-Site": "cross-site"},
        ):
            for path in ("/sandbox/reset", "/sandbox/faults", "/api/query/insights"):
                assert client.post(path, headers=headers, content="{}").status_code == 403
        assert len(sandbox.requests) == 0
        assert client.post("/sandbox/reset", headers={"Origin": sandbox.url}).status_code == 200


def test_hosts_of_a_sandbox_open_to_other_machines() -> None:
    def refused(host: str) -> bool:
        return refuse_page([(b"host", host.encode())], "0.0.0.0") is not None

    assert not refused("192.0.2.7:8080")
    assert not refused("[2001:db8::1]:8080")
    assert refused("evil.example")
    assert refused("")
    assert refused("user@127.0.0.1")


def test_events_are_served_with_random_credentials_on_loopback(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text('{"event": "A", "properties": {"time": 1704067200}}\n')
    first, second = Sandbox(events=path), Sandbox(events=path)
    known, fixed = SandboxCredentials(), first.credentials
    for name in ("secret", "oauth_token", "api_key", "api_secret"):
        assert len({getattr(one, name) for one in (known, fixed, second.credentials)}) == 3
    with first, first.client() as client:
        assert client.events.names(type="general") == ["A"]
        refused = httpx.get(
            f"{first.url}/api/query/events/names",
            params={"type": "general", "project_id": known.project_id},
            auth=known.service_account(),
        )
        assert refused.status_code == 401
    with pytest.raises(ConfigurationError, match="loopback only"):
        Sandbox(events=path, host="0.0.0.0")


def test_errors_about_events_quote_nothing_of_them(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    for line in (
        "private words",
        '{"event": "private", "properties": {"time": "private"}}',
        '{"private": 1}',
    ):
        path.write_text(line)
        with pytest.raises(ConfigurationError, match=r"own\.jsonl, line 1") as caught:
            Sandbox(events=path).start()
        assert "private" not in str(caught.value)
