"""A response whose end nothing proves is not complete, unless the caller says so."""

from __future__ import annotations

import gzip
import io
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from mixpanel_export import MixpanelClient, RetryPolicy, ServiceAccountAuth, SliceFailedError
from tests.wire_server import Script, Wire, answer

DAY = ("2024-01-01", "2024-01-01")
LINES = b'{"event":"A","properties":{"time":1704067200}}\n' * 50


def old(body: bytes, *headers: str, version: str = "1.0") -> Script:
    """Respond without a length and without chunks, and close the connection."""

    def script(connection: socket.socket) -> None:
        head = "\r\n".join([f"HTTP/{version} 200 OK", "Connection: close", *headers])
        connection.sendall(f"{head}\r\n\r\n".encode() + body)

    return script


@pytest.fixture
def client(wire: Wire) -> Iterator[MixpanelClient]:
    retry = RetryPolicy(attempts=3, initial_wait=0.01)
    auth = ServiceAccountAuth("tester", "hush")
    with MixpanelClient(auth, project_id=1, base_url=wire.url, retry=retry, limits=None) as client:
        yield client


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("body", [LINES[: 47 * 20], b""])
def test_a_response_without_an_end_is_retried_and_refused(
    wire: Wire, client: MixpanelClient, version: str, body: bytes, tmp_path: Path
) -> None:
    wire.script = old(body, version=version)
    with pytest.raises(SliceFailedError, match="nothing proves that the answer is whole"):
        list(client.export.events(*DAY))
    assert len(wire.requests) == 3
    for name in ("e.jsonl", "e.parquet"):
        with pytest.raises(SliceFailedError):
            client.export.to_file(tmp_path / name, *DAY)
    assert not list(tmp_path.iterdir())
    with pytest.raises(SliceFailedError):
        client.export.to_directory(tmp_path / "d", *DAY)
    assert all(b"Accept-Encoding: gzip" in head for head in wire.requests)


def test_a_retry_may_bring_the_proof(wire: Wire, client: MixpanelClient) -> None:
    wire.first = [old(LINES[:47])]
    wire.script = answer(LINES)
    assert len(list(client.export.events(*DAY))) == 50
    assert len(wire.requests) == 2


def test_an_unproved_response_is_accepted_on_request(
    wire: Wire, client: MixpanelClient, tmp_path: Path
) -> None:
    wire.script = old(LINES)
    assert len(list(client.export.events(*DAY, allow_unproved=True))) == 50
    stream = io.BytesIO()
    client.export.to_stream(stream, *DAY, allow_unproved=True)
    assert stream.getvalue() == LINES
    assert client.export.batches(*DAY, allow_unproved=True).to_arrow().num_rows == 50
    assert client.export.to_file(tmp_path / "e.jsonl", *DAY, allow_unproved=True).events == 50


@pytest.mark.parametrize("kept", [None, -1, -9, 30])
def test_gzip_proves_its_own_end(wire: Wire, client: MixpanelClient, kept: int | None) -> None:
    wire.script = old(gzip.compress(LINES)[:kept], "Content-Encoding: gzip")
    if kept is None:
        assert len(list(client.export.events(*DAY))) == 50
    else:
        with pytest.raises(SliceFailedError, match="truncated"):
            list(client.export.events(*DAY))


def test_an_empty_gzip_body_needs_proof_by_http(wire: Wire, client: MixpanelClient) -> None:
    wire.script = old(b"", "Content-Encoding: gzip")
    with pytest.raises(SliceFailedError, match="nothing proves"):
        list(client.export.events(*DAY))
    wire.script = old(b"", "Content-Encoding: gzip", "Content-Length: 0", version="1.1")
    assert list(client.export.events(*DAY)) == []
    wire.script = answer(b"", headers=("Content-Encoding: gzip",))
    assert list(client.export.events(*DAY)) == []
