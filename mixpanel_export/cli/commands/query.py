"""`mixpanel-export query` and `call`: the operations of the contract as commands; `query` only has those that read.

Nothing here names an operation. The options of a command, their types and their choices come from the schemas of
the operation, and its help page is the docstring of the resource's method. Commands are made when they are needed.
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from types import ModuleType
from typing import TYPE_CHECKING, Any

import click

from mixpanel_export.cli.base import Command, Group
from mixpanel_export.cli.commands.reports import reports
from mixpanel_export.cli.examples import example_of
from mixpanel_export.cli.invocation import Invocation
from mixpanel_export.cli.options import Option
from mixpanel_export.cli.output_options import output_parameters
from mixpanel_export.cli.suggestions import suggest_events

if TYPE_CHECKING:
    from mixpanel_export_api.api import Operation

__all__ = ["OperationsGroup", "call", "query"]

# As `events` has them.
_SHORT = {"from_date": "--from", "to_date": "--to"}
_TYPES: Mapping[str, Any] = {"integer": int, "number": float, "string": str}
_METAVARS = {"date": "DATE", "mixpanel-datetime": "TIME", "mixpanel-expression": "EXPR"}


class OperationsGroup(Group):
    """The operations of one tag of the contract.

    Args:
        with_writes: include operations that change data.
        path: the command line that leads here.
    """

    def __init__(self, tag: str, *, path: str, with_writes: bool, **settings: Any) -> None:
        super().__init__(tag, no_args_is_help=True, **settings)
        self._with_writes = with_writes
        self._path = path

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._operations)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        operation = self._operations.get(cmd_name)
        return None if operation is None else _command(operation, self._resource, f"{self._path} {cmd_name}")

    @property
    def _resource(self) -> type:
        resource: type = getattr(self._module, f"{str(self.name).title()}Resource")
        return resource

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

    def __init__(
        self, name: str, *, with_writes: bool, others: Mapping[str, click.Command], **settings: Any
    ) -> None:
        super().__init__(name, **settings)
        self._with_writes = with_writes
        self._others = others

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self._tags, *self._others]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._tags:
            return self._others.get(cmd_name)
        path = f"mixpanel-export {self.name} {cmd_name}"
        return OperationsGroup(
            cmd_name,
            path=path,
            with_writes=self._with_writes,
            help=inspect.getdoc(self._tags[cmd_name]),
            example=f"{path} --help",
        )

    @cached_property
    def _tags(self) -> Mapping[str, cached_property[Any]]:
        from mixpanel_export_api.api import Resources

        found: Mapping[str, Any] = vars(Resources)
        tags: dict[str, cached_property[Any]] = {}
        for name, value in found.items():
            if isinstance(value, cached_property):
                tags[name] = value
        return tags


query: click.Group = _QueryGroup(
    "query",
    with_writes=False,
    others={"reports": reports},
    help="Run reports, and list what a project has.",
    no_args_is_help=True,
    example="mixpanel-export query segmentation --help",
)

call: click.Group = _QueryGroup(
    "call",
    with_writes=True,
    others={},
    help="Run any operation of the API, including those that change Lexicon schemas or send privacy requests.",
    no_args_is_help=True,
    example="mixpanel-export call schemas --help",
)


def _command(operation: Operation[Any], resource: type, path: str) -> Command:
    method = getattr(resource, operation.name.partition(".")[2])
    text, arguments = _parse_docstring(method)
    required_first = sorted(operation.schemas, key=lambda name: name not in operation.required)
    plots = _returns_table(method)

    @click.pass_obj
    def run(
        invocation: Invocation,
        /,
        output: str | None,
        plot: bool = False,
        chart: str | None = None,
        **arguments: Any,
    ) -> None:
        from mixpanel_export.cli.running import run_operation

        # Options that may be repeated are empty when they are not given.
        given = {name: value for name, value in arguments.items() if value not in (None, ())}
        for name in filter(_names_events, given):
            if operation.schemas[name].get("type") != "array":
                given[name] = _last(name, given[name], invocation)
        run_operation(invocation, operation, given, output=output, plot=plot, chart=chart)

    return Command(
        path.rpartition(" ")[2],
        callback=run,
        help=_for_shell(text, operation),
        deprecated=bool(operation.deprecated),
        example=example_of(path, operation, plots=plots),
        params=[
            *(
                _option(operation, name, _for_shell(arguments.get(name, ""), operation))
                for name in required_first
            ),
            *output_parameters(plots=plots),
        ],
    )


def _returns_table(method: Callable[..., Any]) -> bool:
    """Tell whether a method returns a series, a funnel or retention, which can be drawn."""
    from mixpanel_export_api.api import Table

    names = re.findall(r"\w+", str(inspect.signature(method).return_annotation))
    found = [inspect.unwrap(method).__globals__.get(name) for name in names]
    return any(isinstance(kind, type) and issubclass(kind, Table) for kind in found)


def _option(operation: Operation[Any], name: str, help: str) -> Option:
    """Make the option of an argument from its schema."""
    schema = operation.schemas[name]
    flag = f"--{name.replace('_', '-')}"
    flags = [flag, *([_SHORT[name]] if name in _SHORT else [])]
    if f"{{{name}}}" in operation.path and name.endswith("_id"):
        flags.append("--id")
    settings: dict[str, Any] = {}
    items = schema.get("items", {})
    if "enum" in schema:
        settings["type"] = click.Choice(schema["enum"])
        # --output has a name for each format.
        settings["hidden"] = operation.csv and name == "format"
    elif schema.get("type") == "array" and items.get("type") in _TYPES:
        settings |= {"type": _TYPES[items["type"]], "metavar": _metavar(name, items), "multiple": True}
        help = f"{help} Can be repeated."
    elif schema.get("type") in {"object", "array"}:
        settings |= {"type": _parse_json, "metavar": "JSON"}
        help = f"{help} As JSON."
    elif schema.get("type") == "boolean":
        flags = [f"{flag}/--no-{flag.removeprefix('--')}"]
        settings["default"] = None
        help = re.sub("^True to (.)", lambda found: found[1].upper(), help)
    else:
        settings |= {"type": _TYPES.get(str(schema.get("type")), str), "metavar": _metavar(name, schema)}
    if _names_events(name):
        settings |= {"shell_complete": suggest_events, "multiple": True}
    return Option([*flags, name], required=name in operation.required, help=help, **settings)


def _last(name: str, values: Sequence[str], invocation: Invocation) -> str:
    """Return the last event given to a command that takes one, and warn of the others."""
    if len(values) > 1:
        invocation.reporter.warning(
            f"{invocation.option_names[name]} takes one value and is given {len(values)} times; the last one counts"
        )
    return values[-1]


def _names_events(argument: str) -> bool:
    from mixpanel_export.http.event_names import EVENT_ARGUMENTS

    return argument in EVENT_ARGUMENTS


def _for_shell(help: str, operation: Operation[Any]) -> str:
    """Return a text with options instead of arguments."""
    for name in operation.schemas:
        help = help.replace(f"`{name}`", _SHORT.get(name, f"--{name.replace('_', '-')}"))
    return help.replace(" JSON text on the wire.", "")


def _metavar(name: str, schema: Mapping[str, Any]) -> str:
    """Return a word for the value of an option."""
    if _names_events(name):
        return "NAME"
    word = name.rpartition("_")[2]
    if word in {"id", "ids", "tags"}:
        return "ID"
    if word == "properties":
        return "NAME"
    if schema.get("type") == "integer":
        return "N"
    return _METAVARS.get(schema.get("format", "")) or ("TEXT" if word == "description" else word.upper())


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
