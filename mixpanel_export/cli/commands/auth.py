"""`mixpanel-export auth check`: which credentials are found where, whether they work, and what they reach."""

from __future__ import annotations

import datetime
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

from mixpanel_export import MixpanelClient, RetryPolicy
from mixpanel_export.auth import MixpanelAuth, SecretAuth, SignatureAuth
from mixpanel_export.cli.clients import client_for, layers_of
from mixpanel_export.cli.options import Invocation
from mixpanel_export.errors import APIError, ConfigurationError, MixpanelError
from mixpanel_export.settings import CREDENTIALS, OPTIONS, SECRETS, Layer, choose

__all__ = ["check_credentials"]

_IMPATIENT = RetryPolicy(attempts=2, max_wait=5.0)


@frozen
class _Probe:
    """One family of calls, and the cheapest of them."""

    what: str
    ask: Callable[[MixpanelClient, str], Any]


_REACHES = (
    _Probe("raw export (events)", lambda client, day: next(client.export.events(day, day, limit=1), None)),
    _Probe("reports and profiles", lambda client, _: client.events.names(type="general", limit=1)),
    _Probe("annotations and Lexicon schemas", lambda client, _: client.annotations.list_tags()),
)


def check_credentials(invocation: Invocation) -> None:
    """Print what is found and reached.

    Raises:
        ConfigurationError: when there are no credentials.
        MixpanelError: the first refusal, after all were printed.
    """
    if not invocation.sandbox:
        _print_found(layers_of(invocation))
    with client_for(invocation, retry=_IMPATIENT) as client:
        print(f"Asking as {client!r}")
        # A day that is over in every time zone.
        day = (datetime.datetime.now(datetime.UTC).date() - datetime.timedelta(days=2)).isoformat()
        refused = [error for reach in _REACHES if (error := _try(reach, client, day)) is not None]
    if refused:
        raise refused[0]


def _print_found(layers: list[Layer]) -> None:
    """Every setting of every layer, and whether it counts; of secrets only that they are there."""
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
                print(f"Found {layer.where(name)}: {shown}{use}")
    if settings is not None:
        print(_age(settings.auth))


def _age(auth: MixpanelAuth) -> str:
    """What Mixpanel has said of how long such credentials will work."""
    if isinstance(auth, SecretAuth):
        left = (
            datetime.date.fromisoformat(auth.retires_on) - datetime.datetime.now(datetime.UTC).date()
        ).days
        when = f"in {left} days" if left > 0 else "which has passed"
        return f"Deprecated: Mixpanel retires project secrets on {auth.retires_on}, {when}; make a service account"
    if isinstance(auth, SignatureAuth):
        return "Deprecated: Mixpanel keeps request signatures for older integrations only; make a service account"
    return f"Not deprecated: {auth.description}"


def _try(reach: _Probe, client: MixpanelClient, day: str) -> MixpanelError | None:
    try:
        reach.ask(client, day)
    except ConfigurationError as error:
        # Not refused, and not for these to reach.
        print(f"  no   {reach.what}: {error.allowed}")
        return None
    except MixpanelError as error:
        why = f"{error.status} {error.message}" if isinstance(error, APIError) else str(error)
        print(f"  FAIL {reach.what}: {why}")
        return error
    print(f"  ok   {reach.what}")
    return None
