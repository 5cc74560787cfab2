"""The command line, put together from its commands; each is in the module of its name in `commands`.

Data goes to standard output, everything else to standard error. Options that every command takes are in
`options`. Every `--help` imports this, so it imports nothing heavy.
"""

from __future__ import annotations

import click

from mixpanel_export.cli.base import Group
from mixpanel_export.cli.commands.annotations import annotations_group
from mixpanel_export.cli.commands.auth import auth
from mixpanel_export.cli.commands.codegen import codegen
from mixpanel_export.cli.commands.events import events
from mixpanel_export.cli.commands.generate_types import generate_types
from mixpanel_export.cli.commands.plan import plan
from mixpanel_export.cli.commands.profiles import profiles
from mixpanel_export.cli.commands.query import call, query
from mixpanel_export.cli.commands.sandbox import sandbox
from mixpanel_export.cli.commands.schema import schema
from mixpanel_export.cli.commands.verify import verify
from mixpanel_export.cli.common_options import common_options
from mixpanel_export.cli.completion import install_completion, show_completion
from mixpanel_export.cli.options import Option

__all__ = ["app"]

_EXIT_CODES = """
Exit codes: 0 done; 1 failed (Mixpanel, the network, the disk, an incomplete or damaged export); 2 wrong usage or
configuration, nothing was sent; 3 done, with malformed lines set aside; 130 interrupted (Ctrl-C); 141 standard
output was closed early, as by `head`; 143 terminated.
"""


def _print_version(context: click.Context, _: click.Parameter, given: bool) -> None:
    if given:
        import importlib.metadata

        click.echo(f"mixpanel-export {importlib.metadata.version('mixpanel-export-sdk')}")
        context.exit()


@click.group(
    "mixpanel-export",
    cls=Group,
    params=[
        *common_options(),
        Option(
            ["--version"],
            is_flag=True,
            expose_value=False,
            is_eager=True,
            callback=_print_version,
            help="Print the version.",
        ),
        install_completion,
        show_completion,
    ],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=" ".join(_EXIT_CODES.split()),
    example=(
        "mixpanel-export query segmentation query --event Purchase --from 2024-01-01 --to 2024-01-31 --plot "
        "--sandbox"
    ),
)
def app() -> None:
    """Export events, profiles and reports from Mixpanel.

    Credentials and the project are read from options, then from MIXPANEL_* (or MP_*) environment variables, then
    from a profile of the configuration file. --sandbox needs none. `auth check` shows which credentials are used
    and what they can reach. Options for credentials and output can stand before or after the command.
    """


for _command in (
    events,
    plan,
    profiles,
    verify,
    query,
    annotations_group,
    call,
    schema,
    generate_types,
    auth,
    sandbox,
    codegen,
):
    app.add_command(_command)
