"""Renamed names of the sandbox stay importable for one release."""

from __future__ import annotations

import pytest

from mixpanel_export import sandbox


@pytest.mark.parametrize(("old", "new"), [("Allowance", "Quota"), ("Faults", "FaultSchedule")])
def test_an_old_name_is_importable_and_warns(old: str, new: str) -> None:
    with pytest.warns(DeprecationWarning, match=rf"sandbox\.{old} is now called {new}"):
        assert getattr(sandbox, old) is getattr(sandbox, new)


def test_a_name_that_never_existed_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        sandbox.Nothing  # noqa: B018
