"""Read exports with Spark 4: `spark.read.format("mixpanel")`, and `readStream`. Needs the extra `spark`.

Each partition is a slice of `client.export.slices()`: planned on the driver, fetched by one request where it lands,
and delivered as Arrow batches only once it is complete. A task that Spark runs again fetches its slice again.
"""

from __future__ import annotations

import datetime
import importlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mixpanel_export import dates
from mixpanel_export._extras import needs_extra
from mixpanel_export.client import MixpanelClient
from mixpanel_export.errors import BudgetExhaustedError, InvalidArgumentError
from mixpanel_export.export.tasks import SliceTask

with needs_extra("Reading exports with Spark", "spark"):
    import pyarrow as pa

    from mixpanel_export.columns.schemas import json_schema
    from mixpanel_export.integrations.spark_options import SparkOptions

    _types: Any = importlib.import_module("pyspark.sql.pandas.types")
    _sources: Any = importlib.import_module("pyspark.sql.datasource")

if TYPE_CHECKING:
    # pyspark is not installed where types are checked.
    class DataSource:
        options: Mapping[str, str]

    class DataSourceReader: ...

    class DataSourceStreamReader: ...

    class InputPartition:
        def __init__(self, value: object) -> None: ...

    class SupportsTriggerAvailableNow: ...
else:
    from pyspark.sql.datasource import DataSource, DataSourceReader, DataSourceStreamReader, InputPartition

    try:
        from pyspark.sql.streaming.datasource import SupportsTriggerAvailableNow
    except ImportError:  # before Spark 4.2

        class SupportsTriggerAvailableNow: ...


__all__ = ["MixpanelDataSource", "register"]

_DAY = datetime.timedelta(days=1)
_JSON_SCHEMA = (
    "event string not null, time timestamp, distinct_id string, insert_id string, properties string not null"
)
_PUSHDOWN = "spark.sql.python.filterPushdown.enabled"
# Days: the zone of a project's days may not be that of a filter's times.
_MARGIN = 1


def register(spark: Any) -> None:
    """Register the data source `mixpanel` with a Spark session.

    Filters on `event` and `time` reduce what is fetched if the session allows it, by
    `spark.sql.python.filterPushdown.enabled=true` (Spark 4.1 and later). Without that,
    `spark.dataSource.register(MixpanelDataSource)` does the same.
    """
    allows = str(spark.conf.get(_PUSHDOWN, "false")).lower() == "true"
    spark.dataSource.register(_PushdownDataSource if allows else MixpanelDataSource)


class MixpanelDataSource(DataSource):
    """The data source `mixpanel`, for batch and streaming queries.

    Options, all of them strings:

    - `from`, `to`: the first and the last day; by default, the last is yesterday, or a stream never ends.
    - `event`, `fields`, `exclude`: a name, or a JSON list of names. `where`: a segmentation expression.
      `deduplicate`, `on_malformed`, `bucket`, `memory`, `max_line`, `allow_unproved`: as for
      `client.export.batches`.
    - `columns`: the JSON of `ColumnSchema.to_json()`, or the path of its file on the driver; by default, all
      properties are one JSON text, `properties`.
    - `probe`: by default `true`: fetch one day first, and cut slices by its size. `parallel`: the number of slices
      without a probe. `slice_days`: the days of each slice, instead.
    - `project_id`, `region`, `base_url`, `timezone`: as for the client. Credentials, and what is not given, come
      from the environment of the driver and of each executor, so no secret is in a plan.
    - `shared_budget_url`: the URL of a Redis in which all executors count their requests; see `Limits.shared`.
    - `delay_days`, for streams: the days to wait after a day is over, for late events. `days_per_batch`: the most
      days of a batch.
    """

    @classmethod
    def name(cls) -> str:
        """Return the name of the format."""
        return "mixpanel"

    def schema(self) -> Any:
        """Return the schema of the table."""
        options = SparkOptions.parse(self.options)
        if options.columns is None:
            return _JSON_SCHEMA
        return _types.from_arrow_schema(options.columns.arrow_schema())

    def reader(self, schema: Any) -> Any:
        """Return the reader of a batch query."""
        return _Reader(SparkOptions.parse(self.options))

    def streamReader(self, schema: Any) -> Any:  # noqa: N802
        """Return the reader of a streaming query."""
        return _StreamReader(SparkOptions.parse(self.options))


class _PushdownDataSource(MixpanelDataSource):
    """The same for sessions that push filters down; Spark refuses its reader in others."""

    def reader(self, schema: Any) -> Any:
        return _PushdownReader(SparkOptions.parse(self.options))


class _Partition(InputPartition):
    """One slice.

    Attributes:
        task: fetches it.
    """

    def __init__(self, task: SliceTask) -> None:
        super().__init__(task)
        self.task = task


class _Slices:
    """Plans slices on the driver, and reads them on executors."""

    def __init__(self, options: SparkOptions) -> None:
        self._options = options
        # As Spark reads it: times in UTC, and nothing about properties.
        of_events = json_schema("UTC", 1) if options.columns is None else options.columns.arrow_schema()
        self._arrow_schema: pa.Schema = of_events.remove_metadata()

    def _connect(self) -> MixpanelClient:
        return MixpanelClient.from_env(**self._options.client)

    def _plan(
        self, first: datetime.date, last: datetime.date, export: Mapping[str, Any]
    ) -> Sequence[InputPartition]:
        """Plan slices, and fail on the driver when the budget has no room for them."""
        if first > last:
            return []
        with self._connect() as client:
            probe = self._options.probe and first < last
            tasks = client.export.slices(first, last, probe=probe, **export)
        if not tasks.fits_budget():
            raise BudgetExhaustedError(
                f"{first} to {last} takes {len(tasks)} requests, and {tasks.used} of {tasks.per_hour} an hour "
                "are used; read fewer days or longer slices, or try again later",
                3600.0,
            )
        return [_Partition(task) for task in tasks]

    def read(self, partition: InputPartition) -> Iterator[pa.RecordBatch]:
        """Fetch a slice, on an executor."""
        if not isinstance(partition, _Partition):
            # Spark's stand-in for an empty list.
            return
        columns = self._options.columns
        layout: Any = "json" if columns is None else "wide"
        with partition.task.batches(layout=layout, columns=columns) as batches:
            for batch in batches:
                # Only time zones and metadata differ; values stay as they are.
                yield batch.cast(self._arrow_schema)


class _Reader(_Slices, DataSourceReader):
    def __init__(self, options: SparkOptions) -> None:
        super().__init__(options)
        self._earliest: datetime.date | None = None
        self._latest: datetime.date | None = None
        self._events: set[str] | None = None

    def partitions(self) -> Sequence[InputPartition]:
        """Return the slices of all days."""
        options = self._options
        last = options.to_date or _yesterday(self._connect())
        first = max(options.from_date, self._earliest or options.from_date)
        last = min(last, self._latest or last)
        if self._events is None:
            return self._plan(first, last, options.export)
        if not self._events:
            return []
        try:
            return self._plan(first, last, {**options.export, "event": sorted(self._events)})
        except InvalidArgumentError:
            # No request can name these events: an empty name, or too many. Spark filters the rows.
            return self._plan(first, last, options.export)


class _PushdownReader(_Reader):
    def pushFilters(self, filters: Sequence[Any]) -> Iterable[Any]:  # noqa: N802
        """Take names of events, and the days of times, from filters; Spark applies all of them once more."""
        wanted = self._options.export.get("event")
        for pushed in filters:
            attribute = getattr(pushed, "attribute", None)
            if attribute == ("event",):
                names = _names_in(pushed)
                if names is not None:
                    known = self._events if self._events is not None else wanted
                    self._events = names if known is None else names.intersection(known)
            elif attribute == ("time",):
                self._push_time(pushed)
            yield pushed

    def _push_time(self, pushed: Any) -> None:
        earliest, latest = _days_in(pushed)
        if earliest is not None:
            self._earliest = max(dates.shift(earliest, -_MARGIN), self._earliest or datetime.date.min)
        if latest is not None:
            self._latest = min(dates.shift(latest, _MARGIN), self._latest or datetime.date.max)


def _names_in(pushed: Any) -> set[str] | None:
    """Return the names that a filter on events lets through; None for any other filter."""
    if type(pushed) in (_sources.EqualTo, _sources.EqualNullSafe) and isinstance(pushed.value, str):
        return {pushed.value}
    if type(pushed) is _sources.In:
        return {name for name in pushed.value if isinstance(name, str)}
    return None


def _days_in(pushed: Any) -> tuple[datetime.date | None, datetime.date | None]:
    """Return the first and the last UTC day that a filter on times lets through; None for no bound."""
    value = getattr(pushed, "value", None)
    if not isinstance(value, datetime.datetime):
        return None, None
    try:
        day = (value.astimezone(datetime.UTC) if value.tzinfo is not None else value).date()
    except OverflowError:
        return None, None
    if type(pushed) in (_sources.GreaterThan, _sources.GreaterThanOrEqual):
        return day, None
    if type(pushed) in (_sources.LessThan, _sources.LessThanOrEqual):
        return None, day
    if type(pushed) in (_sources.EqualTo, _sources.EqualNullSafe):
        return day, day
    return None, None


class _StreamReader(_Slices, DataSourceStreamReader, SupportsTriggerAvailableNow):
    """Reads each day once, when it is over; an offset is the first day that has not been read."""

    def __init__(self, options: SparkOptions) -> None:
        super().__init__(options)
        self._target: datetime.date | None = None

    def initialOffset(self) -> dict[str, str]:  # noqa: N802
        """Return the first day."""
        return {"day": self._options.from_date.isoformat()}

    def latestOffset(self, start: Mapping[str, str] | None = None, limit: Any = None) -> dict[str, str]:  # noqa: N802
        """Return the day after the last one that is over; or less, by `days_per_batch`."""
        end = self._target or self._end()
        if start is not None:
            first = datetime.date.fromisoformat(start["day"])
            end = max(first, end)
            if (days := getattr(limit, "max_files", None)) is not None:
                end = min(end, dates.shift(first, days))
        return {"day": end.isoformat()}

    def getDefaultReadLimit(self) -> Any:  # noqa: N802
        """Return the most days of a batch, as a number of files."""
        limits: Any = importlib.import_module("pyspark.sql.streaming.datasource")
        days = self._options.days_per_batch
        return limits.ReadAllAvailable() if days is None else limits.ReadMaxFiles(days)

    def prepareForTriggerAvailableNow(self) -> None:  # noqa: N802
        """Fix the last day of the query."""
        self._target = self._end()

    def partitions(self, start: Mapping[str, str], end: Mapping[str, str]) -> Sequence[InputPartition]:
        """Return the slices of the days from one offset to before another."""
        first, after = (datetime.date.fromisoformat(offset["day"]) for offset in (start, end))
        return self._plan(first, after - _DAY, self._options.export)

    def commit(self, end: Mapping[str, str]) -> None:
        """Do nothing: an offset says it all."""

    def stop(self) -> None:
        """Do nothing: no client stays open."""

    def _end(self) -> datetime.date:
        options = self._options
        over = dates.shift(_yesterday(self._connect()), -options.delay_days)
        last = over if options.to_date is None else min(over, options.to_date)
        return max(options.from_date, last + _DAY)


def _yesterday(client: MixpanelClient) -> datetime.date:
    with client:
        return client._context.today() - _DAY  # pyright: ignore[reportPrivateUsage]
