"""Errors of an object store, translated: which pass, which do not, and what to do about them.

The texts of obstore's errors can contain URLs with signatures, and credentials; they are redacted here.
"""

from __future__ import annotations

import os
import re

import httpx

from mixpanel_export._text import shortened
from mixpanel_export.errors import ConfigurationError, DestinationError
from mixpanel_export.http.proxies import proxy_for
from mixpanel_export.http.servers import is_loopback
from mixpanel_export.http.tls import certificate_remedy

__all__ = ["describe", "destination_error", "is_final", "is_missing_bucket", "is_panic", "lacks_credentials"]

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
# The texts that leave the reason to obstore's internals, and reasons there.
_UNEXPLAINED = re.compile("error sending request|builder error|HTTP client error")
_REASON = re.compile(
    r'InvalidCertificate\(\s*(\w+)|message: "([^"]+)"|error: "([^"]+)"|General\(\s*"([^"]+)"|(TimedOut)'
)
_BAD_CERTIFICATE = re.compile(
    r"\(((?:UnknownIssuer|Expired|NotValid|BadEncoding|Revoked|InvalidPurpose|CaUsed)\w*)\)"
)
_USERINFO = re.compile(r"(https?://)[^\s?\"/]*@")
_QUERY = re.compile(r"(https?://[^\s?\"]+)\?[^\s\"]*")


def describe(error: BaseException) -> str:
    """Return the text of an obstore error, without its internals and without secrets."""
    text, _, internals = str(error).partition("\n\nDebug source")
    text = text.strip()
    if _UNEXPLAINED.search(text) and (
        reasons := [found for found in _REASON.findall(internals) if any(found)]
    ):
        text = f"{text} ({''.join(reasons[-1])}){_through(text)}"
    message = _MESSAGE.search(text)
    if message is not None:
        code = _CODE.search(text)
        text = f"{text.partition('<')[0].rstrip(': ')}: {code[1] if code else ''} {message[1]}"
    for name, value in os.environ.items():
        if _SECRET_NAME.match(name) and len(value) > 3:
            text = text.replace(value, "…")
    return shortened(_QUERY.sub(r"\1?…", _USERINFO.sub(r"\1…@", text)))


def _through(text: str) -> str:
    """Name the proxy that the failed request of an error's text went through."""
    address = re.search(r"https?://[^\s?\"]+", text)
    try:
        if address is None or is_loopback(httpx.URL(address[0]).host):
            return ""
        proxy = proxy_for(address[0])
    except (ConfigurationError, httpx.InvalidURL):
        return ""
    return f", through the proxy {proxy.shown!r} in {proxy.variable}" if proxy else ""


def is_panic(error: BaseException) -> bool:
    """Return True for a bug of obstore's, which raises a BaseException."""
    return type(error).__name__ == "PanicException"


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
        pattern.search(text) for pattern in (_REFUSED, _NO_CREDENTIALS, _NO_BUCKET, _BAD_CERTIFICATE)
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
    elif certificate := _BAD_CERTIFICATE.search(text):
        hint = certificate_remedy(certificate[1])
    elif isinstance(error, errors.PermissionDeniedError):
        hint = "The credentials must allow listing, reading, writing and deleting objects there"
    elif isinstance(error, (NotImplementedError, errors.NotSupportedError)) or "501" in text:
        hint = (
            "An export needs a store with conditional writes, which replace an object only in a given version"
        )
    else:
        hint = "The store refused the request, and would refuse it again"
    return DestinationError(url, action, text, hint)
