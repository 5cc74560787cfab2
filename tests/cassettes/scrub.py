"""What a cassette may hold: no credential, no signature, no project, no person.

Pure functions over what VCR.py is about to write, and the same on what it is about to look up.
"""

from __future__ import annotations

import gzip
import re
from typing import Any
from urllib.parse import urlsplit, urlunsplit

BASE_URL = "http://sandbox.localhost"
PROJECT = "1234567"

SECRET_HEADERS = ("authorization", "cookie", "set-cookie")
SECRET_PARAMETERS = ("sig", "expire", "api_key")
_NOISE = {"date", "server", "set-cookie", "x-request-id", "via", "alt-svc"}

_EMAIL = re.compile(rb"[A-Za-z0-9._%+-]+@(?!example\.com)[A-Za-z0-9.-]+\.[A-Za-z]{2,}")
_ADDRESS = re.compile(rb"\b(?:\d{1,3}\.){3}\d{1,3}\b(?!\.)")
# A bare `name` is what funnels, cohorts, tags and schemas are called; a person's has a dollar sign.
_PERSONAL = re.compile(
    rb'("(?:\$name|\$?(?:first_name|last_name|phone|email|ip|avatar))"\s*:\s*)"(?:[^"\\]|\\.)*"(?=\s*[,}])'
)


def vcr_config() -> dict[str, Any]:
    """VCR.py's settings for recording and replaying."""
    return {
        "filter_headers": list(SECRET_HEADERS),
        "filter_query_parameters": list(SECRET_PARAMETERS),
        "before_record_request": request,
        "before_record_response": response,
        "match_on": ["method", "host", "path", "query", "body"],
    }


def request(recorded: Any) -> Any:
    """One request as it is kept: without a real host or project."""
    parts = urlsplit(recorded.uri)
    base = urlsplit(BASE_URL)
    path = re.sub(r"/projects/\d+", f"/projects/{PROJECT}", parts.path)
    query = re.sub(r"(^|&)project_id=\d+", rf"\1project_id={PROJECT}", parts.query)
    recorded.uri = urlunsplit((base.scheme, base.netloc, path, query, ""))
    recorded.headers.pop("host", None)
    recorded.headers.pop("Host", None)
    return recorded


def response(recorded: dict[str, Any]) -> dict[str, Any]:
    """One response as it is kept: without what changes at each recording, and without persons."""
    headers = recorded["headers"]
    recorded["headers"] = {
        name: values for name, values in sorted(headers.items()) if name.lower() not in _NOISE
    }
    body = recorded["body"].get("string", b"")
    if body:
        recorded["body"]["string"] = _scrubbed_body(body, recorded["headers"])
    return recorded


def _scrubbed_body(body: bytes, headers: dict[str, Any]) -> bytes:
    encoding = next((v for k, v in headers.items() if k.lower() == "content-encoding"), [""])
    if "gzip" not in "".join(encoding):
        return _fit(text(body), body, headers)
    plain = gzip.decompress(body)
    clean = text(plain)
    return body if clean == plain else _fit(gzip.compress(clean, mtime=0), body, headers)


def _fit(clean: bytes, body: bytes, headers: dict[str, Any]) -> bytes:
    """Keep Content-Length true for a body whose length has changed."""
    for name in headers:
        if name.lower() == "content-length" and len(clean) != len(body):
            headers[name] = [str(len(clean))]
    return clean


def text(body: bytes) -> bytes:
    """JSON or text without addresses, names and telephone numbers of persons."""
    body = _EMAIL.sub(b"someone@example.com", body)
    body = _ADDRESS.sub(b"192.0.2.1", body)
    return _PERSONAL.sub(rb'\1"scrubbed"', body)
