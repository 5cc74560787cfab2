"""Contains all the data models used in inputs/outputs"""

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
    "ActivityEvent",
    "ActivityEvents",
    "ActivityResult",
    "Annotation",
    "AnnotationCreate",
    "AnnotationDeleted",
    "AnnotationDeletedResult",
    "AnnotationResult",
    "AnnotationsResult",
    "AnnotationTag",
    "AnnotationTagRef",
    "AnnotationUpdate",
    "AnnotationUser",
    "Behavior",
    "Bookmark",
    "BookmarksResult",
    "BookmarkType",
    "Cohort",
    "CohortFilter",
    "ComplianceType",
    "CountType",
    "CsvFormat",
    "DayWeekMonth",
    "DeletionCreate",
    "DisclosureType",
    "EntityType",
    "Error",
    "EventProperties",
    "EventSelector",
    "ExportFormat",
    "FlowsEdge",
    "FlowsNode",
    "FlowsResult",
    "FlowsStep",
    "FrequencyByDate",
    "FrequencyResult",
    "FrequencySegments",
    "FunnelAnalysis",
    "FunnelByDate",
    "FunnelDay",
    "FunnelDaySegments",
    "FunnelMeta",
    "FunnelResult",
    "FunnelStep",
    "HourOrDay",
    "InsightsDateRange",
    "InsightsResult",
    "InsightsSeries",
    "JqlForm",
    "JqlParams",
    "LegacyAcknowledgement",
    "LegacyAnnotation",
    "LegacyAnnotationsResult",
    "LengthUnit",
    "LexiconAcknowledgement",
    "LexiconDeleteCount",
    "LexiconDeleteResult",
    "LexiconEntitySettings",
    "LexiconEntry",
    "LexiconMetadata",
    "LexiconMetadataUpload",
    "LexiconPropertiesByName",
    "LexiconPropertiesUpload",
    "LexiconProperty",
    "LexiconPropertyMetadata",
    "LexiconPropertySettings",
    "LexiconResult",
    "LexiconSchema",
    "LexiconSchemaUpload",
    "LexiconUpload",
    "LexiconUploadCounts",
    "LexiconUploadEntry",
    "LexiconUploadResult",
    "Me",
    "MeResult",
    "MultisegData",
    "MultisegResult",
    "Named",
    "NamedById",
    "OutputFormat",
    "PrivacyJob",
    "PrivacyJobResult",
    "Profile",
    "ProfileProperties",
    "ProfilesPage",
    "ProfilesQueryForm",
    "ProfilesStats",
    "ProfilesStatsForm",
    "PropertyCount",
    "RawCohort",
    "RetentionCohort",
    "RetentionResult",
    "RetentionSegments",
    "RetentionType",
    "RetrievalCreate",
    "SavedFunnel",
    "SegmentationAverageResult",
    "SegmentationData",
    "SegmentationResult",
    "SegmentationSumResult",
    "SeriesByDate",
    "SeriesByOuterSegment",
    "SeriesBySegment",
    "SortOrder",
    "TagCreate",
    "TimeUnit",
    "TopEvent",
    "TopEventsResult",
    "TopPropertiesResult",
)
