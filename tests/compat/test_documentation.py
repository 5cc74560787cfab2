"""The migration page lists every method, and the replacements it names exist with those arguments."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mixpanel_export import MixpanelClient, ServiceAccountAuth
from mixpanel_export.compat import MixpanelQueryClient

PAGE = Path(__file__).parents[2] / "docs" / "migrate-from-mixpanel-query-py.md"
TABLE = PAGE.read_text(encoding="utf-8").partition("## Method by method")[2]
CALLS = sorted(set(re.findall(r"client\.(\w+)\.(\w+)\((.*?)\)`", TABLE)))


@pytest.fixture(scope="module")
def client() -> Iterator[MixpanelClient]:
    with MixpanelClient(ServiceAccountAuth("name", "secret"), project_id=1) as made:
        yield made


def test_every_method_is_there_with_its_arguments() -> None:
    documented = dict(re.findall(r"^\| `(\w+)\((.*?)\)` \|", TABLE, re.M))
    public = {name for name in vars(MixpanelQueryClient) if name.startswith(("get_", "annotation"))}
    assert documented.pop("ConcurrentPaginator")
    assert documented.keys() == public
    for name, arguments in documented.items():
        known = inspect.signature(getattr(MixpanelQueryClient, name)).parameters
        assert [each for each in arguments.split(", ") if each and each not in known] == []


@pytest.mark.parametrize(("group", "call", "arguments"), CALLS, ids=lambda part: str(part)[:20])
def test_a_typed_call_exists(client: MixpanelClient, group: str, call: str, arguments: str) -> None:
    known = inspect.signature(getattr(getattr(client, group), call)).parameters
    named = {each.partition("=")[0] for each in arguments.split(", ") if each}
    assert named <= known.keys()


def test_the_number_of_recorded_calls_is_right() -> None:
    recorded = (Path(__file__).parent / "recorded_calls.json").read_text(encoding="utf-8")
    assert f"{recorded.count(chr(10)) - 2} calls recorded" in PAGE.read_text(encoding="utf-8")
