"""The model `JqlForm`."""

from __future__ import annotations

from ..runtime.objects import Model
from .jql_params import JqlParams


class JqlForm(Model):
    """A script and its parameters."""

    __slots__ = ()

    _fields = {
        "script": "script",
        "params": "params",
    }
    _required = {
        "script": object,
    }
    _strict = True

    def __init__(
        self,
        script: str,
        params: JqlParams | None = None,
    ) -> None:
        super().__init__()
        self._set("script", script)
        self._set("params", params)

    @property
    def script(self) -> str:
        """JavaScript with a function `main` that returns a query."""
        value: str = self.get("script")
        return value

    @property
    def params(self) -> JqlParams | None:
        """Values of any kind for the script's global variable `params`. JSON text on the wire."""
        value: JqlParams | None = self._model("params", JqlParams)
        return value
