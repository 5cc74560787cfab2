"""What can be set and seen on a running sandbox, from Python and over HTTP alike."""

from __future__ import annotations

import math
from typing import Any

from attrs import define, field

from mixpanel_export.errors import InvalidArgumentError
from mixpanel_export.sandbox.faults.schedule import FaultSchedule
from mixpanel_export.sandbox.http.limits import Limiter, Limits
from mixpanel_export.sandbox.http.request_log import RequestLog

__all__ = ["Controls"]


def _checked(instance: object, attribute: Any, value: Any) -> None:
    right = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf
    if value is not None and not right:
        raise InvalidArgumentError("bandwidth", value, "allowed is a number of bytes a second, or None")


@define(eq=False)
class Controls:
    """The script of faults, the limits, and the log of a sandbox.

    Attributes:
        bandwidth: bytes a second of every connection; None for as many as there can be.
    """

    limiter: Limiter
    requests: RequestLog
    faults: FaultSchedule = field(factory=FaultSchedule)
    bandwidth: float | None = field(default=None, validator=_checked)

    @classmethod
    def with_limits(cls, limits: Limits | None, bandwidth: float | None = None) -> Controls:
        """Controls as they are when a sandbox is made."""
        limiter = Limiter(limits)
        return cls(limiter=limiter, requests=RequestLog(limiter), bandwidth=bandwidth)

    def reset(self) -> None:
        """Drop the faults, the log, and what is used up of the limits."""
        self.faults.clear()
        self.requests.clear()
        self.limiter.forget()
