"""The model `Error`."""

from __future__ import annotations

from ..runtime.objects import Model


class Error(Model):
    """Mixpanel's description of a failed call. The fields vary from call to call."""

    __slots__ = ()

    _fields = {
        "error": "error",
        "status": "status",
        "request": "request",
    }

    def __init__(
        self,
        error: str | None = None,
        status: str | None = None,
        request: str | None = None,
    ) -> None:
        super().__init__()
        self._set("error", error)
        self._set("status", status)
        self._set("request", request)

    @property
    def error(self) -> str | None:
        """Description of the failure."""
        value: str | None = self.get("error")
        return value

    @property
    def status(self) -> str | None:
        """The word `error`."""
        value: str | None = self.get("status")
        return value

    @property
    def request(self) -> str | None:
        """Path and parameters of the failed request, as Mixpanel saw them. Can contain a
        signature."""
        value: str | None = self.get("request")
        return value
