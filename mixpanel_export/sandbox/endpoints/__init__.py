"""The operations that a sandbox answers, a module for each group of them.

A new group is a module with its own `OPERATIONS`, added here.
"""

from mixpanel_export.sandbox.endpoints import export
from mixpanel_export.sandbox.operation import Operation

__all__ = ["OPERATIONS"]

OPERATIONS: tuple[Operation, ...] = (*export.OPERATIONS,)
