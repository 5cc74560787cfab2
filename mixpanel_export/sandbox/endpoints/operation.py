"""What an endpoint is: a method, a path within a family, and a function of a call.

An endpoint module lists its operations; the application finds their full paths, authenticates, reads the
parameters, and turns refusals into answers, so that a handler is left with what is its own.
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

Family = Literal["data", "query", "app", "legacy"]

ROOTS: dict[Family, tuple[str, ...]] = {
    "data": ("/api/2.0",),
    "query": ("/api/query", "/api/2.0"),
    "app": ("/api/app/projects/{project_id}",),
    "legacy": ("/api/2.0",),
}
"""The roots of each family; the query family answers under its older root too."""


@frozen
class Call:
    """One authenticated request.

    Attributes:
        request: the request itself, for a JSON body or the parameters in the path.
        parameters: those of the query and of the form together.
        today: the current day in the project's time zone.
    """

    project: Project
    request: Request
    parameters: Parameters
    today: datetime.date


Handler = Callable[[Call], "Awaitable[Response]"]


@frozen
class Operation:
    """One thing that can be asked of the API.

    Attributes:
        family: decides the roots under which `path` is found.
        path: from the root on, without the slash at its end: both forms are served.
    """

    method: Literal["GET", "POST", "PATCH", "DELETE"]
    family: Family
    path: str
    handler: Handler

    @property
    def paths(self) -> tuple[str, ...]:
        """Every full path at which the operation is found."""
        return tuple(f"{root}{self.path}{slash}" for root in ROOTS[self.family] for slash in ("", "/"))
