"""One run of the command line: the common options that were given. See `options` for their declarations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from mixpanel_export.cli.report import Reporter
    from mixpanel_export.settings import Layer

__all__ = ["Invocation", "pass_invocation"]


class Invocation:
    """The common options of one run, given before the command or after it.

    Attributes:
        option_names: the option that sets each library argument of the running command.
        command_path: the running command, such as `mixpanel-export events`; empty before it is known.
    """

    def __init__(self) -> None:
        self._given: dict[str, Any] = {}
        self.option_names: Mapping[str, str] = {}
        self.command_path: str = ""

    def add(self, name: str, value: Any) -> None:
        """Take an option; a later value replaces an earlier one."""
        if value is not None:
            self._given[name] = value

    @property
    def debug(self) -> bool:
        return bool(self._given.get("debug"))

    @property
    def as_json(self) -> bool:
        return self._given.get("progress") == "json"

    @property
    def max_wait(self) -> float | None:
        return self._given.get("max_wait")

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
        """The client settings given as options."""
        from mixpanel_export.settings import CREDENTIALS, OPTIONS, Layer

        names = {name: f"--{name.replace('_', '-')}" for name in (*CREDENTIALS, *OPTIONS)}
        values = {name: self._given[name] for name in names if self._given.get(name)}
        return Layer("on the command line", values, names)

    @cached_property
    def reporter(self) -> Reporter:
        """The reporter for `--progress` and `--quiet`."""
        from mixpanel_export.cli.report import Reporter

        return Reporter(self._given.get("progress", "auto"), quiet=bool(self._given.get("quiet")))


pass_invocation: Callable[[Callable[..., Any]], Callable[..., Any]] = click.make_pass_decorator(Invocation)
"""Decorator that passes the `Invocation` to a command as its first argument."""
