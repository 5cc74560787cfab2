"""An embedded Mixpanel: a real HTTP server on loopback that answers the Data Export API from sample data.

For trying the SDK without an account, and for test suites, of this package and of those that use it:

    with Sandbox() as sandbox:
        client = MixpanelClient(
            sandbox.auth, project_id=sandbox.credentials.project_id, base_url=sandbox.url
        )

It keeps Mixpanel's request limits, can be told to misbehave (`sandbox.faults`), logs what it is asked
(`sandbox.requests`), and serves a user's own exported files instead of the sample (`Sandbox(events=PATH)`).

Needs the extra `sandbox`. Importing this package is always possible and cheap; only making a `Sandbox`
asks for the extra, so that the pytest plugin and the command line can be loaded without it.
"""

from typing import Any

from mixpanel_export.sandbox.credentials import SandboxCredentials
from mixpanel_export.sandbox.faults.fault import Fault
from mixpanel_export.sandbox.faults.schedule import FaultSchedule
from mixpanel_export.sandbox.http.limits import Limits, Quota
from mixpanel_export.sandbox.http.request_log import LoggedRequest, RequestLog
from mixpanel_export.sandbox.server import Sandbox

__all__ = [
    "Fault",
    "FaultSchedule",
    "Limits",
    "LoggedRequest",
    "Quota",
    "RequestLog",
    "Sandbox",
    "SandboxCredentials",
]

# Old names, importable for one more release.
_RENAMED = {"Allowance": "Quota", "Faults": "FaultSchedule"}


def __getattr__(name: str) -> Any:
    if name in _RENAMED:
        from mixpanel_export._deprecated import warn_renamed

        warn_renamed(f"{__name__}.{name}", _RENAMED[name])
        return globals()[_RENAMED[name]]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
