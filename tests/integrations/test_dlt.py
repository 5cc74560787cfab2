"""dlt loads the exact multiset of events, day after day, and never alters a value."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest

from mixpanel_export import InvalidArgumentError, MixpanelClient, ServiceAccountAuth
from mixpanel_export.sandbox import Fault, Sandbox
from tests.wire_server import client_of

dlt: Any = pytest.importorskip("dlt")

MIDNIGHT = int(datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC).timestamp())
Days = dict[int, list[Any]]


def lines_of(days: Days) -> Iterator[dict[str, Any]]:
    for day, values in days.items():
        for number, value in enumerate(values):
            time = MIDNIGHT + (day - 1) * 86_400 + number
            identity = {"time": time, "distinct_id": f"u{number}", "$insert_id": f"{day}-{number}"}
            yield {"event": "A", "properties": {**identity, "value": value}}


@contextmanager
def project(folder: Path, days: Days) -> Iterator[tuple[Sandbox, MixpanelClient]]:
    """Start a project that has these values on these days of January 2024."""
    file = folder / "sent.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines_of(days)))
    with Sandbox(events=file, limits=None) as sandbox, client_of(sandbox) as client:
        yield sandbox, client


Load = Callable[..., int]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Load a project's events into `events.duckdb`; return the number of its requests."""
    from mixpanel_export.dlt import mixpanel_source

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
    destination = dlt.destinations.duckdb(str(tmp_path / "events.duckdb"))

    def run(days: Days, last: int, **options: Any) -> int:
        with project(tmp_path, days) as (sandbox, client):
            pipeline = dlt.pipeline(
                "load", destination=destination, dataset_name="mixpanel", pipelines_dir=str(tmp_path / "dlt")
            )
            source = mixpanel_source("2024-01-01", f"2024-01-{last:02}", client=client, **options)
            pipeline.run(source.with_resources("events"))
            return sum(request.path.endswith("/export") for request in sandbox.requests)

    return run


def differences(folder: Path, days: Days) -> int:
    """Count the events that the table lacks, and those that it has and should not."""
    sent = folder / "expected.jsonl"
    texts = (json.dumps(line["properties"]) for line in lines_of(days))
    sent.write_text("".join(json.dumps({"properties": text}) + "\n" for text in texts) or "\n")
    with duckdb.connect(str(folder / "events.duckdb"), read_only=True) as connection:
        connection.sql(
            f"CREATE TEMP TABLE sent AS SELECT * FROM read_json('{sent}', columns={{properties: 'VARCHAR'}})"
        )
        ((count,),) = connection.sql(
            """
            SELECT (SELECT count(*) FROM (FROM sent EXCEPT ALL SELECT properties FROM mixpanel.events))
                 + (SELECT count(*) FROM (SELECT properties FROM mixpanel.events EXCEPT ALL FROM sent))
            """
        ).fetchall()
    return int(count)


def test_four_loads_of_changing_days_are_exact(load: Load, tmp_path: Path) -> None:
    days: Days = {day: [day, day * 100] for day in range(1, 9)}
    assert load(days, 8, look_back=3) == 1 + 3  # the first five days, and three single ones
    assert differences(tmp_path, days) == 0

    days |= {6: [], 7: [7.5, "x", 7.5, None], 8: [8], 9: [9.25, 2**70]}
    assert load(days, 9, look_back=3) == 4
    assert differences(tmp_path, days) == 0

    assert load(days, 9, look_back=3) == 3
    assert differences(tmp_path, days) == 0

    days |= {7: [], 8: [{"a": [1.0, {"b": None}]}, [True]], 9: [], 12: [12, 12]}
    assert load(days, 12, look_back=3) == 6
    assert differences(tmp_path, days) == 0


def test_a_failed_load_changes_nothing_and_the_next_one_catches_up(load: Load, tmp_path: Path) -> None:
    days: Days = {day: [day] for day in range(1, 5)}
    load(days, 4, look_back=1)
    from mixpanel_export.dlt import mixpanel_source

    later = {**days, 4: [4.5], 5: [5], 6: [6]}
    with project(tmp_path, later) as (sandbox, client):
        sandbox.faults.add(Fault.delay(0), Fault.delay(0), *[Fault.status(400)] * 9, path="/export")
        pipeline = dlt.pipeline(
            "load",
            destination=dlt.destinations.duckdb(str(tmp_path / "events.duckdb")),
            dataset_name="mixpanel",
            pipelines_dir=str(tmp_path / "dlt"),
        )
        source = mixpanel_source("2024-01-01", "2024-01-06", client=client, look_back=1)
        with pytest.raises(Exception, match="400"):
            pipeline.run(source.with_resources("events"))
    assert differences(tmp_path, days) == 0
    load(later, 6, look_back=1)
    assert differences(tmp_path, later) == 0


def test_columns_stay_the_same_and_hold_no_altered_value(load: Load, tmp_path: Path) -> None:
    days: Days = {1: [1, 2], 2: [3]}
    with project(tmp_path, days) as (_, client):
        columns = client.export.columns("2024-01-01", "2024-01-02", lexicon=False)
    load(days, 2, look_back=1, columns=columns)
    days |= {2: [7.5, 3], 3: ["7", 8.0, 2**63]}
    load(days, 3, look_back=1, columns=columns)
    with duckdb.connect(str(tmp_path / "events.duckdb"), read_only=True) as connection:
        rows = connection.sql("SELECT value, overflow FROM mixpanel.events ORDER BY time").fetchall()
        ((kind,),) = connection.sql("SELECT typeof(value) FROM mixpanel.events LIMIT 1").fetchall()
    assert kind == "BIGINT"
    overflow = [7.5, "7", 8.0, 2**63]
    assert [json.loads(text)["value"] for _, text in rows if text is not None] == overflow
    assert [value for value, text in rows if text is None] == [1, 2, 3]
    with project(tmp_path, days) as (_, client):
        others = client.export.columns("2024-01-03", "2024-01-03", lexicon=False)
    for wrong in ({"columns": others}, {}, {"columns": columns, "event": "B"}):
        with pytest.raises(Exception, match=r"the table (was loaded with|has other columns)"):
            load(days, 3, **wrong)


def test_the_other_resources_replace_their_tables(
    client: MixpanelClient, tmp_path: Path, monkeypatch: Any
) -> None:
    from mixpanel_export.dlt import mixpanel_source

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
    pipeline = dlt.pipeline(
        "all",
        destination=dlt.destinations.duckdb(str(tmp_path / "all.duckdb")),
        dataset_name="mixpanel",
        pipelines_dir=str(tmp_path / "dlt"),
    )
    source = mixpanel_source("2024-01-01", "2024-01-01", client=client, columns="lexicon")
    pipeline.run(source)
    with duckdb.connect(str(tmp_path / "all.duckdb"), read_only=True) as connection:
        profiles = dict(connection.sql("SELECT distinct_id, properties FROM mixpanel.profiles").fetchall())
        assert {profile.distinct_id: {**profile.properties} for profile in client.profiles.all()} == {
            name: json.loads(text) for name, text in profiles.items()
        }
        assert connection.sql("SELECT id, date FROM mixpanel.annotations ORDER BY id").fetchall() == [
            (annotation["id"], annotation["date"])
            for annotation in sorted(map(dict, client.annotations.list()), key=lambda each: each["id"])
        ]
        cohorts = connection.sql("SELECT name, count, created FROM mixpanel.cohorts").fetchall()
        assert {name for name, _, _ in cohorts} == {cohort.name for cohort in client.cohorts.list()}
        kinds = connection.sql(
            "SELECT property, type FROM mixpanel.lexicon WHERE entity = 'Purchase'"
        ).fetchall()
        assert ("revenue", "number") in kinds
        (described,) = connection.sql("DESCRIBE mixpanel.events").filter("column_name = 'revenue'").fetchall()
        assert described[1] == "DOUBLE"


def test_profiles_keep_the_text_of_their_properties() -> None:
    from mixpanel_export.dlt import mixpanel_source

    properties = '{"p":1e400, "q":12345678901234567.123,"r":{"a":1.10,"a":2},"s":"\\u00e9"}'
    others = '{"$distinct_id":1.50,"$properties":null},{"$distinct_id":"c","$properties":{"half":"\\ud800"}}'
    body = (
        f'{{"page":0,"page_size":9,"results":[{{"$distinct_id":"a","$properties":{properties}}},{others}]}}'
    )
    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=body.encode()))
    auth = ServiceAccountAuth("user", "secret")
    with MixpanelClient(auth, project_id=1, transport=transport, limits=None) as client:
        source = mixpanel_source("2024-01-01", "2024-01-01", client=client).with_resources("profiles")
        rows = [*source]
    assert rows == [
        {"distinct_id": "a", "properties": properties},
        {"distinct_id": "1.50", "properties": "{}"},
        {"distinct_id": "c", "properties": '{"half":"\\ud800"}'},
    ]


def test_wrong_arguments_are_refused_at_once(client: MixpanelClient) -> None:
    from mixpanel_export.dlt import mixpanel_source

    wrong_ones: list[dict[str, Any]] = [
        {"limit": 3},
        {"slice_days": 1},
        {"look_back": -1},
        {"look_back": 1_000_000_000},
        {"evnt": "A"},
        {"from_date": "yesterday"},
    ]
    for wrong in wrong_ones:
        with pytest.raises(InvalidArgumentError, match=next(iter(wrong))):
            mixpanel_source(**{"from_date": "2024-01-01", "client": client, **wrong})
