"""`Operation`: a method, a path within a family, and the handler of a call.

Endpoint modules list their operations. The application resolves full paths, authenticates, reads parameters and
turns refusals into responses.
"""

from __future__ import annotations

import datetime
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Literal

from attrs import frozen

from mixpanel_export.sandbox.http.parameters import Parameters
from mixpanel_export.sandbox.project import Project

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

__all__ = ["ROOTS", "Call", "Family", "Handler", "Operation"]

Family = Literal["data", "query", "app", "account", "legacy"]

ROOTS: dict[Family, tuple[str, ...]] = {
    "data": ("/api/2.0",),
    "query": ("/api/query", "/api/2.0"),
    "app": ("/api/app/projects/{project_id}",),
    "account": ("/api/app",),
    "legacy": ("/api/2.0",),
}
"""The root paths of each family; the query family also answers under its older root."""


@frozen
class Call:
    """One authenticated request.

    Attributes:
        request: the request itself, for a JSON body or path parameters.
        parameters: the parameters of the query and the form.
        today: today's date in the project's time zone.
    """

    project: Project
    request: Request
    parameters: Parameters
    today: datetime.date


Handler = Callable[[Call], "Awaitable[Response]"]


@frozen
class Operation:
    """One operation of the API.

    Attributes:
        family: determines the roots under which `path` is served.
        path: the path after the root, without a trailing slash; both spellings are served.
    """

    method: Literal["GET", "POST", "PATCH", "DELETE"]
    family: Family
    path: str
    handler: Handler

    @property
    def key(self) -> str:
        """Return the operation as `GET app:/annotations`."""
        return f"{self.method} {self.family}:{self.path}"

    @property
    def paths(self) -> tuple[str, ...]:
        """Return every full path of the operation."""
        return tuple(f"{root}{self.path}{slash}" for root in ROOTS[self.family] for slash in ("", "/"))
