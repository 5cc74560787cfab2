"""The model `FunnelStep`."""

from __future__ import annotations

from typing import Any

from ..runtime.objects import Model
from ..runtime.values import boolean, integer, number


class FunnelStep(Model):
    """One step of a funnel."""

    __slots__ = ()

    _fields = {
        "count": "count",
        "goal": "goal",
        "event": "event",
        "step_conv_ratio": "step_conv_ratio",
        "overall_conv_ratio": "overall_conv_ratio",
        "avg_time": "avg_time",
        "avg_time_from_start": "avg_time_from_start",
        "step_label": "step_label",
        "custom_event": "custom_event",
        "custom_event_id": "custom_event_id",
        "selector": "selector",
        "session_event": "session_event",
        "time_buckets_from_start": "time_buckets_from_start",
    }
    _required = {
        "count": object,
        "event": object,
    }

    def __init__(
        self,
        count: float | None = None,
        goal: str | None = None,
        event: str | None = None,
        step_conv_ratio: float | None = None,
        overall_conv_ratio: float | None = None,
        avg_time: float | None = None,
        avg_time_from_start: float | None = None,
        step_label: str | None = None,
        custom_event: bool | None = None,
        custom_event_id: int | None = None,
        selector: Any = None,
        session_event: Any = None,
        time_buckets_from_start: Any = None,
    ) -> None:
        super().__init__()
        self._set("count", count)
        self._set("goal", goal)
        self._set("event", event)
        self._set("step_conv_ratio", step_conv_ratio)
        self._set("overall_conv_ratio", overall_conv_ratio)
        self._set("avg_time", avg_time)
        self._set("avg_time_from_start", avg_time_from_start)
        self._set("step_label", step_label)
        self._set("custom_event", custom_event)
        self._set("custom_event_id", custom_event_id)
        self._set("selector", selector)
        self._set("session_event", session_event)
        self._set("time_buckets_from_start", time_buckets_from_start)

    @property
    def count(self) -> float:
        """Users who reached the step."""
        value: float = number(self.get("count"))
        return value

    @property
    def goal(self) -> str | None:
        """The event that completes the step; for a custom event, `$custom_event:` and its id."""
        value: str | None = self.get("goal")
        return value

    @property
    def event(self) -> str:
        """Name of the same event."""
        value: str = self.get("event")
        return value

    @property
    def step_conv_ratio(self) -> float | None:
        """Share of the previous step's users who reached this one, 0 to 1."""
        value: float | None = number(self.get("step_conv_ratio"))
        return value

    @property
    def overall_conv_ratio(self) -> float | None:
        """Share of the first step's users who reached this one, 0 to 1."""
        value: float | None = number(self.get("overall_conv_ratio"))
        return value

    @property
    def avg_time(self) -> float | None:
        """Mean time from the previous step, in seconds. Null on the first step."""
        value: float | None = number(self.get("avg_time"))
        return value

    @property
    def avg_time_from_start(self) -> float | None:
        """Mean time from the first step, in seconds."""
        value: float | None = number(self.get("avg_time_from_start"))
        return value

    @property
    def step_label(self) -> str | None:
        """The step's label, such as the name of a custom event."""
        value: str | None = self.get("step_label")
        return value

    @property
    def custom_event(self) -> bool | None:
        """True if the event is a custom one; otherwise null or missing."""
        value: bool | None = boolean(self.get("custom_event"))
        return value

    @property
    def custom_event_id(self) -> int | None:
        """Id of the custom event; otherwise null or missing."""
        value: int | None = integer(self.get("custom_event_id"))
        return value

    @property
    def selector(self) -> Any:
        """The filter of the step, if Mixpanel sends it."""
        value: Any = self.get("selector")
        return value

    @property
    def session_event(self) -> Any:
        """The session event that the step stands for, if Mixpanel sends it."""
        value: Any = self.get("session_event")
        return value

    @property
    def time_buckets_from_start(self) -> Any:
        """A histogram of the time from the first step, if Mixpanel sends it."""
        value: Any = self.get("time_buckets_from_start")
        return value
