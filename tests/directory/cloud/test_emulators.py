"""Exports to `az://container/prefix` and `gs://bucket/prefix`, against emulators where they are installed.

`nox -s stores` installs Azurite. Google's storage-testbench has to be started by hand; `GCS_TESTBENCH` is its URL.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mixpanel_export import DirectoryBusyError, DirectoryMismatchError, MixpanelClient, RetryPolicy
from mixpanel_export.errors import DestinationError
from mixpanel_export.sandbox import Fault, Sandbox
from tests.wire_server import client_of

from .. import columnar
from ..contents import expected
from ..test_conversion import project_of, wanted
from .conftest import Bucket, canonical_lines
from .emulators import ACCOUNT, AZURITE, KEY, Container, GoogleBucket, azurite, xml_front
from .exporting import exporting, gzipped, kill, wait_for
from .refusing import LOST, Refusal, refusing_proxy

RANGE = ("2024-01-01", "2024-01-10")
DAY = ("2024-01-01", "2024-01-01")
LONG = ("2024-01-01", "2024-01-20")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=["azure", "google"])
def make(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Make]:
    """Start an emulator, and return what makes an empty container in it."""
    if request.param == "azure":
        if AZURITE is None:
            pytest.skip("needs Azurite: nox -s stores")
        with azurite(tmp_path_factory.mktemp("azurite")) as server:
            yield lambda: Container.create(server)
    else:
        if "GCS_TESTBENCH" not in os.environ:
            pytest.skip("GCS_TESTBENCH is not set")
        with xml_front(os.environ["GCS_TESTBENCH"]) as server:
            yield lambda: GoogleBucket.create(server)


Make = Callable[[], Container | GoogleBucket]


@pytest.fixture
def container(make: Make, monkeypatch: pytest.MonkeyPatch) -> Container | GoogleBucket:
    """Make an empty container or bucket, with its credentials in the environment."""
    made = make()
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    return made


@pytest.fixture
def refuse(container: Container | GoogleBucket, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Refusal]]:
    """Put a proxy before the container that refuses what the first function in this list refuses."""
    root, slash, account = container.server.partition(f"/{ACCOUNT}")
    with refusing_proxy(root) as (url, refusals):
        monkeypatch.setenv(container.endpoint, url + slash + account)
        yield refusals


def test_container_holds_every_event_once(sandbox: Sandbox, shop: MixpanelClient, container: Bucket) -> None:
    shop.export.to_directory(container.url, *RANGE, slice_days=4)
    assert container.lines(gzipped) == expected(shop, *RANGE)
    sandbox.requests.clear()
    again = shop.export.to_directory(container.url, *RANGE, verify=True)
    assert (len(sandbox.requests), again.fetched, again.found) == (0, 0, 3)
    done = shop.export.update_directory(container.url, to_date="2024-01-12", look_back=2)
    assert done.fetched == 2
    assert container.lines(gzipped) == expected(shop, "2024-01-01", "2024-01-12")
    with pytest.raises(DirectoryMismatchError):
        shop.export.to_directory(container.url, *DAY, event="Purchase")
    shop.export.to_directory(container.url, *DAY, event="Purchase", overwrite=True)
    assert container.lines(gzipped) == expected(shop, *DAY, event="Purchase")
    assert ".lock" not in container.names()


def test_columns_and_partitions_go_to_a_container(
    tmp_path: Path, container: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    columnar.install(monkeypatch)
    with project_of(tmp_path, columnar.served(6)) as project, client_of(project) as client:
        client.export.to_directory(
            container.url,
            "2024-01-01",
            "2024-01-06",
            format="parquet",
            partition_by="date",
            slice_days=2,
            parallel=1,
        )
    assert container.lines(lambda data: canonical_lines(data.partition(b"\n")[2])) == wanted(6)


def test_long_files_go_up_in_parts(container: Bucket, tmp_path: Path) -> None:
    from mixpanel_export.directory.object_store import open_objects

    (tmp_path / "long").write_bytes(os.urandom(1 << 20) * 20)
    objects = open_objects(container.url, retry=RetryPolicy(attempts=1))
    objects.upload("long", tmp_path / "long")
    assert b"".join(objects.chunks("long")) == (tmp_path / "long").read_bytes()


def test_killed_exports_are_taken_over(sandbox: Sandbox, shop: MixpanelClient, container: Bucket) -> None:
    """The lock of a process of this machine that is gone does not make the next one wait."""
    wanted, complete = expected(shop, *LONG), 0
    for part in ("events_", "manifest", ".lock"):
        process = exporting(sandbox, container)
        wait_for(container, part)
        kill(process)
        if "manifest.json" in container.names():
            found = container.lines(gzipped, stray=True)
            assert found <= wanted
            assert complete <= found.total()
            complete = found.total()
    shop.export.to_directory(container.url, *LONG)
    assert container.lines(gzipped) == wanted


def test_second_process_is_refused(sandbox: Sandbox, shop: MixpanelClient, container: Bucket) -> None:
    sandbox.faults.add(Fault.stall(), path="/export")
    first = exporting(sandbox, container)
    try:
        wait_for(container, ".lock")
        for overwrite in (False, True):
            with pytest.raises(DirectoryBusyError, match=f"process {first.pid} on "):
                shop.export.to_directory(container.url, *LONG, overwrite=overwrite)
    finally:
        kill(first)
    shop.export.to_directory(container.url, *LONG)
    assert container.lines(gzipped) == expected(shop, *LONG)


@pytest.mark.parametrize("status", [429, 500, 503, LOST])
def test_throttled_requests_are_repeated(
    status: int, sandbox: Sandbox, container: Bucket, refuse: list[Refusal]
) -> None:
    numbers, lock = itertools.count(1), threading.Lock()

    def refusal(method: str, path: str) -> int | None:
        with lock:
            return status if next(numbers) % 3 == 0 else None

    refuse.append(refusal)
    retry = RetryPolicy(attempts=8, initial_wait=0.01, max_wait=0.05)
    with client_of(sandbox, retry=retry) as client:
        client.export.to_directory(container.url, *RANGE, slice_days=2)
        assert container.lines(gzipped) == expected(client, *RANGE)


def test_lost_lock_ends_the_export(sandbox: Sandbox, shop: MixpanelClient, container: Bucket) -> None:
    """Another process has replaced the lock: its objects and its lock are left alone."""
    theirs = b'{"owner": "process 7 on elsewhere", "token": "theirs", "machine": "m", "pid": 7, "beat": 1}'

    def take_over(progress: object) -> None:
        container.write(".lock", theirs)

    # This run may end before its next renewal, which would notice; it leaves the lock alone in any case.
    with contextlib.suppress(DirectoryBusyError):
        shop.export.to_directory(container.url, *RANGE, slice_days=5, progress=take_over)
    with pytest.raises(DirectoryBusyError, match="process 7 on elsewhere"):
        shop.export.to_directory(container.url, *RANGE, slice_days=5)
    assert container.read(".lock") == theirs
    container.remove(".lock")
    shop.export.to_directory(container.url, *RANGE)
    assert container.lines(gzipped) == expected(shop, *RANGE)


def test_changed_manifests_are_not_replaced(shop: MixpanelClient, container: Bucket) -> None:
    theirs: list[bytes] = []

    def meddle(progress: object) -> None:
        if not theirs:
            theirs.append(container.read("manifest.json") + b"\n")
            container.write("manifest.json", theirs[0])

    with pytest.raises(DirectoryBusyError, match="changed by another process"):
        shop.export.to_directory(container.url, *DAY, progress=meddle)
    assert container.read("manifest.json") == theirs[0]


@pytest.mark.parametrize("status", [412, 501])
def test_refused_conditional_writes_are_named(
    status: int, shop: MixpanelClient, container: Bucket, refuse: list[Refusal]
) -> None:
    refuse.append(lambda method, path: status if method == "PUT" else None)
    with pytest.raises(DestinationError, match="conditional writes"):
        shop.export.to_directory(container.url, *DAY)
    assert container.names() == set()


def test_locks_that_cannot_be_released_do_no_harm(
    shop: MixpanelClient, container: Bucket, refuse: list[Refusal]
) -> None:
    is_over = False

    def refusal(method: str, path: str) -> int | None:
        nonlocal is_over
        is_over |= "manifest.json" in path and method == "PUT"
        return 503 if is_over and method in {"DELETE", "POST"} else None

    refuse.append(refusal)
    shop.export.to_directory(container.url, *DAY)
    assert ".lock" in container.names()
    refuse.clear()
    assert shop.export.to_directory(container.url, *DAY).fetched == 0
    assert ".lock" not in container.names()


def test_errors_name_the_container_and_no_key(
    shop: MixpanelClient, container: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheme = container.url.partition("://")[0]
    with pytest.raises(DestinationError, match="no such bucket or container"):
        shop.export.to_directory(f"{scheme}://nowhere-at-all/x", *DAY)
    if scheme == "az":
        wrong = "d3Jvbmc" + KEY[7:]
        monkeypatch.setenv("AZURE_STORAGE_ACCOUNT_KEY", wrong)
        with pytest.raises(DestinationError, match="credentials") as caught:
            shop.export.to_directory(container.url, *DAY)
        assert wrong not in str(caught.value)


def test_scratch_is_removed(shop: MixpanelClient, container: Bucket, scratch: Path) -> None:
    shop.export.to_directory(container.url, *RANGE)
    assert list(scratch.iterdir()) == []
    assert tempfile.gettempdir() == str(scratch)
