"""The Lexicon: which events and profile properties a project has, worked out from its data.

What has a name and a type in a schema is what occurs; nothing is declared. Descriptions cannot be worked out:
those of Mixpanel's own properties are here, and those of the sample shop are `SHOP`, for projects that serve it.
Answering calls with it is the endpoints' business.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal, TypeAlias

from attrs import define, field, frozen

__all__ = ["NOTHING_WRITTEN", "SHOP", "USER", "Descriptions", "EntityType", "LexiconEntity", "lexicon"]

EntityType: TypeAlias = Literal["event", "profile"]

USER: Final = "$user"
"""The name under which the Lexicon has user profiles."""

_TYPES: Final[dict[type, str]] = {
    bool: "boolean",
    dict: "object",
    float: "number",
    int: "integer",
    list: "array",
    str: "string",
}
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?", re.ASCII)


@frozen
class Descriptions:
    """What people wrote about the entities of a project, by name, and about properties, by name."""

    entities: Mapping[str, str] = field(factory=dict[str, str])
    properties: Mapping[str, str] = field(factory=dict[str, str])


@frozen
class LexiconEntity:
    """An event or the user profiles.

    Attributes:
        schema: what the Lexicon says about it, as Mixpanel answers it.
    """

    type: EntityType
    name: str
    schema: dict[str, Any]


def lexicon(
    events: Iterable[Mapping[str, Any]],
    profiles: Iterable[Mapping[str, Any]],
    descriptions: Descriptions,
) -> tuple[LexiconEntity, ...]:
    """The entities that occur: events in the order of their names, then user profiles if there are any."""
    by_name: defaultdict[str, _Occurrences] = defaultdict(_Occurrences)
    for event in events:
        by_name[event["event"]].add(event["properties"])
    users = _Occurrences()
    for profile in profiles:
        users.add(profile["$properties"])
    entities = [
        LexiconEntity("event", name, _schema(name, by_name[name], descriptions)) for name in sorted(by_name)
    ]
    if users.count:
        entities.append(LexiconEntity("profile", USER, _schema(USER, users, descriptions)))
    return tuple(entities)


@define
class _Occurrences:
    """What was seen of one entity.

    Attributes:
        kinds: how often each property had a value of each type.
        other_texts: properties with a text that is no date with a time.
    """

    count: int = 0
    kinds: defaultdict[tuple[str, type], int] = field(factory=lambda: defaultdict[tuple[str, type], int](int))
    other_texts: set[str] = field(factory=set[str])

    def add(self, properties: Mapping[str, object]) -> None:
        self.count += 1
        kinds, other_texts = self.kinds, self.other_texts
        for name, value in properties.items():
            kinds[name, type(value)] += 1
            if isinstance(value, str) and name not in other_texts and not _DATE_TIME.fullmatch(value):
                other_texts.add(name)


def _schema(name: str, seen: _Occurrences, descriptions: Descriptions) -> dict[str, Any]:
    kinds: defaultdict[str, dict[type, int]] = defaultdict(dict)
    for (property_name, kind), times in seen.kinds.items():
        kinds[property_name][kind] = times
    schema: dict[str, Any] = {
        "required": [each for each in sorted(kinds) if sum(kinds[each].values()) == seen.count],
        "properties": {
            each: _property(each, set(kinds[each]), each not in seen.other_texts, descriptions)
            for each in sorted(kinds)
        },
        "metadata": {"com.mixpanel": {"tags": [], "hidden": False, "dropped": False}},
    }
    if name in descriptions.entities:
        schema = {"description": descriptions.entities[name], **schema}
    return schema


def _property(name: str, kinds: set[type], dates_only: bool, descriptions: Descriptions) -> dict[str, Any]:
    settings: dict[str, Any] = {"hidden": False, "dropped": False}
    schema: dict[str, Any] = {}
    types = {_TYPES[kind] for kind in kinds if kind in _TYPES}
    if types == {"integer", "number"}:
        types = {"number"}
    # A property of several types, or never with a value, has none that could be given.
    if len(types) == 1:
        schema["type"] = types.pop()
        if schema["type"] == "string" and dates_only:
            schema["format"] = "date-time"
    if name in _OWN_PROPERTIES:
        settings["displayName"], schema["description"] = _OWN_PROPERTIES[name]
    if name in descriptions.properties:
        schema["description"] = descriptions.properties[name]
    return {**schema, "metadata": {"com.mixpanel": settings}}


# Mixpanel's own properties, which every project has: the name in its menus, and what it is.
_OWN_PROPERTIES: Final[dict[str, tuple[str, str]]] = {
    "$browser": ("Browser", "The browser that was used."),
    "$browser_version": ("Browser Version", "The main version of the browser."),
    "$city": ("City", "Where the user was, by IP address."),
    "$country_code": ("Country", "The user's country, as a code of two letters."),
    "$created": ("Created", "When the profile was made."),
    "$current_url": ("Current URL", "The address of the page."),
    "$device": ("Device", "The kind of device, where it tells."),
    "$email": ("Email", "The user's address."),
    "$insert_id": ("Insert ID", "Tells an event that was sent again from another one."),
    "$last_seen": ("Last Seen", "When the profile last changed."),
    "$lib_version": ("Library Version", "The version of the library that sent the event."),
    "$name": ("Name", "The user's name."),
    "$os": ("Operating System", "The operating system that was used."),
    "$region": ("Region", "The state or province, by IP address."),
    "distinct_id": ("Distinct ID", "Who did it."),
    "mp_country_code": ("Country", "Where the user was, as a code of two letters."),
    "mp_lib": ("Mixpanel Library", "The library that sent the event."),
    "mp_processing_time_ms": ("Time Processed", "When Mixpanel processed the event, in milliseconds."),
    "time": ("Time", "When it happened, in seconds."),
}

NOTHING_WRITTEN: Final = Descriptions()

SHOP: Final = Descriptions(
    entities={
        "Add to Cart": "A product was put into the cart.",
        "Page View": "A page of the shop was shown.",
        "Purchase": "An order was placed and paid.",
        "Search": "Somebody searched the shop.",
        "Sign Up": "A customer made an account.",
        "Support Ticket": "A customer wrote about an order.",
        USER: "The customers of the shop.",
    },
    properties={
        "cart_value": "What all that is in the cart costs, in US dollars.",
        "category": "The department that sells the product.",
        "coupon": "The code that was redeemed.",
        "currency": "The currency of all amounts.",
        "devices": "The systems the customer was seen on.",
        "discount": "What the coupon took off, as a negative amount.",
        "filters": "What the search was narrowed to.",
        "first_order": "Whether the customer had bought nothing before.",
        "gift": "Whether it is to be wrapped.",
        "gift_note": "What the card says.",
        "identity_provider": "Who vouched for the account; none for a password.",
        "interests": "Departments the customer asked to hear from.",
        "items": "What was bought: a product, how many, and the price of one.",
        "lifetime_value": "What the customer has paid so far, in US dollars.",
        "load_ms": "How long the page took to load, in milliseconds.",
        "logged_in": "Whether the visitor was known.",
        "message": "What the customer wrote.",
        "newsletter": "Whether the customer gets the newsletter.",
        "order_id": "The number on the invoice.",
        "orders": "How many orders the customer has placed.",
        "page": "The path of the page.",
        "payment": "How, in how many parts and from where it was paid.",
        "payment_reference": "The bank's number for the payment.",
        "plan": "The customer's membership: free, plus or business.",
        "price": "The price of one, in US dollars.",
        "product": "The name of the product.",
        "quantity": "How many.",
        "query": "What was searched for.",
        "rating": "One to five stars for the answer.",
        "reply_hours": "How long the answer took.",
        "resolved": "Whether the ticket is closed.",
        "results": "How many products were found.",
        "revenue": "What was paid, in US dollars.",
        "scroll_depth": "How much of the page was seen, from 0 to 1.",
        "sku": "The number of the product.",
        "sort": "What the results were sorted by.",
        "source": "Where the customer first came from.",
        "subject": "What the ticket is about.",
        "support": "The customer's tickets, and the language to answer in.",
        "tags": "What the product is filed under.",
        "utm": "The campaign that led to the account.",
        "visit": "Ties the events of one visit together.",
    },
)
