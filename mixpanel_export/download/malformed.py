"""The file for malformed lines: those of an export that are not events, byte for byte, with `quarantine`."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import IO, Self

from mixpanel_export._atomic import AtomicFile
from mixpanel_export._formats import FORMATS, format_of
from mixpanel_export.download.spool import Spool

__all__ = ["AtomicMalformedFile", "MalformedFile", "malformed_beside"]

_SUFFIX = ".malformed.jsonl"

_logger = logging.getLogger("mixpanel_export")


def malformed_beside(path: Path) -> Path:
    """Return the file for the malformed lines of a file: `events.malformed.jsonl` for `events.jsonl.gz`."""
    format = format_of(path, FORMATS)
    stem = path.name if format is None else path.name[: -len(f".{format}")]
    return path.with_name(f"{stem}{_SUFFIX}")


class MalformedFile:
    """Takes the malformed lines of complete slices, from any thread. The file is made with the first line.

    Args:
        path: the file; an existing one is removed at once. None to count and warn only.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._file: IO[bytes] | None = None
        if path is not None:
            self._clear(path)

    def add(self, spool: Spool) -> None:
        """Write the malformed lines of a slice."""
        if not spool.malformed:
            return
        _logger.warning(
            "The slice %s: %d malformed lines were left out%s",
            spool.slice_,
            spool.malformed,
            f" and written to {self._path}" if self._path is not None else "; malformed_path= keeps them",
        )
        if self._path is None:
            return
        with self._lock:
            if self._file is None:
                self._file = self._open(self._path)
            for line in spool.malformed_lines():
                self._file.write(line)
            self._file.flush()

    def close(self) -> None:
        """Close the file; may be called twice."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._path = self._file = None

    def _clear(self, path: Path) -> None:
        path.unlink(missing_ok=True)

    def _open(self, path: Path) -> IO[bytes]:
        return path.open("wb")


class AtomicMalformedFile(MalformedFile):
    """The same, but the file appears, or an earlier one is removed, only when `complete` is called.

    A context manager: leaving it without completing the file removes the temporary one.
    """

    def __init__(self, path: Path) -> None:
        self._target = path
        self._atomic: AtomicFile | None = None
        super().__init__(path)

    def complete(self) -> None:
        """Let the file appear, if there were any lines."""
        if self._atomic is not None:
            self._atomic.complete()
        else:
            self._target.unlink(missing_ok=True)

    def close(self) -> None:
        """Leave the temporary file open, for `complete`."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._atomic is not None:
            self._atomic.__exit__(None, None, None)

    def _clear(self, path: Path) -> None:
        pass

    def _open(self, path: Path) -> IO[bytes]:
        self._atomic = AtomicFile(path)
        return self._atomic.file
