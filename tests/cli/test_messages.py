"""What the command says when something is wrong: in its own words, before anything is sent, and nothing untrue."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pytest

from mixpanel_export.cli import app
from mixpanel_export.cli.sizes import bytes_of
from mixpanel_export.sandbox import Fault, Sandbox
from tests.cli.test_events_command import COMMAND, RANGE, run

EVENTS = ["events", *RANGE, "--sandbox"]
FILE = "events_2024-01-01_2024-01-01.jsonl.gz"


class Refused(Protocol):
    def __call__(self, *arguments: str, environ: Mapping[str, str] | None = None) -> str: ...


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Refused:
    """Runs the command in this process; answers what is said of wrong usage."""
    for name in [name for name in os.environ if name.startswith(("MIXPANEL_", "MP_"))]:
        monkeypatch.delenv(name)

    def run_here(*arguments: str, environ: Mapping[str, str] | None = None) -> str:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in (environ or {}).items():
                patch.setenv(name, value)
            code = app.run([*arguments])
        out, said = capsys.readouterr()
        assert (code, out) == (2, ""), said
        assert "Traceback" not in said
        assert "Errno" not in said
        return " ".join(said.replace("│", " ").split())

    return run_here


def with_streams(redirections: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run it in a shell that closes or redirects its streams."""
    return subprocess.run(
        ["sh", "-c", f'exec "$@" {redirections}', "sh", *COMMAND, *arguments],
        capture_output=True,
        timeout=60,
        check=False,
        # As it is for people: what is written waits for more.
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
    )


class TestSizes:
    @pytest.mark.parametrize(
        ("text", "size"),
        [
            ("268435456", 268_435_456),
            ("268435456B", 268_435_456),
            ("256MB", 256_000_000),
            ("256 MiB", 256 << 20),
            ("512M", 512 << 20),
            ("512m", 512 << 20),
            ("1GiB", 1 << 30),
            ("1.5g", 3 << 29),
            ("70000kb", 70_000_000),
        ],
    )
    def test_they_are_read_as_people_write_them(self, text: str, size: int) -> None:
        assert bytes_of(text) == size

    def test_the_conversion_takes_one(self, tmp_path: Path) -> None:
        done = run(*EVENTS, "--output", str(tmp_path / "e.parquet"), "--memory", "256MB")
        assert done.returncode == 0, done.stderr

    @pytest.mark.parametrize("text", ["", "much", "-1", "1XB", "1e9", "0x10", "1 2", "iB", "٣MB", "1.MB"])
    def test_what_is_none_is_refused_with_one_that_is(self, text: str, refused: Refused) -> None:
        said = refused(*EVENTS, "--output", "e.parquet", "--memory", text)
        assert "--memory" in said
        assert "512MiB" in said

    def test_too_little_is_refused(self, refused: Refused) -> None:
        assert "--memory: got 1000000; expected at least 67,108,864 bytes" in refused(
            *EVENTS, "--output", "e.parquet", "--memory", "1MB"
        )


class TestConfiguration:
    def test_a_folder_instead_of_a_file(self, tmp_path: Path, refused: Refused) -> None:
        said = refused("auth", "check", "--config", str(tmp_path))
        assert f"{tmp_path} cannot be read (Is a directory)" in said
        assert "--config" in said

    @pytest.mark.parametrize("table", ["profile.shop", "shop", "profiles.shop.eu"])
    def test_a_table_that_is_no_profile(self, tmp_path: Path, table: str, refused: Refused) -> None:
        file = tmp_path / "own.toml"
        file.write_text(f"[{table}]\nregion = 'eu'\n")
        assert "the only tables are those of profiles: [profiles.NAME]" in refused(
            "auth", "check", "--config", str(file)
        )

    def test_no_credentials_are_to_be_written_where_they_are_read(
        self, tmp_path: Path, refused: Refused
    ) -> None:
        file = tmp_path / "own.toml"
        file.write_text("region = 'eu'\n")
        said = refused("events", *RANGE, "--output", "-", "--config", str(file))
        assert f"write {file}, or try it with --sandbox" in said

    def test_a_setting_that_is_wrong_is_named_as_where_it_stands(
        self, tmp_path: Path, refused: Refused
    ) -> None:
        file = tmp_path / "own.toml"
        file.write_text("timezone = 'Mars'\n")
        command = ["events", *RANGE, "--output", "-", "--config", str(file), "--oauth-token", "t"]
        project = ["--project-id", "1"]
        environ = {"MIXPANEL_REGION": "moon"}
        assert "MIXPANEL_REGION in the environment: 'moon'" in refused(*command, *project, environ=environ)
        assert "--region on the command line: 'sun'" in refused(*command, *project, "--region", "sun")
        said = refused(*command, *project)
        assert f"timezone in the profile 'default' of {file}: 'Mars'" in said
        assert "--project-id or MIXPANEL_PROJECT_ID: it is missing" in refused(*command, "--region", "eu")

    def test_half_of_a_pair_says_where_the_other_half_belongs(self, refused: Refused) -> None:
        command = ["query", "funnels", "list", "--username", "me", "--project-id", "1"]
        assert "--secret: it is not set, but --username is; set MIXPANEL_SERVICE_ACCOUNT_SECRET" in refused(
            *command
        )
        others = {"MIXPANEL_SERVICE_ACCOUNT_USERNAME": "you", "MIXPANEL_SERVICE_ACCOUNT_SECRET": "hush"}
        said = refused(*command, environ=others)
        assert "MIXPANEL_SERVICE_ACCOUNT_SECRET in the environment is another account's" in said


class TestWords:
    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["--from", "2024-01-02", "--to", "2024-01-01"], "--from: got '2024-01-02'; it is after --to, "),
            (["--from", "2024-1-2", "--to", "2024-01-03"], "--from: got '2024-1-2'; allowed is a day, YYYY-"),
            (["--from", "2024-01-01", "--to", "2999-01-01"], "(set --timezone to the project's)"),
            (["--from", "2024-01-01"], "--to: it is needed"),
            ([*RANGE, "--slice-days", "0"], "--slice-days: got 0"),
            ([*RANGE, "--where", 'from_date == "to_date"'], "--where: "),
            ([*RANGE, "--event", ""], "--event: got ''"),
            (["--since-last"], "--from: it is required"),
            (["--output", "", *RANGE], "--output: got ''; it is empty"),
            (["--output", "s3:/bucket/prefix", *RANGE], "a URL has two slashes"),
        ],
    )
    def test_events_names_its_options(
        self, tmp_path: Path, arguments: list[str], said: str, refused: Refused
    ) -> None:
        text = refused("events", "--sandbox", "--output", str(tmp_path), *arguments)
        assert said in text
        assert "from_date:" not in text

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["profiles", "-o", "-", "--distinct-id", ""], "--distinct-id: got ''"),
            (["profiles", "-o", "-", "--cohort", "0"], "--cohort: got 0"),
            (
                [
                    "query",
                    "segmentation",
                    "sum",
                    "--event",
                    "A",
                    "--on",
                    "1",
                    "--from",
                    "2024-01-02",
                    "--to",
                    "2024-01-01",
                ],
                "after --to",
            ),
            (["query", "profiles", "query", "--page", "1"], "--page: got 1; it needs the --session-id"),
            (["query", "profiles", "query", "--behaviors", "{"], "--behaviors: got '{'; allowed is JSON"),
            (["annotations", "create", "--date", "now", "--description", "x"], "--date: got 'now'"),
            (["query", "profiles", "query", "--filter-by-cohort", "5"], "allowed is a JSON object"),
            (["profiles", "-o", ""], "--output: got ''; it is empty"),
            (["sandbox", "--events", "nowhere"], "--events: there is no file or folder nowhere"),
        ],
    )
    def test_so_do_the_others(self, arguments: list[str], said: str, refused: Refused) -> None:
        sandbox = [] if arguments[0] == "sandbox" else ["--sandbox"]
        assert said in refused(*arguments, *sandbox)

    def test_a_folder_of_another_export(self, tmp_path: Path, refused: Refused) -> None:
        assert run(*EVENTS, "--output", str(tmp_path)).returncode == 0
        said = refused(
            "events", "--from", "2024-01-01", "--to", "2024-01-03", "--output", str(tmp_path), "--sandbox"
        )
        assert "--to is 2024-01-02 there, and 2024-01-03 here" in said
        assert "with --overwrite" in said
        (tmp_path / "manifest.json").write_text("{")
        done = run("verify", str(tmp_path))
        assert done.returncode == 1
        assert b"with `events --overwrite`" in done.stderr

    def test_a_hint_to_mixpanels_refusal_but_not_its_own_words(self, mixpanel_sandbox: Sandbox) -> None:
        words = {"error": "to_date cannot be later than today, and from_date neither"}
        mixpanel_sandbox.faults.add(Fault.status(400, words), path="/export")
        done = run("events", *RANGE, "--output", "-", environ=mixpanel_sandbox.environment)
        said = done.stderr.decode()
        assert done.returncode == 1
        assert "from_date neither" in said
        assert "from_date=2024" in said
        assert "pass --timezone with the project's own" in said


class TestPlaces:
    @pytest.fixture(autouse=True)
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "file").write_bytes(b"mine")
        (tmp_path / "folder.csv").mkdir()
        (tmp_path / "dangling").symlink_to("nowhere")
        (tmp_path / "out" / FILE).mkdir(parents=True)

    @pytest.mark.parametrize(
        ("output", "said"),
        [
            ("file", "--output: got 'file'; it is a file; allowed is a folder"),
            ("dangling", "it is a file; allowed is a folder"),
            ("file/sub", "file is a file; allowed is a folder to write in"),
            ("file/a/sub", "file is a file"),
            ("file/e.jsonl", "file is a file"),
            ("out", f"in it, {FILE} is a folder"),
        ],
    )
    @pytest.mark.parametrize("options", [[], ["--dry-run"], ["--overwrite"]])
    def test_events_that_cannot_be_written(
        self, output: str, said: str, options: list[str], refused: Refused
    ) -> None:
        if output.endswith("jsonl") and options == ["--overwrite"]:
            pytest.skip("a file is always replaced")
        assert said in refused(*EVENTS, "--output", output, *options)
        assert Path("file").read_bytes() == b"mine"

    def test_a_plan_says_the_same(self, refused: Refused) -> None:
        assert "it is a file" in refused("plan", *RANGE, "--sandbox", "--output", "file")
        wrong = ["--output", "e.jsonl", "--layout", "wide"]
        assert "--layout" in refused(*EVENTS, *wrong)
        assert "--layout" in refused(*EVENTS, *wrong, "--dry-run")

    @pytest.mark.parametrize("options", [[], ["--dry-run"]])
    def test_an_extra_that_is_missing(self, options: list[str]) -> None:
        code = "import sys; sys.modules['pyarrow'] = None; from mixpanel_export.cli import main; main()"
        command = [sys.executable, "-c", code, *EVENTS, "--output", "pq", "--format", "parquet", *options]
        done = subprocess.run(command, capture_output=True, timeout=60, check=False)
        assert done.returncode == 1
        assert b"pip install 'mixpanel-export-sdk[arrow]'" in done.stderr
        assert not Path("pq").exists()

    @pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="a user who may not write")
    def test_a_folder_that_may_not_be_written_to(self, tmp_path: Path, refused: Refused) -> None:
        (tmp_path / "closed").mkdir(mode=0o500)
        for output in ("closed", "closed/e.jsonl", "closed/sub"):
            assert "may not be written to" in refused(*EVENTS, "--output", output, "--dry-run")

    def test_profiles_and_answers(self, refused: Refused) -> None:
        for arguments in (
            ["profiles", "-o", "file/p.jsonl"],
            ["profiles", "-o", "file/"],
            ["query", "funnels", "list", "-o", "file/f.csv"],
            ["query", "funnels", "list", "-o", "folder.csv"],
            ["query", "funnels", "list", "--plot", "file/f.svg"],
        ):
            assert "; allowed is a f" in refused(*arguments, "--sandbox")

    def test_what_only_the_system_knows_is_told_with_its_file(self) -> None:
        done = run(*EVENTS, "--output", "x" * 300)
        said = done.stderr.decode()
        assert done.returncode == 1
        assert f"{'x' * 300}: file name too long; name another place" in said
        assert "Errno" not in said

    def test_a_name_that_ends_as_folders_do_is_one(self) -> None:
        assert run(*EVENTS, "--output", "new.jsonl/").returncode == 0
        assert Path("new.jsonl", "manifest.json").exists()

    def test_a_plan_for_no_place_takes_any_format(self) -> None:
        done = run("plan", *RANGE, "--sandbox", "--format", "parquet", "--layout", "json")
        assert done.returncode == 0, done.stderr
        assert b"To fetch" in done.stdout


@pytest.mark.skipif(os.name != "posix", reason="a POSIX shell")
class TestStreams:
    @pytest.mark.parametrize(
        "arguments",
        [
            [*EVENTS, "--output", "-"],
            [*EVENTS, "--output", "out", "--dry-run"],
            ["profiles", "--output", "-", "--sandbox"],
            ["query", "funnels", "list", "--sandbox"],
            ["query", "funnels", "list", "--output", "csv", "--sandbox"],
        ],
    )
    def test_standard_output_that_is_closed(self, arguments: list[str]) -> None:
        done = with_streams(">&-", *arguments)
        assert done.returncode == 2, done.stderr
        assert b"standard output: it is closed" in done.stderr
        assert b"Traceback" not in done.stderr

    def test_it_is_not_needed_for_a_file(self, tmp_path: Path) -> None:
        for arguments in (
            [*EVENTS, "-o", str(tmp_path / "e.jsonl")],
            ["query", "funnels", "list", "--sandbox", "-o", str(tmp_path / "f.csv")],
        ):
            assert with_streams(">&-", *arguments).returncode == 0
        assert len(list(tmp_path.iterdir())) == 2

    def test_what_is_said_never_gets_among_the_data(self) -> None:
        done = with_streams("2>&-", *EVENTS, "--output", "-", "--progress", "json")
        assert done.returncode == 0
        assert {frozenset(json.loads(line)) for line in done.stdout.splitlines()} == {
            frozenset({"event", "properties"})
        }

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has it")
    @pytest.mark.parametrize(
        "arguments",
        [
            [*EVENTS, "--output", "-"],
            ["query", "funnels", "list", "--sandbox"],
            [*EVENTS, "-o", "out", "--dry-run"],
            ["auth", "check", "--sandbox"],
            ["--version"],
            ["--help"],
        ],
    )
    def test_a_full_disk_is_told_and_fails(self, arguments: list[str]) -> None:
        done = with_streams(">/dev/full", *arguments)
        assert done.returncode == 1, done.stderr
        assert b"no space left on device; make room" in done.stderr
        assert b"Exception ignored" not in done.stderr


def test_an_interrupt_while_it_is_starting_is_no_traceback() -> None:
    code = (
        "import builtins, os, signal\n"
        "real = builtins.__import__\n"
        "def loading(name, *rest):\n"
        "    if name == 'mixpanel_export.cli.app': os.kill(os.getpid(), signal.SIGINT)\n"
        "    return real(name, *rest)\n"
        "builtins.__import__ = loading\n"
        "from mixpanel_export.cli import main; main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--help"], capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 130
    assert b"Traceback" not in done.stderr
