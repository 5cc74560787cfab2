"""Open the storage that a path or a URL names."""

from __future__ import annotations

import re
from pathlib import Path

from mixpanel_export._redaction import without_secrets
from mixpanel_export.directory.local import LocalStorage
from mixpanel_export.directory.object_store import open_objects
from mixpanel_export.directory.remote import RemoteStorage
from mixpanel_export.directory.storage import Storage
from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export.http.cancellation import NOT_CANCELLABLE, Cancellation
from mixpanel_export.http.retry import RetryPolicy

__all__ = ["is_url", "open_storage"]

_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
# A URL after a detour through Path.
_FLATTENED = re.compile(r"(?:s3a?|gs|az|adl|azure|abfss?):[/\\]", re.IGNORECASE)


def open_storage(path: str, *, retry: RetryPolicy, cancellation: Cancellation = NOT_CANCELLABLE) -> Storage:
    """Open a directory, or a URL; send nothing and create nothing.

    Args:
        path: a local path, or a URL, as for `open_objects`.
        retry: how often a failed request to an object store is repeated.
        cancellation: interrupts such requests, and the waits between them.

    Raises:
        InvalidArgumentError: for a URL that cannot be used.
        MissingExtraError: for a URL, without the extra `cloud`.
    """
    if not is_url(path):
        return LocalStorage(Path(path))
    return RemoteStorage(open_objects(path, retry=retry, cancellation=cancellation))


def is_url(path: str) -> bool:
    """Return True for a URL, and False for a local path.

    Raises:
        InvalidArgumentError: for a URL that went through `Path`, which removes a slash.
    """
    if _FLATTENED.match(path) and not _URL.match(path):
        raise InvalidArgumentError(
            "path", without_secrets(path), "pass a URL as text, not as a Path, which flattens it"
        )
    return _URL.match(path) is not None
