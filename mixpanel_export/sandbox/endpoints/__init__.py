"""The operations a sandbox serves, one module for each group.

To add a group, write a module with its own `OPERATIONS` and list it here.
"""

from mixpanel_export.sandbox.endpoints import (
    account,
    activity,
    annotations,
    bookmarks,
    cohorts,
    events,
    export,
    funnels,
    insights,
    jql,
    legacy,
    profiles,
    retention,
    schemas,
    segmentation,
)
from mixpanel_export.sandbox.endpoints.operation import Operation

__all__ = ["OPERATIONS"]

OPERATIONS: tuple[Operation, ...] = (
    *export.OPERATIONS,
    *account.OPERATIONS,
    *activity.OPERATIONS,
    *bookmarks.OPERATIONS,
    *cohorts.OPERATIONS,
    *events.OPERATIONS,
    *funnels.OPERATIONS,
    *insights.OPERATIONS,
    *retention.OPERATIONS,
    *annotations.OPERATIONS,
    *jql.OPERATIONS,
    *legacy.OPERATIONS,
    *profiles.OPERATIONS,
    *schemas.OPERATIONS,
    *segmentation.OPERATIONS,
)
