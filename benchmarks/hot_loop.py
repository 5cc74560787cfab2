"""The loop over events, and its floor: `python -m benchmarks.hot_loop NAME FILE TIMES`, for `instructions`.

Imports no more than an export does, since valgrind takes fifty times as long.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
from isal import igzip_lib

from mixpanel_export import Event, MixpanelClient, ServiceAccountAuth

__all__ = ["CONTENDERS", "parsed", "read"]

_CHUNK = 1 << 16
_DAY = "2024-01-01"


def read(events: Iterable[Event]) -> int:
    """Read the name, the time, the distinct id and one property of each event."""
    count = 0
    for event in events:
        _ = event.name, event.time, event.distinct_id, event.properties["$browser"]
        count += 1
    return count


def parsed(bodies: Iterable[bytes]) -> Iterator[Event]:
    """Yield the events of compressed bodies, as fast as this library's native code can, and unchecked."""
    decoder = msgspec.json.Decoder(Event)
    for body in bodies:
        for block in _blocks(body):
            yield from decoder.decode_lines(block)


def _blocks(body: bytes) -> Iterator[bytes]:
    """Inflate a body into blocks of whole lines."""
    member: Any = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
    rest = b""
    chunk = body
    while not member.eof:
        inflated = member.decompress(chunk, _CHUNK)
        chunk = b""
        end = inflated.rfind(b"\n") + 1
        yield rest + inflated[:end]
        rest = inflated[end:]


def exported(body: bytes, times: int, **options: Any) -> Iterator[Event]:
    def answer(_: httpx.Request) -> httpx.Response:
        headers = {"Content-Encoding": "gzip", "Content-Length": str(len(body))}
        return httpx.Response(200, headers=headers, stream=httpx.ByteStream(body))

    auth = ServiceAccountAuth("name", "secret")
    transport = httpx.MockTransport(answer)
    with MixpanelClient(auth, project_id=1, limits=None, transport=transport) as client:
        for _ in range(times):
            yield from client.export.events(_DAY, _DAY, **options)


CONTENDERS: dict[str, Callable[[bytes, int], Iterable[Event]]] = {
    "floor": lambda body, times: parsed([body] * times),
    "typed": exported,
    "deduplicated": lambda body, times: exported(body, times, deduplicate=True),
    "fields": lambda body, times: exported(body, times, fields=["$browser"]),
}


if __name__ == "__main__":
    _name, _file, _times = sys.argv[1:]
    read(CONTENDERS[_name](Path(_file).read_bytes(), int(_times)))
