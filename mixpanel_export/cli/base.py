"""The classes of commands and groups: their help pages, and the options that all of them take.

Every `--help` imports this, so it imports nothing heavy.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from mixpanel_export.cli.common_options import common_options
from mixpanel_export.cli.invocation import Invocation
from mixpanel_export.cli.options import argument_options, one_of

__all__ = ["Command", "Group"]

_OF_CLIENTS = {"--profile", "--sandbox", "--max-wait"}
_SHOWN_AFTER_COMMANDS = {*_OF_CLIENTS, "--progress", "--quiet", "--debug"}
_MORE_OPTIONS = "`mixpanel-export --help` lists the other options for credentials, region and time zone."


class _Sectioned(click.Command):
    """A command whose help page lists its options by section, and ends with an example.

    Args:
        example: one or more command lines, as a user would type them.
    """

    def __init__(self, name: str | None, *, example: str = "", **settings: Any) -> None:
        super().__init__(name, **settings)
        self.example = example

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence whole: the list of commands wraps it."""
        return super().get_short_help_str(max(limit, 200))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_epilog(ctx, formatter)
        if self.example:
            with formatter.section("Example"):
                for line in self.example.splitlines():
                    formatter.write(f"{'':{formatter.current_indent}}{line}\n")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and not isinstance(parameter, click.Argument):
                section = getattr(parameter, "section", "Options")
                sections.setdefault(section, []).append(record)
        for title, records in sections.items():
            with formatter.section(title):
                formatter.write_dl(records)


class Command(_Sectioned):
    """A command that takes the common options beside its own.

    Args:
        connects: False for a command that needs no client; its help page leaves out the options of clients.
    """

    def __init__(
        self,
        name: str | None,
        *,
        params: Sequence[click.Parameter] | None = None,
        connects: bool = True,
        **settings: Any,
    ) -> None:
        shown = _SHOWN_AFTER_COMMANDS if connects else _SHOWN_AFTER_COMMANDS - _OF_CLIENTS
        if connects:
            settings.setdefault("epilog", _MORE_OPTIONS)
        super().__init__(name, params=[*(params or ()), *common_options(shown)], **settings)

    def invoke(self, ctx: click.Context) -> Any:
        invocation = ctx.ensure_object(Invocation)
        invocation.option_names = argument_options(self.params)
        invocation.command_path = ctx.command_path
        # Not click's own `invoke`, whose warning of a deprecated command says less than the library's.
        return None if self.callback is None else ctx.invoke(self.callback, **ctx.params)


class Group(_Sectioned, click.Group):
    """A group that lists its commands in the order in which they were added."""

    command_class: type[click.Command] | None = Command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if not ctx.resilient_parsing and self.get_command(ctx, args[0]) is None:
            import difflib

            similar = difflib.get_close_matches(args[0], self.list_commands(ctx))
            advice = f"; did you mean {one_of(similar)}?" if similar else ""
            raise click.UsageError(f"no such command {args[0]!r}{advice}", ctx)
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)
