"""Every operation of the contract, by tag: `resources.<tag>.<operation>(...)`.

The classes here hold no logic. A method names its operation and its arguments, and hands both to the one
hook, `call_operation`, that whoever derives from `Resources` or `AsyncResources` must provide.
"""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from attrs import frozen

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

    from .activity import ActivityResource, AsyncActivityResource
    from .annotations import AnnotationsResource, AsyncAnnotationsResource
    from .cohorts import AsyncCohortsResource, CohortsResource
    from .events import AsyncEventsResource, EventsResource
    from .export import AsyncExportResource, ExportResource
    from .funnels import AsyncFunnelsResource, FunnelsResource
    from .insights import AsyncInsightsResource, InsightsResource
    from .jql import AsyncJqlResource, JqlResource
    from .legacy import AsyncLegacyResource, LegacyResource
    from .profiles import AsyncProfilesResource, ProfilesResource
    from .retention import AsyncRetentionResource, RetentionResource
    from .schemas import AsyncSchemasResource, SchemasResource
    from .segmentation import AsyncSegmentationResource, SegmentationResource

T = TypeVar("T")
V = TypeVar("V", covariant=True)


class Expression(Protocol):
    """Something that is a segmentation expression and knows its text."""

    def to_expression(self) -> str: ...


class Map(Mapping[str, V]):
    """A model that is a map: use it as one. Keys that are dates may be asked for by a `datetime.date`."""

    __slots__ = ()

    additional_properties: dict[str, V]

    def __getitem__(self, key: str | datetime.date) -> V:
        return self.additional_properties[str(key)]

    def __iter__(self) -> Iterator[str]:
        return iter(self.additional_properties)

    def __len__(self) -> int:
        return len(self.additional_properties)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str | datetime.date) and str(key) in self.additional_properties


class Table:
    """A model with numbers by date and segment, which can be had as tidy rows: one number, or one step, a row."""

    __slots__ = ()

    layout: ClassVar[Mapping[str, Any]]

    def to_rows(self) -> list[dict[str, Any]]:
        """Its rows. `date` is a `datetime.date`, or a `datetime.datetime` for hours and minutes."""
        from mixpanel_export.tables import rows

        return rows(self.layout, self.to_dict())  # type: ignore[attr-defined]

    def to_pandas(self) -> pandas.DataFrame:
        """Its rows as a pandas data frame; needs the extra `pandas`."""
        from mixpanel_export.tables import to_pandas

        return to_pandas(self.to_rows(), self.layout)

    def to_polars(self) -> polars.DataFrame:
        """Its rows as a Polars data frame; needs the extra `polars`."""
        from mixpanel_export.tables import to_polars

        return to_polars(self.to_rows(), self.layout)

    def to_arrow(self) -> pyarrow.Table:
        """Its rows as an Arrow table; needs the extra `arrow`."""
        from mixpanel_export.tables import to_arrow

        return to_arrow(self.to_rows(), self.layout)


class CsvText(str):
    """A report as CSV text: what `format="csv"` answers."""

    def rows(self) -> list[dict[str, str]]:
        """Its rows, each by the names of the columns; every value is text."""
        return list(csv.DictReader(io.StringIO(self, newline="")))


NOT_IDEMPOTENT: frozenset[tuple[str, str]] = frozenset(
    {
        ("POST", "/api/app/projects/{project_id}/annotations"),
        ("POST", "/api/app/projects/{project_id}/annotations/tags"),
        ("GET", "/api/2.0/annotations/create/"),
    }
)
"""Method and path template of every operation that must not be repeated after an ambiguous failure."""


@frozen
class Operation(Generic[T]):
    """One operation of the contract, as data.

    Attributes:
        name: `<tag>.<operation>`.
        method: the HTTP method.
        path: the path template.
        security: the names of the security schemes that the operation accepts.
        idempotent: whether repeating the request after an ambiguous failure is harmless.
        writes: whether the call changes something, whatever its method.
        csv: whether `format="csv"` answers CSV text.
        bound: the arguments that come from the client: project_id, workspace_id.
        schemas: the JSON Schema of each argument, by its Python name.
        required: the names of the arguments that must be given.
        refused: the combinations of arguments that Mixpanel refuses: `when` each argument is so, and what it `says`.
        renamed: the arguments that `build` knows by another name.
        body: the model of the request body, or None.
        body_fields: the arguments that go into the body.
        models: the model class of an argument that is an object or a list of objects.
        build: makes the request's method, url, params and body from its arguments.
        parse: makes the typed answer from a successful response.
    """

    name: str
    method: str
    path: str
    security: frozenset[str]
    idempotent: bool
    writes: bool
    csv: bool
    bound: tuple[str, ...]
    schemas: Mapping[str, Mapping[str, Any]]
    required: tuple[str, ...]
    refused: Sequence[Mapping[str, Any]]
    renamed: Mapping[str, str]
    body: Callable[..., Any] | None
    body_fields: tuple[str, ...]
    models: Mapping[str, Any]
    build: Callable[..., dict[str, Any]]
    parse: Callable[..., Any]


class Resources:
    """The synchronous resources, one attribute for each tag."""

    def call_operation(self, operation: Operation[T], arguments: Mapping[str, Any]) -> T:
        """Send one operation and answer its typed result."""
        raise NotImplementedError

    @cached_property
    def activity(self) -> ActivityResource:
        from .activity import ActivityResource

        return ActivityResource(self)

    @cached_property
    def annotations(self) -> AnnotationsResource:
        from .annotations import AnnotationsResource

        return AnnotationsResource(self)

    @cached_property
    def cohorts(self) -> CohortsResource:
        from .cohorts import CohortsResource

        return CohortsResource(self)

    @cached_property
    def events(self) -> EventsResource:
        from .events import EventsResource

        return EventsResource(self)

    @cached_property
    def export(self) -> ExportResource:
        from .export import ExportResource

        return ExportResource(self)

    @cached_property
    def funnels(self) -> FunnelsResource:
        from .funnels import FunnelsResource

        return FunnelsResource(self)

    @cached_property
    def insights(self) -> InsightsResource:
        from .insights import InsightsResource

        return InsightsResource(self)

    @cached_property
    def jql(self) -> JqlResource:
        from .jql import JqlResource

        return JqlResource(self)

    @cached_property
    def legacy(self) -> LegacyResource:
        from .legacy import LegacyResource

        return LegacyResource(self)

    @cached_property
    def profiles(self) -> ProfilesResource:
        from .profiles import ProfilesResource

        return ProfilesResource(self)

    @cached_property
    def retention(self) -> RetentionResource:
        from .retention import RetentionResource

        return RetentionResource(self)

    @cached_property
    def schemas(self) -> SchemasResource:
        from .schemas import SchemasResource

        return SchemasResource(self)

    @cached_property
    def segmentation(self) -> SegmentationResource:
        from .segmentation import SegmentationResource

        return SegmentationResource(self)


class AsyncResources:
    """The asynchronous resources, one attribute for each tag."""

    async def call_operation(self, operation: Operation[T], arguments: Mapping[str, Any]) -> T:
        """Send one operation and answer its typed result."""
        raise NotImplementedError

    @cached_property
    def activity(self) -> AsyncActivityResource:
        from .activity import AsyncActivityResource

        return AsyncActivityResource(self)

    @cached_property
    def annotations(self) -> AsyncAnnotationsResource:
        from .annotations import AsyncAnnotationsResource

        return AsyncAnnotationsResource(self)

    @cached_property
    def cohorts(self) -> AsyncCohortsResource:
        from .cohorts import AsyncCohortsResource

        return AsyncCohortsResource(self)

    @cached_property
    def events(self) -> AsyncEventsResource:
        from .events import AsyncEventsResource

        return AsyncEventsResource(self)

    @cached_property
    def export(self) -> AsyncExportResource:
        from .export import AsyncExportResource

        return AsyncExportResource(self)

    @cached_property
    def funnels(self) -> AsyncFunnelsResource:
        from .funnels import AsyncFunnelsResource

        return AsyncFunnelsResource(self)

    @cached_property
    def insights(self) -> AsyncInsightsResource:
        from .insights import AsyncInsightsResource

        return AsyncInsightsResource(self)

    @cached_property
    def jql(self) -> AsyncJqlResource:
        from .jql import AsyncJqlResource

        return AsyncJqlResource(self)

    @cached_property
    def legacy(self) -> AsyncLegacyResource:
        from .legacy import AsyncLegacyResource

        return AsyncLegacyResource(self)

    @cached_property
    def profiles(self) -> AsyncProfilesResource:
        from .profiles import AsyncProfilesResource

        return AsyncProfilesResource(self)

    @cached_property
    def retention(self) -> AsyncRetentionResource:
        from .retention import AsyncRetentionResource

        return AsyncRetentionResource(self)

    @cached_property
    def schemas(self) -> AsyncSchemasResource:
        from .schemas import AsyncSchemasResource

        return AsyncSchemasResource(self)

    @cached_property
    def segmentation(self) -> AsyncSegmentationResource:
        from .segmentation import AsyncSegmentationResource

        return AsyncSegmentationResource(self)
