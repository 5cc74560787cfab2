"""A dlt source of a project's events, profiles, annotations, cohorts and Lexicon. Needs the extra `dlt`.

Events are merged by ranges of days: all rows of a range that is fetched again are replaced, in one transaction of
the destination. No value is ever cast: properties are JSON text, or have columns that stay the same from load to
load. See `day_ranges` for the choice of ranges.
"""

from __future__ import annotations

import contextlib
import datetime
import importlib
import json
import os
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, Unpack, cast

from attrs import field, frozen

from mixpanel_export import dates
from mixpanel_export._extras import needs_extra
from mixpanel_export.client import MixpanelClient
from mixpanel_export.directory.resource import DEFAULT_LOOK_BACK
from mixpanel_export.download.job import ExportOptions
from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export.http.arguments import check_options
from mixpanel_export.integrations.day_ranges import LoadedRange, ranges_to_load, record_loaded
from mixpanel_export.profiles.query import ProfileFilters
from mixpanel_export.schema.kinds import NULLS, unique_name

with needs_extra("Loading with dlt", "dlt"):
    import pyarrow as pa

    dlt: Any = importlib.import_module("dlt")

    from mixpanel_export.columns.compute import nulls
    from mixpanel_export.columns.fixed import ColumnSchema, fixed_schema
    from mixpanel_export.columns.json_layout import properties_text
    from mixpanel_export.columns.schemas import json_schema

if TYPE_CHECKING:
    from mixpanel_export.dates import DateLike
    from mixpanel_export.http.context import Context

__all__ = ["EventColumns", "mixpanel_source"]

EventColumns: TypeAlias = "ColumnSchema | str | os.PathLike[str] | Literal['lexicon']"
"""The columns of events: fixed ones, the JSON file that holds them, or `lexicon`."""

_LEXICON = "lexicon"
_RANGE = "range_day"
_DELETED = "is_deleted"
# A filter of the whole range, a file of one export, and names that dlt gives itself.
_NOT_HERE = ("limit", "malformed_path", "column_names", "slice_days")

_TEXT: Mapping[str, Any] = {"data_type": "text"}
_NUMBER: Mapping[str, Any] = {"data_type": "bigint"}
_JSON: Mapping[str, Any] = {"data_type": "json"}
_KEYS: Mapping[str, Any] = {
    _RANGE: {"data_type": "date", "merge_key": True},
    _DELETED: {"data_type": "bool", "hard_delete": True},
}


def mixpanel_source(
    from_date: DateLike,
    to_date: DateLike | None = None,
    *,
    client: MixpanelClient | None = None,
    look_back: int = DEFAULT_LOOK_BACK,
    columns: EventColumns | None = None,
    profiles: ProfileFilters | None = None,
    **options: Unpack[ExportOptions],
) -> Any:
    """Return a dlt source with the resources `events`, `profiles`, `annotations`, `cohorts` and `lexicon`.

    >>> pipeline.run(mixpanel_source("2024-01-01").with_resources("events"))  # doctest: +SKIP

    `events` is loaded incrementally: the first load fetches all days, and each later one the days since, and again
    those of the look-back. A day that is fetched again is replaced, and a day that has become empty is emptied. The
    state of the pipeline says which days are there. Its table has `event`, `time`, `distinct_id`, `insert_id`,
    `properties` (JSON text) and `range_day`, the first of the days that were fetched together, which the merge goes
    by. The other resources replace their tables.

    Args:
        from_date: the first day of the table `events`.
        to_date: its last day; by default yesterday in the client's time zone.
        client: the client; by default one made by `MixpanelClient.from_env()`.
        look_back: the number of last loaded days to fetch again, for events that arrived late.
        columns: for events, fixed columns instead of `properties`: the result of `client.export.columns()`, the
            file it was saved to, or `"lexicon"`, to take them from Lexicon in the first load. They stay the same in
            later loads. A value that does not fit its column goes to the column `overflow`, as JSON text.
        profiles: the filters of `client.profiles.all`, as a dictionary.
        options: `event`, `where`, `fields`, `exclude`, `bucket`, `time_in_ms`, `deduplicate`, `on_malformed`,
            `parallel`, `memory`, `max_line` and `allow_unproved`, as for `client.export.events`.

    Returns:
        dlt.sources.DltSource: the source.

    Raises:
        MissingExtraError: when the extra `dlt` is not installed.
        InvalidArgumentError: for an argument that is not allowed. Extracting raises it when the table holds events
            of another query.
    """
    check_options(options, ExportOptions)
    for name in _NOT_HERE:
        if options.get(name) is not None:
            raise InvalidArgumentError(name, options.get(name), "loads of days do not have this argument")
    if isinstance(look_back, bool) or not isinstance(look_back, int) or look_back < 0:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidArgumentError("look_back", look_back, "expected a number of days")
    first = dates.to_date("from_date", from_date)
    last = dates.to_date("to_date", to_date) if to_date is not None else None
    fixed = fixed_schema(columns) if columns is not None and columns != _LEXICON else None
    events = _Events(client, first, last, look_back, fixed, columns == _LEXICON, options)
    filters: ProfileFilters = profiles or {}

    def resources() -> Any:
        return [
            _resource("events", "merge", _KEYS, events.extract),
            _resource("profiles", "replace", _PROFILES, lambda: _profiles(client, filters)),
            _resource("annotations", "replace", _ANNOTATIONS, lambda: _annotations(client)),
            _resource("cohorts", "replace", _COHORTS, lambda: _cohorts(client)),
            _resource("lexicon", "replace", _LEXICON_COLUMNS, lambda: _lexicon(client)),
        ]

    return dlt.source(resources, name="mixpanel", max_table_nesting=0)()


@contextlib.contextmanager
def _connected(client: MixpanelClient | None) -> Generator[MixpanelClient]:
    if client is not None:
        yield client
        return
    with MixpanelClient.from_env() as own:
        yield own


@frozen
class _Events:
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
        with _connected(self.client) as client:
            context: Context = client._context  # pyright: ignore[reportPrivateUsage]
            self._check_same(state, context)
            table = _EventTable(self._columns(client, state), naming)
            loaded = [LoadedRange.from_state(range_) for range_ in state.get("ranges", ())]
            today = context.today()
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
        self.hints: dict[str, Any] = _copied(_KEYS)
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


_PROFILES: Mapping[str, Any] = {
    "distinct_id": _TEXT,
    "properties": {**_TEXT, "nullable": False},
    "group_key": _TEXT,
    "group_id": _TEXT,
    "data_group_id": _TEXT,
}
_ANNOTATIONS: Mapping[str, Any] = {
    "id": _NUMBER,
    "date": _TEXT,
    "description": _TEXT,
    "user": _JSON,
    "tags": _JSON,
}
_COHORTS: Mapping[str, Any] = {
    "id": _NUMBER,
    "name": _TEXT,
    "count": _NUMBER,
    "description": _TEXT,
    "created": _TEXT,
    "is_visible": {"data_type": "bool"},
    "project_id": _NUMBER,
    "data_group_id": _TEXT,
}
_LEXICON_COLUMNS: Mapping[str, Any] = {
    "entity_type": _TEXT,
    "entity": _TEXT,
    "property": _TEXT,
    "type": _TEXT,
    "description": _TEXT,
    "definition": _TEXT,
}


def _resource(
    name: str, disposition: str, columns: Mapping[str, Any], rows: Callable[[], Iterator[Any]]
) -> Any:
    # dlt marks the function that it is given, and each name needs its own.
    def extract() -> Iterator[Any]:
        yield from rows()

    # It also adds to the hints.
    return dlt.resource(extract, name=name, write_disposition=disposition, columns=_copied(columns))


def _copied(columns: Mapping[str, Any]) -> dict[str, Any]:
    return {name: {**hints} for name, hints in columns.items()}


def _profiles(client: MixpanelClient | None, filters: ProfileFilters) -> Iterator[dict[str, Any]]:
    with _connected(client) as connected:
        for profile in connected.profiles.all(**filters):
            data = profile.to_dict()
            properties = properties_text(data.pop("$properties", None) or {}, 0)
            ids = {name.removeprefix("$"): _as_text(value) for name, value in data.items()}
            yield {**ids, "properties": properties}


def _annotations(client: MixpanelClient | None) -> Iterator[dict[str, Any]]:
    with _connected(client) as connected:
        for annotation in connected.annotations.list():
            yield annotation.to_dict()


def _cohorts(client: MixpanelClient | None) -> Iterator[dict[str, Any]]:
    with _connected(client) as connected:
        for cohort in connected.cohorts.list():
            data = cohort.to_dict()
            group = _as_text(data.get("data_group_id"))
            yield {**data, "is_visible": cohort.is_visible, "data_group_id": group}


def _lexicon(client: MixpanelClient | None) -> Iterator[dict[str, Any]]:
    with _connected(client) as connected:
        for entity in connected.schemas.list():
            data = entity.to_dict()
            schema: dict[str, Any] = data.get("schemaJson") or {}
            properties: dict[str, Any] = schema.get("properties") or {}
            own = {name: value for name, value in schema.items() if name != "properties"}
            for name, definition in ((None, own), *properties.items()):
                yield {
                    "entity_type": data.get("entityType"),
                    "entity": data.get("name"),
                    "property": name,
                    "type": _as_text((definition or {}).get("type")),
                    "description": (definition or {}).get("description"),
                    "definition": properties_text(definition or {}, 0),
                }


def _as_text(value: object) -> str | None:
    """Return text as it is, and any other value as JSON."""
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)
