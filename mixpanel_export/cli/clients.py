"""The client of a command: from the environment, or of a sandbox that runs as long as the command does."""

from __future__ import annotations

import contextlib
from collections.abc import Generator

from mixpanel_export import MixpanelClient

__all__ = ["client_for"]


@contextlib.contextmanager
def client_for(sandbox: bool) -> Generator[MixpanelClient]:
    """A client that is closed in the end."""
    if not sandbox:
        with MixpanelClient.from_env() as client:
            yield client
        return
    from mixpanel_export.sandbox import Sandbox

    with (
        Sandbox() as server,
        MixpanelClient(server.auth, project_id=server.credentials.project_id, base_url=server.url) as client,
    ):
        yield client
