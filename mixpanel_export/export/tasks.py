"""Slices that travel: each names its days, its filters and its client, and can be fetched on any machine.

`client.export.slices()` and `client.export.plan()` make them; engines that schedule work (Spark, Dask, Ray, …)
pickle them and fetch each where it lands.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from attrs import field, frozen

from mixpanel_export._formats import COLUMNAR, FORMATS, FileFormat, Layout, format_for
from mixpanel_export._streams import Ending, Stream
from mixpanel_export.download.plan import Slice
from mixpanel_export.download.progress import Progress
from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export.records.event import Event

if TYPE_CHECKING:
    import pyarrow

    from mixpanel_export.columns.fixed import ColumnSchema
    from mixpanel_export.directory.request import FixedColumns
    from mixpanel_export.export.batches import RecordBatches

__all__ = ["ClientSource", "SliceTask"]


class _Exporting(Protocol):
    """A synchronous client, as far as a slice needs one."""

    @property
    def export(self) -> Any: ...

    def close(self) -> None: ...


def _shown(options: Mapping[str, Any]) -> str:
    return repr({**options})


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
        layout: the layout that was planned; None for the default of each method.
        columns: the fixed columns that were planned, if any.
    """

    client: ClientSource = field(repr=False, hash=False)
    options: Mapping[str, Any] = field(
        factory=dict[str, Any], converter=MappingProxyType[str, Any], repr=_shown, hash=False
    )
    layout: Layout | None = None
    columns: ColumnSchema | None = field(default=None, repr=False, hash=False)

    def __reduce__(self) -> tuple[type[SliceTask], tuple[Any, ...]]:
        # A read-only view cannot be pickled.
        options = {**self.options}
        return SliceTask, (self.from_date, self.to_date, self.client, options, self.layout, self.columns)

    def events(self) -> Stream[Event]:
        """Iterate over the events of the slice."""
        ending = Ending()
        return Stream(self._iterate(ending), self.batches, ending)

    def batches(
        self, *, layout: Layout | None = None, columns: FixedColumns | None = None, **options: Any
    ) -> RecordBatches:
        """Return the slice as Arrow record batches.

        Args:
            layout: as for `client.export.batches`. Give neither this nor `columns` to use those of the plan.
            columns: as for `client.export.batches`.
            options: more arguments of `client.export.batches`.
        """
        from mixpanel_export.export.batches import close_with

        client = self.client.connect()
        try:
            layout, columns = self._tables(layout, columns)
            given = {**self._given(options), "layout": layout or "wide", "columns": columns}
            batches: RecordBatches = client.export.batches(self.from_date, self.to_date, **given)
        except BaseException:
            client.close()
            raise
        close_with(batches, client.close)
        return batches

    def to_arrow(
        self, *, layout: Layout | None = None, columns: FixedColumns | None = None, **options: Any
    ) -> pyarrow.Table:
        """Load the slice into an Arrow table; arguments as for `batches`."""
        with self.batches(layout=layout, columns=columns, **options) as batches:
            return batches.to_arrow()

    def to_file(
        self,
        path: str | os.PathLike[str],
        *,
        format: FileFormat | None = None,
        layout: Layout | None = None,
        columns: FixedColumns | None = None,
        **options: Any,
    ) -> Progress:
        """Write the slice to a file, which appears under its name once it is complete; see `Export.to_file`.

        Parquet and CSV files have the layout and the columns of the plan, unless you give either.
        """
        if format_for(Path(path), format, FORMATS) in COLUMNAR:
            layout, columns = self._tables(layout, columns)
        given = {**self._given(options), "format": format, "layout": layout, "columns": columns}
        client = self.client.connect()
        try:
            totals: Progress = client.export.to_file(os.fspath(path), self.from_date, self.to_date, **given)
            return totals
        finally:
            client.close()

    def _iterate(self, ending: Ending) -> Iterator[Event]:
        client = self.client.connect()
        with ending:
            try:
                yield from client.export.events(self.from_date, self.to_date, **self._given({}))
            finally:
                client.close()

    def _tables(
        self, layout: Layout | None, columns: FixedColumns | None
    ) -> tuple[Layout | None, FixedColumns | None]:
        if layout is None and columns is None:
            return self.layout, self.columns
        return layout, columns

    def _given(self, options: Mapping[str, Any]) -> dict[str, Any]:
        for name in ("from_date", "to_date"):
            if name in options:
                raise InvalidArgumentError(name, options[name], f"a slice has its own days, {self}")
        return {**self.options, "slice_days": self.days, "parallel": 1, **options}
