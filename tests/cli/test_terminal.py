"""What is said in a terminal, in a log and to programs; how signals end the command; completion."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from mixpanel_export.sandbox import Fault, Sandbox
from tests.cli.test_events_command import COMMAND, RANGE, run

if sys.platform == "win32":
    pytest.skip("terminals and signals are POSIX's here", allow_module_level=True)
import pty

EVENTS = ["events", *RANGE, "--sandbox", "--output"]
COLOR = re.compile(rb"\x1b\[[0-9;]*3[0-9]")
STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ "


def in_terminal(*arguments: str, environ: Mapping[str, str] | None = None) -> tuple[int, bytes]:
    """Its exit code, and all that a terminal got of it."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("MIXPANEL_") and name not in {"NO_COLOR", "FORCE_COLOR"}
    }
    child, terminal = pty.fork()
    if child == 0:
        os.execve(
            sys.executable, [*COMMAND, *arguments], {**clean, "TERM": "xterm-256color", **(environ or {})}
        )
    said = b""
    try:
        while chunk := os.read(terminal, 65536):
            said += chunk
    except OSError:
        pass  # how Linux says that nobody holds the other end any more
    finally:
        os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said


class TestTerminal:
    def test_a_line_moves_and_a_summary_stays(self, tmp_path: Path) -> None:
        code, said = in_terminal(*EVENTS, str(tmp_path / "out"))
        assert code == 0, said
        assert b"\x1b[?25l" in said  # the cursor is hidden while the line moves
        assert b"events, 2 files" in said
        assert not re.search(STAMP.encode(), said)

    def test_errors_are_red_unless_that_is_not_wanted(self) -> None:
        wrong = [*EVENTS, "-", "--where", "("]
        code, said = in_terminal(*wrong)
        assert code == 2
        assert COLOR.search(said)
        _, said = in_terminal(*wrong, environ={"NO_COLOR": "1"})
        assert b"error:" in said
        assert not COLOR.search(said)

    def test_a_table_and_a_chart_are_as_wide_as_it(self) -> None:
        series = ["query", "segmentation", "query", "--event", "Purchase", *RANGE, "--sandbox"]
        code, said = in_terminal(*series, "--plot", "--output", "table", environ={"COLUMNS": "60"})
        assert code == 0, said
        plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", said.decode())
        assert max(map(len, plain.splitlines())) <= 60


class TestLog:
    def test_each_line_has_its_time_and_no_colour(self, tmp_path: Path) -> None:
        done = run(*EVENTS, str(tmp_path / "out"))
        assert [bool(re.match(STAMP, line)) for line in done.stderr.decode().splitlines()] == [True]
        wrong = run(*EVENTS, "-", "--where", "(")
        assert re.match(f"{STAMP}error: ", wrong.stderr.decode())
        assert b"\x1b" not in done.stderr + wrong.stderr

    def test_a_warning_is_a_line_too(self, mixpanel_sandbox: Sandbox) -> None:
        environ = mixpanel_sandbox.credentials.environment(mixpanel_sandbox.url, "project_secret")
        done = run("query", "funnels", "list", environ=environ)
        assert done.returncode == 0
        assert re.match(
            f"{STAMP}warning: Mixpanel retires project secrets on 2027-03-03", done.stderr.decode()
        )


class TestPrograms:
    def test_errors_are_objects_as_well(self) -> None:
        as_json = ["--progress", "json"]
        for arguments in (
            [*as_json, "--debug", *EVENTS, "-", "--where", "("],
            [*as_json, "nonsense"],
            ["events", *as_json],
        ):
            done = run(*arguments)
            (said,) = map(json.loads, done.stderr.splitlines())
            assert (done.returncode, said["type"], said["exit_code"]) == (2, "error", 2)
            assert b"\x1b" not in done.stderr


class TestOptions:
    def test_common_ones_stand_before_the_command_or_after_it(self, tmp_path: Path) -> None:
        arguments = ["events", *RANGE, "--output", str(tmp_path / "out")]
        done = run("--sandbox", "--quiet", *arguments)
        assert (done.returncode, done.stderr) == (0, b"")

    def test_a_profile_that_is_named_counts_over_that_of_the_environment(self, tmp_path: Path) -> None:
        file = tmp_path / "config.toml"
        file.write_text("[profiles.shop]\nregion = 'eu'\n")
        environ = {"MIXPANEL_CONFIG": str(file), "MIXPANEL_PROFILE": "none"}
        for arguments in (["--profile", "shop", "auth", "check"], ["auth", "check", "--profile", "shop"]):
            done = run(*arguments, environ=environ)
            assert b"Found region in the profile 'shop'" in done.stdout
            assert b"no Mixpanel credentials" in done.stderr

    def test_the_environment_over_a_named_profile_is_told(
        self, tmp_path: Path, mixpanel_sandbox: Sandbox
    ) -> None:
        file = tmp_path / "config.toml"
        file.write_text("[profiles.shop]\noauth_token = 'hush'\n")
        file.chmod(0o600)
        environ = {**mixpanel_sandbox.environment, "MIXPANEL_CONFIG": str(file)}
        done = run("--profile", "shop", "query", "funnels", "list", environ=environ)
        assert done.returncode == 0
        assert b"not those of the profile 'shop'" in done.stderr

    def test_the_version_is_printed(self) -> None:
        assert re.fullmatch(rb"mixpanel-export \d+\.\d+\.\d+\S*\n", run("--version").stdout)

    def test_the_help_tells_the_exit_codes(self) -> None:
        said = " ".join(run("--help", environ={"COLUMNS": "200"}).stdout.decode().split())
        for code in ("0 done", "1 failed", "2 wrong usage", "130 interrupted", "143 terminated"):
            assert code in said

    def test_the_help_imports_neither_client_nor_server(self) -> None:
        code = "import sys; from mixpanel_export.cli.app import run; run(['--help']); print(*sys.modules)"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert not {"httpx", "mixpanel_export_api", "pyarrow", "matplotlib"} & set(done.stdout.split())


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_query_and_leaves_no_file(
    mixpanel_sandbox: Sandbox, tmp_path: Path, number: int, code: int
) -> None:
    mixpanel_sandbox.faults.add(Fault.hang(), path="/funnels/list")
    query = ["query", "funnels", "list", "--output", str(tmp_path / "funnels.csv")]
    process = subprocess.Popen(
        [*COMMAND, *query], env={**os.environ, **mixpanel_sandbox.environment}, stderr=subprocess.PIPE
    )
    until = time.monotonic() + 20
    while not len(mixpanel_sandbox.requests):
        assert time.monotonic() < until
        time.sleep(0.01)
    process.send_signal(number)
    _, said = process.communicate(timeout=20)
    assert process.returncode == code, said
    assert b"Traceback" not in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("qu", "query"),
        ("query fun", "funnels"),
        ("query funnels query --fun", "--funnel-id"),
        ("auth c", "check"),
    ],
)
def test_the_shell_completes_what_the_contract_has(typed: str, completed: str) -> None:
    words = f"mixpanel-export {typed}"
    environ = {
        "_MIXPANEL_EXPORT_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
    }
    assert completed in run(environ=environ).stdout.decode().split()
