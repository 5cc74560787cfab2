"""The model `LexiconSchemaUpload`."""

from __future__ import annotations

from ..runtime.objects import Model
from ..runtime.values import any_value
from .lexicon_metadata_upload import LexiconMetadataUpload
from .lexicon_properties_upload import LexiconPropertiesUpload


class LexiconSchemaUpload(Model):
    """A Lexicon schema to create or replace, in the manner of a JSON Schema."""

    __slots__ = ()

    _fields = {
        "description": "description",
        "properties": "properties",
        "required": "required",
        "metadata": "metadata",
    }

    def __init__(
        self,
        description: str | None = None,
        properties: LexiconPropertiesUpload | None = None,
        required: list[str] | None = None,
        metadata: LexiconMetadataUpload | None = None,
    ) -> None:
        super().__init__()
        self._set("description", description)
        self._set("properties", properties)
        self._set("required", required)
        self._set("metadata", metadata)

    @property
    def description(self) -> str | None:
        """Description of the entity."""
        value: str | None = self.get("description")
        return value

    @property
    def properties(self) -> LexiconPropertiesUpload | None:
        """Properties by name, each an object with `type` (array, boolean, integer, null, number,
        object or string), `description` and `metadata`."""
        value: LexiconPropertiesUpload | None = self._model("properties", LexiconPropertiesUpload)
        return value

    @property
    def required(self) -> list[str] | None:
        """Names of the properties it always has."""
        value: list[str] | None = self._values("required", any_value)
        return value

    @property
    def metadata(self) -> LexiconMetadataUpload | None:
        """Data by software: under `com.mixpanel`, an object with `displayName`, `tags`, `hidden`,
        `dropped`, `contacts`, `teamContacts` and `$source`."""
        value: LexiconMetadataUpload | None = self._model("metadata", LexiconMetadataUpload)
        return value
