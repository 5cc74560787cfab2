"""The command `mixpanel-export`; its parts are imported only when it runs.

Exit codes: 0 done, 1 failed (Mixpanel, the network, the disk, an incomplete export), 2 wrong usage,
130 interrupted.
"""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line with the process's arguments."""
    try:
        code = _run()
    except KeyboardInterrupt:
        # Before there was a command to take it.
        code = 130
    sys.exit(code)


def _run() -> int:
    try:
        import rich
        import typer  # noqa: F401  # pyright: ignore[reportUnusedImport]
    except ImportError:
        from mixpanel_export.errors import MissingExtraError

        sys.exit(f"error: {MissingExtraError('The command mixpanel-export', 'cli')}")
    del rich
    from mixpanel_export.cli.app import run

    return run()
