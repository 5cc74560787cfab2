"""The model `RawCohort`."""

from __future__ import annotations

from typing import Any

from ..runtime.objects import Map


class RawCohort(Map[Any]):
    """A cohort that is not saved, defined as Mixpanel's web application defines one."""

    __slots__ = ()
