"""Lists in responses: length, items, rows and data frames."""

from __future__ import annotations

import copy
import datetime
import json
import pickle
from typing import Any

import pytest

from mixpanel_export_api.models import (
    ActivityResult,
    AnnotationsResult,
    Cohort,
    LexiconResult,
    ProfilesPage,
    TopEventsResult,
)
from mixpanel_export_api.runtime import answers
from mixpanel_export_api.runtime.lists import Records

COHORT = {"id": 1, "name": "Paying", "count": "12", "is_visible": 1, "created": "2024-01-01 10:00:00"}


def frames(listed: Any) -> list[list[str]]:
    arrow = listed.to_arrow()
    assert len(listed.to_pandas()) == len(listed.to_polars()) == arrow.num_rows == len(listed.to_rows())
    columns = [*listed.to_pandas().columns], listed.to_polars().columns, arrow.column_names
    assert columns[0] == columns[1] == columns[2]
    return [*columns]


def test_a_list_of_models_is_a_list_and_a_table() -> None:
    sent: Any = [COHORT, {"id": 2, "colour": "red"}]
    cohorts = answers.records(Cohort).read(copy.deepcopy(sent), datetime.UTC)
    assert isinstance(cohorts, list)
    assert cohorts == sent
    assert [cohort.id for cohort in cohorts] == [1, 2]
    first, second = cohorts.to_rows()
    assert (first["count"], first["is_visible"]) == (12, True)
    assert first["created"] == datetime.datetime(2024, 1, 1, 10, tzinfo=datetime.UTC)
    assert (second["created"], second["colour"]) == (None, "red")
    assert "colour" in frames(cohorts)[0]
    assert str(cohorts.to_arrow().schema.field("created").type) == "timestamp[us, tz=UTC]"
    for copied in (copy.deepcopy(cohorts), pickle.loads(pickle.dumps(cohorts))):
        assert copied == cohorts
        assert copied.to_rows() == cohorts.to_rows()
    assert json.loads(json.dumps(cohorts)) == cohorts


def test_an_empty_list_is_an_empty_table_with_columns() -> None:
    cohorts = answers.records(Cohort).read([], datetime.UTC)
    assert {"id", "name", "is_visible"} <= set(frames(cohorts)[0])
    page = ProfilesPage.from_dict({"page": 0, "page_size": 1000, "results": []})
    assert frames(page)[0][0] == "distinct_id"
    assert frames(Records[Any]())[0] == ["value"]


def test_plain_values_are_rows() -> None:
    assert Records(["a", "b"]).to_rows() == [{"value": "a"}, {"value": "b"}]
    rows: Records[Any] = Records([{"key": "a", "value": 1}, {"key": "b", "value": {"c": [1]}}])
    assert rows.to_polars()["value"].to_list() == ["1", '{"c": [1]}']
    assert frames(rows)[0] == ["key", "value"]


@pytest.mark.parametrize(
    ("listed", "columns"),
    [
        (
            AnnotationsResult.from_dict(
                {
                    "results": [
                        {"id": 1, "date": "2024-01-01 00:00:00", "tags": [{"id": 7}], "user": {"id": 3}},
                        {"id": 2, "date": "2024-01-01T00:00:00-07:00", "tags": None},
                    ]
                }
            ),
            ["id", "date", "description", "user", "tags"],
        ),
        (TopEventsResult.from_dict({"events": [{"event": "A", "amount": 3}]}), ["amount", "event"]),
        (
            LexiconResult.from_dict({"results": [{"name": "A", "schemaJson": {"properties": {}}}]}),
            ["entity_type", "name", "schema_json"],
        ),
    ],
    ids=["annotations", "top events", "schemas"],
)
def test_an_answer_that_holds_a_list_is_a_table(listed: Any, columns: list[str]) -> None:
    assert set(columns) <= set(frames(listed)[0])
    assert len(listed) == len(list(listed)) == len(listed.to_rows())


def test_properties_are_columns() -> None:
    page = ProfilesPage.from_dict(
        {
            "page": 0,
            "page_size": 3,
            "results": [
                {"$distinct_id": 1, "$properties": {"plan": "pro", "seats": 3, "distinct_id": "x"}},
                {"$distinct_id": "b", "$properties": {"seats": 1 << 70, "tags": ["a"]}},
                {"$distinct_id": "c", "$properties": None},
            ],
        }
    )
    assert page.to_rows() == [
        {"distinct_id": 1, "plan": "pro", "seats": 3, "properties.distinct_id": "x"},
        {"distinct_id": "b", "seats": 1 << 70, "tags": ["a"]},
        {"distinct_id": "c"},
    ]
    assert frames(page)[0] == ["distinct_id", "plan", "seats", "properties.distinct_id", "tags"]
    assert page.to_arrow().column("distinct_id").to_pylist() == ["1", "b", "c"]
    assert page.to_arrow().column("tags").to_pylist() == [None, '["a"]', None]
    events = ActivityResult.from_dict({"results": {"events": [{"event": "A", "properties": {"time": 1}}]}})
    assert events.to_rows() == [{"event": "A", "time": 1}]
