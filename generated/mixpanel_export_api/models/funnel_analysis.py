"""The model `FunnelAnalysis`."""

from __future__ import annotations

from ..runtime.objects import Model
from ..runtime.values import integer, number


class FunnelAnalysis(Model):
    """One period's funnel as a whole."""

    __slots__ = ()

    _fields = {
        "completion": "completion",
        "starting_amount": "starting_amount",
        "steps": "steps",
        "worst": "worst",
    }

    def __init__(
        self,
        completion: float | None = None,
        starting_amount: float | None = None,
        steps: int | None = None,
        worst: int | None = None,
    ) -> None:
        super().__init__()
        self._set("completion", completion)
        self._set("starting_amount", starting_amount)
        self._set("steps", steps)
        self._set("worst", worst)

    @property
    def completion(self) -> float | None:
        """Users who reached the last step."""
        value: float | None = number(self.get("completion"))
        return value

    @property
    def starting_amount(self) -> float | None:
        """Users who entered the funnel."""
        value: float | None = number(self.get("starting_amount"))
        return value

    @property
    def steps(self) -> int | None:
        """Number of steps."""
        value: int | None = integer(self.get("steps"))
        return value

    @property
    def worst(self) -> int | None:
        """Index of the step that lost the most users."""
        value: int | None = integer(self.get("worst"))
        return value
