"""A dlt source of a project's events, profiles, annotations, cohorts and Lexicon. Needs the extra `dlt`.

Events are merged by ranges of days: all rows of a range that is fetched again are replaced, in one transaction of
the destination. No value is ever cast: properties are JSON text, or have columns that stay the same from load to
load. See `day_ranges` for the choice of ranges.
"""

from __future__ import annotations

import importlib
import io
import json
import os
from collections.abc import Callable, Iterator, Mapping
from typing import IO, TYPE_CHECKING, Any, Literal, TypeAlias, Unpack, cast

from mixpanel_export import dates
from mixpanel_export._extras import needs_extra
from mixpanel_export._temporary import SpoolFile
from mixpanel_export._text import is_unicode
from mixpanel_export.client import MixpanelClient
from mixpanel_export.directory.request import check_look_back
from mixpanel_export.directory.resource import DEFAULT_LOOK_BACK
from mixpanel_export.download.job import ExportOptions
from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export.http.arguments import check_options
from mixpanel_export.profiles.query import ProfileFilters
from mixpanel_export.records.texts import member_texts

with needs_extra("Loading with dlt", "dlt"):
    dlt: Any = importlib.import_module("dlt")

    from mixpanel_export.columns.fixed import ColumnSchema, fixed_schema
    from mixpanel_export.integrations.dlt_events import KEYS, EventLoads, connected, copied_hints

if TYPE_CHECKING:
    from mixpanel_export.dates import DateLike

__all__ = ["EventColumns", "mixpanel_source"]

EventColumns: TypeAlias = "ColumnSchema | str | os.PathLike[str] | Literal['lexicon']"
"""The columns of events: fixed ones, the JSON file that holds them, or `lexicon`."""

_LEXICON = "lexicon"
# A filter of the whole range, a file of one export, and names that dlt gives itself.
_NOT_HERE = ("limit", "malformed_path", "column_names", "slice_days")

# Profiles of this size stay in memory; more move to a temporary file.
_IN_MEMORY = 16 << 20

_TEXT: Mapping[str, Any] = {"data_type": "text"}
_NUMBER: Mapping[str, Any] = {"data_type": "bigint"}
_JSON: Mapping[str, Any] = {"data_type": "json"}


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

    Examples:
        >>> pipeline.run(mixpanel_source("2024-01-01").with_resources("events"))  # doctest: +SKIP
    """
    check_options(options, ExportOptions)
    for name in _NOT_HERE:
        if options.get(name) is not None:
            raise InvalidArgumentError(name, options.get(name), "loads of days do not have this argument")
    check_look_back(look_back)
    first = dates.to_date("from_date", from_date)
    last = dates.to_date("to_date", to_date) if to_date is not None else None
    dates.check_range("from_date", first, "to_date", last, None)
    fixed = fixed_schema(columns) if columns is not None and columns != _LEXICON else None
    events = EventLoads(client, first, last, look_back, fixed, columns == _LEXICON, options)
    filters: ProfileFilters = profiles or {}

    def resources() -> Any:
        return [
            _resource("events", "merge", KEYS, events.extract),
            _resource("profiles", "replace", _PROFILES, lambda: _profiles(client, filters)),
            _resource("annotations", "replace", _ANNOTATIONS, lambda: _annotations(client)),
            _resource("cohorts", "replace", _COHORTS, lambda: _cohorts(client)),
            _resource("lexicon", "replace", _LEXICON_COLUMNS, lambda: _lexicon(client)),
        ]

    return dlt.source(resources, name="mixpanel", max_table_nesting=0)()


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
    return dlt.resource(extract, name=name, write_disposition=disposition, columns=copied_hints(columns))


def _profiles(client: MixpanelClient | None, filters: ProfileFilters) -> Iterator[dict[str, Any]]:
    with connected(client) as open_client, SpoolFile(_IN_MEMORY) as spool:
        # As lines, which hold every value as sent.
        open_client.profiles.to_stream(cast("IO[bytes]", spool), **filters)
        spool.seek(0)
        for line in io.BufferedReader(cast(Any, spool)):
            texts = member_texts(line.decode())
            fields: dict[str, Any] = json.loads(line)
            properties = texts["$properties"] if fields.pop("$properties", None) else "{}"
            # A text as it is, anything else as JSON.
            ids = {
                name.removeprefix("$"): value if value is None or isinstance(value, str) else texts[name]
                for name, value in fields.items()
            }
            yield {**ids, "properties": properties}


def _annotations(client: MixpanelClient | None) -> Iterator[dict[str, Any]]:
    with connected(client) as open_client:
        for annotation in open_client.annotations.list():
            yield annotation.to_dict()


def _cohorts(client: MixpanelClient | None) -> Iterator[dict[str, Any]]:
    with connected(client) as open_client:
        for cohort in open_client.cohorts.list():
            data = cohort.to_dict()
            group = _as_text(data.get("data_group_id"))
            yield {**data, "is_visible": cohort.is_visible, "data_group_id": group}


def _lexicon(client: MixpanelClient | None) -> Iterator[dict[str, Any]]:
    with connected(client) as open_client:
        for entity in open_client.schemas.list():
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
                    "definition": _json(definition or {}),
                }


def _as_text(value: object) -> str | None:
    """Return text as it is, and any other value as JSON."""
    return value if value is None or isinstance(value, str) else _json(value)


def _json(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # Half a surrogate pair can be written in its escaped form only.
    return text if is_unicode(text) else json.dumps(value, separators=(",", ":"))
