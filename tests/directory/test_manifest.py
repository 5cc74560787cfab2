"""Manifests as data: written, read and checked, and the days that they lack."""

from __future__ import annotations

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixpanel_export.directory.manifest import Manifest, ManifestSlice
from mixpanel_export.errors import ManifestError

from .manifests import DAY, LATER, covered, day, finished, manifest, query


class TestText:
    def test_a_manifest_is_read_as_written(self) -> None:
        before = Manifest(
            query(event=("Käufe", "B"), where="x", limit=5, time_in_ms=True, bucket="b", deduplicate=True),
            (finished(1, 3), finished(4, 4, revision=2)),
            ("events_2024-01-05_2024-01-31.jsonl.gz",),
            ("events_2024-01-04_2024-01-04.jsonl.gz",),
        )
        assert Manifest.from_json(before.to_json()) == before

    def test_a_manifest_without_fields_has_all_of_them(self) -> None:
        text = manifest((1, 31)).to_json()
        assert b'"fields"' not in text
        assert Manifest.from_json(text).query.fields is None

    def test_the_fields_are_read_as_written(self) -> None:
        before = Manifest(query(fields=("amount", "plan")), (finished(1, 31),))
        assert Manifest.from_json(before.to_json()) == before

    def test_a_manifest_is_readable_by_people(self) -> None:
        text = Manifest(query(event=("Käufe",)), (finished(1, 31),)).to_json().decode()
        assert "\n  " in text
        assert "Käufe" in text
        data = json.loads(text)
        assert data["complete"] is True
        assert data["query"]["from_date"] == "2024-01-01"
        assert (data["events"], data["bytes"]) == (10, 1000)
        assert next(iter(data)) == "version"

    def test_a_later_version_is_refused_with_a_hint_to_upgrade(self) -> None:
        with pytest.raises(ManifestError, match="upgrade"):
            Manifest.from_json(b'{"version": 99, "something": "else"}')

    @pytest.mark.parametrize("keep", [0, 1, 100, -3])
    def test_a_truncated_manifest_is_damaged(self, keep: int) -> None:
        with pytest.raises(ManifestError, match="damaged"):
            Manifest.from_json(manifest((1, 31)).to_json()[:keep])

    @pytest.mark.parametrize(
        "name", ["../../etc/passwd", "/etc/passwd", "manifest.json", "events_2024-01-01_2024-01-01.jsonl/x"]
    )
    @pytest.mark.parametrize("where", ["slices", "pending", "obsolete"])
    def test_an_invalid_file_name_is_damage(self, name: str, where: str) -> None:
        data = json.loads(manifest((1, 1)).to_json())
        data[where] = [{**data["slices"][0], "file": name}] if where == "slices" else [name]
        with pytest.raises(ManifestError, match="not the name"):
            Manifest.from_json(json.dumps(data).encode())

    @pytest.mark.parametrize("days", [((1, 3), (3, 5)), ((4, 5), (1, 2)), ((30, 32),), ((2, 1),)])
    def test_overlapping_or_outside_days_are_damage(self, days: tuple[tuple[int, int], ...]) -> None:
        slices = tuple(
            ManifestSlice("events_2024-01-01_2024-01-01.jsonl", day(a), day(b), 1, 1, 1, "0" * 64, LATER)
            for a, b in days
        )
        with pytest.raises(ManifestError, match="overlaps another, or is outside"):
            Manifest.from_json(Manifest(query(), slices).to_json())


class TestGaps:
    @given(st.lists(st.booleans(), min_size=1, max_size=40))
    def test_slices_and_gaps_cover_every_day_once(self, done: list[bool]) -> None:
        made = manifest(*((n, n) for n, is_done in enumerate(done, 1) if is_done), last=len(done))
        days = sorted(covered([*made.gaps(), *(entry.slice_ for entry in made.slices)]))
        assert days == [day(n) for n in range(1, len(done) + 1)]
        gaps = made.gaps()
        assert all(b.from_date - a.to_date > DAY for a, b in itertools.pairwise(gaps))
