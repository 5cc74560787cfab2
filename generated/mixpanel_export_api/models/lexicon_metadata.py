"""The model `LexiconMetadata`."""

from __future__ import annotations

from ..runtime.objects import Model
from .lexicon_entity_settings import LexiconEntitySettings


class LexiconMetadata(Model):
    """Data about an entity, by software."""

    __slots__ = ()

    _fields = {
        "com_mixpanel": "com.mixpanel",
    }

    def __init__(
        self,
        com_mixpanel: LexiconEntitySettings | None = None,
    ) -> None:
        super().__init__()
        self._set("com.mixpanel", com_mixpanel)

    @property
    def com_mixpanel(self) -> LexiconEntitySettings | None:
        """Mixpanel's settings."""
        value: LexiconEntitySettings | None = self._model("com.mixpanel", LexiconEntitySettings)
        return value
