"""Cohorts, compared with the same rules in SQL and in a plain loop."""

from __future__ import annotations

from typing import Any

import duckdb
import httpx
import pytest

from mixpanel_export import MixpanelClient
from mixpanel_export.sandbox import Sandbox, SandboxCredentials
from mixpanel_export.sandbox.data.sample import sample_data
from mixpanel_export.sandbox.data.store import InMemoryEventStore
from mixpanel_export.sandbox.project import Project
from mixpanel_export.sandbox.saved.cohorts import COHORTS, cohort_members
from tests.sandbox.contract import follows_contract

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def project() -> Project:
    sample = sample_data()
    return Project(credentials=SandboxCredentials(), events=sample.events, profiles=sample.profiles)


def with_profile(project: Project, **wanted: Any) -> set[str]:
    return {
        profile["$distinct_id"]
        for profile in project.profiles
        if all(profile["$properties"][name] == value for name, value in wanted.items())
    }


class TestList:
    @pytest.mark.slow
    def test_the_answer_follows_the_contract(self, client: httpx.Client) -> None:
        assert follows_contract("/api/query/cohorts/list", client.post("/api/query/cohorts/list"))

    def test_every_cohort_is_listed_with_its_size(self, sandbox: Sandbox, project: Project) -> None:
        with MixpanelClient(
            sandbox.auth, project_id=sandbox.credentials.project_id, base_url=sandbox.url
        ) as client:
            listed = client.cohorts.list()
        assert [cohort.id for cohort in listed] == [cohort.id for cohort in COHORTS]
        for cohort in listed:
            members = cohort_members(project.profiles, project.events, cohort.id)
            assert members
            assert cohort.count == len(members)
            assert cohort.project_id == sandbox.credentials.project_id

    def test_a_listed_cohort_has_mixpanels_fields(self, client: httpx.Client) -> None:
        first = client.post("/api/query/cohorts/list").json()[0]
        assert first == {
            "id": 2001,
            "name": "Paying customers",
            "count": first["count"],
            "description": "Bought at least once.",
            "created": "2024-01-08 09:12:44",
            "is_visible": 1,
            "project_id": 1234567,
        }

    def test_a_hidden_cohort_says_so(self, client: httpx.Client) -> None:
        visible = {each["id"]: each["is_visible"] for each in client.post("/api/query/cohorts/list").json()}
        assert [cohort_id for cohort_id, shown in visible.items() if not shown] == [2006]

    def test_the_cohort_list_is_a_post(self, client: httpx.Client) -> None:
        assert client.get("/api/query/cohorts/list").status_code == 405


class TestMembers:
    @pytest.mark.parametrize(
        ("cohort_id", "condition", "times"),
        [
            (2001, "name = 'Purchase'", 1),
            (2002, "name = 'Purchase'", 3),
            (2006, "name = 'Support Ticket' and cast(properties->>'$.rating' as double) <= 2", 1),
        ],
    )
    @pytest.mark.sampled(1)
    def test_a_cohort_counts_occurrences(
        self,
        database: duckdb.DuckDBPyConnection,
        project: Project,
        cohort_id: int,
        condition: str,
        times: int,
    ) -> None:
        rows = database.execute(
            f"select id from events where {condition} group by id having count(*) >= {times}"
        ).fetchall()
        assert cohort_members(project.profiles, project.events, cohort_id) == {row[0] for row in rows}

    def test_a_cohort_filters_profiles(self, project: Project) -> None:
        german = with_profile(project, newsletter=True) & with_profile(project, **{"$country_code": "DE"})
        assert cohort_members(project.profiles, project.events, 2004) == german

    def test_a_cohort_compares_dates(self, project: Project) -> None:
        assert cohort_members(project.profiles, project.events, 2003) == {
            profile["$distinct_id"]
            for profile in project.profiles
            if profile["$properties"]["$created"].startswith("2024-02-")
        }

    def test_members_match_both_halves_of_a_rule(self, project: Project) -> None:
        members = cohort_members(project.profiles, project.events, 2005)
        paying = cohort_members(project.profiles, project.events, 2001)
        assert members is not None
        assert paying is not None
        assert members < with_profile(project, plan="free") & paying

    def test_an_event_that_was_sent_again_is_one_event(self) -> None:
        line = (
            b'{"event":"Purchase","properties":{"time":1,"distinct_id":7,"$insert_id":"%b",'
            b'"mp_processing_time_ms":%d}}'
        )
        sent = [line % (b"a", 1000), line % (b"a", 2000), line % (b"b", 1000)]
        project = Project(credentials=SandboxCredentials(), events=InMemoryEventStore.from_lines(sent))
        assert cohort_members(project.profiles, project.events, 2001) == {"7"}
        assert cohort_members(project.profiles, project.events, 2002) == set()

    def test_an_unknown_cohort_is_not_found(self, project: Project) -> None:
        assert cohort_members(project.profiles, project.events, 1) is None
