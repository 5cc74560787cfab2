"""`mixpanel-export annotations`: list, create, change and delete annotations."""

from __future__ import annotations

from mixpanel_export.cli.commands.query import OperationsGroup

__all__ = ["annotations_group"]

annotations_group: OperationsGroup = OperationsGroup(
    "annotations",
    path="mixpanel-export annotations",
    with_writes=True,
    help="List, create, change and delete annotations: notes pinned to a moment on the project's charts.",
    short_help="List, create, change and delete annotations.",
    example="mixpanel-export annotations list --sandbox",
)
