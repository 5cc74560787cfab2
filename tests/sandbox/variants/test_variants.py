"""Variants: every form in which Mixpanel's servers respond, as bytes on the wire."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export.sandbox import Sandbox, SandboxCredentials
from tests.sandbox.conftest import DAY

PROJECT = {"project_id": SandboxCredentials().project_id}
APP = f"/api/app/projects/{PROJECT['project_id']}"
PURCHASE = 'properties["gift"]'

REQUESTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "insights": ("GET", "/api/query/insights", {"bookmark_id": 5100001}),
    "funnels": ("GET", "/api/query/funnels", {**DAY, "funnel_id": 1003}),
    "segmentation": ("GET", "/api/query/segmentation", {**DAY, "event": "Purchase"}),
    "multiseg": (
        "GET",
        "/api/query/segmentation/multiseg",
        {**DAY, "event": "Purchase", "outer": PURCHASE, "inner": PURCHASE},
    ),
    "sum": (
        "GET",
        "/api/query/segmentation/sum",
        {**DAY, "event": "Purchase", "on": 'properties["revenue"]'},
    ),
    "retention": ("GET", "/api/query/retention", {**DAY, "born_event": "Sign Up", "interval_count": 3}),
    "segmented": (
        "GET",
        "/api/query/retention",
        {**DAY, "born_event": "Page View", "interval_count": 3, "on": 'properties["$os"]'},
    ),
    "top properties": ("GET", "/api/query/events/properties/top", {"event": "Purchase"}),
    "top events": ("GET", "/api/query/events/top", {"type": "general"}),
    "cohorts": ("POST", "/api/query/cohorts/list", {}),
    "annotations": ("GET", f"{APP}/annotations", {}),
    "annotation": ("GET", f"{APP}/annotations/500001", {}),
    "tags": ("GET", f"{APP}/annotations/tags", {}),
    "schemas": ("GET", f"{APP}/schemas", {}),
    "schema by name": ("GET", f"{APP}/schemas/event", {"entity_name": "Purchase"}),
    "schema": ("GET", f"{APP}/schemas/event/Purchase", {}),
    "unknown report": ("GET", "/api/query/insights", {"bookmark_id": 7}),
}


PROFILES: list[tuple[str, Callable[[Any], bool]]] = [
    ("distinct_id_missing", lambda profile: "$distinct_id" not in profile),
    ("distinct_id_number", lambda profile: isinstance(profile["$distinct_id"], int)),
    ("properties_null", lambda profile: profile["$properties"] is None),
    ("values_nan", lambda profile: math.isnan(profile["$properties"]["lifetime_value"])),
    ("groups", lambda profile: profile.keys() > {"$group_key", "$group_id", "data_group_id"}),
]


@pytest.fixture(scope="module")
def served() -> Iterator[Sandbox]:
    with Sandbox(limits=None) as sandbox:
        yield sandbox


@pytest.fixture
def varied(served: Sandbox) -> Iterator[Sandbox]:
    served.variants.clear()
    yield served
    served.variants.clear()


@pytest.fixture(scope="module")
def http(served: Sandbox) -> Iterator[httpx.Client]:
    with httpx.Client(
        verify=False, base_url=served.url, auth=served.auth, params=PROJECT, timeout=60
    ) as client:
        yield client


def send(http: httpx.Client, request: str) -> httpx.Response:
    method, path, params = REQUESTS[request]
    return http.request(method, path, params=params)


def stable(response: httpx.Response) -> Any:
    """Return the body without the time at which it was computed."""
    body = response.json()
    return {**body, "computed_at": None} if "computed_at" in body else body


def first(body: Any) -> Any:
    if isinstance(body, dict):
        return next(iter(cast("dict[str, Any]", body).values()))
    return body[0]


def series(body: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", first(body["series"]))


def steps(body: Any) -> list[Any]:
    return cast("list[Any]", first(body["data"])["steps"])


def values(body: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", first(body["data"]["values"]))


def schema_of(body: Any) -> Any:
    return body["metadata"]["com.mixpanel"]


# The variant, a request, and what its body has.
BODIES: list[tuple[str, str, Callable[[Any], bool]]] = [
    ("insights.project_offset", "insights", lambda body: "2024-03-31T00:00:00-07:00" in series(body)),
    (
        "insights.repeated_hour",
        "insights",
        lambda body: series(body) == {"2023-11-05T01:00:00-07:00": 3, "2023-11-05T01:00:00-08:00": 5},
    ),
    ("insights.bar", "insights", lambda body: list(series(body)) == ["all"] and series(body)["all"] > 0),
    (
        "insights.breakdown",
        "insights",
        lambda body: series(body)["Social"]["nike"] == series(body)["$overall"] and len(body["headers"]) == 3,
    ),
    (
        "insights.saved_funnel",
        "insights",
        lambda body: "1. Page View" in body["series"]["count"] and "avg_time" in body["series"],
    ),
    (
        "insights.saved_retention",
        "insights",
        lambda body: first(series(body))["counts"] == [10, 4] and "$average" in series(body),
    ),
    ("insights.values_null", "insights", lambda body: first(series(body)) is None),
    ("insights.meta", "insights", lambda body: "meta" in body and "series" in body),
    ("insights.computed_at_missing", "insights", lambda body: "computed_at" not in body),
    ("funnels.analysis_null", "funnels", lambda body: first(body["data"])["analysis"] is None),
    ("funnels.analysis_empty", "funnels", lambda body: first(body["data"])["analysis"] == {}),
    (
        "funnels.step_fields",
        "funnels",
        lambda body: all(step["custom_event"] is None and "selector" in step for step in steps(body)),
    ),
    (
        "funnels.custom_event_true",
        "funnels",
        lambda body: all(step["custom_event"] is True for step in steps(body)),
    ),
    ("funnels.data_list", "funnels", lambda body: body["data"] == []),
    ("funnels.meta_missing", "funnels", lambda body: list(body) == ["data"]),
    ("segmentation.legend_size_missing", "segmentation", lambda body: list(body) == ["data"]),
    ("segmentation.legend_size_missing", "multiseg", lambda body: list(body) == ["data"]),
    ("segmentation.values_null", "segmentation", lambda body: list(values(body).values()) == [None]),
    ("segmentation.values_null", "multiseg", lambda body: first(first(values(body))) is None),
    ("segmentation.values_nan", "segmentation", lambda body: math.isnan(first(values(body)))),
    ("segmentation.values_nan", "sum", lambda body: math.isnan(first(body["results"]))),
    ("segmentation.values_text", "segmentation", lambda body: isinstance(first(values(body)), str)),
    ("segmentation.values_text", "sum", lambda body: isinstance(first(body["results"]), str)),
    (
        "segmentation.odd_segments",
        "segmentation",
        lambda body: {"undefined", "", "$overall"} < set(body["data"]["values"]),
    ),
    (
        "segmentation.hourly_keys",
        "segmentation",
        lambda body: list(values(body)) == body["data"]["series"] == ["2024-02-29 00:00:00"],
    ),
    ("segmentation.more_fields", "segmentation", lambda body: {"computed_at", "status"} < set(body)),
    (
        "retention.rates",
        "retention",
        lambda body: len(first(body)["rates"]) == len(first(body)["counts"]),
    ),
    ("retention.rates", "segmented", lambda body: "rates" in first(first(body))),
    ("retention.counts_float", "retention", lambda body: isinstance(first(body)["counts"][0], float)),
    ("retention.counts_null", "retention", lambda body: first(body)["counts"][0] is None),
    (
        "retention.enveloped",
        "retention",
        lambda body: body["status"] == "ok" and "first" in first(body["results"]),
    ),
    ("retention.overall_segment", "retention", lambda body: "first" in first(body)["$overall"]),
    (
        "retention.overall_segment",
        "segmented",
        lambda body: len(first(body)) > 1 and "$overall" in first(body),
    ),
    ("retention.segment_named_counts", "retention", lambda body: "first" in first(body)["counts"]),
    ("retention.segment_named_counts", "segmented", lambda body: "first" in first(body)["counts"]),
    ("events.count_missing", "top properties", lambda body: body["$duration_s"] == {}),
    ("events.percent_change_null", "top events", lambda body: body["events"][0]["percent_change"] is None),
    ("events.percent_change_missing", "top events", lambda body: "percent_change" not in body["events"][0]),
    ("events.type_missing", "top events", lambda body: list(body) == ["events"]),
    ("cohorts.is_visible_boolean", "cohorts", lambda body: body[0]["is_visible"] is True),
    ("cohorts.nulls", "cohorts", lambda body: body[0]["created"] is body[0]["data_group_id"] is None),
    ("annotations.user_null", "annotations", lambda body: body["results"][0]["user"] is None),
    ("annotations.user_null", "annotation", lambda body: body["results"]["user"] is None),
    ("annotations.user_empty", "annotations", lambda body: body["results"][0]["user"] == {}),
    ("annotations.user_missing", "annotations", lambda body: "user" not in body["results"][0]),
    ("annotations.tags_null", "annotations", lambda body: body["results"][0]["tags"] is None),
    ("annotations.tags_ids", "annotations", lambda body: body["results"][0]["tags"] == [7001]),
    (
        "annotations.date_offset",
        "annotation",
        lambda body: body["results"]["date"] == "2024-01-15T09:00:00-07:00",
    ),
    ("annotations.tags_enveloped", "tags", lambda body: body["results"][0]["name"] == "release"),
    ("schemas.named_bare", "schema by name", lambda body: "metadata" in body),
    ("schemas.named_enveloped", "schema by name", lambda body: "metadata" in body["results"]),
    ("schemas.enveloped", "schema", lambda body: "metadata" in body["results"]),
    ("schemas.nulls", "schema", lambda body: body["properties"] is body["metadata"] is None),
    (
        "schemas.property_shapes",
        "schema",
        lambda body: body["properties"]["true"] is True and body["properties"]["null"] is None,
    ),
    ("schemas.contacts", "schema", lambda body: schema_of(body)["teamContacts"] == ["Analytics"]),
    ("schemas.custom_events", "schemas", lambda body: body["results"][-1]["entityType"] == "custom_event"),
    ("errors.code", "unknown report", lambda body: "message" in body["error"]),
    ("errors.message", "unknown report", lambda body: body["status"] == "error" and "7" in body["message"]),
    ("errors.detail", "unknown report", lambda body: "bookmark_id 7" in body["detail"]),
    ("errors.list", "unknown report", lambda body: "bookmark_id 7" in body["errors"][0]),
    ("errors.entities", "unknown report", lambda body: "&#x27;" in body["error"]),
]


@pytest.mark.parametrize(("name", "request_name", "check"), BODIES)
@pytest.mark.sampled(5)
def test_a_variant_changes_the_body(
    varied: Sandbox, http: httpx.Client, name: str, request_name: str, check: Callable[[Any], bool]
) -> None:
    ordinary = send(http, request_name)
    varied.variants.use(name)
    response = send(http, request_name)
    assert check(response.json())
    assert response.status_code == ordinary.status_code
    varied.variants.clear()
    assert stable(send(http, request_name)) == stable(ordinary)


class TestActivity:
    @pytest.fixture
    def stream(self, http: httpx.Client) -> Callable[[], Any]:
        line = http.get("/api/2.0/export", params={**DAY, "limit": 1}).json()
        user = line["properties"]["distinct_id"]
        params = {**DAY, "distinct_ids": f'["{user}"]'}
        return lambda: http.get("/api/query/stream/query", params=params).json()["results"]

    def test_properties_are_null(self, varied: Sandbox, stream: Callable[[], Any]) -> None:
        varied.variants.use("activity.properties_null")
        assert stream()["events"][0]["properties"] is None

    def test_the_time_is_missing(self, varied: Sandbox, stream: Callable[[], Any]) -> None:
        varied.variants.use("activity.time_missing")
        assert "time" not in stream()["events"][0]["properties"]

    def test_results_are_a_list(self, varied: Sandbox, stream: Callable[[], Any]) -> None:
        varied.variants.use("activity.results_list")
        assert stream() == []


class TestProfiles:
    @staticmethod
    def pages(http: httpx.Client, most: int = 10) -> list[dict[str, Any]]:
        """All pages up to the first without results."""
        form: dict[str, Any] = {}
        pages: list[dict[str, Any]] = []
        for number in range(most):
            page = http.post("/api/query/engage", data={**form, "page": number}).json()
            pages.append(page)
            if not page.get("results"):
                break
            form = {"session_id": page["session_id"]}
        return pages

    @pytest.mark.parametrize(
        ("form", "totals"),
        [
            ("total_missing", [None, None, None, None]),
            ("total_growing", [1000, 2000, 2150, 2150]),
            ("total_too_low", [1, 1, 1, 1]),
            ("total_too_high", [3150, 3150, 3150, 3150]),
        ],
    )
    def test_totals(self, varied: Sandbox, http: httpx.Client, form: str, totals: list[int | None]) -> None:
        varied.variants.use(f"profiles.{form}")
        pages = self.pages(http)
        assert [page.get("total") for page in pages] == totals
        assert sum(len(page["results"]) for page in pages) == 2150

    def test_pages_are_empty_before_the_total(self, varied: Sandbox, http: httpx.Client) -> None:
        varied.variants.use("profiles.page_empty")
        pages = self.pages(http)
        assert [len(page["results"]) for page in pages] == [1000, 0]
        assert pages[1]["total"] == 2150

    def test_a_shrinking_page_size_loses_no_profile(self, varied: Sandbox, http: httpx.Client) -> None:
        ordinary = [profile for page in self.pages(http) for profile in page["results"]]
        varied.variants.use("profiles.page_size_shrinking")
        pages = self.pages(http)
        assert [page["page_size"] for page in pages[:3]] == [1000, 500, 500]
        assert [len(page["results"]) for page in pages] == [1000, 500, 500, 150, 0]
        assert [page["page"] for page in pages] == [0, 1, 2, 3, 4]
        assert [profile for page in pages for profile in page["results"]] == ordinary

    @pytest.mark.parametrize(("form", "check"), PROFILES)
    def test_profiles(
        self, varied: Sandbox, http: httpx.Client, form: str, check: Callable[[Any], bool]
    ) -> None:
        varied.variants.use(f"profiles.{form}")
        assert check(http.post("/api/query/engage").json()["results"][0])
        assert check(http.get("/api/2.0/engage").json()["results"][0])

    def test_a_query_is_pending(self, varied: Sandbox, http: httpx.Client) -> None:
        varied.variants.use("profiles.pending")
        page = http.post("/api/query/engage").json()
        assert page["status"] == "pending"
        assert "results" not in page


class TestWriting:
    def created(self, http: httpx.Client) -> httpx.Response:
        note = {"date": "2024-05-01 00:00:00", "description": "Variant"}
        return http.post(f"{APP}/annotations", json=note)

    def test_creation_is_a_200(self, varied: Sandbox, http: httpx.Client) -> None:
        assert self.created(http).status_code == 201
        varied.variants.use("annotations.created_200")
        response = self.created(http)
        assert response.status_code == 200
        assert response.json()["results"]["description"] == "Variant"

    @pytest.mark.parametrize(
        ("form", "status", "body"),
        [
            ("deleted_204", 204, b""),
            ("deleted_empty", 200, b""),
            ("deleted_status", 200, b'{"status": "ok"}'),
            ("deleted_null", 200, b'{"status": "ok", "results": null}'),
        ],
    )
    def test_deletion(self, varied: Sandbox, http: httpx.Client, form: str, status: int, body: bytes) -> None:
        annotation = self.created(http).json()["results"]["id"]
        varied.variants.use(f"annotations.{form}")
        response = http.delete(f"{APP}/annotations/{annotation}")
        assert (response.status_code, response.content) == (status, body)
        assert http.get(f"{APP}/annotations/{annotation}").status_code == 404


class TestErrors:
    @pytest.mark.parametrize(
        ("form", "media_type", "start"),
        [("plain_text", "text/plain", "no saved report"), ("html", "text/html", "<html>"), ("empty", "", "")],
    )
    def test_text(self, varied: Sandbox, http: httpx.Client, form: str, media_type: str, start: str) -> None:
        varied.variants.use(f"errors.{form}")
        response = send(http, "unknown report")
        assert response.status_code == 404
        assert response.headers["content-type"].startswith(media_type)
        assert response.text.startswith(start)
        assert bool(response.content) == bool(start)

    def test_wrong_credentials_are_a_400(self, varied: Sandbox, http: httpx.Client) -> None:
        varied.variants.use("errors.unable_to_authenticate")
        response = http.get("/api/query/funnels/list", auth=("nobody", "wrong"))
        assert response.status_code == 400
        assert response.json()["error"] == "Unable to authenticate request"
        assert send(http, "unknown report").status_code == 404

    @pytest.mark.parametrize("path", ["/api/query/funnels/list", "/api/2.0/export"])
    def test_a_plan_restriction_is_a_200_in_text(
        self, varied: Sandbox, http: httpx.Client, path: str
    ) -> None:
        varied.variants.use("errors.plan_restriction")
        response = http.get(path, params=DAY)
        assert response.status_code == 200
        assert response.text.startswith("Your plan does not allow")

    def test_refusals_by_a_limit_are_errors_too(self) -> None:
        with (
            Sandbox(variants="errors.detail") as sandbox,
            httpx.Client(
                verify=False, base_url=sandbox.url, auth=sandbox.auth, params=PROJECT, timeout=60
            ) as http,
        ):
            statuses = [http.get("/api/query/funnels/list") for _ in range(61)]
            assert statuses[-1].status_code == 429
            assert "Rate limit exceeded" in statuses[-1].json()["detail"]


@pytest.mark.parametrize("path", ["/api/query/funnels/list", "/api/2.0/export", "/api/query/nothing"])
def test_a_header_holds_bytes_beyond_ascii(varied: Sandbox, http: httpx.Client, path: str) -> None:
    varied.variants.use("headers.via")
    response = http.get(path, params=DAY)
    assert (b"via", "1.1 Büro".encode("latin-1")) in response.headers.raw


class TestChoosing:
    def test_names_are_listed_with_descriptions(self) -> None:
        variants = Sandbox().variants
        assert "annotations.user_missing" in variants.names()
        assert all(variants.descriptions()[name] for name in variants.names())

    @pytest.mark.parametrize(
        "chosen",
        [
            "annotations.user_missing",
            ["annotations.user_missing"],
            {"annotations": "user_missing"},
            {"annotations": ["user_missing"]},
        ],
    )
    def test_a_sandbox_starts_with_variants(self, chosen: Any) -> None:
        assert Sandbox(variants=chosen).variants.used == ["annotations.user_missing"]

    def test_variants_combine_in_order(self, varied: Sandbox, http: httpx.Client) -> None:
        varied.variants.use("annotations.user_missing", "annotations.tags_null")
        varied.variants.use("annotations.user_missing")
        note = send(http, "annotation").json()["results"]
        assert "user" not in note
        assert note["tags"] is None
        assert varied.variants.used == ["annotations.user_missing", "annotations.tags_null"]

    def test_an_unknown_name_is_refused_and_changes_nothing(self, varied: Sandbox) -> None:
        with pytest.raises(InvalidArgumentError, match=r"such as .*user_null, .*got 'annotations\.none'"):
            varied.variants.use("annotations.user_missing", "annotations.none")
        assert varied.variants.used == []
        with pytest.raises(InvalidArgumentError, match="variants"):
            Sandbox(variants={"annotations": "none"})

    def test_the_control_api_chooses_variants(self, varied: Sandbox, http: httpx.Client) -> None:
        listed = http.get("/sandbox/variants").json()
        assert listed["used"] == []
        assert listed["variants"].keys() == set(varied.variants.names())
        chosen = http.put("/sandbox/variants", json=["errors.html"]).json()
        assert chosen["used"] == varied.variants.used == ["errors.html"]
        http.put("/sandbox/variants", json={"annotations": "user_null"})
        assert varied.variants.used == ["annotations.user_null"]
        for wrong in ("7", '["nothing"]', "{"):
            assert http.put("/sandbox/variants", content=wrong).status_code == 400
        assert varied.variants.used == ["annotations.user_null"]
        assert http.delete("/sandbox/variants").json()["used"] == []


def test_every_variant_has_a_test() -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    untested = [name for name in Sandbox().variants.names() if name.partition(".")[2] not in source]
    assert untested == []
