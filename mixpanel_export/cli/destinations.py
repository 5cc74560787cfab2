"""Destinations of a command: resolved from `--output`, and refused early when they cannot be written to."""

from __future__ import annotations

import codecs
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import click
from attrs import frozen

from mixpanel_export._formats import FORMATS, FileFormat, format_for, format_of
from mixpanel_export._mounts import obstacle
from mixpanel_export._text import visible
from mixpanel_export.cli.errors import HintedError
from mixpanel_export.errors import ConfigurationError, InvalidArgumentError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

__all__ = ["Destination", "check_directory", "check_file", "data_stream", "resolve", "stdout_buffer"]


@frozen
class Destination:
    """The place an export goes to.

    Attributes:
        path: a Path, or the URL of an object store; None for standard output.
        format: None when neither `--format` nor the name decides.
    """

    path: Path | str | None
    format: FileFormat | None
    is_directory: bool = False

    def __str__(self) -> str:
        return "standard output" if self.path is None else str(self.path)

    def check(self, *, needs_stdout: bool = False, overwrite: bool = True) -> None:
        """Refuse a destination that cannot be written to, before anything is sent.

        Args:
            needs_stdout: the command prints to standard output as well.
            overwrite: replace a file that exists.
        """
        if self.path is None or needs_stdout:
            stdout_buffer()
        if isinstance(self.path, Path):
            check = check_directory if self.is_directory else check_file
            check("--output", self.path)
            if not overwrite and self.path.is_file():
                raise HintedError(
                    f"--output: {self.path} exists", "add --overwrite to replace it, or choose another path"
                )


def resolve(output: str, format: FileFormat | None, *, remote: bool = True) -> Destination:
    """Resolve `--output` and `--format`.

    Args:
        remote: the command can write to an object store.

    Raises:
        UsageError: for a name without a known format, or a format that standard output cannot have.
        InvalidArgumentError: when the name and the format disagree.
    """
    if output == "-":
        if format in {"jsonl.gz", "parquet"}:
            raise click.UsageError(
                f"--format: {format} cannot be written to standard output; use jsonl or a file"
            )
        return Destination(None, format or "jsonl")
    if _is_url(output):
        if not remote:
            from mixpanel_export._redaction import without_secrets

            raise click.UsageError(f"--output: expected a local path, got {without_secrets(output)}")
        return Destination(output, format, is_directory=True)
    if not output:
        # An unset variable, most likely; Path("") would be the current directory.
        raise click.UsageError("--output: expected a path, got ''; the current directory is .")
    path = Path(output)
    named = format_of(path, FORMATS)
    is_directory = path.is_dir() or output.endswith(("/", os.sep))
    if is_directory or (named is None and not path.suffix):
        return Destination(path, format, is_directory=True)
    if named is None and format is None:
        endings = ", ".join(f".{name}" for name in FORMATS)
        raise click.UsageError(
            f"--output: expected a directory, a file ending in {endings}, or -, got {output}"
        )
    return Destination(path, cast(FileFormat, format_for(path, format, FORMATS)))


def _is_url(output: str) -> bool:
    from mixpanel_export.directory.destination import is_url

    try:
        return is_url(output)
    except InvalidArgumentError:
        from mixpanel_export._redaction import without_secrets

        raise click.UsageError(
            f"--output: a URL has two slashes, as in s3://bucket/prefix, got {without_secrets(output)}"
        ) from None


def stdout_buffer() -> BinaryIO:
    """Return standard output, for bytes.

    Raises:
        ConfigurationError: when it is closed.
    """
    # None if it was closed before Python started.
    if cast("object", sys.stdout) is None:
        raise ConfigurationError(
            "standard output", "closed, and the output goes there; open it, or choose a file with --output"
        )
    return sys.stdout.buffer


def data_stream() -> BinaryIO:
    """Return standard output for JSON Lines or CSV; in a terminal, characters that it would obey are escaped.

    Raises:
        ConfigurationError: when it is closed.
    """
    stdout = stdout_buffer()
    return cast(BinaryIO, _Escaping(stdout, sys.stdout.encoding)) if sys.stdout.isatty() else stdout


class _Escaping(io.BufferedIOBase):
    """A terminal. JSON text stays the same data, and no data makes the terminal do anything."""

    def __init__(self, terminal: BinaryIO, encoding: str) -> None:
        super().__init__()
        self._terminal = terminal
        self._encoding = encoding
        self._decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        text = visible(self._decoder.decode(bytes(data)), keep="\n")
        self._terminal.write(text.encode(self._encoding, "backslashreplace"))
        return memoryview(data).nbytes

    def flush(self) -> None:
        self._terminal.flush()


def check_file(option: str, path: Path) -> None:
    """Refuse a path where no file can be created; `option` is where the path was given."""
    if path.is_dir():
        raise _refused(option, f"expected a file, but {path} is a directory")
    _check_parent(option, path)


def check_directory(option: str, path: Path) -> None:
    """Refuse a path that cannot be a directory of slices."""
    if not path.is_dir():
        if os.path.lexists(path):
            raise _refused(option, f"expected a directory, but {path} is {obstacle(path)}")
        _check_parent(option, path)
        return
    _check_writable(option, path)
    from mixpanel_export.directory.filenames import FileName

    for entry in path.iterdir():
        if FileName.parse(entry.name) is not None and entry.is_dir():
            raise _refused(option, f"{entry} is a directory, but export files have such names; move it away")


def _check_parent(option: str, path: Path) -> None:
    """Check the nearest parent that exists."""
    parent = next(parent for parent in path.absolute().parents if os.path.lexists(parent))
    if not parent.is_dir():
        raise _refused(option, f"expected a directory to write to, but {parent} is {obstacle(parent)}")
    _check_writable(option, parent)


def _check_writable(option: str, directory: Path) -> None:
    if not os.access(directory, os.W_OK | os.X_OK):
        raise _refused(option, f"no permission to write to {directory}")


def _refused(option: str, problem: str) -> Any:
    return click.UsageError(f"{option}: {problem}")
