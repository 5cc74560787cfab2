"""Names that were changed keep working for one release."""

from __future__ import annotations

import pytest

import mixpanel_export
from mixpanel_export import Limits, Quota, RetryPolicy


def test_old_keywords_set_the_new_attributes_and_warn() -> None:
    with pytest.warns(DeprecationWarning, match=r"RetryPolicy\(first_wait=…\) is now called initial_wait=…"):
        policy = RetryPolicy(first_wait=0.1)  # type: ignore[call-arg]
    assert policy == RetryPolicy(initial_wait=0.1)


def test_old_attributes_are_readable_and_warn() -> None:
    with pytest.warns(DeprecationWarning, match=r"Quota\.at_once is now called concurrent"):
        assert Quota(concurrent=5).at_once == 5  # type: ignore[attr-defined]
    with pytest.warns(DeprecationWarning, match="max_wait"):
        assert Limits(longest_wait=3) == Limits(max_wait=3)  # type: ignore[call-arg]


def test_the_old_class_name_is_importable_and_warns() -> None:
    with pytest.warns(DeprecationWarning, match="Allowance is now called Quota"):
        assert mixpanel_export.Allowance is Quota
