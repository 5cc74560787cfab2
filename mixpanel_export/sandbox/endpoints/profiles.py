"""Profiles, page by page: the engage query, by POST with a form; `legacy` has its GET.

https://developer.mixpanel.com/reference/engage-query. See `profiles.query` for the selection and
`profiles.sessions` for the pages.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from starlette.responses import JSONResponse, Response

from mixpanel_export.expressions.values import is_number
from mixpanel_export.sandbox.endpoints.operation import Call, Operation
from mixpanel_export.sandbox.endpoints.series import computed_at, json_answer
from mixpanel_export.sandbox.http.parameters import Parameters
from mixpanel_export.sandbox.http.refusal import BadRequest
from mixpanel_export.sandbox.profiles.behaviors import LATEST_TIMESTAMP, read_behaviors
from mixpanel_export.sandbox.profiles.conditions import ProfileCondition, ProfileValue
from mixpanel_export.sandbox.profiles.query import ProfileQuery, output, select
from mixpanel_export.sandbox.profiles.sessions import PAGE_SIZE, EngageSession
from mixpanel_export.sandbox.saved.cohorts import cohort_members

__all__ = ["OPERATIONS", "profiles_page"]


async def _engage(call: Call) -> Response:
    return JSONResponse(profiles_page(call))


def profiles_page(call: Call) -> dict[str, Any]:
    """Return the page of profiles that a call requests, in Mixpanel's format."""
    query = _query(call.parameters)
    number = call.parameters.integer("page", minimum=0) or 0
    session = _session(call, query, number)
    wanted = session.query.output_properties
    return {
        "page": number,
        "page_size": PAGE_SIZE,
        "session_id": session.id,
        "status": "ok",
        "total": session.total,
        "results": output(session.page(number), wanted),
    }


def _session(call: Call, query: ProfileQuery, page: int) -> EngageSession:
    session_id = call.parameters.text("session_id")
    if session_id is None:
        if page > 0:
            raise BadRequest("session_id is required for every page but the first; page 0 returns it")
        return _first_session(call, query)
    session = call.project.engage_sessions.find(session_id)
    name = query.disagreement(session.query)
    if name is not None:
        raise BadRequest(f"{name} must be the same on every page of a session")
    if page > 0 and session.query.behaviors is not None and session.query.as_of_timestamp is None:
        raise BadRequest("as_of_timestamp is required to read more than one page with behaviors")
    return session


def _first_session(call: Call, query: ProfileQuery) -> EngageSession:
    project = call.project
    members = None
    if query.filter_by_cohort is not None:
        members = cohort_members(project.profiles, project.events, query.filter_by_cohort)
        if members is None:
            raise BadRequest(f"filter_by_cohort: cohort {query.filter_by_cohort} does not exist")
    found = select(query, project.profiles, project.events, members=members, now=time.time())
    return project.engage_sessions.open(query, found)


def _query(parameters: Parameters) -> ProfileQuery:
    if parameters.text("data_group_id") is not None:
        raise BadRequest("data_group_id: this project has no group profiles, only user profiles")
    where, behaviors = parameters.text("where"), parameters.json("behaviors")
    sort_key = parameters.text("sort_key")
    return ProfileQuery(
        distinct_ids=_distinct_ids(parameters),
        where=None if where is None else ProfileCondition.read(where),
        output_properties=parameters.names("output_properties"),
        behaviors=None if behaviors is None else read_behaviors(behaviors),
        as_of_timestamp=parameters.integer("as_of_timestamp", minimum=0, maximum=LATEST_TIMESTAMP),
        filter_by_cohort=_cohort(parameters),
        include_all_users=(
            None if parameters.text("include_all_users") is None else parameters.flag("include_all_users")
        ),
        sort_key=None if sort_key is None else ProfileValue.read("sort_key", sort_key),
        sort_order=parameters.choice("sort_order", ("ascending", "descending")),
        search=parameters.text("search"),
        limit=parameters.integer("limit", minimum=1),
    )


def _distinct_ids(parameters: Parameters) -> frozenset[str] | None:
    one, several = parameters.text("distinct_id"), parameters.names("distinct_ids")
    if one is None and several is None:
        return None
    return frozenset((*(() if one is None else (one,)), *(several or ())))


class _CohortFilter(msgspec.Struct, forbid_unknown_fields=True):
    id: int | None = None
    raw_cohort: dict[str, Any] | None = None


def _cohort(parameters: Parameters) -> int | None:
    sent = parameters.json("filter_by_cohort")
    if sent is None:
        return None
    try:
        cohort = msgspec.convert(sent, _CohortFilter)
    except msgspec.ValidationError:
        cohort = _CohortFilter()
    if cohort.raw_cohort is not None:
        raise BadRequest("filter_by_cohort: the sandbox has no raw_cohort; use the id of a saved one")
    if cohort.id is None:
        raise BadRequest('filter_by_cohort must be a JSON object with a cohort\'s id: {"id": N}')
    return cohort.id


_ACTION = re.compile(r"(?:count\(\)|(extremes|sum|mean)\((.+)\))", re.DOTALL)


async def _stats(call: Call) -> Response:
    parameters = call.parameters
    action = _ACTION.fullmatch(parameters.required("action").strip())
    if action is None:
        raise BadRequest("action must be count(), extremes(…), sum(…) or mean(…)")
    where = parameters.text("selector")
    query = ProfileQuery(
        where=None if where is None else ProfileCondition.read(where),
        as_of_timestamp=parameters.integer("as_of_timestamp", minimum=0, maximum=LATEST_TIMESTAMP),
        filter_by_cohort=_cohort(parameters),
        include_all_users=None if parameters.text("filter_by_cohort") is None else False,
    )
    if parameters.text("data_group_id") is not None:
        raise BadRequest("data_group_id: this project has no group profiles, only user profiles")
    found = _first_session(call, query).profiles
    return json_answer({"results": _statistic(action, found), "status": "ok", "computed_at": computed_at()})


def _statistic(action: re.Match[str], profiles: Sequence[Mapping[str, Any]]) -> Any:
    if action[1] is None:
        return len(profiles)
    value = ProfileValue.read("action", action[2])
    numbers = [number for profile in profiles if is_number(number := value.of(profile["$properties"]))]
    match action[1]:
        case "extremes":
            return {"min": min(numbers, default=None), "max": max(numbers, default=None)}
        case "sum":
            return sum(numbers)
        case _:
            return sum(numbers) / len(numbers) if numbers else None


OPERATIONS = (
    Operation("POST", "query", "/engage", _engage),
    Operation("POST", "query", "/engage/stats", _stats),
)
