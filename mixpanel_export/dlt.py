"""Load a project with dlt; see `integrations.dlt_source`."""

from mixpanel_export.integrations.dlt_source import mixpanel_source

__all__ = ["mixpanel_source"]
