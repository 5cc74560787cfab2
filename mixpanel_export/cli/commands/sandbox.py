"""`mixpanel-export sandbox`: run the embedded sandbox on its own."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import click

from mixpanel_export.cli.base import Command
from mixpanel_export.cli.invocation import Invocation, pass_invocation
from mixpanel_export.cli.options import option

__all__ = ["sandbox"]


@click.command(
    "sandbox",
    cls=Command,
    connects=False,
    short_help="Run a stand-in for Mixpanel, with sample data, on this machine.",
    example="mixpanel-export sandbox --port 8080 --no-limits",
)
@option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="PORT",
    help="Port to listen on. Default: a free one.",
)
@option(
    "--events",
    metavar="PATH",
    help="Serve these events instead of the sample: a .jsonl or .jsonl.gz file, or a directory of them.",
)
@option(
    "--no-limits",
    is_flag=True,
    help="Do not enforce Mixpanel's limits on requests and concurrency.",
)
@option(
    "--variant",
    "variants",
    metavar="NAME",
    multiple=True,
    help="Imitate a response seen at Mixpanel, such as annotations.user_missing; can be repeated.",
)
@pass_invocation
def sandbox(
    invocation: Invocation, port: int, events: str | None, no_limits: bool, variants: Sequence[str]
) -> None:
    """Run the embedded sandbox on loopback until interrupted, and print how to reach it."""
    from mixpanel_export.sandbox import Limits, Sandbox

    limits = None if no_limits else Limits.mixpanel()
    with Sandbox(port=port, events=events, limits=limits, variants=variants) as server:
        click.echo(f"# The sandbox is running at {server.url}; press Ctrl-C to stop it.")
        click.echo(f"# Inject faults and view the request log at {server.control_url}")
        click.echo("# Paste this into another shell:")
        for name, value in server.credentials.environment(server.url).items():
            click.echo(f"export {name}={value}")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            raise KeyboardInterrupt("the sandbox has stopped") from None
