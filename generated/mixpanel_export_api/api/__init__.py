"""All operations of the contract, by tag: `resources.<tag>.<operation>(...)`.

The classes hold no logic: a method passes its operation and its arguments to `call_operation`, which subclasses of
`Resources` and `AsyncResources` implement. Operations and models are loaded with the first use of their resource.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..runtime.lists import Records
    from ..runtime.objects import Map
    from ..runtime.operation import AsyncCaller, Caller, CsvText, Expression, Operation
    from ..runtime.tables import Table
    from .activity import ActivityResource, AsyncActivityResource
    from .annotations import AnnotationsResource, AsyncAnnotationsResource
    from .bookmarks import AsyncBookmarksResource, BookmarksResource
    from .cohorts import AsyncCohortsResource, CohortsResource
    from .deletions import AsyncDeletionsResource, DeletionsResource
    from .events import AsyncEventsResource, EventsResource
    from .export import AsyncExportResource, ExportResource
    from .flows import AsyncFlowsResource, FlowsResource
    from .funnels import AsyncFunnelsResource, FunnelsResource
    from .insights import AsyncInsightsResource, InsightsResource
    from .jql import AsyncJqlResource, JqlResource
    from .legacy import AsyncLegacyResource, LegacyResource
    from .me import AsyncMeResource, MeResource
    from .profiles import AsyncProfilesResource, ProfilesResource
    from .retention import AsyncRetentionResource, RetentionResource
    from .retrievals import AsyncRetrievalsResource, RetrievalsResource
    from .schemas import AsyncSchemasResource, SchemasResource
    from .segmentation import AsyncSegmentationResource, SegmentationResource

__all__ = [
    "NOT_IDEMPOTENT",
    "AsyncCaller",
    "AsyncResources",
    "Caller",
    "CsvText",
    "Expression",
    "Map",
    "Operation",
    "Records",
    "Resources",
    "Table",
]

T = TypeVar("T")

_RUNTIME = {
    "Map": "objects",
    "Records": "lists",
    "Table": "tables",
    **dict.fromkeys(["AsyncCaller", "Caller", "CsvText", "Expression", "Operation"], "operation"),
}


def __getattr__(name: str) -> Any:
    """Load a name of the runtime on first use."""
    if name not in _RUNTIME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"..runtime.{_RUNTIME[name]}", __name__), name)


NOT_IDEMPOTENT: frozenset[tuple[str, str]] = frozenset(
    {
        ("POST", "/api/app/projects/{project_id}/annotations"),
        ("POST", "/api/app/projects/{project_id}/annotations/tags"),
        ("POST", "/api/app/data-retrievals/v3.0"),
        ("POST", "/api/app/data-deletions/v3.0"),
        ("GET", "/api/2.0/annotations/create/"),
    }
)
"""Method and path template of operations that must not be repeated after an ambiguous failure."""


class Resources:
    """The synchronous resources, one attribute per tag."""

    def call_operation(self, operation: Operation[T], arguments: Mapping[str, Any]) -> T:
        """Send an operation and return its typed answer."""
        raise NotImplementedError

    @cached_property
    def activity(self) -> ActivityResource:
        """The events of particular users."""
        from .activity import ActivityResource

        return ActivityResource(self)

    @cached_property
    def annotations(self) -> AnnotationsResource:
        """Notes pinned to a moment on a project's charts, and their tags."""
        from .annotations import AnnotationsResource

        return AnnotationsResource(self)

    @cached_property
    def bookmarks(self) -> BookmarksResource:
        """A project's saved reports, with the ids that queries take."""
        from .bookmarks import BookmarksResource

        return BookmarksResource(self)

    @cached_property
    def cohorts(self) -> CohortsResource:
        """Saved groups of users."""
        from .cohorts import CohortsResource

        return CohortsResource(self)

    @cached_property
    def deletions(self) -> DeletionsResource:
        """Privacy requests (GDPR, CCPA) to delete the data of users."""
        from .deletions import DeletionsResource

        return DeletionsResource(self)

    @cached_property
    def events(self) -> EventsResource:
        """A project's events and properties, with simple counts."""
        from .events import EventsResource

        return EventsResource(self)

    @cached_property
    def export(self) -> ExportResource:
        """Raw events with all their properties."""
        from .export import ExportResource

        return ExportResource(self)

    @cached_property
    def flows(self) -> FlowsResource:
        """The numbers of a saved Flows report."""
        from .flows import FlowsResource

        return FlowsResource(self)

    @cached_property
    def funnels(self) -> FunnelsResource:
        """Saved funnels and the number of users who reach each step."""
        from .funnels import FunnelsResource

        return FunnelsResource(self)

    @cached_property
    def insights(self) -> InsightsResource:
        """The numbers of a saved Insights report."""
        from .insights import InsightsResource

        return InsightsResource(self)

    @cached_property
    def jql(self) -> JqlResource:
        """Queries written in JavaScript and run by Mixpanel, which keeps them in maintenance mode."""
        from .jql import JqlResource

        return JqlResource(self)

    @cached_property
    def legacy(self) -> LegacyResource:
        """Calls under the older root, for existing integrations. New code should use the other tags."""
        from .legacy import LegacyResource

        return LegacyResource(self)

    @cached_property
    def me(self) -> MeResource:
        """The user or service account that makes the calls."""
        from .me import MeResource

        return MeResource(self)

    @cached_property
    def profiles(self) -> ProfilesResource:
        """User and group profiles, filtered and read page by page (the engage call)."""
        from .profiles import ProfilesResource

        return ProfilesResource(self)

    @cached_property
    def retention(self) -> RetentionResource:
        """The number of users who come back, and how often users do something within a period."""
        from .retention import RetentionResource

        return RetentionResource(self)

    @cached_property
    def retrievals(self) -> RetrievalsResource:
        """Privacy requests (GDPR, CCPA) for the data of users."""
        from .retrievals import RetrievalsResource

        return RetrievalsResource(self)

    @cached_property
    def schemas(self) -> SchemasResource:
        """The Lexicon, a project's dictionary of its events and profile properties."""
        from .schemas import SchemasResource

        return SchemasResource(self)

    @cached_property
    def segmentation(self) -> SegmentationResource:
        """One event over time, split and filtered by expressions over its properties."""
        from .segmentation import SegmentationResource

        return SegmentationResource(self)


class AsyncResources:
    """The asynchronous resources, one attribute per tag."""

    async def call_operation(self, operation: Operation[T], arguments: Mapping[str, Any]) -> T:
        """Send an operation and return its typed answer."""
        raise NotImplementedError

    @cached_property
    def activity(self) -> AsyncActivityResource:
        """The events of particular users."""
        from .activity import AsyncActivityResource

        return AsyncActivityResource(self)

    @cached_property
    def annotations(self) -> AsyncAnnotationsResource:
        """Notes pinned to a moment on a project's charts, and their tags."""
        from .annotations import AsyncAnnotationsResource

        return AsyncAnnotationsResource(self)

    @cached_property
    def bookmarks(self) -> AsyncBookmarksResource:
        """A project's saved reports, with the ids that queries take."""
        from .bookmarks import AsyncBookmarksResource

        return AsyncBookmarksResource(self)

    @cached_property
    def cohorts(self) -> AsyncCohortsResource:
        """Saved groups of users."""
        from .cohorts import AsyncCohortsResource

        return AsyncCohortsResource(self)

    @cached_property
    def deletions(self) -> AsyncDeletionsResource:
        """Privacy requests (GDPR, CCPA) to delete the data of users."""
        from .deletions import AsyncDeletionsResource

        return AsyncDeletionsResource(self)

    @cached_property
    def events(self) -> AsyncEventsResource:
        """A project's events and properties, with simple counts."""
        from .events import AsyncEventsResource

        return AsyncEventsResource(self)

    @cached_property
    def export(self) -> AsyncExportResource:
        """Raw events with all their properties."""
        from .export import AsyncExportResource

        return AsyncExportResource(self)

    @cached_property
    def flows(self) -> AsyncFlowsResource:
        """The numbers of a saved Flows report."""
        from .flows import AsyncFlowsResource

        return AsyncFlowsResource(self)

    @cached_property
    def funnels(self) -> AsyncFunnelsResource:
        """Saved funnels and the number of users who reach each step."""
        from .funnels import AsyncFunnelsResource

        return AsyncFunnelsResource(self)

    @cached_property
    def insights(self) -> AsyncInsightsResource:
        """The numbers of a saved Insights report."""
        from .insights import AsyncInsightsResource

        return AsyncInsightsResource(self)

    @cached_property
    def jql(self) -> AsyncJqlResource:
        """Queries written in JavaScript and run by Mixpanel, which keeps them in maintenance mode."""
        from .jql import AsyncJqlResource

        return AsyncJqlResource(self)

    @cached_property
    def legacy(self) -> AsyncLegacyResource:
        """Calls under the older root, for existing integrations. New code should use the other tags."""
        from .legacy import AsyncLegacyResource

        return AsyncLegacyResource(self)

    @cached_property
    def me(self) -> AsyncMeResource:
        """The user or service account that makes the calls."""
        from .me import AsyncMeResource

        return AsyncMeResource(self)

    @cached_property
    def profiles(self) -> AsyncProfilesResource:
        """User and group profiles, filtered and read page by page (the engage call)."""
        from .profiles import AsyncProfilesResource

        return AsyncProfilesResource(self)

    @cached_property
    def retention(self) -> AsyncRetentionResource:
        """The number of users who come back, and how often users do something within a period."""
        from .retention import AsyncRetentionResource

        return AsyncRetentionResource(self)

    @cached_property
    def retrievals(self) -> AsyncRetrievalsResource:
        """Privacy requests (GDPR, CCPA) for the data of users."""
        from .retrievals import AsyncRetrievalsResource

        return AsyncRetrievalsResource(self)

    @cached_property
    def schemas(self) -> AsyncSchemasResource:
        """The Lexicon, a project's dictionary of its events and profile properties."""
        from .schemas import AsyncSchemasResource

        return AsyncSchemasResource(self)

    @cached_property
    def segmentation(self) -> AsyncSegmentationResource:
        """One event over time, split and filtered by expressions over its properties."""
        from .segmentation import AsyncSegmentationResource

        return AsyncSegmentationResource(self)
