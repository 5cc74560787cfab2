"""Request limits for the clients in documentation: only those that a page sets explicitly.

The pages' sandboxes enforce no limits, so keeping the default ones would only cost time.
"""

from __future__ import annotations

from typing import Literal

from mixpanel_export.http.limits import MIXPANEL_LIMITS, Limits, Quota, effective_limits
from mixpanel_export.http.servers import Family

__all__ = ["COMMANDS", "allowance", "remote_limits"]

COMMANDS = """\
import sys

if any(argument.endswith("/mixpanel-export") for argument in sys.orig_argv):
    from mixpanel_export.http import limits
    from tests.docs.budgets import allowance, remote_limits

    limits.Limits.allowance = allowance
    limits.effective_limits = remote_limits
"""
"""A `sitecustomize` module that does the same for commands in shell blocks."""


def remote_limits(limits: Limits | Literal["auto"] | None, *, local: bool) -> Limits:
    """Replace `effective_limits` in commands: pages show the budget of a real project."""
    return effective_limits(limits, local=False)


def allowance(limits: Limits, family: Family) -> Quota | None:
    """Replace `Limits.allowance`."""
    if limits == MIXPANEL_LIMITS:
        return None
    return {"data": limits.export, "query": limits.query, "schemas": limits.schemas}.get(family)
