"""Profiles as a file of JSON Lines, which appears under its name only when it is complete.

What there is of it so far stands in a hidden folder beside it, `.NAME.part`, with a note of the query's session: as
long as Mixpanel keeps that session, another run asks only for the pages that are missing. A file never mixes two
sessions. Asking for pages is left to `pages`.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import zlib
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Any, Literal

import msgspec
from attrs import frozen

from mixpanel_export._atomic import disk_errors, durable, sync_folder
from mixpanel_export._formats import LinesFormat
from mixpanel_export._locks import locked_directory
from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export.http.cancellation import NOT_CANCELLABLE, Cancellation
from mixpanel_export.profiles.pagination import Batch, Paging, digest_of
from mixpanel_export_api.models.profile import Profile

__all__ = ["PartialFile", "ProfilesProgress", "ProfilesProgressListener", "lines_of"]

_LINES = "lines"
_STATE = "state.json"


@frozen(kw_only=True)
class ProfilesProgress:
    """How far profiles have been written.

    Attributes:
        profiles: how many are written.
        total: how many there are, as Mixpanel said; None when it did not.
        pages: how many pages of them were fetched.
        found: how many pages an earlier run had left.
        repeated: how many profiles were left out, being on more than one page.
        restarts: how often Mixpanel lost the session, and the query was begun anew.
    """

    profiles: int = 0
    total: int | None = None
    pages: int = 0
    found: int = 0
    repeated: int = 0
    restarts: int = 0

    @classmethod
    def of(cls, paging: Paging, found: int = 0) -> ProfilesProgress:
        """The progress of a paging that had begun with `found` pages done."""
        # A new session fetches those again.
        found = 0 if paging.restarts else found
        return cls(
            profiles=len(paging.delivered),
            total=paging.total,
            pages=paging.taken - found,
            found=found,
            repeated=paging.repeated,
            restarts=paging.restarts,
        )


ProfilesProgressListener = Callable[[ProfilesProgress], object]


def lines_of(profiles: Iterable[Profile]) -> bytes:
    """Profiles as JSON Lines, `{"$distinct_id": …, "$properties": {…}}` each."""
    return b"".join(map(_line, profiles))


def _line(profile: Profile) -> bytes:
    form: Any = profile.to_dict()
    try:
        text = json.dumps(form, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        # Half of a surrogate pair can be written in its escaped form only.
        text = json.dumps(form, separators=(",", ":")).encode()
    return text + b"\n"


@frozen(kw_only=True)
class _State:
    """What is known of the lines written so far; all of it must fit for another run to go on with them.

    Attributes:
        query: the fingerprint of what is asked for.
        pages: how many pages are written: the next one has this number.
        bytes: the length of the file after them; what follows was interrupted.
    """

    version: Literal[1] = 1
    query: str
    as_of_timestamp: int | None
    session_id: str
    page_size: int
    total: int | None
    pages: int
    profiles: int
    repeated: int
    bytes: int


class _Line(msgspec.Struct, gc=False):
    distinct_id: Any = msgspec.field(name="$distinct_id")


_LINE = msgspec.json.Decoder(_Line)


class PartialFile:
    """One file being written: `open` it, and other processes are kept away until it is closed.

    Closed before `complete()`, it keeps what can be gone on with and removes everything else. A full disk is a
    DiskFullError, whatever is done.

    Args:
        query: the fingerprint of what is asked for, to tell what another query has left.
    """

    def __init__(self, path: Path, format: LinesFormat, query: str) -> None:
        self._path = path
        self._pack = _gzipped if format == "jsonl.gz" else bytes
        self._is_gzip = format == "jsonl.gz"
        self._query = query
        self._work = path.parent / f".{path.name}.part"
        self._resources = contextlib.ExitStack()
        self._lines: IO[bytes] | None = None

    def open(self) -> None:
        """Have it for oneself.

        Raises:
            DirectoryBusyError: when another process is writing the same file.
        """
        if self._path.is_dir():
            raise InvalidArgumentError("path", str(self._path), "expected a file; this is a directory")
        with self._disk_errors(), contextlib.ExitStack() as resources:
            resources.callback(self._remove_folder)
            resources.enter_context(locked_directory(self._work))
            resources.callback(self._clear)
            # To be read and written, and made where there is none.
            (self._work / _LINES).touch()
            self._lines = resources.enter_context((self._work / _LINES).open("r+b"))
            self._resources = resources.pop_all()

    def close(self) -> None:
        """Leave it to others; also when it was never opened."""
        with self._disk_errors():
            self._resources.close()

    def left(self, cancellation: Cancellation = NOT_CANCELLABLE) -> tuple[Paging, int | None]:
        """A paging that goes on where an earlier run of this query stopped, or a new one; and the time at which
        that run looked at behaviors.

        Args:
            cancellation: interrupts the reading of what was written, which may be large.
        """
        state = self._read_state()
        delivered = self._delivered(state, cancellation) if state is not None else None
        if state is None or delivered is None:
            return Paging(forgets=True), None
        paging = Paging(
            forgets=True,
            session_id=state.session_id,
            page_size=state.page_size,
            total=state.total,
            taken=state.pages,
            delivered=delivered,
            repeated=state.repeated,
        )
        return paging, state.as_of_timestamp

    def add(self, batch: Batch, paging: Paging, as_of_timestamp: int | None) -> None:
        """Write the next page; page 0 begins the file anew."""
        with self._disk_errors():
            self._add(batch, paging, as_of_timestamp)

    def complete(self) -> None:
        """Make the file durable and give it its name, replacing what had it."""
        with self._disk_errors():
            durable(self._file)
            self._file.close()
            (self._work / _LINES).replace(self._path)
            sync_folder(self._path.parent)
            (self._work / _STATE).unlink(missing_ok=True)

    def _add(self, batch: Batch, paging: Paging, as_of_timestamp: int | None) -> None:
        file = self._file
        if batch.page == 0:
            (self._work / _STATE).unlink(missing_ok=True)
            file.seek(0)
            file.truncate()
        file.write(self._pack(lines_of(batch.profiles)))
        if batch.is_last or paging.session_id is None:
            return
        durable(file)
        state = _State(
            query=self._query,
            as_of_timestamp=as_of_timestamp,
            session_id=paging.session_id,
            page_size=paging.page_size,
            total=paging.total,
            pages=paging.taken,
            profiles=len(paging.delivered),
            repeated=paging.repeated,
            bytes=file.tell(),
        )
        part = self._work / f"{_STATE}.new"
        with part.open("wb") as target:
            target.write(msgspec.json.encode(state))
            durable(target)
        part.replace(self._work / _STATE)

    def _disk_errors(self) -> AbstractContextManager[None]:
        return disk_errors(self._work, lambda: None)

    @property
    def _file(self) -> IO[bytes]:
        assert self._lines is not None
        return self._lines

    def _read_state(self) -> _State | None:
        with contextlib.suppress(OSError, msgspec.DecodeError):
            state = msgspec.json.decode((self._work / _STATE).read_bytes(), type=_State)
            return state if state.query == self._query and state.pages > 0 else None
        return None

    def _delivered(self, state: _State, cancellation: Cancellation) -> set[bytes] | None:
        """The digests of the profiles written so far, with the file made ready to go on; None when it is not as the
        state says.
        """
        file = self._file
        if file.seek(0, 2) < state.bytes:
            return None
        file.truncate(state.bytes)
        file.seek(0)
        lines: Iterable[bytes] = gzip.GzipFile(fileobj=file) if self._is_gzip else file
        delivered: set[bytes] = set()
        try:
            for line in lines:
                cancellation.check()
                delivered.add(digest_of(_LINE.decode(line).distinct_id))
        except (msgspec.DecodeError, OSError, EOFError, zlib.error):
            return None
        file.seek(state.bytes)
        return delivered if len(delivered) == state.profiles else None

    def _clear(self) -> None:
        """Without a state nothing can be gone on with."""
        (self._work / f"{_STATE}.new").unlink(missing_ok=True)
        if not (self._work / _STATE).exists():
            (self._work / _LINES).unlink(missing_ok=True)

    def _remove_folder(self) -> None:
        # It is not empty when there is something to go on with, or when another process is already at it.
        with contextlib.suppress(OSError):
            self._work.rmdir()


def _gzipped(lines: bytes) -> bytes:
    """A gzip member of its own, so that a file can be cut after any page; files of members are gzip files."""
    return gzip.compress(lines, 6, mtime=0)
