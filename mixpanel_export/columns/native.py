"""The libraries of the extra `arrow`, imported when they are needed.

Their types say little of what is used here (pyarrow's are stubs of another project, which lag behind), so they are
`Any` inside of this package; what leaves it is typed.
"""

from __future__ import annotations

import functools
import importlib
from typing import Any

from mixpanel_export.errors import MissingExtraError

__all__ = ["load"]


def load(*names: str) -> Any:
    """One module, or a list of several.

    Raises:
        MissingExtraError: when they are not installed.
    """
    try:
        modules = [*map(_imported, names)]
    except ImportError as error:
        raise MissingExtraError("Exporting to columns", "arrow") from error
    return modules[0] if len(modules) == 1 else modules


@functools.cache
def _imported(name: str) -> Any:
    """The module; asked for again with each column of each table."""
    return importlib.import_module(name)
