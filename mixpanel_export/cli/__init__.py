"""The `mixpanel-export` command. Commands are in `commands`, exit codes and signals in `main`."""

from __future__ import annotations

from mixpanel_export.cli.main import main

__all__ = ["main"]
