"""The model `LexiconProperty`."""

from __future__ import annotations

from typing import Any

from ..runtime.objects import Model
from ..runtime.values import any_value
from .lexicon_property_metadata import LexiconPropertyMetadata


class LexiconProperty(Model):
    """The Lexicon's description of a property."""

    __slots__ = ()

    _fields = {
        "type_": "type",
        "format_": "format",
        "description": "description",
        "examples": "examples",
        "metadata": "metadata",
    }

    def __init__(
        self,
        type_: str | list[Any] | None = None,
        format_: str | None = None,
        description: str | None = None,
        examples: list[Any] | None = None,
        metadata: LexiconPropertyMetadata | None = None,
    ) -> None:
        super().__init__()
        self._set("type", type_)
        self._set("format", format_)
        self._set("description", description)
        self._set("examples", examples)
        self._set("metadata", metadata)

    @property
    def type_(self) -> str | list[Any] | None:
        """JSON type of its values, such as `string`, `number`, `integer`, `boolean`, `array` or
        `object`, or a list of types."""
        value: str | list[Any] | None = self.get("type")
        return value

    @property
    def format_(self) -> str | None:
        """Format of text, such as `date-time`."""
        value: str | None = self.get("format")
        return value

    @property
    def description(self) -> str | None:
        """Description of the property."""
        value: str | None = self.get("description")
        return value

    @property
    def examples(self) -> list[Any] | None:
        """Examples of values."""
        value: list[Any] | None = self._values("examples", any_value)
        return value

    @property
    def metadata(self) -> LexiconPropertyMetadata | None:
        """Data about the property, by software."""
        value: LexiconPropertyMetadata | None = self._model("metadata", LexiconPropertyMetadata)
        return value
