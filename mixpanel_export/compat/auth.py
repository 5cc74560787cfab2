"""The older client's two ways to authenticate: classes that are passed, and made by the client that they serve.

Only this shape is made here. Signing, and the project secret on the wire, are `mixpanel_export.auth`'s.
"""

from __future__ import annotations

from typing import Protocol

from mixpanel_export import auth

__all__ = ["Keys", "SecretAuth", "SignatureAuth"]


class Keys(Protocol):
    """What an auth class is made with: the client, of which it wants the keys."""

    api_key: str
    api_secret: str


class SignatureAuth(auth.SignatureAuth):
    """Signs every request with the API secret.

    Attributes:
        DEFAULT_EXPIRATION: for how many seconds a signed request is good; a subclass may say otherwise.
    """

    DEFAULT_EXPIRATION = 600

    def __init__(self, client: Keys) -> None:
        super().__init__(client.api_key, client.api_secret, self.DEFAULT_EXPIRATION)


class SecretAuth(auth.SecretAuth):
    """Sends the API secret over HTTP Basic; the API key is not used. Retired by Mixpanel on 2027-03-03."""

    # The warning is for the line that makes the client, which makes this.
    _warned_line = 4

    def __init__(self, client: Keys) -> None:
        super().__init__(client.api_secret)
