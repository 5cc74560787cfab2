"""`ConcurrentPaginator`: all pages of profiles in one list, fetched by several threads.

The client's request budgets decide how many calls run at once, whatever the number of threads.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from multiprocessing.pool import ThreadPool
from typing import Any

from mixpanel_export.compat.exceptions import MixpanelQueryException

__all__ = ["ConcurrentPaginator"]


class ConcurrentPaginator:
    """Fetch every page of a paged call with threads.

    Args:
        get_func: fetches a page, given `session_id` and `page`: `MixpanelQueryClient.get_engage`.
        concurrency: the number of threads; the client runs five calls at once, Mixpanel's limit.
    """

    def __init__(self, get_func: Callable[..., Any], concurrency: int = 20) -> None:
        self.get_func = get_func
        self.concurrency = concurrency

    def fetch_all(self, params: Mapping[str, Any] | None = None) -> list[Any]:
        """Return the results of all pages, in order.

        Args:
            params: further arguments for every call, such as `{"where": …}`.

        Raises:
            MixpanelQueryException: a response is not a page, or a page is missing.
            Exception: any page's error from `get_func`, as soon as it occurs; no page is ever left out.
        """
        common = dict(params or {})
        first = self.get_func(**common)
        results = list(_part(first, "results", "the first page"))
        pages = _pages_after(first)
        if not pages:
            return results
        common["session_id"] = _part(first, "session_id", "the first page")

        def fetch(page: int) -> tuple[int, list[Any]]:
            found = _part(self.get_func(**common, page=page), "results", f"page {page}")
            if not found:
                raise MixpanelQueryException(
                    f"page {page} is empty, but {first['total']} results were announced; try again"
                )
            return page, found

        # Pool threads are daemons, so they don't keep the program alive while waiting for the budget.
        with ThreadPool(min(self.concurrency, len(pages))) as pool:
            fetched = dict(pool.imap_unordered(fetch, pages))
        return [*results, *itertools.chain.from_iterable(fetched[page] for page in pages)]


def _pages_after(first: Any) -> range:
    total, size, page = (_part(first, name, "the first page") for name in ("total", "page_size", "page"))
    return range(page + 1, -(-total // size))


def _part(answer: Any, name: str, what: str) -> Any:
    try:
        return answer[name]
    except (KeyError, TypeError) as error:
        raise MixpanelQueryException(f"{what} has no {name!r}") from error
