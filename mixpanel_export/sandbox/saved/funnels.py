"""The funnels saved in the sample project: their steps and conversion windows.

See `reports.funnels` for counting users.
"""

from __future__ import annotations

from typing import Final, Literal

from attrs import frozen

__all__ = ["FUNNELS", "CustomEvent", "FunnelStep", "LengthUnit", "SavedFunnel", "saved_funnel"]

LengthUnit = Literal["day", "hour", "minute", "second"]


@frozen
class CustomEvent:
    """A named subset of the events of one name, used like an event."""

    id: int
    name: str


@frozen
class FunnelStep:
    """One step of a funnel.

    Attributes:
        event: the name of the event that completes the step.
        where: an expression the event must match.
        custom_event: the custom event the step is shown as.
    """

    event: str
    where: str | None = None
    custom_event: CustomEvent | None = None


@frozen
class SavedFunnel:
    """A funnel and its default conversion window."""

    id: int
    name: str
    steps: tuple[FunnelStep, ...]
    length: int
    length_unit: LengthUnit


FUNNELS: Final = (
    SavedFunnel(
        id=1001,
        name="Sign up to first purchase",
        steps=(FunnelStep("Sign Up"), FunnelStep("Add to Cart"), FunnelStep("Purchase")),
        length=14,
        length_unit="day",
    ),
    SavedFunnel(
        id=1002,
        name="Search to purchase",
        steps=(FunnelStep("Search"), FunnelStep("Add to Cart"), FunnelStep("Purchase")),
        length=2,
        length_unit="hour",
    ),
    SavedFunnel(
        id=1003,
        name="Visit to large order",
        steps=(
            FunnelStep("Page View", where='properties["page"] == "/"'),
            FunnelStep("Page View", where='"/products/" in properties["page"]'),
            FunnelStep("Add to Cart"),
            FunnelStep(
                "Purchase", where='properties["revenue"] > 100', custom_event=CustomEvent(301, "Large order")
            ),
        ),
        length=7,
        length_unit="day",
    ),
    SavedFunnel(
        id=1004,
        name="Second purchase",
        steps=(FunnelStep("Purchase"), FunnelStep("Purchase")),
        length=30,
        length_unit="day",
    ),
    SavedFunnel(
        id=1005,
        name="Purchase to complaint",
        steps=(
            FunnelStep("Purchase"),
            FunnelStep("Support Ticket", where='not (properties["subject"] == "Praise")'),
        ),
        length=10,
        length_unit="day",
    ),
)


def saved_funnel(funnel_id: int) -> SavedFunnel | None:
    """Return the funnel with this id, or None."""
    return next((funnel for funnel in FUNNELS if funnel.id == funnel_id), None)
