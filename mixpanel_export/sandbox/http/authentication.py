"""Authentication: the four schemes, and access to the project.

Pure: takes the relevant parts of a request and returns None or the refusal. The rules are those of
https://developer.mixpanel.com/reference/authentication.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Mapping
from types import MappingProxyType

from attrs import frozen

from mixpanel_export.auth import signature
from mixpanel_export.sandbox.credentials import SandboxCredentials
from mixpanel_export.sandbox.http.refusal import BadRequest, Refusal

__all__ = ["Pairs", "RequestParts", "authenticate"]

_APP_PROJECT = re.compile(r"/api/app/projects/([^/]+)")
_PRIVACY = re.compile(r"/api/app/data-(?:retrievals|deletions)/")
_CHALLENGE: Mapping[str, str] = MappingProxyType({"WWW-Authenticate": 'Basic realm="Mixpanel"'})

Pairs = tuple[tuple[str, str], ...]


@frozen
class RequestParts:
    """The parts of a request that authentication looks at.

    Attributes:
        path: the path of the URL.
        authorization: the `Authorization` header, if present.
        query: the decoded query parameters, including repeated ones.
        form: the decoded parameters of a form body.
    """

    path: str
    authorization: str | None = None
    query: Pairs = ()
    form: Pairs = ()

    @property
    def is_app_call(self) -> bool:
        return self.path.startswith("/api/app/")

    def query_value(self, name: str) -> str | None:
        """Return the value of a query parameter; None if absent or empty."""
        return dict(self.query).get(name) or None


def authenticate(request: RequestParts, credentials: SandboxCredentials, now: float) -> Refusal | None:
    """Return None if the request is allowed, or the refusal to send.

    Args:
        credentials: the accepted credentials.
        now: the unix time in seconds, to check whether signatures have expired.
    """
    if request.authorization is not None:
        scheme, _, value = request.authorization.strip().partition(" ")
        match scheme.lower():
            case "basic":
                return _check_basic(request, value.strip(), credentials)
            case "bearer":
                if not _same(value.strip(), credentials.oauth_token):
                    return _unauthorized("Invalid access token")
                return _check_project(request, credentials, required=True)
            case _:
                return _unauthorized("Unsupported authentication scheme")
    if request.query_value("sig") is not None or request.query_value("api_key") is not None:
        return _check_signature(request, credentials, now)
    return _unauthorized("Missing authentication credentials")


def _check_basic(request: RequestParts, encoded: str, credentials: SandboxCredentials) -> Refusal | None:
    try:
        decoded = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, ValueError):
        return _unauthorized("Malformed Basic authentication")
    username, _, password = decoded.partition(":")
    if not password:
        return _check_project_secret(request, username, credentials)
    if not (_same(username, credentials.username) and _same(password, credentials.secret)):
        return _unauthorized("Invalid service account credentials")
    if _PRIVACY.match(request.path):
        return _unauthorized("Privacy requests need an OAuth token")
    return _check_project(request, credentials, required=True)


def _check_project_secret(
    request: RequestParts, secret: str, credentials: SandboxCredentials
) -> Refusal | None:
    if not _same(secret, credentials.api_secret):
        return _unauthorized("Invalid project secret")
    if request.is_app_call:
        return Refusal(403, "Project secrets are not accepted here; use a service account")
    return _check_project(request, credentials, required=False)


def _check_signature(request: RequestParts, credentials: SandboxCredentials, now: float) -> Refusal | None:
    if not request.path.startswith("/api/2.0/"):
        return _unauthorized("Request signatures are accepted under /api/2.0 only")
    if not _same(request.query_value("api_key") or "", credentials.api_key):
        return _unauthorized("Invalid API key")
    expire = request.query_value("expire") or ""
    if not re.fullmatch(r"\d{1,15}", expire, re.ASCII):
        return _unauthorized("expire must be a unix time in seconds")
    expected = signature((*request.query, *request.form), credentials.api_secret)
    if not _same(request.query_value("sig") or "", expected):
        return _unauthorized("Invalid signature")
    if now > int(expire):
        return _unauthorized("Expired signature: the request was used after its expire time")
    return _check_project(request, credentials, required=False)


def _check_project(
    request: RequestParts, credentials: SandboxCredentials, *, required: bool
) -> Refusal | None:
    if request.is_app_call:
        found = _APP_PROJECT.match(request.path)
        if found is None:
            return _check_token(request, credentials) if _PRIVACY.match(request.path) else None
        project = found[1]
    else:
        project = request.query_value("project_id")
    if project is None:
        return BadRequest("project_id is a required parameter") if required else None
    if project != str(credentials.project_id):
        return Refusal(403, "No permission for this project")
    workspace = request.query_value("workspace_id")
    if workspace is not None and workspace != str(credentials.workspace_id):
        return Refusal(403, "No permission for this workspace")
    return None


def _check_token(request: RequestParts, credentials: SandboxCredentials) -> Refusal | None:
    token = request.query_value("token")
    if token is None:
        return BadRequest("token is a required parameter")
    return None if _same(token, credentials.project_token) else Refusal(403, "No permission for this project")


def _unauthorized(message: str) -> Refusal:
    return Refusal(401, message, _CHALLENGE)


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(errors="replace"), expected.encode())
