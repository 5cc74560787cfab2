"""Keeps httpx from importing its command line client. Imported first of all, by the package itself.

httpx imports click, rich and Pygments wherever they happen to be installed, for a command that nobody here calls;
that would double the time that it takes.
"""

from __future__ import annotations

import sys

_COMMAND = "httpx._main"


class _Refusal:
    """A finder that refuses one module, once."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name != _COMMAND:
            return
        sys.meta_path.remove(self)
        # httpx goes on without its command.
        raise ImportError(f"{_COMMAND} is not needed", name=_COMMAND)


if "httpx" not in sys.modules:
    sys.meta_path.insert(0, _Refusal())
