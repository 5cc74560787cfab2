"""Fetch the pages of a profile query in parallel, in threads or in tasks.

Two thin shells over one `Paging`, which decides what to request and what to deliver. Both end at once when the
iteration is abandoned.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import AsyncGenerator, Generator, Sequence
from typing import TYPE_CHECKING

from mixpanel_export._process import HomeProcess
from mixpanel_export._resources import resource_limits
from mixpanel_export.http.budget import Budget
from mixpanel_export.http.calls import operation_call
from mixpanel_export.http.cancellation import Cancellation
from mixpanel_export.http.connections import Connections
from mixpanel_export.http.context import Context
from mixpanel_export.http.raw import capturing
from mixpanel_export.http.transport import send
from mixpanel_export.profiles.pagination import Batch, BudgetHeadroom, PageRequest, Paging, pending_wait
from mixpanel_export.profiles.query import ProfileQuery
from mixpanel_export_api.api.profiles import PROFILES_QUERY
from mixpanel_export_api.models.profiles_page import ProfilesPage

if TYPE_CHECKING:
    import httpx

    from mixpanel_export_api.api import AsyncCaller

__all__ = ["async_batches", "batches"]

_JOIN_SECONDS = 10.0

_logger = logging.getLogger("mixpanel_export")


def batches(context: Context, http: Connections, query: ProfileQuery, paging: Paging) -> Generator[Batch]:
    """Yield the new profiles of each page, in order. Closing the iterator ends its threads."""
    budget = context.budget("query")
    pages = _Threads(context, http, query)
    try:
        while not paging.is_done:
            pages.check()
            while (request := paging.claim(_headroom(context, budget))) is not None:
                pages.start(request)
            batch = paging.take()
            if batch is not None:
                yield batch
            else:
                paging.settle(*pages.next_outcome())
    finally:
        pages.close()


async def async_batches(
    context: Context, client: AsyncCaller, query: ProfileQuery, paging: Paging
) -> AsyncGenerator[Batch]:
    """Yield the new profiles of each page, in order. Closing the iterator ends its tasks."""
    budget = context.budget("query")
    running: dict[asyncio.Task[tuple[ProfilesPage, bytes]], PageRequest] = {}
    home = HomeProcess()

    async def page(request: PageRequest) -> tuple[ProfilesPage, bytes]:
        _warn_of_wait(request)
        await asyncio.sleep(request.wait)
        tries = 1
        with capturing() as responses:
            found = await client.call_operation(PROFILES_QUERY, query.arguments(request))
            while (wait := pending_wait(found, tries)) is not None:
                await asyncio.sleep(wait)
                tries += 1
                found = await client.call_operation(PROFILES_QUERY, query.arguments(request))
        return found, _last_body(responses)

    try:
        while not paging.is_done:
            home.check()
            while (request := paging.claim(_headroom(context, budget))) is not None:
                running[asyncio.create_task(page(request))] = request
            batch = paging.take()
            if batch is not None:
                yield batch
                continue
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                request, error = running.pop(task), task.exception()
                outcome, body = (error, b"") if error is not None else task.result()
                paging.settle(request, outcome, body)
    finally:
        if home.is_current:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)


class _Threads:
    """One thread for each page being fetched; `close` ends whatever they wait for."""

    def __init__(self, context: Context, http: Connections, query: ProfileQuery) -> None:
        self._context = context
        self._http = http
        self._query = query
        self._cancellation = Cancellation()
        self._outcomes: queue.SimpleQueue[tuple[PageRequest, ProfilesPage | BaseException, bytes]] = (
            queue.SimpleQueue()
        )
        self._running: dict[PageRequest, threading.Thread] = {}

    def check(self) -> None:
        """Raise MixpanelError in a process forked from the one that has the threads."""
        self._cancellation.check()

    def start(self, request: PageRequest) -> None:
        """Request a page."""
        name = f"mixpanel-profiles-{request.number}"
        thread = threading.Thread(target=self._work, args=(request,), name=name, daemon=True)
        with resource_limits():
            thread.start()
        self._running[request] = thread

    def next_outcome(self) -> tuple[PageRequest, ProfilesPage | BaseException, bytes]:
        """Wait until a page has arrived or failed, and return it with its body."""
        request, outcome, body = self._outcomes.get()
        self._running.pop(request).join()
        return request, outcome, body

    def close(self) -> None:
        """End the threads."""
        if not self._cancellation.is_ours:
            return
        self._cancellation.cancel()
        for thread in self._running.values():
            thread.join(_JOIN_SECONDS)

    def _work(self, request: PageRequest) -> None:
        try:
            _warn_of_wait(request)
            self._cancellation.sleep(request.wait)
            self._outcomes.put((request, *self._page(request)))
        except BaseException as error:
            # Raised in the thread that iterates, where it can be handled.
            self._outcomes.put((request, error, b""))

    def _page(self, request: PageRequest) -> tuple[ProfilesPage, bytes]:
        call = operation_call(self._context, PROFILES_QUERY, self._query.arguments(request))
        tries = 1
        with capturing() as responses:
            page = send(self._http, call, self._cancellation)
            while (wait := pending_wait(page, tries)) is not None:
                self._cancellation.sleep(wait)
                tries += 1
                page = send(self._http, call, self._cancellation)
        return page, _last_body(responses)


def _last_body(responses: Sequence[httpx.Response]) -> bytes:
    return responses[-1].content if responses else b""


def _headroom(context: Context, budget: Budget) -> BudgetHeadroom | None:
    per_hour = context.limits.query.per_hour
    return BudgetHeadroom(max(per_hour - budget.used(), 0), per_hour) if per_hour is not None else None


def _warn_of_wait(request: PageRequest) -> None:
    if request.wait:
        _logger.warning(
            "Waiting %.0f s before page %d of the profiles: the hourly request budget is short, and the rest of it "
            "is spread so that the query's session outlives the hour",
            request.wait,
            request.number,
        )
