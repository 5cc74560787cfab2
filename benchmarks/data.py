"""Generated events to measure with: always the same, about 790 bytes each, as JSON Lines in one file a day.

They are written to a folder once; later runs use them again.
"""

from __future__ import annotations

import argparse
import datetime
import json
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import frozen

__all__ = ["FIRST_DAY", "Dataset", "add_cache_option", "dataset", "lines_of"]

FIRST_DAY = datetime.date(2024, 1, 1)
_FORM = 4  # the version of the events; a new one is written to a new folder
_MIDNIGHT = 1_704_067_200

_NAMES = ("Page Viewed", "Product Viewed", "Added to Cart", "Purchase", "Signed Up", "Søk", "Video Played")
_BROWSERS = ("Chrome", "Safari", "Mobile Safari", "Firefox", "Microsoft Edge", "Samsung Internet")
_CITIES = (("San Francisco", "US"), ("Zürich", "CH"), ("São Paulo", "BR"), ("東京", "JP"), ("Leeds", "GB"))
_WORDS = (
    "blue",
    "green",
    "amber",
    "small",
    "large",
    "wool",
    "steel",
    "paper",
    "light",
    "classic",
    "quiet",
    "round",
)


@frozen
class Dataset:
    """Events in files, one for each day from `FIRST_DAY` on.

    Attributes:
        folder: the folder of the files.
        size: the total size of the files in bytes.
    """

    folder: Path
    events: int
    days: int
    size: int

    @property
    def last_day(self) -> datetime.date:
        """The day of the last file."""
        return FIRST_DAY + datetime.timedelta(days=self.days - 1)


def add_cache_option(parser: argparse.ArgumentParser) -> None:
    """Add the option of where events are kept."""
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(tempfile.gettempdir()) / "mixpanel-export-benchmarks",
        help="the folder of the generated events (default: %(default)s)",
    )


def dataset(cache: Path, events: int, days: int = 30) -> Dataset:
    """Return this many events over this many days; write them unless they exist."""
    folder = cache / f"form-{_FORM}-{events}-events-{days}-days"
    marker = folder / "complete"
    if not marker.exists():
        folder.mkdir(parents=True, exist_ok=True)
        for day in range(days):
            share = events * (day + 1) // days - events * day // days
            name = (FIRST_DAY + datetime.timedelta(days=day)).isoformat()
            with (folder / f"{name}.jsonl").open("wb") as file:
                file.writelines(lines_of(day, share))
        marker.touch()
    return Dataset(folder, events, days, sum(file.stat().st_size for file in folder.glob("*.jsonl")))


def lines_of(day: int, events: int) -> Iterator[bytes]:
    """Yield the lines of a day, counted from 0, that has this many events."""
    chance = random.Random(day)
    for n in range(events):
        record = {"event": chance.choice(_NAMES), "properties": _properties(chance, day, n, events)}
        yield json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _properties(chance: random.Random, day: int, n: int, events: int) -> dict[str, Any]:
    time = _MIDNIGHT + 86_400 * day + 86_400 * n // events
    city, country = chance.choice(_CITIES)
    product = chance.randrange(5000)
    return {
        "time": time,
        "distinct_id": f"{chance.getrandbits(32) % 40_000:08x}-{chance.getrandbits(16):04x}",
        "$browser": chance.choice(_BROWSERS),
        "$browser_version": chance.randrange(90, 126),
        "$city": city,
        "$current_url": f"https://shop.example.com/catalogue/{chance.choice(_WORDS)}/{product}?ref={chance.getrandbits(40):x}",
        "$device_id": f"{chance.getrandbits(128):032x}",
        "$insert_id": f"{chance.getrandbits(96):024x}",
        "$lib_version": "2.48.1",
        "$mp_api_endpoint": "api.mixpanel.com",
        "$mp_api_timestamp_ms": time * 1000 + chance.randrange(1000),
        "$os": chance.choice(("Windows", "Mac OS X", "iOS", "Android", "Linux")),
        "$screen_height": 1080,
        "$screen_width": 1920,
        "amount": round(chance.random() * 300, 2),
        "campaign": None,
        "items": [
            {"sku": f"SKU-{chance.randrange(5000)}", "quantity": chance.randrange(1, 4), "gift": False}
            for _ in range(chance.randrange(3))
        ],
        "mp_country_code": country,
        "mp_processing_time_ms": time * 1000 + chance.randrange(1000, 90_000),
        "returning": chance.random() < 0.6,
        "search": " ".join(chance.choices(_WORDS, k=9)),
        "referrer": f"https://www.example.org/search?q={chance.choice(_WORDS)}+{chance.choice(_WORDS)}",
        "session": f"{chance.getrandbits(64):016x}",
    }
