"""The cohorts saved in the sample project, and their members.

A cohort is a rule, never a list. Members are computed from the project's profiles and events, so the same cohorts
also work with the user's own export.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from attrs import frozen

from mixpanel_export import expressions
from mixpanel_export.sandbox.data.store import EventStore
from mixpanel_export.sandbox.profiles.query import Profile
from mixpanel_export.sandbox.reports.identity import deduplicated, user_of

__all__ = ["COHORTS", "PerformedEvent", "SavedCohort", "cohort_members", "members_by_cohort"]


@frozen
class PerformedEvent:
    """A rule about the events of a user, at any time.

    Attributes:
        event: the name of the event.
        at_least: the minimum number of occurrences.
        where: an expression each counted event must match.
    """

    event: str
    at_least: int = 1
    where: str | None = None


@frozen
class SavedCohort:
    """A cohort as Mixpanel lists it, with its rule.

    Members match both `profiles` and `did`; None matches everyone.

    Attributes:
        created: the time of creation, `YYYY-MM-DD HH:MM:SS`.
        is_visible: whether menus show it.
        profiles: an expression over the properties of the user's profile.
        did: the events the user must have done.
    """

    id: int
    name: str
    description: str
    created: str
    is_visible: bool = True
    profiles: str | None = None
    did: PerformedEvent | None = None


COHORTS: Final = (
    SavedCohort(
        id=2001,
        name="Paying customers",
        description="Bought at least once.",
        created="2024-01-08 09:12:44",
        did=PerformedEvent("Purchase"),
    ),
    SavedCohort(
        id=2002,
        name="Regulars",
        description="Three purchases or more.",
        created="2024-01-22 14:03:10",
        did=PerformedEvent("Purchase", at_least=3),
    ),
    SavedCohort(
        id=2003,
        name="Signed up in February",
        description="Profile created in February 2024.",
        created="2024-03-01 08:00:05",
        profiles=(
            'datetime(properties["$created"]) >= datetime("2024-02-01")'
            ' and datetime(properties["$created"]) < datetime("2024-03-01")'
        ),
    ),
    SavedCohort(
        id=2004,
        name="Newsletter, Germany",
        description="Readers of the newsletter who live in Germany.",
        created="2024-02-12 16:40:31",
        profiles='properties["newsletter"] == true and properties["$country_code"] == "DE"',
    ),
    SavedCohort(
        id=2005,
        name="Free plan, large orders",
        description="On the free plan, and paid more than 100 at once: whom to offer an upgrade.",
        created="2024-03-04 11:25:00",
        profiles='properties["plan"] == "free"',
        did=PerformedEvent("Purchase", where='properties["revenue"] > 100'),
    ),
    SavedCohort(
        id=2006,
        name="Unhappy with support",
        description="Rated a reply with one or two stars.",
        created="2024-03-18 10:02:57",
        is_visible=False,
        did=PerformedEvent("Support Ticket", where='properties["rating"] <= 2'),
    ),
)


def cohort_members(profiles: Sequence[Profile], events: EventStore, cohort_id: int) -> set[str] | None:
    """Return the members of a saved cohort as distinct ids in text; None if the cohort does not exist.

    If the cohort only asks for events, users without a profile can be members too.
    """
    return members_by_cohort(profiles, events, [cohort for cohort in COHORTS if cohort.id == cohort_id]).get(
        cohort_id
    )


def members_by_cohort(
    profiles: Sequence[Profile], events: EventStore, cohorts: Sequence[SavedCohort] = COHORTS
) -> dict[int, set[str]]:
    """Return the members of several cohorts by id, reading the events once."""
    doers = _doers(events, {cohort.id: cohort.did for cohort in cohorts if cohort.did is not None})
    members: dict[int, set[str]] = {}
    for cohort in cohorts:
        halves = [doers[cohort.id]] if cohort.did is not None else []
        if cohort.profiles is not None:
            halves.append(_with_profile(profiles, cohort.profiles))
        first, *others = halves
        members[cohort.id] = first.intersection(*others)
    return members


def _with_profile(profiles: Sequence[Profile], expression: str) -> set[str]:
    matches = expressions.compile(expression).matches
    return {
        str(profile["$distinct_id"])
        for profile in profiles
        if matches({"properties": profile["$properties"]}, user=profile["$properties"])
    }


def _doers(store: EventStore, rules: Mapping[int, PerformedEvent]) -> dict[int, set[str]]:
    """Return the users who match each rule."""
    names = {rule.event for rule in rules.values()}
    if not names:
        return {}
    conditions = [
        (rule.event, expressions.compile(rule.where or "true").matches, Counter[str]())
        for rule in rules.values()
    ]
    everything = store.events(datetime.date.min, datetime.date.max)
    for event in deduplicated(event for event in everything if event["event"] in names):
        user = user_of(event)
        if user is None:
            continue
        for name, matches, times in conditions:
            if event["event"] == name and matches(event):
                times[user] += 1
    return {
        key: {user for user, count in times.items() if count >= rule.at_least}
        for (key, rule), (_, _, times) in zip(rules.items(), conditions, strict=True)
    }
