"""Environments: a user without a name, no home, no zone database, nowhere to write."""

from __future__ import annotations

import tempfile
import textwrap
import zipfile
from pathlib import Path

import pytest

from mixpanel_export import ConfigurationError, _temporary
from mixpanel_export.sandbox import Sandbox
from tests.anywhere.places import SOURCES, UID, output_of, run

EXPORT = """
    import sys
    from mixpanel_export import Limits
    from mixpanel_export.sandbox import Sandbox
    from pathlib import Path

    with Sandbox() as sandbox, sandbox.client(limits=Limits(shared=False)) as client:
        events = list(client.export.events("2024-01-01", "2024-01-03"))
        cohorts = client.cohorts.list()
        if len(sys.argv) > 1:
            path = Path(sys.argv[1])
            client.export.to_file(path / "events.jsonl", "2024-01-01", "2024-01-03")
            client.export.to_directory(path / "events", "2024-01-01", "2024-01-03")
    print(len(events), len(cohorts))
"""
READ_ONLY = "mount -o remount,bind,ro /"
NO_ZONES = """
import sys
sys.modules["tzdata"] = None
"""


@pytest.fixture(scope="module")
def expected() -> str:
    with Sandbox() as sandbox, sandbox.client() as client:
        events = len(list(client.export.events("2024-01-01", "2024-01-03")))
        return f"{events} {len(client.cohorts.list())}\n"


def tmpfs(folder: Path) -> str:
    return f"mount -t tmpfs tmpfs {folder}"


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"HOME": "/"},
        {"HOME": "/nonexistent", "XDG_CACHE_HOME": "/nonexistent", "USER": "", "LOGNAME": ""},
        {"LC_ALL": "C", "TERM": "dumb", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"TZ": "Nowhere/Nothing"},
    ],
    ids=["empty", "home-is-root", "home-is-gone", "no-locale", "unknown-zone"],
)
@pytest.mark.slow
def test_exports_need_no_environment(environ: dict[str, str], expected: str, tmp_path: Path) -> None:
    result = run(EXPORT, str(tmp_path), environ=environ, uid=UID, cwd=tmp_path, mounts=[tmpfs(tmp_path)])
    assert output_of(result) == expected


@pytest.mark.slow
def test_exports_need_no_writable_directory(expected: str) -> None:
    result = run(EXPORT, uid=UID, mounts=[READ_ONLY], environ={"TMPDIR": "/gone"})
    assert output_of(result) == expected


@pytest.mark.slow
def test_layout_of_lambda_works(expected: str, tmp_path: Path) -> None:
    """Only one directory can be written to; the user has no name and no home."""
    result = run(
        EXPORT,
        str(tmp_path),
        uid=UID,
        mounts=[READ_ONLY, tmpfs(tmp_path)],
        environ={"TMPDIR": str(tmp_path), "HOME": "/", "AWS_LAMBDA_FUNCTION_NAME": "export", "TZ": ":UTC"},
    )
    assert output_of(result) == expected


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mounts", "environ"),
    [
        (["mount -t tmpfs tmpfs /etc", "mount -t tmpfs tmpfs /sys"], {}),
        (["mount -t tmpfs tmpfs /proc"], {}),
        (["mount -t tmpfs -o ro tmpfs /dev/shm"], {}),
        (["ulimit -n 32"], {}),
        (["ulimit -s 256"], {}),
        ([], {"PYTHONOPTIMIZE": "2"}),
        ([], {"PYTHONDEVMODE": "1", "PYTHONWARNINGS": "error::DeprecationWarning"}),
    ],
    ids=["etc-and-sys", "proc", "shared-memory", "open-files", "stacks", "asserts", "development-mode"],
)
def test_exports_need_little_of_the_system(
    mounts: list[str], environ: dict[str, str], expected: str, tmp_path: Path
) -> None:
    result = run(EXPORT, str(tmp_path), mounts=mounts, environ=environ, cwd=tmp_path)
    assert output_of(result) == expected


@pytest.mark.slow
def test_exports_work_from_a_zip_file(expected: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "packages.zip", "w") as packages:
        for source in map(Path, SOURCES):
            for package in ("mixpanel_export", "mixpanel_export_api"):
                for path in (source / package).rglob("*"):
                    if path.is_file() and path.suffix != ".pyc":
                        packages.write(path, path.relative_to(source))
    code = "import mixpanel_export; assert '.zip' in mixpanel_export.__file__\n" + textwrap.dedent(EXPORT)
    result = run(code, str(tmp_path), environ={"PYTHONPATH": str(tmp_path / "packages.zip")}, cwd=tmp_path)
    assert output_of(result) == expected


COMMAND = """
    import sys
    from mixpanel_export.cli import main
    sys.argv = ["mixpanel-export", *sys.argv[1:]]
    main()
"""


@pytest.mark.slow
@pytest.mark.parametrize("environ", [{}, {"HOME": "/"}, {"HOME": "/root"}])
def test_command_needs_no_environment(environ: dict[str, str]) -> None:
    arguments = ("query", "cohorts", "list", "--sandbox", "--output", "jsonl")
    result = run(COMMAND, *arguments, environ=environ, uid=UID, mounts=[READ_ONLY])
    assert output_of(result).count("\n") > 1


def test_large_slices_stay_in_memory_without_a_directory() -> None:
    code = """
        import os
        from mixpanel_export._temporary import spool_file
        with spool_file(1000) as file:
            file.write(bytes(range(256)) * 4)
            file.write(b"end" * (1 << 20))
            file.seek(0)
            assert file.read(1024) == bytes(range(256)) * 4
            assert file.read() == b"end" * (1 << 20)
            file.seek(0)
            file.truncate()
            file.write(b"again")
            file.seek(0)
            assert file.read() == b"again"
    """
    result = run(code, mounts=[READ_ONLY], environ={"TMPDIR": "/gone"})
    assert output_of(result) == ""
    assert result.stderr.count("No temporary directory can be written to") == 1
    assert "Set TMPDIR" in result.stderr


def _nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be no temporary directory."""

    def nowhere(*_: object, **__: object) -> None:
        raise FileNotFoundError(2, "No usable temporary directory found in ['/tmp']")

    for name in ("gettempdir", "TemporaryFile", "mkdtemp"):
        monkeypatch.setattr(tempfile, name, nowhere)
    monkeypatch.setenv("TMPDIR", "/gone")


def test_memory_without_a_directory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    _nowhere(monkeypatch)
    monkeypatch.setattr(_temporary, "_MOST_IN_MEMORY", 3 << 20)
    monkeypatch.setattr(_temporary, "_memory", _temporary._Memory())
    with _temporary.spool_file(100) as first, _temporary.spool_file(100) as second:
        first.write(bytes(2 << 20))
        with pytest.raises(ConfigurationError, match=r"TMPDIR is '/gone'.* more than the 3 MB of memory"):
            second.write(bytes(2 << 20))
        first.close()
        second.write(bytes(2 << 20))


@pytest.mark.slow
def test_columns_name_the_missing_directory() -> None:
    code = """
        from mixpanel_export import ConfigurationError
        from mixpanel_export.sandbox import Sandbox

        with Sandbox() as sandbox, sandbox.client(limits=None) as client:
            try:
                client.export.batches("2024-01-01", "2024-01-01").to_arrow()
            except ConfigurationError as error:
                print(error)
    """
    result = run(code, mounts=[READ_ONLY], environ={"TMPDIR": "/gone"})
    assert output_of(result) == (
        "TMPDIR: no temporary directory can be written to (TMPDIR is '/gone'); set it to a folder that can\n"
    )


@pytest.mark.slow
def test_exports_need_no_zone_database(expected: str) -> None:
    result = run(EXPORT, before=NO_ZONES, environ={"PYTHONTZPATH": ""})
    assert output_of(result) == expected


@pytest.mark.slow
def test_other_zones_name_the_missing_database() -> None:
    code = """
        from mixpanel_export import ConfigurationError, MixpanelClient, ServiceAccountAuth
        for zone in ("Europe/Berlin", "Nowhere"):
            try:
                MixpanelClient(ServiceAccountAuth("u", "s"), project_id=1, timezone=zone)
            except ConfigurationError as error:
                print(error)
    """
    lines = output_of(run(code, before=NO_ZONES, environ={"PYTHONTZPATH": ""})).splitlines()
    assert len(lines) == 2
    for line in lines:
        assert line.endswith("this machine has no zone database, install one with: pip install tzdata")
