"""The model `LexiconSchema`."""

from __future__ import annotations

from ..runtime.objects import Model
from ..runtime.values import any_value
from .lexicon_metadata import LexiconMetadata
from .lexicon_properties_by_name import LexiconPropertiesByName


class LexiconSchema(Model):
    """The Lexicon's description of an event or of profiles, in the manner of a JSON Schema."""

    __slots__ = ()

    _fields = {
        "schema": "$schema",
        "description": "description",
        "required": "required",
        "properties": "properties",
        "metadata": "metadata",
    }
    _within = "schemaJson"

    def __init__(
        self,
        schema: str | None = None,
        description: str | None = None,
        required: list[str] | None = None,
        properties: LexiconPropertiesByName | None = None,
        metadata: LexiconMetadata | None = None,
    ) -> None:
        super().__init__()
        self._set("$schema", schema)
        self._set("description", description)
        self._set("required", required)
        self._set("properties", properties)
        self._set("metadata", metadata)

    @property
    def schema(self) -> str | None:
        """URL of the JSON Schema dialect."""
        value: str | None = self.get("$schema")
        return value

    @property
    def description(self) -> str | None:
        """Description of the entity."""
        value: str | None = self.get("description")
        return value

    @property
    def required(self) -> list[str] | None:
        """Names of the properties it always has."""
        value: list[str] | None = self._values("required", any_value)
        return value

    @property
    def properties(self) -> LexiconPropertiesByName | None:
        """The entity's properties by name."""
        value: LexiconPropertiesByName | None = self._model("properties", LexiconPropertiesByName)
        return value

    @property
    def metadata(self) -> LexiconMetadata | None:
        """Data about the entity, by software."""
        value: LexiconMetadata | None = self._model("metadata", LexiconMetadata)
        return value
