"""The project of the examples: yours when MIXPANEL_* are set, else the sandbox's sample shop."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from mixpanel_export import MixpanelClient
from mixpanel_export.sandbox import Sandbox


@contextlib.contextmanager
def open_client() -> Iterator[MixpanelClient]:
    """A client that is closed in the end, and the sandbox with it."""
    if "MIXPANEL_PROJECT_ID" in os.environ:
        with MixpanelClient.from_env() as client:
            yield client
    else:
        with Sandbox(limits=None) as sandbox, sandbox.client() as client:
            yield client
