"""Saying no in Mixpanel's way: a status, a message, and the JSON around them.

Pure. Which requests are refused is decided elsewhere (`authentication`, `parameters`, the endpoints); the
application turns what they raise into an answer with the shape made here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from urllib.parse import parse_qsl, urlencode

__all__ = ["BadRequest", "Refusal", "public_query", "refusal_body"]

_AUTHENTICATING = frozenset({"api_key", "expire", "sig"})
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class Refusal(Exception):  # noqa: N818 - an answer of the server, not its error
    """A request is answered with a failure.

    Attributes:
        status: the HTTP status of the answer.
        message: what Mixpanel would say.
        headers: further headers of the answer.
    """

    def __init__(self, status: int, message: str, headers: Mapping[str, str] = _NO_HEADERS) -> None:
        self.status = status
        self.message = message
        self.headers = headers
        super().__init__(f"{status}: {message}")


class BadRequest(Refusal):
    """400: a parameter is missing or not what it must be."""

    def __init__(self, message: str) -> None:
        super().__init__(400, message)


def refusal_body(path: str, query: str, message: str, redact: Callable[[str], str]) -> dict[str, str]:
    """The JSON object of a refusal.

    The 2.0 root echoes the request, the newer roots carry a status. An echo must not give away what
    authenticates, so those parameters are left out of it and known secrets are redacted.

    Args:
        path: the path of the request.
        query: its query string, still encoded.
        redact: takes the secrets out of a text.
    """
    message = redact(message)
    if not path.startswith("/api/2.0/"):
        return {"error": message, "status": "error"}
    shown = public_query(query, redact)
    request = f"{redact(path)}?{urlencode(shown)}" if shown else redact(path)
    return {"request": request, "error": message}


def public_query(query: str, redact: Callable[[str], str]) -> list[tuple[str, str]]:
    """The decoded parameters of a query string, without those that authenticate.

    Args:
        query: still encoded.
        redact: takes the secrets out of a text.
    """
    return [
        (name, redact(value))
        for name, value in parse_qsl(query, keep_blank_values=True, errors="replace")
        if name not in _AUTHENTICATING
    ]
