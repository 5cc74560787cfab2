"""Request limits for the clients in documentation: only those that a page sets explicitly.

The pages' sandboxes enforce no limits, so keeping the default ones would only cost time.
"""

from __future__ import annotations

from mixpanel_export.http.limits import MIXPANEL_LIMITS, Limits, Quota
from mixpanel_export.http.servers import Family

__all__ = ["COMMANDS", "allowance"]

COMMANDS = """\
import sys

if any(argument.endswith("/mixpanel-export") for argument in sys.orig_argv):
    from mixpanel_export.http.limits import Limits
    from tests.docs.budgets import allowance

    Limits.allowance = allowance
"""
"""A `sitecustomize` module that does the same for commands in shell blocks."""


def allowance(limits: Limits, family: Family) -> Quota | None:
    """Replace `Limits.allowance`."""
    if limits == MIXPANEL_LIMITS:
        return None
    return {"data": limits.export, "query": limits.query}.get(family)
