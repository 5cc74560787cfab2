"""A drop-in replacement for mixpanel-query-py 0.1.9: the older client's names over this package's core.

To migrate a program, replace `mixpanel_query` with `mixpanel_export.compat` in its imports; every name is
importable from here, whatever module it came from. Requests, checks and results are the older client's.
Authentication, request budgets, retries and the raw export are `mixpanel_export`'s. New programs should use
`MixpanelClient`. See docs/migrate-from-mixpanel-query-py.md.
"""

from mixpanel_export.compat.auth import SecretAuth, SignatureAuth
from mixpanel_export.compat.client import MixpanelQueryClient
from mixpanel_export.compat.exceptions import (
    ExpiredRequestException,
    InvalidAPIKeyException,
    InvalidDataType,
    InvalidDateException,
    InvalidFormatException,
    InvalidUnitException,
    MixpanelQueryException,
)
from mixpanel_export.compat.paginator import ConcurrentPaginator

__all__ = [
    "ConcurrentPaginator",
    "ExpiredRequestException",
    "InvalidAPIKeyException",
    "InvalidDataType",
    "InvalidDateException",
    "InvalidFormatException",
    "InvalidUnitException",
    "MixpanelQueryClient",
    "MixpanelQueryException",
    "SecretAuth",
    "SignatureAuth",
]
