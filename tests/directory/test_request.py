"""The checks of a directory request."""

from __future__ import annotations

from typing import Any

import pytest

from mixpanel_export import InvalidArgumentError
from mixpanel_export.directory.request import DirectoryOptions, DirectoryRequest

from .manifests import FIRST, day


@pytest.mark.parametrize("look_back", [-1, 1.5, True, "3", 36_526, 10**15])
def test_look_back_must_be_a_number_of_days(look_back: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="look_back"):
        DirectoryRequest.make("d", FIRST, day(31), DirectoryOptions(), look_back=look_back)
