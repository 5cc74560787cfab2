"""`mixpanel-export annotations`: list, create, change and delete annotations."""

from __future__ import annotations

from mixpanel_export.cli.commands.query import OperationsGroup

__all__ = ["annotations_group"]

annotations_group: OperationsGroup = OperationsGroup(
    "annotations", with_writes=True, help="List, create, update and delete annotations."
)
