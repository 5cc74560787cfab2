"""Typed events: what fits is typed, what does not fit comes unchanged, and nothing is cast or lost."""

from __future__ import annotations

import copy
import datetime
import json
import pickle
import random
import zoneinfo
from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec
import pytest

from mixpanel_export import (
    Event,
    EventProperties,
    ExportError,
    IncompleteExportError,
    InvalidArgumentError,
    MalformedEventError,
    TypedEvent,
)
from mixpanel_export.records.decode import EventDecoder
from mixpanel_export.records.event import event_type
from mixpanel_export.records.typed_decode import EventTypes, Misfit, Misfits, Readers, TypedDecoder
from tests.codegen.odd_events import NAMES, VALUES, odd_project
from tests.codegen.test_events import module_of

NOON = 1_704_110_400


class BuyProperties(EventProperties, kw_only=True, rename={"insert_id": "$insert_id"}):
    time: int
    insert_id: str | None = None
    price: float
    count: int | None = None
    code: str | None = None
    items: list[dict[str, Any]] | None = None
    ratios: list[float] | None = None
    mixed: int | str | None = None


class Buy(TypedEvent[BuyProperties]):
    name: ClassVar[str] = "Buy"


class LookProperties(EventProperties, kw_only=True):
    page: str


class Look(TypedEvent[LookProperties]):
    name: ClassVar[str] = "Look"


def decoder_of(into: Any = (Buy, Look), **settings: Any) -> tuple[TypedDecoder, Misfits]:
    misfits = Misfits()
    untyped = settings.pop("untyped", None) or EventDecoder()
    return TypedDecoder(untyped, Readers.of(EventTypes.of(into), datetime.UTC), misfits, **settings), misfits


def line(name: str, **properties: Any) -> bytes:
    return json.dumps({"event": name, "properties": properties}).encode() + b"\n"


def decode(*lines: bytes) -> tuple[list[Any], Sequence[Misfit]]:
    decoder, misfits = decoder_of()
    return decoder.decode(b"".join(lines)), misfits.listed()


def test_events_become_objects_of_their_classes() -> None:
    sent = {
        "time": NOON,
        "$insert_id": "i",
        "distinct_id": "d",
        "price": 2.5,
        "count": 3,
        "mixed": "m",
        "new": [1],
    }
    (buy, look, other), misfits = decode(
        line("Buy", **sent), line("Look", page="/"), line("Other", page="/", x=None)
    )
    assert isinstance(buy, Buy)
    assert buy.properties == BuyProperties(time=NOON, insert_id="i", price=2.5, count=3, mixed="m")
    assert buy.other_properties == {"distinct_id": "d", "new": [1]}
    assert (buy.name, buy.insert_id, buy.distinct_id) == ("Buy", "i", "d")
    assert buy.time == datetime.datetime(2024, 1, 1, 12, tzinfo=datetime.UTC)
    assert buy.to_dict() == {"event": "Buy", "properties": sent}
    assert isinstance(look, Look)
    assert look.other_properties == {}
    assert look.distinct_id is None
    assert other == Event(name="Other", properties={"page": "/", "x": None})
    assert misfits == ()
    (look,), _ = decode(b'{"properties":{"page":"/"},"other_properties":{"x":1},"event":"Look"}\n')
    assert look == Look(LookProperties(page="/"))
    assert look != Buy(BuyProperties(time=1, price=1))
    assert look != Event(name="Look", properties={"page": "/"})


def test_numbers_come_as_they_were_sent() -> None:
    for value in (5, 5.0, -0.0, 2**53 + 1, 10**40, 1e300, 0):
        (buy,), misfits = decode(line("Buy", time=NOON, price=value, ratios=[value, 1]))
        found = [buy.properties.price, *buy.properties.ratios]
        assert [*map(repr, found)] == [*map(repr, (value, value, 1))]
        assert misfits == ()


def test_a_value_of_another_type_leaves_its_event_as_it_was() -> None:
    cases: list[tuple[dict[str, Any], str, str, str]] = [
        ({"price": "12"}, "price", "float", "text"),
        ({"price": None}, "price", "float", "null"),
        ({"price": True}, "price", "float", "a boolean"),
        ({}, "price", "float", "absent"),
        ({"price": 1, "count": 1.0}, "count", "int | None", "a number"),
        ({"price": 1, "count": True}, "count", "int | None", "a boolean"),
        ({"price": 1, "code": 7}, "code", "str | None", "a whole number"),
        ({"price": 1, "items": {}}, "items", "list[dict[str, Any]] | None", "an object"),
        ({"price": 1, "items": [1]}, "items", "list[dict[str, Any]] | None", "a list"),
        ({"price": 1, "ratios": ["1"]}, "ratios", "list[float] | None", "a list"),
        ({"price": 1, "mixed": 1.5}, "mixed", "int | str | None", "a number"),
        ({"price": 1, "count": "\ud83d"}, "count", "int | None", "text"),
        ({"price": 1, "ratios": ["\ud83d"]}, "ratios", "list[float] | None", "a list"),
    ]
    for properties, name, expected, found in cases:
        sent = {"time": NOON, **properties}
        (event,), misfits = decode(line("Buy", **sent))
        assert type(event) is Event
        assert repr(event.properties) == repr(sent)
        assert misfits == (Misfit("Buy", name, expected, (found,), 1),)


def test_misfits_are_counted_by_property() -> None:
    decoder, misfits = decoder_of()
    good = line("Buy", time=NOON, price=1)
    bad = [line("Buy", time=NOON, price=price, code=price) for price in ("a", None, "b")]
    for _ in range(2):
        events = decoder.decode(good + b"".join(bad) + line("Look"))
        assert [isinstance(event, Buy) for event in events] == [True, False, False, False, False]
    assert misfits.listed() == (
        Misfit("Buy", "price", "float", ("null", "text"), 6),
        Misfit("Look", "page", "str", ("absent",), 2),
    )


def test_unusual_lines_are_read_once_and_counted_once() -> None:
    # Half a surrogate pair makes the whole block unusual; so does a number that only Python reads.
    half = b'{"event":"Buy","properties":{"time":1,"price":2,"code":"\\ud83d"}}\n'
    bad = line("Buy", time=1, price="x")
    (typed, misfit, last), misfits = decode(half, bad, b"\n", line("Look", page="/").rstrip())
    assert isinstance(typed, Buy)
    assert typed.properties.code == "\ud83d"
    assert type(misfit) is Event
    assert isinstance(last, Look)
    assert misfits == (Misfit("Buy", "price", "float", ("text",), 1),)
    huge = b'{"event":"Buy","properties":{"time":1,"price":1,"count":1' + b"0" * 400 + b"}}\n"
    (typed,), _ = decode(huge)
    assert typed.properties.count == 10**400


def test_lines_that_are_not_events_fail_as_without_types() -> None:
    good = line("Look", page="/")
    for bad, expected in (
        (b"terminated early\n", IncompleteExportError),
        (b'{"event":"Look","properties":null}\n', MalformedEventError),
        (b'{"event":"Look","properties":[]}\n', MalformedEventError),
        (b'{"event":"Look"}\n', MalformedEventError),
        (b'{"event":"Look","properties":{"page":"\xff"}}\n', MalformedEventError),
        (b'{"event":"Other","properties":{"page":"\xff"}}\n', MalformedEventError),
        (
            b'{"event":"Look","properties":{"page":"/"}}{"event":"Look","properties":{"page":"/"}}\n',
            MalformedEventError,
        ),
        (b'{"event":"Look","properties":{"page":NaN}}\n', MalformedEventError),
    ):
        decoder, misfits = decoder_of()
        decoder.decode(good)
        with pytest.raises(expected, match="line 3"):
            decoder.decode(good + bad)
        assert misfits.listed() == ()


def test_odd_events_are_all_delivered_exactly() -> None:
    for seed in range(3):
        schema, events = odd_project(seed)
        odd = odd_project(seed + 50)
        module = module_of(schema)
        decoder, misfits = decoder_of(module)
        lines = [json.dumps(event.to_dict()).encode() for event in events]
        found = decoder.decode(b"\n".join(lines))
        assert len(found) == len(events)
        for typed, event in zip(found, events, strict=True):
            assert isinstance(typed, module.EVENTS)
            assert comparable(typed) == comparable(event)
        assert misfits.listed() == ()
        # Types from one project, events of another: whatever does not fit comes as it is.
        others = [Event(name=event.name, properties=odd[1][0].properties) for event in events]
        decoder, misfits = decoder_of(module)
        found = decoder.decode(b"\n".join(json.dumps(event.to_dict()).encode() for event in others))
        assert [*map(comparable, found)] == [*map(comparable, others)]
        assert any(type(event) is Event for event in found)


@pytest.mark.slow
def test_events_that_changed_are_all_delivered_exactly() -> None:
    for seed in range(60):
        chance = random.Random(seed)
        schema, events = odd_project(seed, 8)
        module = module_of(schema)
        decoder, _ = decoder_of(module)
        plain = EventDecoder()
        for _ in range(5):
            lines: list[bytes] = []
            for event in chance.choices(events, k=chance.randrange(1, 30)):
                properties = dict(event.properties)
                for _ in range(chance.choice([0, 0, 0, 1, 2])):
                    properties[chance.choice(NAMES)] = chance.choice(VALUES)
                if properties and chance.random() < 0.1:
                    del properties[chance.choice([*properties])]
                name = event.name if chance.random() < 0.9 else chance.choice(NAMES)
                sent = {"other_properties": {"x": 1}, "properties": properties, "event": name, "name": "y"}
                lines.append(json.dumps(sent).encode())
            block = b"\n".join(lines) + b"\n"
            found = decoder.decode(block)
            assert [*map(comparable, found)] == [*map(comparable, plain.decode(block))]
            for typed in found:
                if not isinstance(typed, Event):
                    fields = msgspec.structs.fields(type(typed.properties))
                    for info in fields:
                        msgspec.convert(getattr(typed.properties, info.name), info.type)


def comparable(event: Any) -> tuple[str, Any]:
    """Return an event in a form in which 1 differs from 1.0 and True; a property that is null counts as absent."""
    found = event.to_dict()
    given = {name: value for name, value in found["properties"].items() if value is not None}
    return found["event"], sorted((name, repr(value)) for name, value in given.items())


def test_properties_can_be_left_out() -> None:
    block = line("Buy", time=NOON, price=1, code="secret", email="e") + line("Other", email="e")
    decoder, _ = decoder_of(untyped=EventDecoder(exclude=("code", "email")))
    buy, other = decoder.decode(block)
    assert buy == Buy(BuyProperties(time=NOON, price=1))
    assert other == Event(name="Other", properties={})
    fields = ("price", "count")
    untyped = EventDecoder(event_type(datetime.UTC, 1, fields), fields)
    decoder, _ = decoder_of(untyped=untyped)
    assert decoder.decode(block)[0] == Buy(BuyProperties(time=NOON, price=1))


def test_a_required_property_cannot_be_left_out() -> None:
    assert EventTypes.of([Buy], fields=["price"]).by_name.keys() == {"Buy"}
    for selection in ({"exclude": ["price"]}, {"fields": ["code"]}):
        with pytest.raises(InvalidArgumentError, match="Buy requires the property 'price'"):
            EventTypes.of([Buy], **selection)


def test_classes_are_given_as_a_module_or_by_themselves() -> None:
    class Module:
        EVENTS = (Buy, Look)

    class Nameless(TypedEvent[LookProperties]):
        pass

    class Again(TypedEvent[LookProperties]):
        name: ClassVar[str] = "Buy"

    class Half(TypedEvent[LookProperties]):
        name: ClassVar[str] = "\ud83d"

    half = b'{"event":"\\ud83d","properties":{"page":"/"}}\n'
    assert decoder_of([Half, Look])[0].decode(half)[0] == Half(LookProperties(page="/"))

    class Special(Look):
        name: ClassVar[str] = "Special"

    good: list[Any] = [Module, Module(), Buy, [Buy, Look], (Buy, Special), {Buy}, [Buy, Buy], []]
    for into in good:
        EventTypes.of(into)
    bad: list[Any] = [
        1,
        "Buy",
        int,
        [int],
        Event,
        TypedEvent,
        [Nameless],
        [Buy, Again],
        object(),
        json,
        BuyProperties,
    ]
    for into in bad:
        with pytest.raises(InvalidArgumentError, match="into"):
            EventTypes.of(into)


def test_typed_events_have_the_time_of_their_export() -> None:
    zone = zoneinfo.ZoneInfo("Asia/Tokyo")
    decoder = TypedDecoder(EventDecoder(), Readers.of(EventTypes.of(Buy), zone, 1000), Misfits())
    (buy,) = decoder.decode(line("Buy", time=NOON * 1000, price=1, x=1))
    assert isinstance(buy, Buy)
    assert buy.time == datetime.datetime(2024, 1, 1, 12, tzinfo=zone)
    again = pickle.loads(pickle.dumps(buy))
    assert again == buy == copy.copy(buy)
    assert again.time == buy.time
    assert (
        repr(buy)
        == f"Buy(properties=BuyProperties(time={NOON * 1000}, price=1), other_properties={{'x': 1}})"
    )
    with pytest.raises(ExportError, match="expected a numeric time"):
        _ = Look(LookProperties(page="/")).time
