"""The certificates that TLS trusts, from the environment, and what to do when a server's is not among them."""

from __future__ import annotations

import os
import ssl
from functools import lru_cache
from pathlib import Path

import certifi

from mixpanel_export._causes import causes_of
from mixpanel_export._text import reason_of
from mixpanel_export.errors import ConfigurationError

__all__ = ["certificate_error", "certificate_remedy", "tls_context"]

# The first that is set counts. The last two are those of requests and curl, which people have set already.
_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_KEY_LOG = "SSLKEYLOGFILE"


def tls_context() -> ssl.SSLContext:
    """Return the context for the environment's certificates, or certifi's; one a process, because it is slow.

    Raises:
        ConfigurationError: when a variable names certificates that cannot be read.
    """
    return _context(*_trusted(), os.environ.get(_KEY_LOG, ""))


def certificate_error(error: BaseException, host: str) -> ConfigurationError | None:
    """Return our exception for a certificate that could not be verified; None for any other failure."""
    for cause in causes_of(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _certificate_error(cause.verify_message, host)
    return None


def _certificate_error(reason: str, host: str) -> ConfigurationError:
    variable, path = _trusted()
    trusted = f"the certificates of {variable}={path}" if variable else "the usual certificate authorities"
    return ConfigurationError(
        variable or "SSL_CERT_FILE",
        f"the certificate of {host} could not be verified against {trusted}: {reason}. "
        f"{certificate_remedy(reason)}",
    )


def certificate_remedy(reason: str) -> str:
    """Return what to do about a certificate that could not be verified.

    Args:
        reason: in the words of OpenSSL, or as rustls names it (`UnknownIssuer`).
    """
    reason = reason.lower().replace(" ", "")
    if "expired" in reason or "notyetvalid" in reason or "notvalidyet" in reason:
        return "Check this machine's clock; if it is right, the server or a proxy before it needs a new one"
    if "match" in reason or "notvalidforname" in reason:
        return "Something else answers under this name: check its URL, the proxy and the name server"
    return (
        "If a proxy of your network signs it, or a private authority, set SSL_CERT_FILE to a PEM file that holds "
        "that authority's certificate"
    )


def _trusted() -> tuple[str, str]:
    """Return the variable that names certificates, and its value; empty without one."""
    return next(((name, value) for name in _VARIABLES if (value := os.environ.get(name))), ("", ""))


@lru_cache(maxsize=4)
def _context(variable: str, path: str, key_log: str) -> ssl.SSLContext:
    """Read the certificates; `key_log` is part of the key because Python opens that file."""
    try:
        if not variable:
            return ssl.create_default_context(cafile=certifi.where())
        # OpenSSL takes several folders in SSL_CERT_DIR, and skips those that are not there.
        several = variable == "SSL_CERT_DIR" and any(map(os.path.isdir, path.split(os.pathsep)))
        if several or Path(path).is_dir():
            return ssl.create_default_context(capath=path)
        return ssl.create_default_context(cafile=path)
    except OSError as error:
        # ssl.SSLError is an OSError.
        is_tls = isinstance(error, ssl.SSLError)
        reason = "it holds no certificates in PEM format" if is_tls else reason_of(error)
        if key_log and not _can_append(key_log):
            variable, path = _KEY_LOG, key_log
        elif not variable:
            variable, path = "SSL_CERT_FILE", certifi.where()
        raise ConfigurationError(
            variable, f"{path!r} cannot be used: {reason}. Correct the path, or unset the variable"
        ) from None


def _can_append(path: str) -> bool:
    try:
        Path(path).open("ab").close()
    except OSError:
        return False
    return True
