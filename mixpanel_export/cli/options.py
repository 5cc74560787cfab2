"""Options: their section of the help page, the library arguments that they set, the sizes and times they take.

Every `--help` imports this, so it imports nothing heavy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

__all__ = [
    "Option",
    "add_options",
    "argument_options",
    "one_of",
    "option",
    "parse_duration",
    "parse_size",
]

_Function = TypeVar("_Function", bound=Callable[..., Any])

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
