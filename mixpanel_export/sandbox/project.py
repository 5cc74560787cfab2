"""The one project that a sandbox serves: its data, and who may read it.

The events and profiles of the sample are immutable and shared between sandboxes. Whatever calls can change
(annotations, tags) belongs on `Project` itself, which every sandbox has its own of.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from attrs import define

from mixpanel_export.sandbox.credentials import SandboxCredentials
from mixpanel_export.sandbox.store import EventStore

__all__ = ["Project"]


@define(eq=False)
class Project:
    """What the endpoints answer from.

    Attributes:
        events: the raw events.
        profiles: the user profiles, `{"$distinct_id": …, "$properties": {…}}`, in the order of distinct ids.
    """

    credentials: SandboxCredentials
    events: EventStore
    profiles: Sequence[dict[str, Any]] = ()

    @property
    def today(self) -> datetime.date:
        """The current day in the project's time zone, which is UTC."""
        return datetime.datetime.now(datetime.UTC).date()
