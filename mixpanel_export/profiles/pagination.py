"""Decide which pages of a profile query to request, and which of their profiles are new.

Pure. `fetch` tells a `Paging` the outcome of each page, and asks it for the next page to request and the next
profiles to deliver, in order. Only the iterating thread uses it, so it needs no lock.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from attrs import define, field, frozen

from mixpanel_export.errors import APIError, ProfilesIncompleteError
from mixpanel_export_api.models.profile import Profile
from mixpanel_export_api.models.profiles_page import ProfilesPage

__all__ = ["MOST_AT_ONCE", "Batch", "BudgetHeadroom", "PageRequest", "Paging", "digest_of", "session_is_lost"]

MOST_AT_ONCE: Final = 4
"""Pages to request in parallel: one less than Mixpanel allows a project, which may run other queries."""

# Pages requested or held in memory beyond the one to deliver next.
_AHEAD = MOST_AT_ONCE + 1
# Give up after this many lost sessions in a row without a new profile.
_MOST_FRUITLESS = 3
# Use the session this often while the hourly budget is short, to keep it alive: Mixpanel does not publish how long
# it keeps an idle one, and some minutes have been seen.
_KEEP_ALIVE_SECONDS = 120.0
_HOUR = 3600.0

# Mixpanel's words for a forgotten session: "request for page in uncached query for params".
_LOST_SESSION = re.compile(
    r"uncached query"
    r"|\b(unknown|invalid|expired|stale|no such)\b[^.;:]{0,20}\bsession"
    r"|\bsession\w*\b[^.;:]{0,40}\b(unknown|invalid|expired|not found|not exist|no longer|timed out|is over)\b",
    re.IGNORECASE,
)


@frozen
class PageRequest:
    """One page to request.

    Attributes:
        number: the number of the page, from 0.
        session_id: the session that page 0 started; None for page 0 itself.
        attempt: the number of its session within the iteration, from 0.
        wait: seconds to wait before the request.
    """

    number: int
    session_id: str | None
    attempt: int
    wait: float = 0.0


@frozen
class Batch:
    """The new profiles of one page.

    Attributes:
        page: the number of the page; 0 starts a session.
        profiles: the profiles that were not delivered before.
        is_last: True for the last page of the query.
    """

    page: int
    profiles: list[Profile]
    is_last: bool


@frozen
class BudgetHeadroom:
    """The rest of the hourly budget: `left` requests of `per_hour`."""

    left: int
    per_hour: int


@frozen
class _Failure:
    """The failure of a page, and its cause."""

    error: BaseException
    cause: BaseException | None = None


def digest_of(distinct_id: object) -> bytes:
    """Return the digest by which a delivered profile is remembered; 1 and "1" differ."""
    text = f"{type(distinct_id).__name__}:{distinct_id}"
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def session_is_lost(error: BaseException) -> bool:
    """Return whether Mixpanel refused a page because it does not know its session."""
    return (
        isinstance(error, APIError)
        and error.status in (400, 404, 410)
        and _LOST_SESSION.search(error.message) is not None
    )


@define
class Paging:
    """The pages of one query, from page 0 or from where an earlier run stopped.

    The last page is the first with fewer results than a page can hold. If the first page's `total` promises more,
    the pages up to it are requested too: too high a total costs an empty page, and ignoring it could cost profiles.

    Attributes:
        forgets: deliver everything again in a new session, for callers that discard the profiles of the last one.
        session_id: the session being read.
        page_size: the most results of a page.
        total: the number of profiles, if Mixpanel reported it.
        taken: the number of pages delivered in this session.
        delivered: the digests of the profiles delivered.
        repeated: the number of profiles left out because they were delivered before.
        restarts: how often a session was lost and the query restarted.
    """

    forgets: bool = False
    session_id: str | None = None
    page_size: int = 0
    total: int | None = None
    taken: int = 0
    delivered: set[bytes] = field(factory=set[bytes])
    repeated: int = 0
    restarts: int = 0
    _next: int = field(init=False)
    _last: int | None = field(default=None, init=False)
    _running: Counter[int] = field(factory=Counter[int], init=False)
    _ready: dict[int, Sequence[Profile]] = field(factory=dict[int, "Sequence[Profile]"], init=False)
    _failed: dict[int, _Failure] = field(factory=dict[int, _Failure], init=False)
    _most_delivered: int = field(default=0, init=False)
    _fruitless: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        self._next = self.taken

    @property
    def is_done(self) -> bool:
        """True when everything is delivered."""
        return self._last is not None and self.taken > self._last

    def claim(self, room: BudgetHeadroom | None = None) -> PageRequest | None:
        """Return a page to request now; None when an outcome or a delivery must come first.

        Args:
            room: the rest of the hourly budget; None when no budget is kept.
        """
        number, running = self._next, self._running.total()
        if self._failed or running >= MOST_AT_ONCE or not self._is_wanted(number):
            return None
        wait = self._pause(room, running)
        if wait and running:
            return None
        self._next += 1
        self._running[self.restarts] += 1
        return PageRequest(number, self.session_id if number else None, self.restarts, wait)

    def settle(self, request: PageRequest, outcome: ProfilesPage | BaseException) -> None:
        """Record that a page has arrived, or failed for good."""
        self._running[request.attempt] -= 1
        if request.attempt != self.restarts:
            return
        if isinstance(outcome, ProfilesPage):
            self._received(request.number, outcome)
        elif request.number > 0 and session_is_lost(outcome):
            self._restart(outcome)
        else:
            self._failed[request.number] = _Failure(outcome)

    def take(self) -> Batch | None:
        """Return the new profiles of the next page; None while it has not arrived.

        Raises:
            MixpanelError: as the request of that page did.
        """
        number = self.taken
        if number in self._failed:
            failure = self._failed[number]
            failure.error.add_note(f"page {number} of the profiles; {len(self.delivered):,} had been read")
            if failure.cause is not None:
                raise failure.error from failure.cause
            raise failure.error
        if number not in self._ready:
            return None
        fresh = [each for each in self._ready.pop(number) if self._is_new(each)]
        self.taken += 1
        return Batch(number, fresh, number == self._last)

    def _is_new(self, profile: Profile) -> bool:
        digest = digest_of(profile.distinct_id)
        if digest in self.delivered:
            self.repeated += 1
            return False
        self.delivered.add(digest)
        return True

    def _is_wanted(self, number: int) -> bool:
        if number == 0:
            return True
        if self.session_id is None or (self._last is not None and number > self._last):
            return False
        is_near = number <= self.taken + _AHEAD
        # Pages are requested in order: all before this one have arrived if they are taken or ready.
        next_in_line = number == self.taken + len(self._ready)
        return is_near and (next_in_line or self._is_promised(number))

    def _is_promised(self, number: int) -> bool:
        return self.total is not None and number * self.page_size < self.total

    def _pause(self, room: BudgetHeadroom | None, running: int) -> float:
        """Return seconds to hold back when the budget is too small for all pages.

        Used up at once, it would leave the session idle until it frees, and an idle session is lost with its pages.
        """
        if room is None or self.total is None or self._next == 0 or self._last is not None:
            return 0.0
        pages_left = -(-self.total // max(self.page_size, 1)) - self._next
        left = room.left - running
        reserve = min(room.per_hour, int(_HOUR / _KEEP_ALIVE_SECONDS))
        if pages_left <= left or left > reserve:
            return 0.0
        return _HOUR / reserve

    def _received(self, number: int, page: ProfilesPage) -> None:
        if page.page != number:
            # A server that repeats one page would never end.
            self._failed[number] = _Failure(
                self._incomplete(f"Mixpanel answered page {page.page} for page {number}")
            )
            return
        if number == 0:
            self.session_id = page.session_id if isinstance(page.session_id, str) else None
            self.page_size = page.page_size
            self.total = page.total if isinstance(page.total, int) else None
        self._ready[number] = page.results
        is_short = len(page.results) < self.page_size
        if not page.results or (is_short and not self._is_promised(number + 1)):
            self._last = number if self._last is None else min(self._last, number)
        elif self.session_id is None:
            self._failed[1] = _Failure(self._incomplete("Mixpanel sent no session_id for the second page"))

    def _restart(self, error: BaseException) -> None:
        if len(self.delivered) > self._most_delivered:
            self._most_delivered = len(self.delivered)
            self._fruitless = 0
        else:
            self._fruitless += 1
        if self._fruitless >= _MOST_FRUITLESS:
            ours = self._incomplete(
                f"Mixpanel lost the session of the query {self.restarts + 1} times, the last "
                f"{self._fruitless + 1} without anything new: {error}"
            )
            self._failed = {self.taken: _Failure(ours, error)}
            self._ready.clear()
            return
        self.restarts += 1
        if self.forgets:
            self.delivered.clear()
        self._ready.clear()
        self._failed.clear()
        self.session_id = self._last = None
        self.taken = self._next = 0

    def _incomplete(self, why: str) -> ProfilesIncompleteError:
        return ProfilesIncompleteError(why, len(self.delivered), self.total, self.restarts)
