"""A pytest plugin that runs the fenced code blocks of the documentation, in page order.

    pytest -p tests.docs.blocks docs README.md CONTRIBUTING.md

Each page gets a temporary folder and a sandbox, and `MIXPANEL_*` point to it, so blocks run exactly as printed.
Sybil finds the blocks; this module decides how to run one, by its language:

    python    executed, and its names stay for later blocks; if it defines tests, pytest runs it
    sh        run by bash; of a README command that creates `.venv`, only the part that uses it
    crontab   the command of each line is run by sh in cron's environment, up to LAST_NIGHT
    text      compared with the output of the block before it; `…` matches anything
    json, yaml, toml   parsed
    {.yaml title="company.yaml"}   parsed, and written to that file
    {.python .file}       run as a program that can import what the page has written
    {.sh .fails}          run by bash, and expected to fail
    {.python .compiled}   run on a client compiled from the contract plus the page's YAML blocks
    diff, {.LANGUAGE .shown}   only shown; `edits` makes the edits of the page on endpoints
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from sybil import Document, Example, Sybil
from sybil.parsers.markdown import CodeBlockParser

from mixpanel_export.http.limits import Limits
from mixpanel_export.http.servers import Servers
from mixpanel_export.sandbox import Fault, Sandbox, SandboxCredentials
from tests.docs import budgets
from tests.docs.edits import add_to_contract

ROOT = Path(__file__).parents[2]

# The session `build` runs the README's first command whole, on the unpacked sdist; its test command is CI itself.
CREATES_VENV = "python3 -m venv .venv && "

# The service account that pages use where they show how to pass one.
CREDENTIALS = SandboxCredentials(username="exporter.1a2b3c.mp-service-account", secret="its-secret")

# The page on cron shows two nights before this one; the job itself would go on to yesterday.
LAST_NIGHT = "2024-03-12"


class Page:
    """State shared by the blocks of one page."""

    def __init__(self) -> None:
        self.output = ""
        self.yaml: list[str] = []
        self._resources = contextlib.ExitStack()
        self.folder = Path(self._resources.enter_context(tempfile.TemporaryDirectory(prefix="page-")))
        self.sandbox = self._resources.enter_context(Sandbox(credentials=CREDENTIALS, limits=None))
        patch = self._resources.enter_context(pytest.MonkeyPatch.context())
        (self.folder / ".venv").symlink_to(sys.prefix)
        programs = self.folder / ".programs"
        programs.mkdir()
        (programs / "nox").write_text(f'#!/bin/sh\nexec {sys.executable} -m tests.docs.sessions "$@"\n')
        (programs / "nox").chmod(0o755)
        (programs / "sitecustomize.py").write_text(budgets.COMMANDS)
        patch.chdir(self.folder)
        for name in [name for name in os.environ if name.startswith(("MIXPANEL_", "MP_"))]:
            patch.delenv(name)
        for name, value in self.sandbox.environment.items():
            patch.setenv(name, value)
        patch.setenv("PATH", f"{programs}:{Path(sys.executable).parent}:{os.environ['PATH']}")
        patch.setenv("PYTHONPATH", f"{programs}:{ROOT}:{ROOT / 'generated'}")
        patch.setenv("HOME", str(self.folder))
        # dlt of root works in /var, whatever its home is.
        patch.setenv("DLT_DATA_DIR", str(self.folder / ".dlt"))
        patch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
        patch.setenv("AIRFLOW_HOME", str(self.folder / ".airflow"))
        patch.setenv("PREFECT_HOME", str(self.folder / ".prefect"))
        patch.setenv("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "300")
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("COLUMNS", "80")
        patch.setattr(Servers, "choose", _choose(self.sandbox.url))
        patch.setattr(Limits, "allowance", budgets.allowance)
        self._patch = patch

    def add_keys(self) -> None:
        """Set the keys of a signature beside the service account, which comes first."""
        for name, value in CREDENTIALS.environment(self.sandbox.url, "signature").items():
            self._patch.setenv(name, value)

    def close(self) -> None:
        self._resources.close()


def _choose(url: str) -> Callable[[str, str | None], Servers]:
    """Send clients without a `base_url` to the page's sandbox instead of a region's servers."""
    choose = Servers.choose
    return lambda region, base_url: choose(region, base_url or url)


def run_python(example: Example) -> None:
    page: Page = example.namespace["page"]
    source: str = example.parsed
    if re.search(r"^(async )?def test_", source, re.M):
        (page.folder / "test_page.py").write_text(source, encoding="utf-8")
        run(page, "python -m pytest -q -p no:cacheprovider test_page.py")
        return
    if "MIXPANEL_API_KEY" in source:
        page.add_keys()
    padded = "\n" * (example.line + source.line_offset) + source  # type: ignore[attr-defined]
    code = compile(padded, example.path, "exec", dont_inherit=True)
    printed = io.StringIO()
    example.namespace["__name__"] = "__main__"
    with contextlib.redirect_stdout(printed):
        exec(code, example.namespace)
    page.output = printed.getvalue()


def run_shell(example: Example) -> None:
    source: str = example.parsed
    if source.startswith(CREATES_VENV):
        source = source.rpartition(" && ")[2]
        if source.startswith(".venv/bin/nox"):
            pytest.skip("CI runs it")
    run(example.namespace["page"], source)


def run_crontab(example: Example) -> None:
    for line in example.parsed.splitlines():
        *when, command = line.split(maxsplit=5)
        assert len(when) == 5, line
        run_as_cron(example.namespace["page"], command)


def run_as_cron(page: Page, command: str) -> None:
    """Run a job at home, with little in the environment, and credentials from the configuration file."""
    assert " --to " not in command, "a job with a fixed last day never moves on"
    settings = {
        name.removeprefix("MIXPANEL_").lower(): value for name, value in page.sandbox.environment.items()
    }
    lines = [
        f"{name.removeprefix('service_account_')} = {json.dumps(value)}" for name, value in settings.items()
    ]
    config = page.folder / ".config" / "mixpanel-export" / "config.toml"
    config.parent.mkdir(parents=True)
    config.touch(mode=0o600)
    config.write_text("\n".join(["[profiles.default]", *lines, ""]), encoding="utf-8")
    command = command.replace("/srv/mixpanel", str(page.folder)).replace(
        " --output", f" --to {LAST_NIGHT} --output"
    )
    environment = {"HOME": str(page.folder), "PATH": "/usr/bin:/bin", "PYTHONPATH": os.environ["PYTHONPATH"]}
    given = " ".join(f"{name}={shlex.quote(value)}" for name, value in environment.items())
    run(page, f"env -i {given} /bin/sh -c {shlex.quote(command)}")


def run(page: Page, source: str) -> None:
    done = subprocess.run(
        ["bash", "-eu", "-c", source],
        cwd=page.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=100,
        check=False,
    )
    page.output = done.stdout
    assert done.returncode == 0, f"exit code {done.returncode}:\n{done.stdout}"


def compare(example: Example) -> None:
    expected, printed = _normalized(example.parsed), _normalized(example.namespace["page"].output)
    parts = [re.escape(part.strip()) for part in expected.split("…")]
    if not re.fullmatch(r"\s*" + r"\s*.*?\s*".join(parts) + r"\s*", printed, re.S):
        raise AssertionError(f"the page says\n\n{example.parsed}\nbut the output is\n\n{printed}")


# Parts of an output that differ from run to run; the page shows those of some run.
_VARIES = (
    # A terminal shows an export's messages without the time that a log has.
    (r"(?m)^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ", ""),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "TIME"),
    (r"\bin \d+(\.\d+)? s\b", "in SECONDS"),
    (r"\b\d+(\.\d+)? [kM]B\b", "SIZE"),
    (r"127\.0\.0\.1:\d+", "HOST"),
    # Pages are run without limits, where more slices may be cut again.
    (r" to [\d,]+ requests: the first", " to MOST requests: the first"),
    (r"about \d+ h for [\d,]+", "about HOURS for MOST"),
    (r"[ \t]+\n", "\n"),
)


def _normalized(text: str) -> str:
    for pattern, name in _VARIES:
        text = re.sub(pattern, name, text)
    return text


def run_compiled(example: Example) -> None:
    from spec.generate import compile_spec

    page: Page = example.namespace["page"]
    contract = (ROOT / "spec" / "openapi.yaml").read_text(encoding="utf-8")
    tag, operation, schema = page.yaml
    (page.folder / "openapi.yaml").write_text(
        add_to_contract(contract, tag, operation, schema), encoding="utf-8"
    )
    compile_spec(page.folder / "openapi.yaml", page.folder / "generated" / "mixpanel_export_api")
    page.sandbox.faults.add(Fault.status(503), Fault.status(200, {"sky": "clear"}), path="/weather")
    (page.folder / "page.py").write_text(example.parsed, encoding="utf-8")
    run(page, f"PYTHONPATH={page.folder / 'generated'}:$PYTHONPATH python page.py")


ENTRIES = [{"id": 2, "actor": "Ann", "at": "2024-01-02T10:00:00Z"}, {"id": 1, "actor": "Bo"}]


def run_file(example: Example) -> None:
    page: Page = example.namespace["page"]
    page.sandbox.faults.add(
        Fault.status(503), Fault.status(200, ENTRIES), Fault.status(200, ENTRIES), path="/audits"
    )
    (page.folder / "page.py").write_text(example.parsed, encoding="utf-8")
    run(page, "python page.py")


def write_yaml(example: Example) -> None:
    assert yaml.safe_load(example.parsed)
    (example.namespace["page"].folder / "company.yaml").write_text(example.parsed, encoding="utf-8")


def run_failing(example: Example) -> None:
    run(example.namespace["page"], f"set +e\n{example.parsed}\ntest $? -ne 0")


def parse_yaml(example: Example) -> None:
    # Define the anchors that this part of the contract refers to.
    anchors = "".join(f"_{name}: &{name} []\n" for name in re.findall(r"\*(\w+)", example.parsed))
    assert yaml.safe_load(anchors + example.parsed)
    example.namespace["page"].yaml.append(str(example.parsed))


def only_shown(example: Example) -> None:
    assert example.parsed.strip()


LANGUAGES: dict[str, Callable[[Example], Any]] = {
    "python": run_python,
    "sh": run_shell,
    "crontab": run_crontab,
    "text": compare,
    "json": lambda example: json.loads(example.parsed) and None,
    "yaml": parse_yaml,
    "{.python .compiled}": run_compiled,
    "{.python .file}": run_file,
    "{.sh .fails}": run_failing,
    '{.yaml title="company.yaml"}': write_yaml,
    "toml": lambda example: tomllib.loads(example.parsed) and None,
    "diff": only_shown,
    '{.python title="mixpanel_export/sandbox/endpoints/weather.py"}': only_shown,
    **{f"{{.{language} .shown}}": only_shown for language in ("dockerfile", "python", "sh", "sql")},
}


def _open(namespace: dict[str, Any]) -> None:
    namespace["page"] = Page()


def _close(namespace: dict[str, Any]) -> None:
    namespace.pop("page").close()


def documents() -> list[Path]:
    """Return the documents whose blocks are run."""
    pages = sorted((ROOT / "docs").rglob("*.md"))
    return [*pages, ROOT / "README.md", ROOT / "CONTRIBUTING.md"]


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    return True if collection_path.name == "assets" else None


_sybil = Sybil(
    parsers=[CodeBlockParser(language, evaluate) for language, evaluate in LANGUAGES.items()],
    patterns=["*.md"],
    path=str(ROOT),
    setup=_open,
    teardown=_close,
    document_types={".md": Document},
)
pytest_collect_file = _sybil.pytest()

assert shutil.which("bash"), "the shell blocks need bash"
