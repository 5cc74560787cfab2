"""The model `PrivacyJobResult`."""

from __future__ import annotations

from ..runtime.objects import Model
from .privacy_job import PrivacyJob


class PrivacyJobResult(Model):
    """The answer about a privacy request."""

    __slots__ = ()

    _fields = {
        "status": "status",
        "results": "results",
    }

    def __init__(
        self,
        status: str | None = None,
        results: PrivacyJob | None = None,
    ) -> None:
        super().__init__()
        self._set("status", status)
        self._set("results", results)

    @property
    def status(self) -> str | None:
        """The word `ok`."""
        value: str | None = self.get("status")
        return value

    @property
    def results(self) -> PrivacyJob:
        """The job; empty if Mixpanel does not say."""
        value: PrivacyJob = self._part("results", PrivacyJob)
        return value
