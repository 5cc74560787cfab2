"""The client of a command: from the environment, or of a sandbox that runs as long as the command does."""

from __future__ import annotations

import contextlib
from collections.abc import Generator

from mixpanel_export import MixpanelClient
from mixpanel_export.limits import MIXPANEL_LIMITS

__all__ = ["client_for"]


@contextlib.contextmanager
def client_for(sandbox: bool, *, dry_run: bool = False) -> Generator[MixpanelClient]:
    """A client that is closed in the end."""
    if not sandbox:
        with MixpanelClient.from_env() as client:
            yield client
        return
    from mixpanel_export.sandbox import Sandbox

    # A first try should not wait for budgets; the plan of one should show them.
    limits = MIXPANEL_LIMITS if dry_run else None
    with Sandbox(limits=None) as server, server.client(limits=limits) as client:
        yield client
