"""Open a client for the examples: for your project if MIXPANEL_* are set, else for the sandbox."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from mixpanel_export import MixpanelClient
from mixpanel_export.sandbox import Sandbox


@contextlib.contextmanager
def open_client() -> Iterator[MixpanelClient]:
    """Open a client, and close it (and the sandbox) at the end."""
    if "MIXPANEL_PROJECT_ID" in os.environ:
        with MixpanelClient.from_env() as client:
            yield client
    else:
        with Sandbox(limits=None) as sandbox, sandbox.client() as client:
            yield client
