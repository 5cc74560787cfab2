"""A drop-in for the older client, mixpanel-query-py 0.1.9: its names, over this package's core.

A program that moves here changes `mixpanel_query` into `mixpanel_export.compat` in its import lines, and nothing
else; all names are here too, whatever module they stood in. What is sent, checked and returned is the older
client's; authentication, request budgets, retries and the raw export are `mixpanel_export`'s own. New programs
take `MixpanelClient`. See docs/migrate-from-mixpanel-query-py.md.
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
