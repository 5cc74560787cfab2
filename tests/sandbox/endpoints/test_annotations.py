"""Annotations and tags: created, read, changed, deleted and kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from mixpanel_export import BadRequestError, MixpanelClient, NotFoundError
from mixpanel_export.sandbox import Sandbox
from tests.sandbox.contract import follows_contract

NEW: dict[str, Any] = {"date": "2024-02-20 16:05:09", "description": "Prices “up” 5%\n緑茶"}
UNKNOWN = 999_999_999
SPEC = "/api/app/projects/{project_id}"


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
    """Make a plain client for the paths under the project."""
    url = f"{own.url}/api/app/projects/{own.credentials.project_id}"
    with httpx.Client(verify=False, timeout=60, base_url=url, auth=own.auth) as client:
        yield client


def descriptions(mixpanel: MixpanelClient, **days: str) -> list[str]:
    return [each.description for each in mixpanel.annotations.list(**days).results]


class TestReading:
    def test_there_are_some_to_begin_with_the_earliest_first(self, mixpanel: MixpanelClient) -> None:
        dates = [each.date for each in mixpanel.annotations.list().results]
        assert len(dates) == 3
        assert dates == sorted(dates)

    def test_a_range_includes_both_days(self, mixpanel: MixpanelClient) -> None:
        every = mixpanel.annotations.list().results
        middle = str(every[1].date.date())
        assert descriptions(mixpanel, from_date=middle, to_date=middle) == [every[1].description]
        assert descriptions(mixpanel, from_date=middle) == [each.description for each in every[1:]]
        assert descriptions(mixpanel, to_date=middle) == [each.description for each in every[:2]]

    def test_an_annotation_is_read_by_id(self, mixpanel: MixpanelClient) -> None:
        for each in mixpanel.annotations.list().results:
            assert mixpanel.annotations.get(annotation_id=each.id).results == each

    @pytest.mark.parametrize(
        ("parameters", "error"),
        [
            ({"fromDate": "2024-02-01", "toDate": "2024-01-31"}, "fromDate must be on or before toDate"),
            ({"fromDate": "January"}, "fromDate must be a date of the form yyyy-mm-dd"),
        ],
    )
    def test_a_wrong_range_is_refused(
        self, http: httpx.Client, parameters: dict[str, str], error: str
    ) -> None:
        answer = http.get("/annotations", params=parameters)
        assert (answer.status_code, answer.json()) == (400, {"error": error, "status": "error"})


class TestCreating:
    def test_a_created_annotation_is_listed(self, mixpanel: MixpanelClient) -> None:
        made = mixpanel.annotations.create(**NEW).results
        assert (made["date"], made.description, made.tags) == (NEW["date"], NEW["description"], [])
        assert mixpanel.annotations.get(annotation_id=made.id).results == made
        assert made in mixpanel.annotations.list(from_date="2024-02-20", to_date="2024-02-20").results

    def test_the_answer_is_201(self, http: httpx.Client) -> None:
        answer = http.post("/annotations", json=NEW)
        assert answer.status_code == 201
        assert answer.json()["status"] == "ok"
        assert follows_contract(f"{SPEC}/annotations", answer)

    def test_ids_increase_and_are_never_given_again(self, mixpanel: MixpanelClient) -> None:
        known = [each.id for each in mixpanel.annotations.list().results]
        first = mixpanel.annotations.create(**NEW).results.id
        mixpanel.annotations.delete(annotation_id=first)
        second = mixpanel.annotations.create(**NEW).results.id
        assert max(known) < first < second

    def test_equal_calls_make_two(self, mixpanel: MixpanelClient) -> None:
        first, second = (mixpanel.annotations.create(**NEW).results for _ in range(2))
        assert first.id != second.id

    def test_annotations_differ_between_sandboxes(self, mixpanel: MixpanelClient) -> None:
        mixpanel.annotations.create(**NEW)
        with (
            Sandbox(limits=None) as other,
            MixpanelClient(other.auth, project_id=other.credentials.project_id, base_url=other.url) as client,
        ):
            assert NEW["description"] not in descriptions(client)

    def test_a_restart_is_a_fresh_start(self, own: Sandbox, mixpanel: MixpanelClient) -> None:
        before = descriptions(mixpanel)
        mixpanel.annotations.create(**NEW)
        own.stop()
        with (
            own,
            MixpanelClient(own.auth, project_id=own.credentials.project_id, base_url=own.url) as client,
        ):
            assert descriptions(client) == before

    @pytest.mark.parametrize(
        ("body", "error"),
        [
            (b"", "a JSON object is required"),
            (b"{", "the body must be valid JSON"),
            (b"\xff", "the body"),
            (b"[]", "the body is invalid"),
            (b'{"description": "x"}', "missing required field `date`"),
            (b'{"date": "2024-01-01 00:00:00"}', "missing required field `description`"),
            (b'{"date": "2024-01-01 00:00:00", "description": ""}', "length >= 1"),
            (b'{"date": "2024-01-01 00:00:00", "description": 5}', "Expected `str`"),
            (b'{"date": "2024-01-01 00:00:00", "description": "x", "tags": ["release"]}', "Expected `int`"),
            (
                b'{"date": "2024-01-01 00:00:00", "description": "x", "tags": [1]}',
                "tag 1 does not exist",
            ),
            (b'{"date": "2024-01-01 00:00:00", "description": "x", "colour": 1}', "unknown field `colour`"),
            (b'{"date": "2024-01-01", "description": "x"}', "date must be a date of the form yyyy-mm-dd HH"),
            (b'{"date": "2024-02-30 00:00:00", "description": "x"}', "date must be a date of the form"),
        ],
    )
    @pytest.mark.sampled(5)
    def test_a_wrong_body_is_refused_and_makes_nothing(
        self, http: httpx.Client, mixpanel: MixpanelClient, body: bytes, error: str
    ) -> None:
        before = mixpanel.annotations.list()
        answer = http.post("/annotations", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 400
        assert error in answer.json()["error"]
        assert follows_contract(f"{SPEC}/annotations", answer)
        assert mixpanel.annotations.list() == before


class TestChanging:
    def test_an_update_changes_only_the_named_fields(self, mixpanel: MixpanelClient) -> None:
        first, second = (tag.id for tag in mixpanel.annotations.list_tags()[:2])
        made = mixpanel.annotations.create(**NEW, tags=[first]).results
        worded = mixpanel.annotations.update(annotation_id=made.id, description="Other words").results
        assert (worded.description, worded.date, worded.tags) == ("Other words", made.date, made.tags)
        tagged = mixpanel.annotations.update(annotation_id=made.id, tags=[second, first]).results
        assert tagged.description == "Other words"
        assert isinstance(tagged.tags, list)
        assert [tag.id for tag in tagged.tags] == [second, first]
        bare = mixpanel.annotations.update(annotation_id=made.id, tags=[]).results
        assert bare.tags == []
        assert mixpanel.annotations.get(annotation_id=made.id).results == bare

    def test_the_date_cannot_be_changed(self, http: httpx.Client, mixpanel: MixpanelClient) -> None:
        known = mixpanel.annotations.list().results[0]
        answer = http.patch(f"/annotations/{known.id}", json={"date": "2024-01-01 00:00:00"})
        assert answer.status_code == 400
        assert "unknown field `date`" in answer.json()["error"]

    def test_an_unknown_tag_changes_nothing(self, mixpanel: MixpanelClient) -> None:
        known = mixpanel.annotations.list().results[0]
        with pytest.raises(BadRequestError, match=f"annotation tag {UNKNOWN} does not exist"):
            mixpanel.annotations.update(annotation_id=known.id, description="x", tags=[UNKNOWN])
        assert mixpanel.annotations.get(annotation_id=known.id).results == known


class TestDeleting:
    def test_a_deleted_annotation_is_gone(self, mixpanel: MixpanelClient) -> None:
        known = mixpanel.annotations.list().results
        assert mixpanel.annotations.delete(annotation_id=known[0].id).results.id == known[0].id
        assert mixpanel.annotations.list().results == known[1:]
        with pytest.raises(NotFoundError, match="does not exist"):
            mixpanel.annotations.delete(annotation_id=known[0].id)


class TestUnknownIds:
    def test_unknown_annotations_are_not_found(self, http: httpx.Client) -> None:
        for method, body in (("GET", None), ("PATCH", {}), ("DELETE", None)):
            answer = http.request(method, f"/annotations/{UNKNOWN}", json=body)
            assert answer.status_code == 404
            assert follows_contract(f"{SPEC}/annotations/{{annotation_id}}", answer)

    def test_an_id_is_a_number(self, http: httpx.Client) -> None:
        assert http.get("/annotations/first").status_code == 400


class TestTags:
    def test_tags_are_not_taken_for_an_annotation_id(self, http: httpx.Client) -> None:
        for path in ("/annotations/tags", "/annotations/tags/"):
            answer = http.get(path)
            assert answer.status_code == 200
            assert follows_contract(f"{SPEC}/annotations/tags", answer)
            assert [tag["name"] for tag in answer.json()] == ["release", "campaign", "incident"]

    def test_a_new_one_can_be_given(self, own: Sandbox, mixpanel: MixpanelClient) -> None:
        tag = mixpanel.annotations.create_tag(name="prices")
        assert (tag.name, tag.project_id) == ("prices", own.credentials.project_id)
        assert tag.has_annotations is False
        made = mixpanel.annotations.create(**NEW, tags=[tag.id]).results
        assert isinstance(made.tags, list)
        assert [(each.id, each.name) for each in made.tags] == [(tag.id, "prices")]
        assert mixpanel.annotations.list_tags()[-1].has_annotations is True
        mixpanel.annotations.delete(annotation_id=made.id)
        assert mixpanel.annotations.list_tags()[-1].has_annotations is False

    @pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": 5}, {"name": "x", "colour": "red"}, []])
    def test_a_wrong_one_is_refused(self, http: httpx.Client, body: object) -> None:
        answer = http.post("/annotations/tags", json=body)
        assert answer.status_code == 400
        assert follows_contract(f"{SPEC}/annotations/tags", answer)
        assert len(http.get("/annotations/tags").json()) == 3


class TestContract:
    def test_every_answer_follows_it(self, http: httpx.Client) -> None:
        one = f"{SPEC}/annotations/{{annotation_id}}"
        assert follows_contract(f"{SPEC}/annotations", http.get("/annotations"))
        known = http.get("/annotations").json()["results"][0]["id"]
        assert follows_contract(one, http.get(f"/annotations/{known}"))
        assert follows_contract(one, http.patch(f"/annotations/{known}", json={"description": "x"}))
        assert follows_contract(one, http.delete(f"/annotations/{known}"))
        made = http.post("/annotations/tags", json={"name": "x"})
        assert follows_contract(f"{SPEC}/annotations/tags", made)
