"""Where a command writes to: refused before anything is sent, where it could not be written."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import BinaryIO, cast

from mixpanel_export.directory.filenames import FileName
from mixpanel_export.errors import ConfigurationError, InvalidArgumentError

__all__ = ["check_file", "check_folder", "path_of", "standard_output"]


def standard_output() -> BinaryIO:
    """Standard output, for data.

    Raises:
        ConfigurationError: when it is closed.
    """
    # None when it was closed before Python began.
    if cast("object", sys.stdout) is None:
        raise ConfigurationError(
            "standard output",
            "it is closed, and what is asked for goes there; open it, or name another --output",
        )
    return sys.stdout.buffer


def path_of(option: str, text: str) -> Path:
    """The path that was typed.

    Raises:
        InvalidArgumentError: when it is empty, as a variable that is not set is; it would be the current folder.
    """
    if not text:
        raise InvalidArgumentError(option, text, "it is empty; the current folder is .")
    return Path(text)


def check_file(option: str, path: Path) -> None:
    """Refuse a path where no file can be made; `option` is what it was given as."""
    if path.is_dir():
        raise InvalidArgumentError(option, str(path), "it is a folder; allowed is a file")
    _check_above(option, path)


def check_folder(option: str, path: Path) -> None:
    """Refuse a path that can be no folder of slices, as `check_file` does."""
    if not path.is_dir():
        if os.path.lexists(path):
            raise InvalidArgumentError(option, str(path), "it is a file; allowed is a folder")
        _check_above(option, path)
        return
    _check_writable(option, path, path)
    for each in path.iterdir():
        if FileName.parse(each.name) is not None and each.is_dir():
            raise InvalidArgumentError(
                option, str(path), f"in it, {each.name} is a folder, and files have such names; move it away"
            )


def _check_above(option: str, path: Path) -> None:
    """The nearest folder above that there is takes it."""
    above = next(each for each in path.absolute().parents if os.path.lexists(each))
    if not above.is_dir():
        raise InvalidArgumentError(option, str(path), f"{above} is a file; allowed is a folder to write in")
    _check_writable(option, path, above)


def _check_writable(option: str, path: Path, folder: Path) -> None:
    if not os.access(folder, os.W_OK | os.X_OK):
        raise InvalidArgumentError(option, str(path), f"{folder} may not be written to")
