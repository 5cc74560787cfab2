"""`verify`: complete, damaged and missing exports."""

from __future__ import annotations

from pathlib import Path

from .runner import EVENTS, refused, run


def test_complete_and_damaged_directory(tmp_path: Path) -> None:
    directory = tmp_path / "out"
    assert run(*EVENTS, str(directory)).returncode == 0
    complete = run("verify", str(directory))
    assert complete.returncode == 0, complete.err
    assert "Complete: " in complete.out
    file = sorted(directory.glob("events_*"))[0]
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    damaged = run("verify", str(directory))
    assert damaged.returncode == 1
    assert f"Damaged: {file.name}" in damaged.out


def test_directory_without_an_export_is_refused(tmp_path: Path) -> None:
    assert "DIRECTORY: " in refused("verify", str(tmp_path))


def test_broken_manifest_suggests_overwriting(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{")
    result = run("verify", str(tmp_path))
    assert result.returncode == 1
    assert "`events --overwrite`" in result.err
