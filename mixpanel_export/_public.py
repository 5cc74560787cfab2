"""Every public name, for type checkers, `import *` and `dir`; see `mixpanel_export.__getattr__` for the rest."""

from typing import TYPE_CHECKING, Any

from mixpanel_export._extras import needs_extra
from mixpanel_export._formats import FileFormat, Layout, LinesFormat, PartitionBy
from mixpanel_export._redaction import RedactingFilter
from mixpanel_export._streams import AsyncStream, Stream
from mixpanel_export.auth import MixpanelAuth, OAuthTokenAuth, SecretAuth, ServiceAccountAuth, SignatureAuth
from mixpanel_export.client import AsyncMixpanelClient, ClientOptions, MixpanelClient
from mixpanel_export.client_spec import ClientSpec
from mixpanel_export.dates import DateLike
from mixpanel_export.directory.manifest import Manifest, ManifestSlice
from mixpanel_export.directory.results import DirectoryExport
from mixpanel_export.download.plan import Slice
from mixpanel_export.download.progress import Progress, ProgressListener
from mixpanel_export.errors import (
    APIError,
    AuthenticationError,
    BadRequestError,
    BudgetExhaustedError,
    CancelledError,
    ConfigurationError,
    DestinationError,
    DirectoryBusyError,
    DirectoryMismatchError,
    DiskFullError,
    EvaluationError,
    ExportError,
    ExpressionError,
    GenerationError,
    IncompleteExportError,
    InvalidArgumentError,
    InvalidResponseError,
    MalformedEventError,
    ManifestError,
    MissingExtraError,
    MixpanelError,
    NetworkError,
    NotFoundError,
    PayloadTooLargeError,
    PaymentRequiredError,
    PermissionDeniedError,
    ProfilesIncompleteError,
    RateLimitError,
    RequestTimeoutError,
    ResourceLimitError,
    ServerError,
    SliceFailedError,
    UnrepresentableError,
)
from mixpanel_export.export.plans import PlanSummary, SliceTasks
from mixpanel_export.export.resource import AsyncExport, Export
from mixpanel_export.export.tasks import SliceTask
from mixpanel_export.export.typed import AsyncTypedStream, TypedStream
from mixpanel_export.expressions import prop
from mixpanel_export.http.limits import MIXPANEL_LIMITS, BudgetWarning, Limits, Quota
from mixpanel_export.http.raw import RawResponse
from mixpanel_export.http.retry import RetryPolicy
from mixpanel_export.http.servers import Region
from mixpanel_export.http.stores import BudgetStore, RedisBudgetStore, Refused, StoredLease
from mixpanel_export.profiles import AsyncProfiles, Profiles, ProfilesProgress
from mixpanel_export.profiles.file import ProfilesProgressListener
from mixpanel_export.progress_bar import ProgressBar
from mixpanel_export.records.event import Event
from mixpanel_export.records.typed import EventModule, EventProperties, TypedEvent
from mixpanel_export.records.typed_decode import Misfit
from mixpanel_export.reports import AsyncReports, Report, Reports
from mixpanel_export.schema.project import EventSchema, ProjectSchema, PropertySchema

if TYPE_CHECKING:
    from mixpanel_export.columns.fixed import ColumnSchema
    from mixpanel_export.export.batches import AsyncRecordBatches, RecordBatches

__all__ = [
    "MIXPANEL_LIMITS",
    "APIError",
    "AsyncExport",
    "AsyncMixpanelClient",
    "AsyncProfiles",
    "AsyncRecordBatches",
    "AsyncReports",
    "AsyncStream",
    "AsyncTypedStream",
    "AuthenticationError",
    "BadRequestError",
    "BudgetExhaustedError",
    "BudgetStore",
    "BudgetWarning",
    "CancelledError",
    "ClientOptions",
    "ClientSpec",
    "ColumnSchema",
    "ConfigurationError",
    "DateLike",
    "DestinationError",
    "DirectoryBusyError",
    "DirectoryExport",
    "DirectoryMismatchError",
    "DiskFullError",
    "EvaluationError",
    "Event",
    "EventModule",
    "EventProperties",
    "EventSchema",
    "Export",
    "ExportError",
    "ExpressionError",
    "FileFormat",
    "GenerationError",
    "IncompleteExportError",
    "InvalidArgumentError",
    "InvalidResponseError",
    "Layout",
    "Limits",
    "LinesFormat",
    "MalformedEventError",
    "Manifest",
    "ManifestError",
    "ManifestSlice",
    "Misfit",
    "MissingExtraError",
    "MixpanelAuth",
    "MixpanelClient",
    "MixpanelError",
    "NetworkError",
    "NotFoundError",
    "OAuthTokenAuth",
    "PartitionBy",
    "PayloadTooLargeError",
    "PaymentRequiredError",
    "PermissionDeniedError",
    "PlanSummary",
    "Profiles",
    "ProfilesIncompleteError",
    "ProfilesProgress",
    "ProfilesProgressListener",
    "Progress",
    "ProgressBar",
    "ProgressListener",
    "ProjectSchema",
    "PropertySchema",
    "Quota",
    "RateLimitError",
    "RawResponse",
    "RecordBatches",
    "RedactingFilter",
    "RedisBudgetStore",
    "Refused",
    "Region",
    "Report",
    "Reports",
    "RequestTimeoutError",
    "ResourceLimitError",
    "RetryPolicy",
    "SecretAuth",
    "ServerError",
    "ServiceAccountAuth",
    "SignatureAuth",
    "Slice",
    "SliceFailedError",
    "SliceTask",
    "SliceTasks",
    "StoredLease",
    "Stream",
    "TypedEvent",
    "TypedStream",
    "UnrepresentableError",
    "prop",
]


def __getattr__(name: str) -> Any:
    """Load the names that need the extra `arrow`."""
    if name not in {"AsyncRecordBatches", "ColumnSchema", "RecordBatches"}:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with needs_extra(name, "arrow"):
        if name == "ColumnSchema":
            from mixpanel_export.columns.fixed import ColumnSchema

            return ColumnSchema
        from mixpanel_export.export import batches
    return getattr(batches, name)
