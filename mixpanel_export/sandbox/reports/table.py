"""Tables of numbers by date and segment, in Mixpanel's JSON and CSV formats."""

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
        columns: the numbers of each segment, in output order.
    """

    dates: Sequence[str]
    columns: Mapping[str, Sequence[Number]]

    @classmethod
    def of(cls, tally: Tally, dates: Sequence[str], segments: Sequence[str]) -> Table:
        """Return the counts of these segments as a table."""
        return cls(dates, {segment: tally.series(segment) for segment in segments})

    def by_date(self, segment: str) -> dict[str, Number]:
        """Return the numbers of one segment."""
        return dict(zip(self.dates, self.columns[segment], strict=True))

    def by_segment(self) -> dict[str, dict[str, Number]]:
        """Return the numbers of every segment."""
        return {segment: self.by_date(segment) for segment in self.columns}

    def json(self) -> dict[str, Any]:
        """Return the response of the segmentation and event queries."""
        return {
            "data": {"series": self.dates, "values": self.by_segment()},
            "legend_size": len(self.columns),
        }

    def csv(self) -> str:
        """Return a line for each date, with a column for each segment, quoted as in RFC 4180."""
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(["date", *self.columns])
        writer.writerows(zip(self.dates, *self.columns.values(), strict=True))
        return text.getvalue()
