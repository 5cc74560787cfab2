"""Rows and data frames of answers, made by the generated package's runtime."""

from mixpanel_export.errors import MissingExtraError
from mixpanel_export_api.runtime.extras import raise_as
from mixpanel_export_api.runtime.frames import to_arrow, to_pandas, to_polars, types_of
from mixpanel_export_api.runtime.tables import rows

__all__ = ["raise_own_errors", "rows", "to_arrow", "to_pandas", "to_polars", "types_of"]


def raise_own_errors() -> None:
    """Let the runtime raise `MissingExtraError` for a library that is not installed."""
    raise_as(MissingExtraError)
