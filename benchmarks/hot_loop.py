"""The loop over events, and its floor: `python -m benchmarks.hot_loop FILE`, under valgrind, for `instructions`.

Imports no more than an export does, since valgrind takes fifty times as long.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
from isal import igzip_lib

from benchmarks.process import read_events
from mixpanel_export import Event, MixpanelClient, ServiceAccountAuth

__all__ = ["LOOPS", "parsed"]

_CHUNK = 1 << 16
_DAY = "2024-01-01"


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


def _exported(body: bytes, **options: Any) -> Iterator[Event]:
    def answer(_: httpx.Request) -> httpx.Response:
        headers = {"Content-Encoding": "gzip", "Content-Length": str(len(body))}
        return httpx.Response(200, headers=headers, stream=httpx.ByteStream(body))

    auth = ServiceAccountAuth("name", "secret")
    transport = httpx.MockTransport(answer)
    with MixpanelClient(auth, project_id=1, limits=None, transport=transport) as client:
        yield from client.export.events(_DAY, _DAY, **options)


LOOPS: dict[str, Callable[[bytes], Iterable[Event]]] = {
    "floor": lambda body: parsed([body]),
    "events": _exported,
    "fields": lambda body: _exported(body, fields=["$browser"]),
    "deduplicated": lambda body: _exported(body, deduplicate=True),
}


def _main(file: str) -> None:
    """Run every loop, and have callgrind write one file of counts for each, in order."""
    body = Path(file).read_bytes()
    for loop in LOOPS.values():
        read_events(loop(body))
        _tell_callgrind("instrumentation", "on")
        read_events(loop(body))
        _tell_callgrind("instrumentation", "off")
        _tell_callgrind("dump")


def _tell_callgrind(*command: str) -> None:
    # Callgrind looks for commands while it runs instructions: wait busily, since a sleeping process runs none.
    vgdb = ["vgdb", f"--pid={os.getpid()}", "--max-invoke-ms=0", *command]
    with subprocess.Popen(vgdb, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            pass
    if process.returncode:
        sys.exit(f"vgdb {' '.join(command)}: exit code {process.returncode}")


if __name__ == "__main__":
    _main(*sys.argv[1:])
