"""The model `LexiconUploadEntry`."""

from __future__ import annotations

from ..runtime.objects import Model
from .lexicon_schema_upload import LexiconSchemaUpload


class LexiconUploadEntry(Model):
    """An entity and its schema, to create or replace."""

    __slots__ = ()

    _fields = {
        "entity_type": "entityType",
        "name": "name",
        "schema_json": "schemaJson",
    }
    _required = {
        "entityType": object,
        "name": object,
        "schemaJson": LexiconSchemaUpload,
    }
    _strict = True

    def __init__(
        self,
        entity_type: str,
        name: str,
        schema_json: LexiconSchemaUpload,
    ) -> None:
        super().__init__()
        self._set("entityType", entity_type)
        self._set("name", name)
        self._set("schemaJson", schema_json)

    @property
    def entity_type(self) -> str:
        """Kind of entity of a Lexicon schema."""
        value: str = self.get("entityType")
        return value

    @property
    def name(self) -> str:
        """Name of the event; `$user` for user profiles."""
        value: str = self.get("name")
        return value

    @property
    def schema_json(self) -> LexiconSchemaUpload:
        """A Lexicon schema to create or replace, in the manner of a JSON Schema."""
        value: LexiconSchemaUpload = self._part("schemaJson", LexiconSchemaUpload)
        return value
