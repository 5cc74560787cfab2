"""Choose the columns of an export before it runs, from Lexicon and from a sample of the events. Needs `arrow`.

See `columns.fixed` for what such columns do with values that do not fit.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping
from typing import Any, cast

from mixpanel_export._formats import ColumnNames
from mixpanel_export.columns.fixed import ColumnSchema
from mixpanel_export.columns.schemas import columns_of
from mixpanel_export.errors import APIError, ConfigurationError, InvalidArgumentError
from mixpanel_export.export.batches import RecordBatches
from mixpanel_export.schema.kinds import Columns, Kind, wider
from mixpanel_export_api.api.schemas import SCHEMAS_LIST_FOR_ENTITY

__all__ = [
    "LEXICON_ERRORS",
    "LEXICON_EVENTS",
    "check_sources",
    "choose_columns",
    "lexicon_kinds",
    "note_no_lexicon",
    "sample_kinds",
]

LEXICON_EVENTS = (SCHEMAS_LIST_FOR_ENTITY, {"entity_type": "event"})
"""The operation and the arguments of the Lexicon call for events."""

LEXICON_ERRORS = (APIError, ConfigurationError)
"""Failures of Lexicon that leave a sample as the only source, unless Lexicon was asked for."""

_ANYTHING: Kind = "json"

_LEXICON_KINDS: Mapping[str, Kind] = {
    "string": "string",
    # Lexicon does not tell whole numbers from others.
    "number": "double",
    "integer": "long",
    "boolean": "boolean",
}
_MAX_SAMPLE = 100_000

_logger = logging.getLogger("mixpanel_export")


def check_sources(sample: int, lexicon: bool | None) -> None:
    """Raise InvalidArgumentError unless there is a source of columns."""
    if isinstance(sample, bool) or not isinstance(sample, int) or not 0 <= sample <= _MAX_SAMPLE:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidArgumentError("sample", sample, f"expected a number of events from 0 to {_MAX_SAMPLE:,}")
    if not sample and lexicon is False:
        raise InvalidArgumentError(
            "sample", sample, "without Lexicon, columns need a sample of at least one event"
        )


def note_no_lexicon(error: Exception) -> None:
    """Log that Lexicon could not be read."""
    _logger.warning("Lexicon cannot be read, so the columns come from a sample alone: %s", error)


def sample_kinds(batches: RecordBatches) -> dict[str, Kind]:
    """Fetch a sample and return the kind of each property in it."""
    with batches:
        return {column.property: column.kind for column in columns_of(batches.schema).columns}


def lexicon_kinds(entities: Iterable[Any], events: Collection[str] | None) -> dict[str, Kind]:
    """Return the kind of each property that Lexicon describes.

    Args:
        entities: Lexicon's events.
        events: only these; None for all.
    """
    kinds: dict[str, Kind] = {}
    for entity in entities:
        schema = getattr(entity, "schema_json", None)
        if schema is None or (events is not None and entity.name not in events):
            continue
        properties: Mapping[str, Any] = schema.properties or {}
        for name, described in properties.items():
            kind = _kind_of(getattr(described, "type_", None))
            kinds[name] = wider(kinds[name], kind) if name in kinds else kind
    return kinds


def choose_columns(
    sampled: Mapping[str, Kind],
    described: Mapping[str, Kind],
    *,
    fields: Collection[str] | None,
    exclude: Collection[str],
    naming: ColumnNames,
) -> ColumnSchema:
    """Combine what a sample has shown with what Lexicon says."""
    kinds: dict[str, Kind] = {**described, **sampled}
    for name in sampled.keys() & described.keys():
        kinds[name] = _combined(sampled[name], described[name])
    if fields is not None:
        # A property that neither knows may hold anything.
        ids = [name for name in ("distinct_id", "$insert_id") if name in kinds]
        kinds = {name: kinds.get(name, _ANYTHING) for name in (*fields, *ids)}
    wanted: dict[str, Kind] = {
        name: kind for name, kind in kinds.items() if name not in exclude and name != "time"
    }
    return ColumnSchema(Columns(naming=naming, reserved=("overflow",)).widened(wanted))


def _combined(sampled: Kind, described: Kind) -> Kind:
    if sampled == "null":
        return described
    if described == "double" and sampled == "long":
        # Only `long` holds what was seen.
        return sampled
    return wider(sampled, described)


def _kind_of(types: object) -> Kind:
    """Return the kind for Lexicon's type, or list of types; `json` when it allows several, or does not say."""
    listed = cast("list[object]", types) if isinstance(types, list) else [types]
    named = [name for name in listed if name != "null"]
    return _LEXICON_KINDS.get(str(named[0]), "json") if len(named) == 1 else "json"
