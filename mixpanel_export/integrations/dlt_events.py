"""The resource `events` of the dlt source: which days it fetches, and the rows and hints of its table.

See `dlt_source` for the source.
"""

from __future__ import annotations

import contextlib
import datetime
import importlib
import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa
from attrs import field, frozen

from mixpanel_export import dates
from mixpanel_export.client import MixpanelClient
from mixpanel_export.columns.compute import nulls
from mixpanel_export.columns.fixed import ColumnSchema
from mixpanel_export.columns.schemas import json_schema
from mixpanel_export.download.job import ExportOptions
from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export.integrations.day_ranges import LoadedRange, ranges_to_load, record_loaded
from mixpanel_export.schema.kinds import NULLS, unique_name

if TYPE_CHECKING:
    from mixpanel_export.http.context import Context

__all__ = ["KEYS", "EventLoads", "connected", "copied_hints"]

dlt: Any = importlib.import_module("dlt")

_RANGE = "range_day"
_DELETED = "is_deleted"
KEYS: Mapping[str, Any] = {
    _RANGE: {"data_type": "date", "merge_key": True},
    _DELETED: {"data_type": "bool", "hard_delete": True},
}


@contextlib.contextmanager
def connected(client: MixpanelClient | None) -> Generator[MixpanelClient]:
    """Yield the client, or one made from the environment for this once."""
    if client is not None:
        yield client
        return
    with MixpanelClient.from_env() as own:
        yield own


@frozen
class EventLoads:
    """The resource `events`; the attributes are the arguments of the source."""

    client: MixpanelClient | None
    from_date: datetime.date
    to_date: datetime.date | None
    look_back: int
    columns: ColumnSchema | None
    from_lexicon: bool
    options: ExportOptions = field(repr=False)

    def extract(self) -> Iterator[Any]:
        """Yield the rows of each range that is due, led by a row that deletes the range's old ones."""
        state: dict[str, Any] = dlt.current.resource_state()
        naming = dlt.current.source_schema().naming
        with connected(self.client) as client:
            context: Context = client._context  # pyright: ignore[reportPrivateUsage]
            self._check_same(state, context)
            table = _EventTable(self._columns(client, state), naming)
            loaded = [LoadedRange.from_state(range_) for range_ in state.get("ranges", ())]
            today = context.today()
            dates.check_range("from_date", None, "to_date", self.to_date, today)
            last = self.to_date or today - datetime.timedelta(days=1)
            for range_ in ranges_to_load(loaded, self.from_date, last, today, self.look_back):
                yield from self._extract_range(client, table, range_)
                loaded = record_loaded(loaded, range_)
                state["ranges"] = [range_.to_state() for range_ in loaded]

    def _extract_range(
        self, client: MixpanelClient, table: _EventTable, range_: LoadedRange
    ) -> Iterator[Any]:
        options: dict[str, Any] = {**self.options}
        if range_.from_date == range_.to_date:
            options["slice_days"] = 1
        batches = client.export.batches(
            range_.from_date,
            range_.to_date,
            layout="wide" if table.columns is not None else "json",
            columns=table.columns,
            **options,
        )
        with batches:
            yield dlt.mark.with_hints(
                table.deletion(batches.schema, range_.from_date), dlt.mark.make_hints(columns=table.hints)
            )
            for batch in batches:
                yield table.rows(batch, range_.from_date)

    def _columns(self, client: MixpanelClient, state: dict[str, Any]) -> ColumnSchema | None:
        """Return the columns of the table: those of the first load."""
        recorded: str | None = state.get("columns")
        if recorded is not None:
            kept = ColumnSchema.from_json(recorded)
            if self.columns is not None and self.columns != kept:
                raise InvalidArgumentError(
                    "columns", None, "the table has other columns, and values would be cast; " + _ELSEWHERE
                )
            return kept
        columns = self.columns
        if self.from_lexicon:
            last = self.to_date or self.from_date
            columns = client.export.columns(
                self.from_date, last, sample=0, **_selected(self.options, ("event", "fields", "exclude"))
            )
        if columns is not None:
            state["columns"] = columns.to_json()
        return columns

    def _check_same(self, state: dict[str, Any], context: Context) -> None:
        """Raise InvalidArgumentError when the table holds events of another query."""
        names = ("event", "where", "fields", "exclude", "bucket", "time_in_ms", "deduplicate")
        options = _selected(self.options, names)
        if isinstance(event := options.get("event"), str):
            options["event"] = [event]
        query: dict[str, Any] = {
            name: sorted(cast("Sequence[str]", value)) if name in _LISTS else str(value)
            for name, value in options.items()
            if value is not None and value is not False
        }
        query |= {
            "project_id": context.project_id,
            "timezone": str(context.zone),
            "columns": self.columns is not None or self.from_lexicon,
        }
        recorded: dict[str, Any] = state.setdefault("query", query)
        differing = sorted(name for name in {*query, *recorded} if query.get(name) != recorded.get(name))
        if differing:
            name = differing[0]
            raise InvalidArgumentError(
                name, query.get(name), f"the table was loaded with {recorded.get(name)!r}; " + _ELSEWHERE
            )


# Filters that name several things, in any order.
_LISTS = ("event", "fields", "exclude")
_ELSEWHERE = "load into another dataset, or start again with pipeline.run(…, refresh='drop_resources')"


def _selected(options: ExportOptions, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: options[name] for name in names if name in options}  # type: ignore[literal-required]


class _EventTable:
    """The table `events`: its hints, and its rows as Arrow batches.

    Args:
        columns: fixed columns; None for the layout `json`.
        naming: the naming convention of the destination, under which no two columns may have the same name.
    """

    def __init__(self, columns: ColumnSchema | None, naming: Any) -> None:
        self.columns = columns
        self._names: dict[str, str] = {}
        self.hints: dict[str, Any] = copied_hints(KEYS)
        of_property = {} if columns is None else {name: prop for prop, name in columns.names.items()}
        taken = {_RANGE, _DELETED}
        schema = json_schema("UTC", 1) if columns is None else columns.arrow_schema()
        # The columns that every event has keep their names.
        for name in sorted(schema.names, key=lambda name: name in of_property):
            own = unique_name(naming.normalize_identifier(name), taken)
            self._names[name] = own
            taken.add(own.casefold())
        for name, arrow_type in zip(schema.names, schema.types, strict=True):
            hint: dict[str, Any] = {"data_type": _data_type(arrow_type), "nullable": True}
            if name in of_property:
                hint["x-mixpanel-property"] = of_property[name]
            self.hints[self._names[name]] = hint

    def rows(self, batch: pa.RecordBatch, range_day: datetime.date) -> pa.Table:
        """Return the rows of a batch."""
        untyped: Any = batch
        arrays: list[Any] = [
            _names_text(array) if name == NULLS else array
            for name, array in zip(batch.schema.names, untyped.columns, strict=True)
        ]
        return self._table(batch.schema, arrays, range_day, batch.num_rows, is_deleted=None)

    def deletion(self, schema: pa.Schema, range_day: datetime.date) -> pa.Table:
        """Return the row that stands for the deletion of a range."""
        arrays = [
            nulls(1, pa.string() if name == NULLS else arrow_type)
            for name, arrow_type in zip(schema.names, schema.types, strict=True)
        ]
        return self._table(schema, arrays, range_day, 1, is_deleted=True)

    def _table(
        self,
        schema: pa.Schema,
        arrays: list[Any],
        range_day: datetime.date,
        rows: int,
        *,
        is_deleted: bool | None,
    ) -> pa.Table:
        types: list[tuple[str, pa.DataType]] = [
            (self._names[name], array.type) for name, array in zip(schema.names, arrays, strict=True)
        ]
        types.append((_RANGE, pa.date32()))
        types.append((_DELETED, pa.bool_()))
        days = pa.repeat(pa.scalar(range_day, pa.date32()), rows)
        deleted = pa.repeat(pa.scalar(is_deleted, pa.bool_()), rows)
        return pa.Table.from_arrays([*arrays, days, deleted], schema=pa.schema(types))


def _data_type(arrow_type: pa.DataType) -> str:
    if pa.types.is_timestamp(arrow_type):
        return "timestamp"
    if pa.types.is_boolean(arrow_type):
        return "bool"
    if pa.types.is_integer(arrow_type):
        return "bigint"
    return "double" if pa.types.is_floating(arrow_type) else "text"


def _names_text(names: Any) -> Any:
    """Return lists of names as JSON text; empty ones are null."""
    return pa.array(
        [json.dumps(listed, ensure_ascii=False) if listed else None for listed in names.to_pylist()],
        pa.string(),
    )


def copied_hints(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return hints of columns that dlt may add to."""
    return {name: {**hints} for name, hints in columns.items()}
