"""Slices that travel: each names its days, its filters and its client, and can be fetched on any machine.

`client.export.slices()` and `client.export.plan()` make them; engines that schedule work (Spark, Dask, Ray, …)
pickle them and fetch each where it lands.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from attrs import field, frozen

from mixpanel_export._formats import FileFormat, Layout
from mixpanel_export._streams import Ending, Stream
from mixpanel_export.download.plan import Slice
from mixpanel_export.download.progress import Progress
from mixpanel_export.records.event import Event

if TYPE_CHECKING:
    import pyarrow

    from mixpanel_export.export.batches import RecordBatches

__all__ = ["ClientSource", "SliceTask"]


class _Exporting(Protocol):
    """A synchronous client, as far as a slice needs one."""

    @property
    def export(self) -> Any: ...

    def close(self) -> None: ...


class ClientSource(Protocol):
    """A picklable way to make a client; see `client_spec.ClientSpec`."""

    def connect(self) -> _Exporting:
        """Make the client."""
        ...


@frozen
class SliceTask(Slice):
    """Consecutive days that are fetched in one request, on whatever machine this is sent to.

    Frozen and picklable. Its repr holds no secret; its pickle holds one only if the client was given the secret
    itself, instead of the place to read it from: see `client.spec()`. Each method connects, fetches the slice, and
    delivers it complete or raises, as the methods of `client.export` with the same names do.

    Attributes:
        from_date: the first day.
        to_date: the last day, included.
        client: makes the client; see `client.spec()`.
        options: the filters and other arguments of the export.
    """

    client: ClientSource = field(repr=False, hash=False)
    options: Mapping[str, Any] = field(factory=dict[str, Any], hash=False)

    def events(self) -> Stream[Event]:
        """Iterate over the events of the slice."""
        ending = Ending()
        return Stream(self._iterate(ending), self.batches, ending)

    def batches(self, *, layout: Layout = "wide", **options: Any) -> RecordBatches:
        """Return the slice as Arrow record batches.

        Args:
            layout: as for `client.export.batches`.
            options: more arguments of `client.export.batches`, such as `columns`.
        """
        from mixpanel_export.export.batches import close_with

        client = self.client.connect()
        try:
            given = {**self._arguments, **options}
            batches: RecordBatches = client.export.batches(
                self.from_date, self.to_date, layout=layout, **given
            )
        except BaseException:
            client.close()
            raise
        close_with(batches, client.close)
        return batches

    def to_arrow(self, *, layout: Layout = "wide", **options: Any) -> pyarrow.Table:
        """Load the slice into an Arrow table; arguments as for `batches`."""
        with self.batches(layout=layout, **options) as batches:
            return batches.to_arrow()

    def to_file(
        self,
        path: str | os.PathLike[str],
        *,
        format: FileFormat | None = None,
        layout: Layout | None = None,
        **options: Any,
    ) -> Progress:
        """Write the slice to a file, which appears under its name once it is complete; see `Export.to_file`."""
        client = self.client.connect()
        try:
            totals: Progress = client.export.to_file(
                os.fspath(path),
                self.from_date,
                self.to_date,
                format=format,
                layout=layout,
                **{**self._arguments, **options},
            )
            return totals
        finally:
            client.close()

    def _iterate(self, ending: Ending) -> Iterator[Event]:
        client = self.client.connect()
        with ending:
            try:
                yield from client.export.events(self.from_date, self.to_date, **self._arguments)
            finally:
                client.close()

    @property
    def _arguments(self) -> dict[str, Any]:
        return {**self.options, "slice_days": self.days, "parallel": 1}
