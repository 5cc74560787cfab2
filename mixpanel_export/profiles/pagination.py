"""Which pages of a profile query to ask for, and what of each is new: decisions only.

Pure. A `Paging` is told what came of each page and answers what may be asked for next and what can be delivered,
in order; sending and waiting are the business of `pages`. It is not safe to share between threads, and need not
be: whoever iterates drives it.
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
"""Pages asked for side by side: one less than Mixpanel allows a project, which may have other questions."""

# Pages beyond the one that is delivered next, in the making or waiting to be delivered: what is held in memory.
_AHEAD = MOST_AT_ONCE + 1
# A session that brings nothing new although its predecessors broke off, so many times in a row, is given up on.
_MOST_FRUITLESS = 3
# How often a session is used while the hourly budget is short, so that it outlives the wait: Mixpanel does not
# publish how long it keeps an idle one, and some minutes have been seen.
_KEEP_ALIVE_SECONDS = 120.0
_HOUR = 3600.0

# "request for page in uncached query for params" is Mixpanel's own way to say that it does not know it any more.
_LOST_SESSION = re.compile(
    r"uncached query"
    r"|\b(unknown|invalid|expired|stale|no such)\b[^.;:]{0,20}\bsession"
    r"|\bsession\w*\b[^.;:]{0,40}\b(unknown|invalid|expired|not found|not exist|no longer|timed out|is over)\b",
    re.IGNORECASE,
)


@frozen
class PageRequest:
    """One page to be asked for.

    Attributes:
        number: of the page, from 0 on.
        session_id: what page 0 answered; None for page 0 itself.
        attempt: which session of the iteration it belongs to, from 0 on.
        wait: seconds to wait before asking.
    """

    number: int
    session_id: str | None
    attempt: int
    wait: float = 0.0


@frozen
class Batch:
    """What is delivered of one page.

    Attributes:
        page: its number; 0 begins a session.
        profiles: those that were not delivered before.
        is_last: whether it ends the query.
    """

    page: int
    profiles: list[Profile]
    is_last: bool


@frozen
class BudgetHeadroom:
    """What the hourly budget has left: `left` requests of `per_hour`."""

    left: int
    per_hour: int


@frozen
class _Failure:
    """The failure of a page, and its cause."""

    error: BaseException
    cause: BaseException | None = None


def digest_of(distinct_id: object) -> bytes:
    """What is remembered of a delivered profile: 1 and "1" are two."""
    text = f"{type(distinct_id).__name__}:{distinct_id}"
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def session_is_lost(error: BaseException) -> bool:
    """Whether Mixpanel refused a page because it does not know the session, or not any more."""
    return (
        isinstance(error, APIError)
        and error.status in (400, 404, 410)
        and _LOST_SESSION.search(error.message) is not None
    )


@define
class Paging:
    """The pages of one query, from page 0 on or from where an earlier run stopped.

    The last page is the one with fewer results than a page can have. Where the first page's `total` promises more
    than that, the pages up to it are asked for too: a total too high costs an empty page, one believed too little
    would cost profiles.

    Attributes:
        forgets: whether a new session delivers everything anew, for who throws away what the last one brought.
        session_id: the session that is being read.
        page_size: the most results of a page.
        total: how many profiles there are, if Mixpanel said so.
        taken: how many pages of this session were delivered.
        delivered: the digests of the profiles that were delivered.
        repeated: how many profiles were left out, having been delivered before.
        restarts: how often a session was lost and another begun.
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
        """Whether all is delivered."""
        return self._last is not None and self.taken > self._last

    def claim(self, room: BudgetHeadroom | None = None) -> PageRequest | None:
        """A page to be asked for now; None when that has to wait for an answer or for who takes.

        Args:
            room: what the hourly budget has left; None where none is kept.
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

    def settle(self, ask: PageRequest, outcome: ProfilesPage | BaseException) -> None:
        """A page that was asked for has come, or failed for good."""
        self._running[ask.attempt] -= 1
        if ask.attempt != self.restarts:
            return
        if isinstance(outcome, ProfilesPage):
            self._received(ask.number, outcome)
        elif ask.number > 0 and session_is_lost(outcome):
            self._restart(outcome)
        else:
            self._failed[ask.number] = _Failure(outcome)

    def take(self) -> Batch | None:
        """What the next page brings; None while it has not come.

        Raises:
            Whatever made that page fail.
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
        # Pages are asked for in order: those before it have come when they are all taken or ready.
        next_in_line = number == self.taken + len(self._ready)
        return is_near and (next_in_line or self._is_promised(number))

    def _is_promised(self, number: int) -> bool:
        return self.total is not None and number * self.page_size < self.total

    def _pause(self, room: BudgetHeadroom | None, running: int) -> float:
        """Seconds to hold back, when the budget cannot hold all pages and would be used up long before it frees:
        a session that nobody uses meanwhile is lost, and all its pages with it.
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
            # Told over and over, the same page would never end.
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
