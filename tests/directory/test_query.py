"""Differences between the recorded query and the requested one."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from mixpanel_export import prop
from mixpanel_export.directory.query import Query
from mixpanel_export.download.job import ExportJob
from mixpanel_export.http.context import Context

from .manifests import FIRST, day, query


class TestDifferences:
    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"event": ("B",)}, 'event is ["A"] there, and ["B"] here'),
            ({"event": None}, 'event is ["A"] there, and not set here'),
            ({"where": "true"}, 'where is not set there, and "true" here'),
            ({"limit": 3}, "limit is not set there, and 3 here"),
            ({"to_date": day(30)}, "to_date is 2024-01-31 there, and 2024-01-30 here"),
            ({"format": "jsonl"}, 'format is "jsonl.gz" there, and "jsonl" here'),
            ({"time_in_ms": True}, "time_in_ms is false there, and true here"),
            ({"deduplicate": True}, "deduplicate is false there, and true here"),
            ({"project_id": 2}, "project_id is 1 there, and 2 here"),
        ],
    )
    def test_each_difference_is_named(self, changes: dict[str, Any], said: str) -> None:
        there = query(event=("A",))
        assert there.differences(evolve(there, **changes)) == [said]

    def test_event_order_and_an_unknown_project_do_not_differ(self) -> None:
        there = query(event=("A", "B"))
        assert there.differences(evolve(there, event=("B", "A"), project_id=None)) == []

    def test_expressions_are_compared_as_text(self, context: Context) -> None:
        one = ExportJob.make(context, FIRST, day(2), where=prop("a") == 1, event="A", time_in_ms=False)
        two = ExportJob.make(context, FIRST, day(2), where='properties["a"] == 1', event=["A"])
        assert Query.of(one, "jsonl").differences(Query.of(two, "jsonl")) == []
