"""The model `LexiconPropertyMetadata`."""

from __future__ import annotations

from ..runtime.objects import Model
from .lexicon_property_settings import LexiconPropertySettings


class LexiconPropertyMetadata(Model):
    """Data about a property, by software."""

    __slots__ = ()

    _fields = {
        "com_mixpanel": "com.mixpanel",
    }

    def __init__(
        self,
        com_mixpanel: LexiconPropertySettings | None = None,
    ) -> None:
        super().__init__()
        self._set("com.mixpanel", com_mixpanel)

    @property
    def com_mixpanel(self) -> LexiconPropertySettings | None:
        """Mixpanel's settings."""
        value: LexiconPropertySettings | None = self._model("com.mixpanel", LexiconPropertySettings)
        return value
