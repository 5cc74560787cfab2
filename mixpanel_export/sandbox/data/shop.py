"""The made-up shop behind the sample data: its products, customers and texts.

See `sample` for what the customers do. Everyone is invented, and every address is under example.com.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from attrs import define, frozen

__all__ = [
    "COUPONS",
    "HOURS",
    "PAGES",
    "PLACES",
    "PRODUCTS",
    "QUERIES",
    "SOURCES",
    "TICKETS",
    "WEEKDAYS",
    "Customer",
    "Place",
    "Product",
    "customer",
    "pick",
]

T = TypeVar("T")
Uniform = Callable[[], float]


def pick(uniform: Uniform, choices: Sequence[T]) -> T:
    """Return one of the choices, all equally likely."""
    return choices[int(uniform() * len(choices))]


def _wheel(weighted: Iterable[tuple[int, T]]) -> tuple[T, ...]:
    return tuple(choice for weight, choice in weighted for _ in range(weight))


@frozen
class Place:
    """A place where customers live, and the hours its clock is ahead of UTC."""

    country: str
    region: str
    city: str
    hours_ahead: int


@frozen
class Product:
    sku: str
    name: str
    category: str
    cents: int
    tags: list[str]


@define
class Customer:
    """A customer: fixed traits, and totals that grow during the simulation."""

    number: int
    distinct_id: str
    name: str
    email: str
    place: Place
    browser: str
    browser_version: int
    system: str
    device: str
    plan: str
    newsletter: bool
    source: str
    loyalty: float
    orders: int = 0
    spent_cents: int = 0
    tickets: int = 0
    last_seen: int = 0


PLACES = _wheel(
    [
        (15, Place("US", "California", "San Francisco", -8)),
        (12, Place("US", "New York", "New York", -5)),
        (7, Place("US", "Texas", "Austin", -6)),
        (11, Place("GB", "England", "London", 0)),
        (10, Place("DE", "Berlin", "Berlin", 1)),
        (6, Place("DE", "Bavaria", "München", 1)),
        (8, Place("FR", "Île-de-France", "Paris", 1)),
        (7, Place("BR", "São Paulo", "São Paulo", -3)),
        (6, Place("IN", "Karnataka", "Bengaluru", 5)),
        (6, Place("JP", "Tokyo", "東京", 9)),
        (5, Place("CA", "Quebec", "Montréal", -5)),
        (4, Place("SE", "Skåne", "Malmö", 1)),
        (3, Place("AU", "New South Wales", "Sydney", 11)),
    ]
)

_DEVICES = _wheel(
    [
        (24, ("Chrome", 120, "Windows", "")),
        (14, ("Chrome", 121, "Mac OS X", "")),
        (20, ("Mobile Safari", 17, "iOS", "iPhone")),
        (18, ("Chrome", 121, "Android", "Android")),
        (9, ("Safari", 17, "Mac OS X", "")),
        (7, ("Firefox", 122, "Windows", "")),
        (5, ("Microsoft Edge", 120, "Windows", "")),
        (3, ("Firefox", 122, "Linux", "")),
    ]
)

_FIRST_NAMES = (
    ("Ada", "ada"), ("Björn", "bjorn"), ("Chloé", "chloe"), ("Deepa", "deepa"), ("Emil", "emil"),
    ("Farah", "farah"), ("Grace", "grace"), ("Hana", "hana"), ("Inês", "ines"), ("José", "jose"),
    ("Kofi", "kofi"), ("Łucja", "lucja"), ("美咲", "misaki"), ("Noah", "noah"), ("Olga", "olga"),
    ("Pedro", "pedro"), ("Rahul", "rahul"), ("Siân", "sian"), ("Tomáš", "tomas"), ("Zoë", "zoe"),
)  # fmt: skip
_LAST_NAMES = (
    ("Andersson", "andersson"), ("Baker", "baker"), ("Costa", "costa"), ("D'Arcy", "darcy"),
    ("Fischer", "fischer"), ("García", "garcia"), ("Iyer", "iyer"), ("Jones", "jones"),
    ("Kowalska", "kowalska"), ("Lefèvre", "lefevre"), ("Müller", "muller"), ("Okafor", "okafor"),
    ("Rossi", "rossi"), ("佐藤", "sato"), ("Silva", "silva"), ("Tremblay", "tremblay"),
)  # fmt: skip

PRODUCTS = _wheel(
    [
        (9, Product("MUG-01", "Stoneware mug", "Kitchen", 1450, ["ceramic", "gift"])),
        (7, Product("MUG-02", "Café au lait bowl", "Kitchen", 1890, ["ceramic"])),
        (6, Product("TEA-11", "Genmaicha, 100 g", "Pantry", 995, ["tea", "organic"])),
        (6, Product("COF-07", "Filter coffee, 250 g", "Pantry", 1275, ["coffee", "organic"])),
        (5, Product("COF-09", "Espresso “Nº 9”, 1 kg", "Pantry", 3490, ["coffee"])),
        (4, Product("KET-03", "Gooseneck kettle", "Kitchen", 7950, [])),
        (3, Product("GRD-02", "Hand grinder", "Kitchen", 11900, ["steel"])),
        (4, Product("LAM-05", "Desk lamp 3\\4", "Home", 6425, ["led"])),
        (5, Product("CAN-12", "Beeswax candle", "Home", 849, ["gift"])),
        (3, Product("BLK-01", "Wool blanket", "Home", 12999, ["wool", "gift"])),
        (4, Product("NTB-08", 'Notebook, 5.8" × 8.3"', "Paper", 1199, ["recycled"])),
        (3, Product("PEN-04", "Fountain pen", "Paper", 4575, ["gift"])),
    ]
)

PAGES = _wheel([(6, "/"), (4, "/kitchen"), (3, "/pantry"), (2, "/home"), (1, "/paper"), (1, "/about")])
QUERIES = _wheel(
    [
        (8, "mug"), (7, "coffee"), (5, "gift under 20"), (4, "kettle"), (3, "café au lait"),
        (3, "crème brûlée"), (2, "緑茶"), (2, "lamp & candle"), (2, '"wool blanket"'),
        (1, "🎁"), (1, "50% off"), (1, ""),
    ]
)  # fmt: skip
SOURCES = _wheel([(9, "direct"), (7, "google"), (4, "newsletter"), (3, "instagram"), (2, "friend"), (1, "")])
COUPONS = (("WELCOME10", 10), ("SPRING15", 15), ("THANKYOU5", 5))

# Some messages contain separators that Unicode counts as line ends and JSON does not escape.
TICKETS = (
    ("Delivery", "Where is my parcel? The tracking page has not changed for three days."),
    ("Damaged item", "The mug arrived broken.\u2028The box was fine."),
    ("Damaged item", "Handle is loose :(\n\nPhotos attached.\r\nThanks!"),
    ("Refund", "Please refund order above.\u2029I have sent it back on Monday."),
    ("Invoice", "Could you add our VAT number?\u0085Rechnung bitte an die Buchhaltung."),
    ("Question", "Is the kettle safe for induction hobs? ¿Y para gas?"),
    ("Praise", "Best coffee in town ☕️ 👏🏽"),
    ("Other", ""),
)

# Traffic by day of the week, Monday first; and the hours of a day, each as often as customers come then.
WEEKDAYS = (0.86, 0.88, 0.90, 0.92, 0.84, 0.96, 1.0)
HOURS = _wheel(
    zip(
        (2, 1, 1, 1, 1, 2, 4, 7, 9, 10, 10, 11, 13, 12, 10, 10, 10, 12, 14, 17, 19, 17, 11, 5),
        range(24),
        strict=True,
    )
)

_PLANS = _wheel([(14, "free"), (5, "plus"), (1, "business")])


def customer(number: int, uniform: Uniform, bits: Callable[[int], int]) -> Customer:
    """Return customer `number`, with random traits."""
    first, first_ascii = pick(uniform, _FIRST_NAMES)
    last, last_ascii = pick(uniform, _LAST_NAMES)
    browser, version, system, device = pick(uniform, _DEVICES)
    return Customer(
        number=number,
        distinct_id=f"{number:05d}-{bits(64):016x}",
        name=f"{first} {last}",
        email=f"{first_ascii}.{last_ascii}.{number}@example.com",
        place=pick(uniform, PLACES),
        browser=browser,
        browser_version=version,
        system=system,
        device=device,
        plan=pick(uniform, _PLANS),
        newsletter=uniform() < 0.4,
        source=pick(uniform, SOURCES),
        loyalty=uniform(),
    )
