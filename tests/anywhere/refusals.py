"""System calls that fail as on mounts which do not have them."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from pathlib import Path
from typing import Any, NoReturn

import pytest

from mixpanel_export import _mounts


def no_locks(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Let `flock` fail with this errno."""
    monkeypatch.setattr(fcntl, "flock", _raising(number))


def no_sync_of_folders(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Let `fsync` of a directory fail with this errno."""
    fsync = os.fsync

    def refused(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(number, os.strerror(number))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", refused)


def no_modes(monkeypatch: pytest.MonkeyPatch, number: int = errno.EPERM) -> None:
    """Let `chmod` fail with this errno."""
    monkeypatch.setattr(Path, "chmod", _raising(number))
    monkeypatch.setattr(os, "chmod", _raising(number))
    monkeypatch.setattr(os, "fchmod", _raising(number))


def no_moves(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Let `rename` fail with this errno."""
    monkeypatch.setattr(Path, "replace", _raising(number))


def forget_warnings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the next warnings of this process be the first."""
    monkeypatch.setattr(_mounts, "_warned", set())


def _raising(number: int) -> Any:
    def refused(*_: object, **__: object) -> NoReturn:
        raise OSError(number, os.strerror(number))

    return refused
