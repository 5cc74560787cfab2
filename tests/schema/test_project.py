"""The schema of a project, from Lexicon's descriptions and from a sample."""

from __future__ import annotations

import asyncio
import json
import logging
import pickle
from typing import Any

import pytest

from mixpanel_export import (
    AsyncMixpanelClient,
    ColumnSchema,
    Event,
    InvalidArgumentError,
    MixpanelClient,
    PaymentRequiredError,
)
from mixpanel_export.sandbox import Fault, Sandbox
from mixpanel_export.schema.lexicon import described_events
from mixpanel_export.schema.observed import observe
from mixpanel_export.schema.project import ProjectSchema, PropertySchema, columns_of
from mixpanel_export_api.models import LexiconEntry

DAYS = ("2024-01-01", "2024-01-02")


def lexicon_of(properties: Any, required: Any = None) -> Any:
    schema = {"properties": properties, "required": required}
    return LexiconEntry.from_dict({"entityType": "event", "name": "Buy", "schemaJson": schema})


def schema_of(rows: list[dict[str, Any]], *entities: Any) -> ProjectSchema:
    events = [Event(name="Buy", properties=row) for row in rows]
    return ProjectSchema(observe([events[:1], events[1:]]), described_events(entities))


def property_of(name: str, rows: list[dict[str, Any]], *entities: Any) -> PropertySchema:
    return schema_of(rows, *entities).events["Buy"].properties[name]


def test_a_sample_shows_types_and_what_is_always_there() -> None:
    rows: list[dict[str, Any]] = [
        {"a": 1, "b": "x", "c": [1, "x"], "d": None, "e": True},
        {"a": 2.5, "b": 1, "c": [{"k": 1}, None], "e": None, "f": {}},
    ]
    found = schema_of(rows).events["Buy"]
    assert found.count == 2
    shown = {name: (prop.types, prop.items, prop.required) for name, prop in found.properties.items()}
    assert shown == {
        "a": (("number",), (), True),
        "b": (("integer", "string"), (), True),
        "c": (("array",), (None, "integer", "object", "string"), True),
        "d": ((), (), False),
        "e": (("boolean",), (), False),
        "f": (("object",), (), False),
    }


def test_numbers_too_large_for_a_double_are_no_examples() -> None:
    found = schema_of([{"p": 1e400}, {"p": [-1e400, 1]}, {"p": 1.5}])
    assert found.events["Buy"].properties["p"].examples == (1.5,)
    json.loads(found.to_json(), parse_constant=pytest.fail)
    assert found.kinds() == {"p": "json"}


def test_identity_columns_are_text_whatever_lexicon_says() -> None:
    lexicon = lexicon_of({name: {"type": "number"} for name in ("distinct_id", "$insert_id", "time", "p")})
    samples: list[tuple[list[dict[str, Any]], str]] = [
        ([], "string"),
        ([{"distinct_id": None}], "string"),
        ([{"distinct_id": "a", "$insert_id": "b"}], "string"),
        # Sampled events have the last word.
        ([{"distinct_id": "a"}, {"distinct_id": 5}], "string"),
        ([{"distinct_id": 5}], "long"),
    ]
    for rows, kind in samples:
        columns = ColumnSchema(columns_of(schema_of(rows, lexicon))).properties
        assert (columns["distinct_id"], columns["$insert_id"], columns["p"]) == (kind, "string", "double")


def test_lexicon_and_a_sample_must_agree_on_what_is_required() -> None:
    number = {"type": "number", "description": "The price."}
    cases: list[tuple[list[dict[str, Any]], list[str] | None, bool, bool]] = [
        ([], None, False, False),
        ([], ["p"], False, True),
        ([], ["p"], True, False),
        ([{"p": 1}], None, False, True),
        ([{"p": 1}], ["p"], False, True),
        ([{"p": 1}], [], False, False),
        ([{"p": 1}, {}], ["p"], False, False),
        ([{"p": 1}, {"p": None}], ["p"], False, False),
    ]
    for rows, required, nullable, expected in cases:
        described = {**number, "type": ["number", "null"]} if nullable else number
        found = property_of("p", rows, lexicon_of({"p": described}, required))
        assert found.required is expected, (rows, required)
        assert found.types == ("number",)
        assert found.description == "The price."


def test_the_json_of_a_schema_can_be_encoded() -> None:
    found = schema_of([{"half \ud83d": "\ud83d"}], lexicon_of({"p": {"description": "half \ud83d"}}))
    assert json.loads(found.to_json().encode()) == found.to_dict()


def test_lexicon_may_describe_a_property_in_any_way() -> None:
    for described, expected in (
        (None, ()),
        (True, ()),
        ({}, ()),
        ({"type": None}, ()),
        ({"type": "date"}, ()),
        ({"type": ["string", "date"]}, ()),
        ({"type": ["string", "null", "integer"]}, ("integer", "string")),
        ({"type": "object", "examples": [{"a": 1}]}, ("object",)),
    ):
        found = property_of("p", [], lexicon_of({"p": described}))
        assert found.types == expected, described
    assert schema_of([], lexicon_of(None)).events["Buy"].properties == {}


def test_a_sample_adds_types_to_lexicons() -> None:
    found = property_of("p", [{"p": "12"}], lexicon_of({"p": {"type": "number"}}))
    assert found.types == ("number", "string")
    assert found.examples == ("12",)


def test_the_schema_of_the_sandbox_has_both_sources(sandbox: Sandbox, shop: MixpanelClient) -> None:
    options: Any = {"event": ["Purchase", "Sign Up"], "exclude": ["coupon"]}
    schema = shop.export.schema(*DAYS, **options)
    only_lexicon = shop.export.schema(sample=0)
    assert [event.name for event in schema] == ["Purchase", "Sign Up"]
    revenue = schema.events["Purchase"].properties["revenue"]
    assert revenue.types == ("number",)
    assert revenue.required
    assert revenue.description == "The amount paid, in US dollars."
    assert revenue.count > 0
    assert "coupon" not in schema.events["Purchase"].properties
    assert only_lexicon.events["Purchase"].count == 0
    assert only_lexicon.events["Purchase"].properties["revenue"].required
    assert pickle.loads(pickle.dumps(schema)) == schema
    data = json.loads(schema.to_json())
    assert [event["name"] for event in data["events"]] == ["Purchase", "Sign Up"]
    rows = {row["property"]: row for row in schema.to_rows() if row["event"] == "Purchase"}
    assert rows["items"]["type"] == "array of object"

    async def awaited() -> ProjectSchema:
        async with AsyncMixpanelClient(
            sandbox.auth, project_id=sandbox.credentials.project_id, base_url=sandbox.url, limits=None
        ) as client:
            return await client.export.schema(*DAYS, **options)

    assert asyncio.run(awaited()).to_rows() == schema.to_rows()


def test_without_lexicon_a_sample_is_enough(
    sandbox: Sandbox, shop: MixpanelClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "mixpanel_export")
    sandbox.faults.add(Fault.status(402), path="*/schemas/event", times=2)
    schema = shop.export.schema(*DAYS, sample=10)
    assert schema.to_rows()[0]["description"] is None
    assert "Lexicon cannot be read" in caplog.text
    with pytest.raises(PaymentRequiredError):
        shop.export.schema(*DAYS, lexicon=True)
    refused: list[Any] = [
        {"sample": -1},
        {"sample": 100_001},
        {"sample": True},
        {"sample": 0, "lexicon": False},
    ]
    for arguments in refused:
        with pytest.raises(InvalidArgumentError, match="sample"):
            shop.export.schema(**arguments)
