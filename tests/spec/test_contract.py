"""The contract: valid, complete, true to Mixpanel's reference, and what both clients offer."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from attrs import frozen
from openapi_spec_validator import validate

import mixpanel_export_api.models
from mixpanel_export import AsyncMixpanelClient, MixpanelClient, OAuthTokenAuth
from mixpanel_export_api.api import AsyncResources, Operation, Resources

SPEC: Mapping[str, Any] = yaml.safe_load(
    (Path(__file__).parents[2] / "spec" / "openapi.yaml").read_text(encoding="utf-8")
)
METHODS = {"get", "put", "post", "patch", "delete", "head", "options", "trace"}
BOUND = {"project_id", "workspace_id"}
EVERY_SCHEME = {
    "serviceAccount",
    "oauthToken",
    "projectSecret",
    "signatureApiKey",
    "signatureExpire",
    "signature",
}

# Mixpanel's reference in short: what each call takes beside the project and the workspace; `*` is required.
REFERENCE = """
export_raw               GET    /api/2.0/export                        from_date* to_date* event where limit time_in_ms bucket format
insights_query           GET    /api/query/insights                    bookmark_id*
funnels_query            GET    /api/query/funnels                     funnel_id* from_date* to_date* length length_unit interval unit on where limit
funnels_list             GET    /api/query/funnels/list
retention_query          GET    /api/query/retention                   from_date* to_date* retention_type born_event event born_where where interval interval_count unit unbounded_retention on limit
retention_frequency      GET    /api/query/retention/addiction         from_date* to_date* unit* addiction_unit* event where on limit
segmentation_query       GET    /api/query/segmentation                event* from_date* to_date* on unit interval where limit type format
segmentation_numeric     GET    /api/query/segmentation/numeric        event* from_date* to_date* on* unit where type buckets
segmentation_sum         GET    /api/query/segmentation/sum            event* from_date* to_date* on* unit where
segmentation_average     GET    /api/query/segmentation/average        event* from_date* to_date* on* unit where
segmentation_multiseg    GET    /api/query/segmentation/multiseg       event* from_date* to_date* unit inner* outer* type where limit
activity_stream          GET    /api/query/stream/query                distinct_ids* from_date* to_date*
cohorts_list             POST   /api/query/cohorts/list
profiles_query           POST   /api/query/engage                      distinct_id distinct_ids data_group_id where output_properties session_id page behaviors as_of_timestamp filter_by_cohort include_all_users
events_query             GET    /api/query/events                      event* type* unit* interval from_date to_date format
events_top               GET    /api/query/events/top                  type* limit
events_names             GET    /api/query/events/names                type* limit
events_properties        GET    /api/query/events/properties           event* name* values type* unit* interval from_date to_date format limit
events_properties_top    GET    /api/query/events/properties/top       event* limit
events_properties_values GET    /api/query/events/properties/values    event* name* limit bucket
jql_query                POST   /api/query/jql                         script* params
annotations_list         GET    /api/app/projects/{project_id}/annotations                    fromDate toDate
annotations_create       POST   /api/app/projects/{project_id}/annotations                    date* description* tags
annotations_get          GET    /api/app/projects/{project_id}/annotations/{annotation_id}    annotation_id*
annotations_update       PATCH  /api/app/projects/{project_id}/annotations/{annotation_id}    annotation_id* description tags
annotations_delete       DELETE /api/app/projects/{project_id}/annotations/{annotation_id}    annotation_id*
annotations_list_tags    GET    /api/app/projects/{project_id}/annotations/tags
annotations_create_tag   POST   /api/app/projects/{project_id}/annotations/tags               name*
schemas_list             GET    /api/app/projects/{project_id}/schemas
schemas_list_for_entity  GET    /api/app/projects/{project_id}/schemas/{entity_type}          entity_type* entity_name
schemas_get              GET    /api/app/projects/{project_id}/schemas/{entity_type}/{name}   entity_type* name*
legacy_annotations_list   GET   /api/2.0/annotations/                  from_date* to_date* format
legacy_annotations_create GET   /api/2.0/annotations/create/           date* description* format
legacy_annotations_update GET   /api/2.0/annotations/update/           id* date* description* format
legacy_annotations_delete GET   /api/2.0/annotations/delete/           id* format
legacy_engage             GET   /api/2.0/engage/                       where session_id page format
"""  # noqa: E501


def resolved(node: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in node:
        target: Any = SPEC
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


@frozen
class Described:
    """One operation, as the spec has it."""

    id: str
    method: str
    path: str
    item: Mapping[str, Any]
    node: Mapping[str, Any]

    @property
    def tag(self) -> str:
        (tag,) = self.node["tags"]
        return str(tag)

    @property
    def name(self) -> str:
        return self.id.removeprefix(f"{self.tag}_")

    @property
    def parameters(self) -> dict[str, Mapping[str, Any]]:
        every = map(resolved, [*self.item.get("parameters", []), *self.node.get("parameters", [])])
        return {parameter["name"]: parameter for parameter in every}

    @property
    def fields(self) -> Mapping[str, Any]:
        if "requestBody" not in self.node:
            return {}
        (content,) = self.node["requestBody"]["content"].values()
        return resolved(content["schema"])

    @property
    def arguments(self) -> dict[str, bool]:
        """What a caller gives, by its name on the wire, and whether it is required."""
        required = {name: bool(each.get("required")) for name, each in self.parameters.items()}
        required |= {
            name: name in self.fields.get("required", []) for name in self.fields.get("properties", {})
        }
        return {name: flag for name, flag in required.items() if name not in BOUND}

    @property
    def answers(self) -> dict[str, Mapping[str, Any]]:
        return {status: resolved(answer) for status, answer in self.node["responses"].items()}

    @property
    def offered(self) -> dict[str, bool]:
        """The arguments of the client's method; a format is one only where there is CSV to choose."""
        has_csv = any("text/csv" in a.get("content", {}) for a in self.answers.values())
        return {
            re.sub(r"(?<=[a-z])([A-Z])", r"_\1", name).lower(): flag
            for name, flag in self.arguments.items()
            if name != "format" or has_csv
        }

    @property
    def security(self) -> set[str]:
        return {scheme for option in self.node["security"] for scheme in option}

    @property
    def operation(self) -> Operation[Any]:
        module = importlib.import_module(f"mixpanel_export_api.api.{self.tag}")
        operation = getattr(module, self.id.upper())
        assert isinstance(operation, Operation)
        return operation


OPERATIONS = [
    Described(node["operationId"], method.upper(), path, item, node)
    for path, item in SPEC["paths"].items()
    for method, node in item.items()
    if method in METHODS
]
every_operation = pytest.mark.parametrize("described", OPERATIONS, ids=lambda described: described.id)


# The document


def test_the_spec_is_valid_openapi() -> None:
    assert SPEC["openapi"].startswith("3.1.")
    validate(SPEC)


def test_the_spec_has_every_call_of_mixpanels_reference_and_its_parameters() -> None:
    reference = {}
    for line in REFERENCE.strip().splitlines():
        operation_id, method, path, *arguments = line.split()
        reference[operation_id] = (method, path, {name.rstrip("*"): name[-1] == "*" for name in arguments})
    assert {each.id: (each.method, each.path, each.arguments) for each in OPERATIONS} == reference


@every_operation
def test_an_operation_takes_the_project_and_the_workspace_as_its_family_does(described: Described) -> None:
    bound = {name: each["in"] for name, each in described.parameters.items() if name in BOUND}
    if described.path.startswith("/api/app/"):
        assert bound == {"project_id": "path"}
    elif described.path.startswith("/api/query/"):
        assert bound == {"project_id": "query", "workspace_id": "query"}
    else:
        assert bound == {"project_id": "query"}


@every_operation
def test_an_operation_accepts_the_credentials_of_its_family(described: Described) -> None:
    app_only = {"serviceAccount", "oauthToken"}
    assert described.security == (app_only if described.path.startswith("/api/app/") else EVERY_SCHEME)


def test_a_signature_is_three_parameters_that_go_together() -> None:
    schemes = SPEC["components"]["securitySchemes"]
    assert schemes.keys() == EVERY_SCHEME
    together = {"signatureApiKey": "api_key", "signatureExpire": "expire", "signature": "sig"}
    assert {key: schemes[key]["name"] for key in together} == together
    assert {key: [] for key in together} in SPEC["security"]


@every_operation
def test_an_operation_is_documented(described: Described) -> None:
    node = described.node
    assert described.tag in {tag["name"] for tag in SPEC["tags"]}
    assert described.id == f"{described.tag}_{described.name}"
    assert node["summary"].endswith(".")
    assert len(node["summary"]) <= 80
    assert len(node["description"]) > len(node["summary"])
    assert re.fullmatch(r"https://developer\.mixpanel\.com/reference/[\w-]+", node["externalDocs"]["url"])
    assert node["externalDocs"]["url"] in node["description"]
    for name, parameter in described.parameters.items():
        assert parameter["description"].endswith("."), name
    if "requestBody" in node:
        assert node["requestBody"]["description"]


@every_operation
def test_an_operation_describes_how_it_succeeds_and_how_it_fails(described: Described) -> None:
    succeeds = {status for status in described.answers if status.startswith("2")}
    fails = described.answers.keys() - succeeds
    assert len(succeeds) == 1
    assert {"400", "401", "402", "403", "404", "429", "5XX"} <= fails <= {
        "400", "401", "402", "403", "404", "413", "429", "5XX"
    }  # fmt: skip
    for status, answer in described.answers.items():
        assert answer["description"][:1].isupper(), status
    for status in fails:
        content = described.answers[status]["content"]
        assert content["application/json"]["schema"] == {"$ref": "#/components/schemas/Error"}


def test_the_calls_that_must_not_be_repeated_blindly_say_so() -> None:
    fragile = {each.id for each in OPERATIONS if each.node.get("x-idempotent") is False}
    assert fragile == {"annotations_create", "annotations_create_tag", "legacy_annotations_create"}


def test_the_calls_that_change_something_say_so() -> None:
    verbs = {"create", "update", "delete"}
    changing = {each.id for each in OPERATIONS if each.node.get("x-writes")}
    assert changing == {each.id for each in OPERATIONS if verbs & set(each.id.split("_"))}
    assert all(each.id in changing for each in OPERATIONS if each.method in {"PUT", "PATCH", "DELETE"})


def test_just_the_legacy_calls_are_deprecated() -> None:
    assert {each.id for each in OPERATIONS if each.node.get("deprecated")} == {
        each.id for each in OPERATIONS if each.tag == "legacy"
    }


NAMED: Mapping[str, Mapping[str, Any]] = SPEC["components"]["schemas"]


def parts(where: str, schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The schemas within a schema, at any depth, each with its place; what is referred to is not within."""
    direct = [(f"{where}.{name}", each) for name, each in schema.get("properties", {}).items()]
    direct += [(f"{where}[{key}]", schema[key]) for key in ("items", "additionalProperties") if key in schema]
    direct += [(f"{where}|{n}", each) for n, each in enumerate(schema.get("anyOf", []))]
    for place, inner in direct:
        if isinstance(inner, Mapping):
            yield place, inner
            yield from parts(place, inner)


def sent_and_answered() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The schemas that operations mention, with their place."""
    for described in OPERATIONS:
        holders = [*described.parameters.values(), *described.answers.values()]
        holders += [described.node["requestBody"]] if "requestBody" in described.node else []
        for holder in holders:
            mentioned = [
                each["schema"] for each in (holder, *holder.get("content", {}).values()) if "schema" in each
            ]
            yield from ((described.id, schema) for schema in mentioned)


def test_every_schema_with_a_meaning_has_a_name() -> None:
    mentioned = list(sent_and_answered())
    within = [
        *(inner for place, schema in mentioned for inner in parts(place, schema)),
        *(inner for name, schema in NAMED.items() for inner in parts(name, schema)),
    ]
    assert len(mentioned) > 400
    assert len(within) > 150
    inline = [
        place
        for place, schema in mentioned + within
        if schema.get("type") == "object"
        or schema.keys() & {"properties", "enum", "additionalProperties", "allOf", "oneOf"}
    ]
    assert inline == []


@pytest.mark.parametrize("name", NAMED)
def test_a_named_schema_and_its_properties_are_described(name: str) -> None:
    schema = NAMED[name]
    assert re.fullmatch(r"[A-Z][A-Za-z]+", name)
    assert schema["description"].endswith(".")
    for field, described in schema.get("properties", {}).items():
        assert resolved(described)["description"].endswith("."), field
    assert set(schema.get("required", [])) <= schema.get("properties", {}).keys()


def test_every_named_schema_is_used() -> None:
    used = set(re.findall(r"#/components/schemas/(\w+)", yaml.safe_dump(SPEC)))
    # An event is what each line of the raw export holds, which no media type of JSON can say.
    assert used | {"Event"} == set(NAMED)


def test_no_value_is_sent_that_the_caller_did_not_choose() -> None:
    assert "default:" not in yaml.safe_dump(SPEC)


def test_answers_have_no_enumerations_since_mixpanel_adds_values() -> None:
    def reached(schema: Mapping[str, Any], seen: set[str]) -> Iterator[Mapping[str, Any]]:
        if schema.get("$ref") not in seen:
            seen.add(schema.get("$ref", ""))
            yield resolved(schema)
            for _, inner in parts("", resolved(schema)):
                yield from reached(inner, seen)

    for described in OPERATIONS:
        for status, answer in described.answers.items():
            for content in answer["content"].values():
                for schema in reached(content["schema"], set()):
                    assert "enum" not in schema, (described.id, status)


@every_operation
def test_lists_and_objects_travel_as_json_text(described: Described) -> None:
    for name, parameter in described.parameters.items():
        if "schema" in parameter:
            assert resolved(parameter["schema"])["type"] in {"string", "integer", "boolean"}, name
        else:
            assert resolved(parameter["content"]["application/json"]["schema"])["type"] == "array", name
    for media_type, content in described.node.get("requestBody", {"content": {}})["content"].items():
        if media_type == "application/x-www-form-urlencoded":
            nested = {
                name
                for name, schema in resolved(content["schema"])["properties"].items()
                if resolved(schema)["type"] in {"array", "object"}
            }
            assert content["encoding"] == {name: {"contentType": "application/json"} for name in nested}


# What it compiles to


@every_operation
def test_an_operation_compiles_to_a_constant_that_says_the_same(described: Described) -> None:
    operation = described.operation
    assert operation.name == f"{described.tag}.{described.name}"
    assert (operation.method, operation.path) == (described.method, described.path)
    assert operation.security == described.security
    assert operation.idempotent == described.node.get("x-idempotent", True)
    assert operation.writes == described.node.get("x-writes", False)
    assert set(operation.bound) == described.parameters.keys() & BOUND
    assert operation.schemas.keys() == described.offered.keys()
    assert set(operation.required) == {name for name, required in described.offered.items() if required}
    assert set(operation.body_fields) == set(described.fields.get("properties", {}))


def test_there_is_no_constant_that_the_spec_does_not_know() -> None:
    tags = {each.tag for each in OPERATIONS}
    constants = {
        name
        for tag in tags
        for name, value in vars(importlib.import_module(f"mixpanel_export_api.api.{tag}")).items()
        if isinstance(value, Operation)
    }
    assert constants == {each.id.upper() for each in OPERATIONS}
    assert tags == {tag["name"] for tag in SPEC["tags"]}
    for kind in (Resources, AsyncResources):
        assert {name for name in vars(kind) if not name.startswith("_")} == tags | {"call_operation"}


CLIENTS = {
    "sync": MixpanelClient(OAuthTokenAuth("token"), project_id=1),
    "async": AsyncMixpanelClient(OAuthTokenAuth("token"), project_id=1),
}


@every_operation
@pytest.mark.parametrize("twin", CLIENTS)
def test_an_operation_is_a_typed_method_of_both_clients(described: Described, twin: str) -> None:
    method = getattr(getattr(CLIENTS[twin], described.tag), described.name)
    assert inspect.iscoroutinefunction(method) == (twin == "async")
    signature = inspect.signature(method)
    assert {each.kind for each in signature.parameters.values()} <= {inspect.Parameter.KEYWORD_ONLY}
    assert {
        name: each.default is inspect.Parameter.empty for name, each in signature.parameters.items()
    } == described.offered
    for name, parameter in signature.parameters.items():
        assert parameter.annotation not in {inspect.Parameter.empty, "Any", "object"}, name
        assert ("None" in parameter.annotation) == (not described.offered[name]), name
    assert signature.return_annotation not in {inspect.Signature.empty, "Any", "None"}


@every_operation
@pytest.mark.parametrize("twin", CLIENTS)
def test_a_method_has_the_documentation_of_the_contract(described: Described, twin: str) -> None:
    documentation = inspect.getdoc(getattr(getattr(CLIENTS[twin], described.tag), described.name))
    assert documentation is not None
    flat = " ".join(documentation.split())
    assert documentation.splitlines()[0] == described.node["summary"]
    assert " ".join(described.node["description"].split()) in flat
    for name in described.offered:
        assert re.search(rf"^    {name}: \S", documentation, re.MULTILINE), name
    assert "Returns: " in flat
    assert "mixpanel_export.APIError" in flat


@every_operation
def test_the_twins_of_an_operation_differ_by_await_alone(described: Described) -> None:
    sync, twin = (getattr(getattr(client, described.tag), described.name) for client in CLIENTS.values())
    assert inspect.signature(sync) == inspect.signature(twin)
    assert inspect.getdoc(sync) == inspect.getdoc(twin)


@every_operation
def test_dates_and_expressions_are_typed_so_everywhere(described: Described) -> None:
    method = getattr(getattr(CLIENTS["sync"], described.tag), described.name)
    annotations = {name: each.annotation for name, each in inspect.signature(method).parameters.items()}
    for name, annotation in annotations.items():
        optional = "" if described.offered[name] else " | None"
        if name in {"from_date", "to_date"}:
            assert annotation == f"datetime.date | str{optional}"
        if name in {"where", "on", "born_where", "inner", "outer"}:
            assert annotation == f"str | Expression{optional}"


def test_models_are_named_after_the_schemas() -> None:
    names = {name for name in mixpanel_export_api.models.__all__ if name[0].isupper()}
    assert names <= set(NAMED)
    assert {name for name, schema in NAMED.items() if schema.get("type") == "object"} <= names
