"""The options of Spark's data source `mixpanel`: texts, checked once, on the driver."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from mixpanel_export import dates
from mixpanel_export.columns.fixed import ColumnSchema
from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export.http.limits import Limits

__all__ = ["SparkOptions"]

_OF_CLIENT = ("project_id", "region", "base_url", "timezone")
_NAMES = ("event", "fields", "exclude")
_TEXTS = ("where", "bucket")
_FLAGS = ("deduplicate", "allow_unproved")
_NUMBERS = ("parallel", "slice_days", "memory", "max_line")
_OF_SOURCE = ("from", "to", "columns", "probe", "shared_budget_url", "delay_days", "days_per_batch")
_KNOWN = frozenset((*_OF_CLIENT, *_NAMES, *_TEXTS, *_FLAGS, *_NUMBERS, *_OF_SOURCE, "on_malformed"))


@frozen
class SparkOptions:
    """The checked options of one query.

    Attributes:
        from_date: the first day.
        to_date: the last day; None for yesterday.
        client: the arguments of the client, except its credentials.
        export: the arguments of the export.
        columns: fixed columns, those that `fields` and `exclude` leave; None for the layout `json`.
        probe: fetch one day first, to cut slices by its size.
        delay_days: the days that a stream waits after a day is over.
        days_per_batch: the most days of a stream's batch; None for all.
    """

    from_date: datetime.date
    to_date: datetime.date | None
    client: Mapping[str, Any]
    export: Mapping[str, Any]
    columns: ColumnSchema | None
    probe: bool
    delay_days: int
    days_per_batch: int | None

    @classmethod
    def parse(cls, options: Mapping[str, str]) -> SparkOptions:
        """Check the options.

        Raises:
            InvalidArgumentError: for the first that is unknown, missing or wrong.
        """
        # Spark ignores the case of options.
        given = {name.lower(): value for name, value in options.items()}
        for name, value in given.items():
            if name not in _KNOWN:
                raise InvalidArgumentError(
                    name, value, f"unknown option; expected one of {', '.join(sorted(_KNOWN))}"
                )
        if "from" not in given:
            raise InvalidArgumentError("from", None, "the option is required")
        client: dict[str, Any] = {name: given[name] for name in _OF_CLIENT if name in given}
        if (url := given.get("shared_budget_url")) is not None:
            client["limits"] = Limits(shared=url)
        export: dict[str, Any] = {name: given[name] for name in (*_TEXTS, "on_malformed") if name in given}
        export |= {name: _names(name, given[name]) for name in _NAMES if name in given}
        export |= {name: _flag(name, given[name]) for name in _FLAGS if name in given}
        export |= {name: _number(name, given[name]) for name in _NUMBERS if name in given}
        columns = _columns(given.get("columns"))
        return cls(
            from_date=dates.to_date("from", given["from"]),
            to_date=dates.to_date("to", given["to"]) if "to" in given else None,
            client=client,
            export=export,
            columns=columns.selected(export.get("fields"), export.get("exclude", ())) if columns else None,
            # Slices of a given length need no evidence.
            probe=_flag("probe", given.get("probe", "false" if "slice_days" in given else "true")),
            delay_days=_number("delay_days", given.get("delay_days", "0")),
            days_per_batch=_number("days_per_batch", given["days_per_batch"], least=1)
            if "days_per_batch" in given
            else None,
        )


def _columns(value: str | None) -> ColumnSchema | None:
    if value is None:
        return None
    # The file is read on the driver.
    return ColumnSchema.from_json(value) if value.lstrip().startswith("{") else ColumnSchema.load(value)


def _names(option: str, value: str) -> list[str]:
    if not value.lstrip().startswith("["):
        return [value]
    try:
        names: Any = json.loads(value)
    except ValueError as error:
        raise InvalidArgumentError(
            option, value, f"expected a name or a JSON list of names: {error}"
        ) from error
    return [*names]


def _flag(option: str, value: str) -> bool:
    if value.lower() not in ("true", "false"):
        raise InvalidArgumentError(option, value, "expected true or false")
    return value.lower() == "true"


def _number(option: str, value: str, least: int = 0) -> int:
    if not (value.isascii() and value.isdigit() and int(value) >= least):
        raise InvalidArgumentError(option, value, f"expected a whole number, {least} or more")
    return int(value)
