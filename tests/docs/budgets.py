"""What clients on a page wait for: the limits that the page sets itself, and not those that they keep unasked.

Each page has a sandbox of its own that keeps none; sixteen requests at three a second would only take time.
"""

from __future__ import annotations

from mixpanel_export.http.limits import MIXPANEL_LIMITS, Limits, Quota
from mixpanel_export.http.servers import Family

__all__ = ["COMMANDS", "allowance"]

COMMANDS = """\
import sys

if any(each.endswith("/mixpanel-export") for each in sys.orig_argv):
    from mixpanel_export.http.limits import Limits
    from tests.docs.budgets import allowance

    Limits.allowance = allowance
"""
"""The same for the commands of a shell block: a `sitecustomize` module."""


def allowance(limits: Limits, family: Family) -> Quota | None:
    """In place of `Limits.allowance`."""
    if limits == MIXPANEL_LIMITS:
        return None
    return {"data": limits.export, "query": limits.query}.get(family)
