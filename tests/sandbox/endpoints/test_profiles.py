"""The engage query: filters, output properties and pages."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import duckdb
import httpx
import pytest

from mixpanel_export import BadRequestError, MixpanelClient
from mixpanel_export.sandbox import Sandbox, SandboxCredentials
from mixpanel_export.sandbox.data.sample import sample_data
from mixpanel_export.sandbox.data.store import InMemoryEventStore
from mixpanel_export.sandbox.profiles.query import ProfileQuery, select
from mixpanel_export.sandbox.profiles.sessions import EngageSessions
from mixpanel_export.sandbox.project import Project
from mixpanel_export.sandbox.saved.cohorts import cohort_members
from tests.sandbox.conftest import EVERYTHING
from tests.sandbox.contract import follows_contract

PROFILES = sample_data().profiles
EVERYONE = [profile["$distinct_id"] for profile in PROFILES]
END = int(datetime.datetime(2024, 4, 1, tzinfo=datetime.UTC).timestamp())
BUYERS: dict[str, Any] = {
    "window": "30d",
    "name": "bought",
    "event_selectors": [{"event": "Purchase"}],
}
REGULARS = {"filter_by_cohort": '{"id": 2002}'}


@pytest.fixture(scope="module")
def mixpanel(sandbox: Sandbox) -> Iterator[MixpanelClient]:
    with MixpanelClient(
        sandbox.auth, project_id=sandbox.credentials.project_id, base_url=sandbox.url
    ) as client:
        yield client


def engage(client: httpx.Client, form: Mapping[str, Any]) -> dict[str, Any]:
    answer = client.post("/api/query/engage", data=form)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


def every_page(client: httpx.Client, form: Mapping[str, Any]) -> list[dict[str, Any]]:
    pages = [engage(client, form)]
    while len(pages[-1]["results"]) == pages[-1]["page_size"]:
        later = {**form, "session_id": pages[0]["session_id"], "page": len(pages)}
        pages.append(engage(client, later))
    return pages


def found(client: httpx.Client, form: Mapping[str, Any]) -> list[str]:
    """Return the distinct ids on all pages."""
    return [profile["$distinct_id"] for page in every_page(client, form) for profile in page["results"]]


def refusal(client: httpx.Client, form: Mapping[str, Any]) -> str:
    answer = client.post("/api/query/engage", data=form)
    assert answer.status_code == 400
    assert follows_contract("/api/query/engage", answer)
    return str(answer.json()["error"])


@pytest.fixture(scope="module")
def database(client: httpx.Client, tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """Load the exported events and the profiles as SQL tables."""
    folder = tmp_path_factory.mktemp("engage")
    (folder / "events").write_bytes(client.get("/api/2.0/export", params=EVERYTHING).content)
    profiles = [profile for page in every_page(client, {}) for profile in page["results"]]
    lines = [json.dumps({"id": each["$distinct_id"], "properties": each["$properties"]}) for each in profiles]
    (folder / "profiles").write_text("\n".join(lines))
    connection = duckdb.connect()
    for table, key in (("events", "event"), ("profiles", "id")):
        rows = connection.read_json(
            str(folder / table), format="newline_delimited", columns={key: "VARCHAR", "properties": "JSON"}
        )
        rows.create(table)
    return connection


def ids(database: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    return [row[0] for row in database.execute(query).fetchall()]


class TestPages:
    def test_every_profile_is_on_exactly_one_page(self, client: httpx.Client) -> None:
        pages = every_page(client, {})
        assert [profile for page in pages for profile in page["results"]] == list(PROFILES)
        assert [len(page["results"]) for page in pages] == [1000, 1000, len(PROFILES) - 2000]

    def test_pages_say_where_they_belong(self, client: httpx.Client) -> None:
        pages = every_page(client, {})
        assert [page["page"] for page in pages] == [0, 1, 2]
        assert {(page["page_size"], page["total"], page["status"]) for page in pages} == {
            (1000, len(PROFILES), "ok")
        }
        assert len({page["session_id"] for page in pages}) == 1

    def test_pages_follow_the_contract(self, client: httpx.Client) -> None:
        answer = client.post("/api/query/engage", data={"where": 'properties["plan"] == "business"'})
        assert follows_contract("/api/query/engage", answer)

    def test_page_zero_starts_a_session_each_time(self, client: httpx.Client) -> None:
        assert engage(client, {})["session_id"] != engage(client, {"page": "0"})["session_id"]

    def test_pages_may_be_read_in_any_order_and_again(self, client: httpx.Client) -> None:
        pages = every_page(client, {})
        for number in (2, 0, 1, 2):
            again = engage(client, {"session_id": pages[0]["session_id"], "page": number})
            assert again == pages[number]

    def test_beyond_the_last_page_is_an_empty_one(self, client: httpx.Client) -> None:
        first = engage(client, {})
        beyond = engage(client, {"session_id": first["session_id"], "page": 3})
        assert (beyond["results"], beyond["total"]) == ([], len(PROFILES))

    def test_the_typed_client_reads_them_too(self, mixpanel: MixpanelClient) -> None:
        where = 'properties["plan"] == "free"'
        first = mixpanel.profiles.query(where=where, output_properties=["plan"])
        second = mixpanel.profiles.query(
            where=where, output_properties=["plan"], session_id=str(first.session_id), page=1
        )
        free = [each["$distinct_id"] for each in PROFILES if each["$properties"]["plan"] == "free"]
        results = [*first.results, *second.results]
        assert first.total == len(free) > 1000
        assert [each.distinct_id for each in results] == free
        assert {each.properties["plan"] for each in results} == {"free"}

    def test_the_older_root_answers_too(self, client: httpx.Client) -> None:
        answer = client.post("/api/2.0/engage", data={"distinct_id": EVERYONE[7]})
        assert answer.json()["results"] == [PROFILES[7]]


class TestSessions:
    def test_a_later_page_needs_one(self, client: httpx.Client) -> None:
        assert "session_id is required" in refusal(client, {"page": "1"})

    def test_an_unknown_one_is_refused(self, client: httpx.Client) -> None:
        assert "session_id is unknown or has expired" in refusal(
            client, {"page": "1", "session_id": "1700000000-nobody"}
        )

    def test_an_expired_session_is_refused(self) -> None:
        with (
            Sandbox(limits=None, engage_session_seconds=0) as hasty,
            MixpanelClient(hasty.auth, project_id=hasty.credentials.project_id, base_url=hasty.url) as client,
        ):
            first = client.profiles.query()
            with pytest.raises(BadRequestError, match="has expired"):
                client.profiles.query(session_id=str(first.session_id), page=1)

    def test_a_used_session_stays_open(self) -> None:
        now = [1000.0]
        sessions = EngageSessions(60, clock=lambda: now[0])
        session = sessions.open(ProfileQuery(), PROFILES)
        for _ in range(3):
            now[0] += 50
            assert sessions.find(session.id) is session
        now[0] += 61
        with pytest.raises(Exception, match="has expired"):
            sessions.find(session.id)

    @pytest.mark.parametrize(
        ("parameter", "value"),
        [
            ("where", 'properties["plan"] == "plus"'),
            ("output_properties", '["plan"]'),
            ("distinct_id", "somebody"),
            ("filter_by_cohort", '{"id": 2001}'),
        ],
    )
    def test_a_session_belongs_to_one_query(self, client: httpx.Client, parameter: str, value: str) -> None:
        first = engage(client, {"where": 'properties["plan"] == "free"'})
        form = {"session_id": first["session_id"], "page": "1", parameter: value}
        assert "must be the same on every page" in refusal(client, form)

    def test_another_spelling_of_the_query_is_the_same_query(self, client: httpx.Client) -> None:
        first = engage(client, {"where": 'properties["plan"]=="free"'})
        form = {"session_id": first["session_id"], "page": 1, "where": 'properties["plan"] == ("free")'}
        assert engage(client, form)["total"] == first["total"]


class TestChoice:
    def test_distinct_ids_select_profiles(self, client: httpx.Client) -> None:
        assert found(client, {"distinct_id": EVERYONE[3]}) == [EVERYONE[3]]
        several = json.dumps([EVERYONE[9], EVERYONE[2], "nobody", EVERYONE[9]])
        assert found(client, {"distinct_ids": several}) == [EVERYONE[2], EVERYONE[9]]
        assert found(client, {"distinct_ids": several, "distinct_id": EVERYONE[0]}) == [
            EVERYONE[0],
            EVERYONE[2],
            EVERYONE[9],
        ]

    @pytest.mark.parametrize(
        ("where", "sql"),
        [
            (
                'properties["orders"] >= 3 and properties["$country_code"] == "DE"',
                "[orders]::INT >= 3 AND [$country_code] = 'DE'",
            ),
            (
                'user["source"] in ["newsletter", "friend"] or "Müller" in user["$name"]',
                "[source] IN ('newsletter', 'friend') OR contains([$name], 'Müller')",
            ),
            (
                'datetime(properties["$created"]) >= datetime("2024-03-01") and not properties["newsletter"]',
                "[$created]::TIMESTAMP >= '2024-03-01' AND NOT [newsletter]::BOOLEAN",
            ),
            ('not defined(properties["nothing"]) and properties["lifetime_value"] > 300.5',
             "[lifetime_value]::DOUBLE > 300.5"),
        ],
    )  # fmt: skip
    @pytest.mark.sampled(1)
    def test_where_reads_the_profile(
        self, client: httpx.Client, database: duckdb.DuckDBPyConnection, where: str, sql: str
    ) -> None:
        condition = re.sub(r"\[(.+?)]", r"""(properties->>'$."\1"')""", sql)
        expected = ids(database, f"SELECT id FROM profiles WHERE {condition} ORDER BY id")
        assert expected
        assert found(client, {"where": where}) == expected

    def test_where_reads_the_distinct_id(self, client: httpx.Client) -> None:
        where = f'properties["$distinct_id"] in ["{EVERYONE[5]}"]'
        assert found(client, {"where": where}) == [EVERYONE[5]]

    def test_output_properties_are_the_only_ones(self, client: httpx.Client) -> None:
        form = {"distinct_id": EVERYONE[0], "output_properties": '["plan", "$email", "nothing"]'}
        assert set(engage(client, form)["results"][0]["$properties"]) == {"plan", "$email"}
        form["output_properties"] = "[]"
        assert engage(client, form)["results"] == [{"$distinct_id": EVERYONE[0], "$properties": {}}]

    def test_later_pages_have_the_same_properties(self, client: httpx.Client) -> None:
        first = engage(client, {"output_properties": '["plan"]'})
        later = engage(client, {"session_id": first["session_id"], "page": 2})
        assert all(set(each["$properties"]) == {"plan"} for each in later["results"])


class TestCohorts:
    def test_members_are_found(self, client: httpx.Client, database: duckdb.DuckDBPyConnection) -> None:
        expected = ids(
            database,
            """
            SELECT properties->>'distinct_id' AS id FROM events WHERE event = 'Purchase' GROUP BY id
            HAVING count(DISTINCT (properties->>'time') || (properties->>'$."$insert_id"')) >= 3 ORDER BY id
            """,
        )
        assert expected
        assert found(client, REGULARS) == expected

    def test_a_where_narrows_them(self, client: httpx.Client) -> None:
        where = 'properties["plan"] == "plus"'
        expected = set(found(client, REGULARS)) & set(found(client, {"where": where}))
        assert set(found(client, REGULARS | {"where": where})) == expected != set()

    def test_members_without_a_profile_are_bare_distinct_ids(self) -> None:
        events = InMemoryEventStore.from_lines(
            b'{"event":"Purchase","properties":{"time":%d,"distinct_id":"%b","$insert_id":"i"}}'
            % (END - 5, user)
            for user in (b"known", b"stranger")
        )
        known = {"$distinct_id": "known", "$properties": {"plan": "free"}}
        other = {"$distinct_id": "other", "$properties": {}}
        project = Project(SandboxCredentials(), events, [known, other])
        members = cohort_members(project.profiles, project.events, 2001)
        assert members == {"known", "stranger"}

        def chosen(include_all_users: bool | None) -> list[Mapping[str, Any]]:
            query = ProfileQuery(filter_by_cohort=2001, include_all_users=include_all_users)
            return list(select(query, project.profiles, events, members=members, now=END))

        bare = {"$distinct_id": "stranger", "$properties": {}}
        assert chosen(None) == chosen(True) == [known, bare]
        assert chosen(False) == [known]

    @pytest.mark.parametrize(
        ("form", "error"),
        [
            ({"filter_by_cohort": '{"id": 1}'}, "cohort 1 does not exist"),
            ({"filter_by_cohort": "2002"}, "filter_by_cohort must be a JSON object"),
            ({"filter_by_cohort": '{"id": "2002"}'}, "filter_by_cohort must be a JSON object"),
            ({"filter_by_cohort": '{"id": true}'}, "filter_by_cohort must be a JSON object"),
            ({"include_all_users": "true"}, "include_all_users can only be used with filter_by_cohort"),
            (REGULARS | {"include_all_users": "maybe"}, "include_all_users must be true or false"),
            (REGULARS | {"behaviors": json.dumps([BUYERS])}, "cannot be used together"),
        ],
    )
    def test_invalid_arguments_are_refused(
        self, client: httpx.Client, form: dict[str, str], error: str
    ) -> None:
        assert error in refusal(client, form)


class TestBehaviors:
    @pytest.mark.parametrize(
        ("window", "seconds", "times"),
        [("30d", 30 * 86_400, 2), ("36h", 36 * 3600, 1), ("4w", 28 * 86_400, 3)],
    )
    def test_users_are_chosen_by_events_in_a_window(
        self,
        client: httpx.Client,
        database: duckdb.DuckDBPyConnection,
        window: str,
        seconds: int,
        times: int,
    ) -> None:
        selectors = [
            {"event": "Purchase", "selector": 'properties["revenue"] > 40'},
            {"event": "Support Ticket"},
        ]
        form = {
            "behaviors": json.dumps([BUYERS | {"window": window, "event_selectors": selectors}]),
            "where": f'behaviors["bought"] >= {times}',
            "as_of_timestamp": END - 7 * 86_400,
        }
        since = END - 7 * 86_400 - seconds
        expected = ids(
            database,
            f"""
            SELECT properties->>'distinct_id' AS id FROM events
            WHERE (properties->>'time')::BIGINT >= {since} AND (properties->>'time')::BIGINT < {since + seconds}
              AND (event = 'Support Ticket'
                   OR event = 'Purchase' AND (properties->>'revenue')::DOUBLE > 40)
            GROUP BY id
            HAVING count(DISTINCT (event, properties->>'time', properties->>'$."$insert_id"')) >= {times}
            ORDER BY id
            """,
        )
        assert expected
        assert found(client, form) == expected

    def test_a_user_who_did_nothing_counts_as_zero(self, client: httpx.Client) -> None:
        behaviors = {"behaviors": json.dumps([BUYERS]), "as_of_timestamp": END}
        did = found(client, behaviors | {"where": 'behaviors["bought"] > 0'})
        did_not = found(client, behaviors | {"where": 'behaviors["bought"] == 0'})
        assert did
        assert sorted((*did, *did_not)) == EVERYONE

    def test_behaviors_without_where_must_all_be_done(self, client: httpx.Client) -> None:
        complained = BUYERS | {"name": "complained", "event_selectors": [{"event": "Support Ticket"}]}
        form = {"behaviors": json.dumps([BUYERS, complained]), "as_of_timestamp": END}
        where = 'behaviors["bought"] > 0 and behaviors["complained"] > 0'
        assert found(client, form) == found(client, form | {"where": where}) != []

    def test_where_combines_behaviors_and_profile(self, mixpanel: MixpanelClient) -> None:
        page = mixpanel.profiles.query(
            behaviors=[BUYERS],
            where='behaviors["bought"] > 1 and user["plan"] == "business"',
            as_of_timestamp=END,
        )
        assert page.results
        assert {each.properties["plan"] for each in page.results} == {"business"}

    def test_now_is_meant_when_no_time_is_given(self, client: httpx.Client) -> None:
        """The sample is years old, so nobody did anything in the last month."""
        form = {"behaviors": json.dumps([BUYERS]), "where": 'behaviors["bought"] > 0'}
        assert engage(client, form)["total"] == 0

    def test_more_than_one_page_needs_a_time(self, client: httpx.Client) -> None:
        form = {"behaviors": json.dumps([BUYERS]), "where": 'behaviors["bought"] >= 0'}
        first = engage(client, form)
        later = form | {"session_id": first["session_id"], "page": "1"}
        assert first["total"] == len(PROFILES)
        assert "as_of_timestamp is required" in refusal(client, later)
        assert found(client, form | {"as_of_timestamp": END}) == EVERYONE

    @pytest.mark.parametrize(
        ("behavior", "error"),
        [
            ({**BUYERS, "window": "30"}, "behaviors[0].window must be a number and one of h, d, w"),
            ({**BUYERS, "event_selectors": []}, "behaviors[0].event_selectors must name an event"),
            ({**BUYERS, "event_selectors": [{}]}, "missing required field `event`"),
            ({"window": "30d"}, "missing required field `name`"),
            ("bought", "behaviors does not have the documented format"),
            (
                {**BUYERS, "event_selectors": [{"event": "Purchase", "selector": "revenue >"}]},
                "behaviors[0].event_selectors[0].selector is not a valid expression",
            ),
        ],
    )
    def test_wrong_ones_are_refused(self, client: httpx.Client, behavior: object, error: str) -> None:
        assert error in refusal(client, {"behaviors": json.dumps([behavior])})

    @pytest.mark.parametrize("behaviors", [[], [BUYERS | {"name": "other"}]])
    def test_where_uses_only_defined_behaviors(self, client: httpx.Client, behaviors: list[object]) -> None:
        form = {"where": 'defined(properties["plan"]) and behaviors["bought"] > 0'}
        if behaviors:
            form["behaviors"] = json.dumps(behaviors)
        assert 'where uses behaviors["bought"]' in refusal(client, form)


class TestRefusals:
    @pytest.mark.parametrize(
        ("parameter", "value", "error"),
        [
            ("page", "-1", "page must be at least 0"),
            ("page", "one", "page must be an integer"),
            ("where", 'properties["', "where is not a valid expression"),
            ("where", "1 and 2", "where cannot be evaluated"),
            ("where", 'properties["plan"]', "where cannot be evaluated"),
            ("distinct_ids", "somebody", "distinct_ids must be a JSON array of strings"),
            ("output_properties", '{"a": 1}', "output_properties must be a JSON array of strings"),
            ("behaviors", "[", "behaviors must be valid JSON"),
            ("behaviors", json.dumps([BUYERS, BUYERS]), "the names of behaviors must be unique"),
            ("as_of_timestamp", "yesterday", "as_of_timestamp must be an integer"),
            ("data_group_id", "12", "no group profiles"),
        ],
    )
    def test_wrong_parameters_are_refused_in_words(
        self, client: httpx.Client, parameter: str, value: str, error: str
    ) -> None:
        assert error in refusal(client, {parameter: value})
