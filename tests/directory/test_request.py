"""The checks of a directory request."""

from __future__ import annotations

from typing import Any

import pytest

from mixpanel_export import InvalidArgumentError
from mixpanel_export.directory.request import DirectoryOptions, DirectoryRequest
from mixpanel_export.sandbox import Sandbox

from .manifests import FIRST, day


@pytest.mark.parametrize("look_back", [-1, 1.5, True, "3", 36_526, 10**15])
def test_look_back_must_be_a_number_of_days(look_back: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="look_back"):
        DirectoryRequest.make("d", FIRST, day(31), DirectoryOptions(), look_back=look_back)


def test_a_directory_starts_no_earlier_than_its_manifest_can() -> None:
    with Sandbox() as sandbox, sandbox.client() as client:
        with pytest.raises(InvalidArgumentError, match=r"^from_date: expected a day of the year 2 or later"):
            client.export.to_directory("d", "0001-12-31", "0002-01-01")
        assert not sandbox.requests
