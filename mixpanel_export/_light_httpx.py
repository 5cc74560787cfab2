"""Imports httpx without its command line client.

httpx imports click, rich and Pygments wherever they happen to be installed, for a command that nobody here
calls; that would double the time `import mixpanel_export` takes. Imported before anything that imports httpx.
"""

import sys

_COMMAND = "httpx._main"

if "httpx" not in sys.modules:
    # None makes the import system raise ImportError, on which httpx goes on without its command.
    sys.modules[_COMMAND] = None  # type: ignore[assignment]  # pyright: ignore[reportArgumentType]
    try:
        import httpx  # noqa: F401  # pyright: ignore[reportUnusedImport]
    finally:
        del sys.modules[_COMMAND]
