"""`client.profiles`: every profile of a query, sync and async, and as a file.

Thin shells: which pages there are to ask for is for `paging` to say, `pages` asks for them, `writing` writes them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Unpack

from mixpanel_export._formats import LinesFormat
from mixpanel_export._process import Undelivered
from mixpanel_export.http.connections import Connections
from mixpanel_export.profiles.fetch import async_batches, batches
from mixpanel_export.profiles.file import ProfilesProgress, ProfilesProgressListener
from mixpanel_export.profiles.pagination import Paging
from mixpanel_export.profiles.query import ProfileFilters, ProfileQuery
from mixpanel_export.profiles.writer import write, write_async, writing_to_file, writing_to_stream
from mixpanel_export_api.api.profiles import AsyncProfilesResource, ProfilesResource
from mixpanel_export_api.models.behavior import Behavior
from mixpanel_export_api.models.profile import Profile

if TYPE_CHECKING:
    from mixpanel_export.http.context import Context
    from mixpanel_export_api.api import AsyncResources, Expression, Resources

__all__ = ["AsyncProfiles", "Profiles"]


class Profiles(ProfilesResource):
    """User and group profiles, over a synchronous client."""

    def __init__(self, client: Resources, context: Context, http: Connections) -> None:
        super().__init__(client)
        self._context = context
        self._http = http

    def all(
        self,
        where: str | Expression | None = None,
        *,
        output_properties: Iterable[str] | None = None,
        cohort: int | None = None,
        distinct_ids: Iterable[str] | None = None,
        group: str | int | None = None,
        behaviors: Sequence[Behavior | Mapping[str, Any]] | None = None,
        as_of_timestamp: int | None = None,
        include_all_users: bool | None = None,
    ) -> Iterator[Profile]:
        """Every profile that fits, each once, whatever number of pages that takes.

        The first page says how many there are; from then on up to four are asked for side by side, inside the
        request budget, and delivered in order. A few pages are held in memory, and 16 bytes of each profile
        delivered: should Mixpanel lose the session of the query, it is begun anew, and what was delivered is left
        out. Where the query has more pages than the hourly budget has left, the last requests of the hour are
        spread over it, so that the session is not lost while waiting.

        Arguments are checked, and refused, by this call; the first page is asked for when the first profile is.
        Closing or dropping the iterator ends what is on its way.

        Args:
            where: only profiles for which this segmentation expression is true.
            output_properties: only these properties of each profile; all when left out.
            cohort: only members of the cohort with this id. Not together with `behaviors`.
            distinct_ids: only the profiles with these distinct ids. They are sent with every page, in its body, so
                there may be thousands.
            group: the id of a group key, to read group profiles in place of user profiles.
            behaviors: what users must have done, to be used by name in `where`. Not together with `cohort`.
            as_of_timestamp: the unix time in seconds at which `behaviors` are looked at; by default that of this
                call. Mixpanel wants one as soon as there is a second page.
            include_all_users: False leaves out cohort members that have no profile. With `cohort` only.

        Yields:
            Profile: each profile once, with its `distinct_id` and its `properties`.

        Raises:
            InvalidArgumentError: for an argument that is not allowed; nothing is sent.
            APIError: when Mixpanel refuses, or fails for longer than the client's `RetryPolicy` is patient.
            ProfilesIncompleteError: when the session was lost again and again; it says how many were delivered.
            BudgetExhaustedError: when the request budget frees later than `Limits.max_wait`.

        Source: https://developer.mixpanel.com/reference/engage-query
        """
        query = ProfileQuery.make(
            self._context,
            where=where,
            output_properties=output_properties,
            cohort=cohort,
            distinct_ids=distinct_ids,
            group=group,
            behaviors=behaviors,
            as_of_timestamp=as_of_timestamp,
            include_all_users=include_all_users,
        )
        return self._iterate(query)

    def _iterate(self, query: ProfileQuery) -> Iterator[Profile]:
        pages = batches(self._context, self._http, query, Paging())
        undelivered = Undelivered()
        try:
            for batch in pages:
                yield from undelivered.hold(batch.profiles)
                undelivered.check()
        finally:
            pages.close()

    def to_file(
        self,
        path: str | Path,
        *,
        format: LinesFormat | None = None,
        progress: ProfilesProgressListener | None = None,
        **filters: Unpack[ProfileFilters],
    ) -> ProfilesProgress:
        """Write every profile that fits to one file of JSON Lines.

        The file appears under its name only when it is complete, and holds the profiles as one session of the query
        knew them. What is written before stands in `.NAME.part` beside it. Interrupt it when you like: as long as
        Mixpanel keeps the session, which is some minutes, the same call goes on where it stopped; after that it
        begins anew.

        Args:
            path: the file; an existing one is replaced, atomically.
            format: `jsonl` or `jsonl.gz`; by default what the file's name ends with, or `jsonl.gz`.
            progress: called with the totals after each page.
            filters: `where`, `output_properties`, `cohort`, `distinct_ids`, `group`, `behaviors`,
                `as_of_timestamp` and `include_all_users`, as for `all`.

        Returns:
            The totals.

        Raises:
            DirectoryBusyError: when another process is writing the same file.
            MixpanelError: as for `all`; the file is then not there, or unchanged.
        """
        writing = writing_to_file(self._context, path, format, progress, filters)
        return write(self._context, self._http, writing)

    def to_stream(
        self,
        file: IO[bytes],
        *,
        progress: ProfilesProgressListener | None = None,
        **filters: Unpack[ProfileFilters],
    ) -> ProfilesProgress:
        """Write every profile that fits as JSON Lines to an open binary file, such as `sys.stdout.buffer`.

        Takes and raises what `to_file` does; when it raises, some pages may have been written. A session that is
        lost is survived as by `all`.
        """
        writing = writing_to_stream(self._context, file, progress, filters)
        return write(self._context, self._http, writing)


class AsyncProfiles(AsyncProfilesResource):
    """User and group profiles, over an asynchronous client."""

    def __init__(self, client: AsyncResources, context: Context) -> None:
        super().__init__(client)
        self._context = context

    def all(
        self,
        where: str | Expression | None = None,
        *,
        output_properties: Iterable[str] | None = None,
        cohort: int | None = None,
        distinct_ids: Iterable[str] | None = None,
        group: str | int | None = None,
        behaviors: Sequence[Behavior | Mapping[str, Any]] | None = None,
        as_of_timestamp: int | None = None,
        include_all_users: bool | None = None,
    ) -> AsyncIterator[Profile]:
        """Every profile that fits: `async for profile in client.profiles.all(...)`.

        Takes, yields and raises what `Profiles.all` does. Close it with `aclose()` (or `contextlib.aclosing`) when
        you stop early and want its requests ended at that very moment.
        """
        query = ProfileQuery.make(
            self._context,
            where=where,
            output_properties=output_properties,
            cohort=cohort,
            distinct_ids=distinct_ids,
            group=group,
            behaviors=behaviors,
            as_of_timestamp=as_of_timestamp,
            include_all_users=include_all_users,
        )
        return self._iterate(query)

    async def _iterate(self, query: ProfileQuery) -> AsyncIterator[Profile]:
        pages = async_batches(self._context, self._client, query, Paging())
        undelivered = Undelivered()
        try:
            async for batch in pages:
                for profile in undelivered.hold(batch.profiles):
                    yield profile
                undelivered.check()
        finally:
            await pages.aclose()

    async def to_file(
        self,
        path: str | Path,
        *,
        format: LinesFormat | None = None,
        progress: ProfilesProgressListener | None = None,
        **filters: Unpack[ProfileFilters],
    ) -> ProfilesProgress:
        """As `Profiles.to_file`; the file is written, and `progress` called, in a thread.

        When the task is cancelled, it ends at once, and the same call goes on as after any other interruption.
        """
        writing = writing_to_file(self._context, path, format, progress, filters)
        return await write_async(self._context, self._client, writing)

    async def to_stream(
        self,
        file: IO[bytes],
        *,
        progress: ProfilesProgressListener | None = None,
        **filters: Unpack[ProfileFilters],
    ) -> ProfilesProgress:
        """As `Profiles.to_stream`; `file` is written to, and `progress` called, in a thread.

        When the task is cancelled, it ends at once, but for a page that is being written: that is waited for.
        """
        writing = writing_to_stream(self._context, file, progress, filters)
        return await write_async(self._context, self._client, writing)
