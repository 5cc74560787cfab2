"""The older client's auth classes: passed as classes, and instantiated by the client.

See `mixpanel_export.auth` for the signing and the headers.
"""

from __future__ import annotations

from typing import Protocol

from mixpanel_export import auth

__all__ = ["Keys", "SecretAuth", "SignatureAuth"]


class Keys(Protocol):
    """The client, as an auth class receives it."""

    api_key: str
    api_secret: str


class SignatureAuth(auth.SignatureAuth):
    """Sign every request with the API secret.

    Attributes:
        DEFAULT_EXPIRATION: seconds that a signed request stays valid; override it in a subclass.
    """

    DEFAULT_EXPIRATION = 600

    def __init__(self, client: Keys) -> None:
        super().__init__(client.api_key, client.api_secret, self.DEFAULT_EXPIRATION)


class SecretAuth(auth.SecretAuth):
    """Send the API secret over HTTP Basic and ignore the API key. Mixpanel retires this on 2027-03-03."""

    # The warning should point at the line that creates the client, which creates this.
    _warned_line = 4

    def __init__(self, client: Keys) -> None:
        super().__init__(client.api_secret)
