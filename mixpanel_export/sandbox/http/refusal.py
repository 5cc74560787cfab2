"""Refusals: a status, a message, and the JSON Mixpanel wraps them in.

Pure. `authentication`, `parameters` and the endpoints raise refusals; the application turns them into
responses of the shape defined here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import parse_qsl, urlencode

__all__ = ["BadRequest", "Refusal", "public_query", "refusal_body"]

_AUTHENTICATING = frozenset({"api_key", "expire", "sig"})
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class Refusal(Exception):  # noqa: N818 - an answer of the server, not its error
    """A request refused with an error response.

    Attributes:
        status: the HTTP status.
        message: the error message in Mixpanel's words.
        headers: extra headers of the response.
    """

    def __init__(self, status: int, message: str, headers: Mapping[str, str] = _NO_HEADERS) -> None:
        self.status = status
        self.message = message
        self.headers = headers
        super().__init__(f"{status}: {message}")


class BadRequest(Refusal):
    """A 400: a parameter is missing or invalid."""

    def __init__(self, message: str) -> None:
        super().__init__(400, message)


def refusal_body(path: str, query: str, message: str, redact: Callable[[str], str]) -> dict[str, str]:
    """Return the JSON object of a refusal.

    The 2.0 root echoes the request; the newer roots add a status. The echo leaves out credentials and
    redacts known secrets.

    Args:
        path: the path of the request.
        query: its query string, still encoded.
        redact: removes secrets from a text.
    """
    message = redact(message)
    if not path.startswith("/api/2.0/"):
        return {"error": message, "status": "error"}
    shown = public_query(query, redact)
    request = f"{redact(path)}?{urlencode(shown)}" if shown else redact(path)
    return {"request": request, "error": message}


def public_query(query: str, redact: Callable[[str], str]) -> list[tuple[str, str]]:
    """Return the decoded parameters of a query string, without credentials.

    Args:
        query: the query string, still encoded.
        redact: removes secrets from a text.
    """
    return [
        (name, redact(value))
        for name, value in parse_qsl(query, keep_blank_values=True, errors="replace")
        if name not in _AUTHENTICATING
    ]
