"""An embedded Mixpanel: a real HTTP server on loopback that answers the Data Export API from sample data.

Use it to try the SDK without an account, and in test suites:

    with Sandbox() as sandbox, sandbox.client() as client:
        for event in client.export.events("2024-01-01", "2024-01-31"):
            ...

The sandbox enforces Mixpanel's request limits, injects faults (`sandbox.faults`), logs requests
(`sandbox.requests`) and sends responses in the other forms seen at Mixpanel (`sandbox.variants`). It can serve your
own exported files instead of the sample (`Sandbox(events=PATH)`).

Requires the extra `sandbox`. Importing this package is cheap and always works; only creating a `Sandbox`
checks for the extra, so the pytest plugin and the command line load without it.
"""

from typing import Any

from mixpanel_export.sandbox.credentials import SandboxCredentials
from mixpanel_export.sandbox.faults.fault import Fault
from mixpanel_export.sandbox.faults.schedule import FaultSchedule
from mixpanel_export.sandbox.http.limits import Limits, Quota
from mixpanel_export.sandbox.http.request_log import LoggedRequest, RequestLog
from mixpanel_export.sandbox.server import Sandbox
from mixpanel_export.sandbox.variants.registry import Variants

__all__ = [
    "Fault",
    "FaultSchedule",
    "Limits",
    "LoggedRequest",
    "Quota",
    "RequestLog",
    "Sandbox",
    "SandboxCredentials",
    "Variants",
]

# Old names, importable for one more release.
_RENAMED = {"Allowance": "Quota", "Faults": "FaultSchedule"}


def __getattr__(name: str) -> Any:
    if name in _RENAMED:
        from mixpanel_export._deprecated import warn_renamed

        warn_renamed(f"{__name__}.{name}", _RENAMED[name])
        return globals()[_RENAMED[name]]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
