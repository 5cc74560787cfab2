"""Options: the ones every command takes, how an option maps to a library argument, help pages, and sizes.

Every `--help` imports this, so it imports nothing heavy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any, TypeVar

import click

from mixpanel_export.cli.invocation import Invocation
from mixpanel_export.cli.suggestions import suggest_profiles, suggest_regions, suggest_zones

__all__ = [
    "Command",
    "Group",
    "Option",
    "add_options",
    "argument_options",
    "common_options",
    "one_of",
    "option",
    "parse_duration",
    "parse_size",
]

_Function = TypeVar("_Function", bound=Callable[..., Any])

_CREDENTIALS = "Credentials and project"
_REPORTING = "Output and logging (to standard error)"
_SIZE = re.compile(r"(\d{1,15}(?:\.\d{1,9})?)\s*(?:([kmgt])(b|ib)?|b)?", re.ASCII | re.IGNORECASE)
_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*(s|m|h|)", re.ASCII | re.IGNORECASE)
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600}
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


class Option(click.Option):
    """An option of a command.

    Its parameter is named after the library argument that it sets.

    Args:
        section: the heading of the help page that it stands under.
        also_sets: other library arguments that it sets.
    """

    def __init__(
        self,
        param_decls: Sequence[str] | None = None,
        *,
        section: str = "Options",
        also_sets: Sequence[str] = (),
        **settings: Any,
    ) -> None:
        super().__init__(param_decls, **settings)
        self.section = section
        self.also_sets = also_sets

    def type_cast_value(self, ctx: click.Context, value: Any) -> Any:
        try:
            return super().type_cast_value(ctx, value)
        except click.BadParameter:
            expected = _expected(self.type)
            if expected is None or not isinstance(value, str):
                raise
            raise click.BadParameter(f"expected {expected}, got {value!r}", ctx, self) from None


def _expected(kind: click.ParamType[Any]) -> str | None:
    """Describe the values of a type of click's own, or return None."""
    match kind:
        case click.Choice():
            return one_of([repr(str(choice)) for choice in kind.choices])
        case click.IntRange():
            return f"an integer from {kind.min} to {kind.max}"
        case _:
            return {"integer": "an integer", "float": "a number"}.get(kind.name)


def one_of(names: Sequence[str]) -> str:
    """Join names: `jsonl, csv or parquet`."""
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def option(*names: str, **settings: Any) -> Callable[[_Function], _Function]:
    """Return the decorator that adds an `Option` to a command."""
    return click.option(*names, cls=Option, **settings)


def add_options(function: _Function, options: Sequence[Callable[[_Function], _Function]]) -> _Function:
    """Add options to a command, in this order."""
    for decorate in reversed(options):
        function = decorate(function)
    return function


def argument_options(parameters: Sequence[click.Parameter]) -> dict[str, str]:
    """Map each library argument to the option that sets it: its shortest long name, such as `--from`."""
    names: dict[str, str] = {}
    for parameter in parameters:
        shown = _name_of(parameter)
        for argument in (str(parameter.name), *getattr(parameter, "also_sets", ())):
            names[argument] = shown
    return names


def _name_of(parameter: click.Parameter) -> str:
    long = [option for option in parameter.opts if option.startswith("--")]
    return min(long, key=len) if long else str(parameter.metavar or parameter.name).strip("[]")


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


def parse_size(text: str) -> int:
    """Parse a size such as `256MB` (a power of 1000), `1GiB` or `512M` (powers of 1024), or a number of bytes.

    Raises:
        BadParameter: when the text is not a size.
    """
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise click.BadParameter(f"expected a size such as 512MiB, 1.5GB or 268435456 (bytes), got {text!r}")
    number, prefix, unit = match[1], (match[2] or "").lower(), (match[3] or "").lower()
    return int(float(number) * (1000 if unit == "b" else 1024) ** _POWERS[prefix])


def parse_duration(text: str) -> float:
    """Parse a time such as `30s`, `10m` or `2h`, or a number of seconds; return seconds.

    Raises:
        BadParameter: when the text is not a time.
    """
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise click.BadParameter(f"expected a time such as 30s, 10m or 2h, got {text!r}")
    return float(match[1]) * _SECONDS[match[2].lower()]


def _store(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
    """Hand a common option to the invocation at once, so that later usage errors are reported accordingly."""
    # Completion runs without an invocation.
    if isinstance(context.obj, Invocation):
        context.obj.add(str(parameter.name), value)
    return value


_COMMON: Sequence[tuple[str, Mapping[str, Any]]] = (
    (
        "--profile",
        {
            "envvar": "MIXPANEL_PROFILE",
            "metavar": "NAME",
            "shell_complete": suggest_profiles,
            "help": "Profile of the configuration file.",
        },
    ),
    (
        "--config",
        {
            "envvar": "MIXPANEL_CONFIG",
            "metavar": "FILE",
            "help": "Configuration file; by default config.toml in your configuration directory.",
        },
    ),
    ("--username", {"metavar": "NAME", "help": "Service account username."}),
    (
        "--secret",
        {
            "metavar": "SECRET",
            "help": "Service account secret. Visible in the process list: use the environment, the configuration "
            "file or a keyring instead.",
        },
    ),
    ("--oauth-token", {"metavar": "TOKEN", "help": "OAuth token. Visible in the process list."}),
    ("--api-key", {"metavar": "KEY", "hidden": True}),
    ("--api-secret", {"metavar": "SECRET", "hidden": True}),
    ("--project-id", {"metavar": "ID", "help": "Project id."}),
    ("--workspace-id", {"metavar": "ID", "help": "Data view id, for reports and profiles."}),
    (
        "--region",
        {
            "metavar": "[us|eu|in]",
            "shell_complete": suggest_regions,
            "help": "Data residency of the project. Default: us.",
        },
    ),
    (
        "--timezone",
        {
            "metavar": "ZONE",
            "shell_complete": suggest_zones,
            "help": "Time zone of the project, such as Europe/Berlin. Default: UTC.",
        },
    ),
    ("--base-url", {"metavar": "URL", "help": "One root URL for all calls, such as a proxy."}),
    (
        "--sandbox",
        {"is_flag": True, "help": "Use the sample data of the embedded sandbox; needs no credentials."},
    ),
    (
        "--max-wait",
        {
            "type": parse_duration,
            "metavar": "TIME",
            "section": _REPORTING,
            "help": "The longest wait for the request budget, such as 30s or 10m. Default: 2m; 2h for each request "
            "of an export to a directory.",
        },
    ),
    (
        "--progress",
        {
            "type": click.Choice(["auto", "bar", "json", "none"]),
            "is_eager": True,
            "section": _REPORTING,
            "help": "How to report progress: as a bar, as one JSON object per line, or not at all. Default: auto, "
            "a bar in a terminal and timestamped lines in a log.",
        },
    ),
    (
        "--quiet",
        {"is_flag": True, "section": _REPORTING, "help": "Print only warnings and errors."},
    ),
    (
        "--debug",
        {
            "is_flag": True,
            "is_eager": True,
            "section": _REPORTING,
            "help": "Print a traceback when something fails.",
        },
    ),
)
_OF_CLIENTS = {"--profile", "--sandbox", "--max-wait"}
_SHOWN_AFTER_COMMANDS = {*_OF_CLIENTS, "--progress", "--quiet", "--debug"}
_MORE_OPTIONS = "`mixpanel-export --help` lists the other options for credentials, region and time zone."


def common_options(shown: Container[str] | None = None) -> list[click.Parameter]:
    """Return the common options.

    Args:
        shown: the options on the help page of a command; None for the page of the program, which shows them all.
    """
    options: list[click.Parameter] = []
    for flag, settings in _COMMON:
        changed: dict[str, Any] = {"section": _CREDENTIALS, "default": None, **settings}
        if shown is not None:
            changed["hidden"] = flag not in shown
            # Already read before the command, where an option may have replaced it.
            changed.pop("envvar", None)
        short = ["-q"] if flag == "--quiet" else []
        options.append(Option([flag, *short], callback=_store, expose_value=False, **changed))
    return options
