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
from .cohort import Cohort
from .cohort_filter import CohortFilter
from .count_type import CountType
from .csv_format import CsvFormat
from .day_week_month import DayWeekMonth
from .entity_type import EntityType
from .error import Error
from .event_properties import EventProperties
from .event_selector import EventSelector
from .export_format import ExportFormat
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
from .lexicon_entity_settings import LexiconEntitySettings
from .lexicon_entry import LexiconEntry
from .lexicon_metadata import LexiconMetadata
from .lexicon_owner import LexiconOwner
from .lexicon_properties_by_name import LexiconPropertiesByName
from .lexicon_property import LexiconProperty
from .lexicon_property_metadata import LexiconPropertyMetadata
from .lexicon_property_settings import LexiconPropertySettings
from .lexicon_result import LexiconResult
from .lexicon_schema import LexiconSchema
from .multiseg_data import MultisegData
from .multiseg_result import MultisegResult
from .output_format import OutputFormat
from .profile import Profile
from .profile_properties import ProfileProperties
from .profiles_page import ProfilesPage
from .profiles_query_form import ProfilesQueryForm
from .property_count import PropertyCount
from .retention_cohort import RetentionCohort
from .retention_result import RetentionResult
from .retention_segments import RetentionSegments
from .retention_type import RetentionType
from .saved_funnel import SavedFunnel
from .segmentation_average_result import SegmentationAverageResult
from .segmentation_data import SegmentationData
from .segmentation_result import SegmentationResult
from .segmentation_sum_result import SegmentationSumResult
from .series_by_date import SeriesByDate
from .series_by_outer_segment import SeriesByOuterSegment
from .series_by_segment import SeriesBySegment
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
    "Cohort",
    "CohortFilter",
    "CountType",
    "CsvFormat",
    "DayWeekMonth",
    "EntityType",
    "Error",
    "EventProperties",
    "EventSelector",
    "ExportFormat",
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
    "LexiconEntitySettings",
    "LexiconEntry",
    "LexiconMetadata",
    "LexiconOwner",
    "LexiconPropertiesByName",
    "LexiconProperty",
    "LexiconPropertyMetadata",
    "LexiconPropertySettings",
    "LexiconResult",
    "LexiconSchema",
    "MultisegData",
    "MultisegResult",
    "OutputFormat",
    "Profile",
    "ProfileProperties",
    "ProfilesPage",
    "ProfilesQueryForm",
    "PropertyCount",
    "RetentionCohort",
    "RetentionResult",
    "RetentionSegments",
    "RetentionType",
    "SavedFunnel",
    "SegmentationAverageResult",
    "SegmentationData",
    "SegmentationResult",
    "SegmentationSumResult",
    "SeriesByDate",
    "SeriesByOuterSegment",
    "SeriesBySegment",
    "TagCreate",
    "TimeUnit",
    "TopEvent",
    "TopEventsResult",
    "TopPropertiesResult",
)
