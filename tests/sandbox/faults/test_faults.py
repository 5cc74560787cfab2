"""Injected faults, as a client sees them on the wire."""

from __future__ import annotations

import base64
import datetime
import gzip
import json
import math
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode

import attrs
import httpx
import pytest

from mixpanel_export import MixpanelClient
from mixpanel_export.errors import IncompleteExportError, InvalidArgumentError
from mixpanel_export.http.retry import RetryPolicy
from mixpanel_export.sandbox import Fault, FaultSchedule, Sandbox
from tests.sandbox.conftest import DAY

EXPORT = "/api/2.0/export"


@pytest.fixture(scope="module")
def broken() -> Iterator[Sandbox]:
    with Sandbox(limits=None) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def clean(broken: Sandbox) -> Iterator[None]:
    yield
    broken.bandwidth = None
    broken.reset()


@pytest.fixture
def plain(broken: Sandbox) -> Iterator[httpx.Client]:
    with client_of(broken, "identity") as client:
        yield client


@pytest.fixture
def gzipped(broken: Sandbox) -> Iterator[httpx.Client]:
    with client_of(broken, "gzip") as client:
        yield client


@pytest.fixture
def day(plain: httpx.Client) -> bytes:
    """Return the complete, undamaged response."""
    return export(plain).content


def client_of(sandbox: Sandbox, encoding: str) -> httpx.Client:
    return httpx.Client(
        timeout=60,
        base_url=sandbox.url,
        auth=sandbox.auth,
        params={"project_id": sandbox.credentials.project_id},
        headers={"Accept-Encoding": encoding},
        # Loading certificates takes longer than anything here.
        verify=False,
    )


def export(client: httpx.Client) -> httpx.Response:
    return client.get(EXPORT, params=DAY)


def raw_export(client: httpx.Client) -> bytes:
    """Return the body as sent, without decompressing it."""
    with client.stream("GET", EXPORT, params=DAY) as answer:
        return b"".join(answer.iter_raw())


def conversation(sandbox: Sandbox) -> tuple[bytes, type[Exception] | None]:
    """Return all bytes of a response, and how the connection ended: None for a clean end."""
    host, port = sandbox.url.removeprefix("http://").split(":")
    credentials = sandbox.credentials
    basic = base64.b64encode(f"{credentials.username}:{credentials.secret}".encode()).decode()
    target = f"{EXPORT}?{urlencode(DAY | {'project_id': str(credentials.project_id)})}"
    request = f"GET {target} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Basic {basic}\r\n\r\n"
    received = b""
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(request.encode())
        try:
            while data := connection.recv(65536):
                received += data
        except ConnectionResetError as error:
            return received, type(error)
    return received, None


class TestOtherAnswers:
    def test_a_status_with_mixpanels_shape(self, broken: Sandbox, plain: httpx.Client) -> None:
        broken.faults.add(Fault.status(503))
        answer = export(plain)
        assert answer.status_code == 503
        assert answer.json() == {"error": "Service Unavailable", "status": "error"}

    @pytest.mark.parametrize(
        ("body", "media_type"),
        [
            ("<html>Bad gateway</html>", "text/html"),
            ("plainly wrong", "text/plain"),
            ({"error": "no"}, "application/json"),
        ],
    )
    def test_a_body_is_text_a_page_or_json(
        self, broken: Sandbox, plain: httpx.Client, body: str | dict[str, str], media_type: str
    ) -> None:
        broken.faults.add(Fault.status(520, body, headers={"X-Cache": "miss"}))
        answer = export(plain)
        assert answer.status_code == 520
        assert answer.headers["content-type"].startswith(media_type)
        assert answer.headers["x-cache"] == "miss"
        assert answer.text == body if isinstance(body, str) else answer.json() == body

    def test_a_page_and_an_error_with_status_200(self, broken: Sandbox, plain: httpx.Client) -> None:
        broken.faults.add(Fault.html(), Fault.error("Unknown project"), Fault.empty())
        page, error, nothing = export(plain), export(plain), export(plain)
        assert (page.status_code, error.status_code, nothing.status_code) == (200, 200, 200)
        assert page.text.startswith("<!DOCTYPE html>")
        assert error.json()["error"] == "Unknown project"
        assert nothing.content == b""

    def test_too_many_requests_with_and_without_retry_after(
        self, broken: Sandbox, plain: httpx.Client
    ) -> None:
        broken.faults.add(Fault.rate_limited(), Fault.rate_limited(7), Fault.rate_limited(60, as_date=True))
        without, seconds, date = export(plain), export(plain), export(plain)
        assert {without.status_code, seconds.status_code, date.status_code} == {429}
        assert "retry-after" not in without.headers
        assert seconds.headers["retry-after"] == "7"
        when = parsedate_to_datetime(date.headers["retry-after"])
        assert 50 < (when - datetime.datetime.now(datetime.UTC)).total_seconds() < 61

    def test_no_credentials_are_needed_to_be_refused_so(self, broken: Sandbox) -> None:
        broken.faults.add(Fault.status(502))
        assert httpx.get(broken.url + EXPORT, verify=False, timeout=60).status_code == 502

    def test_a_status_without_a_body(self, broken: Sandbox, plain: httpx.Client) -> None:
        broken.faults.add(Fault.status(204))
        assert export(plain).status_code == 204


class TestDamagedBodies:
    @pytest.mark.parametrize("at", [0.0, 0.5, 0.99, 1.0])
    @pytest.mark.parametrize("text", ["terminated early", "export terminated early"])
    def test_terminated_early_follows_whole_events_and_ends_cleanly(
        self, broken: Sandbox, gzipped: httpx.Client, day: bytes, at: float, text: str
    ) -> None:
        broken.faults.add(Fault.terminated_early(at, text))
        body = export(gzipped).content
        events, line = body[: -len(text) - 1], body[-len(text) - 1 :]
        assert line == text.encode() + b"\n"
        assert day.startswith(events)
        assert events == b"" or events.endswith(b"\n")
        assert abs(len(events) - at * len(day)) < 2000

    @pytest.mark.parametrize("at", [0.0, 0.5, 0.99, 1.0])
    def test_half_a_line_ends_cleanly(
        self, broken: Sandbox, gzipped: httpx.Client, day: bytes, at: float
    ) -> None:
        broken.faults.add(Fault.half_line(at))
        body = export(gzipped).content
        assert day.startswith(body)
        last = body.rpartition(b"\n")[2]
        assert last.startswith(b"{")
        with pytest.raises(ValueError):
            json.loads(last)
        assert abs(len(body) - at * len(day)) < 2000

    def test_every_place_for_half_a_line_is_within_one(
        self, broken: Sandbox, plain: httpx.Client, day: bytes
    ) -> None:
        first_line = day.index(b"\n") + 1
        for place in range(first_line - 3, first_line + 3):
            broken.faults.add(Fault.half_line((place + 0.5) / len(day)))
            last = export(plain).content.rpartition(b"\n")[2]
            with pytest.raises(ValueError):
                json.loads(last)

    def test_a_wrong_line_is_among_the_right_ones(
        self, broken: Sandbox, plain: httpx.Client, day: bytes
    ) -> None:
        broken.faults.add(Fault.wrong_line("oops", at=0.3))
        lines = export(plain).content.split(b"\n")
        number = lines.index(b"oops")
        assert 0 < number < len(lines) - 2
        assert b"\n".join(lines[:number] + lines[number + 1 :]) == day

    @pytest.mark.parametrize("at", [0.1, 0.5, 0.99])
    def test_gzip_is_truncated_and_http_is_not(
        self, broken: Sandbox, gzipped: httpx.Client, day: bytes, at: float
    ) -> None:
        whole = raw_export(gzipped)
        assert gzip.decompress(whole) == day
        broken.faults.add(Fault.truncated_gzip(at))
        body = raw_export(gzipped)
        assert whole.startswith(body)
        assert len(body) == int(at * len(whole))
        inflater = zlib.decompressobj(wbits=31)
        assert day.startswith(inflater.decompress(body))
        assert not inflater.eof

    def test_a_report_is_damaged_as_well(self, broken: Sandbox, plain: httpx.Client) -> None:
        broken.faults.add(Fault.half_line())
        answer = plain.get("/api/query/funnels/list")
        assert answer.status_code == 200
        with pytest.raises(ValueError):
            answer.json()

    def test_the_client_notices_each_of_them(self, broken: Sandbox) -> None:
        faults = (Fault.terminated_early(), Fault.half_line(0.7), Fault.truncated_gzip(0.9))
        for fault in faults:
            broken.faults.clear()
            broken.faults.add(fault, times=None)
            with (
                MixpanelClient(
                    broken.auth,
                    project_id=broken.credentials.project_id,
                    base_url=broken.url,
                    retry=RetryPolicy(attempts=1),
                ) as client,
                pytest.raises(IncompleteExportError),
            ):
                list(client.export.events("2024-02-29", "2024-02-29"))


class TestBrokenConnections:
    def test_reset_before_the_headers(self, broken: Sandbox) -> None:
        broken.faults.add(Fault.reset())
        assert conversation(broken) == (b"", ConnectionResetError)

    def test_closed_before_the_headers(self, broken: Sandbox) -> None:
        broken.faults.add(Fault.close(at=None))
        assert conversation(broken) == (b"", None)

    @pytest.mark.parametrize("at", [0.0, 0.5, 0.99])
    @pytest.mark.parametrize("ending", [ConnectionResetError, None])
    def test_broken_at_a_share_of_the_body(
        self, broken: Sandbox, day: bytes, at: float, ending: type[Exception] | None
    ) -> None:
        broken.faults.add(Fault.reset(at) if ending else Fault.close(at))
        received, error = conversation(broken)
        assert error is ending
        head, _, chunks = received.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
        assert not chunks.endswith(b"0\r\n\r\n")
        assert abs(len(chunks) - at * len(day)) < 100

    def test_httpx_says_so(self, broken: Sandbox, plain: httpx.Client) -> None:
        broken.faults.add(Fault.reset(0.5), Fault.close(0.5))
        with pytest.raises(httpx.ReadError):
            export(plain)
        with pytest.raises(httpx.RemoteProtocolError):
            export(plain)

    def test_a_request_answered_by_a_reset_was_carried_out(
        self, broken: Sandbox, plain: httpx.Client
    ) -> None:
        annotations = f"/api/app/projects/{broken.credentials.project_id}/annotations"
        broken.faults.add(Fault.reset(), method="post")
        before = len(plain.get(annotations).json()["results"])
        with pytest.raises(httpx.TransportError):
            plain.post(annotations, json={"date": "2024-01-01 00:00:00", "description": "lost"})
        assert len(plain.get(annotations).json()["results"]) == before + 1


class TestSlowness:
    def test_a_delay_comes_before_the_first_byte(
        self, broken: Sandbox, plain: httpx.Client, day: bytes
    ) -> None:
        broken.faults.add(Fault.delay(0.3))
        began = time.perf_counter()
        with plain.stream("GET", EXPORT, params=DAY) as answer:
            assert time.perf_counter() - began >= 0.3
            assert answer.read() == day

    def test_a_stall_stands_in_the_body(self, broken: Sandbox, plain: httpx.Client, day: bytes) -> None:
        broken.faults.add(Fault.stall(0.6))
        pauses: list[tuple[float, int]] = []
        received, last = 0, time.perf_counter()
        with plain.stream("GET", EXPORT, params=DAY) as answer:
            for chunk in answer.iter_raw():
                pauses.append((time.perf_counter() - last, received))
                received, last = received + len(chunk), time.perf_counter()
        assert any(pause >= 0.25 and abs(at - len(day) / 2) < 2 for pause, at in pauses)
        assert received == len(day)

    @pytest.mark.parametrize("fault", [Fault.hang(), Fault.stall()])
    def test_for_ever_is_until_the_client_gives_up(
        self, broken: Sandbox, plain: httpx.Client, fault: Fault
    ) -> None:
        broken.faults.add(fault)
        with pytest.raises(httpx.ReadTimeout):
            plain.get(EXPORT, params=DAY, timeout=httpx.Timeout(60, read=0.2))
        assert export(plain).status_code == 200

    def test_for_ever_does_not_outlast_the_sandbox(self) -> None:
        sandbox = Sandbox().start()
        sandbox.faults.add(Fault.hang())
        with client_of(sandbox, "identity") as client:
            errors: list[Exception] = []

            def ask() -> None:
                try:
                    export(client)
                except httpx.TransportError as error:
                    errors.append(error)

            thread = threading.Thread(target=ask)
            thread.start()
            while not sandbox.requests:
                time.sleep(0.005)
            sandbox.stop()
            thread.join()
            assert errors

    @pytest.mark.slow
    def test_bandwidth_is_that_of_one_connection(
        self, broken: Sandbox, plain: httpx.Client, day: bytes
    ) -> None:
        broken.bandwidth = len(day) / 1.0
        took: list[float] = []

        def measure() -> None:
            with client_of(broken, "identity") as client:
                began = time.perf_counter()
                assert export(client).content == day
                took.append(time.perf_counter() - began)

        threads = [threading.Thread(target=measure) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(took) == 8
        assert min(took) > 0.8
        assert min(took) < 7, "they share the bandwidth"

    def test_a_fault_slows_a_single_response(self, broken: Sandbox, plain: httpx.Client, day: bytes) -> None:
        broken.faults.add(Fault.bandwidth(len(day) / 0.3))
        began = time.perf_counter()
        assert export(plain).content == day
        slow = time.perf_counter() - began
        assert slow > 0.25
        assert broken.faults.pending == []

    def test_faults_combine(self, broken: Sandbox, plain: httpx.Client, day: bytes) -> None:
        broken.faults.add(attrs.evolve(Fault.close(at=0.5), wait=0.2, rate=len(day) * 2))
        began = time.perf_counter()
        with pytest.raises(httpx.RemoteProtocolError):
            export(plain)
        assert time.perf_counter() - began > 0.4


class TestScript:
    def test_faults_come_in_their_order_and_are_used_up(self) -> None:
        faults = FaultSchedule()
        one, two = Fault.status(500), Fault.reset()
        faults.add(one, None, two, times=2)
        taken = [faults.take("GET", "/x") for _ in range(7)]
        assert taken == [one, None, two, one, None, two, None]
        assert faults.pending == []

    def test_for_ever_is_until_cleared(self) -> None:
        faults = FaultSchedule()
        faults.add(Fault.status(500), times=None)
        assert all(faults.take("GET", "/x") for _ in range(100))
        assert faults.pending[0].met == 100
        faults.clear()
        assert faults.take("GET", "/x") is None

    @pytest.mark.parametrize(
        ("pattern", "path", "matches"),
        [
            ("*", "/api/2.0/export", True),
            ("/export", "/api/2.0/export", True),
            ("/export", "/api/2.0/export/", True),
            ("/export/", "/api/2.0/export", True),
            ("/api/2.0/export", "/api/2.0/export", True),
            ("/export", "/api/query/reexport", False),
            ("/export", "/api/2.0/export/more", False),
            ("/segmentation*", "/api/query/segmentation/sum", True),
            ("/api/query/*", "/api/query/funnels", True),
            ("/api/query/*", "/api/2.0/funnels", False),
        ],
    )
    def test_a_path_is_the_end_of_one(self, pattern: str, path: str, matches: bool) -> None:
        faults = FaultSchedule()
        faults.add(Fault.reset(), path=pattern)
        assert (faults.take("GET", path) is not None) is matches

    def test_the_first_rule_that_is_for_a_request_is_the_one(self) -> None:
        faults = FaultSchedule()
        faults.add(Fault.status(500), path="/export")
        faults.add(Fault.status(501))
        faults.add(Fault.status(502), path="/export")
        assert [
            fault and fault.answer and fault.answer.status
            for fault in (
                faults.take("GET", "/api/query/engage"),
                faults.take("GET", "/api/2.0/export"),
                faults.take("GET", "/api/2.0/export"),
                faults.take("GET", "/api/2.0/export"),
            )
        ] == [501, 500, 502, None]

    def test_a_method_may_be_asked_for(self) -> None:
        faults = FaultSchedule()
        faults.add(Fault.reset(), method="post")
        assert faults.take("GET", "/x") is None
        assert faults.take("POST", "/x") == Fault.reset()

    def test_invalid_arguments_are_refused(self) -> None:
        faults = FaultSchedule()
        for wrong in (
            faults.add,
            lambda: faults.add(Fault.reset(), times=0),
            lambda: faults.add(Fault.reset(), path="export"),
            lambda: Fault.status(99),
            lambda: Fault.delay(-1),
            lambda: Fault.delay(math.nan),
            lambda: Fault.reset(at=1.5),
            lambda: Fault.bandwidth(0),
            lambda: Fault.half_line(at=None),  # type: ignore[arg-type]
        ):
            with pytest.raises(InvalidArgumentError):
                wrong()


class TestLog:
    def test_requests_are_logged_with_their_outcome(self, broken: Sandbox, plain: httpx.Client) -> None:
        broken.faults.add(Fault.status(503))
        export(plain)
        export(plain)
        plain.get("/api/query/nothing")
        asked = [(each.method, each.path, each.status) for each in broken.requests]
        assert asked == [("GET", EXPORT, 503), ("GET", EXPORT, 200), ("GET", "/api/query/nothing", 404)]
        assert broken.requests[0].fault == Fault.status(503)
        assert broken.requests[1].fault is None
        assert dict(broken.requests[-1].query)["project_id"] == str(broken.credentials.project_id)
        assert broken.requests[0].time.tzinfo is not None

    def test_the_log_holds_no_secrets(self, broken: Sandbox) -> None:
        credentials = broken.credentials
        auth = credentials.signature()
        httpx.get(
            broken.url + EXPORT, params={**DAY, "x": credentials.secret}, auth=auth, verify=False, timeout=60
        )
        entry = broken.requests[-1]
        assert entry.status == 200
        assert {name for name, _ in entry.query} == {"from_date", "to_date", "x"}
        assert credentials.secret not in repr(entry)

    def test_a_request_without_response_has_no_status(self, broken: Sandbox, plain: httpx.Client) -> None:
        broken.faults.add(Fault.reset())
        with pytest.raises(httpx.TransportError):
            export(plain)
        assert broken.requests[-1].status is None
