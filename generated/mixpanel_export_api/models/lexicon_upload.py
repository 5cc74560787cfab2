"""The model `LexiconUpload`."""

from __future__ import annotations

from ..runtime.objects import Model
from ..runtime.values import boolean
from .lexicon_upload_entry import LexiconUploadEntry


class LexiconUpload(Model):
    """Lexicon schemas to create or replace."""

    __slots__ = ()

    _fields = {
        "entries": "entries",
        "truncate": "truncate",
    }
    _required = {
        "entries": list,
    }
    _strict = True

    def __init__(
        self,
        entries: list[LexiconUploadEntry],
        truncate: bool | None = None,
    ) -> None:
        super().__init__()
        self._set("entries", entries)
        self._set("truncate", truncate)

    @property
    def entries(self) -> list[LexiconUploadEntry]:
        """The entities with their schemas; entries of a list that was read can be sent back."""
        value: list[LexiconUploadEntry] = self._models("entries", LexiconUploadEntry) or []
        return value

    @property
    def truncate(self) -> bool | None:
        """True to delete the whole Lexicon of the project first. False by default."""
        value: bool | None = boolean(self.get("truncate"))
        return value
