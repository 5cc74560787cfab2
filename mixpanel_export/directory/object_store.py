"""The objects under a URL (`s3://bucket/prefix`, `gs://…`, `az://…`): read, written, listed and retried.

The only module that uses obstore, an optional dependency, apart from `object_errors`, which translates its errors.
See `remote` for the export that they hold.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import evolve, frozen

from mixpanel_export._redaction import without_secrets
from mixpanel_export.directory.object_errors import (
    describe,
    destination_error,
    is_final,
    is_missing_bucket,
    is_panic,
    lacks_credentials,
)
from mixpanel_export.directory.object_settings import checked_client_config, setting_error
from mixpanel_export.errors import DestinationError, InvalidArgumentError, MissingExtraError, NetworkError
from mixpanel_export.http.cancellation import NOT_CANCELLABLE, Cancellation
from mixpanel_export.http.retry import RetryPolicy, RetryState

if TYPE_CHECKING:
    from obstore import PutMode
    from obstore.store import ObjectStore

__all__ = ["ChangedError", "Objects", "Version", "open_objects"]

T = TypeVar("T")
Version = Mapping[str, str]
"""One state of an object, in the provider's own terms."""

# The size of an upload's parts, and of each read. Each part takes a request; _PARTS_AT_ONCE of them are in memory.
_PART = 8 << 20
_PARTS_AT_ONCE = 4
_MAX_PARTS = 9_000
# Any other error of opening one is about a variable.
_ABOUT_THE_URL = "URL error"
# A password, which may hold a slash by mistake; a user name, except for Azure, whose containers are written so; a
# query; a fragment.
_CREDENTIALS = re.compile(r"://[^/]*:.*@|^[sg][^/]*//[^/]*@|[?#]", re.DOTALL | re.IGNORECASE)


class ChangedError(Exception):
    """An object is no longer in the given version; nothing was written."""


class _TransientError(NetworkError):
    """A failure that may not happen again."""


def open_objects(url: str, *, retry: RetryPolicy, cancellation: Cancellation = NOT_CANCELLABLE) -> Objects:
    """Open the objects under a URL. Send nothing yet.

    Credentials come from the provider's usual environment variables (`AWS_ACCESS_KEY_ID` …,
    `GOOGLE_APPLICATION_CREDENTIALS`, `AZURE_STORAGE_ACCOUNT_NAME` …), or from the machine's own role; profiles in
    `~/.aws` are not read. An `AWS_ENDPOINT_URL`, `AZURE_STORAGE_ENDPOINT` or `GOOGLE_BASE_URL` on this machine may
    be plain http; others need `AWS_ALLOW_HTTP=true`, `AZURE_ALLOW_HTTP=true` or `GOOGLE_ALLOW_HTTP=true`.

    Args:
        retry: how often a failed request is repeated, and after which waits.
        cancellation: interrupts requests, uploads and waits.

    Raises:
        InvalidArgumentError: for a URL that does not name an object store, or that holds credentials.
        ConfigurationError: for a variable that cannot work.
        MissingExtraError: without the extra `cloud`.
    """
    if _CREDENTIALS.search(url):
        raise InvalidArgumentError(
            "path",
            without_secrets(url),
            "a URL holds no credentials and no query; credentials come from the environment",
        )
    scheme = url.partition("://")[0]
    try:
        from obstore.exceptions import BaseError
        from obstore.store import AzureStore, GCSStore, S3Store, from_url
    except ImportError as error:
        raise MissingExtraError(f"An export to {scheme}://", "cloud") from error
    client = checked_client_config(scheme.lower())
    try:
        store = from_url(url, client_options=client, retry_config={"max_retries": 0})
        singly = None
        if isinstance(store, S3Store):
            singly = S3Store.from_url(
                url, client_options=client, retry_config={"max_retries": 0}, disable_bulk_delete=True
            )
    except (BaseError, ValueError) as error:
        if lacks_credentials(error):
            raise destination_error(url, error) from None
        text = describe(error)
        if (setting := setting_error(text)) is not None:
            raise setting from None
        if isinstance(error, BaseError) and _ABOUT_THE_URL not in text:
            hint = "Correct the environment variable of the store that this is about"
            raise DestinationError(url, "it cannot be opened", text, hint) from None
        raise InvalidArgumentError(
            "path", url, "expected the URL of an object store, such as s3://bucket/prefix"
        ) from None
    if not isinstance(store, (S3Store, GCSStore, AzureStore)):
        raise InvalidArgumentError(
            "path",
            url,
            "expected a directory, s3://bucket/prefix, gs://bucket/prefix or az://container/prefix",
        )
    return Objects(url.rstrip("/"), store, retry, cancellation, singly)


@frozen
class Objects:
    """The objects under a URL, named by their paths below it. Thread-safe.

    All methods raise DestinationError when a request fails for good.

    Attributes:
        singly: the same store with a request for each deletion, for S3-compatible stores that cannot delete
            several objects at once.
    """

    url: str
    store: ObjectStore
    retry: RetryPolicy
    cancellation: Cancellation = NOT_CANCELLABLE
    singly: ObjectStore | None = None

    def with_attempts(self, attempts: int) -> Objects:
        """Return the same objects, with this many attempts in short succession, which cannot be cancelled."""
        retry = RetryPolicy(attempts=attempts, initial_wait=0.2, max_wait=1)
        return evolve(self, retry=retry, cancellation=NOT_CANCELLABLE)

    def read(self, path: str) -> tuple[bytes, Version] | None:
        """Read a small object and its version; None when there is none."""
        import obstore

        def read() -> tuple[bytes, Version]:
            found = obstore.get(self.store, path)
            return bytes(found.bytes()), _version(found.meta)

        try:
            return self._retried(f"{path} could not be read", read)
        except FileNotFoundError:
            return None

    def write(self, path: str, content: bytes, expected: Version | None) -> Version:
        """Write a small object, if it is still in the expected version.

        Args:
            expected: the version to replace; None when there must be no object yet.

        Raises:
            ChangedError: when there is another version.
        """
        import obstore

        mode: PutMode = cast("PutMode", dict(expected)) if expected is not None else "create"

        def write() -> Version:
            return _version(obstore.put(self.store, path, content, mode=mode))

        try:
            return self._retried(f"{path} could not be written", write)
        except ChangedError:
            # An attempt whose answer was lost may have succeeded.
            found = self.read(path)
            if found is not None and found[0] == content:
                return found[1]
            raise

    def upload(self, path: str, file: Path) -> None:
        """Upload a file, in parts if it is long. The object appears whole or not at all."""
        import obstore

        size = file.stat().st_size

        def upload() -> None:
            with _CancellableFile(file, self.cancellation) as source:
                obstore.put(
                    self.store,
                    path,
                    source,
                    use_multipart=size > _PART,
                    chunk_size=max(_PART, size // _MAX_PARTS),
                    max_concurrency=_PARTS_AT_ONCE,
                )

        self._retried(f"{path} could not be written", upload, missing_is_bucket=True)

    def chunks(self, path: str) -> Iterator[memoryview]:
        """Yield an object's bytes; raises FileNotFoundError when there is none."""
        import obstore

        action = f"{path} could not be read"
        size = self._retried(action, lambda: obstore.head(self.store, path))["size"]
        for start in range(0, size, _PART):
            end = min(start + _PART, size)

            def read(start: int = start, end: int = end) -> memoryview:
                return memoryview(obstore.get_range(self.store, path, start=start, end=end))

            yield self._retried(action, read)

    def sizes(self) -> dict[str, int]:
        """List all objects with their sizes."""
        import obstore

        def sizes() -> dict[str, int]:
            chunks = obstore.list(self.store)  # pyright: ignore[reportUnknownMemberType]
            return {meta["path"]: meta["size"] for chunk in chunks for meta in chunk}

        return self._retried("it could not be listed", sizes)

    def delete(self, paths: Sequence[str]) -> None:
        """Delete objects, those already deleted included."""
        import obstore

        if not paths:
            return
        try:
            self._retried("objects could not be removed", lambda: obstore.delete(self.store, list(paths)))
        except (DestinationError, FileNotFoundError) as error:
            if self.singly is None and not isinstance(error, FileNotFoundError):
                raise
            for path in paths if self.singly is not None or len(paths) > 1 else ():
                self._delete(path)

    def _delete(self, path: str) -> None:
        import obstore

        store = self.singly or self.store
        with contextlib.suppress(FileNotFoundError):
            self._retried(f"{path} could not be removed", lambda: obstore.delete(store, path))

    def age(self, path: str, now: float) -> float | None:
        """Return the seconds since an object was written, up to `now` on this machine; None when there is none."""
        import obstore

        try:
            meta = self._retried(f"{path} could not be read", lambda: obstore.head(self.store, path))
        except FileNotFoundError:
            return None
        return now - meta["last_modified"].timestamp()

    def _retried(self, action: str, work: Callable[[], T], *, missing_is_bucket: bool = False) -> T:
        """Return what `work` returns, repeated as often as the retry settings allow.

        Args:
            action: the failed action, for the error.
            missing_is_bucket: a missing object means a missing bucket.
        """
        from obstore import exceptions as errors

        attempts = RetryState(self.retry)

        def attempt() -> T:
            self.cancellation.check()
            try:
                return work()
            except (errors.AlreadyExistsError, errors.PreconditionError):
                raise ChangedError from None
            except (errors.BaseError, OSError, NotImplementedError) as error:
                # A cancelled upload arrives as an OSError.
                self.cancellation.check()
                if isinstance(error, FileNotFoundError):
                    if missing_is_bucket or is_missing_bucket(error):
                        raise destination_error(self.url, error, action) from None
                    raise
                if is_final(error):
                    raise destination_error(self.url, error, action) from None
                raise _TransientError(describe(error)) from None
            except BaseException as error:
                if not is_panic(error):
                    raise
                raise destination_error(self.url, error, action) from None

        while True:
            try:
                return attempt()
            except _TransientError as error:
                wait = attempts.record_failure(error)
                if wait is None:
                    times = "once" if attempts.made == 1 else f"{attempts.made} times"
                    raise DestinationError(
                        self.url,
                        f"{action}, tried {times}",
                        str(error),
                        "Run the same export again to resume",
                    ) from None
            self.cancellation.sleep(wait)


class _CancellableFile(io.FileIO):
    """A file whose reading can be cancelled."""

    def __init__(self, path: Path, cancellation: Cancellation) -> None:
        super().__init__(path)
        self._cancellation = cancellation

    def read(self, size: int | None = -1) -> bytes:
        self._cancellation.check()
        return super().read(-1 if size is None else size)


def _version(meta: Any) -> Version:
    return {name: value for name in ("e_tag", "version") if (value := meta.get(name)) is not None}
