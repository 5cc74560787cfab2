"""Client settings shared by every call. See `calls` for one call, and `transport` for sending it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Literal

import httpx
from attrs import evolve, field, frozen

from mixpanel_export import dates
from mixpanel_export._redaction import clean, redact_known
from mixpanel_export._resources import limit_error
from mixpanel_export._text import shortened
from mixpanel_export.auth import MixpanelAuth
from mixpanel_export.errors import MixpanelError, NetworkError, RequestTimeoutError
from mixpanel_export.http.budget import Budget, budget_of
from mixpanel_export.http.event_names import EventNames
from mixpanel_export.http.limits import DIRECTORY_MAX_WAIT, MAX_WAIT, Limits
from mixpanel_export.http.network import reason_of
from mixpanel_export.http.retry import RetryPolicy
from mixpanel_export.http.servers import Family, Servers, family_of, read_timeout
from mixpanel_export.http.tls import certificate_error
from mixpanel_export.http.waits import BudgetWait
from mixpanel_export_api.api import Operation

__all__ = ["CONNECT_TIMEOUT", "Context"]

CONNECT_TIMEOUT = 20.0
"""Seconds to wait for a connection, unless the client sets a timeout."""


@frozen
class Context:
    """Client settings shared by every call.

    Attributes:
        auth: the credentials.
        servers: the hosts that serve the project.
        project_id: the project; None with credentials that name it themselves.
        workspace_id: the data view's workspace, if any.
        zone: the project's time zone.
        timeout: the timeout of every call; None for the default of each API family.
        check_expressions: parse `where` and `on` before they are sent.
        retry: when and how often failed calls are retried.
        limits: the request budgets to keep.
        patience: the most seconds that a call waits for its budget, unless `limits` say.
        event_names: the names of events seen so far.
        family: the family of a call that is not told by its path; empty otherwise.
    """

    auth: MixpanelAuth
    servers: Servers
    project_id: int | None
    workspace_id: int | None
    zone: datetime.tzinfo
    timeout: httpx.Timeout | None
    check_expressions: bool
    retry: RetryPolicy
    limits: Limits
    patience: float = MAX_WAIT
    event_names: EventNames = field(factory=EventNames, eq=False, repr=False)
    family: Family | Literal[""] = ""

    def of_operation(self, operation: Operation[Any], arguments: Mapping[str, Any]) -> Context:
        """Return the settings of a call: an operation outside the contract may name its family and its project."""
        own = {name: arguments[name] for name in operation.bound if arguments.get(name) is not None}
        if operation.family:
            own["family"] = operation.family
        return evolve(self, **own) if own else self

    def family_of(self, path: str) -> Family:
        """Return the family of a contract path, or that of the operation."""
        return self.family or family_of(path)

    @property
    def patient(self) -> Context:
        """The same settings for work that waits for an hourly budget: a directory export."""
        return evolve(self, patience=DIRECTORY_MAX_WAIT)

    def budget(self, family: Family) -> Budget:
        """Return a family's budget, shared by all clients of the project; a separate one when none is kept."""
        host = self.servers.data if family == "data" else self.servers.rest
        project = self.project_id if self.project_id is not None else self.auth.fingerprint
        return budget_of(f"{host} {project}", family, self.limits)

    def budget_wait(self) -> BudgetWait:
        """Start to count how long a call waits for its budget."""
        limit = self.limits.max_wait
        if limit is None:
            # A running request ends by itself; only its own process knows how long it may take.
            return BudgetWait(self.patience, longest_in_all=DIRECTORY_MAX_WAIT)
        return BudgetWait(limit, longest_in_all=limit)

    @property
    def bound(self) -> dict[str, int]:
        """The project and the workspace, those that are set, by the names of their parameters."""
        known = {"project_id": self.project_id, "workspace_id": self.workspace_id}
        return {name: value for name, value in known.items() if value is not None}

    def today(self) -> datetime.date:
        """Return the current day in the project's time zone."""
        return dates.today(self.zone)

    def timeout_of(self, path: str) -> httpx.Timeout:
        """Return the timeout of a contract path."""
        read = read_timeout(self.family_of(path))
        return self.timeout or httpx.Timeout(read, connect=CONNECT_TIMEOUT, pool=None)

    def network_error(self, error: httpx.HTTPError, method: str, url: str) -> MixpanelError:
        """Return our exception for one of httpx, without credentials.

        A ConfigurationError for wrong settings, a ResourceLimitError where the process ran out of something, and
        otherwise a NetworkError.

        Its cause is a copy of httpx's, without its frames and its request.
        """
        return clean(self._network_error(error, method, url), self._redact)

    def _network_error(self, error: httpx.HTTPError, method: str, url: str) -> MixpanelError:
        if (limit := limit_error(error)) is not None:
            return limit
        if (setting := certificate_error(error, httpx.URL(url).host)) is not None:
            return setting
        kind = RequestTimeoutError if isinstance(error, httpx.TimeoutException) else NetworkError
        words = shortened(self._redact(str(error))) or "no answer"
        unsent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
        failure = kind(
            f"{type(error).__name__}: {words} ({method} {url})",
            was_sent=not unsent,
            reason=self._redact(reason_of(error)),
            request=self._redact(f"{method} {url}"),
        )
        failure.__cause__ = type(error)(words)
        return failure

    def _redact(self, text: str) -> str:
        """Return a text without any credentials, the proxy's included."""
        return redact_known(self.auth.redact(text))
