"""The raw export: plan, fetch, verify, decode, deliver."""

from mixpanel_export.export.event import Event
from mixpanel_export.export.progress import Progress
from mixpanel_export.export.resource import AsyncExport, Export

__all__ = ["AsyncExport", "Event", "Export", "Progress"]
