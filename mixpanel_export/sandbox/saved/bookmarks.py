"""The list of all saved reports of the sample project, and its retention and Flows reports.

See `insights` and `funnels` for the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import frozen

from mixpanel_export.sandbox.saved.funnels import FUNNELS
from mixpanel_export.sandbox.saved.insights import REPORTS

__all__ = ["BOOKMARKS", "FLOWS_REPORTS", "RETENTION_REPORTS", "Bookmark"]


@frozen
class RetentionReport:
    """A saved retention report.

    Attributes:
        days: the number of days it covers, up to the latest with data.
        parameters: the parameters of the query, except the dates.
    """

    id: int
    name: str
    days: int
    parameters: Mapping[str, str]


@frozen
class FlowsReport:
    """A saved Flows report.

    Attributes:
        days: the number of days it covers, up to the latest with data.
        anchor: the event that the flows start from.
        steps: the number of steps after it.
    """

    id: int
    name: str
    days: int
    anchor: str
    steps: int


@frozen
class Bookmark:
    """A saved report in the list of all."""

    id: int
    name: str
    type: str


RETENTION_REPORTS: Final = {
    report.id: report
    for report in (
        RetentionReport(
            id=5200001,
            name="Customers who come back, by week",
            days=35,
            parameters={"born_event": "Sign Up", "event": "Purchase", "unit": "week", "interval_count": "4"},
        ),
    )
}
"""By id."""

FLOWS_REPORTS: Final = {
    report.id: report
    for report in (FlowsReport(id=5300001, name="After signing up", days=30, anchor="Sign Up", steps=3),)
}
"""By id."""

BOOKMARKS: Final = (
    *(Bookmark(report.bookmark_id, report.name, "insights") for report in REPORTS.values()),
    *(Bookmark(funnel.id, funnel.name, "funnels") for funnel in FUNNELS),
    *(Bookmark(report.id, report.name, "retention") for report in RETENTION_REPORTS.values()),
    *(Bookmark(report.id, report.name, "flows") for report in FLOWS_REPORTS.values()),
)
