"""The sample data: three months of a made-up shop, identical on every machine.

All randomness comes from one seeded generator, using only methods that behave alike in every Python version;
no clock or hash is involved. Customers sign up, browse, search, fill carts, buy and complain, and some come back,
so funnels, retention and sums look like those of a real shop.
"""

from __future__ import annotations

import datetime
import functools
import random
from typing import Any, Final

import msgspec
from attrs import frozen

from mixpanel_export.sandbox.data import shop
from mixpanel_export.sandbox.data.shop import Customer, Product, pick
from mixpanel_export.sandbox.data.store import EventStore, InMemoryEventStore

__all__ = ["FIRST_DAY", "LAST_DAY", "SEED", "SampleData", "sample_data"]

SEED: Final = 20240101
FIRST_DAY: Final = datetime.date(2024, 1, 1)
LAST_DAY: Final = datetime.date(2024, 3, 31)

_DAYS = (LAST_DAY - FIRST_DAY).days + 1
_DAY = 86_400
_BEGIN = int(datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC).timestamp())
_END = _BEGIN + _DAYS * _DAY
_CUSTOMERS = 2_150
_SIGNED_UP_BEFORE = 0.35
_SENT_TWICE = 0.004

Properties = dict[str, Any]


@frozen
class SampleData:
    """The events and profiles of a shop, immutable and shared by the sandboxes of a process.

    Attributes:
        profiles: one for each customer, `{"$distinct_id": …, "$properties": {…}}`, ordered by distinct id.
    """

    events: EventStore
    profiles: tuple[dict[str, Any], ...]


@functools.cache
def sample_data(seed: int = SEED) -> SampleData:
    """Return the shop of this seed: about 50,000 events of about 2,000 customers in 91 days."""
    return _Simulation(seed).run()


class _Simulation:
    """One run of the shop: the generator and the events so far."""

    def __init__(self, seed: int) -> None:
        generator = random.Random(seed)
        self._uniform = generator.random
        self._bits = generator.getrandbits
        self._encode = msgspec.json.Encoder().encode
        self._lines: list[tuple[int, bytes]] = []

    def run(self) -> SampleData:
        profiles: list[dict[str, Any]] = []
        for number in range(1, _CUSTOMERS + 1):
            customer = shop.customer(number, self._uniform, self._bits)
            signed_up = self._life(customer)
            profiles.append(_profile(customer, signed_up))
        return SampleData(events=InMemoryEventStore.from_timed_lines(self._lines), profiles=tuple(profiles))

    def _life(self, customer: Customer) -> int:
        """Generate everything one customer does; return the time they signed up."""
        uniform = self._uniform
        common = self._encode(_common(customer))[1:-1]
        signed_up = 0
        if uniform() < _SIGNED_UP_BEFORE:
            day = int(uniform() * 50)
            signed_up = _BEGIN - 1 - int(uniform() * 300 * _DAY)
        else:
            day = self._busy_day()
        # A new customer comes back soon or never; a loyal one keeps coming, but less often.
        gap, stay = 2.0, 0.68 + 0.28 * customer.loyalty
        while day < _DAYS:
            start = self._moment(customer, day)
            is_new = not signed_up
            signed_up = signed_up or start
            # West of Greenwich the last evening falls outside the sample; east of it, the first morning does.
            if _BEGIN <= start < _END:
                self._visit(customer, common, start, is_new)
            if uniform() > stay:
                break
            day += 1 + int(uniform() * gap)
            while day < _DAYS and uniform() > shop.WEEKDAYS[day % 7]:
                day += 1
            gap = min(gap * 1.5, 9.0)
        return signed_up

    def _busy_day(self) -> int:
        while True:
            day = int(self._uniform() * _DAYS)
            # 2024-01-01 is a Monday, so day 0 starts a week.
            if self._uniform() < shop.WEEKDAYS[day % 7]:
                return day

    def _moment(self, customer: Customer, day: int) -> int:
        hour = pick(self._uniform, shop.HOURS) - customer.place.hours_ahead
        return _BEGIN + day * _DAY + hour * 3600 + int(self._uniform() * 3600)

    def _visit(self, customer: Customer, common: bytes, time: int, is_new: bool) -> None:
        uniform = self._uniform
        visit = b'%b,"visit":%d' % (common, self._bits(40))
        time = self._look(visit, time, pages=1 + int(uniform() * 2), logged_in=not is_new)
        if is_new:
            self._emit(
                b"Sign Up",
                time,
                visit,
                _sign_up(customer, pick(uniform, (None, "google", "apple"))),
            )
            time += 5 + int(uniform() * 40)
        if uniform() < 0.35:
            self._emit(b"Search", time, visit, self._search())
            time += 4 + int(uniform() * 50)
        time = self._look(visit, time, pages=int(uniform() * 4), logged_in=True)
        if uniform() < 0.30 + 0.2 * customer.loyalty:
            time, cart = self._fill_cart(visit, time)
            if uniform() < 0.45 + 0.2 * customer.loyalty:
                self._buy(customer, visit, time, cart)
        customer.last_seen = time

    def _look(self, visit: bytes, time: int, *, pages: int, logged_in: bool) -> int:
        uniform = self._uniform
        for _ in range(pages):
            product = pick(uniform, shop.PRODUCTS) if uniform() < 0.5 else None
            page = f"/products/{product.sku.lower()}" if product else pick(uniform, shop.PAGES)
            viewed: Properties = {
                "$current_url": f"https://shop.example.com{page}",
                "page": page,
                "sku": product.sku if product else None,
                "load_ms": 80 + int(uniform() * 900),
                "scroll_depth": int(uniform() * 100) / 100,
                "logged_in": logged_in,
            }
            self._emit(b"Page View", time, visit, viewed)
            time += 8 + int(uniform() * 110)
        return time

    def _search(self) -> Properties:
        uniform = self._uniform
        return {
            "query": pick(uniform, shop.QUERIES),
            "results": max(0, int(uniform() * 30) - 3),
            "filters": list(pick(uniform, ((), ("in stock",), ("in stock", "gift"), ("under €20",)))),
            "sort": pick(uniform, (None, "price", "newest")),
        }

    def _fill_cart(self, visit: bytes, time: int) -> tuple[int, list[tuple[Product, int]]]:
        uniform = self._uniform
        cart: list[tuple[Product, int]] = []
        cents = 0
        for _ in range(1 + int(uniform() * uniform() * 4)):
            product, quantity = pick(uniform, shop.PRODUCTS), 1 + int(uniform() * uniform() * 3)
            cart.append((product, quantity))
            cents += product.cents * quantity
            added: Properties = {
                "sku": product.sku,
                "product": product.name,
                "category": product.category,
                "tags": product.tags,
                "price": product.cents / 100,
                "quantity": quantity,
                "cart_value": cents / 100,
            }
            self._emit(b"Add to Cart", time, visit, added)
            time += 10 + int(uniform() * 90)
        return time, cart

    def _buy(self, customer: Customer, visit: bytes, time: int, cart: list[tuple[Product, int]]) -> None:
        if time >= _END:
            return
        uniform = self._uniform
        coupon, percent = pick(uniform, shop.COUPONS) if uniform() < 0.2 else (None, 0)
        goods = sum(product.cents * quantity for product, quantity in cart)
        paid = goods - goods * percent // 100
        order = f"A{self._bits(32):010d}"
        bought: Properties = {
            "order_id": order,
            "revenue": paid / 100,
            "currency": "USD",
            "items": [
                {"sku": product.sku, "quantity": quantity, "price": product.cents / 100}
                for product, quantity in cart
            ],
            "coupon": coupon,
            "discount": (paid - goods) / 100,
            "gift": uniform() < 0.12,
            "gift_note": "",
            "payment": {
                "method": pick(uniform, ("card", "card", "paypal", "invoice")),
                "installments": pick(uniform, (1, 1, 1, 3)),
                "address": {"country": customer.place.country, "verified": uniform() < 0.9},
            },
            "first_order": customer.orders == 0,
        }
        if uniform() < 0.01:
            # Wider than a signed 64-bit integer, which a client must not turn into a float.
            bought["payment_reference"] = 2**63 + self._bits(62)
        self._emit(b"Purchase", time, visit, bought)
        customer.orders += 1
        customer.spent_cents += paid
        if uniform() < 0.07:
            customer.tickets += 1
            self._complain(visit, time + int((1 + 6 * uniform()) * _DAY), order)

    def _complain(self, visit: bytes, time: int, order: str) -> None:
        uniform = self._uniform
        subject, message = pick(uniform, shop.TICKETS)
        ticket: Properties = {
            "order_id": order,
            "subject": subject,
            "message": message,
            "rating": pick(uniform, (None, 1, 2, 4, 5)),
            "resolved": uniform() < 0.8,
            "reply_hours": int(uniform() * 4800) / 100,
        }
        self._emit(b"Support Ticket", time, visit, ticket)

    def _emit(self, name: bytes, time: int, visit: bytes, own: Properties) -> None:
        if time >= _END:
            return
        insert_id, delay = self._bits(64), 700 + int(self._uniform() * 1000)
        # Encode what the events of a visit share only once: it is most of each line, and generating the
        # sample must not be noticeable.
        shared = b"%b,%b" % (visit, self._encode(own)[1:])
        start = b'{"event":"%b","properties":{"time":%d,"$insert_id":"%016x",' % (
            name,
            time,
            insert_id,
        )
        sent = time * 1000 + delay
        self._lines.append((time, b'%b"mp_processing_time_ms":%d,%b}' % (start, sent, shared)))
        if self._uniform() < _SENT_TWICE:
            # A tracker that got no response sends again. The raw export has both; the later one counts.
            sent += 1000 * (5 + int(self._uniform() * 3600))
            self._lines.append((time, b'%b"mp_processing_time_ms":%d,%b}' % (start, sent, shared)))


def _common(customer: Customer) -> Properties:
    return {
        "distinct_id": customer.distinct_id,
        "$browser": customer.browser,
        "$browser_version": customer.browser_version,
        "$os": customer.system,
        "$device": customer.device,
        "$city": customer.place.city,
        "$region": customer.place.region,
        "mp_country_code": customer.place.country,
        "mp_lib": "web",
        "$lib_version": "2.48.1",
        "plan": customer.plan,
    }


def _sign_up(customer: Customer, identity_provider: str | None) -> Properties:
    return {
        "identity_provider": identity_provider,
        "newsletter": customer.newsletter,
        "utm": {"source": customer.source, "campaign": None},
        "interests": [],
    }


def _profile(customer: Customer, signed_up: int) -> dict[str, Any]:
    return {
        "$distinct_id": customer.distinct_id,
        "$properties": {
            "$name": customer.name,
            "$email": customer.email,
            "$created": _wall_clock(signed_up),
            "$last_seen": _wall_clock(max(signed_up, customer.last_seen)),
            "$city": customer.place.city,
            "$region": customer.place.region,
            "$country_code": customer.place.country,
            "plan": customer.plan,
            "newsletter": customer.newsletter,
            "source": customer.source,
            "orders": customer.orders,
            "lifetime_value": customer.spent_cents / 100,
            "support": {"tickets": customer.tickets, "language": None},
            "devices": [customer.system],
        },
    }


def _wall_clock(time: int) -> str:
    return datetime.datetime.fromtimestamp(time, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S")
