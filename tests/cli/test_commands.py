"""`query`, `annotations`, `auth check`, `verify`, and where settings come from: the command as people run it."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from mixpanel_export.cli.config_file import read_profile
from mixpanel_export.sandbox import Sandbox
from tests.cli.test_events_command import run

DAYS = ["--from", "2024-01-01", "--to", "2024-01-07"]
SERIES = ["query", "segmentation", "query", "--event", "Purchase", *DAYS, "--sandbox"]


class TestQuery:
    def test_every_group_of_the_contract_is_there(self) -> None:
        said = run("query", "--help").stdout.decode()
        for group in (
            "activity",
            "cohorts",
            "events",
            "funnels",
            "insights",
            "jql",
            "retention",
            "segmentation",
        ):
            assert group in said

    @pytest.mark.parametrize("format", ["table", "json", "jsonl", "csv"])
    def test_rows_in_every_format(self, format: str) -> None:
        done = run("query", "funnels", "list", "--sandbox", "--output", format)
        assert done.returncode == 0, done.stderr
        assert done.stderr == b""
        text = done.stdout.decode()
        if format == "json":
            names = [each["name"] for each in json.loads(text)]
        elif format == "jsonl":
            names = [json.loads(line)["name"] for line in text.splitlines()]
        elif format == "csv":
            names = [row["name"] for row in csv.DictReader(io.StringIO(text))]
        else:
            names = [line.split(" | ")[1].strip() for line in text.splitlines()[2:]]
        assert names[:2] == ["Sign up to first purchase", "Search to purchase"]

    def test_a_file_by_its_name(self, tmp_path: Path) -> None:
        done = run(*SERIES, "--output", str(tmp_path / "series.parquet"))
        assert done.returncode == 0, done.stderr
        assert pq.read_table(tmp_path / "series.parquet").num_rows == 7
        assert [each.name for each in tmp_path.iterdir()] == ["series.parquet"]

    def test_a_report_without_numbers_has_its_columns_all_the_same(self, tmp_path: Path) -> None:
        nothing = [
            *SERIES,
            "--on",
            'properties["price"]',
            "--where",
            'properties["of no event"] == 1',
            "--output",
        ]
        assert run(*nothing, "csv").stdout == b"date,segment,value\n"
        assert run(*nothing, "table").stdout.split(b"\n")[0].split() == b"date | segment | value".split()
        assert run(*nothing, str(tmp_path / "none.parquet")).returncode == 0
        table = pq.read_table(tmp_path / "none.parquet")
        assert (table.num_rows, table.column_names) == (0, ["date", "segment", "value"])

    def test_a_chart_in_the_terminal_and_in_files(self, tmp_path: Path) -> None:
        drawn = run(*SERIES, "--plot")
        assert drawn.returncode == 0, drawn.stderr
        assert len(drawn.stdout.splitlines()) > 10
        for suffix, begins in ((".png", b"\x89PNG"), (".svg", b"<?xml"), (".html", b"<!")):
            path = tmp_path / f"chart{suffix}"
            done = run(*SERIES, "--plot", str(path))
            assert done.returncode == 0, done.stderr
            assert path.read_bytes().startswith(begins)

    def test_funnels_and_retention_are_drawn(self) -> None:
        for query in (
            ["funnels", "query", "--funnel-id", "1001"],
            ["retention", "query", "--retention-type", "compounded", "--unit", "day"],
        ):
            done = run("query", *query, *DAYS, "--sandbox", "--plot")
            assert done.returncode == 0, done.stderr
            assert len(done.stdout.splitlines()) > 3

    def test_what_is_wrong_is_refused_before_anything_is_sent(self, mixpanel_sandbox: Sandbox) -> None:
        for wrong, named in (
            (["--event", "Purchase", "--from", "2024-01-07", "--to", "2024-01-01"], "--from"),
            (["--event", "Purchase", *DAYS, "--unit", "decade"], "--unit"),
            (["--event", "Purchase", *DAYS, "--where", 'properties["a'], "where"),
            (DAYS, "--event"),
        ):
            done = run("query", "segmentation", "query", *wrong, environ=mixpanel_sandbox.environment)
            assert done.returncode == 2
            assert named in done.stderr.decode()
            assert b"Traceback" not in done.stderr
        assert len(mixpanel_sandbox.requests) == 0

    def test_mixpanels_refusal_in_its_own_words(self) -> None:
        done = run("query", "funnels", "query", "--funnel-id", "5", *DAYS, "--sandbox")
        assert done.returncode == 1
        assert b"funnel_id 5 is not a saved funnel" in done.stderr
        assert done.stdout == b""


def test_annotations_are_made_changed_and_deleted(mixpanel_sandbox: Sandbox) -> None:
    def asked(*arguments: str) -> Any:
        done = run("annotations", *arguments, "--output", "json", environ=mixpanel_sandbox.environment)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    made = asked("create", "--date", "2024-01-20 12:00:00", "--description", "Prices")
    number = str(made["results"]["id"])
    asked("update", "--id", number, "--description", "New prices")
    assert asked("get", "--id", number)["results"]["description"] == "New prices"
    listed = asked("list", "--from", "2024-01-20", "--to", "2024-01-21")["results"]
    assert [each["description"] for each in listed] == ["New prices"]
    asked("delete", "--id", number)
    assert asked("list", "--from", "2024-01-20", "--to", "2024-01-21")["results"] == []


class TestAuthCheck:
    def test_it_says_what_is_found_where_and_what_it_reaches(self, mixpanel_sandbox: Sandbox) -> None:
        done = run("auth", "check", environ=mixpanel_sandbox.environment)
        said = done.stdout.decode()
        assert done.returncode == 0, done.stderr
        assert "Found MIXPANEL_SERVICE_ACCOUNT_SECRET in the environment: (secret)" in said
        assert said.count("  ok   ") == 3
        assert mixpanel_sandbox.credentials.secret not in said

    def test_what_is_refused_is_told(self, mixpanel_sandbox: Sandbox) -> None:
        environ = {**mixpanel_sandbox.environment, "MIXPANEL_SERVICE_ACCOUNT_SECRET": "wrong-secret"}
        done = run("auth", "check", environ=environ)
        assert done.returncode == 1
        assert done.stdout.decode().count("  FAIL ") == 3
        assert b"wrong-secret" not in done.stdout + done.stderr

    def test_of_credentials_that_are_wrong_none_is_said_to_be_passed_over(self) -> None:
        done = run("auth", "check", environ={"MIXPANEL_OAUTH_TOKEN": "two words", "MIXPANEL_REGION": "eu"})
        assert done.returncode == 2
        assert b"Found MIXPANEL_OAUTH_TOKEN in the environment: (secret)\n" in done.stdout
        assert b"MIXPANEL_OAUTH_TOKEN in the environment: it holds white space" in done.stderr

    def test_a_project_secret_is_deprecated(self, mixpanel_sandbox: Sandbox) -> None:
        environ = {"MIXPANEL_API_SECRET": "x" * 32, "MIXPANEL_BASE_URL": mixpanel_sandbox.url}
        assert "2027-03-03" in run("auth", "check", environ=environ).stdout.decode()

    def test_none_at_all(self, tmp_path: Path) -> None:
        done = run("auth", "check", environ={"XDG_CONFIG_HOME": str(tmp_path)})
        assert done.returncode == 2
        assert b"--sandbox" in done.stderr


class TestSettings:
    def file(self, tmp_path: Path, sandbox: Sandbox, mode: int = 0o600) -> str:
        path = tmp_path / "config.toml"
        credentials = sandbox.credentials
        path.write_text(
            f'default_profile = "shop"\nbase_url = "{sandbox.url}"\n'
            f'[profiles.shop]\nusername = "{credentials.username}"\nsecret = "{credentials.secret}"\n'
            f"project_id = {credentials.project_id}\n"
            '[profiles.other]\nusername = "nobody"\nsecret = "wrong-secret"\nproject_id = 5\n'
        )
        path.chmod(mode)
        return str(path)

    def test_a_configuration_file_with_profiles(self, tmp_path: Path, mixpanel_sandbox: Sandbox) -> None:
        file = self.file(tmp_path, mixpanel_sandbox)
        assert run("query", "funnels", "list", "--config", file).returncode == 0
        other = run("query", "funnels", "list", "--config", file, "--profile", "other")
        assert other.returncode == 1
        assert b"401" in other.stderr
        unknown = run("query", "funnels", "list", "--config", file, "--profile", "none")
        assert unknown.returncode == 2
        assert b"'shop', 'other'" in unknown.stderr

    def test_the_file_that_the_papers_show_is_one(self, tmp_path: Path) -> None:
        page = Path(__file__).parents[2] / "docs" / "how-to" / "command.md"
        shown = page.read_text(encoding="utf-8").partition("```toml\n")[2].partition("```")[0]
        path = tmp_path / "config.toml"
        path.write_text(shown, encoding="utf-8")
        path.chmod(0o600)
        settings = read_profile(path, "staging").values
        assert settings["project_id"] == "7654321"
        assert settings["timezone"] == "Europe/Zurich"

    @pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
    def test_a_file_that_others_can_read_is_refused(self, tmp_path: Path, mixpanel_sandbox: Sandbox) -> None:
        file = self.file(tmp_path, mixpanel_sandbox, 0o644)
        done = run("query", "funnels", "list", "--config", file)
        assert done.returncode == 2
        assert b"chmod 600" in done.stderr
        assert stat.S_IMODE(Path(file).stat().st_mode) == 0o644

    def test_options_come_before_the_environment_and_that_before_the_file(
        self, tmp_path: Path, mixpanel_sandbox: Sandbox
    ) -> None:
        file = self.file(tmp_path, mixpanel_sandbox)
        credentials = mixpanel_sandbox.credentials
        wrong = {"MIXPANEL_SERVICE_ACCOUNT_USERNAME": "nobody", "MIXPANEL_SERVICE_ACCOUNT_SECRET": "wrong"}
        assert run("query", "funnels", "list", "--config", file, environ=wrong).returncode == 1
        given = ["--username", credentials.username, "--secret", credentials.secret]
        done = run("query", "funnels", "list", "--config", file, *given, environ=wrong)
        assert done.returncode == 0, done.stderr
        assert b"list of processes" in done.stderr
        assert credentials.secret.encode() not in done.stderr

    def test_the_names_of_mixpanels_own_command(self, mixpanel_sandbox: Sandbox) -> None:
        credentials = mixpanel_sandbox.credentials
        environ = {
            "MP_USERNAME": credentials.username,
            "MP_SECRET": credentials.secret,
            "MP_PROJECT_ID": str(credentials.project_id),
            "MIXPANEL_BASE_URL": mixpanel_sandbox.url,
        }
        done = run("query", "funnels", "list", environ=environ)
        assert done.returncode == 0, done.stderr


class TestVerify:
    def test_a_whole_folder_and_a_damaged_one(self, tmp_path: Path) -> None:
        folder = tmp_path / "out"
        assert run("events", *DAYS, "--output", str(folder), "--sandbox").returncode == 0
        whole = run("verify", str(folder))
        assert whole.returncode == 0, whole.stderr
        assert b"Whole" in whole.stdout
        file = sorted(folder.glob("events_*"))[0]
        file.write_bytes(file.read_bytes()[:-1] + b"x")
        damaged = run("verify", str(folder))
        assert damaged.returncode == 1
        assert f"Damaged: {file.name}".encode() in damaged.stdout

    def test_a_folder_that_is_none(self, tmp_path: Path) -> None:
        assert run("verify", str(tmp_path)).returncode == 2


class TestColumns:
    def test_a_folder_of_parquet_by_day(self, tmp_path: Path) -> None:
        folder = tmp_path / "out"
        arguments = ["--output", str(folder), "--format", "parquet", "--partition-by", "date", "--sandbox"]
        done = run("events", *DAYS, *arguments, "--layout", "json")
        assert done.returncode == 0, done.stderr
        assert sorted(each.name for each in folder.iterdir() if each.is_dir())[0] == "date=2024-01-01"
        assert pq.read_table(sorted(folder.rglob("*.parquet"))[0]).column_names[-1] == "properties"
        assert run("verify", str(folder)).returncode == 0

    def test_one_file_by_its_name(self, tmp_path: Path) -> None:
        for name in ("events.parquet", "events.csv"):
            done = run("events", *DAYS, "--output", str(tmp_path / name), "--sandbox")
            assert done.returncode == 0, done.stderr
        with (tmp_path / "events.csv").open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == pq.read_table(tmp_path / "events.parquet").num_rows > 0


class TestWhatIsSaid:
    def test_progress_for_programs_is_json_lines(self, tmp_path: Path) -> None:
        done = run("events", *DAYS, "--output", str(tmp_path / "o"), "--sandbox", "--progress", "json")
        said = [json.loads(line) for line in done.stderr.splitlines()]
        assert [each["type"] for each in said][-1] == "summary"
        assert said[-1]["slices_done"] == said[-1]["slices"]

    def test_quiet_is_quiet(self, tmp_path: Path) -> None:
        done = run("events", *DAYS, "--output", str(tmp_path / "o"), "--sandbox", "--quiet")
        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")

    def test_a_traceback_only_when_it_is_asked_for(self) -> None:
        wrong = ["events", *DAYS, "--output", "-", "--where", "(", "--sandbox"]
        assert b"Traceback" not in run(*wrong).stderr
        assert b"Traceback" in run(*wrong, "--debug").stderr

    def test_the_help_comes_at_once(self) -> None:
        began = time.monotonic()
        assert run("--help").returncode == 0
        # Some 0.2 s; more than that only where a machine is busy.
        assert time.monotonic() - began < 5
