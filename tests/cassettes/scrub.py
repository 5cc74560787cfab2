"""What a cassette may hold: no credential, no signature, no project, no person.

Pure functions over what VCR.py is about to write, and the same on what it is about to look up.
"""

from __future__ import annotations

import gzip
import json
import re
from typing import Any
from urllib.parse import urlsplit, urlunsplit

BASE_URL = "http://sandbox.localhost"
PROJECT = "1234567"

SECRET_HEADERS = ("authorization", "cookie", "set-cookie")
SECRET_PARAMETERS = ("sig", "expire", "api_key")
_SESSION = "a-session"
_SESSION_FIELD = re.compile(r"((?:^|&)session_id=)[^&]*")
_SESSION_ID = re.compile(rb'("session_id"\s*:\s*)"[^"]*"')
_COMPUTED_AT = re.compile(rb'("computed_at"\s*:\s*)"[^"]*"')
# They no longer hold for a body that is kept inflated.
_FRAMING = {"content-encoding", "content-length", "transfer-encoding"}
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
        "filter_query_parameters": [*SECRET_PARAMETERS, ("token", "scrubbed")],
        "before_record_request": request,
        "before_record_response": response,
        "match_on": ["method", "host", "path", "query", "body"],
    }


def request(recorded: Any) -> Any:
    """Return a request as it is kept: without a real host, project or session."""
    parts = urlsplit(recorded.uri)
    base = urlsplit(BASE_URL)
    path = re.sub(r"/projects/\d+", f"/projects/{PROJECT}", parts.path)
    query = re.sub(r"(^|&)project_id=\d+", rf"\1project_id={PROJECT}", parts.query)
    recorded.uri = urlunsplit(
        (base.scheme, base.netloc, path, _SESSION_FIELD.sub(rf"\1{_SESSION}", query), "")
    )
    if isinstance(recorded.body, bytes):
        recorded.body = _SESSION_FIELD.sub(rf"\1{_SESSION}", recorded.body.decode()).encode()
    recorded.headers.pop("host", None)
    recorded.headers.pop("Host", None)
    return recorded


def response(recorded: dict[str, Any]) -> dict[str, Any]:
    """Return a response as it is kept: readable, without persons and without what changes at each recording.

    Bodies are kept inflated, so that a diff shows what changed; the tests of `http` and `records` have gzip.
    """
    headers = {
        name: values for name, values in sorted(recorded["headers"].items()) if name.lower() not in _NOISE
    }
    body = recorded["body"].get("string", b"")
    if body:
        values = {name.lower(): "".join(given) for name, given in headers.items()}
        if "gzip" in values.get("content-encoding", ""):
            body = gzip.decompress(body)
        body = indented(text(body), values.get("content-type", ""))
        recorded["body"]["string"] = body
        for name in [name for name in headers if name.lower() in _FRAMING]:
            del headers[name]
        headers["content-length"] = [str(len(body))]
    recorded["headers"] = headers
    return recorded


def indented(body: bytes, content_type: str) -> bytes:
    """Return a JSON document with a line for each value; another body stays as it is."""
    if not content_type.startswith("application/json"):
        return body
    try:
        return json.dumps(json.loads(body), indent=1, ensure_ascii=False).encode()
    except ValueError:
        return body


def text(body: bytes) -> bytes:
    """Return JSON or text without times, sessions, and addresses, names and telephone numbers of persons."""
    body = _COMPUTED_AT.sub(rb'\1"2024-04-01T00:00:00+00:00"', body)
    body = _SESSION_ID.sub(rb'\1"' + _SESSION.encode() + b'"', body)
    body = _EMAIL.sub(b"someone@example.com", body)
    body = _ADDRESS.sub(b"192.0.2.1", body)
    return _PERSONAL.sub(rb'\1"scrubbed"', body)
