"""Manifests that nobody wrote: any value in them may be anything, and only typed errors come out."""

from __future__ import annotations

import contextlib
import copy
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mixpanel_export import DirectoryMismatchError, InvalidArgumentError, ManifestError
from mixpanel_export.directory.local import LocalStorage
from mixpanel_export.directory.manifest import Manifest
from mixpanel_export.directory.verify import find_damaged

from .manifests import manifest

DAYS = ("2024-01-01", "2024-01-03")
NARROW: dict[str, Any] = {"event": "Purchase", "fields": ["amount"], "exclude": ["city"], "parallel": 1}
FORMATS: list[dict[str, Any]] = [
    {"format": "jsonl.gz"},
    {"format": "parquet"},
    {"format": "parquet", "layout": "json", "partition_by": "date"},
]
# Texts that mean something somewhere in a manifest, and numbers at the edges.
ODD = st.sampled_from(
    [
        *(
            "raise",
            "quarantine",
            "wide",
            "json",
            "date",
            "csv",
            "jsonl",
            "parquet",
            "others",
            "null",
            "\0",
            "",
        ),
        *("0001-01-01", "9999-12-31", "2024-01-02", "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-14:00"),
        *(
            "event",
            "time",
            "distinct_id",
            "$insert_id",
            "../../x",
            "__HIVE_DEFAULT_PARTITION__",
            "2024-01-01\n",
        ),
        f"events_2024-01-01_2024-01-03_r{'9' * 5000}.jsonl.gz",
        "events_2024-01-01_2024-01-03.malformed.jsonl",
        "events_2024-01-01_2024-01-03.parquet",
        *(-1, 0, 1, 2, 1 << 53, 1 << 62, 1 << 63, 1 << 64, 10**4000, 1e308, -0.0),
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | ODD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=4,
)


def paths_of(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the place of every value within a JSON value."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from paths_of(inner, (*path, key))


@st.composite
def mutated(draw: st.DrawFn, original: Any) -> bytes:
    """Replace, remove or repeat one value of a manifest."""
    path = draw(st.sampled_from([path for path in paths_of(original) if path]))
    changed = copy.deepcopy(original)
    place = changed
    for key in path[:-1]:
        place = place[key]
    change = draw(st.sampled_from(["replace", "replace", "remove", "repeat"]))
    if change == "replace":
        place[path[-1]] = draw(VALUES)
    elif change == "remove":
        del place[path[-1]]
    elif isinstance(place, list):
        place.append(copy.deepcopy(place[path[-1]]))
    else:
        place[path[-1]] = [place[path[-1]]] * 2
    return json.dumps(changed).encode()


REAL = json.loads(manifest((1, 3), (4, 31), pending=("events_2024-01-01_2024-01-03_r2.jsonl.gz",)).to_json())
REAL["columns"] = [
    {"name": "a", "property": "a", "kind": "long"},
    {"name": "other", "kind": "others"},
    {"name": "distinct_id", "property": "distinct_id", "kind": "string"},
    {"name": "insert_id", "property": "$insert_id", "kind": "string"},
]


@given(mutated(REAL))
def test_a_changed_manifest_is_read_or_refused(text: bytes) -> None:
    with contextlib.suppress(ManifestError):
        read = Manifest.from_json(text)
        assert Manifest.from_json(read.to_json()) == read


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("columns", 0, "kind"), None),
        (("columns", 0, "kind"), "unknown"),
        (("columns", 0, "property"), None),
        (("columns", 0, "name"), "insert_id"),
        (("columns", 1), {"name": "A", "property": "b", "kind": "long"}),
        (("columns", 2), None),
        (("columns", 3), None),
        (("slices", 0, "events"), -1),
        (("slices", 0, "bytes"), -1),
        (("slices", 0, "json_bytes"), 1 << 63),
        (("slices", 0, "sha256"), "0"),
        (("slices", 0, "file"), "events_2024-01-01_2024-01-03.parquet"),
        (("slices", 0, "file"), "events_2024-01-02_2024-01-02.jsonl.gz"),
        (("slices", 0, "file"), f"events_2024-01-01_2024-01-03_r{'9' * 5000}.jsonl.gz"),
        (("slices", 0, "fetched_at"), "0001-01-01T00:00:00+14:00"),
        (("slices", 0, "fetched_at"), "2024-01-01T00:00:00"),
        (("pending", 0), "events_2024-01-01_2024-01-03.jsonl.gz"),
        (("query", "format"), "xml"),
        (("query", "from_date"), "0001-01-01"),
        (("query", "to_date"), "9999-12-31"),
        (("version",), 0),
    ],
    ids=str,
)
def test_hostile_values_are_damage(path: tuple[Any, ...], value: Any) -> None:
    changed = copy.deepcopy(REAL)
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    if value is None:
        del place[path[-1]]
    with pytest.raises(ManifestError, match="it is damaged"):
        Manifest.from_json(json.dumps(changed).encode())


def test_deep_nesting_is_damage() -> None:
    for opening in (b'{"x":', b"["):
        with pytest.raises(ManifestError, match="it is damaged"):
            Manifest.from_json(opening * 100_000)


@pytest.fixture(scope="module", params=FORMATS, ids=str)
def exported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from mixpanel_export.sandbox import Sandbox

    folder = tmp_path_factory.mktemp("hostile") / "out"
    with Sandbox() as sandbox, sandbox.client(limits=None) as client:
        options: dict[str, Any] = {"slice_days": 2, **NARROW, **request.param}
        client.export.to_directory(folder, *DAYS, **options)
        yield client, folder, options


@pytest.mark.slow
@settings(suppress_health_check=list(HealthCheck), max_examples=25)  # each is four exports
@given(st.data())
def test_no_run_fails_untyped_on_a_changed_manifest(exported: Any, data: st.DataObject) -> None:
    client, original, options = exported
    folder = original.with_name("copy")
    text = data.draw(mutated(json.loads((original / "manifest.json").read_bytes())))
    runs: list[Callable[[], object]] = [
        lambda: client.export.to_directory(folder, *DAYS, **options),
        lambda: client.export.update_directory(folder, to_date="2024-01-04", look_back=1),
        lambda: client.export.refetch(folder, "2024-01-03", "2024-01-03"),
        lambda: verify(folder),
    ]
    for run in runs:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(original, folder)
        (folder / "manifest.json").write_bytes(text)
        # A manifest without slices is an export that has not begun, which needs a first day.
        with contextlib.suppress(ManifestError, DirectoryMismatchError, InvalidArgumentError):
            run()
            assert not verify(folder)


def verify(folder: Path) -> dict[str, str]:
    storage = LocalStorage(folder)
    found = storage.read_manifest()
    return find_damaged(storage, found.slices, found.query.format, read=True) if found is not None else {}
