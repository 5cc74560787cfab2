"""The sessions of engage: the profiles of a query as they were on page 0, for the pages after it.

A session is a snapshot, so that every profile is on exactly one page whatever happens in between. It is kept
until nobody has asked for one of its pages for a while. Which profiles a query means is `profile_query`'s
business.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from typing import Final

from attrs import define, field, frozen

from mixpanel_export.sandbox.http.refusal import BadRequest
from mixpanel_export.sandbox.profiles.query import Profile, ProfileQuery

__all__ = ["PAGE_SIZE", "SESSION_SECONDS", "EngageSession", "EngageSessions"]

PAGE_SIZE: Final = 1000
SESSION_SECONDS: Final = 600.0


@frozen
class EngageSession:
    """One query and what it found."""

    id: str
    query: ProfileQuery
    profiles: Sequence[Profile]

    @property
    def total(self) -> int:
        return len(self.profiles)

    def page(self, number: int) -> Sequence[Profile]:
        """The profiles of a page, counted from 0; none beyond the last."""
        return self.profiles[number * PAGE_SIZE : (number + 1) * PAGE_SIZE]


@define
class EngageSessions:
    """The open sessions of one sandbox.

    Attributes:
        seconds: how long a session is kept after it was last used.
        clock: seconds that only ever go on.
    """

    seconds: float = SESSION_SECONDS
    clock: Callable[[], float] = time.monotonic
    _open: dict[str, tuple[float, EngageSession]] = field(
        factory=dict[str, "tuple[float, EngageSession]"], init=False
    )

    def open(self, query: ProfileQuery, profiles: Sequence[Profile]) -> EngageSession:
        """A new session for what a query has found."""
        # As Mixpanel's: the time, and something that nobody else has.
        session = EngageSession(f"{int(time.time())}-{secrets.token_hex(6)}", query, profiles)
        self._close_expired()
        self._open[session.id] = (self.clock(), session)
        return session

    def find(self, session_id: str) -> EngageSession:
        """The open session of this id.

        Raises:
            BadRequest: if there is none, or none any more.
        """
        self._close_expired()
        found = self._open.get(session_id)
        if found is None:
            raise BadRequest(
                f"session_id is unknown or has expired: a session ends {self.seconds:g} seconds after its "
                "last page; ask for page 0 without session_id to start a new one"
            )
        session = found[1]
        self._open[session_id] = (self.clock(), session)
        return session

    def _close_expired(self) -> None:
        oldest = self.clock() - self.seconds
        for session_id in [each for each, (used, _) in self._open.items() if used < oldest]:
            del self._open[session_id]
