"""Receive slices into staged files, convert them, and describe the files for the manifest.

See `publish` for how finished files get their names.
"""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from attrs import evolve, frozen

from mixpanel_export._atomic import digest_of
from mixpanel_export._formats import COLUMNAR, fingerprint_of
from mixpanel_export._mounts import durable
from mixpanel_export._redaction import quoting
from mixpanel_export.directory.conversion import Conversion, WrittenFile
from mixpanel_export.directory.filenames import is_partition, malformed_name, path_of
from mixpanel_export.directory.manifest import Contents, Malformed, ManifestSlice
from mixpanel_export.directory.staging import Staging
from mixpanel_export.download.pool import Claim
from mixpanel_export.download.session import SliceReceiver
from mixpanel_export.download.spool import Spool
from mixpanel_export.errors import Redactor

__all__ = ["SliceFiles", "sealed_contents"]


@frozen
class SliceFiles:
    """Makes the files of slices, for the threads of a download.

    Attributes:
        format: the format of the files.
        redact: removes credentials from quoted answers.
    """

    format: str
    staging: Staging
    conversion: Conversion
    slices: SliceReceiver
    redact: Redactor

    def fetch(self, claim: Claim, name: str) -> ManifestSlice:
        """Fetch a slice into staged files that are synced and ready to be published as `name`."""
        part = self.staging.part(name)
        contents: Mapping[str | None, Contents]
        try:
            with part.open("w+b") as file:
                entry, written, digest = self._receive(claim, file, name)
            if written is None:
                contents = {None: Contents(entry.events, part.stat().st_size, digest)}
            else:
                self._replace_received(name, written)
                contents = sealed_contents(self.staging, name, written)
            schema = self._schema_of([self.staging.part(path_of(name, partition)) for partition in contents])
            return evolve(entry, schema=schema).with_files(name, contents)
        except BaseException:
            self.staging.remove_parts(name)
            raise

    def discard(self, entry: ManifestSlice) -> None:
        """Remove the staged files of a slice that nobody took."""
        # The next run removes what cannot be removed now.
        with contextlib.suppress(OSError):
            self.staging.remove_parts(entry.file)

    def _receive(
        self, claim: Claim, file: IO[bytes], name: str
    ) -> tuple[ManifestSlice, Sequence[WrittenFile] | None, str]:
        """Receive a slice and convert it, unless it can stay as received.

        Returns:
            The slice without its files; the converted files, or None and the SHA-256 of the received one.
        """

        def use(spool: Spool) -> tuple[ManifestSlice, Sequence[WrittenFile] | None]:
            entry = self._entry_of(spool, name)
            return entry, None if self._stays_as_received(spool) else self._convert(spool, name)

        received = self.slices.receive(claim, file)
        entry, written = self.slices.finish(received, use)
        if written is None:
            durable(file, self.staging.folder)
        return entry, written, received.digest

    def _entry_of(self, spool: Spool, name: str) -> ManifestSlice:
        """Describe a slice for the manifest, except its files; write its malformed lines, if there are any."""
        return ManifestSlice(
            file=name,
            from_date=spool.slice_.from_date,
            to_date=spool.slice_.to_date,
            events=spool.events,
            bytes=0,
            json_bytes=spool.verified.bytes,
            sha256="",
            fetched_at=datetime.datetime.now(datetime.UTC).replace(microsecond=0),
            dropped=spool.dropped,
            proof=spool.verified.proof,
            malformed=self._set_aside(spool, malformed_name(name)) if spool.malformed else None,
        )

    def _set_aside(self, spool: Spool, name: str) -> Malformed:
        """Write the malformed lines of a slice to a staged file."""
        part = self.staging.part(name)
        with part.open("wb") as file:
            for line in spool.malformed_lines():
                file.write(line)
            durable(file, self.staging.folder)
        return Malformed(name, spool.malformed, part.stat().st_size, digest_of(part))

    def _stays_as_received(self, spool: Spool) -> bool:
        verified = spool.verified
        return self.format == "jsonl.gz" and verified.is_gzip and verified.is_closed and spool.is_verbatim

    def _convert(self, spool: Spool, name: str) -> Sequence[WrittenFile]:
        """Write a slice in the directory's format, beside the received file."""

        def part(partition: str | None) -> Path:
            if partition is None:
                return self.staging.converted(name)
            return self.staging.part(path_of(name, partition))

        with quoting(self.redact):
            return self.conversion.convert(spool, part)

    def _replace_received(self, name: str, written: Sequence[WrittenFile]) -> None:
        received = self.staging.part(name)
        if [file.partition for file in written] == [None]:
            self.staging.converted(name).replace(received)
        else:
            received.unlink()

    def _schema_of(self, files: Sequence[Path]) -> str | None:
        """Return the fingerprint of the columns that files are written with.

        None without columns, and while other threads are changing them.
        """
        if self.format not in COLUMNAR:
            return None
        fingerprint = fingerprint_of(self.conversion.columns)
        is_current = all(map(self.conversion.is_current, files))
        return fingerprint if is_current and fingerprint_of(self.conversion.columns) == fingerprint else None


def sealed_contents(
    staging: Staging, name: str, written: Sequence[WrittenFile]
) -> Mapping[str | None, Contents]:
    """Sync the staged files of a slice to the disk, and return what is in them, by partition."""
    contents: dict[str | None, Contents] = {}
    for file in written:
        if file.partition in contents or not (file.partition is None or is_partition(file.partition)):
            raise ValueError(f"a conversion wrote the partition {file.partition!r} of {name}")
        part = staging.part(path_of(name, file.partition))
        with part.open("r+b") as opened:
            durable(opened, staging.folder)
        contents[file.partition] = Contents(file.events, part.stat().st_size, digest_of(part))
    if not contents or (None in contents and len(contents) > 1):
        raise ValueError(f"a conversion wrote the partitions {list(contents)} of {name}")
    return contents
