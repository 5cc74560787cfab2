"""The contract: valid, complete and true to Mixpanel's reference. See `test_compiled` for its code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml
from openapi_spec_validator import validate

from tests.openapi import SPEC
from tests.spec.operations import BOUND, NAMED, OPERATIONS, Described, for_every_operation, resolved

EVERY_SCHEME = {
    "serviceAccount",
    "oauthToken",
    "projectSecret",
    "signatureApiKey",
    "signatureExpire",
    "signature",
}

# Mixpanel's reference in short: parameters of each call besides the project and the workspace; `*` is required.
REFERENCE = """
export_raw               GET    /api/2.0/export                        from_date* to_date* event where limit time_in_ms bucket format
insights_query           GET    /api/query/insights                    bookmark_id*
funnels_query            GET    /api/query/funnels                     funnel_id* from_date* to_date* length length_unit interval unit on where limit
funnels_list             GET    /api/query/funnels/list
retention_query          GET    /api/query/retention                   from_date* to_date* retention_type born_event event born_where where interval interval_count unit unbounded_retention on limit
retention_saved          GET    /api/query/retention#saved             bookmark_id*
flows_query              GET    /api/query/arb_funnels                 bookmark_id*
retention_frequency      GET    /api/query/retention/addiction         from_date* to_date* unit* addiction_unit* event where on limit
segmentation_query       GET    /api/query/segmentation                event* from_date* to_date* on unit interval where limit type format
segmentation_numeric     GET    /api/query/segmentation/numeric        event* from_date* to_date* on* unit where type buckets
segmentation_sum         GET    /api/query/segmentation/sum            event* from_date* to_date* on* unit where
segmentation_average     GET    /api/query/segmentation/average        event* from_date* to_date* on* unit where
segmentation_multiseg    GET    /api/query/segmentation/multiseg       event* from_date* to_date* unit inner* outer* type where limit
activity_stream          GET    /api/query/stream/query                distinct_ids* from_date* to_date*
cohorts_list             POST   /api/query/cohorts/list
profiles_query           POST   /api/query/engage                      distinct_id distinct_ids data_group_id where output_properties session_id page behaviors as_of_timestamp filter_by_cohort include_all_users sort_key sort_order search limit
profiles_stats           POST   /api/query/engage/stats                action* selector filter_by_cohort data_group_id as_of_timestamp
events_query             GET    /api/query/events                      event* type* unit* interval from_date to_date format
events_top               GET    /api/query/events/top                  type* limit
events_names             GET    /api/query/events/names                type* limit from_date to_date
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
bookmarks_list           GET    /api/app/projects/{project_id}/bookmarks                      type
me_get                   GET    /api/app/me
schemas_list             GET    /api/app/projects/{project_id}/schemas
schemas_upload           POST   /api/app/projects/{project_id}/schemas                        entries* truncate
schemas_delete_all       DELETE /api/app/projects/{project_id}/schemas
schemas_list_for_entity  GET    /api/app/projects/{project_id}/schemas/{entity_type}          entity_type* entity_name
schemas_delete_for_entity DELETE /api/app/projects/{project_id}/schemas/{entity_type}         entity_type* entity_name
schemas_get              GET    /api/app/projects/{project_id}/schemas/{entity_type}/{name}   entity_type* name*
schemas_replace          POST   /api/app/projects/{project_id}/schemas/{entity_type}/{name}   entity_type* name* description properties required metadata
schemas_update           PATCH  /api/app/projects/{project_id}/schemas/{entity_type}/{name}   entity_type* name* description properties required metadata
schemas_delete           DELETE /api/app/projects/{project_id}/schemas/{entity_type}/{name}   entity_type* name*
retrievals_create        POST   /api/app/data-retrievals/v3.0                                 token* distinct_ids* compliance_type disclosure_type
retrievals_get           GET    /api/app/data-retrievals/v3.0/{tracking_id}                   tracking_id* token*
deletions_create         POST   /api/app/data-deletions/v3.0                                  token* distinct_ids* compliance_type
deletions_get            GET    /api/app/data-deletions/v3.0/{tracking_id}                    tracking_id* token*
deletions_cancel         DELETE /api/app/data-deletions/v3.0/{tracking_id}                    tracking_id* token*
legacy_annotations_list   GET   /api/2.0/annotations/                  from_date* to_date* format
legacy_annotations_create GET   /api/2.0/annotations/create/           date* description* format
legacy_annotations_update GET   /api/2.0/annotations/update/           id* date* description* format
legacy_annotations_delete GET   /api/2.0/annotations/delete/           id* format
legacy_engage             GET   /api/2.0/engage/                       where session_id page format
"""  # noqa: E501


@pytest.mark.slow
def test_the_spec_is_valid_openapi() -> None:
    assert SPEC["openapi"].startswith("3.1.")
    validate(SPEC)


def test_the_spec_has_every_call_of_the_reference() -> None:
    reference = {}
    for line in REFERENCE.strip().splitlines():
        operation_id, method, path, *arguments = line.split()
        reference[operation_id] = (method, path, {name.rstrip("*"): name[-1] == "*" for name in arguments})
    assert {
        operation.id: (operation.method, operation.path, operation.arguments) for operation in OPERATIONS
    } == reference


@for_every_operation
def test_an_operation_takes_the_ids_of_its_family(described: Described) -> None:
    bound = {name: parameter["in"] for name, parameter in described.parameters.items() if name in BOUND}
    if described.path.startswith("/api/app/"):
        assert bound == ({"project_id": "path"} if "/projects/" in described.path else {})
    elif described.path.startswith("/api/query/"):
        assert bound == {"project_id": "query", "workspace_id": "query"}
    else:
        assert bound == {"project_id": "query"}


@for_every_operation
def test_an_operation_accepts_the_credentials_of_its_family(described: Described) -> None:
    app_only = {"serviceAccount", "oauthToken"}
    if described.tag in {"retrievals", "deletions"}:
        assert described.security == {"oauthToken"}
    else:
        assert described.security == (app_only if described.path.startswith("/api/app/") else EVERY_SCHEME)


def test_a_signature_is_three_parameters_together() -> None:
    schemes = SPEC["components"]["securitySchemes"]
    assert schemes.keys() == EVERY_SCHEME
    together = {"signatureApiKey": "api_key", "signatureExpire": "expire", "signature": "sig"}
    assert {key: schemes[key]["name"] for key in together} == together
    assert {key: [] for key in together} in SPEC["security"]


@for_every_operation
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


@for_every_operation
def test_an_operation_describes_success_and_failure(described: Described) -> None:
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


def test_calls_that_must_not_be_repeated_are_marked() -> None:
    fragile = {operation.id for operation in OPERATIONS if operation.node.get("x-idempotent") is False}
    assert fragile == {
        "annotations_create",
        "annotations_create_tag",
        "deletions_create",
        "legacy_annotations_create",
        "retrievals_create",
    }


def test_calls_that_write_are_marked() -> None:
    verbs = {"create", "update", "delete", "upload", "replace", "cancel"}
    changing = {operation.id for operation in OPERATIONS if operation.node.get("x-writes")}
    assert changing == {operation.id for operation in OPERATIONS if verbs & set(operation.id.split("_"))}
    assert all(
        operation.id in changing for operation in OPERATIONS if operation.method in {"PUT", "PATCH", "DELETE"}
    )


def test_jql_and_legacy_calls_are_deprecated() -> None:
    assert {operation.id for operation in OPERATIONS if operation.node.get("deprecated")} == {
        operation.id for operation in OPERATIONS if operation.tag in {"jql", "legacy"}
    }


def parts(where: str, schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the schemas within a schema at any depth, with their place; references are not followed."""
    direct = [(f"{where}.{name}", inner) for name, inner in schema.get("properties", {}).items()]
    direct += [(f"{where}[{key}]", schema[key]) for key in ("items", "additionalProperties") if key in schema]
    direct += [(f"{where}|{n}", inner) for n, inner in enumerate(schema.get("anyOf", []))]
    for place, inner in direct:
        if isinstance(inner, Mapping):
            yield place, inner
            yield from parts(place, inner)


def sent_and_answered() -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the schemas that operations mention, with the operation's id."""
    for described in OPERATIONS:
        holders = [*described.parameters.values(), *described.answers.values()]
        holders += [described.node["requestBody"]] if "requestBody" in described.node else []
        for holder in holders:
            mentioned = [
                part["schema"] for part in (holder, *holder.get("content", {}).values()) if "schema" in part
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


def test_schemas_and_their_properties_are_described() -> None:
    for name, schema in NAMED.items():
        assert re.fullmatch(r"[A-Z][A-Za-z]+", name)
        assert schema["description"].endswith("."), name
        for field, described in schema.get("properties", {}).items():
            assert resolved(described)["description"].endswith("."), (name, field)
        assert set(schema.get("required", [])) <= schema.get("properties", {}).keys(), name


def test_descriptions_open_with_noun_or_imperative() -> None:
    """They become docstrings."""
    question = re.compile(r"(What|Which|Where|Whether|Who|Whose|How|When|It|They|Its|Their)\b")
    opened = [(name, schema["description"]) for name, schema in NAMED.items()]
    opened += [(operation.id, operation.node["summary"]) for operation in OPERATIONS]
    assert [name for name, text in opened if question.match(text)] == []


def test_every_named_schema_is_used() -> None:
    used = set(re.findall(r"#/components/schemas/(\w+)", yaml.safe_dump(SPEC)))
    assert used == set(NAMED)


def test_no_value_is_sent_that_the_caller_did_not_choose() -> None:
    assert "default:" not in yaml.safe_dump(SPEC)


def test_answers_have_no_enumerations() -> None:
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


@for_every_operation
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
