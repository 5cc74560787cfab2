"""The four ways to authenticate with Mixpanel, each an `httpx.Auth`.

An auth object knows how to mark a request as allowed and which of its parts are secret. It knows nothing
of servers or operations, and does no I/O, so sync and async clients share it
(https://developer.mixpanel.com/reference/authentication).
"""

from __future__ import annotations

import base64
import hashlib
import re
import time
import warnings
from collections.abc import Generator, Iterable
from functools import cached_property
from typing import Any, ClassVar, Self
from urllib.parse import parse_qsl

import httpx
from typing_extensions import deprecated

from mixpanel_export._redaction import REDACTED, pattern_of, remember
from mixpanel_export.errors import ConfigurationError

__all__ = ["MixpanelAuth", "OAuthTokenAuth", "SecretAuth", "ServiceAccountAuth", "SignatureAuth", "signature"]

_SIGNATURE = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)


class MixpanelAuth(httpx.Auth):
    """The base class of all credentials.

    Attributes:
        schemes: the contract's security schemes that these credentials satisfy.
        needs_project: True when Mixpanel needs a `project_id` beside them.
        query_root: the root of the query family for this scheme.
    """

    schemes: ClassVar[frozenset[str]]
    needs_project: ClassVar[bool]
    query_root: ClassVar[str] = "/api/query"

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        auth = super().__new__(cls)
        remember(auth)
        return auth

    @property
    def description(self) -> str:
        """The kind and name of the credentials, without secrets: `service account 'exporter'`."""
        raise NotImplementedError

    def _secrets(self) -> tuple[str, ...]:
        raise NotImplementedError

    @property
    def fingerprint(self) -> str:
        """A digest that tells these credentials from others without revealing them."""
        return hashlib.sha256("\0".join(self._secrets()).encode()).hexdigest()

    def redact(self, text: str) -> str:
        """Return `text` without the secrets of these credentials, in case a server echoes one.

        Finds them in URLs, JSON, HTML, base64 and Python's bytes too, however those escape their characters.
        """
        return self._redaction.sub(REDACTED, text)

    @cached_property
    def _redaction(self) -> re.Pattern[str]:
        return pattern_of(self._secrets())

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.description}>"


class ServiceAccountAuth(MixpanelAuth):
    """A service account, which Mixpanel recommends. Sent as HTTP Basic.

    Args:
        username: the service account's name, such as `exporter.1a2b3c.mp-service-account`.
        secret: its secret, shown once when the account was created.
    """

    schemes: ClassVar[frozenset[str]] = frozenset({"serviceAccount"})
    needs_project: ClassVar[bool] = True

    def __init__(self, username: str, secret: str) -> None:
        self.username: str = _credential("username", username, forbidden=":")
        self._secret = _credential("secret", secret)
        self._basic = httpx.BasicAuth(self.username, self._secret)

    @property
    def description(self) -> str:
        return f"service account {self.username!r}"

    def _secrets(self) -> tuple[str, ...]:
        return self._secret, _basic_token(self.username, self._secret)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        yield from self._basic.auth_flow(request)


class OAuthTokenAuth(MixpanelAuth):
    """An OAuth access token. Sent as a Bearer token."""

    schemes: ClassVar[frozenset[str]] = frozenset({"oauthToken"})
    needs_project: ClassVar[bool] = True

    def __init__(self, token: str) -> None:
        self._token = _credential("token", token)
        if not self._token.isascii():
            raise ConfigurationError("token", "must be ASCII, as HTTP headers are")

    @property
    def description(self) -> str:
        return "OAuth token"

    def _secrets(self) -> tuple[str, ...]:
        return (self._token,)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


@deprecated("Mixpanel retires project secrets on 2027-03-03; use ServiceAccountAuth", category=None)
class SecretAuth(MixpanelAuth):
    """A project's API secret. Sent as HTTP Basic user name with an empty password.

    Deprecated by Mixpanel, which retires it on 2027-03-03, and without access to app calls
    (annotations, Lexicon schemas). Use `ServiceAccountAuth`.
    """

    schemes: ClassVar[frozenset[str]] = frozenset({"projectSecret"})
    needs_project: ClassVar[bool] = False
    retires_on: ClassVar[str] = "2027-03-03"
    # The warning's stacklevel; higher in a subclass that library code creates.
    _warned_line: ClassVar[int] = 2

    def __init__(self, api_secret: str) -> None:
        warnings.warn(
            f"Mixpanel retires project secrets on {self.retires_on}; "
            "create a service account and use ServiceAccountAuth",
            DeprecationWarning,
            stacklevel=self._warned_line,
        )
        self._api_secret = _credential("api_secret", api_secret, forbidden=":")
        self._basic = httpx.BasicAuth(self._api_secret, "")

    @property
    def description(self) -> str:
        return "project secret"

    def _secrets(self) -> tuple[str, ...]:
        return self._api_secret, _basic_token(self._api_secret, "")

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        yield from self._basic.auth_flow(request)


class SignatureAuth(MixpanelAuth):
    """A request signature: every parameter is signed with the API secret, for a limited time.

    Deprecated by Mixpanel; kept for integrations that have only an API key and secret. The signature covers the
    request as it is sent, the form of a POST included, so it is computed last, for each attempt.

    Args:
        api_key: the project's API key.
        api_secret: the project's API secret.
        expires_in: the seconds that a signed request stays valid.
    """

    schemes: ClassVar[frozenset[str]] = frozenset({"signature", "signatureApiKey", "signatureExpire"})
    needs_project: ClassVar[bool] = False
    query_root: ClassVar[str] = "/api/2.0"
    requires_request_body = True

    def __init__(self, api_key: str, api_secret: str, expires_in: int = 600) -> None:
        self._api_key = _credential("api_key", api_key)
        self._api_secret = _credential("api_secret", api_secret)
        if isinstance(expires_in, bool) or not isinstance(expires_in, int) or expires_in < 1:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ConfigurationError("expires_in", f"expected a number of seconds from 1, got {expires_in!r}")
        self.expires_in: int = expires_in

    @property
    def description(self) -> str:
        return "API key with request signatures"

    def _secrets(self) -> tuple[str, ...]:
        return self._api_secret, self._api_key

    def redact(self, text: str) -> str:
        """Return `text` without secrets and signatures: a signed URL is a credential until it expires."""
        return _SIGNATURE.sub(REDACTED, super().redact(text))

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        query = request.url.params
        for name in ("sig", "api_key", "expire"):
            query = query.remove(name)
        query = query.add("api_key", self._api_key)
        query = query.add("expire", str(int(time.time()) + self.expires_in))
        signed = [*query.multi_items(), *_form_parameters(request)]
        query = query.add("sig", signature(signed, self._api_secret))
        request.url = request.url.copy_with(params=query)
        yield request


def signature(parameters: Iterable[tuple[str, str]], api_secret: str) -> str:
    """Return Mixpanel's request signature over decoded parameters, except `sig` itself.

    Args:
        parameters: the names and decoded values of the query and of the form, lists as the JSON text sent.
        api_secret: the project's API secret.

    Returns:
        The MD5, in lower-case hex, of `name=value` sorted by name and joined by nothing, then the secret.
    """
    joined = "".join(
        f"{name}={value}" for name, value in sorted(parameters, key=lambda pair: pair[0]) if name != "sig"
    )
    return hashlib.md5((joined + api_secret).encode(), usedforsecurity=False).hexdigest()


def _form_parameters(request: httpx.Request) -> list[tuple[str, str]]:
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/x-www-form-urlencoded":
        return []
    return parse_qsl(request.content.decode(), keep_blank_values=True)


def _credential(name: str, value: object, *, forbidden: str = "") -> str:
    """Check a credential without ever showing it: messages end up in logs."""
    if not isinstance(value, str):
        raise ConfigurationError(name, f"expected text, got {type(value).__name__}")
    if not value:
        raise ConfigurationError(name, "must not be empty")
    if any(c.isspace() or not c.isprintable() for c in value):
        raise ConfigurationError(
            name, "must not contain white space or control characters (perhaps a line break from a file)"
        )
    for character in forbidden:
        if character in value:
            raise ConfigurationError(name, f"must not contain {character!r}, which HTTP Basic cannot carry")
    return value


def _basic_token(username: str, password: str) -> str:
    return base64.b64encode(f"{username}:{password}".encode()).decode()
