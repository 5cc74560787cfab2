"""Settings from `MIXPANEL_*` environment variables.

Names only; what a value may be is checked where every client checks it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from mixpanel_export.auth import (
    MixpanelAuth,
    OAuthTokenAuth,
    SecretAuth,
    ServiceAccountAuth,
    SignatureAuth,
)
from mixpanel_export.errors import ConfigurationError

__all__ = ["Settings", "read"]

_OPTIONS = ("project_id", "workspace_id", "region", "timezone", "base_url")


@frozen
class Settings:
    """What the environment says: the credentials, and the other arguments of a client."""

    auth: MixpanelAuth
    options: Mapping[str, Any]


def read(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the variables; an empty one counts as absent.

    Raises:
        ConfigurationError: when there are no credentials, or half of a pair.
    """
    source = os.environ if environ is None else environ

    def value(name: str) -> str | None:
        return source.get(f"MIXPANEL_{name}") or None

    options = {name: found for name in _OPTIONS if (found := value(name.upper())) is not None}
    return Settings(_auth(value), options)


def _auth(value: Any) -> MixpanelAuth:
    username, secret = value("SERVICE_ACCOUNT_USERNAME"), value("SERVICE_ACCOUNT_SECRET")
    if username and secret:
        return ServiceAccountAuth(username, secret)
    if username or secret:
        missing = "SECRET" if username else "USERNAME"
        raise ConfigurationError(
            f"MIXPANEL_SERVICE_ACCOUNT_{missing}", "it is not set, but the other half is"
        )
    if token := value("OAUTH_TOKEN"):
        return OAuthTokenAuth(token)
    api_key, api_secret = value("API_KEY"), value("API_SECRET")
    if api_key and api_secret:
        return SignatureAuth(api_key, api_secret)
    if api_secret:
        return SecretAuth(api_secret)
    if api_key:
        raise ConfigurationError("MIXPANEL_API_SECRET", "it is not set, but MIXPANEL_API_KEY is")
    raise ConfigurationError(
        "environment",
        "no Mixpanel credentials: set MIXPANEL_SERVICE_ACCOUNT_USERNAME and "
        "MIXPANEL_SERVICE_ACCOUNT_SECRET (or MIXPANEL_OAUTH_TOKEN, or MIXPANEL_API_SECRET)",
    )
