"""Faults during a download: exactly the events, or an error that names the slice that failed.

Each fault happens on a real socket; afterwards the server responds properly.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mixpanel_export import (
    AsyncMixpanelClient,
    AuthenticationError,
    BadRequestError,
    Event,
    IncompleteExportError,
    Limits,
    MalformedEventError,
    MixpanelClient,
    Quota,
    RetryPolicy,
    ServiceAccountAuth,
    SliceFailedError,
)
from mixpanel_export.sandbox import Sandbox
from tests.wire_server import Script, Wire, answer

DAY = ("2024-01-01", "2024-01-01")
RECORDS = [
    {"event": "A", "properties": {"time": 1_704_067_200, "n": n, "distinct_id": f"u{n % 7}", "s": "\u2028"}}
    for n in range(500)
]
BODY = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in RECORDS).encode()
GZIP = gzip.compress(BODY)
AS_GZIP = ("Content-Type: text/plain", "Content-Encoding: gzip")
GOOD = answer(GZIP, headers=AS_GZIP)

QUICK = RetryPolicy(attempts=4, initial_wait=0.01, max_wait=0.02)

FAULTS: dict[str, list[Script]] = {
    "none": [],
    "429 once, with Retry-After": [answer(b"{}", status="429 Slow", headers=("Retry-After: 0",))],
    "429 three times, without": [answer(b'{"error": "too many"}', status="429 Slow")] * 3,
    "500": [answer(b"oops", status="500 Error")],
    "502 with a page": [
        answer(b"<html>Bad gateway</html>", status="502 Bad", headers=("Content-Type: text/html",))
    ],
    "503": [answer(b"", status="503 Busy")],
    "504": [answer(b"", status="504 Late")],
    "cut at half": [answer(GZIP, headers=AS_GZIP, keep=len(GZIP) // 2, ending="cut")],
    "cut at 99 %": [answer(GZIP, headers=AS_GZIP, keep=len(GZIP) * 99 // 100, ending="cut")],
    "cut twice": [answer(BODY, keep=len(BODY) // 3, ending="cut"), answer(BODY, keep=9000, ending="cut")],
    "reset": [answer(BODY, keep=len(BODY) // 2, ending="reset")],
    "terminated early": [answer(BODY[: BODY.index(b"\n", 9000) + 1] + b"terminated early\n")],
    "export terminated early": [answer(BODY[: BODY.index(b"\n", 9000) + 1] + b"export terminated early")],
    "gzip unfinished, clean end": [answer(GZIP, headers=AS_GZIP, keep=len(GZIP) - 20)],
    "ends in a line": [answer(BODY, keep=len(BODY) - 17)],
    "a page with 200": [answer(b"<html>hello</html>", headers=("Content-Type: text/html",))],
    "an error with 200": [answer(b'{"error": "try again", "status": "error"}')],
    "a stall": [answer(GZIP, headers=AS_GZIP, stall=0.5)],
    "a late first byte": [answer(GZIP, headers=AS_GZIP, wait=0.5)],
    "no answer at all": [lambda connection: None],
}

Collect = Callable[..., list[Event]]


def options(wire: Wire, **more: Any) -> dict[str, Any]:
    return {"project_id": 1, "base_url": wire.url, "timeout": 5, "retry": QUICK, "limits": None, **more}


AUTH = ServiceAccountAuth("tester", "hush")


@pytest.fixture(params=["sync", "async"])
def collect(request: pytest.FixtureRequest, wire: Wire) -> Collect:
    def through_threads(*args: Any, **filters: Any) -> list[Event]:
        with MixpanelClient(AUTH, **options(wire)) as client:
            return list(client.export.events(*args, **filters))

    def through_asyncio(*args: Any, **filters: Any) -> list[Event]:
        async def run() -> list[Event]:
            async with AsyncMixpanelClient(AUTH, **options(wire)) as client:
                return [event async for event in client.export.events(*args, **filters)]

        return asyncio.run(run())

    return through_threads if request.param == "sync" else through_asyncio


def counted(events: list[Event]) -> Counter[str]:
    return Counter(json.dumps({"event": e.name, "properties": e.properties}) for e in events)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.sampled(12)
def test_a_fault_costs_a_retry_and_no_event(wire: Wire, collect: Collect, fault: str) -> None:
    wire.first, wire.script = list(FAULTS[fault]), GOOD
    assert counted(collect(*DAY)) == Counter(json.dumps(record) for record in RECORDS)
    repeated = 0 if "stall" in fault or "late" in fault else len(FAULTS[fault])
    assert len(wire.requests) == repeated + 1


@pytest.mark.parametrize("fault", ["cut at half", "terminated early", "429 once, with Retry-After"])
def test_a_retried_slice_is_written_to_a_file_once(wire: Wire, tmp_path: Path, fault: str) -> None:
    wire.first, wire.script = list(FAULTS[fault]), GOOD
    with MixpanelClient(AUTH, **options(wire)) as client:
        totals = client.export.to_file(tmp_path / "e.jsonl.gz", *DAY)
    assert (tmp_path / "e.jsonl.gz").read_bytes() == GZIP
    assert (totals.events, totals.retries) == (500, 1)


@pytest.mark.parametrize(
    ("status", "expected"), [("400 Bad", BadRequestError), ("401 No", AuthenticationError)]
)
def test_a_refusal_is_raised_at_once(
    wire: Wire, collect: Collect, status: str, expected: type[Exception]
) -> None:
    wire.answers(b'{"error": "no"}', status=status)
    with pytest.raises(expected, match="no"):
        collect(*DAY)
    assert len(wire.requests) == 1


def test_a_failed_slice_names_its_days_attempts_and_cause(wire: Wire, collect: Collect) -> None:
    wire.answers(GZIP, headers=AS_GZIP, keep=len(GZIP) - 9)
    with pytest.raises(SliceFailedError, match=r"2024-01-01 failed 4 times; .*gzip") as caught:
        collect(*DAY)
    assert (caught.value.slice, caught.value.attempts) == ("2024-01-01", 4)
    assert isinstance(caught.value.last, IncompleteExportError)
    assert caught.value.__cause__ is caught.value.last
    assert len(wire.requests) == 4


def test_a_malformed_line_names_its_slice_and_is_not_retried(wire: Wire, collect: Collect) -> None:
    wire.answers(BODY + b'{"event": "A", "properties": {"n": 1,}}\n' + BODY)
    with pytest.raises(MalformedEventError, match="line 501 of the slice 2024-01-01 "):
        collect(*DAY)
    assert len(wire.requests) == 1


def test_retry_after_slows_the_other_slices_too(wire: Wire) -> None:
    times: list[float] = []

    def timed(script: Script) -> Script:
        def run(connection: Any) -> None:
            times.append(time.monotonic())
            script(connection)

        return run

    limited = answer(b"{}", status="429 Slow", headers=("Retry-After: 1",))
    wire.first, wire.script = [timed(limited)], timed(GOOD)
    limits = Limits(export=Quota(concurrent=1), shared=False)
    with MixpanelClient(AUTH, **options(wire, limits=limits)) as client:
        events = list(client.export.events("2024-01-01", "2024-01-03", slice_days=1, parallel=3))
    assert len(events) == 1500
    assert all(later - times[0] >= 0.99 for later in times[1:])


def test_queries_are_retried_by_the_same_rules(wire: Wire) -> None:
    busy = answer(b"", status="503 Busy")
    good = answer(
        b'{"results": {"2024-01-01": 1.5}, "status": "ok"}', headers=("Content-Type: application/json",)
    )
    call: dict[str, Any] = {
        "event": "A",
        "from_date": "2024-01-01",
        "to_date": "2024-01-01",
        "on": 'properties["x"]',
    }
    wire.first, wire.script = [busy, busy], good
    with MixpanelClient(AUTH, **options(wire)) as client:
        assert client.segmentation.sum(**call).results["2024-01-01"] == 1.5

    async def run() -> float:
        async with AsyncMixpanelClient(AUTH, **options(wire)) as client:
            return (await client.segmentation.sum(**call)).results["2024-01-01"]

    wire.first = [busy, answer(b"<html>", headers=("Content-Type: text/html",))]
    assert asyncio.run(run()) == 1.5
    assert len(wire.requests) == 6


@pytest.mark.parametrize("fault", ["503", "no answer at all"])
def test_an_ambiguous_failure_creates_no_second_annotation(wire: Wire, fault: str) -> None:
    wire.script = FAULTS[fault][0]
    with MixpanelClient(AUTH, **options(wire)) as client, pytest.raises(Exception, match="annotations"):
        client.annotations.create(date="2024-01-01 00:00:00", description="once")
    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    "body",
    [
        b'{"error": "no such secret: hush", "status": "error"}',
        b"<html>you sent hush</html>",
        b'{"event": "hush", "properties": {"n": hush}}\n',
    ],
)
def test_a_response_that_echoes_the_secret_is_redacted(wire: Wire, collect: Collect, body: bytes) -> None:
    wire.answers(body)
    with pytest.raises((SliceFailedError, MalformedEventError)) as caught:
        collect(*DAY)
    assert "hush" not in "".join(traceback.format_exception(caught.value))


def test_a_refusal_after_a_retry_is_still_a_refusal(wire: Wire, collect: Collect) -> None:
    wire.first = [answer(b"", status="503 Busy")]
    wire.script = answer(b'{"error": "no"}', status="401 No")
    with pytest.raises(AuthenticationError):
        collect(*DAY)
    assert len(wire.requests) == 2


def test_raw_text_is_retried_or_refused_like_any_delivery(wire: Wire) -> None:
    wire.first, wire.script = list(FAULTS["terminated early"]), GOOD

    async def run() -> str:
        async with AsyncMixpanelClient(AUTH, **options(wire)) as client:
            return await client.export.raw(from_date=DAY[0], to_date=DAY[1])

    with MixpanelClient(AUTH, **options(wire)) as client:
        assert client.export.raw(from_date=DAY[0], to_date=DAY[1]).encode() == BODY
        wire.first = list(FAULTS["gzip unfinished, clean end"])
        assert asyncio.run(run()).encode() == BODY
        wire.answers(BODY, keep=len(BODY) - 9)
        with pytest.raises(SliceFailedError):
            client.export.raw(from_date=DAY[0], to_date=DAY[1])


@pytest.mark.slow
def test_many_slices_get_by_where_a_server_has_limits_unknown_to_the_client() -> None:
    """Refused at one time, they must not all come back at one time."""
    with Sandbox() as sandbox, sandbox.client() as client:
        events = client.export.events("2024-01-01", "2024-01-20", slice_days=1)
        assert sum(1 for _ in events) > 0
        statuses = [request.status for request in sandbox.requests]
    assert statuses.count(200) == 20
    # Those of the beginning, and hardly any later: on a loaded machine, a request may be late for its second.
    assert statuses.count(429) <= 20
