"""The models of requests and answers. Each is loaded with its first use, so that a program pays for those it uses."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .activity_event import ActivityEvent
    from .activity_events import ActivityEvents
    from .activity_result import ActivityResult
    from .annotation import Annotation
    from .annotation_create import AnnotationCreate
    from .annotation_deleted import AnnotationDeleted
    from .annotation_deleted_result import AnnotationDeletedResult
    from .annotation_result import AnnotationResult
    from .annotation_tag import AnnotationTag
    from .annotation_tag_ref import AnnotationTagRef
    from .annotation_update import AnnotationUpdate
    from .annotation_user import AnnotationUser
    from .annotations_result import AnnotationsResult
    from .behavior import Behavior
    from .bookmark import Bookmark
    from .bookmark_type import BookmarkType
    from .bookmarks_result import BookmarksResult
    from .cohort import Cohort
    from .cohort_filter import CohortFilter
    from .compliance_type import ComplianceType
    from .count_type import CountType
    from .csv_format import CsvFormat
    from .day_week_month import DayWeekMonth
    from .deletion_create import DeletionCreate
    from .disclosure_type import DisclosureType
    from .entity_type import EntityType
    from .error import Error
    from .event_properties import EventProperties
    from .event_selector import EventSelector
    from .export_format import ExportFormat
    from .flows_edge import FlowsEdge
    from .flows_node import FlowsNode
    from .flows_result import FlowsResult
    from .flows_step import FlowsStep
    from .frequency_by_date import FrequencyByDate
    from .frequency_result import FrequencyResult
    from .frequency_segments import FrequencySegments
    from .funnel_analysis import FunnelAnalysis
    from .funnel_by_date import FunnelByDate
    from .funnel_day import FunnelDay
    from .funnel_day_segments import FunnelDaySegments
    from .funnel_meta import FunnelMeta
    from .funnel_result import FunnelResult
    from .funnel_step import FunnelStep
    from .hour_or_day import HourOrDay
    from .insights_date_range import InsightsDateRange
    from .insights_result import InsightsResult
    from .insights_series import InsightsSeries
    from .jql_form import JqlForm
    from .jql_params import JqlParams
    from .legacy_acknowledgement import LegacyAcknowledgement
    from .legacy_annotation import LegacyAnnotation
    from .legacy_annotations_result import LegacyAnnotationsResult
    from .length_unit import LengthUnit
    from .lexicon_acknowledgement import LexiconAcknowledgement
    from .lexicon_delete_count import LexiconDeleteCount
    from .lexicon_delete_result import LexiconDeleteResult
    from .lexicon_entity_settings import LexiconEntitySettings
    from .lexicon_entry import LexiconEntry
    from .lexicon_metadata import LexiconMetadata
    from .lexicon_metadata_upload import LexiconMetadataUpload
    from .lexicon_properties_by_name import LexiconPropertiesByName
    from .lexicon_properties_upload import LexiconPropertiesUpload
    from .lexicon_property import LexiconProperty
    from .lexicon_property_metadata import LexiconPropertyMetadata
    from .lexicon_property_settings import LexiconPropertySettings
    from .lexicon_result import LexiconResult
    from .lexicon_schema import LexiconSchema
    from .lexicon_schema_upload import LexiconSchemaUpload
    from .lexicon_upload import LexiconUpload
    from .lexicon_upload_counts import LexiconUploadCounts
    from .lexicon_upload_entry import LexiconUploadEntry
    from .lexicon_upload_result import LexiconUploadResult
    from .me import Me
    from .me_result import MeResult
    from .multiseg_data import MultisegData
    from .multiseg_result import MultisegResult
    from .named import Named
    from .named_by_id import NamedById
    from .output_format import OutputFormat
    from .privacy_job import PrivacyJob
    from .privacy_job_result import PrivacyJobResult
    from .profile import Profile
    from .profile_properties import ProfileProperties
    from .profiles_page import ProfilesPage
    from .profiles_query_form import ProfilesQueryForm
    from .profiles_stats import ProfilesStats
    from .profiles_stats_form import ProfilesStatsForm
    from .property_count import PropertyCount
    from .raw_cohort import RawCohort
    from .retention_cohort import RetentionCohort
    from .retention_result import RetentionResult
    from .retention_segments import RetentionSegments
    from .retention_type import RetentionType
    from .retrieval_create import RetrievalCreate
    from .saved_funnel import SavedFunnel
    from .segmentation_average_result import SegmentationAverageResult
    from .segmentation_data import SegmentationData
    from .segmentation_result import SegmentationResult
    from .segmentation_sum_result import SegmentationSumResult
    from .series_by_date import SeriesByDate
    from .series_by_outer_segment import SeriesByOuterSegment
    from .series_by_segment import SeriesBySegment
    from .sort_order import SortOrder
    from .tag_create import TagCreate
    from .time_unit import TimeUnit
    from .top_event import TopEvent
    from .top_events_result import TopEventsResult
    from .top_properties_result import TopPropertiesResult

__all__ = (
    "Error",
    "ActivityEvent",
    "EventProperties",
    "ActivityResult",
    "ActivityEvents",
    "SeriesByDate",
    "SeriesBySegment",
    "SeriesByOuterSegment",
    "InsightsResult",
    "InsightsDateRange",
    "InsightsSeries",
    "FunnelResult",
    "FunnelMeta",
    "FunnelByDate",
    "FunnelDaySegments",
    "FunnelDay",
    "FunnelStep",
    "FunnelAnalysis",
    "SavedFunnel",
    "RetentionResult",
    "RetentionSegments",
    "RetentionCohort",
    "FrequencyResult",
    "FrequencyByDate",
    "FrequencySegments",
    "FlowsResult",
    "FlowsStep",
    "FlowsNode",
    "FlowsEdge",
    "SegmentationResult",
    "SegmentationData",
    "SegmentationSumResult",
    "SegmentationAverageResult",
    "MultisegResult",
    "MultisegData",
    "TopEventsResult",
    "TopEvent",
    "TopPropertiesResult",
    "PropertyCount",
    "Cohort",
    "Profile",
    "ProfileProperties",
    "ProfilesPage",
    "ProfilesQueryForm",
    "CohortFilter",
    "RawCohort",
    "Behavior",
    "EventSelector",
    "ProfilesStatsForm",
    "ProfilesStats",
    "BookmarksResult",
    "Bookmark",
    "MeResult",
    "Me",
    "NamedById",
    "Named",
    "JqlForm",
    "JqlParams",
    "Annotation",
    "AnnotationUser",
    "AnnotationTagRef",
    "AnnotationTag",
    "AnnotationsResult",
    "AnnotationResult",
    "AnnotationDeletedResult",
    "AnnotationDeleted",
    "AnnotationCreate",
    "AnnotationUpdate",
    "TagCreate",
    "LexiconResult",
    "LexiconEntry",
    "LexiconSchema",
    "LexiconPropertiesByName",
    "LexiconProperty",
    "LexiconMetadata",
    "LexiconEntitySettings",
    "LexiconPropertyMetadata",
    "LexiconPropertySettings",
    "LexiconUpload",
    "LexiconUploadEntry",
    "LexiconSchemaUpload",
    "LexiconPropertiesUpload",
    "LexiconMetadataUpload",
    "LexiconUploadResult",
    "LexiconUploadCounts",
    "LexiconDeleteResult",
    "LexiconDeleteCount",
    "LexiconAcknowledgement",
    "RetrievalCreate",
    "DeletionCreate",
    "PrivacyJobResult",
    "PrivacyJob",
    "LegacyAnnotationsResult",
    "LegacyAnnotation",
    "LegacyAcknowledgement",
    "CountType",
    "TimeUnit",
    "HourOrDay",
    "DayWeekMonth",
    "LengthUnit",
    "RetentionType",
    "OutputFormat",
    "ExportFormat",
    "CsvFormat",
    "EntityType",
    "SortOrder",
    "BookmarkType",
    "ComplianceType",
    "DisclosureType",
)

# Modules by the name of their model.
_MODULES: dict[str, str] = {
    "ActivityEvent": ".activity_event",
    "ActivityEvents": ".activity_events",
    "ActivityResult": ".activity_result",
    "Annotation": ".annotation",
    "AnnotationCreate": ".annotation_create",
    "AnnotationDeleted": ".annotation_deleted",
    "AnnotationDeletedResult": ".annotation_deleted_result",
    "AnnotationResult": ".annotation_result",
    "AnnotationTag": ".annotation_tag",
    "AnnotationTagRef": ".annotation_tag_ref",
    "AnnotationUpdate": ".annotation_update",
    "AnnotationUser": ".annotation_user",
    "AnnotationsResult": ".annotations_result",
    "Behavior": ".behavior",
    "Bookmark": ".bookmark",
    "BookmarkType": ".bookmark_type",
    "BookmarksResult": ".bookmarks_result",
    "Cohort": ".cohort",
    "CohortFilter": ".cohort_filter",
    "ComplianceType": ".compliance_type",
    "CountType": ".count_type",
    "CsvFormat": ".csv_format",
    "DayWeekMonth": ".day_week_month",
    "DeletionCreate": ".deletion_create",
    "DisclosureType": ".disclosure_type",
    "EntityType": ".entity_type",
    "Error": ".error",
    "EventProperties": ".event_properties",
    "EventSelector": ".event_selector",
    "ExportFormat": ".export_format",
    "FlowsEdge": ".flows_edge",
    "FlowsNode": ".flows_node",
    "FlowsResult": ".flows_result",
    "FlowsStep": ".flows_step",
    "FrequencyByDate": ".frequency_by_date",
    "FrequencyResult": ".frequency_result",
    "FrequencySegments": ".frequency_segments",
    "FunnelAnalysis": ".funnel_analysis",
    "FunnelByDate": ".funnel_by_date",
    "FunnelDay": ".funnel_day",
    "FunnelDaySegments": ".funnel_day_segments",
    "FunnelMeta": ".funnel_meta",
    "FunnelResult": ".funnel_result",
    "FunnelStep": ".funnel_step",
    "HourOrDay": ".hour_or_day",
    "InsightsDateRange": ".insights_date_range",
    "InsightsResult": ".insights_result",
    "InsightsSeries": ".insights_series",
    "JqlForm": ".jql_form",
    "JqlParams": ".jql_params",
    "LegacyAcknowledgement": ".legacy_acknowledgement",
    "LegacyAnnotation": ".legacy_annotation",
    "LegacyAnnotationsResult": ".legacy_annotations_result",
    "LengthUnit": ".length_unit",
    "LexiconAcknowledgement": ".lexicon_acknowledgement",
    "LexiconDeleteCount": ".lexicon_delete_count",
    "LexiconDeleteResult": ".lexicon_delete_result",
    "LexiconEntitySettings": ".lexicon_entity_settings",
    "LexiconEntry": ".lexicon_entry",
    "LexiconMetadata": ".lexicon_metadata",
    "LexiconMetadataUpload": ".lexicon_metadata_upload",
    "LexiconPropertiesByName": ".lexicon_properties_by_name",
    "LexiconPropertiesUpload": ".lexicon_properties_upload",
    "LexiconProperty": ".lexicon_property",
    "LexiconPropertyMetadata": ".lexicon_property_metadata",
    "LexiconPropertySettings": ".lexicon_property_settings",
    "LexiconResult": ".lexicon_result",
    "LexiconSchema": ".lexicon_schema",
    "LexiconSchemaUpload": ".lexicon_schema_upload",
    "LexiconUpload": ".lexicon_upload",
    "LexiconUploadCounts": ".lexicon_upload_counts",
    "LexiconUploadEntry": ".lexicon_upload_entry",
    "LexiconUploadResult": ".lexicon_upload_result",
    "Me": ".me",
    "MeResult": ".me_result",
    "MultisegData": ".multiseg_data",
    "MultisegResult": ".multiseg_result",
    "Named": ".named",
    "NamedById": ".named_by_id",
    "OutputFormat": ".output_format",
    "PrivacyJob": ".privacy_job",
    "PrivacyJobResult": ".privacy_job_result",
    "Profile": ".profile",
    "ProfileProperties": ".profile_properties",
    "ProfilesPage": ".profiles_page",
    "ProfilesQueryForm": ".profiles_query_form",
    "ProfilesStats": ".profiles_stats",
    "ProfilesStatsForm": ".profiles_stats_form",
    "PropertyCount": ".property_count",
    "RawCohort": ".raw_cohort",
    "RetentionCohort": ".retention_cohort",
    "RetentionResult": ".retention_result",
    "RetentionSegments": ".retention_segments",
    "RetentionType": ".retention_type",
    "RetrievalCreate": ".retrieval_create",
    "SavedFunnel": ".saved_funnel",
    "SegmentationAverageResult": ".segmentation_average_result",
    "SegmentationData": ".segmentation_data",
    "SegmentationResult": ".segmentation_result",
    "SegmentationSumResult": ".segmentation_sum_result",
    "SeriesByDate": ".series_by_date",
    "SeriesByOuterSegment": ".series_by_outer_segment",
    "SeriesBySegment": ".series_by_segment",
    "SortOrder": ".sort_order",
    "TagCreate": ".tag_create",
    "TimeUnit": ".time_unit",
    "TopEvent": ".top_event",
    "TopEventsResult": ".top_events_result",
    "TopPropertiesResult": ".top_properties_result",
}


def __getattr__(name: str) -> Any:
    """Load a model on first use."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    model = getattr(import_module(_MODULES[name], __name__), name)
    globals()[name] = model
    return model


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})
