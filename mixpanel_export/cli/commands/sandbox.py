"""`mixpanel-export sandbox`: the embedded Mixpanel, on its own."""

from __future__ import annotations

import threading

from mixpanel_export.sandbox import Limits, Sandbox

__all__ = ["serve"]


def serve(port: int, events: str | None, limits: bool) -> None:
    """Serve until interrupted; prints the URL and the credentials, ready to paste into a shell."""
    with Sandbox(port=port, events=events, limits=Limits.mixpanel() if limits else None) as server:
        print(f"# The sandbox answers at {server.url} until you press Ctrl-C.")
        print(f"# It is told to misbehave, and says what it was asked, at {server.control_url}")
        print("# Paste this into another shell:")
        for name, value in server.credentials.environment(server.url).items():
            print(f"export {name}={value}", flush=True)
        threading.Event().wait()
