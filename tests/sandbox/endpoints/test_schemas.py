"""The Lexicon, compared with the contents of the events and profiles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import httpx
import pytest

from mixpanel_export import MixpanelClient, NotFoundError
from mixpanel_export.sandbox import Sandbox, SandboxCredentials
from mixpanel_export.sandbox.data.store import InMemoryEventStore
from mixpanel_export.sandbox.project import Project
from mixpanel_export.sandbox.saved.lexicon import Descriptions, lexicon
from tests.sandbox.conftest import EVERYTHING
from tests.sandbox.contract import follows_contract

SCHEMAS = f"/api/app/projects/{SandboxCredentials().project_id}/schemas"
SPEC = "/api/app/projects/{project_id}/schemas"

# DuckDB's names of JSON types, and those of a schema.
TYPES = {
    "ARRAY": "array",
    "BIGINT": "integer",
    "BOOLEAN": "boolean",
    "DOUBLE": "number",
    "OBJECT": "object",
    "UBIGINT": "integer",
    "VARCHAR": "string",
}


@pytest.fixture(scope="module")
def mixpanel(sandbox: Sandbox) -> Iterator[MixpanelClient]:
    with MixpanelClient(
        sandbox.auth, project_id=sandbox.credentials.project_id, base_url=sandbox.url
    ) as client:
        yield client


class TestEvents:
    @pytest.mark.slow
    def test_names_types_and_presence_are_those_of_the_export(
        self, client: httpx.Client, mixpanel: MixpanelClient, tmp_path: Path
    ) -> None:
        exported = tmp_path / "events.jsonl"
        exported.write_bytes(client.get("/api/2.0/export", params=EVERYTHING).content)
        database = duckdb.connect()
        database.read_json(
            str(exported), format="newline_delimited", columns={"event": "VARCHAR", "properties": "JSON"}
        ).create("events")
        database.execute(
            """
            CREATE TABLE found AS
            SELECT event, property, json_type(json_extract(properties, '$."' || property || '"')) AS kind
            FROM (SELECT event, properties, unnest(json_keys(properties)) AS property FROM events)
            """
        )
        for entry in mixpanel.schemas.list_for_entity(entity_type="event").results:
            of_event = "FROM found WHERE event = $1"
            kinds: dict[str, set[str]] = {
                name: {TYPES[kind] for kind in seen if kind != "NULL"}
                for name, seen in database.execute(
                    f"SELECT property, list(DISTINCT kind) {of_event} GROUP BY property", [entry.name]
                ).fetchall()
            }
            always = database.execute(
                f"""
                SELECT property {of_event} GROUP BY property
                HAVING count(*) = (SELECT count(*) FROM events WHERE event = $1) AND bool_and(kind <> 'NULL')
                ORDER BY property
                """,
                [entry.name],
            ).fetchall()
            properties = entry.schema_json.properties.to_dict()  # type: ignore[union-attr]
            assert {name: {schema["type"]} for name, schema in properties.items() if "type" in schema} == {
                name: {"number"} if seen == {"integer", "number"} else seen
                for name, seen in kinds.items()
                if seen
            }
            assert properties.keys() == kinds.keys()
            assert entry.schema_json.required == [name for (name,) in always]
        names = database.execute("SELECT DISTINCT event FROM events ORDER BY event").fetchall()
        listed = mixpanel.schemas.list_for_entity(entity_type="event").results
        assert [(entry.name,) for entry in listed] == names

    def test_the_whole_sample_is_described(self, client: httpx.Client) -> None:
        for entry in client.get(SCHEMAS).json()["results"]:
            schema = entry["schemaJson"]
            assert schema["description"]
            assert [name for name, each in schema["properties"].items() if not each.get("description")] == []

    def test_a_schema_is_returned_by_name(self, client: httpx.Client, mixpanel: MixpanelClient) -> None:
        listed = mixpanel.schemas.list_for_entity(entity_type="event", entity_name="Sign Up").results
        assert [entry.name for entry in listed] == ["Sign Up"]
        assert mixpanel.schemas.get(entity_type="event", name="Sign Up") == listed[0].schema_json
        assert (
            client.get(f"{SCHEMAS}/event/Sign%20Up/").json() == client.get(f"{SCHEMAS}/event/Sign Up").json()
        )

    def test_answers_follow_the_contract(self, client: httpx.Client) -> None:
        assert follows_contract(SPEC, client.get(SCHEMAS))
        assert follows_contract(f"{SPEC}/{{entity_type}}", client.get(f"{SCHEMAS}/event"))
        one = client.get(f"{SCHEMAS}/event/Purchase")
        assert follows_contract(f"{SPEC}/{{entity_type}}/{{name}}", one)


class TestProfiles:
    def test_users_are_one_entity(self, mixpanel: MixpanelClient) -> None:
        entries = mixpanel.schemas.list_for_entity(entity_type="profile").results
        assert [(entry.entity_type, entry.name) for entry in entries] == [("profile", "$user")]
        schema = mixpanel.schemas.get(entity_type="profile", name="$user")
        assert schema == entries[0].schema_json
        properties = schema.properties.to_dict()  # type: ignore[union-attr]
        assert {name: properties[name].get("type") for name in ("orders", "lifetime_value", "devices")} == {
            "orders": "integer",
            "lifetime_value": "number",
            "devices": "array",
        }
        assert properties["$created"]["format"] == "date-time"
        assert "format" not in properties["$email"]

    def test_the_schemas_are_those_of_events_and_profiles(self, mixpanel: MixpanelClient) -> None:
        kinds = [entry.entity_type for entry in mixpanel.schemas.list().results]
        assert kinds == ["event"] * (len(kinds) - 1) + ["profile"]


class TestUnknown:
    def test_names_are_not_found(self, mixpanel: MixpanelClient) -> None:
        for kind in ("event", "profile"):
            with pytest.raises(NotFoundError, match="no schema"):
                mixpanel.schemas.get(entity_type=kind, name="Sign Down")
        empty = mixpanel.schemas.list_for_entity(entity_type="event", entity_name="Sign Down")
        assert empty.results == []

    def test_kinds_are_refused(self, client: httpx.Client) -> None:
        for path in ("group", "group/Company"):
            answer = client.get(f"{SCHEMAS}/{path}")
            assert answer.status_code == 400
            assert answer.json()["error"] == "entityType must be one of: event, profile, custom_event"


class TestNames:
    @pytest.mark.parametrize(
        "name", ["a/b", "a/", "/", "100%", "a%2Fb", "Größe ☕", "q?x=1#y", "schemas/event/x"]
    )
    def test_any_name_can_be_asked_for(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        """An encoded slash in a path belongs to the name."""
        found = lexicon([{"event": name, "properties": {"colour": "red"}}], [], Descriptions({name: "It."}))
        monkeypatch.setattr(Project, "lexicon", found)
        with (
            Sandbox(limits=None) as sandbox,
            MixpanelClient(
                sandbox.auth, project_id=sandbox.credentials.project_id, base_url=sandbox.url
            ) as client,
        ):
            assert client.schemas.get(entity_type="event", name=name).description == "It."


class TestDerivation:
    def test_a_property_of_several_types_or_none_has_no_type(self) -> None:
        events = [
            {"event": "E", "properties": {"mixed": 1, "wide": 1, "empty": None, "once": True, "at": "soon"}},
            {
                "event": "E",
                "properties": {"mixed": "1", "wide": 1.5, "empty": None, "at": "2024-01-01T00:00:00"},
            },
        ]
        (entity,) = lexicon(events, [], Descriptions())
        properties = entity.schema["properties"]
        assert {name: schema.get("type") for name, schema in properties.items()} == {
            "at": "string",
            "empty": None,
            "mixed": None,
            "once": "boolean",
            "wide": "number",
        }
        assert entity.schema["required"] == ["at", "mixed", "wide"]
        assert "format" not in properties["at"]
        assert "description" not in entity.schema

    def test_a_project_of_other_data_has_other_schemas(self) -> None:
        events = InMemoryEventStore.from_lines([b'{"event":"Purchase","properties":{"time":1,"plan":5}}'])
        project = Project(SandboxCredentials(), events)
        (entity,) = project.lexicon
        assert "description" not in entity.schema
        assert set(entity.schema["properties"]) == {"plan", "time"}
        assert project.lexicon is project.lexicon
