"""The legacy calls, by GET and under the 2.0 root."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from mixpanel_export import MixpanelClient, NotFoundError
from mixpanel_export.sandbox import Sandbox
from mixpanel_export.sandbox.data.sample import sample_data
from tests.sandbox.conftest import EVERYTHING
from tests.sandbox.contract import follows_contract

NEW: dict[str, Any] = {"date": "2024-02-20 16:05:09", "description": 'Prices "up", 5%'}


@pytest.fixture
def own() -> Iterator[Sandbox]:
    """Start a sandbox the test may change."""
    with Sandbox(limits=None) as sandbox:
        yield sandbox


@pytest.fixture
def mixpanel(own: Sandbox) -> Iterator[MixpanelClient]:
    with MixpanelClient(own.auth, project_id=own.credentials.project_id, base_url=own.url) as client:
        yield client


@pytest.fixture
def http(own: Sandbox) -> Iterator[httpx.Client]:
    params = {"project_id": own.credentials.project_id}
    with httpx.Client(
        verify=False, timeout=60, base_url=f"{own.url}/api/2.0", auth=own.auth, params=params
    ) as client:
        yield client


def rows(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


class TestAnnotations:
    def test_legacy_annotations_are_those_of_the_app_family(self, mixpanel: MixpanelClient) -> None:
        older = mixpanel.legacy.annotations_list(from_date="2024-01-01", to_date="2024-03-31").annotations
        newer = mixpanel.annotations.list().results
        assert older
        assert [(each.id, each.date, each.description) for each in older] == [
            (each.id, each.date, each.description) for each in newer
        ]

    def test_changes_in_one_family_show_in_the_other(self, mixpanel: MixpanelClient) -> None:
        day: dict[str, Any] = {"from_date": "2024-02-20", "to_date": "2024-02-21"}
        assert mixpanel.legacy.annotations_create(**NEW).error is False
        made = mixpanel.annotations.list(**day).results[0]
        assert (made["date"], made.description) == (NEW["date"], NEW["description"])
        mixpanel.legacy.annotations_update(id=made.id, date="2024-02-21 00:00:00", description="Later")
        changed = mixpanel.annotations.get(annotation_id=made.id).results
        assert (changed["date"], changed.description) == ("2024-02-21 00:00:00", "Later")
        mixpanel.annotations.update(annotation_id=made.id, description="Much later")
        assert mixpanel.legacy.annotations_list(**day).annotations[0].description == "Much later"
        mixpanel.legacy.annotations_delete(id=made.id)
        assert mixpanel.annotations.list(**day).results == []

    def test_answers_follow_the_contract(self, http: httpx.Client) -> None:
        known = http.get("/annotations/", params=EVERYTHING)
        last = known.json()["annotations"][-1]["id"]
        assert follows_contract("/api/2.0/annotations/", known)
        for path, parameters in (
            ("create", NEW),
            ("update", NEW | {"id": str(last)}),
            ("delete", {"id": str(last)}),
        ):
            answer = http.get(f"/annotations/{path}/", params=parameters)
            assert answer.json() == {"error": False}
            assert follows_contract(f"/api/2.0/annotations/{path}/", answer)

    def test_a_slash_at_the_end_makes_no_difference(self, http: httpx.Client) -> None:
        with_slash, without = (
            http.get(path, params=EVERYTHING).json() for path in ("/annotations/", "/annotations")
        )
        assert with_slash == without

    def test_a_table_may_be_asked_for(self, own: Sandbox, http: httpx.Client) -> None:
        assert rows(http.get("/annotations/create/", params=NEW | {"format": "csv"})) == [{"error": "false"}]
        table = rows(http.get("/annotations/", params=EVERYTHING | {"format": "csv"}))
        known = http.get("/annotations/", params=EVERYTHING).json()["annotations"]
        assert table == [{name: str(value) for name, value in each.items()} for each in known]
        assert {row["project_id"] for row in table} == {str(own.credentials.project_id)}
        assert NEW["description"] in {row["description"] for row in table}

    def test_an_unknown_id_is_not_found(self, mixpanel: MixpanelClient) -> None:
        with pytest.raises(NotFoundError):
            mixpanel.legacy.annotations_delete(id=5)
        with pytest.raises(NotFoundError):
            mixpanel.legacy.annotations_update(id=5, date=NEW["date"], description=NEW["description"])

    @pytest.mark.parametrize(
        ("path", "parameters", "error"),
        [
            ("", {"from_date": "2024-01-01"}, "to_date is a required parameter"),
            ("", EVERYTHING | {"format": "xml"}, "format must be one of: json, csv"),
            ("create/", {"date": "2024-01-01 00:00:00"}, "description is a required parameter"),
            ("create/", NEW | {"date": "2024-01-01"}, "date must be a date of the form yyyy-mm-dd HH:MM:SS"),
            ("update/", NEW, "id is a required parameter"),
            ("update/", NEW | {"id": "x"}, "id must be an integer"),
            ("delete/", {}, "id is a required parameter"),
        ],
    )
    def test_wrong_parameters_are_refused_in_words(
        self, http: httpx.Client, path: str, parameters: dict[str, str], error: str
    ) -> None:
        answer = http.get(f"/annotations/{path}", params=parameters)
        assert answer.status_code == 400
        assert answer.json()["error"] == error
        assert answer.json()["request"].startswith(f"/api/2.0/annotations/{path}?")


class TestEngage:
    def test_pages_are_those_of_the_profile_query(self, mixpanel: MixpanelClient) -> None:
        where = 'properties["plan"] == "free"'
        first = mixpanel.legacy.engage(where=where)
        second = mixpanel.legacy.engage(where=where, session_id=str(first.session_id), page=1)
        free = [
            each["$distinct_id"] for each in sample_data().profiles if each["$properties"]["plan"] == "free"
        ]
        assert [each.distinct_id for each in (*first.results, *second.results)] == free
        assert first.total == len(free)

    def test_a_session_is_enough_for_a_later_page(self, http: httpx.Client) -> None:
        """The client that people migrate from sends no empty values, and only these."""
        first = http.get("/engage/", params={"where": 'properties["plan"] == "free"', "format": "json"})
        assert follows_contract("/api/2.0/engage/", first)
        later = http.get("/engage/", params={"session_id": first.json()["session_id"], "page": "1"})
        assert {each["$properties"]["plan"] for each in later.json()["results"]} == {"free"}

    def test_a_table_has_a_line_for_each_profile(self, http: httpx.Client) -> None:
        answer = http.get("/engage/", params={"where": 'properties["orders"] > 4', "format": "csv"})
        expected = [each for each in sample_data().profiles if each["$properties"]["orders"] > 4]
        table = rows(answer)
        assert [row["$distinct_id"] for row in table] == [each["$distinct_id"] for each in expected]
        for row, profile in zip(table, expected, strict=True):
            properties = profile["$properties"]
            assert row["$name"] == properties["$name"]
            assert json.loads(row["lifetime_value"]) == properties["lifetime_value"]
            assert json.loads(row["newsletter"]) is properties["newsletter"]
            assert json.loads(row["devices"]) == properties["devices"]
            assert json.loads(row["support"]) == properties["support"]
        assert follows_contract("/api/2.0/engage/", answer)

    def test_a_table_without_profiles_has_its_columns(self, http: httpx.Client) -> None:
        answer = http.get("/engage/", params={"where": "false", "format": "csv"})
        assert answer.text == "$distinct_id\r\n"

    def test_the_newer_root_refuses_get(self, own: Sandbox, http: httpx.Client) -> None:
        assert http.get(f"{own.url}/api/query/engage").status_code == 405
