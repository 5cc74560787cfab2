"""`client.export`: deliver raw events as an iterator, as tables, or to one file or stream."""

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mixpanel_export.directory.results import DirectoryExport
    from mixpanel_export.download.progress import Progress
    from mixpanel_export.errors import (
        DestinationError,
        DirectoryBusyError,
        DirectoryMismatchError,
        DiskFullError,
        ManifestError,
    )
    from mixpanel_export.export.plans import PlanSummary
    from mixpanel_export.export.resource import AsyncExport, Export
    from mixpanel_export.export.tasks import SliceTask
    from mixpanel_export.records.event import Event

__all__ = [
    "AsyncExport",
    "DestinationError",
    "DirectoryBusyError",
    "DirectoryExport",
    "DirectoryMismatchError",
    "DiskFullError",
    "Event",
    "Export",
    "ManifestError",
    "PlanSummary",
    "Progress",
    "SliceTask",
]


def __getattr__(name: str) -> Any:
    """Load a name on first use, as the whole package does."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(sys.modules["mixpanel_export"], name)
