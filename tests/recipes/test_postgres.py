"""The recipe for Postgres, run as the docs print it, against a real server."""

from __future__ import annotations

import json
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mixpanel_export import Event, ProjectSchema
from mixpanel_export.sandbox import Fault, Sandbox
from mixpanel_export.schema.observed import observe
from tests.wire_server import client_of, sandbox

__all__ = ["sandbox"]

psycopg: Any = pytest.importorskip("psycopg")

ROOT = Path(__file__).parents[2]
BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
DAY = "2024-01-05"


def run(folder: Path, *command: str) -> None:
    """Run a program of PostgreSQL, which refuses to run as root."""
    if os.getuid() == 0:
        command = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *command)
    subprocess.run(command, check=True, cwd=folder, capture_output=True)


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """Start a server on a socket in a folder of its own."""
    if not BINARIES:
        pytest.skip("needs Debian's postgresql")
    # The suite's own temporary folder is not open to other users.
    folder = Path(tempfile.mkdtemp(prefix="mixpanel-export-postgres-", dir="/tmp"))
    if os.getuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    data = f"--pgdata={folder / 'data'}"
    try:
        run(folder, str(BINARIES[-1] / "initdb"), data, "--username=test", "--auth=trust", "--encoding=UTF8")
        options = f"-c listen_addresses='' -c fsync=off -k {folder}"
        log = f"--log={folder / 'log'}"
        run(folder, str(BINARIES[-1] / "pg_ctl"), data, "--wait", "--options", options, log, "start")
        yield f"host={folder} user=test dbname=postgres"
        run(folder, str(BINARIES[-1] / "pg_ctl"), data, "--mode=immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def load() -> Any:
    page = (ROOT / "docs" / "integrations" / "warehouses.md").read_text(encoding="utf-8")
    recipe: dict[str, Any] = {}
    (source,) = re.findall(r"```{\.python \.shown}\n(.*?)```", page, re.S)
    exec(source, recipe)
    return recipe["load"]


def test_a_day_is_replaced_as_often_as_it_is_loaded(sandbox: Sandbox, database: str, load: Any) -> None:
    with client_of(sandbox) as client, psycopg.connect(database, autocommit=True) as connection:
        events = [*client.export.events(DAY, DAY)]
        expected = Counter(json.dumps(event.properties, sort_keys=True) for event in events)
        for _ in range(2):
            assert load(client, connection, DAY) == len(events)
            rows = connection.execute("SELECT properties::text FROM mixpanel_events WHERE day = %s", (DAY,))
            found = Counter(json.dumps(json.loads(text), sort_keys=True) for (text,) in rows)
            assert found == expected
        sandbox.faults.add(Fault.status(400), path="/export")
        with pytest.raises(Exception, match="400"):
            load(client, connection, DAY)
        assert connection.execute("SELECT count(*) FROM mixpanel_events").fetchall() == [(len(events),)]


def test_odd_values_arrive_as_they_were_sent(database: str, load: Any, tmp_path: Path) -> None:
    values = [7.5, 7, "7", "", None, "\u2028\0\"'\\,\n", {"a": [2**70, 1e300]}, "\ud800", True]
    file = tmp_path / "odd.jsonl"
    times = range(1704456000, 1704456000 + len(values))
    lines = [
        {"event": "odd", "properties": {"time": time, "distinct_id": "", "value": value}}
        for time, value in zip(times, values, strict=True)
    ]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with (
        Sandbox(events=file) as odd,
        client_of(odd) as client,
        psycopg.connect(database, autocommit=True) as connection,
    ):
        load(client, connection, DAY)
        rows = connection.execute(
            "SELECT properties::text, distinct_id FROM mixpanel_events WHERE day = %s ORDER BY time", (DAY,)
        ).fetchall()
    assert [json.loads(text)["value"] for text, _ in rows] == values
    assert {distinct_id for _, distinct_id in rows} == {""}


def test_postgres_creates_tables_for_properties_named_as_its_own(database: str) -> None:
    properties = dict.fromkeys(("ctid", "xmin", "tableoid", "oid", "select", "a b"), 1)
    found = ProjectSchema(observe([[Event(name="E", properties=properties)]]), {})
    with psycopg.connect(database) as connection:
        connection.execute(found.to_sql("postgres", table="own_names"))
        rows = connection.execute("SELECT p_ctid, p_xmin, p_tableoid, p_oid FROM own_names").fetchall()
    assert rows == []
