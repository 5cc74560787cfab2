"""S3-compatible stores that cannot delete several objects at once, or fail while a lock is released."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from mixpanel_export import MixpanelClient, RetryPolicy
from mixpanel_export.directory.object_store import open_objects

from .conftest import Bucket

DAYS = ("2024-01-01", "2024-01-02")

Refusal = Callable[[str, str], int | None]
"""Returns the status to refuse a request with, from its method and path; None to let it through."""


@pytest.fixture
def refuse(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Refusal]]:
    """Put a proxy before the bucket that refuses what the first function in this list refuses."""
    refusals: list[Refusal] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            status = refusals[0](self.command, self.path) if refusals else None
            if status is not None:
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()
                return
            answer = httpx.request(
                self.command, bucket.server + self.path, content=body, headers=dict(self.headers.items())
            )
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                if name.lower() not in {"content-length", "transfer-encoding", "connection"}:
                    self.send_header(name, value)
            self.send_header(
                "content-length",
                answer.headers.get("content-length", "0")
                if self.command == "HEAD"
                else str(len(answer.content)),
            )
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.content)

        # The names that the base class looks up.
        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        yield refusals
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("status", [400, 403, 404, 501])
def test_objects_are_deleted_singly_where_needed(status: int, bucket: Bucket, refuse: list[Refusal]) -> None:
    refuse.append(lambda method, path: status if method == "POST" else None)
    bucket.write("a", b"1")
    bucket.write("b", b"2")
    open_objects(bucket.url, retry=RetryPolicy(attempts=1)).delete(["a", "b", "missing"])
    assert bucket.names() == set()


def test_single_deletions_are_retried(bucket: Bucket, refuse: list[Refusal]) -> None:
    failures = [503, 503]

    def refusal(method: str, path: str) -> int | None:
        if method == "POST":
            return 501
        return failures.pop() if method == "DELETE" and failures else None

    refuse.append(refusal)
    bucket.write("a", b"1")
    open_objects(bucket.url, retry=RetryPolicy(attempts=3, initial_wait=0)).delete(["a"])
    assert bucket.names() == set()


def test_exports_need_no_deletion_of_several(
    shop: MixpanelClient, bucket: Bucket, refuse: list[Refusal]
) -> None:
    refuse.append(lambda method, path: 501 if method == "POST" else None)
    shop.export.to_directory(bucket.url, *DAYS)
    shop.export.to_directory(bucket.url, "2024-01-01", "2024-01-01", overwrite=True)
    assert bucket.names() == {"manifest.json", "events_2024-01-01_2024-01-01.jsonl.gz"}


@pytest.mark.slow
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_locks_that_cannot_be_released_do_no_harm(
    method: str, shop: MixpanelClient, bucket: Bucket, refuse: list[Refusal]
) -> None:
    is_over = False

    def refusal(used: str, path: str) -> int | None:
        nonlocal is_over
        is_over |= "manifest.json" in path and used == "PUT"
        releases = (used == method and ".lock" in path) or (used == "POST" and method == "DELETE")
        return 503 if is_over and releases else None

    refuse.append(refusal)
    shop.export.to_directory(bucket.url, "2024-01-01", "2024-01-01")
    assert ".lock" in bucket.names()
    refuse.clear()
    assert shop.export.to_directory(bucket.url, "2024-01-01", "2024-01-01").fetched == 0
    assert ".lock" not in bucket.names()
