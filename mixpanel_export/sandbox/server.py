"""`Sandbox`: an embedded Mixpanel as a context manager.

See `app` for the responses and `http.serving` for the socket.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from mixpanel_export.auth import ServiceAccountAuth
from mixpanel_export.client import AsyncMixpanelClient, MixpanelClient
from mixpanel_export.errors import ConfigurationError, MissingExtraError, MixpanelError
from mixpanel_export.sandbox.control.controls import Controls
from mixpanel_export.sandbox.credentials import SandboxCredentials
from mixpanel_export.sandbox.faults.schedule import FaultSchedule
from mixpanel_export.sandbox.http.limits import Limits
from mixpanel_export.sandbox.http.origins import is_loopback
from mixpanel_export.sandbox.http.request_log import RequestLog
from mixpanel_export.sandbox.http.serving import Serving, listen
from mixpanel_export.sandbox.variants.registry import Variants

if TYPE_CHECKING:
    from mixpanel_export.sandbox.project import Project

__all__ = ["Sandbox"]

_MIXPANEL = Limits.mixpanel()


class Sandbox:
    """An embedded Mixpanel with the sample data of a made-up shop, from 2024-01-01 to 2024-03-31.

    Use it as a context manager, sync or async, or call `start` and `stop`. Any number of sandboxes can run
    side by side. The first start in a process takes a few tenths of a second while the sample data is
    generated; later starts take milliseconds. With `events`, starting also reads the files, at about a
    second per gigabyte of JSON Lines.

    Mixpanel's request limits apply, so the fourth export within a second gets a 429.

    Requests of web pages are refused: those whose `Host` is another server's, and those of another origin.

    Inject faults with `faults` and inspect received requests with `requests`. Programs in other languages
    do both over HTTP, at `control_url`.

    Attributes:
        credentials: the credentials it accepts.

    Args:
        events: exported events to serve instead of the sample: a `.jsonl` or `.jsonl.gz` file, or a folder of
            them. Plain files are served in place, so they must not change while the sandbox runs. Profiles
            are derived from the events: an empty one for each distinct id.
        port: the port to listen on; 0 picks a free one.
        host: the address to listen on. Any address except loopback is open to other machines, and refused with
            `events`.
        credentials: the credentials to accept instead of the default ones, which are fixed for the sample and
            random with `events`.
        seed: the seed of the sample data; another seed gives another shop of the same kind.
        engage_session_seconds: seconds that a profile query's `session_id` stays valid after its last use.
        limits: the request limits, Mixpanel's by default; None disables them.
        bandwidth: bytes per second for each connection; None is unlimited.
        variants: alternative forms of responses, as seen from Mixpanel's servers: a name, several names, or
            `{"annotations": "user_missing"}`. See `Sandbox.variants`.

    Raises:
        ConfigurationError: `events` with a host that is not loopback.
        MissingExtraError: the extra `sandbox` is not installed.
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
        variants: str | Sequence[str] | Mapping[str, str | Sequence[str]] = (),
    ) -> None:
        _require_extra()
        if events is not None and not is_loopback(host):
            raise ConfigurationError("host", f"a sandbox with events serves loopback only, got {host!r}")
        if credentials is None:
            credentials = SandboxCredentials() if events is None else SandboxCredentials.random()
        self.credentials: SandboxCredentials = credentials
        self._controls = Controls.with_limits(limits, bandwidth, Variants(variants))
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
        """Return the schedule of faults to inject."""
        return self._controls.faults

    @property
    def requests(self) -> RequestLog:
        """Return the log of received requests, without secrets, and the count of exceeded limits."""
        return self._controls.requests

    @property
    def limits(self) -> Limits | None:
        """The request limits. Changing them keeps the requests already counted."""
        return self._controls.limiter.limits

    @limits.setter
    def limits(self, limits: Limits | None) -> None:
        self._controls.limiter.limits = limits

    @property
    def bandwidth(self) -> float | None:
        """The bytes per second for each connection; None is unlimited. Can be changed while running."""
        return self._controls.bandwidth

    @bandwidth.setter
    def bandwidth(self, bandwidth: float | None) -> None:
        self._controls.bandwidth = bandwidth

    @property
    def variants(self) -> Variants:
        """The alternative forms of responses in use, and the names of all there are.

        sandbox.variants.use("annotations.user_missing")
        """
        return self._controls.variants

    def reset(self) -> None:
        """Clear the faults, the request log and the counts behind the limits."""
        self._controls.reset()

    @property
    def url(self) -> str:
        """Return the URL of the sandbox for `base_url`, `http://127.0.0.1:PORT`.

        Raises:
            MixpanelError: the sandbox is not running.
        """
        serving = self._serving
        if serving is None:
            raise MixpanelError("The sandbox is not running; use it in a with statement, or call start()")
        return serving.url

    @property
    def control_url(self) -> str:
        """Return the URL of the control API, which needs no credentials; see `control.api`."""
        return f"{self.url}/sandbox"

    @property
    def auth(self) -> ServiceAccountAuth:
        """Return the service account, ready for a client."""
        return self.credentials.service_account()

    @property
    def environment(self) -> dict[str, str]:
        """Return the `MIXPANEL_…` environment variables that point a client at this sandbox."""
        return self.credentials.environment(self.url)

    def client(self, **options: Any) -> MixpanelClient:
        """Return a client with the sandbox's service account, project and URL.

        The client keeps no request budget, unless `limits=` is given; the sandbox enforces its own limits.

        Args:
            options: further arguments of `MixpanelClient`.
        """
        return MixpanelClient(self.auth, **(self._options | options))

    def async_client(self, **options: Any) -> AsyncMixpanelClient:
        """Return an async client; otherwise like `client`."""
        return AsyncMixpanelClient(self.auth, **(self._options | options))

    @property
    def _options(self) -> dict[str, Any]:
        # The host need not be a loopback address.
        return {"project_id": self.credentials.project_id, "base_url": self.url, "limits": None}

    def start(self) -> Self:
        """Start serving; do nothing if already running. Requests are accepted when this returns.

        Raises:
            ConfigurationError: the port is not available, or the events cannot be read.
        """
        with self._lock:
            if self._serving is None:
                with contextlib.ExitStack() as resources:
                    self._serving = self._serve(resources)
                    self._resources = resources.pop_all()
        return self

    def stop(self) -> None:
        """Stop serving, close open connections and wait for the thread to end.

        Do nothing if not running. A stopped sandbox can be started again, with its data reset.
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
        application = create_app(self._project(resources), self._controls, self._host)
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
