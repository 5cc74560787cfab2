"""Decide which pages of a profile query to request, and which of their profiles are new.

Pure. `fetch` tells a `Paging` the outcome of each page, and asks it for the next page to request and the next
profiles to deliver, in order. Only the iterating thread uses it, so it needs no lock.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, cast

from attrs import define, field, frozen

from mixpanel_export.errors import APIError, ProfilesIncompleteError
from mixpanel_export.profiles.texts import profile_texts
from mixpanel_export_api.models.profile import Profile
from mixpanel_export_api.models.profiles_page import ProfilesPage

__all__ = [
    "MOST_AT_ONCE",
    "Batch",
    "BudgetHeadroom",
    "PageRequest",
    "Paging",
    "digests_of",
    "pending_wait",
    "session_is_lost",
]

MOST_AT_ONCE: Final = 4
"""Pages to request in parallel: one less than Mixpanel allows a project, which may run other queries."""

# Pages requested or held in memory beyond the one to deliver next.
_AHEAD = MOST_AT_ONCE + 1
# Give up after this many lost sessions in a row without a new profile.
_MOST_FRUITLESS = 3
# Stop after this many pages in a row without a new profile, although the total promises more.
_MOST_FRUITLESS_PAGES = 2
# Waits before a page is requested again that Mixpanel has not computed yet.
_PENDING_WAITS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
# Use the session this often while the hourly budget is short, to keep it alive: Mixpanel does not publish how long
# it keeps an idle one, and some minutes have been seen.
_KEEP_ALIVE_SECONDS = 120.0
_HOUR = 3600.0
_PENDING = {"pending", "running", "computing", "queued", "in_progress"}
_GROUP = ("$group_key", "data_group_id", "$group_id")

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
        texts: the JSON of each profile as sent, if the paging keeps it; empty where it cannot be told.
    """

    page: int
    profiles: list[Profile]
    is_last: bool
    texts: Sequence[str] = ()


@frozen
class BudgetHeadroom:
    """The rest of the hourly budget: `left` requests of `per_hour`."""

    left: int
    per_hour: int


@frozen
class _Page:
    """A page that has arrived.

    Attributes:
        number: the number that the page says it has.
        is_short: True if it could hold more profiles.
        texts: the JSON of each profile; empty texts unless the paging keeps them.
    """

    number: int
    profiles: Sequence[Profile]
    is_short: bool
    texts: Sequence[str]


@frozen
class _Failure:
    """The failure of a page, and its cause."""

    error: BaseException
    cause: BaseException | None = None


def digests_of(profiles: Iterable[Profile | Mapping[str, Any]]) -> Iterator[bytes]:
    """Yield the digest by which each profile is remembered.

    That of its distinct id (1 and "1" differ), or of its group's key and id; a profile without an id is known by
    all that is in it, and counted if there are several alike.
    """
    alike: Counter[str] = Counter()
    for profile in profiles:
        distinct_id = profile.get("$distinct_id")
        if distinct_id is not None:
            text = f"{type(distinct_id).__name__}:{distinct_id}"
        elif profile.get("$group_id") is not None:
            text = "group:" + json.dumps([profile.get(name) for name in _GROUP])
        else:
            text = "all:" + json.dumps(profile, sort_keys=True)
            alike[text] += 1
            text = f"{alike[text]}:{text}"
        yield hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def pending_wait(page: ProfilesPage, tries: int) -> float | None:
    """Return the seconds after which to request a page again because Mixpanel is still computing it.

    Args:
        tries: how often it was requested.
    """
    is_pending = page.status in _PENDING and not page.results
    return _PENDING_WAITS[tries - 1] if is_pending and tries <= len(_PENDING_WAITS) else None


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

    The last page is the first with fewer results than a page can hold, once there are as many profiles as `total`
    says. Until then, further pages are requested, however many results a page has. Two pages in a row without
    anything new end the query: a server that repeats its last page would never end.

    Attributes:
        forgets: deliver everything again in a new session, for callers that discard the profiles of the last one.
        allows_shortfall: end without an error if there are fewer profiles than `total` says.
        keeps_texts: deliver the JSON of profiles, too.
        session_id: the session being read.
        page_size: the most results of a page.
        total: the number of profiles, as the latest page reports it; None if none does.
        taken: the number of pages delivered in this session.
        delivered: the digests of the profiles delivered.
        repeated: the number of profiles left out because they were delivered before.
        restarts: how often a session was lost and the query restarted.
    """

    forgets: bool = False
    allows_shortfall: bool = False
    keeps_texts: bool = False
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
    _ready: dict[int, _Page] = field(factory=dict[int, "_Page"], init=False)
    _failed: dict[int, _Failure] = field(factory=dict[int, _Failure], init=False)
    _seen: set[bytes] = field(init=False)
    _total_page: int = field(default=0, init=False)
    _fruitless_pages: int = field(default=0, init=False)
    _most_delivered: int = field(default=0, init=False)
    _fruitless: int = field(default=0, init=False)

    def __attrs_post_init__(self) -> None:
        self._next = self.taken
        # The profiles of this session: all that were delivered, until a session is lost.
        self._seen = self.delivered

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

    def settle(self, request: PageRequest, outcome: ProfilesPage | BaseException, body: bytes = b"") -> None:
        """Record that a page has arrived, or failed for good.

        Args:
            body: the response that the page was read from.
        """
        self._running[request.attempt] -= 1
        if request.attempt != self.restarts:
            return
        if isinstance(outcome, ProfilesPage):
            self._received(request.number, outcome, body)
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
        page = self._ready.pop(number)
        fresh, texts, is_fruitful = self._fresh(page)
        self._fruitless_pages = 0 if is_fruitful else self._fruitless_pages + 1
        problem = self._problem(number, page, is_fruitful=is_fruitful)
        if self._is_end(page) and not problem:
            self._last = number
        elif problem:
            # Raised for the next page, once the profiles of this one are delivered.
            self._failed = {number + 1: _Failure(self._incomplete(problem))}
        else:
            self.page_size = min(self.page_size, len(page.profiles) or self.page_size)
        self.taken += 1
        return Batch(number, fresh, number == self._last, texts)

    def _fresh(self, page: _Page) -> tuple[list[Profile], list[str], bool]:
        """Return the profiles to deliver, their texts, and whether any of the page is new in this session."""
        fresh: list[Profile] = []
        texts: list[str] = []
        before = len(self._seen)
        for profile, text, digest in zip(page.profiles, page.texts, digests_of(page.profiles), strict=True):
            if digest in self.delivered:
                self.repeated += 1
            else:
                self.delivered.add(digest)
                fresh.append(profile)
                texts.append(text)
            self._seen.add(digest)
        return fresh, texts, len(self._seen) > before

    @property
    def _is_short_of_total(self) -> bool:
        return self.total is not None and len(self._seen) < self.total

    def _is_end(self, page: _Page) -> bool:
        """Return whether a page is the last one of its session."""
        is_stuck = self._fruitless_pages >= _MOST_FRUITLESS_PAGES
        if self._is_short_of_total:
            return self.allows_shortfall and (is_stuck or self.session_id is None)
        # Without a session, no other page can be requested, and exactly the total means that none need be.
        is_all = self.session_id is None and self.total == len(self._seen)
        return page.is_short or is_stuck or is_all

    def _problem(self, number: int, page: _Page, *, is_fruitful: bool) -> str:
        """Return why no page can follow although one should; empty if it can, or none needs to."""
        if self.total is None and not is_fruitful and page.number != number:
            return f"Mixpanel answered page {page.number} for page {number}"
        if self._is_short_of_total and self.allows_shortfall:
            return ""
        if self._is_short_of_total and self._fruitless_pages >= _MOST_FRUITLESS_PAGES:
            pages = f"pages {number - 1} and {number}"
            return f"Mixpanel sent nothing new on {pages} (allow_shortfall=True accepts that)"
        if self.session_id is None and not self._is_end(page):
            return "Mixpanel sent no session_id for the second page"
        return ""

    def _is_wanted(self, number: int) -> bool:
        if number == 0:
            return True
        if self.session_id is None or (self._last is not None and number > self._last):
            return False
        is_near = number <= self.taken + _AHEAD
        # Only when a page is taken is it known whether another follows, unless the total promises more.
        return is_near and (number == self.taken or self._is_promised(number))

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

    def _received(self, number: int, page: ProfilesPage, body: bytes) -> None:
        results = page.get("results")
        sent = cast("list[object]", results) if isinstance(results, list) else []
        if not isinstance(results, list | None) or len(page.results) < len(sent):
            self._fail(number, f"Mixpanel sent something else than profiles on page {number}")
            return
        if page.status in _PENDING and not results:
            self._fail(number, f"Mixpanel has not computed page {number} in time (status {page.status!r})")
            return
        size = _count(page.page_size) or self.page_size
        if number == 0:
            self.session_id = None if page.session_id is None else str(page.session_id)
            self.page_size = size
            self.total, self._total_page = _count(page.total), 0
        elif number >= self._total_page and _count(page.total) is not None:
            self.total, self._total_page = _count(page.total), number
        answered = _count(page.page)
        is_short = len(page.results) < size or not page.results
        profiles = page.results
        texts = profile_texts(body, len(profiles)) if self.keeps_texts else [""] * len(profiles)
        self._ready[number] = _Page(number if answered is None else answered, profiles, is_short, texts)

    def _fail(self, number: int, why: str) -> None:
        self._failed[number] = _Failure(self._incomplete(why))

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
        else:
            self._seen = set()
        self._fruitless_pages = 0
        self._ready.clear()
        self._failed.clear()
        self.session_id = self._last = None
        self.taken = self._next = 0

    def _incomplete(self, why: str) -> ProfilesIncompleteError:
        return ProfilesIncompleteError(why, len(self.delivered), self.total, self.restarts)


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
