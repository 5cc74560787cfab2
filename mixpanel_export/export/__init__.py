"""The raw export: plan, fetch, verify, decode, deliver."""

from mixpanel_export.export.event import Event
from mixpanel_export.export.folder import DirectoryBusyError, DiskFullError
from mixpanel_export.export.manifest import DirectoryMismatchError, ManifestError
from mixpanel_export.export.progress import Progress
from mixpanel_export.export.resource import AsyncExport, Export
from mixpanel_export.export.store import DestinationError
from mixpanel_export.export.summaries import DirectoryExport, PlanSummary

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
]
