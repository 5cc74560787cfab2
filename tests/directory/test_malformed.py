"""Directories with lines that are not events: all other slices stay, and `quarantine` keeps the lines exactly."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from mixpanel_export import (
    InvalidArgumentError,
    MalformedEventError,
    ManifestError,
    MixpanelClient,
    RetryPolicy,
    ServiceAccountAuth,
    UnrepresentableError,
)
from mixpanel_export.directory.filenames import malformed_name
from mixpanel_export.directory.local import LocalStorage
from mixpanel_export.directory.manifest import Manifest
from mixpanel_export.directory.verify import find_damaged
from tests.export.test_malformed import DAYS, KINDS, LEGAL, NAMES, NUMBERS, names_in, serve
from tests.wire_server import Wire, answer

BAD = "events_2024-01-02_2024-01-02.malformed.jsonl"
FORMATS: list[dict[str, Any]] = [
    {"format": "jsonl"},
    {"format": "jsonl.gz"},
    {"format": "parquet"},
    {"format": "parquet", "layout": "json", "partition_by": "date"},
    {"format": "csv"},
]


@pytest.fixture
def client(wire: Wire) -> Iterator[MixpanelClient]:
    auth, retry = ServiceAccountAuth("tester", "hush"), RetryPolicy(attempts=2, initial_wait=0.01)
    with MixpanelClient(auth, project_id=1, base_url=wire.url, retry=retry, limits=None) as client:
        yield client


def manifest_of(folder: Path) -> Manifest:
    return Manifest.from_json((folder / "manifest.json").read_bytes())


def damage_in(folder: Path) -> dict[str, str]:
    manifest = manifest_of(folder)
    return find_damaged(LocalStorage(folder), manifest.slices, manifest.query.format, read=True)


@pytest.mark.parametrize("options", FORMATS, ids=str)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.sampled(8)
def test_quarantined_lines_are_kept_byte_for_byte(
    wire: Wire, client: MixpanelClient, tmp_path: Path, kind: str, options: dict[str, Any]
) -> None:
    serve(wire, KINDS[kind])
    done = client.export.to_directory(tmp_path, *DAYS, slice_days=1, on_malformed="quarantine", **options)
    assert sorted(name for file in done.files for name in names_in(file)) == NAMES
    assert done.malformed == done.progress.malformed == KINDS[kind].count(b"\n")
    assert done.malformed_files == (tmp_path / BAD,)
    assert (tmp_path / BAD).read_bytes() == KINDS[kind]
    (entry,) = (entry for entry in done.manifest.slices if entry.malformed is not None)
    assert entry.malformed is not None
    assert entry.malformed.sha256 == hashlib.sha256(KINDS[kind]).hexdigest()
    assert {entry.proof for entry in done.manifest.slices} == {"gzip"}
    assert not damage_in(tmp_path)
    assert not done.unknown
    again = client.export.to_directory(tmp_path, *DAYS, slice_days=1, **options)
    assert (again.fetched, again.malformed) == (0, done.malformed)


@pytest.mark.parametrize("options", FORMATS, ids=str)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.sampled(8)
def test_all_other_slices_stay_and_the_next_run_resumes(
    wire: Wire, client: MixpanelClient, tmp_path: Path, kind: str, options: dict[str, Any]
) -> None:
    if kind in NUMBERS or (kind in LEGAL and options != {"format": "parquet"}):
        pytest.skip("held as sent, by all formats or by all but wide columns")
    serve(wire, KINDS[kind])
    with pytest.raises((MalformedEventError, UnrepresentableError)):
        client.export.to_directory(tmp_path, *DAYS, slice_days=1, **options)
    manifest = manifest_of(tmp_path)
    assert sorted(str(entry.slice_) for entry in manifest.slices) == ["2024-01-01", "2024-01-03"]
    assert not manifest.is_complete
    assert not (tmp_path / BAD).exists()
    done = client.export.to_directory(tmp_path, *DAYS, slice_days=1, on_malformed="quarantine", **options)
    assert (done.fetched, done.found) == (1, 2)
    assert sorted(name for file in done.files for name in names_in(file)) == NAMES
    assert (tmp_path / BAD).read_bytes() == KINDS[kind]


@pytest.mark.parametrize("options", FORMATS, ids=str)
def test_an_update_replaces_the_file_of_malformed_lines(
    wire: Wire, client: MixpanelClient, tmp_path: Path, options: dict[str, Any]
) -> None:
    serve(wire, KINDS["byte"], bad_day=3)
    client.export.to_directory(tmp_path, *DAYS, slice_days=1, on_malformed="quarantine", **options)
    serve(wire, KINDS["line break"], bad_day=3)
    # The treatment is the manifest's, as the query is.
    done = client.export.update_directory(tmp_path, to_date="2024-01-04", look_back=1, slice_days=1)
    assert [path.name for path in done.malformed_files] == ["events_2024-01-03_2024-01-03_r2.malformed.jsonl"]
    assert done.malformed_files[0].read_bytes() == KINDS["line break"]
    assert not (tmp_path / "events_2024-01-03_2024-01-03.malformed.jsonl").exists()
    serve(wire, b"")
    done = client.export.update_directory(tmp_path, to_date="2024-01-05", look_back=2, slice_days=1)
    assert done.malformed == 0
    assert not list(tmp_path.rglob("*.malformed.jsonl"))
    assert not damage_in(tmp_path)


def test_a_damaged_file_of_malformed_lines_is_found(
    wire: Wire, client: MixpanelClient, tmp_path: Path
) -> None:
    serve(wire, KINDS["byte"])
    client.export.to_directory(tmp_path, *DAYS, slice_days=1, on_malformed="quarantine")
    bad = tmp_path / BAD
    for damaged in (b"", KINDS["byte"][:-1], KINDS["byte"].replace(b"bad", b"mad"), None):
        bad.unlink() if damaged is None else bad.write_bytes(damaged)
        assert "its malformed lines" in damage_in(tmp_path)["events_2024-01-02_2024-01-02.jsonl.gz"]
        done = client.export.to_directory(
            tmp_path, *DAYS, slice_days=1, on_malformed="quarantine", verify=True
        )
        assert done.fetched == 1
        assert bad.read_bytes() == KINDS["byte"]


def test_rewriting_for_new_columns_keeps_malformed_lines(
    wire: Wire, client: MixpanelClient, tmp_path: Path
) -> None:
    serve(wire, KINDS["byte"], bad_day=1)
    options: dict[str, Any] = {"format": "parquet", "on_malformed": "quarantine"}
    client.export.to_directory(tmp_path, "2024-01-01", "2024-01-01", **options)
    wire.script = answer(b'{"event":"C","properties":{"time":1704240000,"new":1}}\n')
    done = client.export.update_directory(tmp_path, to_date="2024-01-05", look_back=0, slice_days=5)
    (path,) = done.malformed_files
    assert path.read_bytes() == KINDS["byte"]
    assert path.name == malformed_name(done.manifest.slices[0].file)
    assert not done.unknown
    assert not damage_in(tmp_path)


@pytest.mark.parametrize("format", ["jsonl", "jsonl.gz"])
@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("kind", sorted(set(KINDS) - LEGAL - NUMBERS))
@pytest.mark.sampled(10)
def test_lines_are_parsed_before_they_are_written(
    wire: Wire, client: MixpanelClient, tmp_path: Path, kind: str, packed: bool, format: Any
) -> None:
    serve(wire, KINDS[kind], packed=packed)
    with pytest.raises(MalformedEventError, match="line 2 of the slice 2024-01-02"):
        client.export.to_directory(tmp_path, *DAYS, slice_days=1, format=format)


@pytest.mark.parametrize("kind", ["two events", "byte", "nul", "not a number"])
def test_verify_finds_lines_that_earlier_versions_accepted(
    wire: Wire, client: MixpanelClient, tmp_path: Path, kind: str
) -> None:
    serve(wire, b"")
    client.export.to_directory(tmp_path, *DAYS, slice_days=1)
    manifest = manifest_of(tmp_path)
    body = gzip.compress(KINDS[kind])
    first = manifest.slices[0]
    (tmp_path / first.file).write_bytes(body)
    forged = evolve(first, bytes=len(body), sha256=hashlib.sha256(body).hexdigest(), proof=None)
    LocalStorage(tmp_path).write_manifest(evolve(manifest, slices=(forged, *manifest.slices[1:])))
    assert "does not hold events only: line 1" in damage_in(tmp_path)[first.file]
    done = client.export.to_directory(tmp_path, *DAYS, slice_days=1, verify=True)
    assert list(done.damaged) == [first.file]
    assert not damage_in(tmp_path)


def test_verify_counts_the_events(wire: Wire, client: MixpanelClient, tmp_path: Path) -> None:
    serve(wire, b"")
    client.export.to_directory(tmp_path, *DAYS, slice_days=1)
    manifest = manifest_of(tmp_path)
    forged = evolve(manifest.slices[0], events=7)
    LocalStorage(tmp_path).write_manifest(evolve(manifest, slices=(forged, *manifest.slices[1:])))
    assert damage_in(tmp_path) == {forged.file: "has 2 events instead of 7"}


def test_manifests_of_earlier_versions_load(wire: Wire, client: MixpanelClient, tmp_path: Path) -> None:
    serve(wire, b"", packed=False)
    client.export.to_directory(tmp_path, *DAYS, slice_days=1)
    document = json.loads((tmp_path / "manifest.json").read_bytes())
    assert [entry.pop("proof") for entry in document["slices"]] == ["chunked"] * 3
    assert all("malformed" not in entry for entry in document["slices"])
    (tmp_path / "manifest.json").write_text(json.dumps(document), "utf-8")
    assert client.export.to_directory(tmp_path, *DAYS, slice_days=1).found == 3
    document["slices"][0]["malformed"] = {"file": "../x.jsonl", "lines": 1, "bytes": 1, "sha256": ""}
    (tmp_path / "manifest.json").write_text(json.dumps(document), "utf-8")
    with pytest.raises(ManifestError, match="it is damaged"):
        client.export.to_directory(tmp_path, *DAYS, slice_days=1)


def test_a_directory_takes_no_path_for_malformed_lines(client: MixpanelClient, tmp_path: Path) -> None:
    with pytest.raises(InvalidArgumentError, match="malformed_path"):
        client.export.to_directory(tmp_path, *DAYS, malformed_path=tmp_path / "x")


@pytest.mark.parametrize("treatment", ["quarantine", "replace"])
def test_a_later_run_does_not_forget_the_treatment(
    wire: Wire, client: MixpanelClient, tmp_path: Path, treatment: Any
) -> None:
    serve(wire, KINDS["byte"])
    client.export.to_directory(tmp_path, *DAYS, slice_days=1, on_malformed=treatment)
    again = client.export.to_directory(tmp_path, *DAYS, slice_days=1)
    assert again.fetched == 0
    assert manifest_of(tmp_path).query.on_malformed == treatment
