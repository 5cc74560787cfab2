"""The one project that a sandbox serves: its data, and who may read it.

The events and profiles of the sample are immutable and shared between sandboxes. Whatever calls can change
(annotations, tags) belongs on `Project` itself, which every sandbox has its own of.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from attrs import define, field

from mixpanel_export.sandbox.credentials import SandboxCredentials
from mixpanel_export.sandbox.data.store import EventStore
from mixpanel_export.sandbox.profiles.sessions import EngageSessions
from mixpanel_export.sandbox.saved.annotations import Annotations
from mixpanel_export.sandbox.saved.lexicon import NOTHING_WRITTEN, Descriptions, LexiconEntity, lexicon

__all__ = ["Project"]


@define(eq=False)
class Project:
    """What the endpoints answer from.

    Attributes:
        events: the raw events.
        profiles: the user profiles, `{"$distinct_id": …, "$properties": {…}}`, in the order of distinct ids.
        annotations: what is pinned to the charts, and its tags.
        engage_sessions: the profile queries that are being read page by page.
        descriptions: what people wrote about the events and properties.
    """

    credentials: SandboxCredentials
    events: EventStore
    profiles: Sequence[dict[str, Any]] = ()
    annotations: Annotations = field(factory=Annotations)
    engage_sessions: EngageSessions = field(factory=EngageSessions)
    descriptions: Descriptions = NOTHING_WRITTEN

    @property
    def today(self) -> datetime.date:
        """The current day in the project's time zone, which is UTC."""
        return datetime.datetime.now(datetime.UTC).date()

    @cached_property
    def lexicon(self) -> tuple[LexiconEntity, ...]:
        """The schemas of all that occurs in the events and profiles, which takes a look at every event."""
        everything = self.events.events(datetime.date.min, datetime.date.max)
        return lexicon(everything, self.profiles, self.descriptions)
