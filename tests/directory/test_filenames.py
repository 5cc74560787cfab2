"""The names of slice files."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixpanel_export.directory.filenames import FileName
from mixpanel_export.download.plan import Slice

from .manifests import slice_of


class TestNames:
    @given(first=st.dates(), length=st.integers(0, 500), revision=st.integers(1, 99))
    def test_a_name_contains_its_days(self, first: datetime.date, length: int, revision: int) -> None:
        last = min(first.toordinal() + length, datetime.date.max.toordinal())
        name = FileName(Slice(first, datetime.date.fromordinal(last)), "jsonl.gz", revision)
        assert FileName.parse(str(name)) == name

    @pytest.mark.parametrize(
        "name",
        [
            "events_2024-01-02_2024-01-01.jsonl",
            "events_2024-13-01_2024-13-02.jsonl",
            "events_2024-01-01_2024-01-02_r1.jsonl",
            "events_2024-01-01_2024-01-02_r02.jsonl",
            ".events_2024-01-01_2024-01-02.jsonl.part",
            "events_2024-01-01_2024-01-02",
            "my_events_2024-01-01_2024-01-02.jsonl",
        ],
    )
    def test_other_names_are_not_parsed(self, name: str) -> None:
        assert FileName.parse(name) is None

    def test_a_taken_name_is_not_reused(self) -> None:
        name = FileName(slice_of(1, 2), "jsonl")
        assert str(name.free({str(name)})) == "events_2024-01-01_2024-01-02_r2.jsonl"
