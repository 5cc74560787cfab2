"""The client of a command: its options over the environment over the configuration file, or of a sandbox that
runs as long as the command does.
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Sequence
from pathlib import Path

from mixpanel_export import MixpanelClient, RetryPolicy
from mixpanel_export.cli.config_file import default_path, read_profile
from mixpanel_export.cli.options import Invocation
from mixpanel_export.errors import ConfigurationError
from mixpanel_export.http.limits import MIXPANEL_LIMITS
from mixpanel_export.settings import CREDENTIALS, SECRETS, Layer, Settings, choose, environment_layers

__all__ = ["client_for", "layers_of", "settings_of"]

# What an auth class calls a setting.
_SETTINGS_OF_AUTH = {"token": "oauth_token"}


@contextlib.contextmanager
def client_for(
    invocation: Invocation, *, dry_run: bool = False, retry: RetryPolicy | None = None
) -> Generator[MixpanelClient]:
    """A client that is closed in the end; what the library warns of meanwhile is said."""
    with invocation.reporter.capture_warnings():
        if not invocation.sandbox:
            layers = layers_of(invocation)
            with _located(layers):
                settings = settings_of(invocation, layers)
                with MixpanelClient(settings.auth, retry=retry, **settings.options) as client:
                    yield client
            return
        from mixpanel_export.sandbox import Sandbox

        # A first try should not wait for budgets; the plan of one should show them.
        limits = MIXPANEL_LIMITS if dry_run else None
        with Sandbox(limits=None) as server, server.client(limits=limits) as client:
            yield client


def layers_of(invocation: Invocation) -> list[Layer]:
    """Where settings may stand, the one that counts most first."""
    layers = [invocation.flags, *environment_layers()]
    path = Path(invocation.config) if invocation.config else default_path()
    try:
        if invocation.config or invocation.profile or path.exists():
            layers.append(read_profile(path, invocation.profile))
    except OSError as error:
        raise ConfigurationError(
            "configuration",
            f"{path} cannot be read ({error.strerror}); name a file with --config or MIXPANEL_CONFIG",
        ) from error
    return layers


def settings_of(invocation: Invocation, layers: list[Layer]) -> Settings:
    """What the layers say, with a warning where that is likely not what was meant."""
    flags, *_ = layers
    for name in SECRETS:
        if name in flags.values:
            invocation.reporter.warning(
                f"{flags.names[name]} shows in the list of processes and in the shell's history; "
                "set it in the environment, in the configuration file or in a keyring"
            )
    file = invocation.config or default_path()
    settings = choose(layers, f", write {file}, or try it with --sandbox")
    used = [where for name, where in settings.origins.items() if name in CREDENTIALS]
    if invocation.profile and not any("in the profile" in where for where in used):
        invocation.reporter.warning(
            f"the credentials are not those of the profile {invocation.profile!r}, but {' and '.join(used)}, "
            "which comes first"
        )
    return settings


@contextlib.contextmanager
def _located(layers: Sequence[Layer]) -> Generator[None]:
    """Have a setting that is wrong, or missing, named as it is where it stands, or where it may stand."""
    try:
        yield
    except ConfigurationError as error:
        _explain_half(error, layers)
        name = _SETTINGS_OF_AUTH.get(error.argument, error.argument)
        where = [layer.where(name) for layer in layers if name in layer.values][:1]
        where = where or [layer.names[name] for layer in layers[:2] if name in layer.names]
        if not where:
            raise
        raise ConfigurationError(" or ".join(where), error.allowed) from error


def _explain_half(error: ConfigurationError, layers: Sequence[Layer]) -> None:
    """Say where the other half of what was given as an option belongs, and whose the one is that is set."""
    flags, environment, *_ = layers
    for name, option in flags.names.items():
        if option == error.argument:
            others = [layer.where(name) for layer in layers if name in layer.values]
            hint = f"{others[0]} is another account's" if others else f"set {environment.names[name]}"
            raise ConfigurationError(option, f"{error.allowed}; {hint}") from error
