"""The pytest plugin: a fixture that provides a running sandbox.

pytest loads this module wherever the package is installed, with or without the extra, so the sandbox is
imported only when a test uses the fixture.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mixpanel_export.sandbox import Sandbox

__all__ = ["mixpanel_sandbox"]


@pytest.fixture
def mixpanel_sandbox() -> Iterator[Sandbox]:
    """Provide a running sandbox for one test; see `mixpanel_export.sandbox.Sandbox`.

    Each test gets a new sandbox, so that created annotations don't leak into the next test.
    Starting one takes milliseconds, because the sample data is shared.

    No request limits apply, so that no test waits for a budget. Set
    `mixpanel_sandbox.limits = Limits.mixpanel()` to test code that meets them.
    """
    from mixpanel_export.sandbox import Sandbox

    with Sandbox(limits=None) as sandbox:
        yield sandbox
