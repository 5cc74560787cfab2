"""Kill exports in every format many times, and damage their files: `python -m tests.directory.kills --kills 20`.

The server is slow, and each day has two lines that are not events. After the kills, one run must complete the
export: every event and every quarantined line exactly once.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from mixpanel_export.directory.local import LocalStorage
from mixpanel_export.directory.verify import find_damaged

DAYS, EVENTS, PEOPLE = 12, 400, 5000
FORMATS: dict[str, dict[str, Any]] = {
    "jsonl.gz": {"format": "jsonl.gz"},
    "parquet wide": {"format": "parquet", "layout": "wide"},
    "parquet json by date": {"format": "parquet", "layout": "json", "partition_by": "date"},
    "csv": {"format": "csv", "layout": "json"},
}
KINDS = [*FORMATS, "profiles"]

RUN = """
import json, sys
from mixpanel_export import MixpanelClient, RetryPolicy, ServiceAccountAuth
url, target, options = sys.argv[1:]
with MixpanelClient(ServiceAccountAuth("u", "hush"), project_id=1, base_url=url, limits=None) as client:
    if options == "profiles":
        client.profiles.to_file(target)
    else:
        client.export.to_directory(target, "2024-01-01", "2024-01-12", slice_days=1, parallel=3,
                                   on_malformed="quarantine", **json.loads(options))
"""


def line(day: int, number: int) -> dict[str, Any]:
    own = {"text": f'a "quote",\nand a break {number}', f"p{day}": number, "n": number}
    shared = {"time": 1704067200 + 86_400 * day + number, "distinct_id": "d", "$insert_id": f"{day}-{number}"}
    return {"event": f"e{number % 3}", "properties": shared | own}


def malformed(day: int) -> list[bytes]:
    return [b'{"event": "day %d\n' % day, b'{"event": "e", "properties": {"time": NaN, "day": %d}}\n' % day]


def body_of(day: int) -> bytes:
    lines = [json.dumps(line(day, number)).encode() + b"\n" for number in range(EVENTS)]
    lines[7:7] = malformed(day)
    return gzip.compress(b"".join(lines))


class SlowServer:
    """Serves each day of the export, and pages of profiles, with a pause in each."""

    def __init__(self, pause: float) -> None:
        self.pause = pause
        self._bodies = [body_of(day) for day in range(DAYS)]
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        try:
            with connection, connection.makefile("rb") as requests:
                start = requests.readline().decode()
                length = 0
                while (header := requests.readline()) not in (b"\r\n", b""):
                    if header.lower().startswith(b"content-length:"):
                        length = int(header.split(b":")[1])
                form = requests.read(length).decode()
                day = re.search(r"from_date=2024-01-(\d\d)", start)
                self._send(connection, self._bodies[int(day[1]) - 1] if day else self._page(form), bool(day))
        except OSError:
            pass

    def _page(self, form: str) -> bytes:
        number = int(match[1]) if (match := re.search(r"page=(\d+)", form)) else 0
        people = [
            {"$distinct_id": f"u{person}", "$properties": {"n": person}}
            for person in range(number * 1000, min(PEOPLE, number * 1000 + 1000))
        ]
        page = {"page": number, "page_size": 1000, "session_id": "s", "total": PEOPLE, "status": "ok"}
        return json.dumps({**page, "results": people}).encode()

    def _send(self, connection: socket.socket, body: bytes, packed: bool) -> None:
        encoding = b"Content-Encoding: gzip\r\n" if packed else b""
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n%s" % encoding)
        connection.sendall(b"Content-Length: %d\r\n\r\n" % len(body))
        half = len(body) // 2
        connection.sendall(body[:half])
        time.sleep(self.pause)
        connection.sendall(body[half:])


def wanted(kind: str) -> Counter[str]:
    if kind == "profiles":
        return Counter(f"u{person}" for person in range(PEOPLE))
    events = Counter(f"{day}-{number}" for day in range(DAYS) for number in range(EVENTS))
    return events + Counter(text.decode() for day in range(DAYS) for text in malformed(day))


def found(kind: str, target: Path) -> Counter[str]:
    """Return the IDs of all events or profiles, and the quarantined lines."""
    if kind == "profiles":
        return Counter(json.loads(text)["$distinct_id"] for text in target.read_text().splitlines())
    manifest = LocalStorage(target).read_manifest()
    assert manifest is not None
    ids: Counter[str] = Counter()
    for path in map(target.joinpath, sorted(manifest.paths)):
        if path.name.endswith(".malformed.jsonl"):
            ids.update(text.decode() for text in path.read_bytes().splitlines(keepends=True))
        else:
            ids.update(ids_in(path))
    return ids


def ids_in(path: Path) -> Iterator[str]:
    if path.name.endswith(".jsonl.gz"):
        for text in gzip.decompress(path.read_bytes()).decode().splitlines():
            event = json.loads(text)
            day, number = map(int, event["properties"]["$insert_id"].split("-"))
            assert event == line(day, number)
            yield event["properties"]["$insert_id"]
    elif path.name.endswith(".parquet"):
        opened: Any = pq.ParquetFile(path)
        yield from opened.read().column("insert_id").to_pylist()
    else:
        with path.open(newline="") as file:
            for row in csv.DictReader(file):
                yield row["insert_id"]


def command(kind: str, server: SlowServer, target: str) -> list[str]:
    options = kind if kind == "profiles" else json.dumps(FORMATS[kind])
    return [sys.executable, "-c", RUN, server.url, target, options]


def kill_often(kind: str, folder: Path, kills: int, chance: random.Random) -> Path:
    """Kill runs of one export at random moments, and complete it; return where it is."""
    target = folder / ("people.jsonl" if kind == "profiles" else "out")
    server = SlowServer(pause=0.25 * max(1, kills / 4))
    try:
        done = 0
        while done < kills:
            process = subprocess.Popen(command(kind, server, str(target)), stderr=subprocess.DEVNULL)
            try:
                code = process.wait(chance.uniform(0.4, 1.8))
                assert code == 0, f"{kind}: exit code {code}"
                # It was complete: start again.
                subprocess.run(["rm", "-rf", str(target)], check=True)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
                done += 1
        server.pause = 0
        subprocess.run(command(kind, server, str(target)), check=True)
        assert found(kind, target) == wanted(kind), kind
        left = [path.name for path in folder.rglob("*") if path.name.endswith(".part")]
        assert left == [], f"{kind}: {left} were left behind"
    finally:
        server.close()
    return target


def damage_often(target: Path, places: int, chance: random.Random) -> None:
    """Flip a bit or cut a file at random places; each must be found."""
    storage = LocalStorage(target)
    manifest = storage.read_manifest()
    assert manifest is not None
    slices, format = manifest.slices, manifest.query.format
    assert find_damaged(storage, slices, format, read=True) == {}
    paths = [target / path for path in sorted(manifest.paths)]
    for number in range(places):
        path = chance.choice(paths)
        whole = path.read_bytes()
        place = chance.randrange(len(whole))
        if number % 2:
            flipped = whole[place] ^ 1 << chance.randrange(8)
            path.write_bytes(whole[:place] + bytes([flipped]) + whole[place + 1 :])
        else:
            path.write_bytes(whole[:place])
        entries = [entry for entry in slices if str(path.relative_to(target)) in entry.all_paths]
        assert len(find_damaged(storage, entries, format, read=True)) == 1, f"{path} at {place}"
        path.write_bytes(whole)
    assert find_damaged(storage, slices, format, read=True) == {}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--places", type=int, default=200)
    parser.add_argument("kinds", nargs="*", default=KINDS)
    arguments = parser.parse_args()
    for kind in arguments.kinds:
        with tempfile.TemporaryDirectory() as folder:
            chance = random.Random()
            target = kill_often(kind, Path(folder), arguments.kills, chance)
            print(f"{kind}: exact after {arguments.kills} kills", flush=True)
            if kind != "profiles":
                damage_often(target, arguments.places, chance)
                print(f"{kind}: damage at {arguments.places} places found", flush=True)


if __name__ == "__main__":
    main()
