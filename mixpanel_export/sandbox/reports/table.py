"""Series of numbers over the same dates, and the two forms in which Mixpanel answers them."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from mixpanel_export.sandbox.reports.tally import Number, Tally

__all__ = ["Table"]


@frozen
class Table:
    """A number for each date and segment.

    Attributes:
        dates: the labels of the periods, ascending.
        columns: each segment's numbers, in the order in which segments are answered.
    """

    dates: Sequence[str]
    columns: Mapping[str, Sequence[Number]]

    @classmethod
    def of(cls, tally: Tally, dates: Sequence[str], segments: Sequence[str]) -> Table:
        """What was counted for these segments."""
        return cls(dates, {segment: tally.series(segment) for segment in segments})

    def by_date(self, segment: str) -> dict[str, Number]:
        """One segment's numbers."""
        return dict(zip(self.dates, self.columns[segment], strict=True))

    def by_segment(self) -> dict[str, dict[str, Number]]:
        """Every segment's numbers."""
        return {segment: self.by_date(segment) for segment in self.columns}

    def json(self) -> dict[str, Any]:
        """The answer of the segmentation and event queries."""
        return {
            "data": {"series": self.dates, "values": self.by_segment()},
            "legend_size": len(self.columns),
        }

    def csv(self) -> str:
        """A line for each date, with a column for each segment, quoted as RFC 4180 wants it."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(["date", *self.columns])
        writer.writerows(zip(self.dates, *self.columns.values(), strict=True))
        return text.getvalue()
