"""A client's settings in a form that travels: `client.spec()` pickles, and its `connect()` makes the client again.

Secrets travel by reference wherever possible: a client made by `from_env()` reads the environment of the other
machine, and `spec(secret_variable=…)` and `spec(secret_file=…)` name another place. See `export.tasks` for slices
that carry a spec.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Generic, NoReturn, Protocol, TypeVar

from attrs import evolve, field, frozen

from mixpanel_export import settings
from mixpanel_export.auth import MixpanelAuth, OAuthTokenAuth, SecretAuth, ServiceAccountAuth
from mixpanel_export.errors import ConfigurationError

__all__ = ["ClientSpec", "Credentials", "EnvironmentCredentials", "HeldCredentials", "NoSpec", "spec_of"]

ClientT = TypeVar("ClientT")

_TRANSPORTS = ("transport", "export_transport")


class Credentials(Protocol):
    """A way to get at credentials, which may lead to another place on every machine."""

    def read(self) -> MixpanelAuth:
        """Return the credentials."""
        ...


def _identity(auth: MixpanelAuth) -> tuple[type[MixpanelAuth], str]:
    return type(auth), auth.fingerprint


@frozen
class HeldCredentials:
    """The credentials themselves: their pickle holds the secret, their repr does not."""

    auth: MixpanelAuth = field(eq=_identity)

    def read(self) -> MixpanelAuth:
        """Return the credentials."""
        return self.auth


@frozen
class EnvironmentCredentials:
    """The `MIXPANEL_*` variables of the machine that connects."""

    def read(self) -> MixpanelAuth:
        """Read the environment; raise ConfigurationError when it has no credentials."""
        return settings.read().auth


@frozen
class _SecretElsewhere:
    """Credentials whose secret is in a variable or a file of the machine that connects.

    Attributes:
        kind: the class of the credentials.
        public: its arguments that are not secret.
        secret: the name of its argument that is.
    """

    kind: type[MixpanelAuth]
    public: Mapping[str, str]
    secret: str
    variable: str | None = None
    file: str | None = None

    def read(self) -> MixpanelAuth:
        """Read the secret; raise ConfigurationError when it is not there."""
        make: Any = self.kind
        auth: MixpanelAuth = make(**self.public, **{self.secret: self._read_secret()})
        return auth

    def _read_secret(self) -> str:
        if self.variable is not None:
            if value := os.environ.get(self.variable):
                return value
            raise ConfigurationError(
                self.variable, "it is not set; the client's spec reads its secret from it"
            )
        try:
            return Path(str(self.file)).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(
                "secret_file", f"the client's spec reads its secret from {self.file}: {error}"
            ) from error


@frozen(kw_only=True)
class ClientSpec(Generic[ClientT]):
    """Everything needed to make a client again, on this machine or another; made by `client.spec()`.

    Picklable. Its repr holds no secret.

    Attributes:
        description: the client, in words, without secrets.
    """

    description: str
    _client_type: type[ClientT] = field(repr=False, alias="client_type")
    _credentials: Credentials = field(hash=False, alias="credentials")
    _options: Mapping[str, Any] = field(repr=False, hash=False, alias="options")

    def connect(self) -> ClientT:
        """Make the client; close it as any other.

        Raises:
            ConfigurationError: (a ValueError) when the secret is not where the spec says, or a setting does not
                work on this machine.
        """
        make: Any = self._client_type
        client: ClientT = make(self._credentials.read(), **self._options)
        return client

    def for_client(self, client_type: type[Any]) -> ClientSpec[Any]:
        """Return the same spec for the other kind of client."""
        return evolve(self, client_type=client_type)


@frozen
class NoSpec:
    """The place of a spec, for a client that cannot be made again elsewhere."""

    error: ConfigurationError

    def connect(self) -> NoReturn:
        """Raise ConfigurationError, saying why."""
        raise self.error


def spec_of(
    client_type: type[ClientT],
    description: str,
    credentials: Credentials,
    options: Mapping[str, Any],
    *,
    auth: MixpanelAuth,
    secret_variable: str | None = None,
    secret_file: str | os.PathLike[str] | None = None,
) -> ClientSpec[ClientT]:
    """Make the spec of a client.

    Args:
        credentials: where the client has its credentials from.
        options: the other arguments of the client.
        auth: the credentials themselves.
        secret_variable: the environment variable with the secret, on the machine that connects.
        secret_file: the file with the secret there.

    Raises:
        ConfigurationError: when the client cannot travel.
    """
    for name in _TRANSPORTS:
        if options.get(name) is not None:
            raise ConfigurationError(
                name,
                "a client with its own transport cannot be made again elsewhere; set a proxy or certificates "
                "through environment variables instead",
            )
    if secret_variable is not None and secret_file is not None:
        raise ConfigurationError("secret_file", "give either secret_file or secret_variable")
    if secret_variable is not None or secret_file is not None:
        credentials = _elsewhere(auth, secret_variable, secret_file)
    kept = {name: value for name, value in options.items() if name not in _TRANSPORTS}
    return ClientSpec(description=description, client_type=client_type, credentials=credentials, options=kept)


def _elsewhere(
    auth: MixpanelAuth, variable: str | None, file: str | os.PathLike[str] | None
) -> _SecretElsewhere:
    named = "secret_variable" if variable is not None else "secret_file"
    path = os.fspath(file) if file is not None else None
    if type(auth) is ServiceAccountAuth:
        return _SecretElsewhere(ServiceAccountAuth, {"username": auth.username}, "secret", variable, path)
    if type(auth) is OAuthTokenAuth:
        return _SecretElsewhere(OAuthTokenAuth, {}, "token", variable, path)
    if type(auth) is SecretAuth:
        return _SecretElsewhere(SecretAuth, {}, "api_secret", variable, path)
    raise ConfigurationError(
        named,
        f"expected ServiceAccountAuth, OAuthTokenAuth or SecretAuth credentials, got {type(auth).__name__}",
    )
