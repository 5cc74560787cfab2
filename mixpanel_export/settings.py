"""Read client settings from `MIXPANEL_*` and `MP_*` variables, and from other layers.

A layer is one source of settings; this module decides which layer wins, and the client checks the values. The
command adds layers for its options and its configuration file.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import field, frozen

from mixpanel_export.auth import MixpanelAuth, OAuthTokenAuth, SecretAuth, ServiceAccountAuth, SignatureAuth
from mixpanel_export.errors import ConfigurationError

__all__ = ["CREDENTIALS", "OPTIONS", "SECRETS", "Layer", "Settings", "choose", "environment_layers", "read"]

OPTIONS = ("project_id", "workspace_id", "region", "timezone", "base_url")
"""The settings other than credentials; each is an argument of a client."""

# In the order in which they are preferred.
_KINDS = (("username", "secret"), ("oauth_token",), ("api_key", "api_secret"))
CREDENTIALS = tuple(name for kind in _KINDS for name in kind)
"""The settings that are credentials or parts of them."""
SECRETS = ("secret", "oauth_token", "api_key", "api_secret")
"""The credentials that are secret."""

_OWN_NAMES = {
    "username": "MIXPANEL_SERVICE_ACCOUNT_USERNAME",
    "secret": "MIXPANEL_SERVICE_ACCOUNT_SECRET",
    **{name: f"MIXPANEL_{name.upper()}" for name in ("oauth_token", "api_key", "api_secret", *OPTIONS)},
}
# The names of Mixpanel's own command.
_OTHER_NAMES = {
    name: f"MP_{name.upper()}" for name in ("username", "secret", "oauth_token", "project_id", "region")
}


@frozen
class Layer:
    """One source of settings.

    Attributes:
        place: the source, in words: "in the environment".
        values: the settings found there.
        names: the name of each setting there.
    """

    place: str
    values: Mapping[str, str] = field(repr=False)
    names: Mapping[str, str]

    def where(self, setting: str) -> str:
        """Return the place of a setting, in words: "MIXPANEL_REGION in the environment"."""
        return f"{self.names[setting]} {self.place}"


@frozen
class Settings:
    """The combined settings: the credentials, and the other arguments of a client.

    Attributes:
        origins: the place of each setting that is used.
    """

    auth: MixpanelAuth
    options: Mapping[str, Any]
    origins: Mapping[str, str]


def environment_layers(environ: Mapping[str, str] | None = None) -> list[Layer]:
    """Return the layers of the environment; an empty variable counts as absent."""
    source = os.environ if environ is None else environ
    return [
        Layer(
            "in the environment",
            {name: value for name, variable in names.items() if (value := source.get(variable))},
            names,
        )
        for names in (_OWN_NAMES, _OTHER_NAMES)
    ]


def read(environ: Mapping[str, str] | None = None, *, auth: MixpanelAuth | None = None) -> Settings:
    """Read the settings in the environment.

    Args:
        environ: read this mapping instead of the process's environment.
        auth: use these credentials, whatever the environment holds.

    Raises:
        ConfigurationError: when there are no credentials, or half of a pair.
    """
    return choose(environment_layers(environ), auth=auth)


def choose(layers: Sequence[Layer], *, auth: MixpanelAuth | None = None) -> Settings:
    """Combine layers; for each setting the first layer that has it wins.

    The first layer with any credential decides which kind is used; the other half of a pair may be in a later one.

    Args:
        auth: use these credentials and ignore those in the layers.

    Raises:
        ConfigurationError: when there are no credentials, or half of a pair.
    """
    holders = {name: _holder(layers, name) for name in OPTIONS}
    options = {name: layer.values[name] for name, layer in holders.items() if layer is not None}
    credentials = _credentials(layers) if auth is None else {}
    holders.update(credentials)
    origins = {name: layer.where(name) for name, layer in holders.items() if layer is not None}
    if auth is None:
        auth = _auth({name: layer.values[name] for name, layer in credentials.items()})
    return Settings(auth, options, origins)


def _holder(layers: Sequence[Layer], name: str) -> Layer | None:
    return next((layer for layer in layers if name in layer.values), None)


def _credentials(layers: Sequence[Layer]) -> dict[str, Layer]:
    """Return the layer of each credential to use."""
    for place, layer in enumerate(layers):
        for kind in _KINDS:
            given = [name for name in kind if name in layer.values]
            if given:
                missing = [name for name in kind if name not in given and given != ["api_secret"]]
                halves = {name: _other_half(layer, layers[place + 1 :], given[0], name) for name in missing}
                return {**dict.fromkeys(given, layer), **halves}
    raise ConfigurationError(
        "environment",
        "no Mixpanel credentials: set MIXPANEL_SERVICE_ACCOUNT_USERNAME, MIXPANEL_SERVICE_ACCOUNT_SECRET and "
        "MIXPANEL_PROJECT_ID (or MIXPANEL_OAUTH_TOKEN, or MIXPANEL_API_SECRET, in place of the account)",
    )


def _other_half(layer: Layer, later: Sequence[Layer], given: str, missing: str) -> Layer:
    for each in later:
        # The secret of another account is no match.
        if missing in each.values and each.values.get(given, layer.values[given]) == layer.values[given]:
            return each
    raise ConfigurationError(layer.names[missing], f"it is not set, but {layer.names[given]} is")


def _auth(found: Mapping[str, str]) -> MixpanelAuth:
    if "username" in found:
        return ServiceAccountAuth(found["username"], found["secret"])
    if "oauth_token" in found:
        return OAuthTokenAuth(found["oauth_token"])
    if "api_key" in found:
        return SignatureAuth(found["api_key"], found["api_secret"])
    return SecretAuth(found["api_secret"])
