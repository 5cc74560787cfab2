"""Exports to files: complete under the final name, or absent."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mixpanel_export import (
    AuthenticationError,
    DiskFullError,
    IncompleteExportError,
    InvalidArgumentError,
    MixpanelClient,
    Progress,
)
from mixpanel_export._formats import FileFormat
from mixpanel_export._temporary import SpoolFile
from tests.wire_server import Wire

BODY = b"".join(json.dumps({"event": "A", "properties": {"n": n}}).encode() + b"\n" for n in range(1000))
RANGE = ("2024-01-01", "2024-01-01")


def read(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


@pytest.mark.parametrize("arrives", ["plain", "gzip"])
@pytest.mark.parametrize("format", ["jsonl", "jsonl.gz"])
def test_a_file_holds_exactly_the_lines_that_were_sent(
    wire: Wire, client: MixpanelClient, tmp_path: Path, arrives: str, format: FileFormat
) -> None:
    headers = ("Content-Encoding: gzip",) if arrives == "gzip" else ()
    wire.answers(gzip.compress(BODY) if arrives == "gzip" else BODY, headers=headers, chunks=1000)
    path = tmp_path / "deep" / f"events.{format}"
    totals = client.export.to_file(path, *RANGE, format=format)
    assert read(path) == BODY
    assert (totals.events, totals.lines) == (1000, len(BODY))
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_gzip_goes_to_disk_unchanged(wire: Wire, client: MixpanelClient, tmp_path: Path) -> None:
    body = gzip.compress(BODY, 9)
    wire.answers(body, headers=("Content-Encoding: gzip",))
    client.export.to_file(tmp_path / "e.jsonl.gz", *RANGE)
    assert (tmp_path / "e.jsonl.gz").read_bytes() == body


def test_a_range_without_events_gives_an_empty_file(
    wire: Wire, client: MixpanelClient, tmp_path: Path
) -> None:
    wire.answers(b"")
    for format in ("jsonl", "jsonl.gz"):
        client.export.to_file(tmp_path / f"e.{format}", *RANGE, format=format)
        assert read(tmp_path / f"e.{format}") == b""


def test_a_last_line_gets_its_line_end(wire: Wire, client: MixpanelClient, tmp_path: Path) -> None:
    wire.answers(BODY[:-1])
    client.export.to_file(tmp_path / "e.jsonl", *RANGE, format="jsonl")
    assert (tmp_path / "e.jsonl").read_bytes() == BODY


@pytest.mark.parametrize("format", ["jsonl", "jsonl.gz"])
def test_an_incomplete_export_leaves_no_file(
    wire: Wire, client: MixpanelClient, tmp_path: Path, format: FileFormat
) -> None:
    wire.answers(BODY, keep=5000, ending="reset")
    with pytest.raises(IncompleteExportError):
        client.export.to_file(tmp_path / "e", *RANGE, format=format)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_an_existing_file_alone(wire: Wire, client: MixpanelClient, tmp_path: Path) -> None:
    (tmp_path / "e.jsonl").write_bytes(b"before")
    wire.answers(b"{}", status="401 Unauthorized")
    with pytest.raises(AuthenticationError):
        client.export.to_file(tmp_path / "e.jsonl", *RANGE, format="jsonl")
    assert (tmp_path / "e.jsonl").read_bytes() == b"before"
    assert len(list(tmp_path.iterdir())) == 1


def test_the_file_name_decides_the_format(wire: Wire, client: MixpanelClient, tmp_path: Path) -> None:
    wire.answers(BODY)
    client.export.to_file(tmp_path / "e.jsonl", *RANGE)
    assert (tmp_path / "e.jsonl").read_bytes() == BODY
    client.export.to_file(tmp_path / "e", *RANGE)
    assert gzip.decompress((tmp_path / "e").read_bytes()) == BODY


def test_an_unwritable_path_is_refused_before_any_request(
    wire: Wire, client: MixpanelClient, tmp_path: Path
) -> None:
    with pytest.raises(InvalidArgumentError, match=r"expected 'jsonl\.gz', because the file is called"):
        client.export.to_file(tmp_path / "e.jsonl.gz", *RANGE, format="csv")
    with pytest.raises(InvalidArgumentError, match="expected a file, not a directory"):
        client.export.to_file(tmp_path, *RANGE)
    assert wire.requests == []


def test_an_unknown_format_is_refused_before_anything_is_sent(
    wire: Wire, client: MixpanelClient, tmp_path: Path
) -> None:
    with pytest.raises(InvalidArgumentError, match=r"'jsonl', 'jsonl\.gz'"):
        client.export.to_file(tmp_path / "e", *RANGE, format="xml")  # type: ignore[arg-type]
    assert wire.requests == []


def test_progress_grows_and_ends_at_the_totals(wire: Wire, client: MixpanelClient) -> None:
    wire.answers(BODY, chunks=3000)
    seen: list[int] = []
    file = io.BytesIO()
    totals: Progress = client.export.to_stream(file, *RANGE, progress=lambda p: seen.append(p.events))
    assert file.getvalue() == BODY
    assert seen == sorted(seen)
    assert seen[-1] == totals.events == 1000
    assert totals.received == len(BODY)


def test_progress_cannot_be_changed_by_a_listener(wire: Wire, client: MixpanelClient) -> None:
    wire.answers(BODY)

    def listener(progress: Progress) -> None:
        with pytest.raises(AttributeError):
            progress.events = 0  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]

    assert client.export.to_stream(io.BytesIO(), *RANGE, progress=listener).events == 1000


FULL = Path("/dev/full")
LONG = b"".join(
    json.dumps({"event": "A", "properties": {"n": os.urandom(200).hex()}}).encode() + b"\n"
    for _ in range(1000)
)


@contextlib.contextmanager
def small_files(most: int = 100_000) -> Iterator[None]:
    """Limit the size of files, as `ulimit -f` does; it fails the same calls as a full disk."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has /dev/full")
def test_a_full_device_is_a_typed_error(wire: Wire, client: MixpanelClient) -> None:
    wire.answers(LONG)
    formats: tuple[FileFormat, ...] = ("jsonl", "jsonl.gz", "parquet", "csv")
    for format in formats:
        with pytest.raises(DiskFullError) as raised:
            client.export.to_file(FULL, *RANGE, format=format)
        assert str(raised.value) == (
            "/dev/full has no room left (No space left on device). Free space there and run it again"
        )


def test_a_full_disk_is_named_and_leaves_nothing(wire: Wire, client: MixpanelClient, tmp_path: Path) -> None:
    wire.answers(LONG)
    for format in ("jsonl", "jsonl.gz"):
        with small_files(), pytest.raises(DiskFullError, match="ulimit") as raised:
            client.export.to_file(tmp_path / "e", *RANGE, format=format)
        assert raised.value.path == str(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_full_temporary_directory_is_named(
    wire: Wire, client: MixpanelClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """These calls resume nothing: the message only says how to make room."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    wire.answers(LONG)
    for format in ("parquet", "csv"):
        with small_files(), pytest.raises(DiskFullError, match="set TMPDIR") as raised:
            client.export.to_file(tmp_path / "e", *RANGE, format=format)
        assert (raised.value.path, "resume" in str(raised.value)) == (str(scratch), False)
    for layout in ("wide", "json"):
        with small_files(), pytest.raises(DiskFullError, match="set TMPDIR"):
            client.export.batches(*RANGE, layout=layout).to_arrow()
    with small_files(), SpoolFile(1) as spool, pytest.raises(DiskFullError, match="set TMPDIR"):
        spool.write(LONG)
    assert list(tmp_path.iterdir()) == [scratch]
    assert list(scratch.iterdir()) == []
