"""`Sandbox`: an embedded Mixpanel as a context manager, with what can be set and seen on it.

What is served is `app`'s business, and serving it on a socket `serving`'s.
"""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from mixpanel_export.auth import ServiceAccountAuth
from mixpanel_export.client import AsyncMixpanelClient, MixpanelClient
from mixpanel_export.errors import MissingExtraError, MixpanelError
from mixpanel_export.sandbox.control.controls import Controls
from mixpanel_export.sandbox.credentials import SandboxCredentials
from mixpanel_export.sandbox.faults.schedule import FaultSchedule
from mixpanel_export.sandbox.http.limits import Limits
from mixpanel_export.sandbox.http.request_log import RequestLog
from mixpanel_export.sandbox.http.serving import Serving, listen

if TYPE_CHECKING:
    from mixpanel_export.sandbox.project import Project

__all__ = ["Sandbox"]

_MIXPANEL = Limits.mixpanel()


class Sandbox:
    """An embedded Mixpanel with the sample data of a made-up shop, from 2024-01-01 to 2024-03-31.

    A context manager, also an asynchronous one; `start` and `stop` do the same. Any number can run side by
    side. Starting blocks for some tenths of a second, once in a process while the sample data is made, and
    for milliseconds from then on; with `events`, for as long as it takes to read them, a second or so a
    gigabyte of JSON Lines.

    It keeps Mixpanel's request limits, so the fourth export within a second is refused with 429.

    What it is to do wrong is scripted on `faults`, and what it was asked is in `requests`; programs in other
    languages find both at `control_url`.

    Attributes:
        credentials: what it accepts.

    Args:
        events: a user's own exported events to serve instead of the sample: a `.jsonl` or `.jsonl.gz` file, or a
            folder of them. Plain files are served in place, so they must not change meanwhile. They bring no
            profiles with them: there is a bare one for each distinct id.
        port: where to listen; 0 takes a free port.
        host: the address to listen on. Anything but loopback lets others in.
        credentials: what to accept instead of the usual made-up credentials.
        seed: another seed is another shop of the same kind.
        engage_session_seconds: how long a profile query's `session_id` is good for after its last page.
        limits: the request limits, by default Mixpanel's own; None for none.
        bandwidth: bytes a second of every connection; None for as many as there can be.

    Raises:
        MissingExtraError: if the extra `sandbox` is not installed.
    """

    def __init__(
        self,
        *,
        events: str | os.PathLike[str] | None = None,
        port: int = 0,
        host: str = "127.0.0.1",
        credentials: SandboxCredentials | None = None,
        seed: int | None = None,
        engage_session_seconds: float = 600.0,
        limits: Limits | None = _MIXPANEL,
        bandwidth: float | None = None,
    ) -> None:
        _require_extra()
        self.credentials: SandboxCredentials = credentials or SandboxCredentials()
        self._controls = Controls.with_limits(limits, bandwidth)
        self._events = None if events is None else Path(events)
        self._host = host
        self._port = port
        self._seed = seed
        self._engage_session_seconds = engage_session_seconds
        self._lock = threading.Lock()
        self._serving: Serving | None = None
        self._resources = contextlib.ExitStack()

    @property
    def faults(self) -> FaultSchedule:
        """What is to go wrong, and when."""
        return self._controls.faults

    @property
    def requests(self) -> RequestLog:
        """What was asked so far, without secrets, and how often a limit was exceeded."""
        return self._controls.requests

    @property
    def limits(self) -> Limits | None:
        """The request limits; they may be changed while it runs, and count what was asked before."""
        return self._controls.limiter.limits

    @limits.setter
    def limits(self, limits: Limits | None) -> None:
        self._controls.limiter.limits = limits

    @property
    def bandwidth(self) -> float | None:
        """Bytes a second of every connection, None for as many as there can be; it may be changed."""
        return self._controls.bandwidth

    @bandwidth.setter
    def bandwidth(self, bandwidth: float | None) -> None:
        self._controls.bandwidth = bandwidth

    def reset(self) -> None:
        """Drop the faults, the log of requests, and what is used up of the limits."""
        self._controls.reset()

    @property
    def url(self) -> str:
        """Where the sandbox is, for `base_url`: `http://127.0.0.1:PORT`.

        Raises:
            MixpanelError: if it is not running.
        """
        serving = self._serving
        if serving is None:
            raise MixpanelError("The sandbox is not running; use it in a with statement, or start() it")
        return serving.url

    @property
    def control_url(self) -> str:
        """Where faults, limits and the log are found over HTTP, without credentials: see `sandbox.control`."""
        return f"{self.url}/sandbox"

    @property
    def auth(self) -> ServiceAccountAuth:
        """The service account, ready for a client."""
        return self.credentials.service_account()

    @property
    def environment(self) -> dict[str, str]:
        """The `MIXPANEL_…` variables with which a client finds and may use this sandbox."""
        return self.credentials.environment(self.url)

    def client(self, **options: Any) -> MixpanelClient:
        """A client of this sandbox: its service account, project and URL.

        It keeps Mixpanel's request budgets where the sandbox keeps limits, and none where it does not.

        Args:
            options: further arguments of `MixpanelClient`.
        """
        return MixpanelClient(self.auth, **(self._options | options))

    def async_client(self, **options: Any) -> AsyncMixpanelClient:
        """As `client`, asynchronous."""
        return AsyncMixpanelClient(self.auth, **(self._options | options))

    @property
    def _options(self) -> dict[str, Any]:
        bound: dict[str, Any] = {"project_id": self.credentials.project_id, "base_url": self.url}
        return bound if self.limits is not None else {**bound, "limits": None}

    def start(self) -> Self:
        """Start serving; does nothing when running. Requests may be sent as soon as it returns.

        Raises:
            ConfigurationError: if the port cannot be listened on, or the events cannot be read.
        """
        with self._lock:
            if self._serving is None:
                with contextlib.ExitStack() as resources:
                    self._serving = self._serve(resources)
                    self._resources = resources.pop_all()
        return self

    def stop(self) -> None:
        """Stop serving, cut what connections are open, and wait for the thread to end.

        Does nothing when not running. A stopped sandbox may be started again, with its data as at first.
        """
        with self._lock:
            self._serving = None
            self._resources.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    async def __aenter__(self) -> Self:
        return self.start()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        serving = self._serving
        return f"<Sandbox at {serving.url}>" if serving else "<Sandbox, not running>"

    def _serve(self, resources: contextlib.ExitStack) -> Serving:
        from mixpanel_export.sandbox.app import create_app

        listener = resources.enter_context(listen(self._host, self._port))
        application = create_app(self._project(resources), self._controls)
        serving = Serving(application, listener)
        resources.callback(serving.stop)
        return serving

    def _project(self, resources: contextlib.ExitStack) -> Project:
        from mixpanel_export.sandbox.data.file_store import DerivedProfiles, FileEventStore
        from mixpanel_export.sandbox.data.sample import SEED, sample_data
        from mixpanel_export.sandbox.profiles.sessions import EngageSessions
        from mixpanel_export.sandbox.project import Project
        from mixpanel_export.sandbox.saved.annotations import sample_annotations
        from mixpanel_export.sandbox.saved.lexicon import SHOP

        sessions = EngageSessions(self._engage_session_seconds)
        if self._events is not None:
            store = resources.enter_context(contextlib.closing(FileEventStore(self._events)))
            return Project(self.credentials, store, DerivedProfiles(store), engage_sessions=sessions)
        sample = sample_data(SEED if self._seed is None else self._seed)
        return Project(
            credentials=self.credentials,
            events=sample.events,
            profiles=sample.profiles,
            annotations=sample_annotations(),
            engage_sessions=sessions,
            descriptions=SHOP,
        )


def _require_extra() -> None:
    try:
        import starlette
        import uvicorn
    except ImportError as error:
        raise MissingExtraError("The sandbox", "sandbox") from error
    del starlette, uvicorn
