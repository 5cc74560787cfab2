"""What every command takes: which credentials and project, and how it speaks.

These options may stand before the command or after it. Every `--help` imports it, so it imports
nothing heavy.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

import typer

if TYPE_CHECKING:
    from mixpanel_export.cli.report import Reporter
    from mixpanel_export.settings import Layer

__all__ = ["Invocation", "set_signature", "with_common"]

_WHOSE = "Credentials and project"
_HOW = "What is said while it runs (on standard error)"

ProgressMode = Literal["auto", "bar", "json", "none"]


def _take(context: typer.Context, parameter: typer.CallbackParam, value: Any) -> Any:
    """Take an option at once, so that it counts for what is said of the others."""
    if isinstance(context.obj, Invocation):
        context.obj.add({str(parameter.name): value})
    return value


def _options(
    profile: Annotated[
        str | None,
        typer.Option(
            "--profile",
            envvar="MIXPANEL_PROFILE",
            help="The profile of the configuration file.",
            metavar="NAME",
            rich_help_panel=_WHOSE,
        ),
    ] = None,
    config: Annotated[
        str | None,
        typer.Option(
            "--config",
            envvar="MIXPANEL_CONFIG",
            help="The configuration file, where it is not at its usual place.",
            metavar="FILE",
            rich_help_panel=_WHOSE,
        ),
    ] = None,
    username: Annotated[
        str | None,
        typer.Option(
            "--username", help="The service account's name.", metavar="NAME", rich_help_panel=_WHOSE
        ),
    ] = None,
    secret: Annotated[
        str | None,
        typer.Option(
            "--secret",
            help="Its secret. Others see it in the list of processes: rather use the environment, the "
            "configuration file or a keyring.",
            metavar="SECRET",
            rich_help_panel=_WHOSE,
        ),
    ] = None,
    oauth_token: Annotated[
        str | None,
        typer.Option(
            "--oauth-token",
            help="An OAuth token; seen by others as well.",
            metavar="TOKEN",
            rich_help_panel=_WHOSE,
        ),
    ] = None,
    api_key: Annotated[str | None, typer.Option("--api-key", hidden=True)] = None,
    api_secret: Annotated[str | None, typer.Option("--api-secret", hidden=True)] = None,
    project_id: Annotated[
        str | None,
        typer.Option("--project-id", help="The project's id.", metavar="ID", rich_help_panel=_WHOSE),
    ] = None,
    workspace_id: Annotated[
        str | None,
        typer.Option(
            "--workspace-id",
            help="The data view, for reports and profiles.",
            metavar="ID",
            rich_help_panel=_WHOSE,
        ),
    ] = None,
    region: Annotated[
        str | None,
        typer.Option(
            "--region",
            help="Where the project lives: us, eu or in.",
            metavar="REGION",
            rich_help_panel=_WHOSE,
        ),
    ] = None,
    timezone: Annotated[
        str | None,
        typer.Option(
            "--timezone",
            help="The project's time zone, an IANA name.",
            metavar="ZONE",
            rich_help_panel=_WHOSE,
        ),
    ] = None,
    base_url: Annotated[
        str | None,
        typer.Option(
            "--base-url", help="One root for all calls: a proxy.", metavar="URL", rich_help_panel=_WHOSE
        ),
    ] = None,
    sandbox: Annotated[
        bool | None,
        typer.Option(
            "--sandbox",
            help="Ask the embedded sandbox's sample shop, which needs no credentials.",
            rich_help_panel=_WHOSE,
        ),
    ] = None,
    progress: Annotated[
        ProgressMode | None,
        typer.Option(
            "--progress",
            help="A moving line (bar), a JSON object a line (json) or nothing (none). By default (auto) a moving "
            "line in a terminal, and a line with the time now and then in a log.",
            rich_help_panel=_HOW,
            is_eager=True,
            callback=_take,
        ),
    ] = None,
    quiet: Annotated[
        bool | None,
        typer.Option("--quiet", "-q", help="Say nothing but warnings and errors.", rich_help_panel=_HOW),
    ] = None,
    debug: Annotated[
        bool | None,
        typer.Option(
            "--debug",
            help="Show a traceback when something fails.",
            rich_help_panel=_HOW,
            is_eager=True,
            callback=_take,
        ),
    ] = None,
) -> None:
    """The options, as a signature."""


_PARAMETERS: Mapping[str, inspect.Parameter] = {
    name: parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
    for name, parameter in inspect.signature(_options, eval_str=True).parameters.items()
}


def _of_command(parameter: inspect.Parameter) -> inspect.Parameter:
    """The same after a command: of those for credentials and project, the help shows two."""
    kind, option = get_args(parameter.annotation)
    option = copy.copy(option)
    option.hidden = parameter.name not in {"profile", "sandbox", "progress", "quiet", "debug"}
    # It was read before the command, where an option may have said otherwise.
    option.envvar = None
    return parameter.replace(annotation=Annotated[kind, option])


_PARAMETERS_OF_COMMANDS: Mapping[str, inspect.Parameter] = {
    name: _of_command(parameter) for name, parameter in _PARAMETERS.items()
}


class Invocation:
    """One run of the command: the common options that were given, before the command or after it."""

    def __init__(self) -> None:
        self._given: dict[str, Any] = {}
        self._parameters: Sequence[Any] = ()

    def add(self, given: Mapping[str, Any]) -> None:
        """Take options; those given later count."""
        self._given |= {name: value for name, value in given.items() if value is not None}

    def begin(self, command: Any) -> None:
        """Take the command that is run, which is asked what its options are called."""
        self._parameters = command.params

    @property
    def names(self) -> Mapping[str, str]:
        """What the command calls the arguments that an error may name."""
        from mixpanel_export.cli.errors import names_of

        return names_of(self._parameters)

    @property
    def debug(self) -> bool:
        return bool(self._given.get("debug"))

    @property
    def as_json(self) -> bool:
        return self._given.get("progress") == "json"

    @property
    def sandbox(self) -> bool:
        return bool(self._given.get("sandbox"))

    @property
    def profile(self) -> str | None:
        return self._given.get("profile") or None

    @property
    def config(self) -> str | None:
        return self._given.get("config") or None

    @property
    def flags(self) -> Layer:
        """The settings given as options."""
        from mixpanel_export.settings import CREDENTIALS, OPTIONS, Layer

        names = {name: f"--{name.replace('_', '-')}" for name in (*CREDENTIALS, *OPTIONS)}
        values = {name: self._given[name] for name in names if self._given.get(name)}
        return Layer("on the command line", values, names)

    @cached_property
    def reporter(self) -> Reporter:
        """What speaks for it."""
        from mixpanel_export.cli.report import Reporter

        return Reporter(self._given.get("progress", "auto"), quiet=bool(self._given.get("quiet")))


def with_common(function: Callable[..., None], *, is_root: bool = False) -> Callable[..., None]:
    """Make a command that takes the common options beside its own.

    Args:
        function: does it. Its first argument is the `Invocation`; the others are options, as for `typer`.
        is_root: show them all in the help; the help of the commands shows a few.
    """
    _, *own = inspect.signature(function, eval_str=True).parameters.values()

    def command(**given: Any) -> None:
        context: typer.Context = given.pop("context")
        invocation: Invocation = context.obj
        invocation.begin(context.command)
        invocation.add({name: given.pop(name) for name in _PARAMETERS})
        function(invocation, **given)

    context = inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    keyword = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in own]
    common = _PARAMETERS if is_root else _PARAMETERS_OF_COMMANDS
    set_signature(command, [context, *keyword, *common.values()])
    command.__name__ = function.__name__
    command.__doc__ = _in_paragraphs(inspect.getdoc(function) or "")
    return command


def _in_paragraphs(text: str) -> str:
    """Each paragraph on one line, as wide as the terminal; `typer` keeps the line ends of all but the first."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


def set_signature(function: Callable[..., None], parameters: Sequence[inspect.Parameter]) -> None:
    """Say which parameters a function has that takes any; `typer` makes options of them."""
    function.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
