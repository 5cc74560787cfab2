"""The record of a project's requests: who sent one when, and until when the server wants none.

`Usage` is pure. A `Ledger` holds one in memory and, for all processes of this machine and user, in a file. Where
there can be no such file, it counts in memory and warns once.
"""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
import warnings
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Final, TypeVar

from attrs import evolve, frozen

from mixpanel_export._text import shortened
from mixpanel_export.http import clock
from mixpanel_export.http.limits import BudgetWarning

__all__ = ["MAX_PAUSE", "Ledger", "Usage", "Window", "shared_folder", "warn_unshared"]

T = TypeVar("T")

MAX_PAUSE: Final = 3_700.0
"""Seconds that a pause may last: an hourly budget frees within an hour. Bounds what a file may claim, too."""

# Processes hold the lock for a few milliseconds.
_LOCK_TIMEOUT = 10.0
# The most of the server's message to quote in a line about a wait.
_WORDS_LIMIT = 200
# More than any quota of an hour, and quick to read.
_MOST_SENT = 10_000
# A file this large was not written here.
_MAX_CHARACTERS = 1 << 20


@frozen
class Window:
    """A limit: at most `requests` in any `seconds`; `words` is its description."""

    requests: int
    seconds: float
    words: str


@frozen
class Usage:
    """The use of a budget, in seconds of `clock.uptime`.

    Attributes:
        sent: when each request was sent, and the id of the process that sent it; oldest first.
        paused_at: when the server said that there were too many.
        paused_for: the seconds to wait from then.
        status: the status it answered with, 429 or 503.
        is_asked: it asked for this time itself, and is believed over our own count: one request may be sent then.
        words: its message; may be empty.
    """

    sent: tuple[tuple[float, int], ...] = ()
    paused_at: float = 0.0
    paused_for: float = 0.0
    status: int = 429
    is_asked: bool = False
    words: str = ""

    def since(self, now: float, seconds: float) -> Usage:
        """Return the use of the last `seconds`. Nothing from the future counts: a file may claim anything."""
        sent = tuple(sorted(entry for entry in self.sent if 0 <= now - entry[0] < seconds))
        return self if sent == self.sent else evolve(self, sent=sent)

    def pause_left(self, now: float) -> float:
        """Return the seconds that are left of the pause."""
        age = now - self.paused_at
        return max(0.0, min(self.paused_for, MAX_PAUSE) - age) if age >= 0 else 0.0

    def wait(self, now: float, windows: tuple[Window, ...]) -> tuple[float, Window | None]:
        """Return the seconds until a request fits into all windows, and the window that takes longest."""
        longest: tuple[float, Window | None] = (0.0, None)
        if self._is_expected(now):
            return longest
        for window in windows:
            sent = self.since(now, window.seconds).sent
            if len(sent) >= window.requests:
                wait = sent[-window.requests][0] + window.seconds - now
                longest = max(longest, (wait, window), key=lambda found: found[0])
        return longest

    def _is_expected(self, now: float) -> bool:
        """Return True if the time has come that the server asked for, and it has got no request since."""
        until = self.paused_at + min(self.paused_for, MAX_PAUSE)
        return self.is_asked and until <= now and all(at < until for at, _ in self.sent)

    def with_request(self, now: float, process: int) -> Usage:
        """Return the use after a request is sent, without the oldest of very many."""
        return evolve(self, sent=(*self.sent[1 - _MOST_SENT :], (now, process)))

    def with_pause(
        self, now: float, seconds: float, status: int = 429, *, is_asked: bool = False, words: str = ""
    ) -> Usage:
        """Return the use after the server had too many requests; a longer pause stays."""
        seconds = min(seconds, MAX_PAUSE)
        if seconds <= self.pause_left(now):
            return self
        # On one line of a file.
        words = shortened(" ".join(words.split()), _WORDS_LIMIT)
        return evolve(self, paused_at=now, paused_for=seconds, status=status, is_asked=is_asked, words=words)

    def to_text(self, boot: str) -> str:
        """Return the text of a file; `boot` is the start of the machine that its times count from."""
        lines = [
            f"boot {boot}",
            f"pause {self.paused_at!r} {self.paused_for!r} {self.status} {self.is_asked:d}",
        ]
        lines += [f"words {self.words}"] if self.words else []
        lines += [f"sent {at!r} {process}" for at, process in self.sent]
        return "\n".join(lines) + "\n"

    @classmethod
    def from_text(cls, text: str, boot: str) -> Usage:
        """Return the use that a file records; none when it was written before the machine last started."""
        first, *lines = text.splitlines() or [""]
        if first != f"boot {boot}":
            return cls()
        usage, sent, said = cls(), list[tuple[float, int]](), ""
        for line in lines:
            # Anything else was not written here.
            with contextlib.suppress(ValueError):
                match line.split():
                    case ["sent", at, process]:
                        sent.append((float(at), int(process)))
                    case ["pause", at, seconds, status, is_asked]:
                        usage = cls((), float(at), float(seconds), int(status), is_asked == "1")
                    case ["words", *words]:
                        said = shortened(" ".join(words), _WORDS_LIMIT)
                    case _:
                        pass
        return evolve(usage, sent=tuple(sent), words=said)


class Ledger:
    """The use of one budget, in memory and in a file if `path` is given. Not thread-safe."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._usage = Usage()
        self._boot = clock.boot_id() if path is not None else ""

    def change(self, decide: Callable[[Usage], tuple[Usage, T]]) -> T:
        """Replace the use by what `decide` makes of it, and return its decision; no other process comes between."""
        try:
            with self._locked():
                before = self._read()
                self._usage, decision = decide(before)
                if self._usage != before:
                    self._write()
                return decision
        except (OSError, NotImplementedError) as error:
            if self._path is None:
                raise
            warn_unshared(self._path.parent, error)
            self._path = None
        self._usage, decision = decide(self._usage)
        return decision

    @contextlib.contextmanager
    def _locked(self) -> Generator[None]:
        if self._path is None:
            yield
            return
        from mixpanel_export._locks import lock_of  # a client without shared limits does without

        lock = lock_of(self._path.with_suffix(".lock"))
        lock.acquire(_LOCK_TIMEOUT)
        try:
            yield
        finally:
            lock.release()

    def _read(self) -> Usage:
        if self._path is None:
            return self._usage
        try:
            with self._path.open(encoding="utf-8", errors="replace") as file:
                return Usage.from_text(file.read(_MAX_CHARACTERS), self._boot)
        except FileNotFoundError:
            return Usage()

    def _write(self) -> None:
        if self._path is None:
            return
        # Replaced at once, because a process may be killed while it writes.
        new = self._path.with_suffix(".new")
        new.write_text(self._usage.to_text(self._boot), encoding="utf-8")
        new.replace(self._path)


def shared_folder() -> Path | None:
    """Return a folder for all processes of this user only; None, with a warning, if there can be none."""
    folder: Path | None = None
    try:
        folder = Path(tempfile.gettempdir()) / _folder_name()
        folder.mkdir(mode=0o700, exist_ok=True)
        _check_private(folder)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError("it is not writable")
    except OSError as error:
        warn_unshared(folder, error)
        return None
    return folder


def _folder_name() -> str:
    # A uid needs no entry in the user database; on Windows, each user has a temporary folder.
    return f"mixpanel-export-sdk-{os.getuid()}" if hasattr(os, "getuid") else "mixpanel-export-sdk"


def _check_private(folder: Path) -> None:
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode):
        raise NotADirectoryError("it is not a directory")
    if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & 0o077):
        raise PermissionError("it belongs to somebody else or is open to others")


class _Warned:
    """True once this process has been warned."""

    unshared = False


def warn_unshared(folder: Path | None, error: Exception) -> None:
    """Warn, once a process, that requests of other processes are not counted."""
    if _Warned.unshared:
        return
    _Warned.unshared = True
    where = f"{folder} cannot be used" if folder is not None else "there is no temporary folder"
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    warnings.warn(
        f"Mixpanel requests are counted for this process only, because {where} ({reason}). To count those of "
        "other processes too, set TMPDIR to a folder of your own; Limits(shared=False) turns this warning off",
        BudgetWarning,
        stacklevel=2,
    )
