"""Mixpanel's Data Export API, typed, and a raw export that is exact.

>>> from mixpanel_export import MixpanelClient, ServiceAccountAuth
>>> with MixpanelClient(ServiceAccountAuth("name", "secret"), project_id=1234567) as client:
...     for event in client.export.events("2024-01-01", "2024-01-31"):
...         print(event.time, event.name, event.distinct_id)
"""

from mixpanel_export import _light_httpx  # noqa: F401  # pyright: ignore[reportUnusedImport]
from mixpanel_export.auth import OAuthTokenAuth, SecretAuth, ServiceAccountAuth, SignatureAuth
from mixpanel_export.client import AsyncMixpanelClient, MixpanelClient
from mixpanel_export.errors import (
    APIError,
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    ExportError,
    IncompleteExportError,
    InvalidArgumentError,
    InvalidResponseError,
    MalformedEventError,
    MissingExtraError,
    MixpanelError,
    NetworkError,
    NotFoundError,
    PayloadTooLargeError,
    PaymentRequiredError,
    PermissionDeniedError,
    RateLimitError,
    RequestTimeoutError,
    ServerError,
    SliceFailedError,
)
from mixpanel_export.export import (
    AsyncExport,
    DirectoryBusyError,
    DirectoryExport,
    DirectoryMismatchError,
    DiskFullError,
    Event,
    Export,
    ManifestError,
    PlanSummary,
    Progress,
)
from mixpanel_export.expressions import EvaluationError, ExpressionError, prop
from mixpanel_export.limits import Allowance, BudgetExhaustedError, Limits
from mixpanel_export.profiles import ProfilesIncompleteError, ProfilesProgress
from mixpanel_export.retry import RetryPolicy

__all__ = [
    "APIError",
    "Allowance",
    "AsyncExport",
    "AsyncMixpanelClient",
    "AuthenticationError",
    "BadRequestError",
    "BudgetExhaustedError",
    "ConfigurationError",
    "DirectoryBusyError",
    "DirectoryExport",
    "DirectoryMismatchError",
    "DiskFullError",
    "EvaluationError",
    "Event",
    "Export",
    "ExportError",
    "ExpressionError",
    "IncompleteExportError",
    "InvalidArgumentError",
    "InvalidResponseError",
    "Limits",
    "MalformedEventError",
    "ManifestError",
    "MissingExtraError",
    "MixpanelClient",
    "MixpanelError",
    "NetworkError",
    "NotFoundError",
    "OAuthTokenAuth",
    "PayloadTooLargeError",
    "PaymentRequiredError",
    "PermissionDeniedError",
    "PlanSummary",
    "ProfilesIncompleteError",
    "ProfilesProgress",
    "Progress",
    "RateLimitError",
    "RequestTimeoutError",
    "RetryPolicy",
    "SecretAuth",
    "ServerError",
    "ServiceAccountAuth",
    "SignatureAuth",
    "SliceFailedError",
    "prop",
]
