"""Write profiles to a file, which appears under its name only when it is complete.

Until then they are JSON Lines in a hidden folder beside it, `.NAME.part`, with the session of the query: as long as
Mixpanel keeps that session, another run requests only the missing pages. A file never mixes two sessions. Parquet
and CSV files are made from the lines once all are there. See `fetch` for requesting pages.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import math
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal, cast

import msgspec
from attrs import frozen

from mixpanel_export._atomic import AtomicFile, disk_errors
from mixpanel_export._formats import COLUMNAR, FileFormat
from mixpanel_export._locks import locked_directory
from mixpanel_export._mounts import durable, move, remove_link, sync_folder
from mixpanel_export._text import shortened
from mixpanel_export.errors import InvalidArgumentError, UnrepresentableError
from mixpanel_export.http.cancellation import NOT_CANCELLABLE, Cancellation
from mixpanel_export.profiles.pagination import Batch, Paging, digests_of
from mixpanel_export_api.models.profile import Profile

if TYPE_CHECKING:
    from mixpanel_export.columns.writers import ColumnFormat

__all__ = ["PartialFile", "ProfilesProgress", "ProfilesProgressListener", "lines_of"]

_LINES = "lines"
_STATE = "state.json"


@frozen(kw_only=True)
class ProfilesProgress:
    """The progress of writing profiles.

    Attributes:
        profiles: the number of profiles written.
        total: the number of profiles there are, as reported by Mixpanel; None when it did not.
        pages: the number of pages fetched.
        found: the number of pages kept from an earlier run.
        repeated: the number of profiles left out because an earlier page had them.
        restarts: how often Mixpanel lost the session and the query was restarted.
    """

    profiles: int = 0
    total: int | None = None
    pages: int = 0
    found: int = 0
    repeated: int = 0
    restarts: int = 0

    @classmethod
    def of(cls, paging: Paging, found: int = 0) -> ProfilesProgress:
        """Return the progress of a paging that started with `found` pages done."""
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


def lines_of(batch: Batch) -> bytes:
    """Return profiles as JSON Lines, `{"$distinct_id": …, "$properties": {…}}` each, as they were sent.

    Raises:
        UnrepresentableError: for a number too large for a double, in a profile that could not be kept as sent.
    """
    texts = batch.texts or [""] * len(batch.profiles)
    return b"".join(
        text.encode() + b"\n" if text else _line(profile)
        for profile, text in zip(batch.profiles, texts, strict=True)
    )


def _line(profile: Profile) -> bytes:
    form: Any = profile.to_dict()
    try:
        text = _compact(form, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        # Half of a surrogate pair can be written in its escaped form only.
        text = _compact(form).encode()
    except ValueError:
        raise _too_large(form) from None
    return text + b"\n"


def _compact(form: Any, **options: Any) -> str:
    return json.dumps(form, separators=(",", ":"), allow_nan=False, **options)


def _too_large(form: Mapping[str, Any]) -> UnrepresentableError:
    """Return the error for a profile with a number that has overflowed a double, as `1e400` does."""
    properties = form.get("$properties")
    inner = cast("dict[str, Any]", properties) if isinstance(properties, dict) else {}
    name = next((name for name, value in [*inner.items(), *form.items()] if not _is_finite(value)), None)
    source = f"the profile {shortened(repr(form.get('$distinct_id')))}"
    return UnrepresentableError(source, None, name, "a number too large for a double", None)


def _is_finite(value: Any) -> bool:
    """Return False for JSON data with a number that JSON cannot express."""
    if isinstance(value, dict):
        return all(map(_is_finite, cast("dict[str, Any]", value).values()))
    if isinstance(value, list):
        return all(map(_is_finite, cast("list[Any]", value)))
    return not isinstance(value, float) or math.isfinite(value)


@frozen(kw_only=True)
class _State:
    """The state of the lines written so far; a later run resumes only if all of it matches.

    Attributes:
        query: the fingerprint of the query.
        pages: the number of pages written, and the number of the next one.
        bytes: the length of the file after them; anything beyond was interrupted.
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


class PartialFile:
    """One file being written; `open` locks it against other processes until `close`.

    Closed before `complete`, it keeps what a later run can resume from and removes everything else. Every method
    raises DiskFullError for a full disk.

    Args:
        query: the fingerprint of the query, to recognize the lines of another one.
    """

    def __init__(self, path: Path, format: FileFormat, query: str) -> None:
        self._path = path
        self._format: FileFormat = format
        self._pack = _gzipped if format == "jsonl.gz" else bytes
        self._is_gzip = format == "jsonl.gz"
        self._query = query
        self._work = path.parent / f".{path.name}.part"
        self._resources = contextlib.ExitStack()
        self._lines: IO[bytes] | None = None

    def open(self) -> None:
        """Lock the file and make it ready to be written.

        Raises:
            DirectoryBusyError: when another process is writing the same file.
        """
        if self._path.is_dir():
            raise InvalidArgumentError("path", str(self._path), "expected a file; this is a directory")
        with self._disk_errors(), contextlib.ExitStack() as resources:
            resources.callback(self._remove_folder)
            remove_link(self._work)
            resources.enter_context(locked_directory(self._work))
            resources.callback(self._clear)
            for name in (_LINES, _STATE, f"{_STATE}.new"):
                remove_link(self._work / name)
            # Creates the file if needed; no one mode of open() does, keeps its content, and reads.
            (self._work / _LINES).touch()
            self._lines = resources.enter_context((self._work / _LINES).open("r+b"))
            self._resources = resources.pop_all()

    def close(self) -> None:
        """Unlock the file; does nothing when it was never opened."""
        with self._disk_errors():
            self._resources.close()

    def left(
        self, cancellation: Cancellation = NOT_CANCELLABLE, *, allows_shortfall: bool = False
    ) -> tuple[Paging, int | None]:
        """Return a paging that resumes an earlier run, or a new one, and that run's `as_of_timestamp`.

        Args:
            allows_shortfall: as for the paging.
            cancellation: interrupts the reading of what was written, which may be large.
        """
        state = self._read_state()
        delivered = self._delivered(state, cancellation) if state is not None else None
        if state is None or delivered is None:
            return Paging(forgets=True, allows_shortfall=allows_shortfall, keeps_texts=True), None
        paging = Paging(
            forgets=True,
            allows_shortfall=allows_shortfall,
            keeps_texts=True,
            session_id=state.session_id,
            page_size=state.page_size,
            total=state.total,
            taken=state.pages,
            delivered=delivered,
            repeated=state.repeated,
        )
        return paging, state.as_of_timestamp

    def add(self, batch: Batch, paging: Paging, as_of_timestamp: int | None) -> None:
        """Write the next page; page 0 starts the file again."""
        with self._disk_errors():
            self._add(batch, paging, as_of_timestamp)

    def complete(self, cancellation: Cancellation = NOT_CANCELLABLE) -> None:
        """Make the file durable and give it its name, replacing an existing file.

        Args:
            cancellation: interrupts the making of a file with columns.
        """
        with self._disk_errors():
            if self._format in COLUMNAR:
                self._convert(cancellation)
                return
            durable(self._file, self._path.parent)
            self._file.close()
            move(self._work / _LINES, self._path)
            sync_folder(self._path.parent)
            (self._work / _STATE).unlink(missing_ok=True)

    def _convert(self, cancellation: Cancellation) -> None:
        from mixpanel_export.columns.profiles import write_profiles

        with AtomicFile(self._path) as target:
            write_profiles(cast("ColumnFormat", self._format), self._file, target.file, cancellation.check)
            cancellation.check()
            target.complete()
        self._file.close()
        (self._work / _LINES).unlink()
        (self._work / _STATE).unlink(missing_ok=True)

    def _add(self, batch: Batch, paging: Paging, as_of_timestamp: int | None) -> None:
        file = self._file
        if batch.page == 0:
            (self._work / _STATE).unlink(missing_ok=True)
            file.seek(0)
            file.truncate()
        file.write(self._pack(lines_of(batch)))
        if batch.is_last or paging.session_id is None:
            return
        durable(file, self._work)
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
            durable(target, self._work)
        move(part, self._work / _STATE)

    def _disk_errors(self) -> AbstractContextManager[None]:
        return disk_errors(self._path.parent)

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
        """Return the digests of the profiles written so far, and position the file after them.

        None when the file is not as the state describes it.
        """
        file = self._file
        if file.seek(0, 2) < state.bytes:
            return None
        file.truncate(state.bytes)
        file.seek(0)
        lines: Iterable[bytes] = gzip.GzipFile(fileobj=file) if self._is_gzip else file

        def profiles() -> Iterator[dict[str, Any]]:
            for line in lines:
                cancellation.check()
                yield json.loads(line)

        try:
            delivered = set(digests_of(profiles()))
        except (ValueError, AttributeError, msgspec.DecodeError, OSError, EOFError, zlib.error):
            return None
        file.seek(state.bytes)
        return delivered if len(delivered) == state.profiles else None

    def _clear(self) -> None:
        """Remove the lines when there is no state to resume from."""
        (self._work / f"{_STATE}.new").unlink(missing_ok=True)
        if not (self._work / _STATE).exists():
            (self._work / _LINES).unlink(missing_ok=True)

    def _remove_folder(self) -> None:
        # It is not empty when a later run can resume from it, or another process already uses it.
        with contextlib.suppress(OSError):
            self._work.rmdir()


def _gzipped(lines: bytes) -> bytes:
    """Return the lines as one gzip member, so that the file can be cut after any page."""
    return gzip.compress(lines, 6, mtime=0)
