"""Stores to test with where they are installed: Azurite, and Google's storage-testbench.

The testbench's XML interface cannot list or delete, so a proxy translates it to its JSON interface, which has the
rules for conditional writes.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import itertools
import re
import shutil
import subprocess
import time
from collections.abc import Generator
from datetime import datetime
from email.utils import format_datetime, formatdate
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit
from xml.sax.saxutils import escape

import httpx
from attrs import define
from obstore.store import AzureStore, GCSStore, ObjectStore

from tests.http_server import serving

from .conftest import Bucket

AZURITE = shutil.which("azurite-blob")
# Azurite's own account and key, which its documentation publishes.
ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
TOKEN = "made-up-token"
_numbers = itertools.count(1)


@define
class Container(Bucket):
    """A container of Azure Blob Storage, and the prefix in it that exports go to."""

    endpoint = "AZURE_STORAGE_ENDPOINT"

    @classmethod
    def create(cls, server: str) -> Container:
        """Create a container, which obstore cannot do, with a request that the account's key signs."""
        name = f"container-{next(_numbers)}"
        date, version = formatdate(usegmt=True), "2021-12-02"
        headers = f"x-ms-date:{date}\nx-ms-version:{version}\n"
        text = "PUT" + "\n" * 12 + headers + f"/{ACCOUNT}/{ACCOUNT}/{name}\nrestype:container"
        signature = base64.b64encode(hmac.new(base64.b64decode(KEY), text.encode(), hashlib.sha256).digest())
        answer = httpx.put(
            f"{server}/{name}?restype=container",
            headers={
                "x-ms-date": date,
                "x-ms-version": version,
                "authorization": f"SharedKey {ACCOUNT}:{signature.decode()}",
            },
        )
        assert answer.status_code == 201, answer.text
        return cls(server, name)

    @property
    def url(self) -> str:
        return f"az://{self.name}/some/where"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AZURE_STORAGE_ACCOUNT_NAME": ACCOUNT,
            "AZURE_STORAGE_ACCOUNT_KEY": KEY,
            self.endpoint: self.server,
        }

    def open(self, url: str) -> ObjectStore:
        return AzureStore.from_url(
            url,
            account_name=ACCOUNT,
            account_key=KEY,
            endpoint=self.server,
            client_options={"allow_http": True},
        )


@define
class GoogleBucket(Bucket):
    """A bucket of Google Cloud Storage, and the prefix in it that exports go to."""

    endpoint = "GOOGLE_BASE_URL"

    @classmethod
    def create(cls, server: str) -> GoogleBucket:
        """Create a bucket."""
        name = f"bucket-{next(_numbers)}-{time.time_ns()}"
        assert httpx.post(f"{server}/storage/v1/b?project=p", json={"name": name}).is_success
        return cls(server, name)

    @property
    def url(self) -> str:
        return f"gs://{self.name}/some/where"

    @property
    def environment(self) -> dict[str, str]:
        return {"GOOGLE_BEARER_TOKEN": TOKEN, self.endpoint: self.server}

    def open(self, url: str) -> ObjectStore:
        return GCSStore.from_url(
            url,
            config={"base_url": self.server, "bearer_token": TOKEN},
            client_options={"allow_http": True},
        )


@contextlib.contextmanager
def azurite(folder: Path) -> Generator[str]:
    """Run Azurite; its URL is that of its account."""
    assert AZURITE is not None
    options = ["--blobPort", "0", "--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([AZURITE, *options], cwd=folder, stdout=log, stderr=log)
    try:
        until, found = time.monotonic() + 90, None
        while found is None:
            found = re.search(r"listens on (http://\S+)", (folder / "log").read_text())
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < until
            time.sleep(0.05)
        yield f"{found[1]}/{ACCOUNT}"
    finally:
        process.kill()
        process.wait()


@contextlib.contextmanager
def xml_front(server: str) -> Generator[str]:
    """Serve the XML interface of Google Cloud Storage in terms of the JSON interface of `server`."""
    parts: dict[str, dict[int, bytes]] = {}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do(self) -> None:
            self.body = self.rfile.read(int(self.headers.get("content-length", 0)))
            url = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(url.query, keep_blank_values=True).items()}
            if url.path.startswith("/storage/v1/"):
                answer = httpx.request(
                    self.command,
                    server + self.path,
                    content=self.body,
                    headers={"content-type": "application/json"},
                )
                self.reply(answer.status_code, answer.content)
                return
            bucket, _, key = map(unquote, url.path[1:].partition("/"))
            objects = f"{server}/storage/v1/b/{bucket}/o"
            if httpx.get(f"{server}/storage/v1/b/{bucket}").status_code == 404:
                self.reply(404, b"<Error><Code>NoSuchBucket</Code><Message>No bucket</Message></Error>")
            elif not key:
                self.list(
                    httpx.get(objects, params={"prefix": query.get("prefix", "")}).json().get("items", [])
                )
            elif self.command in {"PUT", "POST"}:
                self.put(f"{server}/upload/storage/v1/b/{bucket}/o", key, query)
            elif self.command == "DELETE":
                answer = httpx.delete(f"{objects}/{quote(key, safe='')}")
                self.reply(answer.status_code, b"")
            else:
                self.get(f"{objects}/{quote(key, safe='')}")

        def list(self, items: list[dict[str, str]]) -> None:
            found = "".join(
                f"<Contents><Key>{escape(item['name'])}</Key><LastModified>{item['updated']}</LastModified>"
                f"<ETag>{escape(item['etag'])}</ETag><Size>{item['size']}</Size></Contents>"
                for item in items
            )
            self.reply_xml("ListBucketResult", found)

        def put(self, uploads: str, key: str, query: dict[str, str]) -> None:
            if "uploads" in query:
                upload = str(len(parts))
                parts[upload] = {}
                self.reply_xml("InitiateMultipartUploadResult", f"<UploadId>{upload}</UploadId>")
                return
            if "partNumber" in query:
                parts[query["uploadId"]][int(query["partNumber"])] = self.body
                self.reply(200, b"", {"ETag": f'"{query["partNumber"]}"'})
                return
            if "uploadId" in query:
                self.body = b"".join(content for _, content in sorted(parts.pop(query["uploadId"]).items()))
            params = {"uploadType": "media", "name": key}
            expected = self.headers.get("x-goog-if-generation-match")
            if expected is not None:
                params["ifGenerationMatch"] = expected
            answer = httpx.post(
                uploads,
                params=params,
                content=self.body,
                headers={"content-type": "application/octet-stream"},
            )
            if not answer.is_success:
                self.reply(answer.status_code, answer.content)
                return
            made = answer.json()
            headers = {"ETag": made["etag"], "x-goog-generation": made["generation"]}
            self.reply_xml("CompleteMultipartUploadResult", f"<ETag>{escape(made['etag'])}</ETag>", headers)

        def get(self, object_url: str) -> None:
            answer = httpx.get(object_url)
            if not answer.is_success:
                self.reply(answer.status_code, b"<Error><Code>NoSuchKey</Code></Error>")
                return
            meta = answer.json()
            headers = {
                "ETag": meta["etag"],
                "x-goog-generation": meta["generation"],
                "Last-Modified": format_datetime(datetime.fromisoformat(meta["updated"]), usegmt=True),
            }
            if self.command == "HEAD":
                self.reply(200, b"", headers, length=meta["size"])
                return
            content = httpx.get(object_url, params={"alt": "media"}).content
            wanted = re.match(r"bytes=(\d+)-(\d+)", self.headers.get("range", ""))
            if wanted is None:
                self.reply(200, content, headers)
                return
            start, end = int(wanted[1]), min(int(wanted[2]), len(content) - 1)
            headers["Content-Range"] = f"bytes {start}-{end}/{len(content)}"
            self.reply(206, content[start : end + 1], headers)

        def reply_xml(self, name: str, content: str, headers: dict[str, str] | None = None) -> None:
            self.reply(200, f"<{name}>{content}</{name}>".encode(), headers)

        def reply(
            self, status: int, body: bytes, headers: dict[str, str] | None = None, length: str | None = None
        ) -> None:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("content-length", length or str(len(body)))
            self.end_headers()
            if self.command != "HEAD" and status != 204:
                self.wfile.write(body)

        # The names that the base class looks up.
        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

    with serving(Handler) as url:
        yield url
