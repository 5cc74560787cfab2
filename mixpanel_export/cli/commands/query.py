"""`mixpanel-export query`: every reading operation of the contract as a command.

Nothing here names an operation. The options of a command, their types and their choices come from the schemas of
the operation, and its help page is the docstring of the resource's method. Commands are made when they are needed.
"""

from __future__ import annotations

import importlib
import inspect
import json
from collections.abc import Callable, Mapping
from functools import cached_property
from types import ModuleType
from typing import TYPE_CHECKING, Any

import click

from mixpanel_export.cli.invocation import Invocation
from mixpanel_export.cli.options import Command, Group, Option

if TYPE_CHECKING:
    from mixpanel_export_api.api import Operation

__all__ = ["OperationsGroup", "query"]

# As `events` has them.
_SHORT = {"from_date": "--from", "to_date": "--to"}
_TYPES: Mapping[str, Any] = {"integer": int, "number": float, "string": str}
_METAVARS = {"date": "DATE", "mixpanel-datetime": "TIME", "mixpanel-expression": "EXPR"}
_TABLES = "Table and chart"


class OperationsGroup(Group):
    """The operations of one tag of the contract.

    Args:
        with_writes: include operations that change data.
    """

    def __init__(self, tag: str, *, with_writes: bool, help: str | None = None) -> None:
        super().__init__(tag, help=help, no_args_is_help=True)
        self._with_writes = with_writes

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._operations)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        operation = self._operations.get(cmd_name)
        if operation is None:
            return None
        resource = getattr(self._module, f"{str(self.name).title()}Resource")
        return _command(operation, resource)

    def get_short_help_str(self, limit: int = 45) -> str:
        return self.help or f"{', '.join(self._operations)}."

    @cached_property
    def _module(self) -> ModuleType:
        return importlib.import_module(f"mixpanel_export_api.api.{self.name}")

    @cached_property
    def _operations(self) -> Mapping[str, Operation[Any]]:
        from mixpanel_export_api.api import Operation

        found: list[Any] = [value for value in vars(self._module).values() if isinstance(value, Operation)]
        operations: list[Operation[Any]] = found
        return {
            operation.name.partition(".")[2].replace("_", "-"): operation
            for operation in operations
            if self._with_writes or not operation.writes
        }


class _QueryGroup(Group):
    """The tags of the contract."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        from mixpanel_export_api.api import Resources

        return [name for name, value in vars(Resources).items() if isinstance(value, cached_property)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        known = cmd_name in self.list_commands(ctx)
        return OperationsGroup(cmd_name, with_writes=False) if known else None


query: click.Group = _QueryGroup("query", help="Run any report or list, by group.", no_args_is_help=True)


def _command(operation: Operation[Any], resource: type) -> Command:
    tag, _, method = operation.name.partition(".")
    text, arguments = _parse_docstring(getattr(resource, method))
    required_first = sorted(operation.schemas, key=lambda name: name not in operation.required)

    @click.pass_obj
    def run(
        invocation: Invocation, /, output: str | None, plot: bool, chart: str | None, **arguments: Any
    ) -> None:
        from mixpanel_export.cli.clients import client_for
        from mixpanel_export.cli.output.target import QueryTarget

        target = QueryTarget.from_options(output, plot=plot, chart=chart)
        # Options that may be repeated are empty when they are not given.
        given = {name: value for name, value in arguments.items() if value not in (None, ())}
        with client_for(invocation) as client:
            response = getattr(getattr(client, tag), method)(**given)
        target.write(response, operation.name, invocation.reporter)

    return Command(
        method.replace("_", "-"),
        callback=run,
        help=text,
        params=[
            *(_option(operation, name, arguments.get(name, "")) for name in required_first),
            *_output_parameters(),
        ],
    )


def _output_parameters() -> list[click.Parameter]:
    return [
        Option(
            ["--output", "-o"],
            metavar="FORMAT|FILE",
            section=_TABLES,
            help="table (the default), json, jsonl, csv or parquet, or a file with such an ending, such as "
            "numbers.csv. json is the response as received; the others contain its rows.",
        ),
        Option(
            ["--plot"],
            is_flag=True,
            section=_TABLES,
            help="Draw series, a funnel or retention, in the terminal or to CHART.",
        ),
        # Its help is that of --plot.
        click.Argument(["chart"], required=False, metavar="[CHART]"),
    ]


def _option(operation: Operation[Any], name: str, help: str) -> Option:
    """Make the option of an argument from its schema."""
    schema = operation.schemas[name]
    flag = f"--{name.replace('_', '-')}"
    flags = [flag, *([_SHORT[name]] if name in _SHORT else [])]
    if f"{{{name}}}" in operation.path and name.endswith("_id"):
        flags.append("--id")
    settings: dict[str, Any] = {"metavar": _METAVARS.get(schema.get("format", ""))}
    items = schema.get("items", {})
    if "enum" in schema:
        settings["type"] = click.Choice(schema["enum"])
    elif schema.get("type") == "array" and items.get("type") in _TYPES:
        settings |= {"type": _TYPES[items["type"]], "multiple": True}
        help = f"{help} Can be repeated."
    elif schema.get("type") in {"object", "array"}:
        settings |= {"type": _parse_json, "metavar": "JSON"}
        help = f"{help} As JSON."
    elif schema.get("type") == "boolean":
        flags = [f"{flag}/--no-{flag.removeprefix('--')}"]
        settings["default"] = None
    else:
        settings["type"] = _TYPES.get(str(schema.get("type")), str)
    return Option([*flags, name], required=name in operation.required, help=help, **settings)


def _parse_json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise click.BadParameter(f"expected JSON, got {text!r}: {error}") from None


def _parse_docstring(method: Callable[..., Any]) -> tuple[str, dict[str, str]]:
    """Return the text of a docstring, and its description of each argument."""
    text = inspect.getdoc(method) or ""
    body = text.partition("\nArgs:\n")[0].partition("\nReturns:\n")[0]
    arguments: dict[str, str] = {}
    name = ""
    for line in text.partition("\nArgs:\n")[2].partition("\n\n")[0].splitlines():
        if line.startswith("     "):
            arguments[name] += f" {line.strip()}"
        else:
            name, _, description = line.strip().partition(": ")
            arguments[name] = description
    return body.strip(), arguments
