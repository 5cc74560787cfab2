"""Funnels: the list of saved ones, and the report on one.

https://developer.mixpanel.com/reference/funnels-query. See `reports.funnels` for the counting. `where` filters the
events of every step, and `on` splits by the entering event; a segment is a bare list of steps, as in Mixpanel's
own reports.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, cast

from starlette.responses import JSONResponse, Response

from mixpanel_export.sandbox.endpoints.operation import Call, Operation
from mixpanel_export.sandbox.http.parameters import Parameters
from mixpanel_export.sandbox.http.refusal import BadRequest
from mixpanel_export.sandbox.reports.evaluation import evaluation, predicate
from mixpanel_export.sandbox.reports.funnels import (
    OVERALL,
    Funnel,
    FunnelCounts,
    Step,
    count_passages,
    largest_segments,
)
from mixpanel_export.sandbox.reports.periods import Unit, label, periods, start_of_day
from mixpanel_export.sandbox.reports.selection import Selection
from mixpanel_export.sandbox.reports.splitting import split_by
from mixpanel_export.sandbox.saved.funnels import (
    FUNNELS,
    FunnelStep,
    LengthUnit,
    SavedFunnel,
    saved_funnel,
)

__all__ = ["OPERATIONS"]

_SECONDS: Final[dict[LengthUnit, int]] = {"day": 86_400, "hour": 3600, "minute": 60, "second": 1}
_DAY: Final = 86_400
_MAXIMUM_DAYS: Final = 90
_MAXIMUM_LIMIT: Final = 10_000
_DEFAULT_LIMIT: Final = 255


async def _list(call: Call) -> Response:
    return JSONResponse([{"funnel_id": funnel.id, "name": funnel.name} for funnel in FUNNELS])


async def _query(call: Call) -> Response:
    parameters = call.parameters
    saved = _saved(parameters)
    first, last = parameters.date_range(call.today)
    window = _window(parameters, saved)
    interval = parameters.integer("interval", minimum=1) or 1
    unit = cast(Unit, parameters.choice("unit", ("day", "week", "month")) or "day")
    limit = parameters.integer("limit", minimum=1, maximum=_MAXIMUM_LIMIT) or _DEFAULT_LIMIT
    profiles = call.project.profiles
    on, where = parameters.text("on"), parameters.text("where")
    segments = None if on is None else split_by(evaluation("on", on, profiles))
    selection = Selection(
        names=frozenset(step.event for step in saved.steps),
        where=None if where is None else predicate("where", where, profiles),
    )
    starts = periods(first, last, unit, interval)
    funnel = Funnel(
        steps=[_step(step) for step in saved.steps],
        window=window,
        starts=starts,
        begin=start_of_day(first),
        end=start_of_day(last) + _DAY,
    )
    # Users who entered on the last day may complete the funnel after it.
    events = call.project.events.events(first, last + datetime.timedelta(days=1 + window // _DAY))
    passages = count_passages(selection.of(events), funnel, segments)
    dates = [label(start, unit) for start in starts]
    chosen = None if segments is None else largest_segments(passages, limit)
    data = {
        date: _day(saved, period) if chosen is None else _segmented_day(saved, period, chosen)
        for date, period in zip(dates, passages, strict=True)
    }
    return JSONResponse({"meta": {"dates": dates}, "data": data})


def _saved(parameters: Parameters) -> SavedFunnel:
    parameters.required("funnel_id")
    funnel_id = parameters.integer("funnel_id")
    saved = None if funnel_id is None else saved_funnel(funnel_id)
    if saved is None:
        raise BadRequest(f"funnel_id {funnel_id} is not a saved funnel")
    return saved


def _window(parameters: Parameters, saved: SavedFunnel) -> int:
    """Return the conversion window in seconds."""
    length = parameters.integer("length", minimum=1) or saved.length
    unit = cast(LengthUnit, parameters.choice("length_unit", tuple(_SECONDS)) or saved.length_unit)
    seconds = length * _SECONDS[unit]
    if seconds > _MAXIMUM_DAYS * _DAY:
        raise BadRequest(f"length cannot be greater than {_MAXIMUM_DAYS} days")
    return seconds


def _step(step: FunnelStep) -> Step:
    tests = () if step.where is None else (predicate("funnel step", step.where),)
    return Step(step.event, tests)


def _segmented_day(
    saved: SavedFunnel, period: Mapping[str, FunnelCounts], segments: Sequence[str]
) -> dict[str, Any]:
    # Leave out segments nobody entered with: there may be thousands.
    shown = (OVERALL, *(segment for segment in segments if segment in period))
    return {segment: _steps(saved, period[segment]) for segment in shown}


def _day(saved: SavedFunnel, period: Mapping[str, FunnelCounts]) -> dict[str, Any]:
    counts = period[OVERALL].counts
    lost = [before - after for before, after in pairwise(counts)]
    return {
        "steps": _steps(saved, period[OVERALL]),
        "analysis": {
            "completion": counts[-1],
            "starting_amount": counts[0],
            "steps": len(counts),
            "worst": lost.index(max(lost)) + 1 if any(lost) else None,
        },
    }


def _steps(saved: SavedFunnel, passage: FunnelCounts) -> list[dict[str, Any]]:
    return [
        {"count": passage.counts[index]} | _named(step) | _conversion(passage, index)
        for index, step in enumerate(saved.steps)
    ]


def _named(step: FunnelStep) -> dict[str, Any]:
    custom = step.custom_event
    if custom is None:
        return {"goal": step.event, "event": step.event, "step_label": None}
    return {
        "goal": f"$custom_event:{custom.id}",
        "event": custom.name,
        "step_label": custom.name,
        "custom_event": True,
        "custom_event_id": custom.id,
    }


def _conversion(passage: FunnelCounts, index: int) -> dict[str, float | None]:
    """Return ratios and times. Everyone who entered completed the first step, even if nobody did."""
    if index == 0:
        return {
            "step_conv_ratio": 1,
            "overall_conv_ratio": 1,
            "avg_time": None,
            "avg_time_from_start": None,
        }
    counts = passage.counts
    reached = counts[index]
    return {
        "step_conv_ratio": reached / counts[index - 1] if reached else 0,
        "overall_conv_ratio": reached / counts[0] if reached else 0,
        "avg_time": passage.since_previous[index] / reached if reached else None,
        "avg_time_from_start": passage.since_start[index] / reached if reached else None,
    }


OPERATIONS = (
    Operation("GET", "query", "/funnels", _query),
    Operation("GET", "query", "/funnels/list", _list),
)
