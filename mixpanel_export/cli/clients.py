"""The client of a command, from options, environment and configuration file; or one for an embedded sandbox."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, ClassVar

import httpx
from attrs import evolve

from mixpanel_export import MixpanelClient, RetryPolicy
from mixpanel_export.auth import MixpanelAuth
from mixpanel_export.cli.config_file import default_path
from mixpanel_export.cli.errors import HintedError
from mixpanel_export.cli.invocation import Invocation
from mixpanel_export.cli.layers import setting_layers
from mixpanel_export.errors import ConfigurationError
from mixpanel_export.http.limits import MIXPANEL_LIMITS, UNLIMITED, Limits, effective_limits
from mixpanel_export.http.servers import Servers
from mixpanel_export.settings import CREDENTIALS, SECRETS, Layer, Settings, choose

__all__ = ["client_for"]

# Settings whose argument has another name in the auth class.
_SETTINGS_OF_AUTH = {"token": "oauth_token"}


@contextlib.contextmanager
def client_for(
    invocation: Invocation,
    *,
    check: Callable[[MixpanelClient], Any],
    dry_run: bool = False,
    retry: RetryPolicy | None = None,
) -> Generator[MixpanelClient]:
    """Yield a client, and report the library's warnings until it is closed.

    Args:
        check: raises for wrong arguments of the command. Called when there is no client for want of usable
            credentials, because wrong usage is reported first; the client that it gets cannot send anything.
    """
    with invocation.reporter.capture_warnings():
        if not invocation.sandbox:
            layers = setting_layers(invocation)
            with _naming_settings(layers):
                with _checking_usage_first(check):
                    settings = _settings(invocation, layers)
                    limits = _limits(invocation, settings.options)
                    client = MixpanelClient(settings.auth, retry=retry, limits=limits, **settings.options)
                with client:
                    yield client
            return
        from mixpanel_export.sandbox import Sandbox

        # A first try should not wait for budgets; its plan should show them.
        limits = MIXPANEL_LIMITS if dry_run else UNLIMITED
        with Sandbox(limits=None) as server:
            flags = invocation.flags
            options = {name: flags.values[name] for name in ("region", "timezone") if name in flags.values}
            with _naming_settings([flags, Layer("", {}, {})]):
                client = server.client(limits=limits, retry=retry, **options)
            with client:
                yield client


@contextlib.contextmanager
def _checking_usage_first(check: Callable[[MixpanelClient], Any]) -> Generator[None]:
    try:
        yield
    except (ConfigurationError, HintedError):
        with (
            MixpanelClient(_NoCredentials(), limits=None, retry=RetryPolicy(attempts=1)) as client,
            contextlib.suppress(_NotSentError),
        ):
            check(client)
        raise


class _NotSentError(Exception):
    """A request had passed all checks."""


class _NoCredentials(MixpanelAuth):
    """Stands in for credentials while the arguments of a command are checked; sends nothing."""

    schemes: ClassVar[frozenset[str]] = frozenset(
        {"serviceAccount", "oauthToken", "projectSecret", "signature"}
    )
    needs_project: ClassVar[bool] = False

    @property
    def description(self) -> str:
        return "no credentials"

    def _secrets(self) -> tuple[str, ...]:
        return ()

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        raise _NotSentError
        yield request


def _limits(invocation: Invocation, options: Mapping[str, Any]) -> Limits:
    """Return the usual limits, with the longest wait of `--max-wait`."""
    servers = Servers.choose(options.get("region", "us"), options.get("base_url"))
    limits = effective_limits("auto", local=servers.are_local)
    return evolve(limits, max_wait=invocation.max_wait)


def _settings(invocation: Invocation, layers: Sequence[Layer]) -> Settings:
    """Return the settings, and warn about those that are probably not what the user meant."""
    flags, *_ = layers
    for name in SECRETS:
        if name in flags.values:
            invocation.reporter.warning(
                f"{flags.names[name]} is visible in the process list and in the shell history; "
                "use the environment, the configuration file or a keyring instead"
            )
    if not any(name in layer.values for layer in layers for name in CREDENTIALS):
        service_account = ", ".join(layers[1].names[name] for name in ("username", "secret", "project_id"))
        file = invocation.config or default_path()
        raise HintedError(
            "no Mixpanel credentials found",
            f"set {service_account}, or write {file}, or try it with --sandbox",
        )
    settings = choose(layers)
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
        where = [_shown(layer, name, layers) for layer in layers if name in layer.values][:1]
        where = where or [layer.names[name] for layer in layers[:2] if name in layer.names]
        if not where:
            raise
        raise ConfigurationError(" or ".join(where), error.expected) from error


def _shown(layer: Layer, name: str, layers: Sequence[Layer]) -> str:
    """Return the place of a setting, which is the option itself where one was given."""
    return layer.names[name] if layer is layers[0] else layer.where(name)


def _explain_half_pair(error: ConfigurationError, layers: Sequence[Layer]) -> None:
    """If one half of a pair was given as an option, say where the other half belongs."""
    flags, environment, *_ = layers
    for name, option in flags.names.items():
        if option == error.argument:
            others = [layer.where(name) for layer in layers if name in layer.values]
            hint = f"{others[0]} belongs to another account" if others else f"set {environment.names[name]}"
            raise ConfigurationError(option, f"{error.expected}; {hint}") from error
