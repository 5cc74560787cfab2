"""`schema` and `generate-types`: the events of a project as a table, JSON, SQL and Python."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from mixpanel_export.sandbox import Sandbox

from .runner import refused, run

LEXICON = ("--sample", "0")
NOON = 1_704_110_400


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Start a sandbox of two kinds of events, and return the environment for it."""
    file = tmp_path_factory.mktemp("shop") / "events.jsonl"
    buy = {"time": NOON, "distinct_id": "u", "revenue": 2.5, "$os": "iOS"}
    look = {"time": NOON, "distinct_id": "u", "page": "/"}
    events = [{"event": "Buy", "properties": buy}, {"event": "Look", "properties": look}]
    file.write_text("".join(json.dumps(event) + "\n" for event in events))
    with Sandbox(events=file, limits=None) as sandbox:
        yield {
            "MIXPANEL_BASE_URL": sandbox.url,
            "MIXPANEL_SERVICE_ACCOUNT_USERNAME": sandbox.credentials.username,
            "MIXPANEL_SERVICE_ACCOUNT_SECRET": sandbox.credentials.secret,
            "MIXPANEL_PROJECT_ID": str(sandbox.credentials.project_id),
        }


def test_the_schema_is_a_table_json_or_sql(shop: dict[str, str], tmp_path: Path) -> None:
    table = run("schema", "--event", "Buy", *LEXICON, environ=shop)
    assert table.returncode == 0, table.err
    (revenue,) = (line for line in table.out.splitlines() if " revenue " in line)
    assert [cell.strip() for cell in revenue.split("|")][:4] == ["Buy", "revenue", "number", "yes"]
    file = tmp_path / "schema.json"
    done = run("schema", "--exclude", "revenue", "--output", str(file), *LEXICON, environ=shop)
    assert done.returncode == 0
    events = {event["name"]: event for event in json.loads(file.read_text())["events"]}
    names = [prop["name"] for prop in events["Buy"]["properties"]]
    assert names == ["$os", "distinct_id", "time"]
    sql = run("schema", "--sql", "postgres", "--table", "raw.events", *LEXICON, environ=shop)
    assert sql.out.startswith(
        'CREATE TABLE raw.events (\n    "event" text NOT NULL,\n    "time" timestamptz,'
    )
    target = tmp_path / "events.sql"
    run("schema", "--sql", "postgres", "--table", "raw.events", "-o", str(target), *LEXICON, environ=shop)
    assert target.read_text() == sql.out


def test_types_are_written_compared_and_updated(shop: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "shop.py"
    command = ("generate-types", "-o", str(path), *LEXICON)
    missing = run(*command, "--check", environ=shop)
    assert missing.returncode == 1
    assert "is out of date" in missing.message
    assert not path.exists()
    written = run(*command, environ=shop)
    assert written.returncode == 0, written.err
    assert written.out == ""
    assert f"2 events with 7 properties, written to {path}" in written.err
    assert "    revenue: float\n" in path.read_text()
    fresh = run(*command, "--check", environ=shop)
    assert (fresh.returncode, fresh.out) == (0, "")
    assert "is up to date" in fresh.err
    stale = run(*command, "--check", "--exclude", "revenue", environ=shop)
    assert stale.returncode == 1
    assert "-    revenue: float\n" in stale.out
    assert "    revenue: float\n" in path.read_text()
    updated = run(*command, "--exclude", "revenue", environ=shop)
    assert updated.returncode == 0
    assert updated.out == stale.out
    assert "    revenue: float\n" not in path.read_text()
    assert (
        run("generate-types", "-o", "-", *LEXICON, "--exclude", "revenue", environ=shop).out
        == path.read_text()
    )


def test_wrong_usage_is_refused_before_anything_is_sent(shop: dict[str, str], tmp_path: Path) -> None:
    for arguments, expected in (
        (("generate-types", "-o", "events.txt"), "--output: expected a module"),
        (("generate-types", "-o", "my-events.py"), "--output: expected a module"),
        (("generate-types", "-o", "-", "--check"), "--check: expected a file"),
        (("generate-types", "-o", str(tmp_path)), "--output"),
        (("generate-types", "-o", "x.py", "--sample", "-1"), "--sample"),
        (("generate-types", "-o", "x.py", "--sample", "0", "--no-lexicon"), "--sample"),
        (("generate-types", "-o", "x.py", "--from", "today"), "--from"),
        (("schema", "--table", "x"), "--table: only --sql"),
        (("schema", "--sql", "oracle"), "--sql"),
        (("schema", "--sql", "duckdb", "--table", "x; drop table y"), "--table"),
        (("schema", "--output", "x.xml"), "--output"),
    ):
        assert expected in refused(*arguments, environ=shop), arguments


def test_a_sample_shows_what_lexicon_does_not(shop: dict[str, str], tmp_path: Path) -> None:
    days = ("--from", "2024-01-01", "--to", "2024-01-03", "--no-lexicon")
    result = run("schema", "--event", "Buy", *days, "-o", "json", environ=shop)
    (event,) = json.loads(result.out)["events"]
    found = {prop["name"]: (prop["required"], prop["examples"]) for prop in event["properties"]}
    assert event["sampled"] == 1
    assert found["revenue"] == (True, [2.5])
    none = run("generate-types", "-o", str(tmp_path / "x.py"), "--event", "Other", *days, environ=shop)
    assert none.returncode == 1
    assert "no events to make types of" in none.message
