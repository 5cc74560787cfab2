"""Objects under a URL (`s3://bucket/prefix`, `gs://…`, `az://…`): read, written, listed, and tried again.

The one place that knows obstore, which is optional. Its failures become errors that say what to do, and hold no
secret. What the objects are is for `remote`.
"""

from __future__ import annotations

import io
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urlsplit

import tenacity
from attrs import evolve, frozen

from mixpanel_export._text import shortened
from mixpanel_export.errors import (
    DestinationError,
    InvalidArgumentError,
    MissingExtraError,
    NetworkError,
)
from mixpanel_export.http.retry import RetryPolicy, RetryState

if TYPE_CHECKING:
    from obstore import PutMode
    from obstore.store import ClientConfig, ObjectStore

__all__ = ["ChangedError", "Objects", "Version", "is_url", "open_objects"]

T = TypeVar("T")
Version = Mapping[str, str]
"""What tells one state of an object from another, in the provider's own terms."""

_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
# What Path makes of a URL.
_FLATTENED = re.compile(r"(?:s3a?|gs|az|adl|azure|abfss?):[/\\]", re.IGNORECASE)
# Parts of an upload, and what is read at a time; so many are in memory, each in a request of its own.
_PART = 8 << 20
_PARTS_AT_ONCE = 4
_MOST_PARTS = 9_000
_CONNECT_SECONDS = 10
_REQUEST_SECONDS = 300
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT", "AZURE_STORAGE_ENDPOINT")
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_SECRET_NAME = re.compile(r"^(?:AWS|AZURE|GOOGLE|GCP)_.*(?:SECRET|KEY|TOKEN|SAS|PASSWORD|CREDENTIAL)")
_REFUSED = re.compile(r"status code: 4(?!08|09|25|29)\d\d|status code: 501")
_NO_CREDENTIALS = re.compile(
    r"169\.254\.|metadata\.google|latest/api/token|computeMetadata|token request|Account must be specified|"
    r"Unable to open service account file"
)
_NO_BUCKET = re.compile(
    r"NoSuchBucket|ContainerNotFound|FilesystemNotFound|bucket does not exist", re.IGNORECASE
)
_SAID = re.compile(r"<Message>(.*?)</Message>", re.DOTALL)
_QUERY = re.compile(r"(https?://[^\s?\"]+)\?[^\s\"]*")


class ChangedError(Exception):
    """An object is no longer what it was; nothing was written."""


class _TransientError(NetworkError):
    """May be different the next time."""


def is_url(path: str) -> bool:
    """Whether a destination is a URL rather than a local path.

    Raises:
        InvalidArgumentError: for a URL that went through `Path`, which takes a slash away.
    """
    if _FLATTENED.match(path) and not _URL.match(path):
        raise InvalidArgumentError("path", path, "pass a URL as text, not as a Path, which flattens it")
    return _URL.match(path) is not None


def open_objects(
    url: str,
    *,
    retry: RetryPolicy,
    check: Callable[[], object] = lambda: None,
    sleep: Callable[[float], None] | None = None,
) -> Objects:
    """What is under a URL. Nothing is sent yet.

    Credentials come from the provider's usual environment variables (`AWS_ACCESS_KEY_ID` …,
    `GOOGLE_APPLICATION_CREDENTIALS`, `AZURE_STORAGE_ACCOUNT_NAME` …), or are the machine's own role; profiles in
    `~/.aws` are not read. An `AWS_ENDPOINT_URL` on this machine may be plain http; others need
    `AWS_ALLOW_HTTP=true`.

    Args:
        retry: what is tried again, and how patiently.
        check: called before each request, and while files are sent; may raise to end it.
        sleep: waits between attempts; may raise to end it.

    Raises:
        InvalidArgumentError: for a URL that is none of a store of objects, or holds credentials.
        MissingExtraError: without the extra `cloud`.
    """
    parts = urlsplit(url)
    if parts.password or parts.query or parts.fragment:
        # Not shown: it may be what is wrong with it.
        shown = f"{parts.scheme}://…{parts.path}"
        raise InvalidArgumentError(
            "path", shown, "a URL holds no credentials and no query; they come from the environment"
        )
    try:
        from obstore.exceptions import BaseError
        from obstore.store import AzureStore, GCSStore, S3Store, from_url
    except ImportError as error:
        raise MissingExtraError(f"An export to {parts.scheme}://", "cloud") from error
    client: ClientConfig = {
        "allow_http": _allows_http(os.environ),
        "connect_timeout": f"{_CONNECT_SECONDS}s",
        "timeout": f"{_REQUEST_SECONDS}s",
    }
    try:
        store = from_url(url, client_options=client, retry_config={"max_retries": 0})
    except (BaseError, ValueError) as error:
        words = _words(error)
        if _NO_CREDENTIALS.search(words):
            raise _destination_error(url, error) from None
        raise InvalidArgumentError("path", url, f"it is no URL of a store of objects ({words})") from None
    if not isinstance(store, (S3Store, GCSStore, AzureStore)):
        raise InvalidArgumentError(
            "path",
            url,
            "allowed are directories, s3://bucket/prefix, gs://bucket/prefix and az://container/prefix",
        )
    objects = Objects(url.rstrip("/"), store, retry, check)
    return objects if sleep is None else evolve(objects, sleep=sleep)


@frozen
class Objects:
    """The objects under a URL, each named by its path below it. May be used by several threads.

    All methods raise DestinationError when something fails for good.
    """

    url: str
    store: ObjectStore
    retry: RetryPolicy
    check: Callable[[], object] = lambda: None
    sleep: Callable[[float], None] = time.sleep

    def concurrent(self) -> Objects:
        """The same, trying nothing again and not to be cancelled."""
        return evolve(self, retry=RetryPolicy(attempts=1), check=lambda: None)

    def read(self, path: str) -> tuple[bytes, Version] | None:
        """A small object, and its version; None when there is none."""
        import obstore

        def read() -> tuple[bytes, Version]:
            found = obstore.get(self.store, path)
            return bytes(found.bytes()), _version(found.meta)

        try:
            return self._trying(f"{path} could not be read", read)
        except FileNotFoundError:
            return None

    def write(self, path: str, content: bytes, before: Version | None) -> Version:
        """Write a small object, if it is still what it was.

        Args:
            before: the version that it has; None when there is to be none yet.

        Raises:
            ChangedError: when it is not.
        """
        import obstore

        mode: PutMode = cast("PutMode", dict(before)) if before is not None else "create"

        def write() -> Version:
            return _version(obstore.put(self.store, path, content, mode=mode))

        try:
            return self._trying(f"{path} could not be written", write)
        except ChangedError:
            # An attempt whose answer was lost may have been ours.
            found = self.read(path)
            if found is not None and found[0] == content:
                return found[1]
            raise

    def upload(self, path: str, file: Path) -> None:
        """Send a file, in parts if it is long. It appears whole, under its name, or not at all."""
        import obstore

        size = file.stat().st_size

        def upload() -> None:
            with _Watched(file, self.check) as source:
                obstore.put(
                    self.store,
                    path,
                    source,
                    use_multipart=size > _PART,
                    chunk_size=max(_PART, size // _MOST_PARTS),
                    max_concurrency=_PARTS_AT_ONCE,
                )

        self._trying(f"{path} could not be written", upload, missing_is_bucket=True)

    def chunks(self, path: str) -> Iterator[memoryview]:
        """An object's bytes; raises FileNotFoundError when there is none."""
        import obstore

        what = f"{path} could not be read"
        size = self._trying(what, lambda: obstore.head(self.store, path))["size"]
        for start in range(0, size, _PART):
            end = min(start + _PART, size)

            def read(start: int = start, end: int = end) -> memoryview:
                return memoryview(obstore.get_range(self.store, path, start=start, end=end))

            yield self._trying(what, read)

    def sizes(self) -> dict[str, int]:
        """All objects, and their sizes."""
        import obstore

        def sizes() -> dict[str, int]:
            chunks = obstore.list(self.store)  # pyright: ignore[reportUnknownMemberType]
            return {each["path"]: each["size"] for chunk in chunks for each in chunk}

        return self._trying("it could not be listed", sizes)

    def delete(self, paths: Sequence[str]) -> None:
        """Remove objects; those that are gone already do not matter."""
        import obstore

        if paths:
            try:
                self._trying("objects could not be removed", lambda: obstore.delete(self.store, list(paths)))
            except FileNotFoundError:
                for path in paths if len(paths) > 1 else ():
                    self.delete([path])

    def age(self, path: str, now: float) -> float | None:
        """How many seconds ago an object was written, by this machine's clock; None when there is none."""
        import obstore

        try:
            meta = self._trying(f"{path} could not be read", lambda: obstore.head(self.store, path))
        except FileNotFoundError:
            return None
        return now - meta["last_modified"].timestamp()

    def _trying(self, what: str, work: Callable[[], T], *, missing_is_bucket: bool = False) -> T:
        """Do it, as often as the retry settings allow."""
        from obstore import exceptions as errors

        attempts = RetryState(self.retry)

        def attempt() -> T:
            self.check()
            try:
                return work()
            except (errors.AlreadyExistsError, errors.PreconditionError):
                raise ChangedError from None
            except (errors.BaseError, OSError, NotImplementedError) as error:
                # What ended a file that was being sent arrives as an OSError.
                self.check()
                words = _words(error)
                if isinstance(error, FileNotFoundError):
                    if _NO_BUCKET.search(words) or missing_is_bucket:
                        raise _destination_error(self.url, error, what) from None
                    raise
                if _is_refusal(error, words):
                    raise _destination_error(self.url, error, what) from None
                raise _TransientError(words) from None

        retrying = tenacity.Retrying(
            retry=attempts.again, wait=attempts.pause, sleep=self.sleep, reraise=True
        )
        try:
            return retrying(attempt)
        except _TransientError as error:
            times = "once" if attempts.made == 1 else f"{attempts.made} times"
            raise DestinationError(
                self.url, f"{what}, tried {times}", str(error), "The same export again goes on from here"
            ) from None


class _Watched(io.FileIO):
    """A file that may end its own reading."""

    def __init__(self, path: Path, check: Callable[[], object]) -> None:
        super().__init__(path)
        self._check = check

    def read(self, size: int | None = -1) -> bytes:
        self._check()
        return super().read(-1 if size is None else size)


def _version(found: Any) -> Version:
    return {name: value for name in ("e_tag", "version") if (value := found.get(name)) is not None}


def _allows_http(environment: Mapping[str, str]) -> bool:
    if environment.get("AWS_ALLOW_HTTP", "").lower() in {"1", "true", "yes", "on"}:
        return True
    endpoints = [urlsplit(environment.get(name, "")) for name in _ENDPOINTS]
    return any(each.scheme == "http" and each.hostname in _LOOPBACK for each in endpoints)


def _is_refusal(error: BaseException, words: str) -> bool:
    from obstore import exceptions as errors

    kinds = (
        errors.PermissionDeniedError,
        errors.UnauthenticatedError,
        errors.NotSupportedError,
        errors.InvalidPathError,
        NotImplementedError,
    )
    return isinstance(error, kinds) or any(
        each.search(words) for each in (_REFUSED, _NO_CREDENTIALS, _NO_BUCKET)
    )


def _destination_error(url: str, error: BaseException, what: str = "it cannot be opened") -> DestinationError:
    from obstore import exceptions as errors

    words = _words(error)
    if _NO_BUCKET.search(words) or isinstance(error, FileNotFoundError):
        hint = "There is no such bucket or container; make it first, or correct the URL"
    elif isinstance(error, errors.UnauthenticatedError) or _NO_CREDENTIALS.search(words):
        hint = (
            "No credentials were found, or they were refused; they come from the provider's usual environment "
            "variables, such as AWS_ACCESS_KEY_ID, GOOGLE_APPLICATION_CREDENTIALS or AZURE_STORAGE_ACCOUNT_NAME"
        )
    elif isinstance(error, errors.PermissionDeniedError):
        hint = "The credentials are to allow listing, reading, writing and deleting objects there"
    elif isinstance(error, (NotImplementedError, errors.NotSupportedError)) or "501" in words:
        hint = "An export needs a store that can write an object on the condition of its version"
    else:
        hint = "It was refused, and would be again"
    return DestinationError(url, what, words, hint)


def _words(error: BaseException) -> str:
    """What obstore says, without its internals, and without secrets."""
    text = str(error).partition("\n\nDebug source")[0].strip()
    said = _SAID.search(text)
    if said is not None:
        code = re.search(r"<Code>(.*?)</Code>", text)
        text = f"{text.partition('<')[0].rstrip(': ')}: {code[1] if code else ''} {said[1]}"
    for name, value in os.environ.items():
        if _SECRET_NAME.match(name) and len(value) > 3:
            text = text.replace(value, "…")
    return shortened(_QUERY.sub(r"\1?…", text))
