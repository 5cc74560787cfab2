"""The examples of the contract, which stand in the docstring of each method, can be called as they are."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

import pytest

from mixpanel_export import BadRequestError, MixpanelClient, NotFoundError
from mixpanel_export.sandbox import Sandbox
from mixpanel_export_api.api.segmentation import AsyncSegmentationResource, SegmentationResource
from tests.spec.operations import OPERATIONS, Described

PRIVACY = {"retrievals", "deletions"}


def call(client: MixpanelClient, described: Described, example: Mapping[str, Any]) -> None:
    getattr(getattr(client, described.tag), described.name)(**example)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_example_is_answered_by_the_sandbox() -> None:
    # What is deleted cannot be read any more.
    ordered = sorted(OPERATIONS, key=lambda described: "delete" in described.id)
    with (
        Sandbox(limits=None) as sandbox,
        sandbox.client() as usual,
        MixpanelClient(sandbox.credentials.oauth(), project_id=1234567, base_url=sandbox.url) as privacy,
    ):
        for described in ordered:
            client = privacy if described.tag in PRIVACY else usual
            # The sandbox runs no JQL, and has no job of that id.
            is_unknown = described.tag in {"jql", *PRIVACY}
            with contextlib.suppress(*(BadRequestError, NotFoundError) * is_unknown):
                call(client, described, described.node["x-example"])


def test_every_operation_has_an_example() -> None:
    assert [described.id for described in OPERATIONS if "x-example" not in described.node] == []


def test_examples_are_in_the_docstrings() -> None:
    sync, asynchronous = SegmentationResource.query.__doc__, AsyncSegmentationResource.query.__doc__
    assert ">>> client.segmentation.query(\n" in (sync or "")
    assert ">>> await client.segmentation.query(\n" in (asynchronous or "")
