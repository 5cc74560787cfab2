"""Read exports with Spark 4; see `integrations.spark_source`."""

from mixpanel_export.integrations.spark_source import MixpanelDataSource, register

__all__ = ["MixpanelDataSource", "register"]
