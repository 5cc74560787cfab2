"""What does not go together, or is of the wrong kind, is refused before anything is sent."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from typing import Any

import pytest

from mixpanel_export import AsyncMixpanelClient, InvalidArgumentError, MixpanelClient
from mixpanel_export.sandbox import Sandbox
from tests.profiles.conftest import Awaited, settings

BEHAVIORS = [{"name": "x", "window": "30d", "event_selectors": [{"event": "Purchase"}]}]

WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"behaviors": BEHAVIORS, "cohort": 2001}, "behaviors", "does not go together with cohort"),
    ({"include_all_users": False}, "include_all_users", "with cohort only"),
    ({"include_all_users": True, "behaviors": BEHAVIORS}, "include_all_users", "with cohort only"),
    ({"cohort": "2001"}, "cohort", "a number"),
    ({"cohort": True}, "cohort", "a number"),
    ({"cohort": 0}, "cohort", "a number"),
    ({"group": 1.5}, "group", "a number"),
    ({"group": ""}, "group", "a group's name"),
    ({"distinct_ids": []}, "distinct_ids", "must not be empty"),
    ({"distinct_ids": "abc"}, "distinct_ids", "a list"),
    ({"distinct_ids": 7}, "distinct_ids", "a list"),
    ({"distinct_ids": [7]}, "distinct_ids", "text"),
    ({"distinct_ids": [["a"]]}, "distinct_ids", "text"),
    ({"output_properties": "plan"}, "output_properties", "a list"),
    ({"behaviors": []}, "behaviors", "must not be empty"),
    ({"as_of_timestamp": "yesterday"}, "as_of_timestamp", "an integer"),
    ({"where": 'properties["a" =='}, "where", "expected"),
]


@pytest.mark.parametrize("kind", [MixpanelClient, AsyncMixpanelClient])
def test_all_refuses_at_once(
    sandbox: Sandbox, kind: type[MixpanelClient] | type[AsyncMixpanelClient]
) -> None:
    client = kind(**settings(sandbox, kind))
    for arguments, name, words in WRONG:
        with pytest.raises(InvalidArgumentError, match=words) as caught:
            client.profiles.all(**arguments)
        assert caught.value.argument.startswith(name), arguments
    assert len(sandbox.requests) == 0


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_files_and_streams_refuse_alike_before_anything_is_made(
    sandbox: Sandbox, tmp_path: Path, kind: str
) -> None:
    with MixpanelClient(**settings(sandbox)) as client:
        profiles: Any = Awaited(sandbox) if kind == "async" else client.profiles
        for arguments, name, words in WRONG:
            with pytest.raises(InvalidArgumentError, match=words) as caught:
                profiles.to_file(tmp_path / "people", **arguments)
            assert caught.value.argument.startswith(name), arguments
            with pytest.raises(InvalidArgumentError, match=words):
                profiles.to_stream(io.BytesIO(), **arguments)
    assert len(sandbox.requests) == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"behaviors": BEHAVIORS, "filter_by_cohort": {"id": 2001}}, "behaviors"),
        ({"include_all_users": False}, "include_all_users"),
        ({"page": 1}, "page"),
        ({"page": 1, "session_id": "s", "behaviors": BEHAVIORS}, "page"),
    ],
)
def test_a_single_page_is_refused_alike(sandbox: Sandbox, arguments: dict[str, Any], name: str) -> None:
    with MixpanelClient(**settings(sandbox)) as client, pytest.raises(InvalidArgumentError) as caught:
        client.profiles.query(**arguments)
    assert caught.value.argument == name

    async def run() -> None:
        async with AsyncMixpanelClient(**settings(sandbox, AsyncMixpanelClient)) as client:
            await client.profiles.query(**arguments)

    with pytest.raises(InvalidArgumentError):
        asyncio.run(run())
    assert len(sandbox.requests) == 0


def test_a_single_page_can_be_asked_for(sandbox: Sandbox) -> None:
    with MixpanelClient(**settings(sandbox)) as client:
        first = client.profiles.query()
        assert isinstance(first.session_id, str)
        second = client.profiles.query(session_id=first.session_id, page=1)
    assert (len(first.results), second.page) == (1000, 1)


def test_a_group_is_requested_by_its_id(sandbox: Sandbox) -> None:
    """The sandbox has no groups, and says so."""
    with MixpanelClient(**settings(sandbox)) as client, pytest.raises(Exception, match="no group profiles"):
        list(client.profiles.all(group=12))
