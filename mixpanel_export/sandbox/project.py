"""The project a sandbox serves: its credentials and its data.

The sample's events and profiles are immutable and shared between sandboxes. Anything that calls can change
(annotations, tags) lives on `Project`, of which each sandbox has its own.
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
from mixpanel_export.sandbox.saved.lexicon import (
    NOTHING_WRITTEN,
    Descriptions,
    Lexicon,
    LexiconEntity,
    lexicon,
)
from mixpanel_export.sandbox.saved.privacy import PrivacyJobs

__all__ = ["Project"]


@define(eq=False)
class Project:
    """The data the endpoints serve.

    Attributes:
        events: the raw events.
        profiles: the user profiles, `{"$distinct_id": …, "$properties": {…}}`, ordered by distinct id.
        annotations: the annotations and their tags.
        engage_sessions: the open sessions of paged profile queries.
        descriptions: descriptions of events and properties, for the Lexicon.
        privacy_jobs: the retrievals and deletions.
    """

    credentials: SandboxCredentials
    events: EventStore
    profiles: Sequence[dict[str, Any]] = ()
    annotations: Annotations = field(factory=Annotations)
    engage_sessions: EngageSessions = field(factory=EngageSessions)
    descriptions: Descriptions = NOTHING_WRITTEN
    privacy_jobs: PrivacyJobs = field(factory=PrivacyJobs)

    @property
    def today(self) -> datetime.date:
        """Return today's date in the project's time zone, UTC."""
        return datetime.datetime.now(datetime.UTC).date()

    @cached_property
    def lexicon(self) -> tuple[LexiconEntity, ...]:
        """Return the schemas of all events and profiles; computing them reads every event."""
        everything = self.events.events(datetime.date.min, datetime.date.max)
        return lexicon(everything, self.profiles, self.descriptions)

    @cached_property
    def schemas(self) -> Lexicon:
        """Return the Lexicon's schemas, which calls can change; at first those of `lexicon`."""
        return Lexicon(self.lexicon)
