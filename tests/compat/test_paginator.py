"""The paginator returns all pages or raises; never a partial list."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from mixpanel_export import MixpanelError
from mixpanel_export.compat import ConcurrentPaginator, MixpanelQueryClient, MixpanelQueryException
from mixpanel_export.compat.exceptions import HTTPError
from mixpanel_export.http.limits import MIXPANEL_LIMITS
from mixpanel_export.sandbox import Fault, Sandbox
from mixpanel_export.sandbox.http.limits import Limits
from tests.compat.conftest import Connect, sandbox_client
from tests.recording_server import Received, Reply, Server
from tests.waiting import HANGS, ends_soon

SIZE = 10


class Pages:
    """A paged call over the numbers below `total`."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.seconds = 0.02
        self.calls: list[dict[str, Any]] = []
        self.running = self.most_at_once = 0
        self._lock = threading.Lock()

    def __call__(self, **arguments: Any) -> dict[str, Any]:
        page = arguments.get("page") or 0
        with self._lock:
            self.calls.append(arguments)
            self.running += 1
            self.most_at_once = max(self.most_at_once, self.running)
        # Of concurrent calls, later pages return first.
        time.sleep(self.seconds / (page + 1))
        with self._lock:
            self.running -= 1
        return self.answer(page)

    def answer(self, page: int) -> dict[str, Any]:
        results = list(range(self.total))[page * SIZE : (page + 1) * SIZE]
        return {"page": page, "page_size": SIZE, "session_id": "s", "total": self.total, "results": results}


@pytest.mark.parametrize("total", [0, 1, 9, 10, 11, 95, 100, 101])
def test_pages_come_in_order(total: int) -> None:
    pages = Pages(total)
    assert ConcurrentPaginator(pages).fetch_all() == list(range(total))
    assert len(pages.calls) == max(1, -(-total // SIZE))


def test_calls_share_arguments_and_later_ones_the_session() -> None:
    pages = Pages(35)
    given = {"where": "x"}
    ConcurrentPaginator(pages, concurrency=2).fetch_all(given)
    first, *others = pages.calls
    assert first == given == {"where": "x"}
    assert sorted(others, key=lambda each: int(each["page"])) == [
        {"where": "x", "session_id": "s", "page": page} for page in (1, 2, 3)
    ]


def test_concurrency_is_how_many_threads_ask() -> None:
    pages = Pages(300)
    paginator = ConcurrentPaginator(pages, concurrency=3)
    paginator.fetch_all()
    assert paginator.concurrency == 3
    assert pages.most_at_once <= 3
    assert ConcurrentPaginator(pages).concurrency == 20


def test_a_failed_page_raises_without_waiting_for_the_others() -> None:
    hanging = threading.Event()

    class Failing(Pages):
        def answer(self, page: int) -> dict[str, Any]:
            if page == 3:
                raise OSError("gone")
            if page == 2:
                hanging.wait(HANGS)
            return super().answer(page)

    with ends_soon(), pytest.raises(OSError, match="gone"):
        ConcurrentPaginator(Failing(100)).fetch_all()
    hanging.set()


@pytest.mark.parametrize("lost", [{"results": []}, {}, {"error": "expired"}])
def test_a_page_without_results_is_an_error(lost: dict[str, Any]) -> None:
    class Losing(Pages):
        def answer(self, page: int) -> dict[str, Any]:
            return lost if page == 2 else super().answer(page)

    with pytest.raises(MixpanelQueryException, match="page 2"):
        ConcurrentPaginator(Losing(35)).fetch_all()


@pytest.mark.parametrize("missing", ["results", "total", "page_size", "page", "session_id"])
def test_a_malformed_first_page_is_an_error(missing: str) -> None:
    class Other(Pages):
        def answer(self, page: int) -> dict[str, Any]:
            return {name: value for name, value in super().answer(page).items() if name != missing}

    with pytest.raises(MixpanelQueryException, match=f"the first page has no '{missing}'"):
        ConcurrentPaginator(Other(35)).fetch_all()


@pytest.mark.slow
def test_a_client_runs_five_calls_at_once_for_any_thread_count(connect: Connect, server: Server) -> None:
    pages = Pages(300)
    pages.seconds = 0.4

    def reply(received: Received) -> Reply:
        return Reply(pages(page=int(received.query.get("page", 0))))

    server.reply = reply
    client = connect(limits=MIXPANEL_LIMITS)
    assert ConcurrentPaginator(client.get_engage).fetch_all() == list(range(300))
    assert pages.most_at_once == MIXPANEL_LIMITS.query.concurrent == 5


class TestAgainstASandbox:
    def test_every_profile_comes_once_within_mixpanels_limits(self) -> None:
        with Sandbox(limits=Limits.mixpanel()) as sandbox:
            keys = sandbox.credentials
            client = MixpanelQueryClient(keys.api_key, keys.api_secret, base_url=sandbox.url)
            profiles = ConcurrentPaginator(client.get_engage).fetch_all()
            total = client.get_engage()["total"]
            identities = [each["$distinct_id"] for each in profiles]
            assert len(identities) == len(set(identities)) == total > 1000
            assert not any(sandbox.requests.violations.values())
            assert all(concurrent <= 5 for concurrent in sandbox.requests.most_at_once.values())
            client.connection.close()

    def test_a_page_that_is_refused_leaves_no_gap(self) -> None:
        with Sandbox(limits=None) as sandbox:
            client = sandbox_client(sandbox)
            whole = ConcurrentPaginator(client.get_engage).fetch_all()
            sandbox.faults.add(Fault.status(429), Fault.status(503), Fault.reset(at=0.5), path="/engage")
            assert ConcurrentPaginator(client.get_engage).fetch_all() == whole
            for _ in range(20):
                sandbox.faults.add(Fault.status(500), path="/engage")
            with pytest.raises(HTTPError) as raised:
                ConcurrentPaginator(client.get_engage).fetch_all()
            assert isinstance(raised.value, MixpanelError)
            client.connection.close()
