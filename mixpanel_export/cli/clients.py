"""The client of a command, from options, environment and configuration file; or one for an embedded sandbox."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Sequence
from pathlib import Path

from mixpanel_export import MixpanelClient, RetryPolicy
from mixpanel_export.cli.config_file import default_path, read_profile
from mixpanel_export.cli.invocation import Invocation
from mixpanel_export.errors import ConfigurationError
from mixpanel_export.http.limits import MIXPANEL_LIMITS
from mixpanel_export.settings import CREDENTIALS, SECRETS, Layer, Settings, choose, environment_layers

__all__ = ["client_for", "setting_layers"]

# Settings whose argument has another name in the auth class.
_SETTINGS_OF_AUTH = {"token": "oauth_token"}


@contextlib.contextmanager
def client_for(
    invocation: Invocation, *, dry_run: bool = False, retry: RetryPolicy | None = None
) -> Generator[MixpanelClient]:
    """Yield a client, and report the library's warnings until it is closed."""
    with invocation.reporter.capture_warnings():
        if not invocation.sandbox:
            layers = setting_layers(invocation)
            with _naming_settings(layers):
                settings = _settings(invocation, layers)
                with MixpanelClient(settings.auth, retry=retry, **settings.options) as client:
                    yield client
            return
        from mixpanel_export.sandbox import Sandbox

        # A first try should not wait for budgets; its plan should show them.
        limits = MIXPANEL_LIMITS if dry_run else None
        with Sandbox(limits=None) as server, server.client(limits=limits) as client:
            yield client


def setting_layers(invocation: Invocation) -> list[Layer]:
    """Return the sources of settings, the one that takes precedence first."""
    layers = [invocation.flags, *environment_layers()]
    path = Path(invocation.config) if invocation.config else default_path()
    try:
        if invocation.config or invocation.profile or path.exists():
            layers.append(read_profile(path, invocation.profile))
    except OSError as error:
        raise ConfigurationError(
            "configuration",
            f"{path} cannot be read ({error.strerror}); choose a file with --config or MIXPANEL_CONFIG",
        ) from error
    return layers


def _settings(invocation: Invocation, layers: Sequence[Layer]) -> Settings:
    """Return the settings, and warn about those that are probably not what the user meant."""
    flags, *_ = layers
    for name in SECRETS:
        if name in flags.values:
            invocation.reporter.warning(
                f"{flags.names[name]} is visible in the process list and in the shell history; "
                "use the environment, the configuration file or a keyring instead"
            )
    file = invocation.config or default_path()
    settings = choose(layers, f", write {file}, or try it with --sandbox")
    used = [where for name, where in settings.origins.items() if name in CREDENTIALS]
    if invocation.profile and not any("in the profile" in where for where in used):
        invocation.reporter.warning(
            f"using credentials from {' and '.join(used)}, which take precedence over the profile "
            f"{invocation.profile!r}"
        )
    return settings


@contextlib.contextmanager
def _naming_settings(layers: Sequence[Layer]) -> Generator[None]:
    """Name a wrong setting by its source, and a missing one by the places it can be set."""
    try:
        yield
    except ConfigurationError as error:
        _explain_half_pair(error, layers)
        name = _SETTINGS_OF_AUTH.get(error.argument, error.argument)
        where = [layer.where(name) for layer in layers if name in layer.values][:1]
        where = where or [layer.names[name] for layer in layers[:2] if name in layer.names]
        if not where:
            raise
        raise ConfigurationError(" or ".join(where), error.expected) from error


def _explain_half_pair(error: ConfigurationError, layers: Sequence[Layer]) -> None:
    """If one half of a pair was given as an option, say where the other half belongs."""
    flags, environment, *_ = layers
    for name, option in flags.names.items():
        if option == error.argument:
            others = [layer.where(name) for layer in layers if name in layer.values]
            hint = f"{others[0]} belongs to another account" if others else f"set {environment.names[name]}"
            raise ConfigurationError(option, f"{error.expected}; {hint}") from error
