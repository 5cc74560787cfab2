"""The settings and the log of a running sandbox, shared by its Python and HTTP interfaces."""

from __future__ import annotations

import math
from typing import Any

from attrs import define, field

from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export.sandbox.faults.schedule import FaultSchedule
from mixpanel_export.sandbox.http.limits import Limiter, Limits
from mixpanel_export.sandbox.http.request_log import RequestLog
from mixpanel_export.sandbox.variants.registry import Variants

__all__ = ["Controls"]


def _checked(instance: object, attribute: Any, value: Any) -> None:
    right = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf
    if value is not None and not right:
        raise InvalidArgumentError(
            "bandwidth", value, "expected a positive number of bytes per second, or None"
        )


@define(eq=False)
class Controls:
    """The fault schedule, limits, request log and variants of a sandbox.

    Attributes:
        bandwidth: bytes per second for each connection; None is unlimited.
    """

    limiter: Limiter
    requests: RequestLog
    faults: FaultSchedule = field(factory=FaultSchedule)
    bandwidth: float | None = field(default=None, validator=_checked)
    variants: Variants = field(factory=Variants)

    @classmethod
    def with_limits(
        cls, limits: Limits | None, bandwidth: float | None = None, variants: Variants | None = None
    ) -> Controls:
        """Return the controls of a new sandbox."""
        limiter = Limiter(limits)
        return cls(limiter, RequestLog(limiter), bandwidth=bandwidth, variants=variants or Variants())

    def reset(self) -> None:
        """Clear the faults, the log and the counts behind the limits."""
        self.faults.clear()
        self.requests.clear()
        self.limiter.forget()
