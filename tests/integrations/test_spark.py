"""Spark reads every event once: by slices, in one schema, each again if its task fails."""

from __future__ import annotations

import datetime
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mixpanel_export import MixpanelClient
from mixpanel_export.sandbox import Fault, Sandbox
from tests.export.test_batches import counted
from tests.integrations.test_redis import server, url
from tests.wire_server import client_of

__all__ = ["server", "url"]

pytest.importorskip("pyspark")
# Java takes its time on a loaded machine.
pytestmark = pytest.mark.timeout(600)

FIRST, LAST = "2024-01-01", "2024-01-12"
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def project() -> Iterator[Sandbox]:
    # Spark's processes inherit the environment of its start.
    with Sandbox(limits=None) as sandbox, pytest.MonkeyPatch.context() as patch:
        for name, value in sandbox.environment.items():
            patch.setenv(name, value)
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("PYTHONPATH", f"{ROOT}:{ROOT / 'generated'}")
        yield sandbox


@pytest.fixture(scope="module")
def session(project: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from pyspark.sql import SparkSession

    from mixpanel_export.spark import register

    settings = {
        "spark.ui.enabled": "false",
        # Start quickly; the data is small.
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.sql.shuffle.partitions": "1",
        # Its Python processes have 15 seconds to start, which a loaded machine needs.
        "spark.python.authenticate.socketTimeout": "300s",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.session.timeZone": "America/New_York",
        "spark.sql.python.filterPushdown.enabled": "true",
        "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("warehouse")),
    }
    builder: Any = SparkSession.builder
    session = builder.master("local[2, 3]").config(map=settings).getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    register(session)
    yield session
    session.stop()


@pytest.fixture
def reader(session: Any, project: Sandbox) -> Any:
    project.faults.clear()
    project.requests.clear()
    return session.read.format("mixpanel").option("from", FIRST).option("to", LAST)


@pytest.fixture
def client(project: Sandbox) -> Iterator[MixpanelClient]:
    with client_of(project) as client:
        yield client


def sent(client: MixpanelClient, first: str = FIRST, last: str = LAST, **filters: Any) -> Any:
    events = client.export.events(first, last, **filters)
    return counted({"event": event.name, "properties": event.properties} for event in events)


def read(frame: Any) -> Any:
    rows = frame.select("event", "properties").collect()
    return counted({"event": row.event, "properties": json.loads(row.properties)} for row in rows)


def fetched(project: Sandbox) -> list[dict[str, Any]]:
    return [dict(request.query) for request in project.requests if request.path.endswith("/export")]


def test_spark_reads_every_event_of_all_slices(reader: Any, client: MixpanelClient, project: Sandbox) -> None:
    frame = reader.option("slice_days", "4").load()
    assert frame.columns == ["event", "time", "distinct_id", "insert_id", "properties"]
    found = read(frame)
    assert len(fetched(project)) == 3
    assert found == sent(client)
    project.requests.clear()
    assert reader.option("slice_days", "20").load().count() == sum(found.values())
    row = frame.selectExpr(
        "parse_json(properties):time::bigint AS sent", "unix_seconds(time) AS read"
    ).first()
    assert row.sent == row.read


def test_slices_are_planned_from_one_day(reader: Any, client: MixpanelClient, project: Sandbox) -> None:
    found = read(reader.load())
    days = [(query["from_date"], query["to_date"]) for query in fetched(project)]
    assert days[0][0] == days[0][1]
    assert len(days) < 6
    assert found == sent(client)


def test_spark_reads_filtered_events(reader: Any, client: MixpanelClient, project: Sandbox) -> None:
    frame = reader.option("event", '["Purchase", "Sign Up"]').option("parallel", "2").option("probe", "false")
    assert read(frame.load()) == sent(client, event=["Purchase", "Sign Up"])


def test_filters_of_events_and_times_reduce_what_is_fetched(
    reader: Any, client: MixpanelClient, project: Sandbox
) -> None:
    frame = reader.option("slice_days", "20").load()
    some = frame.where("event IN ('Purchase', 'Sign Up') AND time >= '2024-01-05' AND time < '2024-01-08'")
    found = read(some)
    (query,) = fetched(project)
    assert (query["from_date"], query["to_date"]) == ("2024-01-04", "2024-01-09")
    assert sorted(json.loads(query["event"])) == ["Purchase", "Sign Up"]
    start = datetime.datetime(2024, 1, 5, 5, tzinfo=datetime.UTC)
    expected = counted(
        {"event": event.name, "properties": event.properties}
        for event in client.export.events(FIRST, LAST, event=["Purchase", "Sign Up"])
        if start <= event.time < start + datetime.timedelta(days=3)
    )
    assert found == expected
    project.requests.clear()
    assert reader.option("event", "Sign Up").load().where("event = 'Purchase'").count() == 0
    assert fetched(project) == []
    others = frame.where("NOT event = 'Purchase' AND (time > '2024-01-11' OR event = 'Sign Up')")
    assert {row.event for row in others.select("event").distinct().collect()} > {"Sign Up"}


def test_spark_reads_fixed_columns(reader: Any, client: MixpanelClient) -> None:
    columns = client.export.columns(FIRST, "2024-01-02", lexicon=False)
    frame = reader.option("columns", columns.to_json()).option("slice_days", "4").load()
    assert frame.columns == columns.arrow_schema().names
    table = client.export.batches(FIRST, LAST, columns=columns).to_arrow()
    names = ["event", "insert_id", "overflow", "null_properties", "revenue", "items", "gift"]
    rows = [row.asDict() for row in frame.select(*names).collect()]
    assert counted(rows) == counted(table.select(names).to_pylist())


def test_spark_reads_the_columns_that_fields_and_exclude_leave(reader: Any, client: MixpanelClient) -> None:
    columns = client.export.columns(FIRST, "2024-01-02", lexicon=False)
    own = reader.option("columns", columns.to_json()).option("slice_days", "12")
    choices: list[dict[str, Any]] = [
        {"exclude": ["items", "gift"]},
        {"fields": ["revenue"]},
        {"fields": ["gift"], "exclude": ["gift"]},
    ]
    for options in choices:
        frame = own.options(**{"fields": None, "exclude": None})
        frame = frame.options(**{name: json.dumps(names) for name, names in options.items()}).load()
        table = client.export.batches(FIRST, LAST, columns=columns, **options).to_arrow()
        assert frame.columns == table.schema.names
        names = [name for name in frame.columns if name != "time"]
        rows = [row.asDict() for row in frame.select(*names).collect()]
        assert counted(rows) == counted(table.select(names).to_pylist())


def test_a_filter_that_no_request_can_name_is_left_to_spark(
    reader: Any, client: MixpanelClient, project: Sandbox
) -> None:
    own = reader.option("slice_days", "12")
    many = ", ".join(f"'{'n' * 200} {number}'" for number in range(2000))
    for condition, names in (
        ("event = ''", []),
        ("event IN ('', 'Sign Up')", ["Sign Up"]),
        (f"event IN ('Sign Up', {many})", ["Sign Up"]),
    ):
        expected = sent(client, event=names) if names else counted([])
        project.requests.clear()
        assert read(own.load().where(condition)) == expected
        assert "event" not in fetched(project)[0]
    assert own.option("event", '["Sign Up", "Purchase"]').load().where("event = ''").count() == 0


def test_a_property_that_changes_its_type_is_never_altered(
    session: Any, project: Sandbox, client: MixpanelClient, tmp_path: Path
) -> None:
    values: list[Any] = [8, 7.5, "7.5", None, [1, 2.0], 2**63, True, 9]
    noon = int(datetime.datetime(2024, 1, 1, 12, tzinfo=datetime.UTC).timestamp())
    lines = [
        {"event": "A", "properties": {"time": noon + 86_400 * day, "distinct_id": "u", "amount": value}}
        for day, value in enumerate(values)
    ]
    file = tmp_path / "sent.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    days = {"from": "2024-01-01", "to": "2024-01-08", "slice_days": "1"}
    with Sandbox(events=file, credentials=project.credentials, limits=None) as changing:
        with client_of(changing) as own:
            columns = own.export.columns("2024-01-01", "2024-01-01", lexicon=False)
        reader = session.read.format("mixpanel").options(**days, base_url=changing.url)
        assert read(reader.load()) == counted(lines)
        rows = reader.option("columns", columns.to_json()).load().orderBy("time").collect()
    assert [row.amount for row in rows] == [8, *[None] * 6, 9]
    overflow = [json.loads(row.overflow)["amount"] if row.overflow else None for row in rows]
    assert overflow == [None, 7.5, "7.5", None, [1, 2.0], 2**63, True, None]
    assert [row.null_properties for row in rows] == [[], [], [], ["amount"], [], [], [], []]


def test_a_failed_task_is_run_again_whole(reader: Any, client: MixpanelClient, project: Sandbox) -> None:
    expected = sent(client)
    project.faults.add(Fault.status(400), path="/export")
    assert read(reader.option("slice_days", "4").load()) == expected


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="needs Debian's redis-server")
def test_a_query_that_exceeds_the_budget_fails_on_the_driver(
    session: Any, project: Sandbox, url: str
) -> None:
    project.requests.clear()
    days = {"from": FIRST, "to": "2024-03-31", "slice_days": "1"}
    reader = session.read.format("mixpanel").options(**days, shared_budget_url=url)
    with pytest.raises(Exception, match="takes 91 requests, and 0 of 60 an hour are used"):
        reader.load().count()
    assert fetched(project) == []


def test_spark_names_wrong_options(session: Any) -> None:
    for name, value, message in (
        ("slice_dys", "4", "unknown option"),
        ("probe", "maybe", "expected true or false"),
        ("event", '["A"', "JSON list"),
        ("slice_days", "-1", "whole number"),
        ("from", "yesterday", "from"),
    ):
        with pytest.raises(Exception, match=message):
            session.read.format("mixpanel").options(**{"from": FIRST, "to": LAST, name: value}).load()


def test_a_stream_reads_each_day_once(
    session: Any, project: Sandbox, client: MixpanelClient, tmp_path: Path
) -> None:
    project.faults.clear()

    def run(last: str) -> list[list[int]]:
        stream = session.readStream.format("mixpanel").option("from", FIRST).option("to", last)
        frame = stream.option("days_per_batch", "3").option("probe", "false").load()
        writer = frame.writeStream.option("checkpointLocation", str(tmp_path / "checkpoint"))
        query = (
            writer.format("parquet")
            .option("path", str(tmp_path / "events"))
            .trigger(availableNow=True)
            .start()
        )
        assert query.awaitTermination(500)
        return [[batch["numInputRows"]] for batch in query.recentProgress if batch["numInputRows"]]

    assert len(run("2024-01-08")) == 3
    assert len(run("2024-01-12")) == 2
    assert run("2024-01-12") == []
    assert read(session.read.parquet(str(tmp_path / "events"))) == sent(client)
