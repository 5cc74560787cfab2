"""Engage sessions: snapshots of a query's result that keep its pages consistent.

Because a session is a snapshot, every profile is on exactly one page whatever changes in between. A session
expires when none of its pages has been requested for a while.
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
    """A query and the profiles it matched."""

    id: str
    query: ProfileQuery
    profiles: Sequence[Profile]

    @property
    def total(self) -> int:
        return len(self.profiles)

    def page(self, number: int) -> Sequence[Profile]:
        """Return the profiles of a page, counted from 0; none past the last page."""
        return self.profiles[number * PAGE_SIZE : (number + 1) * PAGE_SIZE]


@define
class EngageSessions:
    """The open sessions of a sandbox.

    Attributes:
        seconds: the time a session stays open after its last use.
        clock: monotonic seconds.
    """

    seconds: float = SESSION_SECONDS
    clock: Callable[[], float] = time.monotonic
    _open: dict[str, tuple[float, EngageSession]] = field(
        factory=dict[str, "tuple[float, EngageSession]"], init=False
    )

    def open(self, query: ProfileQuery, profiles: Sequence[Profile]) -> EngageSession:
        """Open a session for the result of a query."""
        # Like Mixpanel's: the time, and a random part.
        session = EngageSession(f"{int(time.time())}-{secrets.token_hex(6)}", query, profiles)
        self._close_expired()
        self._open[session.id] = (self.clock(), session)
        return session

    def find(self, session_id: str) -> EngageSession:
        """Return the open session with this id, and keep it open.

        Raises:
            BadRequest: there is no such session, or it has expired.
        """
        self._close_expired()
        found = self._open.get(session_id)
        if found is None:
            raise BadRequest(
                f"session_id is unknown or has expired: a session ends {self.seconds:g} seconds after its "
                "last page; request page 0 without session_id to start a new one"
            )
        session = found[1]
        self._open[session_id] = (self.clock(), session)
        return session

    def _close_expired(self) -> None:
        oldest = self.clock() - self.seconds
        for session_id in [key for key, (used, _) in self._open.items() if used < oldest]:
            del self._open[session_id]
