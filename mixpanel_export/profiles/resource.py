"""`client.profiles`: iterate over every profile of a query, or write them to a file, sync and async.

Thin shells over `pagination` (which pages), `fetch` (requesting them) and `writer` (writing them).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Unpack

from mixpanel_export._formats import FileFormat
from mixpanel_export._process import Undelivered
from mixpanel_export._streams import AsyncStream, Ending, Stream
from mixpanel_export.http.connections import Connections
from mixpanel_export.profiles.fetch import async_batches, batches
from mixpanel_export.profiles.file import ProfilesProgress, ProfilesProgressListener
from mixpanel_export.profiles.pagination import Paging
from mixpanel_export.profiles.query import ProfileFilters, ProfileQuery
from mixpanel_export.profiles.writer import write, write_async, writing_to_file, writing_to_stream
from mixpanel_export_api.api import Records
from mixpanel_export_api.api.profiles import AsyncProfilesResource, ProfilesResource
from mixpanel_export_api.models.behavior import Behavior
from mixpanel_export_api.models.profile import Profile

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

    from mixpanel_export.http.context import Context
    from mixpanel_export_api.api import AsyncCaller, Caller, Expression

__all__ = ["AsyncProfiles", "Profiles"]


class Profiles(ProfilesResource):
    """User and group profiles, over a synchronous client."""

    def __init__(self, client: Caller, context: Context, http: Connections) -> None:
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
        allow_shortfall: bool = False,
    ) -> Stream[Profile]:
        """Iterate over every matching profile, each once, however many pages that takes.

        The first page tells how many pages there are; after it, up to four are requested in parallel, within the
        request budget, and delivered in order. Memory holds a few pages, and 16 bytes of each delivered profile: if
        Mixpanel loses the session of the query, it is restarted, and profiles delivered before are left out. If the
        query has more pages than the hourly budget has left, the last requests of the hour are spread over it, so
        that the session is not lost while waiting.

        This call checks the arguments; the first page is requested together with the first profile. Closing or
        dropping the iterator ends its requests.

        Args:
            where: only profiles for which this segmentation expression is true.
            output_properties: only these properties of each profile; all when left out.
            cohort: only members of the cohort with this id. Not together with `behaviors`.
            distinct_ids: only the profiles with these distinct ids. They are sent with every page, in its body, so
                there may be thousands.
            group: the id of a group key, to read group profiles in place of user profiles.
            behaviors: conditions on what users did, used by name in `where`. Not together with `cohort`.
            as_of_timestamp: the unix time in seconds at which `behaviors` are evaluated; by default the time of
                this call. Mixpanel requires one if there is a second page.
            include_all_users: False leaves out cohort members that have no profile. With `cohort` only.
            allow_shortfall: end without an error if Mixpanel sends fewer profiles than the total it reports.

        Returns:
            Stream: an iterator of profiles, each once, with its `distinct_id` and its `properties`; `to_pandas()`,
            `to_polars()` and `to_arrow()` load all of them, with a column for each property.

        Raises:
            InvalidArgumentError: for an argument that is not allowed; nothing is sent.
            APIError: when Mixpanel refuses, or fails more often than the client's `RetryPolicy` retries.
            ProfilesIncompleteError: when the session was lost repeatedly, or fewer profiles came than Mixpanel
                says there are; it tells how many were delivered.
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
            allow_shortfall=allow_shortfall,
        )
        ending = Ending()
        return Stream(self._iterate(query, ending), lambda: _records(self._iterate(query, Ending())), ending)

    def _iterate(self, query: ProfileQuery, ending: Ending) -> Iterator[Profile]:
        pages = batches(self._context, self._http, query, Paging(allows_shortfall=query.allows_shortfall))
        undelivered = Undelivered()
        with ending:
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
        format: FileFormat | None = None,
        progress: ProfilesProgressListener | None = None,
        **filters: Unpack[ProfileFilters],
    ) -> ProfilesProgress:
        """Write every matching profile to one file of JSON Lines, Parquet or CSV.

        The file appears under its name only when it is complete, and holds the profiles of one session of the
        query. Until then they are in `.NAME.part` beside it. Interrupt it at any time: while Mixpanel keeps the
        session, which is some minutes, the same call resumes; after that it starts again. JSON Lines hold the
        profiles as Mixpanel sent them, with every digit.

        Parquet and CSV files are made once all profiles are there. Each property has a column of its name, after
        `distinct_id` and the fields of group profiles. No value is changed: a property with values of several types
        is JSON text as sent, as lists and objects are. An empty cell is an absent property; if any is null, the
        column `null_properties` lists those that are. Past 2,000 columns, the rarer properties are a JSON object in
        the column `other_properties`.

        Args:
            path: the file; an existing one is replaced, atomically.
            format: `jsonl`, `jsonl.gz`, `parquet` or `csv`, the last two with the extra `arrow`; by default what
                the file's name ends with, or `jsonl.gz`.
            progress: called with the totals after each page.
            filters: `where`, `output_properties`, `cohort`, `distinct_ids`, `group`, `behaviors`,
                `as_of_timestamp`, `include_all_users` and `allow_shortfall`, as for `all`.

        Returns:
            The totals.

        Raises:
            DirectoryBusyError: when another process is writing the same file.
            MissingExtraError: for a format that needs the extra `arrow`, without it; nothing is sent.
            UnrepresentableError: for a number too large for a double, such as `1e400`, in a profile with NaN, which
                JSON does not have.
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
        """Write every matching profile as JSON Lines to an open binary file, such as `sys.stdout.buffer`.

        Takes and raises what `to_file` does; when it raises, some pages may have been written. A lost session is
        handled as by `all`.
        """
        writing = writing_to_stream(self._context, file, progress, filters)
        return write(self._context, self._http, writing)


class AsyncProfiles(AsyncProfilesResource):
    """User and group profiles, over an asynchronous client."""

    def __init__(self, client: AsyncCaller, context: Context) -> None:
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
        allow_shortfall: bool = False,
    ) -> AsyncStream[Profile]:
        """Iterate over every matching profile: `async for profile in client.profiles.all(...)`.

        Takes, yields and raises what `Profiles.all` does. If you stop early, close it with `aclose()` (or
        `contextlib.aclosing`) to end its requests at once.
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
            allow_shortfall=allow_shortfall,
        )
        ending = Ending()
        return AsyncStream(
            self._iterate(query, ending), lambda: _AsyncRecords(self._iterate(query, Ending())), ending
        )

    async def _iterate(self, query: ProfileQuery, ending: Ending) -> AsyncIterator[Profile]:
        pages = async_batches(
            self._context, self._client, query, Paging(allows_shortfall=query.allows_shortfall)
        )
        undelivered = Undelivered()
        with ending:
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
        format: FileFormat | None = None,
        progress: ProfilesProgressListener | None = None,
        **filters: Unpack[ProfileFilters],
    ) -> ProfilesProgress:
        """Write to a file as `Profiles.to_file` does; a thread writes it and calls `progress`.

        Cancelling the task ends it at once; the same call resumes, as after any interruption.
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
        """Write to a stream as `Profiles.to_stream` does; a thread writes to `file` and calls `progress`.

        Cancelling the task ends it at once, except for a page that is being written.
        """
        writing = writing_to_stream(self._context, file, progress, filters)
        return await write_async(self._context, self._client, writing)


def _records(profiles: Iterable[Profile]) -> Records[Profile]:
    return Records(profiles, Profile)


class _AsyncRecords:
    def __init__(self, profiles: AsyncIterator[Profile]) -> None:
        self._profiles = profiles

    async def to_pandas(self) -> pandas.DataFrame:
        return (await self._all()).to_pandas()

    async def to_polars(self) -> polars.DataFrame:
        return (await self._all()).to_polars()

    async def to_arrow(self) -> pyarrow.Table:
        return (await self._all()).to_arrow()

    async def _all(self) -> Records[Profile]:
        return _records([profile async for profile in self._profiles])
