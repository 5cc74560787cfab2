"""`mixpanel-export auth check`: show the credentials that are used, and test what they can reach."""

from __future__ import annotations

import datetime
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click
from attrs import frozen

from mixpanel_export.cli.base import Group
from mixpanel_export.cli.invocation import Invocation, pass_invocation
from mixpanel_export.errors import APIError, ConfigurationError, MixpanelError

if TYPE_CHECKING:
    from mixpanel_export import MixpanelClient
    from mixpanel_export.auth import MixpanelAuth
    from mixpanel_export.settings import Layer, Settings

__all__ = ["auth"]

_EXAMPLE = "mixpanel-export auth check --sandbox"


@click.group(
    "auth",
    cls=Group,
    short_help="Check which credentials are used, and what they can reach.",
    example=_EXAMPLE,
)
def auth() -> None:
    """Check credentials."""


@auth.command("check", short_help="Show which credentials are used, and test them.", example=_EXAMPLE)
@pass_invocation
def check(invocation: Invocation) -> None:
    """Show where each credential comes from, whether it works, and what it can reach.

    Requests one event, one event name and the annotation tags: one request of the hourly budget for exports, and
    one of that for reports. Exits with 1 if something that these credentials should reach is refused.
    """
    from mixpanel_export import RetryPolicy
    from mixpanel_export.cli.clients import client_for
    from mixpanel_export.cli.layers import setting_layers

    if not invocation.sandbox:
        _print_settings(setting_layers(invocation))
    retry = RetryPolicy(attempts=2, max_wait=5.0)
    with client_for(invocation, check=lambda client: None, retry=retry) as client:
        click.echo(f"Requests to {client.description}:")
        # A day that is over in every time zone.
        day = (datetime.datetime.now(datetime.UTC).date() - datetime.timedelta(days=2)).isoformat()
        refused = [error for probe in _PROBES if (error := _try(probe, client, day)) is not None]
    if refused:
        raise refused[0]
    click.echo("These credentials work.")


@frozen
class _Probe:
    """A family of calls, and its cheapest request."""

    family: str
    send: Callable[[MixpanelClient, str], Any]


_PROBES = (
    _Probe("Events", lambda client, day: next(client.export.events(day, day, limit=1), None)),
    _Probe("Reports and profiles", lambda client, _: client.events.names(type="general", limit=1)),
    _Probe("Annotations and schemas", lambda client, _: client.annotations.list_tags()),
)


def _print_settings(layers: Sequence[Layer]) -> None:
    """Print every setting and whether it is used; of a secret, only that it exists."""
    from mixpanel_export.settings import CREDENTIALS, OPTIONS, SECRETS, choose

    settings: Settings | None
    try:
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
            settings = choose(layers)
    except ConfigurationError:
        settings = None
    origins: Mapping[str, str] = settings.origins if settings is not None else {}
    for layer in layers:
        for name in (*CREDENTIALS, *OPTIONS):
            if name in layer.values:
                shown = "(secret)" if name in SECRETS else layer.values[name]
                use = "" if settings is None or origins.get(name) == layer.where(name) else ", not used"
                click.echo(f"Found {layer.where(name)}: {shown}{use}")
    if settings is not None and (warning := _lifetime(settings.auth)):
        click.echo(warning)


def _lifetime(auth: MixpanelAuth) -> str:
    """Return how long credentials that Mixpanel retires will work; empty for the others."""
    from mixpanel_export.auth import SecretAuth, SignatureAuth

    if isinstance(auth, SecretAuth):
        retirement = datetime.date.fromisoformat(auth.retires_on)
        left = (retirement - datetime.datetime.now(datetime.UTC).date()).days
        when = f"in {left} days" if left > 0 else "which has passed"
        return (
            f"Deprecated: Mixpanel retires project secrets on {retirement}, {when}; create a service account"
        )
    if isinstance(auth, SignatureAuth):
        return "Deprecated: Mixpanel keeps request signatures for older integrations only; create a service account"
    return ""


def _try(probe: _Probe, client: MixpanelClient, day: str) -> MixpanelError | None:
    """Send the request of a probe, print the outcome, and return the refusal if there was one."""
    try:
        probe.send(client, day)
    except ConfigurationError as error:
        # Nothing was refused: these credentials are not meant to reach it.
        click.echo(f"  no   {probe.family}: {error.expected}")
        return None
    except MixpanelError as error:
        reason = f"{error.status} {error.message}" if isinstance(error, APIError) else str(error)
        click.echo(f"  FAIL {probe.family}: {reason}")
        return error
    click.echo(f"  ok   {probe.family}")
    return None
