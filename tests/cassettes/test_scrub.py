"""What the cassettes on disk hold, and what scrubbing takes out of a real recording."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from vcr.request import Request

from mixpanel_export.sandbox import SandboxCredentials

from . import readable, scrub
from .conftest import CASSETTES

RECORDED = sorted(CASSETTES.rglob("*.yaml"))


def test_there_are_cassettes() -> None:
    assert list(CASSETTES.rglob("*.yaml"))


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_cassette_holds_no_credential(path: Path) -> None:
    text = path.read_text(encoding="utf-8").lower()
    credentials = SandboxCredentials()
    for secret in (credentials.secret, credentials.oauth_token, credentials.api_secret, credentials.api_key):
        assert secret.lower() not in text
    for mark in ("authorization", "basic ", "bearer ", "sig=", "expire=", "api_key=", "127.0.0.1"):
        assert mark not in text


def test_a_real_request_loses_host_project_and_signature() -> None:
    request = Request(
        "GET", "https://eu.mixpanel.com/api/app/projects/998877/annotations?project_id=998877&a=1", None, {}
    )
    assert scrub.request(request).uri == (
        "http://sandbox.localhost/api/app/projects/1234567/annotations?project_id=1234567&a=1"
    )
    config = scrub.vcr_config()
    assert set(config["filter_query_parameters"]) == {"sig", "expire", "api_key", ("token", "scrubbed")}
    assert "authorization" in config["filter_headers"]


def recorded(body: bytes, *, compressed: bool = False) -> dict[str, Any]:
    sent = gzip.compress(body) if compressed else body
    headers = {"content-length": [str(len(sent))], "Date": ["now"], "Set-Cookie": ["id=1"]}
    headers["content-type"] = ["application/json"]
    if compressed:
        headers["content-encoding"] = ["gzip"]
    return {"headers": headers, "body": {"string": sent}}


@pytest.mark.parametrize("compressed", [False, True])
def test_a_real_response_loses_its_persons_and_stays_readable(compressed: bool) -> None:
    body = b'{"$email": "ada@lovelace.org", "$name": "Ada \\"L\\"", "ip": "81.2.69.142", "event": "A"}'
    kept = scrub.response(recorded(body, compressed=compressed))
    string = kept["body"]["string"]
    assert kept["headers"] == {"content-length": [str(len(string))], "content-type": ["application/json"]}
    assert string.decode() == (
        '{\n "$email": "scrubbed",\n "$name": "scrubbed",\n "ip": "scrubbed",\n "event": "A"\n}'
    )
    assert string.decode().replace("\n", "\n  ") in readable.serialize({"body": string.decode()})


def test_two_recordings_of_one_answer_are_equal() -> None:
    page = '{"computed_at": "%s", "session_id": "%s", "results": []}'
    first, second = (
        scrub.response(recorded((page % noise).encode(), compressed=True))
        for noise in (("2026-01-01T00:00:00", "1-a"), ("2026-01-02T10:00:00.5", "17-bc"))
    )
    assert first == second
    asked = [
        Request("POST", "https://mixpanel.com/e", f"page=1&session_id={n}", {}) for n in ("1-a", "17-bc")
    ]
    assert scrub.request(asked[0]).body == scrub.request(asked[1]).body == b"page=1&session_id=a-session"


def test_values_that_are_no_person_are_unchanged() -> None:
    body = b'{"event": "Sign Up", "name": "Checkout", "n": {"2024-01-01": 1.5}, "mail": "user1@example.com"}'
    assert scrub.text(body) == body
