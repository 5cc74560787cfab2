"""Destinations that cannot be written to are refused early; standard output that is closed or full."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .runner import COMMAND, DAYS, EVENTS, clean_environment, refused, run

FILE = "events_2024-01-01_2024-01-01.jsonl.gz"
FULL = Path("/dev/full")
RETENTION = ["query", "retention", "query", "--born-event", "Sign Up", *DAYS]


@pytest.fixture(autouse=True)
def _directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def obstacles(tmp_path: Path) -> None:
    """Files where directories are needed, and the other way round."""
    (tmp_path / "file").write_bytes(b"mine")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "out" / FILE).mkdir(parents=True)


@pytest.mark.usefixtures("obstacles")
class TestObstacles:
    @pytest.mark.parametrize(
        ("output", "message"),
        [
            ("file", "--output: expected a directory, but file is a file"),
            (
                "dangling",
                "--output: expected a directory, but dangling is a link to nowhere, which does not exist",
            ),
            ("file/sub", "file is a file"),
            ("file/a/sub", "file is a file"),
            ("file/e.jsonl", "file is a file"),
            ("out", f"out/{FILE} is a directory"),
        ],
    )
    def test_events_are_refused(self, output: str, message: str) -> None:
        for options in ([], ["--dry-run"], [] if output.endswith("jsonl") else ["--overwrite"]):
            assert message in refused(*EVENTS, output, *options)
        assert Path("file").read_bytes() == b"mine"

    def test_plan_is_refused(self) -> None:
        assert "file is a file" in refused("plan", *DAYS, "--sandbox", "--output", "file")

    @pytest.mark.parametrize(
        "arguments",
        [
            ["profiles", "-o", "file/p.jsonl"],
            ["profiles", "-o", "file/"],
            ["query", "funnels", "list", "-o", "file/f.csv"],
            ["query", "funnels", "list", "-o", "folder.csv"],
            [*RETENTION, "--plot", "file/f.svg"],
        ],
    )
    def test_profiles_and_queries_are_refused(self, arguments: list[str]) -> None:
        assert ": expected a " in refused(*arguments, "--sandbox")


def test_layout_needs_a_columnar_format() -> None:
    wrong = [*EVENTS, "e.jsonl", "--layout", "wide"]
    assert "--layout: " in refused(*wrong)
    assert "--layout: " in refused(*wrong, "--dry-run")


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
@pytest.mark.sampled(1)
def test_missing_extra_is_named(options: list[str]) -> None:
    code = "import sys; sys.modules['pyarrow'] = None; from mixpanel_export.cli import main; main()"
    command = [sys.executable, "-c", code, *EVENTS, "pq", "--format", "parquet", *options]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 1
    assert b"pip install 'mixpanel-export-sdk[arrow]'" in done.stderr
    assert not Path("pq").exists()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_read_only_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)
    for output in ("closed", "closed/e.jsonl", "closed/sub"):
        assert "no permission to write to" in refused(*EVENTS, output, "--dry-run")


def in_shell(redirections: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a shell that closes or redirects its streams."""
    environ = clean_environment()
    # As users have it: output is buffered.
    environ.pop("PYTHONUNBUFFERED", None)
    command = ["sh", "-c", f'exec "$@" {redirections}', "sh", *COMMAND, *arguments]
    return subprocess.run(command, capture_output=True, check=False, env=environ)


def test_existing_file_needs_overwrite(tmp_path: Path) -> None:
    for command in ([*EVENTS, "e.jsonl"], ["profiles", "--sandbox", "-o", "p.jsonl"]):
        path = tmp_path / command[-1]
        path.write_bytes(b"mine")
        assert f"error: --output: {path.name} exists hint: add --overwrite" in refused(*command)
        assert path.read_bytes() == b"mine"
        assert run(*command, "--overwrite").returncode == 0
        assert len(path.read_bytes()) > 1000


def test_name_that_fits_no_format_is_refused() -> None:
    assert "ending in .jsonl, .jsonl.gz, .parquet, .csv" in refused(*EVENTS, "e.json")
    assert run(*EVENTS, "e.json", "--format", "jsonl").returncode == 0
    assert Path("e.json").read_bytes().startswith(b"{")


class TestClosedOutput:
    @pytest.mark.parametrize(
        "arguments",
        [
            [*EVENTS, "-"],
            [*EVENTS, "out", "--dry-run"],
            ["profiles", "--output", "-", "--sandbox"],
            ["query", "funnels", "list", "--sandbox"],
            ["query", "funnels", "list", "--output", "csv", "--sandbox"],
        ],
    )
    def test_data_is_refused(self, arguments: list[str]) -> None:
        result = run(*arguments, closed=True)
        assert result.returncode == 2, result.err
        assert "standard output: closed" in result.err
        assert "Traceback" not in result.err

    def test_files_are_written(self, tmp_path: Path) -> None:
        for arguments in ([*EVENTS, "e.jsonl"], ["query", "funnels", "list", "--sandbox", "-o", "f.csv"]):
            assert run(*arguments, closed=True).returncode == 0
        assert sorted(file.name for file in tmp_path.iterdir()) == ["e.jsonl", "f.csv"]

    @pytest.mark.skipif(os.name != "posix", reason="a POSIX shell")
    @pytest.mark.slow
    def test_shell_that_closes_it(self) -> None:
        done = in_shell(">&-", *EVENTS, "-")
        assert done.returncode == 2, done.stderr
        assert b"standard output: closed" in done.stderr

    @pytest.mark.skipif(os.name != "posix", reason="a POSIX shell")
    @pytest.mark.slow
    def test_messages_never_get_into_the_data(self) -> None:
        done = in_shell("2>&-", *EVENTS, "-", "--progress", "json")
        assert done.returncode == 0
        kinds = {frozenset(json.loads(line)) for line in done.stdout.splitlines()}
        assert kinds == {frozenset({"event", "properties"})}


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has /dev/full")
class TestFullDisk:
    @pytest.mark.parametrize(
        "arguments",
        [
            [*EVENTS, "-"],
            ["query", "funnels", "list", "--sandbox"],
            [*EVENTS, "out", "--dry-run"],
            ["auth", "check", "--sandbox"],
            ["--version"],
            ["--help"],
        ],
    )
    def test_output_fails_with_a_hint(self, arguments: list[str]) -> None:
        with FULL.open("w", encoding="utf-8") as full:
            result = run(*arguments, stdout=full)
        assert result.returncode == 1, result.err
        assert "no space left on device\nhint: free some space" in result.err

    @pytest.mark.slow
    def test_interpreter_does_not_fail_again_at_exit(self) -> None:
        done = in_shell(f">{FULL}", *EVENTS, "-")
        assert done.returncode == 1, done.stderr
        assert b"no space left on device" in done.stderr
        assert b"Exception ignored" not in done.stderr
