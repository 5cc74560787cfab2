"""Find out the schema of a project from Lexicon and from a sample of its events, and choose fixed columns from it.

See `schema` for what is found, and `columns.fixed` for columns that values may not fit.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from mixpanel_export.download.job import ExportJob
from mixpanel_export.errors import APIError, ConfigurationError, InvalidArgumentError
from mixpanel_export.export.iterate import EventBatches
from mixpanel_export.http.cancellation import Cancellation
from mixpanel_export.http.connections import Connections
from mixpanel_export.records.event import Event
from mixpanel_export.schema.lexicon import DescribedEvent, described_events
from mixpanel_export.schema.observed import observe
from mixpanel_export.schema.project import ProjectSchema, columns_of
from mixpanel_export_api.api.schemas import SCHEMAS_LIST_FOR_ENTITY

if TYPE_CHECKING:
    from mixpanel_export.columns.fixed import ColumnSchema
    from mixpanel_export_api.api import Operation

__all__ = ["Discovery", "check_sources"]

_MAX_SAMPLE = 100_000

_logger = logging.getLogger("mixpanel_export")


def check_sources(sample: int, lexicon: bool | None) -> None:
    """Raise InvalidArgumentError unless there is a source of types."""
    if isinstance(sample, bool) or not isinstance(sample, int) or not 0 <= sample <= _MAX_SAMPLE:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidArgumentError("sample", sample, f"expected a number of events from 0 to {_MAX_SAMPLE:,}")
    if not sample and lexicon is False:
        raise InvalidArgumentError(
            "sample", sample, "without Lexicon, types need a sample of at least one event"
        )


@frozen
class Discovery:
    """One look at a project: `describe` it from Lexicon's answer, or go without; then `finish` with a sample.

    Attributes:
        job: the export of the sample.
        sample: the number of events to fetch.
        lexicon: whether Lexicon must be read; None if it is enough to try.
    """

    job: ExportJob
    http: Connections
    sample: int
    lexicon: bool | None
    _cancellation: Cancellation = field(factory=Cancellation, init=False)

    @property
    def lexicon_call(self) -> tuple[Operation[Any], dict[str, Any]]:
        """The operation that reads Lexicon, and its arguments."""
        return SCHEMAS_LIST_FOR_ENTITY, {"entity_type": "event"}

    @property
    def lexicon_errors(self) -> tuple[type[Exception], ...]:
        """Failures of Lexicon that `go_without` may accept."""
        return APIError, ConfigurationError

    def describe(self, entities: Iterable[Any]) -> dict[str, DescribedEvent]:
        """Return what Lexicon says about the events and properties of the job."""
        job = self.job
        return described_events(entities, job.filters["event"], job.fields, job.exclude)

    def go_without(self, error: Exception) -> dict[str, DescribedEvent]:
        """Log that Lexicon could not be read; raise the error if there is no other source."""
        if self.lexicon or not self.sample:
            raise error
        _logger.warning("Lexicon cannot be read, so types come from a sample alone: %s", error)
        return {}

    def finish(self, described: Mapping[str, DescribedEvent]) -> ProjectSchema:
        """Fetch the sample and combine it with what Lexicon says."""
        return ProjectSchema(observe(self._fetched()) if self.sample else {}, described)

    def cancel(self) -> None:
        """Tell the sample to end, and return at once. May be called from any thread."""
        self._cancellation.cancel()

    def _fetched(self) -> Iterator[Sequence[Event]]:
        batches = EventBatches(
            self.job, self.http, ordered=True, listener=None, cancellation=self._cancellation
        )
        with contextlib.closing(batches):
            while (batch := batches.next()) is not None:
                yield batch

    def choose_columns(self, schema: ProjectSchema) -> ColumnSchema:
        """Return the columns for the properties of a project, as the job selects and names them."""
        from mixpanel_export.columns.fixed import ColumnSchema

        job = self.job
        return ColumnSchema(columns_of(schema, job.column_names, job.fields, job.exclude))
