"""S3-compatible stores that cannot delete several objects at once, or fail while a lock is released."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mixpanel_export import MixpanelClient, RetryPolicy
from mixpanel_export.directory.object_store import open_objects
from mixpanel_export.errors import DestinationError
from mixpanel_export.sandbox import Sandbox
from tests.wire_server import client_of

from .conftest import Bucket
from .refusing import Refusal, refusing_proxy

DAYS = ("2024-01-01", "2024-01-02")


@pytest.fixture
def refuse(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Refusal]]:
    """Put a proxy before the bucket that refuses what the first function in this list refuses."""
    with refusing_proxy(bucket.server) as (url, refusals):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        yield refusals


@pytest.mark.sampled(1)
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


@pytest.mark.slow
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


@pytest.mark.slow
@pytest.mark.parametrize("status", [412, 409, 501])
def test_refused_conditional_writes_are_named(
    status: int, sandbox: Sandbox, bucket: Bucket, refuse: list[Refusal]
) -> None:
    refuse.append(lambda method, path: status if method == "PUT" else None)
    once = RetryPolicy(attempts=1)
    expected = pytest.raises(DestinationError, match=r"conditional writes|Conflict")
    with client_of(sandbox, retry=once) as client, expected:
        client.export.to_directory(bucket.url, *DAYS)
    assert bucket.names() == set()
