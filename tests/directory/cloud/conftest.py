"""An S3 server on loopback, shared by all tests, a bucket for each test, and a proxy that breaks connections."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import socket
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import obstore
import pytest
from attrs import define
from obstore.store import ObjectStore, S3Store

from mixpanel_export import MixpanelClient
from mixpanel_export.directory.manifest import Manifest
from mixpanel_export.sandbox import Sandbox
from tests.wire_server import client_of

SERVER = """
import time
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
time.sleep(3600)
"""
SECRET = "s3cr3t-of-the-tests"
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", SERVER], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        process.kill()


@define
class Bucket:
    """A bucket, and the prefix in it that exports go to."""

    server: str
    name: str

    @property
    def url(self) -> str:
        return f"s3://{self.name}/some/where"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.server,
            "AWS_ACCESS_KEY_ID": "tester",
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": "us-east-1",
        }

    def open(self, url: str) -> ObjectStore:
        return S3Store.from_url(
            url,
            endpoint=self.server,
            access_key_id="tester",
            secret_access_key=SECRET,
            region="us-east-1",
            client_options={"allow_http": True},
        )

    @property
    def store(self) -> ObjectStore:
        return self.open(self.url)

    def names(self) -> set[str]:
        """List the bucket, without the prefix."""
        whole = self.open(self.url.removesuffix("/some/where"))
        return {meta["path"].removeprefix("some/where/") for chunk in obstore.list(whole) for meta in chunk}

    def read(self, path: str) -> bytes:
        return bytes(obstore.get(self.store, path).bytes())

    def write(self, path: str, content: bytes) -> None:
        obstore.put(self.store, path, content)

    def remove(self, path: str) -> None:
        obstore.delete(self.store, path)

    @property
    def manifest(self) -> Manifest:
        return Manifest.from_json(self.read("manifest.json"))

    def lines(self, read: Callable[[bytes], list[str]], *, stray: bool = False) -> Counter[str]:
        """Return the lines of the objects that the manifest lists, and check sizes and checksums.

        Args:
            read: the lines of an object.
            stray: allow objects beside those, as while an export is running.
        """
        manifest, found = self.manifest, Counter[str]()
        for entry in manifest.slices:
            for path, contents in zip(entry.paths, entry.files.values(), strict=True):
                data = self.read(path)
                assert (len(data), hashlib.sha256(data).hexdigest()) == (contents.bytes, contents.sha256)
                lines = read(data)
                assert len(lines) == contents.events
                found.update(lines)
        if not stray:
            assert self.names() == {"manifest.json", *manifest.paths}
        return found


@pytest.fixture
def bucket(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """Make an empty bucket, with its credentials in the environment."""
    made = Bucket(s3_server, f"bucket-{next(_numbers)}")
    assert httpx.put(f"{s3_server}/{made.name}").is_success
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    return made


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the temporary directory, in which files are staged."""
    place = tmp_path / "scratch"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


@pytest.fixture
def shop(sandbox: Sandbox) -> Iterator[MixpanelClient]:
    with client_of(sandbox) as client:
        yield client


class Gate:
    """A proxy that breaks connections on demand.

    Attributes:
        after: what a request must contain to be counted.
        cuts: the next such requests are cut off after so many bytes, one each, from the last of these on.
        always: all of them are.
        done: how many were.
    """

    def __init__(self, server: str) -> None:
        self._server = ("127.0.0.1", int(server.rpartition(":")[2]))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.cuts: list[int] = []
        self.always: int | None = None
        self.after = b""
        self.done = 0
        self._lock = threading.Lock()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        """Forward one connection, in a thread for each direction.

        Close its sockets only when neither thread uses them: the number of a closed one goes to the next
        connection, whose bytes a late `recv` would take away. That request would never be answered.
        """
        with client, contextlib.suppress(OSError), socket.create_connection(self._server) as server:
            back = threading.Thread(target=self._back, args=(server, client), daemon=True)
            back.start()
            self._forward(client, server)
            back.join()

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        seen, limit = 0, None
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                if limit is None and self.after in data:
                    with self._lock:
                        limit = (
                            self.always if self.always is not None else self.cuts.pop() if self.cuts else None
                        )
                        seen = 0
                if limit is not None:
                    seen += len(data)
                    if seen > limit:
                        with self._lock:
                            self.done += 1
                        break
                server.sendall(data)
        _shut_down(client, server)

    def _back(self, server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                client.sendall(data)
        _shut_down(client, server)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def _shut_down(*ends: socket.socket) -> None:
    """End whatever another thread does with these sockets."""
    for end in ends:
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def gate(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """Start a proxy before the bucket's server, named in the environment."""
    made = Gate(bucket.server)
    monkeypatch.setenv("AWS_ENDPOINT_URL", made.url)
    yield made
    made.close()


def canonical_lines(text: bytes) -> list[str]:
    records: list[Any] = [json.loads(line) for line in text.split(b"\n") if line]
    return [json.dumps(record, sort_keys=True, ensure_ascii=False) for record in records]
