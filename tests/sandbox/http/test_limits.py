"""Request limits: Mixpanel's by default, adjustable, and counted."""

from __future__ import annotations

import datetime
import threading
import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime

import httpx
import pytest

from mixpanel_export.sandbox import Fault, Limits, Quota, Sandbox
from mixpanel_export.sandbox.http.limits import Limiter, family_of
from tests.sandbox.conftest import DAY

EXPORT, FUNNELS = "/api/2.0/export", "/api/query/funnels/list"


class Clock:
    """Seconds that pass only when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def client_of(sandbox: Sandbox) -> httpx.Client:
    return httpx.Client(
        timeout=60,
        base_url=sandbox.url,
        auth=sandbox.auth,
        params={"project_id": sandbox.credentials.project_id},
        verify=False,
    )


@pytest.fixture
def limited() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


class TestLimiter:
    def test_the_default_limits_are_mixpanels(self, clock: Clock) -> None:
        limiter = Limiter(Limits.mixpanel(), clock)
        refused = []
        for _ in range(4):
            refused.append(limiter.enter("export"))
        assert refused[:3] == [None] * 3
        assert refused[3] is not None
        assert refused[3].limit == "per_second"
        running = [limiter.enter("query") for _ in range(6)]
        assert running[:5] == [None] * 5
        assert running[5] is not None
        assert running[5].limit == "at_once"
        assert limiter.violations == {"per_hour": 0, "per_second": 1, "at_once": 1}
        assert limiter.most_at_once == {"export": 3, "query": 5, "app": 0, "schemas": 0}
        schemas = [limiter.enter("schemas") for _ in range(6)]
        assert schemas[:5] == [None] * 5
        assert schemas[5] is not None
        assert schemas[5].limit == "per_minute"
        assert limiter.violations["per_minute"] == 1

    def test_an_hour_slides(self, clock: Clock) -> None:
        limiter = Limiter(Limits(query=Quota(per_hour=2)), clock)
        assert limiter.enter("query") is None
        clock.now += 1800
        assert limiter.enter("query") is None
        clock.now += 1799
        excess = limiter.enter("query")
        assert excess is not None
        assert excess.limit == "per_hour"
        assert excess.retry_after == pytest.approx(1)
        assert "2 queries per hour" in excess.message
        clock.now += 1.5
        assert limiter.enter("query") is None
        assert limiter.enter("query") is not None

    def test_a_second_slides(self, clock: Clock) -> None:
        limiter = Limiter(Limits(export=Quota(per_second=3)), clock)
        outcomes = []
        for _ in range(12):
            outcomes.append(limiter.enter("export") is None)
            clock.now += 0.25
        assert outcomes == [True, True, True, False] * 3

    def test_refused_calls_do_not_count(self, clock: Clock) -> None:
        limiter = Limiter(Limits(export=Quota(per_second=1)), clock)
        assert limiter.enter("export") is None
        for _ in range(10):
            clock.now += 0.09
            assert limiter.enter("export") is not None
        clock.now += 0.11
        assert limiter.enter("export") is None

    def test_calls_at_once_are_those_not_yet_answered(self, clock: Clock) -> None:
        limiter = Limiter(Limits(query=Quota(concurrent=1)), clock)
        assert limiter.enter("query") is None
        assert limiter.enter("query") is not None
        limiter.leave("query")
        assert limiter.enter("query") is None

    def test_families_do_not_share(self, clock: Clock) -> None:
        one = Quota(per_hour=1)
        limiter = Limiter(Limits(export=one, query=one, app=one), clock)
        assert [limiter.enter(family) for family in ("export", "query", "app")] == [None] * 3

    def test_changed_limits_keep_earlier_requests(self, clock: Clock) -> None:
        limiter = Limiter(None, clock)
        for _ in range(5):
            assert limiter.enter("query") is None
        limiter.limits = Limits(query=Quota(per_hour=5))
        assert limiter.enter("query") is not None
        limiter.limits = Limits(query=Quota(per_hour=6))
        assert limiter.enter("query") is None
        limiter.forget()
        assert limiter.violations["per_hour"] == 0
        assert limiter.enter("query") is None

    def test_threads_get_no_more_than_is_allowed(self, clock: Clock) -> None:
        limiter = Limiter(Limits(query=Quota(per_hour=100)), clock)
        allowed: list[bool] = []

        def ask() -> None:
            allowed.extend(limiter.enter("query") is None for _ in range(50))

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(allowed) == 100
        assert limiter.violations["per_hour"] == 300

    @pytest.mark.parametrize(
        "wrong",
        [
            lambda: Quota(per_hour=0),
            lambda: Limits(hour_seconds=0),
            lambda: Limits(retry_after="never"),  # type: ignore[arg-type]
        ],
    )
    def test_invalid_arguments_are_refused(self, wrong: Callable[[], object]) -> None:
        with pytest.raises(ValueError):
            wrong()

    @pytest.mark.parametrize(
        ("path", "family"),
        [
            ("/api/2.0/export", "export"),
            ("/api/2.0/export/", "export"),
            ("/api/2.0/engage", "query"),
            ("/api/query/insights", "query"),
            ("/api/app/projects/1/annotations", "app"),
        ],
    )
    def test_a_path_belongs_to_a_family(self, path: str, family: str) -> None:
        assert family_of(path) == family


class TestRefusal:
    def test_a_sandbox_keeps_the_limits_unless_told_otherwise(self, limited: Sandbox) -> None:
        with client_of(limited) as client:
            statuses = [client.get(EXPORT, params=DAY).status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        assert limited.requests.violations["per_second"] == 1
        assert limited.requests[-1].refused_by == "per_second"

    def test_the_61st_query_of_an_hour_is_refused_in_mixpanels_shape(self, limited: Sandbox) -> None:
        with client_of(limited) as client:
            statuses = {client.get(FUNNELS).status_code for _ in range(60)}
            refused = client.get(FUNNELS)
            older = client.get("/api/2.0/funnels/list")
        assert statuses == {200}
        assert refused.status_code == older.status_code == 429
        assert refused.json()["status"] == "error"
        assert "60 queries per hour" in refused.json()["error"]
        assert older.json()["request"].startswith("/api/2.0/funnels/list")
        assert "retry-after" not in refused.headers

    def test_the_sixth_query_at_once_is_refused(self, limited: Sandbox) -> None:
        limited.faults.add(Fault.hang(), times=5)
        with client_of(limited) as client:

            def ask() -> None:
                with pytest.raises(httpx.TransportError):
                    client.get(FUNNELS)

            threads = [threading.Thread(target=ask) for _ in range(5)]
            for thread in threads:
                thread.start()
            while limited.requests.most_at_once["query"] < 5:
                time.sleep(0.005)
            assert client.get(FUNNELS).status_code == 429
            limited.stop()
            for thread in threads:
                thread.join()
        assert limited.requests.violations["at_once"] == 1

    def test_a_client_that_hangs_up_frees_its_place(self) -> None:
        with Sandbox(limits=Limits(query=Quota(concurrent=1))) as sandbox, client_of(sandbox) as client:
            sandbox.faults.add(Fault.hang())
            with pytest.raises(httpx.ReadTimeout):
                client.get(FUNNELS, timeout=httpx.Timeout(60, read=0.1))
            while client.get(FUNNELS).status_code == 429:
                time.sleep(0.01)
            assert sandbox.requests.most_at_once["query"] == 1

    def test_sequential_calls_are_never_concurrent(self) -> None:
        with Sandbox(limits=Limits(export=Quota(concurrent=1))) as sandbox, client_of(sandbox) as client:
            statuses = {client.get(EXPORT, params=DAY).status_code for _ in range(30)}
            assert statuses == {200}
            assert sandbox.requests.most_at_once["export"] == 1

    @pytest.mark.parametrize("form", ["seconds", "date"])
    def test_retry_after_may_be_told(self, form: str) -> None:
        limits = Limits(query=Quota(per_hour=1), retry_after=form)  # type: ignore[arg-type]
        with Sandbox(limits=limits) as sandbox, client_of(sandbox) as client:
            client.get(FUNNELS)
            told = client.get(FUNNELS).headers["retry-after"]
        if form == "seconds":
            assert 3500 <= int(told) <= 3600
        else:
            ahead = parsedate_to_datetime(told) - datetime.datetime.now(datetime.UTC)
            assert 3500 <= ahead.total_seconds() <= 3602

    def test_limits_change_and_reset_while_running(self, limited: Sandbox) -> None:
        with client_of(limited) as client:
            limited.limits = Limits(query=Quota(per_hour=1))
            assert [client.get(FUNNELS).status_code for _ in range(2)] == [200, 429]
            limited.reset()
            assert client.get(FUNNELS).status_code == 200
            limited.limits = None
            assert {client.get(FUNNELS).status_code for _ in range(5)} == {200}
        assert limited.limits is None

    def test_a_refusal_uses_up_no_fault(self) -> None:
        with (
            Sandbox(limits=Limits(query=Quota(per_hour=1))) as sandbox,
            client_of(sandbox) as client,
        ):
            client.get(FUNNELS)
            sandbox.faults.add(Fault.status(503))
            assert client.get(FUNNELS).status_code == 429
            sandbox.limits = None
            assert client.get(FUNNELS).status_code == 503
