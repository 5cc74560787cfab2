"""Raw answers, CSV, and paths that the contract does not know: the same credentials, retries and errors."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from mixpanel_export import (
    AsyncMixpanelClient,
    AuthenticationError,
    ConfigurationError,
    InvalidArgumentError,
    MixpanelClient,
    NetworkError,
    NotFoundError,
    RetryPolicy,
    SecretAuth,
    ServiceAccountAuth,
    prop,
)
from mixpanel_export.http.raw import RawResponse
from mixpanel_export.sandbox import Fault, Sandbox
from mixpanel_export_api.models import SegmentationResult, SegmentationSumResult

WEEK: dict[str, Any] = {"event": "Purchase", "from_date": "2024-01-01", "to_date": "2024-01-07"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(limits=None) as running:
        yield running


def options(sandbox: Sandbox) -> dict[str, Any]:
    return {
        "project_id": sandbox.credentials.project_id,
        "base_url": sandbox.url,
        "limits": None,
        "retry": RetryPolicy(initial_wait=0.01),
    }


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[MixpanelClient]:
    with MixpanelClient(sandbox.auth, **options(sandbox)) as client:
        yield client


@pytest.mark.parametrize("path", ["/api/query/events/names?limit=2", "/api/query/x\r\nHost: a", "/api/a#b"])
def test_a_query_belongs_to_the_parameters(client: MixpanelClient, path: str) -> None:
    with pytest.raises(InvalidArgumentError, match="query in params"):
        client.request("GET", path)


def test_an_export_has_no_single_answer(client: MixpanelClient) -> None:
    with pytest.raises(InvalidArgumentError, match="one request"):
        client.with_raw_response(client.export.events)("2024-01-01", "2024-01-01")


def test_any_path_can_be_called_with_the_clients_settings(client: MixpanelClient) -> None:
    answer = client.request(
        "get", "/api/query/events/names", params={"type": "general", "limit": 2, "x": None}
    )
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("application/json")
    assert len(answer.json()) == 2
    assert answer.parsed == answer.text == answer.content.decode()


def test_app_paths_take_the_project_in_the_path(client: MixpanelClient) -> None:
    made = client.request(
        "POST",
        "/api/app/projects/{project_id}/annotations",
        json={"date": "2024-01-01 00:00:00", "description": "raw"},
    )
    assert made.status == 201
    assert made.json()["results"]["description"] == "raw"


def test_lists_and_mappings_travel_as_json_text(client: MixpanelClient) -> None:
    page = client.request("POST", "/api/query/engage", form={"output_properties": ["plan"], "page": 0})
    assert set(page.json()["results"][0]["$properties"]) == {"plan"}


def test_failures_of_raw_calls_follow_the_same_rules(sandbox: Sandbox, client: MixpanelClient) -> None:
    with pytest.raises(NotFoundError):
        client.request("GET", "/api/query/nothing/here")
    sandbox.faults.add(Fault.status(503), path="/events/names")
    assert client.request("GET", "/api/query/events/names", params={"type": "general"}).json()
    wrong = ServiceAccountAuth("nobody", "wrong-secret")
    with MixpanelClient(wrong, **options(sandbox)) as stranger, pytest.raises(AuthenticationError):
        stranger.request("GET", "/api/query/funnels/list")


@pytest.mark.parametrize(
    ("path", "sent"), [("annotations/create", 1), ("annotations/create/", 1), ("annotations/", 2)]
)
def test_a_raw_get_that_creates_something_is_not_repeated(
    sandbox: Sandbox, client: MixpanelClient, path: str, sent: int
) -> None:
    sandbox.requests.clear()
    sandbox.faults.add(Fault.close(at=None), path=f"/{path}")
    day = {"from_date": "2024-01-01", "to_date": "2024-01-02"}
    made = {"date": "2024-01-01 00:00:00", "description": "once"}
    with pytest.raises(NetworkError) if sent == 1 else contextlib.nullcontext():
        client.request("GET", f"/api/2.0/{path}", params={**day, **made})
    assert len(sandbox.requests) == sent


def test_wrong_paths_are_refused_before_anything_is_sent(client: MixpanelClient) -> None:
    with pytest.raises(InvalidArgumentError, match="path"):
        client.request("GET", "https://example.com/api/query/x")
    with pytest.warns(DeprecationWarning, match="2027-03-03"):
        secret = SecretAuth("s")
    with MixpanelClient(secret) as unbound, pytest.raises(ConfigurationError, match="project_id"):
        unbound.request("GET", "/api/app/projects/{project_id}/annotations")


def test_every_method_can_return_status_and_headers_too(client: MixpanelClient) -> None:
    raw = client.with_raw_response(client.segmentation.sum)(**WEEK, on=prop("revenue"))
    assert isinstance(raw, RawResponse)
    assert isinstance(raw.parsed, SegmentationSumResult)
    assert raw.json()["results"] == dict(raw.parsed.results)
    assert (raw.status, raw.headers["content-type"]) == (200, "application/json")


def test_csv_is_text_with_rows(client: MixpanelClient) -> None:
    text = client.segmentation.query(**WEEK, on=prop("$browser"), format="csv")
    assert isinstance(text, str)
    rows = text.rows()
    assert [row["date"] for row in rows] == [f"2024-01-0{day}" for day in range(1, 8)]
    typed = client.segmentation.query(**WEEK, on=prop("$browser"))
    assert isinstance(typed, SegmentationResult)
    for segment, dates in typed.data.values.items():
        assert {row["date"]: int(row[segment]) for row in rows} == dict(dates)


def test_the_asynchronous_client_does_all_of_it_too(sandbox: Sandbox) -> None:
    async def run() -> None:
        async with AsyncMixpanelClient(sandbox.auth, **options(sandbox)) as client:
            names = await client.request("GET", "/api/query/events/names", params={"type": "general"})
            assert names.json()
            raw, other = await asyncio.gather(
                client.with_raw_response(client.segmentation.sum)(**WEEK, on=prop("revenue")),
                client.with_raw_response(client.funnels.list)(),
            )
            assert isinstance(raw.parsed, SegmentationSumResult)
            assert other.json()[0]["funnel_id"] == other.parsed[0].funnel_id
            text = await client.segmentation.query(**WEEK, format="csv")
            assert text.rows()

    asyncio.run(run())
