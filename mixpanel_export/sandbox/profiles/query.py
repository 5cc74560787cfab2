"""Selecting profiles for an engage query, and the properties to return.

Pure: profiles and events in, profiles out. The endpoint reads the parameters, and `sessions` cuts the result into
pages.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import attrs
from attrs import frozen

from mixpanel_export.sandbox.data.store import EventStore
from mixpanel_export.sandbox.http.refusal import BadRequest
from mixpanel_export.sandbox.profiles.behaviors import Behavior, count_behaviors
from mixpanel_export.sandbox.profiles.conditions import ProfileCondition, ProfileValue

__all__ = ["Profile", "ProfileQuery", "output", "select"]

Profile: TypeAlias = Mapping[str, Any]
"""`{"$distinct_id": …, "$properties": {…}}`."""


@frozen
class ProfileQuery:
    """The parameters of an engage call except the page. None means absent.

    Attributes:
        distinct_ids: return only these profiles.
        output_properties: return only these properties.
        as_of_timestamp: the unix time at which `behaviors` are counted.
        filter_by_cohort: return only members of the cohort with this id.
        include_all_users: include members without a profile.
        sort_key: the value to sort by; profiles without one come last.
        sort_order: `ascending`, the default, or `descending`.
        search: text to find in the id or a property, in any case.
        limit: the most profiles, on all pages.
    """

    distinct_ids: frozenset[str] | None = None
    where: ProfileCondition | None = None
    output_properties: tuple[str, ...] | None = None
    behaviors: tuple[Behavior, ...] | None = None
    as_of_timestamp: int | None = None
    filter_by_cohort: int | None = None
    include_all_users: bool | None = None
    sort_key: ProfileValue | None = None
    sort_order: str | None = None
    search: str | None = None
    limit: int | None = None

    def __attrs_post_init__(self) -> None:
        if self.behaviors is not None and self.filter_by_cohort is not None:
            raise BadRequest("behaviors and filter_by_cohort cannot be used together")
        if self.include_all_users is not None and self.filter_by_cohort is None:
            raise BadRequest("include_all_users can only be used with filter_by_cohort")
        known = {behavior.name for behavior in self.behaviors or ()}
        for name in sorted(self.where.behaviors() if self.where else ()):
            if name not in known:
                raise BadRequest(f'where uses behaviors["{name}"], which behaviors does not define')

    def disagreement(self, first: ProfileQuery) -> str | None:
        """Return the first parameter that is given here, on a later page, and differs from page 0's."""
        for field in attrs.fields(ProfileQuery):
            value = getattr(self, field.name)
            if value is not None and value != getattr(first, field.name):
                return field.name
        return None


def select(
    query: ProfileQuery,
    profiles: Sequence[Profile],
    events: EventStore,
    *,
    members: Collection[str] | None,
    now: float,
) -> Sequence[Profile]:
    """Return the profiles that match `query`, in order and without duplicates.

    Args:
        members: the distinct ids in the query's cohort, as text. Members without a profile come last, with
            no properties.
        now: the unix time at which behaviors are counted, unless the query sets one.
    """
    selected = profiles
    if members is not None:
        selected = [profile for profile in selected if str(profile["$distinct_id"]) in members]
        if query.include_all_users is not False:
            bare = set(members) - {str(profile["$distinct_id"]) for profile in profiles}
            selected = [*selected, *map(_without_profile, sorted(bare))]
    if query.distinct_ids is not None:
        selected = [profile for profile in selected if str(profile["$distinct_id"]) in query.distinct_ids]
    return _sorted(query, _matching(query, selected, profiles, events, now))[: query.limit]


def _matching(
    query: ProfileQuery,
    selected: Sequence[Profile],
    profiles: Sequence[Profile],
    events: EventStore,
    now: float,
) -> Sequence[Profile]:
    if query.search is not None:
        selected = [profile for profile in selected if _contains(profile, query.search.casefold())]
    if query.where is None and not query.behaviors:
        return selected
    as_of = now if query.as_of_timestamp is None else query.as_of_timestamp
    counts = count_behaviors(query.behaviors or (), events, profiles, as_of)
    holds = _did_everything if query.where is None else query.where.holds
    return [profile for profile in selected if _holds(holds, profile, counts)]


def _sorted(query: ProfileQuery, profiles: Sequence[Profile]) -> Sequence[Profile]:
    if query.sort_key is None:
        return profiles
    keyed = [(query.sort_key.of(profile["$properties"]), profile) for profile in profiles]
    found = [pair for pair in keyed if isinstance(pair[0], int | float | str)]
    rest = [profile for value, profile in keyed if not isinstance(value, int | float | str)]
    # Numbers before text, since Python compares no other two kinds.
    found.sort(key=lambda pair: (isinstance(pair[0], str), pair[0]), reverse=query.sort_order == "descending")
    return [*(profile for _, profile in found), *rest]


def _contains(profile: Profile, text: str) -> bool:
    values = (profile["$distinct_id"], *profile["$properties"].values())
    return any(text in str(value).casefold() for value in values if isinstance(value, str | int | float))


def output(profiles: Iterable[Profile], properties: Collection[str] | None) -> list[Profile]:
    """Return the profiles reduced to these properties; None keeps all."""
    if properties is None:
        return list(profiles)
    return [
        {**profile, "$properties": _only(profile["$properties"], frozenset(properties))}
        for profile in profiles
    ]


def _only(properties: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if name in names}


def _without_profile(distinct_id: str) -> Profile:
    return {"$distinct_id": distinct_id, "$properties": {}}


def _holds(
    condition: Callable[[Mapping[str, Any], Mapping[str, int]], bool],
    profile: Profile,
    counts: Mapping[str, Mapping[str, int]],
) -> bool:
    distinct_id = profile["$distinct_id"]
    done = {name: users.get(str(distinct_id), 0) for name, users in counts.items()}
    return condition({**profile["$properties"], "$distinct_id": distinct_id}, done)


def _did_everything(properties: Mapping[str, Any], behaviors: Mapping[str, int]) -> bool:
    """Return whether a user did every behavior at least once: the rule without a `where`."""
    return all(behaviors.values())
