"""`mixpanel-export query` and `annotations`: every operation of the contract as a command, made when asked for.

Nothing here names an operation. The options of a command, their types and what may be chosen are the operation's
schemas; the help is the documentation of the resource's method, which is the contract's.
"""

from __future__ import annotations

import importlib
import inspect
import json
from collections.abc import Callable, Mapping
from functools import cached_property
from types import GenericAlias
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import typer
from typer.core import TyperGroup

from mixpanel_export.cli.options import Invocation, set_signature, with_common
from mixpanel_export.errors import InvalidArgumentError

if TYPE_CHECKING:
    from mixpanel_export_api.api import Operation

__all__ = ["AnnotationsGroup", "QueryGroup"]

# As `events` has them.
_SHORT = {"from_date": "--from", "to_date": "--to"}
_TYPES: Mapping[str, Any] = {"integer": int, "number": float, "boolean": bool, "string": str}
_CHART = "Table and chart"


class QueryGroup(TyperGroup):
    """The tags of the contract, each a group of the operations that read."""

    def list_commands(self, ctx: Any) -> list[str]:
        return _tags()

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return _group_of(cmd_name, writes=False) if cmd_name in _tags() else None


class TagGroup(TyperGroup):
    """All operations under one tag, those that write included."""

    tag: ClassVar[str]

    def list_commands(self, ctx: Any) -> list[str]:
        return list(_group_of(self.tag, writes=True).commands)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return _group_of(self.tag, writes=True).commands.get(cmd_name)


class AnnotationsGroup(TagGroup):
    tag = "annotations"


def _tags() -> list[str]:
    from mixpanel_export_api.api import Resources

    return [name for name, value in vars(Resources).items() if isinstance(value, cached_property)]


def _group_of(tag: str, *, writes: bool) -> TyperGroup:
    from mixpanel_export_api.api import Operation

    module = importlib.import_module(f"mixpanel_export_api.api.{tag}")
    every: list[Any] = [value for value in vars(module).values() if isinstance(value, Operation)]
    offered: list[Operation[Any]] = [each for each in every if writes or not each.writes]
    names = [_name_of(each) for each in offered]
    group = typer.Typer(name=tag, no_args_is_help=True, help=f"{', '.join(names)}.")
    for each, name in zip(offered, names, strict=True):
        group.command(name)(with_common(_command(each, getattr(module, f"{tag.title()}Resource"))))
    return typer.main.get_group(group)


def _name_of(operation: Operation[Any]) -> str:
    return operation.name.partition(".")[2].replace("_", "-")


def _command(operation: Operation[Any], resource: type) -> Callable[..., None]:
    """The command of one operation, with a parameter for each of its arguments."""
    tag, _, method = operation.name.partition(".")
    help, arguments = _documented(getattr(resource, method))

    def command(
        invocation: Invocation, output: str | None, plot: bool, chart: str | None, **given: Any
    ) -> None:
        from mixpanel_export.cli.clients import client_for
        from mixpanel_export.cli.output.tables import Output

        target = Output.make(output, plot=plot, chart=chart)
        checked = {
            name: _value(name, value, operation.schemas[name])
            for name, value in given.items()
            if value is not None and value != []
        }
        with client_for(invocation) as client:
            answer = getattr(getattr(client, tag), method)(**checked)
        target.write(answer, operation.name, invocation.reporter)

    keyword = inspect.Parameter.KEYWORD_ONLY
    own = [
        inspect.Parameter(
            name,
            keyword,
            default=inspect.Parameter.empty if name in operation.required else None,
            annotation=_annotation(operation, name, arguments.get(name, "")),
        )
        for name in sorted(operation.schemas, key=lambda name: name not in operation.required)
    ]
    first = inspect.Parameter("invocation", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Invocation)
    shown = inspect.signature(_shown, eval_str=True).parameters.values()
    set_signature(command, [first, *own, *(each.replace(kind=keyword) for each in shown)])
    command.__name__ = method
    command.__doc__ = help
    return command


def _shown(
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            help="table (by default), json, jsonl, csv or parquet; or a file with such a name's end, such as "
            "numbers.csv. json is the answer as it came; the others have its rows.",
            metavar="FORMAT|FILE",
            rich_help_panel=_CHART,
        ),
    ] = None,
    plot: Annotated[
        bool,
        typer.Option(
            "--plot",
            help="Draw series, a funnel or retention: in the terminal, or to CHART.",
            rich_help_panel=_CHART,
        ),
    ] = False,
    chart: Annotated[
        str | None,
        typer.Argument(
            help="Where --plot draws to: a .png, .svg or .html file.", metavar="[CHART]", show_default=False
        ),
    ] = None,
) -> None:
    """What is done with any answer, as a signature."""


def _annotation(operation: Operation[Any], name: str, help: str) -> Any:
    schema = operation.schemas[name]
    flag = f"--{name.replace('_', '-')}"
    flags = [flag, *([_SHORT[name]] if name in _SHORT else [])]
    if f"{{{name}}}" in operation.path and name.endswith("_id"):
        flags.append("--id")
    metavar = None
    if "enum" in schema:
        kind: Any = Literal[tuple(schema["enum"])]
    elif schema.get("type") == "array" and schema["items"].get("type") in _TYPES:
        kind, help = GenericAlias(list, _TYPES[schema["items"]["type"]]), f"{help} May be repeated."
    elif _is_json(schema):
        kind, metavar, help = str, "JSON", f"{help} As JSON."
    else:
        kind = _TYPES.get(str(schema.get("type")), str)
        metavar = {"date": "DATE", "mixpanel-datetime": "TIME", "mixpanel-expression": "EXPR"}.get(
            schema.get("format", "")
        )
        if kind is bool:
            flags = [f"{flag}/--no-{flag.removeprefix('--')}"]
    wanted = kind if name in operation.required else kind | None
    return Annotated[wanted, typer.Option(*flags, help=_escaped(help), metavar=metavar)]


def _is_json(schema: Mapping[str, Any]) -> bool:
    return schema.get("type") in {"object", "array"}


def _value(name: str, given: Any, schema: Mapping[str, Any]) -> Any:
    if not _is_json(schema) or not isinstance(given, str):
        return given
    try:
        return json.loads(given)
    except ValueError as error:
        raise InvalidArgumentError(name, given, f"allowed is JSON, and this is none: {error}") from None


def _documented(method: Callable[..., Any]) -> tuple[str, dict[str, str]]:
    """The text of a method's documentation, and what it says of each argument."""
    text = inspect.getdoc(method) or ""
    body = text.partition("\nArgs:\n")[0].partition("\nReturns:\n")[0]
    arguments: dict[str, str] = {}
    name = ""
    for line in text.partition("\nArgs:\n")[2].partition("\n\n")[0].splitlines():
        if line.startswith("     "):
            arguments[name] += f" {line.strip()}"
        else:
            name, _, said = line.strip().partition(": ")
            arguments[name] = said
    return _escaped(body.strip()), arguments


def _escaped(text: str) -> str:
    """As it is, where `typer` would read markup."""
    from rich.markup import escape

    return escape(text)
