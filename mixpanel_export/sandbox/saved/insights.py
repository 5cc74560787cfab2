"""The Insights reports saved in the sample project, by bookmark id.

A report covers a number of recent days rather than fixed dates, so it also works with the user's own export. See
`reports.insights` for the computation.
"""

from __future__ import annotations

from typing import Final

from mixpanel_export.sandbox.reports.insights import InsightsReport, Metric

__all__ = ["REPORTS"]


REPORTS: Final = {
    report.bookmark_id: report
    for report in (
        InsightsReport(
            bookmark_id=5100001,
            name="Shop activity, day by day",
            unit="day",
            days=30,
            metrics=(
                Metric("Page View", "Page View"),
                Metric("Add to Cart", "Add to Cart"),
                Metric("Purchase", "Purchase"),
            ),
        ),
        InsightsReport(
            bookmark_id=5100002,
            name="People who sign up and people who buy, by week",
            unit="week",
            days=91,
            metrics=(
                Metric("Sign Up", "Sign Up", counted="unique"),
                Metric("Purchase", "Purchase", counted="unique"),
            ),
        ),
        InsightsReport(
            bookmark_id=5100003,
            name="Revenue by month",
            unit="month",
            days=91,
            metrics=(
                Metric("Revenue", "Purchase", total_of='properties["revenue"]'),
                Metric(
                    "Revenue with a coupon",
                    "Purchase",
                    total_of='properties["revenue"]',
                    where='defined(properties["coupon"])',
                ),
            ),
        ),
        InsightsReport(
            bookmark_id=5100004,
            name="Last week's searches, hour by hour",
            unit="hour",
            days=7,
            metrics=(
                Metric("Search", "Search"),
                Metric("Search without results", "Search", where='properties["results"] == 0'),
            ),
        ),
    )
}
"""By bookmark id."""
