"""`Variant`: one alternative form of responses. See `table` for all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from attrs import field, frozen

__all__ = ["ANY_STATUS", "ERROR", "SUCCESS", "Parameters", "Variant"]

Parameters: TypeAlias = Mapping[str, str]

SUCCESS = range(200, 300)
ERROR = range(400, 600)
ANY_STATUS = range(200, 600)


@frozen(kw_only=True)
class Variant:
    """One alternative form of responses.

    Attributes:
        name: a group, mostly a resource of the client, and a form.
        about: the difference from an ordinary response.
        operations: the operations it applies to; empty for all.
        statuses: the statuses of the ordinary responses it applies to.
        change: computes the JSON body from the ordinary one and the parameters sent.
        text: computes a body in text from the ordinary one.
        media_type: the media type of `text`.
        status: the new status.
        headers: additional headers.
        parameters: computes the parameters of the ordinary response from those sent.
    """

    name: str
    about: str
    operations: tuple[str, ...] = ()
    statuses: range = SUCCESS
    change: Callable[[Any, Parameters], Any] | None = None
    text: Callable[[Any], str] | None = None
    media_type: str = "text/plain"
    status: int | None = None
    headers: Mapping[str, str] = field(factory=dict[str, str])
    parameters: Callable[[Parameters], Parameters] | None = None

    def applies(self, operation: str, status: int) -> bool:
        """Return whether the variant changes an operation's response with this status."""
        return status in self.statuses and (not self.operations or operation in self.operations)
