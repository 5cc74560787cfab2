"""The control API: changing and inspecting a sandbox from any language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from mixpanel_export.sandbox import Fault, Limits, Sandbox
from mixpanel_export.sandbox.control.api import control_app
from mixpanel_export.sandbox.control.controls import Controls
from tests.sandbox.conftest import DAY

EXPORT = "/api/2.0/export"


@pytest.fixture
def steered() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def control(steered: Sandbox) -> Iterator[httpx.Client]:
    """Make a client without credentials, like curl."""
    with httpx.Client(timeout=60, base_url=steered.url, verify=False) as client:
        yield client


def export_status(sandbox: Sandbox) -> int:
    params = DAY | {"project_id": str(sandbox.credentials.project_id)}
    return httpx.get(
        sandbox.url + EXPORT, params=params, auth=sandbox.auth, verify=False, timeout=60
    ).status_code


def test_the_index_lists_the_endpoints(control: httpx.Client) -> None:
    assert "POST /sandbox/faults" in control.get("/sandbox").json()["calls"]


class TestFaults:
    def test_a_fault_is_added_by_its_name_and_met(self, steered: Sandbox, control: httpx.Client) -> None:
        fault = {"kind": "status", "status": 503, "body": "busy", "path": "/export", "times": 2}
        answer = control.post("/sandbox/faults", json=fault)
        assert answer.status_code == 200
        assert answer.json()["faults"][0]["path"] == "/export"
        assert [export_status(steered) for _ in range(3)] == [503, 503, 200]
        assert control.get("/sandbox/faults").json() == {"faults": []}

    def test_a_sequence_is_met_in_its_order(self, steered: Sandbox, control: httpx.Client) -> None:
        faults = [{"kind": "rate_limited", "retry_after": 1}, {"kind": "ok"}, {"kind": "html", "status": 502}]
        control.post("/sandbox/faults", json={"faults": faults})
        assert [export_status(steered) for _ in range(3)] == [429, 200, 502]

    @pytest.mark.parametrize(
        ("sent", "fault"),
        [
            ({"kind": "rate_limited", "retry_after": 3}, Fault.rate_limited(3)),
            ({"kind": "error", "message": "no"}, Fault.error("no")),
            ({"kind": "empty"}, Fault.empty()),
            ({"kind": "delay", "seconds": 2}, Fault.delay(2)),
            ({"kind": "hang"}, Fault.hang()),
            ({"kind": "stall", "seconds": "forever", "at": 0.9}, Fault.stall(at=0.9)),
            ({"kind": "reset"}, Fault.reset()),
            ({"kind": "close", "at": 0.25}, Fault.close(0.25)),
            ({"kind": "truncated_gzip"}, Fault.truncated_gzip()),
            ({"kind": "half_line"}, Fault.half_line()),
            ({"kind": "terminated_early", "at": 0.1}, Fault.terminated_early(0.1)),
            ({"kind": "wrong_line", "line": "oops"}, Fault.wrong_line("oops")),
            ({"kind": "bandwidth", "bytes_per_second": 1000}, Fault.bandwidth(1000)),
            (
                {"kind": "reset", "at": 0.5, "wait": 1, "rate": 10},
                Fault(ending="reset", at=0.5, wait=1, rate=10),
            ),
        ],
    )
    def test_every_kind_has_a_name(
        self, steered: Sandbox, control: httpx.Client, sent: dict[str, Any], fault: Fault
    ) -> None:
        answer = control.post("/sandbox/faults", json=sent)
        assert answer.status_code == 200, answer.text
        assert [rule.faults for rule in steered.faults.pending] == [(fault,)]

    def test_faults_are_shown_and_cleared(self, steered: Sandbox, control: httpx.Client) -> None:
        steered.faults.add(Fault.hang(), None, Fault.status(503, "no"), path="/export", times=None)
        shown = control.get("/sandbox/faults").json()["faults"]
        assert shown == [
            {
                "path": "/export",
                "method": None,
                "times": None,
                "met": 0,
                "faults": [
                    {"wait": "forever"},
                    None,
                    {
                        "answer": {
                            "status": 503,
                            "headers": {"Content-Type": "text/plain; charset=utf-8"},
                            "body": "no",
                        }
                    },
                ],
            }
        ]
        control.delete("/sandbox/faults")
        assert steered.faults.pending == []

    @pytest.mark.parametrize(
        "wrong",
        [
            [],
            "reset",
            {},
            {"kind": "explode"},
            {"kind": "reset", "at": 2},
            {"kind": "reset", "colour": "red"},
            {"kind": "status"},
            {"kind": "status", "status": "503"},
            {"kind": "wrong_line", "line": 5},
            {"kind": "delay", "seconds": "long"},
            {"kind": "reset", "times": 0},
            {"kind": "reset", "times": "many"},
            {"kind": "reset", "path": "export"},
            {"kind": "status", "status": 500, "headers": 5},
            {"faults": []},
            {"faults": {"kind": "reset"}},
            {"faults": [{"kind": "reset"}], "at": 0.5},
        ],
    )
    def test_invalid_json_gets_a_helpful_message(
        self, steered: Sandbox, control: httpx.Client, wrong: object
    ) -> None:
        answer = control.post("/sandbox/faults", json=wrong)
        assert answer.status_code == 400
        assert answer.json()["error"]
        assert steered.faults.pending == []

    def test_a_body_that_is_not_json_is_refused(self, control: httpx.Client) -> None:
        assert control.post("/sandbox/faults", content=b"{").status_code == 400


class TestLimits:
    def test_limits_are_shown_and_changed_in_part(self, steered: Sandbox, control: httpx.Client) -> None:
        assert control.get("/sandbox/limits").json()["query"] == {
            "per_hour": 60,
            "per_second": None,
            "at_once": 5,
        }
        change = {"export": {"per_second": 1}, "retry_after": "seconds"}
        changed = control.put("/sandbox/limits", json=change).json()
        assert changed["export"] == {"per_hour": 60, "per_second": 1, "at_once": 100}
        assert [export_status(steered) for _ in range(2)] == [200, 429]

    def test_null_is_none_at_all(self, steered: Sandbox, control: httpx.Client) -> None:
        assert control.put("/sandbox/limits", json=None, content=b"null").json() is None
        assert steered.limits is None
        control.put("/sandbox/limits", json={"query": {"at_once": 5}})
        assert steered.limits is not None
        assert steered.limits.query.concurrent == 5

    @pytest.mark.parametrize(
        "wrong", [5, {"query": 5}, {"query": {"per_day": 5}}, {"query": {"per_hour": "5"}}, {"speed": 1}]
    )
    def test_invalid_json_gets_a_helpful_message(
        self, steered: Sandbox, control: httpx.Client, wrong: object
    ) -> None:
        answer = control.put("/sandbox/limits", json=wrong)
        assert answer.status_code == 400
        assert answer.json()["error"]
        assert steered.limits == Limits.mixpanel()

    def test_an_empty_change_of_limits_changes_nothing(self, steered: Sandbox, control: httpx.Client) -> None:
        assert control.put("/sandbox/limits").status_code == 400
        assert steered.limits == Limits.mixpanel()


def test_bandwidth_is_shown_and_changed(steered: Sandbox, control: httpx.Client) -> None:
    assert control.put("/sandbox/bandwidth", json=5000).json() == 5000
    assert control.get("/sandbox/bandwidth").json() == steered.bandwidth == 5000
    assert control.put("/sandbox/bandwidth", json=-1).status_code == 400
    assert control.put("/sandbox/bandwidth", content=b"null").json() is None
    assert steered.bandwidth is None


def test_requests_are_shown_without_secrets(steered: Sandbox, control: httpx.Client) -> None:
    for _ in range(4):
        export_status(steered)
    shown = control.get("/sandbox/requests").json()
    assert shown["violations"] == {"per_hour": 0, "per_second": 1, "at_once": 0}
    assert [request["status"] for request in shown["requests"]] == [200, 200, 200, 429]
    assert shown["requests"][0]["path"] == EXPORT
    assert shown["requests"][0]["query"]["from_date"] == DAY["from_date"]
    assert steered.credentials.secret not in str(shown)
    control.delete("/sandbox/requests")
    assert control.get("/sandbox/requests").json()["requests"] == []


def test_a_reset_starts_afresh(steered: Sandbox, control: httpx.Client) -> None:
    steered.faults.add(Fault.reset(), path="/engage")
    for _ in range(4):
        export_status(steered)
    control.post("/sandbox/reset")
    assert export_status(steered) == 200
    assert steered.faults.pending == []
    assert len(steered.requests) == 1
    assert steered.requests.violations["per_second"] == 0


def test_control_requests_bypass_limits_log_and_faults(steered: Sandbox, control: httpx.Client) -> None:
    steered.faults.add(Fault.status(500), times=None)
    assert {control.get("/sandbox/limits").status_code for _ in range(70)} == {200}
    assert len(steered.requests) == 0


@pytest.mark.parametrize(
    ("address", "status"), [("127.0.0.1", 200), ("::1", 200), ("::ffff:127.0.0.1", 200), ("192.0.2.7", 403)]
)
def test_the_control_api_is_for_loopback_only(address: str, status: int) -> None:
    import asyncio

    async def ask() -> int:
        app = control_app(Controls.with_limits(None))
        transport = httpx.ASGITransport(app=app, client=(address, 1))
        async with httpx.AsyncClient(timeout=60, transport=transport, base_url="http://sandbox") as client:
            return (await client.get("/sandbox/faults")).status_code

    assert asyncio.run(ask()) == status
