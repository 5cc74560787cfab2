"""The Lexicon: schemas of the project's events and profiles, derived from its data.

Names and types are those that occur. Descriptions can't be derived: Mixpanel's own properties have theirs here,
and `SHOP` holds those of the sample shop.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal, TypeAlias

from attrs import define, field, frozen

__all__ = [
    "NOTHING_WRITTEN",
    "SHOP",
    "USER",
    "Descriptions",
    "EntityType",
    "Lexicon",
    "LexiconEntity",
    "lexicon",
]

EntityType: TypeAlias = Literal["event", "profile", "custom_event"]

USER: Final = "$user"
"""The name of user profiles in the Lexicon."""

_TYPES: Final[dict[type, str]] = {
    bool: "boolean",
    dict: "object",
    float: "number",
    int: "integer",
    list: "array",
    str: "string",
}
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?", re.ASCII)


_SETTINGS: Final[dict[str, Any]] = {
    "$source": "sandbox",
    "tags": [],
    "hidden": False,
    "dropped": False,
    "contacts": [],
    "teamContacts": [],
}


@frozen
class Descriptions:
    """Descriptions of entities and of properties, by name."""

    entities: Mapping[str, str] = field(factory=dict[str, str])
    properties: Mapping[str, str] = field(factory=dict[str, str])


@frozen
class LexiconEntity:
    """An event, or the user profiles.

    Attributes:
        schema: the schema in Mixpanel's format.
    """

    type: EntityType
    name: str
    schema: dict[str, Any]


class Lexicon:
    """The schemas of a project, which calls can change while the sandbox runs."""

    def __init__(self, entities: Iterable[LexiconEntity]) -> None:
        self._entities = {(entity.type, entity.name): entity for entity in entities}

    def __iter__(self) -> Iterator[LexiconEntity]:
        return iter(list(self._entities.values()))

    def get(self, type: EntityType, name: str) -> LexiconEntity | None:
        """Return the schema of an entity; None if it has none."""
        return self._entities.get((type, name))

    def put(self, entity: LexiconEntity) -> None:
        """Create or replace the schema of an entity."""
        self._entities[entity.type, entity.name] = entity

    def delete(self, type: EntityType | None = None, name: str | None = None) -> int:
        """Delete the schemas of a type and name, None for any; return their number."""
        chosen = [key for key in self._entities if type in {None, key[0]} and name in {None, key[1]}]
        for key in chosen:
            del self._entities[key]
        return len(chosen)


def lexicon(
    events: Iterable[Mapping[str, Any]],
    profiles: Iterable[Mapping[str, Any]],
    descriptions: Descriptions,
) -> tuple[LexiconEntity, ...]:
    """Return the entities that occur: events ordered by name, then user profiles if there are any."""
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
    """The occurrences of one entity.

    Attributes:
        kinds: the number of values by property and type.
        other_texts: the properties with a text that is not a date with a time.
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
        "required": [
            property_name
            for property_name in sorted(kinds)
            # One that is null is not there, as far as a JSON Schema goes.
            if sum(kinds[property_name].values()) == seen.count and type(None) not in kinds[property_name]
        ],
        "properties": {
            property_name: _property(
                property_name, set(kinds[property_name]), property_name not in seen.other_texts, descriptions
            )
            for property_name in sorted(kinds)
        },
        "metadata": {"com.mixpanel": dict(_SETTINGS)},
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
    # A property with several types, or with no value at all, has no type to show.
    if len(types) == 1:
        schema["type"] = types.pop()
        if schema["type"] == "string" and dates_only:
            schema["format"] = "date-time"
    if name in _OWN_PROPERTIES:
        settings["displayName"], schema["description"] = _OWN_PROPERTIES[name]
    if name in descriptions.properties:
        schema["description"] = descriptions.properties[name]
    return {**schema, "metadata": {"com.mixpanel": settings}}


# Mixpanel's own properties, present in every project: display name and description.
_OWN_PROPERTIES: Final[dict[str, tuple[str, str]]] = {
    "$browser": ("Browser", "The user's browser."),
    "$browser_version": ("Browser Version", "The major version of the browser."),
    "$city": ("City", "The user's city, by IP address."),
    "$country_code": ("Country", "The user's country, as a two-letter code."),
    "$created": ("Created", "The time the profile was created."),
    "$current_url": ("Current URL", "The URL of the page."),
    "$device": ("Device", "The kind of device, if known."),
    "$email": ("Email", "The user's email address."),
    "$insert_id": ("Insert ID", "Identifies an event, so that repeated deliveries count once."),
    "$last_seen": ("Last Seen", "The time the profile last changed."),
    "$lib_version": ("Library Version", "The version of the library that sent the event."),
    "$name": ("Name", "The user's name."),
    "$os": ("Operating System", "The user's operating system."),
    "$region": ("Region", "The state or province, by IP address."),
    "distinct_id": ("Distinct ID", "The user who did it."),
    "mp_country_code": ("Country", "The user's country, as a two-letter code."),
    "mp_lib": ("Mixpanel Library", "The library that sent the event."),
    "mp_processing_time_ms": ("Time Processed", "The time Mixpanel processed the event, in milliseconds."),
    "time": ("Time", "The time of the event, in seconds."),
}

NOTHING_WRITTEN: Final = Descriptions()

SHOP: Final = Descriptions(
    entities={
        "Add to Cart": "A product was added to the cart.",
        "Page View": "A page of the shop was viewed.",
        "Purchase": "An order was placed and paid.",
        "Search": "A customer searched the shop.",
        "Sign Up": "A customer created an account.",
        "Support Ticket": "A customer wrote about an order.",
        USER: "The customers of the shop.",
    },
    properties={
        "cart_value": "The value of the cart, in US dollars.",
        "category": "The department that sells the product.",
        "coupon": "The redeemed coupon code.",
        "currency": "The currency of all amounts.",
        "devices": "The operating systems the customer was seen on.",
        "discount": "The coupon's discount, as a negative amount.",
        "filters": "The filters applied to the search.",
        "first_order": "True for the customer's first order.",
        "gift": "True for gift-wrapped orders.",
        "gift_note": "The text on the gift card.",
        "identity_provider": "The provider used to sign in; none for a password.",
        "interests": "The departments the customer follows.",
        "items": "The items bought: product, quantity and unit price.",
        "lifetime_value": "The total the customer has paid, in US dollars.",
        "load_ms": "The page's load time, in milliseconds.",
        "logged_in": "True if the visitor was logged in.",
        "message": "The text of the ticket.",
        "newsletter": "True if the customer gets the newsletter.",
        "order_id": "The order number.",
        "orders": "The number of orders the customer has placed.",
        "page": "The path of the page.",
        "payment": "The payment's method, installments and billing address.",
        "payment_reference": "The bank's reference for the payment.",
        "plan": "The customer's plan: free, plus or business.",
        "price": "The unit price, in US dollars.",
        "product": "The name of the product.",
        "quantity": "The number of units.",
        "query": "The search text.",
        "rating": "The rating of the reply, one to five stars.",
        "reply_hours": "The hours until the reply.",
        "resolved": "True if the ticket is closed.",
        "results": "The number of products found.",
        "revenue": "The amount paid, in US dollars.",
        "scroll_depth": "The share of the page that was seen, from 0 to 1.",
        "sku": "The product's SKU.",
        "sort": "The order of the results.",
        "source": "The channel that first brought the customer.",
        "subject": "The subject of the ticket.",
        "support": "The customer's tickets and preferred language.",
        "tags": "The product's tags.",
        "utm": "The campaign that led to the account.",
        "visit": "Identifies the visit that the event belongs to.",
    },
)
