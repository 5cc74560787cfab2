"""The model `LexiconMetadataUpload`."""

from __future__ import annotations

from typing import Any

from ..runtime.objects import Map


class LexiconMetadataUpload(Map[Any]):
    """Data by software: under `com.mixpanel`, an object with `displayName`, `tags`, `hidden`,
    `dropped`, `contacts`, `teamContacts` and `$source`."""

    __slots__ = ()
