"""Rows and data frames of answers, made by the generated package's runtime."""

from mixpanel_export_api.runtime.frames import to_arrow, to_pandas, to_polars, types_of
from mixpanel_export_api.runtime.tables import rows

__all__ = ["rows", "to_arrow", "to_pandas", "to_polars", "types_of"]
