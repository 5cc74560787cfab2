"""Options that every command takes, sizes, help pages and shell completion."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from mixpanel_export.cli.app import app
from mixpanel_export.cli.options import parse_duration, parse_size
from mixpanel_export.sandbox import Fault, Sandbox

from .runner import DAYS, EVENTS, refused, run


def every_command() -> Iterator[tuple[click.Command, click.Context]]:
    """Yield every command and group with its context."""

    def walk(command: click.Command, context: click.Context) -> Iterator[tuple[click.Command, click.Context]]:
        yield command, context
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                inner = command.get_command(context, name)
                assert inner is not None
                yield from walk(inner, click.Context(inner, parent=context, info_name=name))

    return walk(app, click.Context(app, info_name="mixpanel-export"))


def test_common_options_stand_before_or_after_the_command(tmp_path: Path) -> None:
    arguments = ["events", *DAYS, "--output", str(tmp_path / "out")]
    for command in (["--sandbox", "--quiet", *arguments], [*arguments, "--sandbox", "--quiet"]):
        assert run(*command) == (0, b"", b"")


def test_version_is_printed() -> None:
    assert run("--version").out.startswith("mixpanel-export ")


def test_times_are_seconds_minutes_or_hours() -> None:
    for text, seconds in (("0", 0), ("45", 45), ("90s", 90), ("10m", 600), ("1.5 H", 5400)):
        assert parse_duration(text) == seconds
    for text in ("", "soon", "-1", "1d", "m", "1e9", "inf"):
        with pytest.raises(click.BadParameter, match="30s, 10m or 2h"):
            parse_duration(text)


def test_max_wait_bounds_waits_for_the_server() -> None:
    with Sandbox(limits=None) as sandbox:
        sandbox.faults.add(Fault.rate_limited(retry_after=60), times=None)
        result = run("events", *DAYS, "-o", "-", "--max-wait", "30s", environ=sandbox.environment)
    assert result.returncode == 1
    assert "asks to wait 60 s, until " in result.message
    assert "--max-wait: " in refused(*EVENTS, "-", "--max-wait", "soon")


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
    def test_units_are_decimal_or_binary(self, text: str, size: int) -> None:
        assert parse_size(text) == size

    @pytest.mark.parametrize("text", ["", "much", "-1", "1XB", "1e9", "0x10", "1 2", "iB", "٣MB", "1.MB"])
    def test_other_text_is_refused(self, text: str) -> None:
        with pytest.raises(click.BadParameter, match="512MiB"):
            parse_size(text)

    def test_memory_takes_a_size(self, tmp_path: Path) -> None:
        result = run(*EVENTS, str(tmp_path / "e.parquet"), "--memory", "256MB")
        assert result.returncode == 0, result.err

    def test_memory_that_is_wrong_is_refused(self) -> None:
        assert "--memory: expected a size" in refused(*EVENTS, "e.parquet", "--memory", "much")
        message = refused(*EVENTS, "e.parquet", "--memory", "1MB")
        assert "--memory: " in message
        assert "67,108,864" in message


class TestHelp:
    def test_help_lists_the_exit_codes(self) -> None:
        shown = " ".join(run("--help", environ={"COLUMNS": "200"}).out.split())
        for code in ("0 done", "1 failed", "2 wrong usage", "130 interrupted", "143 terminated"):
            assert code in shown

    def test_run_without_arguments_prints_help(self) -> None:
        result = run()
        assert result.returncode == 2
        assert "Usage: mixpanel-export" in result.err

    def test_every_command_has_a_short_flag_and_ends_with_an_example(self) -> None:
        for command, context in every_command():
            assert run(*context.command_path.split()[1:], "-h").returncode == 0
            last = command.get_help(context).rstrip().splitlines()[-1]
            assert last.strip().startswith("mixpanel-export "), context.command_path

    def test_metavars_say_more_than_a_type(self) -> None:
        for command, context in every_command():
            assert not re.search(r"--\S+ (INTEGER|FLOAT|STRING)\b", command.get_help(context))

    def test_options_make_sense_for_the_command(self) -> None:
        assert "--plot" not in run("annotations", "delete", "-h").out
        assert "--sandbox" not in run("verify", "-h").out
        assert "--plot" in run("query", "funnels", "query", "-h").out

    @pytest.mark.slow
    def test_examples_run_on_the_sandbox(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        # Some write files.
        monkeypatch.chdir(tmp_path)
        for command, context in every_command():
            example = getattr(command, "example", "")
            if isinstance(command, click.Group) or "--sandbox" not in example:
                continue
            if context.command_path.endswith(("update", "delete")):
                continue  # the object would have to be made first
            words = [word for word in shlex.split(example)[1:] if word != "--sandbox"]
            with Sandbox(limits=None) as sandbox:
                result = run(*words, environ=sandbox.environment)
            assert result.returncode == 0, (context.command_path, result.err)

    def test_help_imports_neither_client_nor_server(self) -> None:
        code = (
            "import sys; from mixpanel_export.cli.main import run; run(['--help']); "
            "run(['events', '--help']); print(); print(*sys.modules)"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        loaded = done.stdout.splitlines()[-1].split()
        packages = {name.split(".")[0] for name in loaded}
        assert packages.isdisjoint({"asyncio", "httpx", "msgspec", "pyarrow", "matplotlib"})
        assert "mixpanel_export_api.api" not in loaded
        # Counted, because a clock would fail on a loaded machine; 38 with 13 commands.
        assert len([name for name in loaded if name.startswith("mixpanel_export")]) <= 40


class TestCompletion:
    # The first is what the scripts of earlier releases send.
    @pytest.mark.parametrize(("instruction", "prefix"), [("complete_bash", ""), ("bash_complete", "plain,")])
    @pytest.mark.parametrize(
        ("typed", "completed"),
        [
            ("qu", "query"),
            ("query fun", "funnels"),
            ("query funnels query --fun", "--funnel-id"),
            ("auth c", "check"),
            ("annotations cre", "create"),
        ],
    )
    def test_shell_completes_the_contract(
        self, instruction: str, prefix: str, typed: str, completed: str
    ) -> None:
        words = f"mixpanel-export {typed}"
        environ = {
            "_MIXPANEL_EXPORT_COMPLETE": instruction,
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split()) - 1),
        }
        assert f"{prefix}{completed}" in run(environ=environ).out.split()

    def test_values_are_completed(self, mixpanel_sandbox: Sandbox, tmp_path: Path) -> None:
        def complete(typed: str, **more: str) -> list[str]:
            environ = {
                **mixpanel_sandbox.environment,
                "_MIXPANEL_EXPORT_COMPLETE": "zsh_complete",
                "COMP_WORDS": f"mixpanel-export {typed}",
                "COMP_CWORD": str(len(typed.split())),
                "XDG_CACHE_HOME": str(tmp_path),
                **more,
            }
            return run(environ=environ).out.splitlines()[1::3]

        assert complete("--region e") == ["eu"]
        assert "Europe/Berlin" in complete("--timezone europe/b")
        assert complete("events --format p") == ["parquet"]
        assert "week" in complete("query segmentation query --unit w")
        assert complete("events --event s") == []
        query = ["query", "events", "names", "--type", "general", "--quiet"]
        environ = {**mixpanel_sandbox.environment, "XDG_CACHE_HOME": str(tmp_path)}
        assert run(*query, environ=environ).returncode == 0
        assert "Sign Up" in complete("events --event s")
        assert "Sign Up" in complete("query segmentation query --event s")
        assert complete("events --event s", MIXPANEL_PROJECT_ID="7654321") == []

    @pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
    def test_script_is_installed_once(self, tmp_path: Path, shell: str) -> None:
        environ = {"SHELL": f"/bin/{shell}", "HOME": str(tmp_path)}
        for _ in range(2):
            result = run("--install-completion", environ=environ)
            assert result.returncode == 0, result.err
        startup = tmp_path / f".{shell}rc"
        if shell != "fish":
            assert startup.read_text().count("source " if shell == "bash" else "fpath") == 1
        script = run("--show-completion", environ=environ).out
        assert script.strip() in [
            file.read_text().strip() for file in tmp_path.rglob("*mixpanel-export*") if file.is_file()
        ]

    def test_unknown_shell_is_refused(self) -> None:
        assert "$SHELL: expected one of bash, zsh, fish" in refused(
            "--show-completion", environ={"SHELL": "/bin/csh"}
        )
