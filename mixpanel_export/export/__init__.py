"""`client.export`: deliver raw events as an iterator, as tables, or to one file or stream."""

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
