"""The model `LexiconEntry`."""

from __future__ import annotations

from ..runtime.objects import Model
from .lexicon_schema import LexiconSchema


class LexiconEntry(Model):
    """An entity and its schema."""

    __slots__ = ()

    _fields = {
        "entity_type": "entityType",
        "name": "name",
        "schema_json": "schemaJson",
    }
    _required = {
        "schemaJson": LexiconSchema,
    }
    _implied = "schemaJson"

    def __init__(
        self,
        entity_type: str | None = None,
        name: str | None = None,
        schema_json: LexiconSchema | None = None,
    ) -> None:
        super().__init__()
        self._set("entityType", entity_type)
        self._set("name", name)
        self._set("schemaJson", schema_json)

    @property
    def entity_type(self) -> str | None:
        """Kind of entity, such as `event`, `profile` or `custom_event`."""
        value: str | None = self.get("entityType")
        return value

    @property
    def name(self) -> str | None:
        """Name of the event; `$user` for user profiles."""
        value: str | None = self.get("name")
        return value

    @property
    def schema_json(self) -> LexiconSchema:
        """The Lexicon's description of an event or of profiles, in the manner of a JSON Schema."""
        value: LexiconSchema = self._part("schemaJson", LexiconSchema)
        return value
