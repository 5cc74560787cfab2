"""Changes of the public surface ask for the right version, and facts that the spec lacks are listed."""

from __future__ import annotations

import copy
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mixpanel_export.codegen.endpoints.mistakes import read_spec
from spec.watch import breaking, upstream
from spec.watch.changes import Level, level_of
from spec.watch.contract import contract_changes
from tests.contract.test_surface import BEFORE, write_package
from tests.openapi import CONTRACT

ROOT = Path(__file__).parents[2]

Edit = Callable[[dict[str, Any]], object]

FUNNELS, JQL = "/api/query/funnels", "/api/query/jql"


def parameter(document: dict[str, Any], path: str, name: str) -> Any:
    (found,) = (
        listed for listed in document["paths"][path]["get"]["parameters"] if listed.get("name") == name
    )
    return found


def added(name: str, *, required: bool) -> Edit:
    schema = {"name": name, "in": "query", "required": required, "schema": {"type": "string"}}
    return lambda document: document["paths"][FUNNELS]["get"]["parameters"].append(schema)


def model(document: dict[str, Any], name: str) -> Any:
    return document["components"]["schemas"][name]


def no_future(listed: dict[str, Any]) -> None:
    listed.get("schema", {}).pop("x-future", None)


EDITS: dict[str, tuple[Level, Edit]] = {
    "call removed": (Level.MAJOR, lambda d: d["paths"].pop(JQL)),
    "call added": (Level.MINOR, lambda d: d["paths"].update({"/x": {"get": {"operationId": "x_y"}}})),
    "call renamed": (Level.MAJOR, lambda d: d["paths"][JQL]["post"].update(operationId="jql_run")),
    "optional argument added": (Level.MINOR, added("further", required=False)),
    "required argument added": (Level.MAJOR, added("further", required=True)),
    "argument removed": (Level.MAJOR, lambda d: parameter(d, FUNNELS, "interval").update(name="gap")),
    "argument now required": (Level.MAJOR, lambda d: parameter(d, FUNNELS, "length").update(required=True)),
    "argument now optional": (Level.MINOR, lambda d: parameter(d, FUNNELS, "funnel_id").pop("required")),
    "narrower": (Level.MAJOR, lambda d: parameter(d, FUNNELS, "length")["schema"].update(maximum=30)),
    "wider": (Level.MINOR, lambda d: parameter(d, FUNNELS, "limit")["schema"].pop("maximum")),
    "value added": (Level.MINOR, lambda d: model(d, "TimeUnit")["enum"].append("decade")),
    "value removed": (Level.MAJOR, lambda d: model(d, "TimeUnit")["enum"].pop()),
    "type of an argument": (
        Level.MAJOR,
        lambda d: parameter(d, FUNNELS, "length")["schema"].update(type="string"),
    ),
    "field of an answer removed": (Level.MAJOR, lambda d: model(d, "FunnelStep")["properties"].pop("goal")),
    "field of an answer added": (Level.MINOR, lambda d: model(d, "FunnelStep")["properties"].update(x={})),
    "field can be missing": (Level.MAJOR, lambda d: model(d, "FunnelStep")["required"].remove("count")),
    "field always there": (Level.MINOR, lambda d: model(d, "FunnelStep")["required"].append("goal")),
    "type of a field": (
        Level.MAJOR,
        lambda d: model(d, "FunnelStep")["properties"]["count"].update(type="string"),
    ),
    "columns of a table": (
        Level.MAJOR,
        lambda d: model(d, "SegmentationResult")["x-table"].update(keys=["a", "b"]),
    ),
    "days after today refused": (
        Level.MAJOR,
        lambda d: [*map(no_future, d["components"]["parameters"].values())],
    ),
    "days after today taken": (
        Level.MINOR,
        lambda d: d["components"]["parameters"]["FromDate"]["schema"].update({"x-future": True}),
    ),
    "list no longer iterated": (Level.MAJOR, lambda d: model(d, "BookmarksResult").pop("x-list")),
    "list iterated": (Level.MINOR, lambda d: model(d, "FunnelStep").update({"x-list": "selector"})),
    "bare value no longer read": (Level.MAJOR, lambda d: model(d, "FunnelDay").pop("x-bare")),
    "columns of a row": (Level.MAJOR, lambda d: model(d, "Profile").pop("x-flat")),
    "budget": (Level.MINOR, lambda d: d["paths"][FUNNELS]["get"].update({"x-budget": "none"})),
    "words by which a list is counted": (
        Level.PATCH,
        lambda d: model(d, "FunnelStep").update({"x-unit": "steps"}),
    ),
    "credentials refused": (Level.MAJOR, lambda d: d["paths"][JQL]["post"]["security"].pop()),
    "deprecated": (Level.MINOR, lambda d: d["paths"][FUNNELS]["get"].update(deprecated=True)),
    "words": (
        Level.PATCH,
        lambda d: d["paths"][FUNNELS]["get"].update(summary="Count.", description="Other."),
    ),
    "nothing": (Level.PATCH, lambda d: None),
}


def test_each_change_of_the_contract_has_its_level() -> None:
    document = read_spec(CONTRACT)
    for name, (level, edit) in EDITS.items():
        changed = copy.deepcopy(document)
        edit(changed)
        changes = [*contract_changes(document, changed)]
        assert level_of(changes) is level, (name, changes)


def test_a_repository_is_compared_with_its_last_tag(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def git(*arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True, capture_output=True)

    def run(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["breaking", *arguments])
        code = breaking.main()
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    monkeypatch.setattr(breaking, "ROOT", tmp_path)
    assert run()[0] == 0
    git("init", "-q")
    git("config", "user.email", "a@example.com")
    git("config", "user.name", "A")
    write_package(tmp_path, BEFORE)
    git("add", ".")
    git("commit", "-qm", "First")
    code, printed = run()
    assert (code, printed.partition(": ")[0]) == (0, "Nothing to compare with")
    assert run("HEAD") == (0, "patch: the same surface as HEAD\n")
    assert run("v9") == (2, "v9 is not a commit of this repository\n")
    git("tag", "v1.0.0")
    write_package(tmp_path, BEFORE.replace("last: int | None = None", ""))
    code, printed = run()
    assert (code, printed.splitlines()[-1]) == (0, "major: 1 change since v1.0.0")
    git("commit", "-qam", "Second")
    for version, fits in (("v1.1.0", False), ("v2.0.0", True)):
        git("tag", version)
        assert (run()[0] == 0) is fits
        git("tag", "-d", version)


def test_the_spec_has_every_published_fact() -> None:
    facts = upstream.read_facts(upstream.PUBLISHED) | upstream.read_facts(upstream.HERE / "observed.txt")
    assert len(facts) > 600
    assert upstream.missing(facts) == []


def test_files_that_cannot_be_read_are_told_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def told(text: str | None) -> str:
        if text is not None:
            (tmp_path / "annotations.openapi.yaml").write_text(text)
        monkeypatch.setattr("sys.argv", ["upstream", str(tmp_path)])
        assert upstream.main() == 2
        return capsys.readouterr().err.removeprefix(f"{tmp_path}")

    file = "/annotations.openapi.yaml"
    assert told(None) == ": there is no annotations.openapi.yaml to read\n"
    assert told("paths:\n  a: [\n").startswith(f"{file}:3: not YAML: ")
    assert told("a: \x00").startswith(f"{file}:1: not YAML: ")
    assert told("- 1").startswith(f"{file}:1: expected an OpenAPI document")
    assert told("openapi: 3.1.0\npaths: {/a: {get: {}}}") == ": there is no export.openapi.yaml to read\n"


def test_new_facts_are_listed(tmp_path: Path) -> None:
    facts = {
        "GET /api/query/funnels ? unit = year",
        "GET /api/query/forecasts",
        "GET /api/query/funnels ? unit",
    }
    assert upstream.missing(facts) == ["GET /api/query/forecasts", "GET /api/query/funnels ? unit = year"]
