"""Errors of an object store, translated: which pass, which do not, and what to do about them.

The texts of obstore's errors can contain URLs with signatures, and credentials; they are redacted here.
"""

from __future__ import annotations

import os
import re

from mixpanel_export._text import shortened
from mixpanel_export.errors import DestinationError

__all__ = ["describe", "destination_error", "is_final", "is_missing_bucket", "lacks_credentials"]

_SECRET_NAME = re.compile(r"^(?:AWS|AZURE|GOOGLE|GCP)_.*(?:SECRET|KEY|TOKEN|SAS|PASSWORD|CREDENTIAL)")
_REFUSED = re.compile(r"status code: 4(?!08|09|25|29)\d\d|status code: 501")
_NO_CREDENTIALS = re.compile(
    r"169\.254\.|metadata\.google|latest/api/token|computeMetadata|token request|Account must be specified|"
    r"Unable to open service account file"
)
_NO_BUCKET = re.compile(
    r"NoSuchBucket|ContainerNotFound|FilesystemNotFound|bucket does not exist", re.IGNORECASE
)
_MESSAGE = re.compile(r"<Message>(.*?)</Message>", re.DOTALL)
_CODE = re.compile(r"<Code>(.*?)</Code>")
_QUERY = re.compile(r"(https?://[^\s?\"]+)\?[^\s\"]*")


def describe(error: BaseException) -> str:
    """Return the text of an obstore error, without its internals and without secrets."""
    text = str(error).partition("\n\nDebug source")[0].strip()
    message = _MESSAGE.search(text)
    if message is not None:
        code = _CODE.search(text)
        text = f"{text.partition('<')[0].rstrip(': ')}: {code[1] if code else ''} {message[1]}"
    for name, value in os.environ.items():
        if _SECRET_NAME.match(name) and len(value) > 3:
            text = text.replace(value, "…")
    return shortened(_QUERY.sub(r"\1?…", text))


def is_missing_bucket(error: BaseException) -> bool:
    """Return True if the bucket or container does not exist."""
    return _NO_BUCKET.search(describe(error)) is not None


def lacks_credentials(error: BaseException) -> bool:
    """Return True if no credentials were found."""
    return _NO_CREDENTIALS.search(describe(error)) is not None


def is_final(error: BaseException) -> bool:
    """Return True if the same request would fail again."""
    from obstore import exceptions as errors

    kinds = (
        errors.PermissionDeniedError,
        errors.UnauthenticatedError,
        errors.NotSupportedError,
        errors.InvalidPathError,
        NotImplementedError,
    )
    text = describe(error)
    return isinstance(error, kinds) or any(
        pattern.search(text) for pattern in (_REFUSED, _NO_CREDENTIALS, _NO_BUCKET)
    )


def destination_error(
    url: str, error: BaseException, action: str = "it cannot be opened"
) -> DestinationError:
    """Make the DestinationError for an error that would happen again.

    Args:
        action: the action that failed, such as "manifest.json could not be read".
    """
    from obstore import exceptions as errors

    text = describe(error)
    if is_missing_bucket(error) or isinstance(error, FileNotFoundError):
        hint = "There is no such bucket or container; create it first, or correct the URL"
    elif isinstance(error, errors.UnauthenticatedError) or lacks_credentials(error):
        hint = (
            "No credentials were found, or they were refused; they come from the provider's usual environment "
            "variables, such as AWS_ACCESS_KEY_ID, GOOGLE_APPLICATION_CREDENTIALS or AZURE_STORAGE_ACCOUNT_NAME"
        )
    elif isinstance(error, errors.PermissionDeniedError):
        hint = "The credentials must allow listing, reading, writing and deleting objects there"
    elif isinstance(error, (NotImplementedError, errors.NotSupportedError)) or "501" in text:
        hint = (
            "An export needs a store with conditional writes, which replace an object only in a given version"
        )
    else:
        hint = "The store refused the request, and would refuse it again"
    return DestinationError(url, action, text, hint)
