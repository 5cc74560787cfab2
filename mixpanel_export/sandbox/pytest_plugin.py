"""The pytest plugin: a fixture with a running sandbox, for this package's tests and for its users'.

pytest loads this for everyone who has the package installed, with or without the extra, so nothing
is imported before a test asks for the fixture.
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
    """A running sandbox of the test's own: see `mixpanel_export.sandbox.Sandbox`.

    Of the test's own, because what a test does to a sandbox (requests that use up its budget, annotations)
    must not be met by the next test; the sample data is shared all the same, so it costs milliseconds.

    It keeps Mixpanel's limits, three exports a second among them; a test that is not about them may set
    `mixpanel_sandbox.limits = None`.
    """
    from mixpanel_export.sandbox import Sandbox

    with Sandbox() as sandbox:
        yield sandbox
