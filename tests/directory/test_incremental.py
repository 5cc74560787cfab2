"""`client.export.update_directory`: later days, and late events of the last days, replaced atomically."""

from __future__ import annotations

import datetime
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine

from mixpanel_export import DirectoryMismatchError, InvalidArgumentError, MixpanelClient, MixpanelError
from mixpanel_export.sandbox import Fault, Sandbox
from tests.wire_server import client_of

from .contents import canonical, events_in, expected, manifest_of, names_in

FIRST = datetime.datetime(2024, 1, 1, 12, tzinfo=datetime.UTC)


def records(day: int, of: int = 20, late: int = 0) -> list[dict[str, Any]]:
    """Make the events of a day in January 2024, and some that arrived late."""
    noon = int(FIRST.timestamp()) + 86_400 * (day - 1)
    return [
        {"event": "A", "properties": {"time": noon + n, "distinct_id": "u", "$insert_id": f"{day}-{n}"}}
        for n in range(of + late)
    ]


Serve = Callable[[list[dict[str, Any]]], Sandbox]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start a project with these events; a later call starts the same project at a later time."""
    running: list[Sandbox] = []

    def start(events: list[dict[str, Any]]) -> Sandbox:
        file = tmp_path / f"served-{len(running)}.jsonl"
        file.write_text("".join(json.dumps(event) + "\n" for event in events))
        running.append(Sandbox(events=file, limits=None).start())
        return running[-1]

    yield start
    for sandbox in running:
        sandbox.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "out"


def counted(events: list[dict[str, Any]]) -> Counter[str]:
    return Counter(canonical(event) for event in events)


def days_asked(sandbox: Sandbox) -> list[tuple[str, str]]:
    asked = [dict(request.query) for request in sandbox.requests]
    sandbox.requests.clear()
    return sorted((query["from_date"][8:], query["to_date"][8:]) for query in asked)


def test_an_update_fetches_only_the_last_days_again(serve: Serve, folder: Path) -> None:
    before = [record for day in range(1, 11) for record in records(day)]
    with client_of(serve(before)) as client:
        client.export.to_directory(folder, "2024-01-01", "2024-01-10", slice_days=1)
    late = {5: 3, 8: 4, 10: 5}
    after = [record for day in range(1, 13) for record in records(day, late=late.get(day, 0))]
    later = serve(after)
    with client_of(later) as client:
        done = client.export.update_directory(folder, to_date="2024-01-12")
    assert days_asked(later) == [*((f"{day:02}", f"{day:02}") for day in range(6, 11)), ("11", "12")]
    assert (done.fetched, done.found) == (6, 5)
    still_without = [
        record for day in range(1, 13) for record in records(day, late=late.get(day, 0) * (day > 5))
    ]
    assert events_in(folder) == counted(still_without)
    assert manifest_of(folder)["query"]["to_date"] == "2024-01-12"
    assert manifest_of(folder)["complete"] is True


def test_replaced_slices_get_new_names(shop: MixpanelClient, folder: Path) -> None:
    shop.export.to_directory(folder, "2024-01-01", "2024-01-10", slice_days=4)
    shop.export.update_directory(folder, to_date="2024-01-11", look_back=2)
    assert names_in(folder) == {
        "manifest.json",
        "events_2024-01-01_2024-01-04.jsonl.gz",
        "events_2024-01-05_2024-01-08.jsonl.gz",
        "events_2024-01-09_2024-01-10_r2.jsonl.gz",
        "events_2024-01-11_2024-01-11.jsonl.gz",
    }
    shop.export.update_directory(folder, to_date="2024-01-12", look_back=2)
    assert "events_2024-01-09_2024-01-10_r3.jsonl.gz" in names_in(folder)
    assert events_in(folder) == expected(shop, "2024-01-01", "2024-01-12")


def test_an_update_uses_the_manifests_query(sandbox: Sandbox, shop: MixpanelClient, folder: Path) -> None:
    filters: dict[str, Any] = {
        "event": ["Purchase"],
        "where": 'properties["amount"] > 20',
        "time_in_ms": True,
    }
    shop.export.to_directory(folder, "2024-01-01", "2024-01-03", format="jsonl", **filters)
    shop.export.update_directory(folder, to_date="2024-01-05")
    assert events_in(folder) == expected(shop, "2024-01-01", "2024-01-05", **filters)
    assert all(name.endswith((".jsonl", ".json")) for name in names_in(folder))


def test_an_update_keeps_the_fields(shop: MixpanelClient, folder: Path) -> None:
    shop.export.to_directory(folder, "2024-01-01", "2024-01-03", format="jsonl", fields=["price"])
    shop.export.update_directory(folder, to_date="2024-01-05")
    manifest = manifest_of(folder)
    assert manifest["query"]["fields"] == ["price"]
    for entry in manifest["slices"]:
        for line in (folder / entry["file"]).read_text().splitlines():
            assert set(json.loads(line)["properties"]) <= {"time", "distinct_id", "$insert_id", "price"}
    with pytest.raises(DirectoryMismatchError, match="fields"):
        shop.export.update_directory(folder, to_date="2024-01-06", fields=["plan"])


def test_another_query_is_refused(shop: MixpanelClient, folder: Path) -> None:
    shop.export.to_directory(folder, "2024-01-01", "2024-01-03")
    for changes in ({"event": "Purchase"}, {"format": "jsonl"}, {"from_date": "2024-01-02"}):
        with pytest.raises(DirectoryMismatchError, match=next(iter(changes))):
            shop.export.update_directory(folder, to_date="2024-01-05", **changes)  # type: ignore[arg-type]


def test_one_call_serves_the_first_run_and_later_ones(shop: MixpanelClient, folder: Path) -> None:
    for last in ("2024-01-03", "2024-01-04", "2024-01-05"):
        shop.export.update_directory(folder, from_date="2024-01-01", to_date=last, event="Purchase")
    assert events_in(folder) == expected(shop, "2024-01-01", "2024-01-05", event="Purchase")


def test_an_empty_directory_needs_a_first_day(shop: MixpanelClient, folder: Path) -> None:
    with pytest.raises(InvalidArgumentError, match="from_date"):
        shop.export.update_directory(folder)
    assert not folder.exists()


def test_an_update_ends_yesterday_in_the_projects_time_zone(sandbox: Sandbox, folder: Path) -> None:
    with client_of(sandbox, timezone="Pacific/Auckland") as client:
        client.export.to_directory(folder, "2024-01-01", "2024-01-02")
        with time_machine.travel(datetime.datetime(2024, 1, 4, 20, tzinfo=datetime.UTC), tick=True):
            assert client.export.plan_update(folder).to_date == datetime.date(2024, 1, 4)
    with (
        client_of(sandbox, timezone="America/New_York") as client,
        time_machine.travel(datetime.datetime(2024, 1, 5, 3, tzinfo=datetime.UTC), tick=True),
    ):
        assert client.export.plan_update(folder).to_date == datetime.date(2024, 1, 3)


def test_a_day_exported_before_its_end_is_fetched_again(serve: Serve, folder: Path) -> None:
    with (
        time_machine.travel(FIRST + datetime.timedelta(days=2), tick=True),
        client_of(serve(records(1) + records(2) + records(3, of=5))) as client,
    ):
        client.export.to_directory(folder, "2024-01-01", "2024-01-03", slice_days=1)
    later = serve([record for day in range(1, 5) for record in records(day)])
    with client_of(later) as client:
        client.export.update_directory(folder, to_date="2024-01-04", look_back=0)
    assert days_asked(later) == [("03", "03"), ("04", "04")]
    assert events_in(folder) == counted([record for day in range(1, 5) for record in records(day)])


def test_an_interrupted_update_resumes_without_repetition(
    sandbox: Sandbox, shop: MixpanelClient, folder: Path
) -> None:
    shop.export.to_directory(folder, "2024-01-01", "2024-01-06", slice_days=1)
    sandbox.requests.clear()
    sandbox.faults.add(None, None, Fault.status(403), path="/export")
    with pytest.raises(Exception, match="403"):
        shop.export.update_directory(folder, to_date="2024-01-08", look_back=3, parallel=1)
    first = days_asked(sandbox)
    assert events_in(folder) == expected(shop, "2024-01-01", "2024-01-06")
    sandbox.requests.clear()
    done = shop.export.update_directory(folder, to_date="2024-01-08", look_back=3)
    rest = days_asked(sandbox)
    assert done.fetched == 2
    assert sorted([*first[:2], *rest]) == [
        ("04", "04"),
        ("05", "05"),
        ("06", "06"),
        ("07", "08"),
    ]
    assert events_in(folder) == expected(shop, "2024-01-01", "2024-01-08")


def test_an_update_fills_gaps(sandbox: Sandbox, shop: MixpanelClient, folder: Path) -> None:
    sandbox.faults.add(None, Fault.status(403), path="/export")
    with pytest.raises(Exception, match="403"):
        shop.export.to_directory(folder, "2024-01-01", "2024-01-06", slice_days=2, parallel=1)
    shop.export.update_directory(folder, to_date="2024-01-07")
    assert events_in(folder) == expected(shop, "2024-01-01", "2024-01-07")


def test_a_reader_sees_old_days_or_new_ones(serve: Serve, folder: Path) -> None:
    """At every moment of an update, each day is there once, with or without its late events."""
    with client_of(serve([*records(1), *records(2)])) as client:
        client.export.to_directory(folder, "2024-01-01", "2024-01-02", slice_days=1)
    seen: list[int] = []

    def look(progress: object) -> None:
        known = manifest_of(folder)
        try:
            found = events_in(folder, stray=True)
        except FileNotFoundError:
            # A file can be replaced after the manifest was read; then the manifest has changed too.
            assert manifest_of(folder) != known
            look(progress)
        else:
            assert found.total() == len(found)
            seen.append(found.total())

    with client_of(serve([*records(1, late=5), *records(2, late=5)])) as client:
        client.export.update_directory(folder, to_date="2024-01-02", parallel=1, progress=look)
    assert set(seen) <= {40, 45, 50}
    assert events_in(folder).total() == 50


def days_of(*late: int, empty: int = 0) -> list[dict[str, Any]]:
    """Make the events of six days: some with late ones, and one without any."""
    days = [day for day in range(1, 7) if day != empty]
    return [record for day in days for record in records(day, late=3 if day in late else 0)]


def test_refetch_replaces_the_slices_of_its_days_only(serve: Serve, folder: Path) -> None:
    with client_of(serve(days_of())) as client:
        client.export.to_directory(folder, "2024-01-01", "2024-01-06", slice_days=2)
    later = serve(days_of(1, 4, 6, empty=3))
    with client_of(later) as client:
        done = client.export.refetch(folder, "2024-01-03", "2024-01-03")
    assert days_asked(later) == [("03", "04")]
    assert (done.fetched, done.found) == (1, 2)
    assert events_in(folder) == counted(days_of(4, empty=3))
    assert manifest_of(folder)["query"]["to_date"] == "2024-01-06"


def test_an_interrupted_refetch_is_resumed(serve: Serve, folder: Path) -> None:
    with client_of(serve(days_of())) as client:
        client.export.to_directory(folder, "2024-01-01", "2024-01-06", slice_days=2)
    later = serve(days_of(1, 3))
    later.faults.add(Fault.status(400), path="/export")
    with client_of(later) as client:
        with pytest.raises(MixpanelError):
            client.export.refetch(folder, "2024-01-01", "2024-01-04")
        # Readers still find every event of before, or of after.
        assert sum(events_in(folder, stray=True).values()) >= 120
        client.export.to_directory(folder, "2024-01-01", "2024-01-06")
    assert events_in(folder) == counted(days_of(1, 3))


def test_refetch_refuses_days_and_folders_it_does_not_know(
    shop: MixpanelClient, sandbox: Sandbox, folder: Path
) -> None:
    with pytest.raises(DirectoryMismatchError, match="no complete slice"):
        shop.export.refetch(folder, "2024-01-01", "2024-01-02")
    shop.export.to_directory(folder, "2024-01-01", "2024-01-02")
    before, asked = events_in(folder), len(sandbox.requests)
    with pytest.raises(InvalidArgumentError, match="2024-01-01 to 2024-01-02"):
        shop.export.refetch(folder, "2024-01-02", "2024-01-03")
    with pytest.raises(DirectoryMismatchError, match="event"):
        shop.export.refetch(folder, "2024-01-01", "2024-01-02", event="Purchase")
    assert (events_in(folder), len(sandbox.requests)) == (before, asked)
