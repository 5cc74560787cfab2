"""Machines that share a budget in Redis: no request over a limit, and none lost with a killed process."""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mixpanel_export import (
    BudgetExhaustedError,
    ConfigurationError,
    Limits,
    MixpanelError,
    Quota,
    RedisBudgetStore,
    Refused,
    StoredLease,
)
from mixpanel_export.sandbox import Sandbox
from tests.wire_server import client_of

pytest.importorskip("redis")
pytestmark = pytest.mark.skipif(shutil.which("redis-server") is None, reason="needs Debian's redis-server")

DAY = "2024-01-01"
WINDOWS = [(3, 1.1), (60, 3602.0)]
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Start a Redis without a file of its own; return its URL."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [
        "redis-server",
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--requirepass",
        "hush",
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            for _ in range(200):
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except ConnectionRefusedError:
                    time.sleep(0.05)
            yield f"redis://:hush@127.0.0.1:{port}/0"
        finally:
            process.terminate()


@pytest.fixture
def url(server: str) -> str:
    import redis

    redis.Redis.from_url(server).flushall()
    return server


MACHINE = """
import sys
from mixpanel_export import Limits, MixpanelClient, RetryPolicy, ServiceAccountAuth

base_url, redis_url, username, secret, count = sys.argv[1:]
limits = Limits(shared=redis_url, max_wait=100)
auth = ServiceAccountAuth(username, secret)
options = {"project_id": 1234567, "base_url": base_url, "limits": limits, "retry": RetryPolicy(attempts=1)}
with MixpanelClient(auth, **options) as client:
    for _ in range(int(count)):
        for event in client.export.events("2024-01-01", "2024-01-01"):
            pass
print("done", flush=True)
"""


def machine(sandbox: Sandbox, url: str, folder: Path, count: int) -> subprocess.Popen[str]:
    """Start a process with a temporary folder of its own, as on another machine."""
    folder.mkdir()
    account = sandbox.credentials
    arguments = [sandbox.url, url, account.username, account.secret, str(count)]
    environment = {**os.environ, "TMPDIR": str(folder), "PYTHONPATH": f"{ROOT}:{ROOT / 'generated'}"}
    return subprocess.Popen(
        [sys.executable, "-c", MACHINE, *arguments],
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.mark.slow
def test_four_machines_send_no_request_over_a_limit(url: str, tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        machines = [machine(sandbox, url, tmp_path / str(number), 14) for number in range(4)]
        outputs = [process.communicate(timeout=110) for process in machines]
        assert [output for output, _ in outputs] == ["done\n"] * 4, outputs
        statuses = [request.status for request in sandbox.requests if request.path.endswith("/export")]
        assert statuses == [200] * 56
        limits = Limits(shared=url, max_wait=0)
        with client_of(sandbox, limits=limits) as client:
            plan = client.export.plan(DAY, DAY)
            assert (plan.used, plan.fits_budget()) == (56, True)
            time.sleep(1.3)
            assert not client.export.plan("2024-01-01", "2024-01-05", slice_days=1).fits_budget()
            for _ in range(4):
                list(client.export.events(DAY, DAY))
                time.sleep(0.5)
            with pytest.raises(BudgetExhaustedError, match="60 an hour, which machines share") as caught:
                list(client.export.events(DAY, DAY))
            assert caught.value.frees_in > 3000


@pytest.mark.slow
def test_leases_of_killed_processes_end(url: str) -> None:
    hold = (
        "import sys, time; from mixpanel_export import RedisBudgetStore\n"
        "store = RedisBudgetStore(sys.argv[1], lease=1.0)\n"
        "print(store.try_begin('k', [], 1), flush=True)\n"
        "time.sleep(100)"
    )
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'generated'}"}
    store = RedisBudgetStore(url, lease=1.0)
    with subprocess.Popen(
        [sys.executable, "-c", hold, url], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert "StoredLease" in process.stdout.readline()
        # Its heartbeat renews the lease.
        time.sleep(2.5)
        assert store.try_begin("k", [], 1) == Refused("slots", 0.0)
        process.send_signal(signal.SIGKILL)
    until = time.monotonic() + 30
    while not isinstance(lease := store.try_begin("k", [], 1), StoredLease):
        assert time.monotonic() < until
        time.sleep(0.05)
    assert store.try_begin("k", [], 1) == Refused("slots", 0.0)
    lease.release()
    lease.release()
    assert isinstance(store.try_begin("k", [], 1), StoredLease)


def test_a_window_and_a_pause_hold_for_every_store(url: str) -> None:
    one, other = RedisBudgetStore(url), RedisBudgetStore(url)
    for store in (one, other, one):
        assert isinstance(store.try_begin("k", WINDOWS, 100), StoredLease)
    refused = other.try_begin("k", WINDOWS, 100)
    assert isinstance(refused, Refused)
    assert (refused.cause, refused.window) == ("window", 0)
    assert 0 < refused.seconds <= 1.1
    assert (one.used("k", WINDOWS), one.used("other", WINDOWS)) == (3, 0)
    one.pause("k", 100.0, 503, False)
    one.pause("k", 5.0, 429, False)
    paused = other.try_begin("k", WINDOWS, 100)
    assert isinstance(paused, Refused)
    assert (paused.cause, paused.status) == ("server", 503)
    assert 90 < paused.seconds <= 100


def test_a_short_window_forgets_nothing_that_another_counts(url: str) -> None:
    store, hour, day, second = RedisBudgetStore(url), [(3, 3602.0)], [(4, 86_400.0)], [(3, 0.05)]
    for _ in range(3):
        assert isinstance(store.try_begin("k", second, None), StoredLease)
    time.sleep(0.1)
    assert (store.used("k", second), store.used("k", hour)) == (0, 3)
    refused = store.try_begin("k", hour, None)
    assert isinstance(refused, Refused)
    assert refused.seconds > 3500
    assert isinstance(store.try_begin("k", day, None), StoredLease)
    store.pause("k", 0.001, 429, False)
    time.sleep(0.1)
    assert isinstance(store.try_begin("k", second, None), StoredLease)
    refused = store.try_begin("k", day, None)
    assert isinstance(refused, Refused)
    assert refused.seconds > 86_000
    import redis

    client = redis.Redis.from_url(url)
    for part in ("sent", "paused"):
        assert client.pttl(f"mixpanel-export:{{k}}:{part}") > 86_000_000, part


def test_a_store_travels_and_is_one_for_each_process(url: str) -> None:
    store = RedisBudgetStore(url, lease=7.0)
    travelled = pickle.loads(pickle.dumps(store))
    assert travelled is pickle.loads(pickle.dumps(store))
    assert isinstance(travelled.try_begin("k", [(1, 100.0)], None), StoredLease)
    assert isinstance(store.try_begin("k", [(1, 100.0)], None), Refused)
    with Sandbox() as sandbox, client_of(sandbox, limits=Limits(shared=store)) as client:
        (task,) = pickle.loads(pickle.dumps(client.export.slices(DAY, DAY)))
        assert task.to_arrow(layout="json").num_rows
        assert client.export.plan(DAY, DAY).used == 1


WRONG = (
    "redis://:hush/x@host/0",
    "redis://:hush#x@host/0",
    "redis://:hush?x@host/0",
    "redis://user:1/hush@host/0",
    "redis://user:1?hush@host",
    "redis://user:1#hush@host",
    "redis://:x@[hush",
    "redis://:[hush@host",
    "redis://:x@host:hush/0",
    "redis://:x@host/hush",
    "redis://:x@host:99999",
    "redis://:x@host/0?hush=1",
    "redis://:x@host/0?socket_timeout=hush",
    "redis://:x@host/0?protocol=9",
    "rediss://:x@host/0?ssl_cert_reqs=hush",
    "unix://",
)


def test_a_wrong_url_is_refused_at_once_and_not_quoted() -> None:
    for wrong in WRONG:
        for make in (lambda text: Limits(shared=text), RedisBudgetStore):
            with pytest.raises(ConfigurationError, match="URL of a Redis") as caught:
                make(wrong)
            assert caught.value.__context__ is None
            assert "hush" not in str(caught.value) + repr(caught.value.args), wrong
    for right in ("redis://", "redis://u:p%2Fw@[::1]:6379/3", "rediss://h/", "unix:///tmp/socket?db=2"):
        assert Limits(shared=right).shared == right


def test_an_option_that_decodes_answers_changes_nothing(url: str) -> None:
    store = RedisBudgetStore(f"{url}?decode_responses=true")
    assert isinstance(store.try_begin("k", WINDOWS, None), StoredLease)


def test_a_time_that_the_server_asked_for_lets_one_request_through(url: str) -> None:
    store = RedisBudgetStore(url)
    windows = [(2, 1000.0)]
    for _ in range(2):
        assert isinstance(store.try_begin("k", windows, None), StoredLease)
    store.pause("k", 0.2, 429, True)
    time.sleep(0.3)
    assert isinstance(store.try_begin("k", windows, None), StoredLease)
    refused = store.try_begin("k", windows, None)
    assert isinstance(refused, Refused)
    assert refused.cause == "window"


def test_limits_show_no_password_and_name_what_is_wrong(url: str) -> None:
    limits = Limits(shared=url)
    assert "hush" not in repr(limits) + repr(RedisBudgetStore(url))
    assert pickle.loads(pickle.dumps(limits)) == limits
    for wrong in ("http://:hush@host", "/tmp/file", 1):
        with pytest.raises(ConfigurationError, match="shared") as caught:
            Limits(shared=wrong)  # type: ignore[arg-type]
        assert "hush" not in str(caught.value)


def test_a_budget_that_cannot_be_counted_sends_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    limits = Limits(export=Quota(per_hour=60), shared=f"redis://:hush@127.0.0.1:{port}")
    with Sandbox() as sandbox, client_of(sandbox, limits=limits) as client:
        with pytest.raises(MixpanelError, match=f"redis://127.0.0.1:{port}") as caught:
            list(client.export.events(DAY, DAY))
        assert "hush" not in str(caught.value)
        assert not sandbox.requests
