"""A process without open files, threads or memory gets a typed error, or goes on with less."""

from __future__ import annotations

import errno
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mixpanel_export import MixpanelClient, ResourceLimitError
from mixpanel_export._resources import limit_error, resource_limits
from tests.wire_server import sandbox, shop

__all__ = ["sandbox", "shop"]

DAYS = ("2024-01-01", "2024-01-04")
EXPORTS: dict[str, Callable[[MixpanelClient, Path], Any]] = {
    "events": lambda client, path: list(client.export.events(*DAYS, slice_days=1)),
    "file": lambda client, path: client.export.to_file(path / "a.jsonl", *DAYS, slice_days=1),
    "directory": lambda client, path: client.export.to_directory(path / "d", *DAYS, slice_days=1),
    "profiles": lambda client, path: list(client.profiles.all()),
}


def few_threads(monkeypatch: pytest.MonkeyPatch, allowed: int) -> None:
    """Let only this many more threads start."""
    real, left = threading.Thread.start, [allowed]

    def start(thread: threading.Thread) -> None:
        if not thread.name.startswith("mixpanel-"):
            real(thread)
            return
        if not left[0]:
            raise RuntimeError("can't start new thread")
        left[0] -= 1
        real(thread)

    monkeypatch.setattr(threading.Thread, "start", start)


def test_no_thread_at_all_is_a_typed_error(
    shop: MixpanelClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few_threads(monkeypatch, 0)
    for export in EXPORTS.values():
        with pytest.raises(ResourceLimitError, match="starts no more threads; lower parallel=") as caught:
            export(shop, tmp_path)
        assert caught.value.resource == "threads"
    assert [path.name for path in tmp_path.rglob("*.jsonl*")] == []


def test_one_thread_is_enough(
    shop: MixpanelClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    expected = len(list(shop.export.events(*DAYS)))
    few_threads(monkeypatch, 1)
    assert len(list(shop.export.events(*DAYS, slice_days=1))) == expected
    assert caplog.text.count("No more than 1 threads download") == 1


def test_no_open_file_is_a_typed_error_and_the_run_resumes(
    shop: MixpanelClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.socket.connect

    def connect(connecting: socket.socket, address: Any) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr(socket.socket, "connect", connect)
    for export in EXPORTS.values():
        with pytest.raises(
            ResourceLimitError, match=r"too many files are open .*; lower parallel="
        ) as caught:
            export(shop, tmp_path)
        assert caught.value.setting == "parallel="
    monkeypatch.setattr(socket.socket, "connect", real)
    assert EXPORTS["directory"](shop, tmp_path).fetched == 4


def test_errors_of_limits_are_told_from_others() -> None:
    try:
        try:
            raise MemoryError
        except MemoryError as cause:
            raise ValueError("on the way") from cause
    except ValueError as error:
        found = limit_error(error)
    assert found is not None
    assert found.resource == "memory"
    assert limit_error(OSError(errno.ENOENT, "no such file")) is None
    assert limit_error(RuntimeError("anything else")) is None
    with pytest.raises(ValueError, match="as it is"), resource_limits():
        raise ValueError("as it is")
