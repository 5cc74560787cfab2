"""Error messages of the command line: options instead of library arguments, and hints for system errors.

Messages are made from the attributes of an exception, never from its English. The option of an argument is
found by `options.argument_options`.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping

import click

from mixpanel_export._text import shortened
from mixpanel_export.cli.options import argument_options
from mixpanel_export.errors import (
    APIError,
    BudgetExhaustedError,
    ConfigurationError,
    DirectoryMismatchError,
    ExpressionError,
    InvalidArgumentError,
    ManifestError,
    MixpanelError,
)

__all__ = ["format_error", "format_usage_error"]

# An argument as Python names it: `to_date`, `timezone=` or `overwrite=True`, but no part of a URL or a path.
_ARGUMENT = re.compile(r"(?<![\w./?&='\"-])([a-z]+(?:_[a-z]+)*)(=True\b|=(?!\w))?(?![\w/])")
_REPLACE_MANIFEST = "Restore it, choose another directory, or replace the export with `events --overwrite`"
_MISMATCH_HINTS = {
    "another_export": "Choose another directory, extend the export with --since-last, or replace it with "
    "--overwrite",
    "no_manifest": "Choose another directory, or replace such files with --overwrite",
    "limited": "",
}
_CHOOSE_ANOTHER = "choose another path"
_HINTS = {
    errno.EISDIR: "move it away, or choose another path",
    errno.ENOTDIR: "a parent of it is a file; choose another path",
    errno.EEXIST: _CHOOSE_ANOTHER,
    errno.ENAMETOOLONG: _CHOOSE_ANOTHER,
    errno.EROFS: _CHOOSE_ANOTHER,
    errno.EACCES: "change its permissions, or choose another path",
    errno.EPERM: "change its permissions, or choose another path",
    errno.ENOSPC: "free some space and run the same command again",
}


def format_usage_error(error: click.ClickException) -> str:
    """Describe options that could not be parsed."""
    if isinstance(error, click.MissingParameter) and error.param is not None:
        text = f"{_shown(error.param)} is required"
    elif isinstance(error, click.BadParameter) and error.param is not None:
        text = f"{_shown(error.param)}: {error.message}"
    else:
        text = error.format_message()
    if isinstance(error, click.UsageError) and error.ctx is not None:
        text = f"{text.rstrip('.')}; see {error.ctx.command_path} --help"
    return text


def _shown(parameter: click.Parameter) -> str:
    return argument_options([parameter])[str(parameter.name)]


def format_error(error: MixpanelError | OSError, options: Mapping[str, str]) -> str:
    """Describe an error to someone who typed a command.

    Args:
        options: the option that sets each library argument.
    """
    if isinstance(error, OSError):
        return _format_os_error(error)
    text = str(error)
    if isinstance(error, APIError):
        # The rest quotes Mixpanel.
        return text.removesuffix(error.hint) + _with_options(error.hint, options)
    if isinstance(error, BudgetExhaustedError):
        return f"the project's request budget is used up and frees in {error.frees_in:.0f} s; try again then"
    if isinstance(error, DirectoryMismatchError):
        return _format_mismatch(error, options)
    if isinstance(error, ManifestError):
        return f"{error.problem}. {_REPLACE_MANIFEST}" if error.hint else error.problem
    if not isinstance(error, InvalidArgumentError):
        return text
    message = text.removeprefix(f"{error.argument}:")
    if message == text:
        return text
    option = _option_of(error.argument, options)
    # Settings can come from the environment and the configuration file too; an expression is the user's own text.
    if isinstance(error, ConfigurationError | ExpressionError):
        return f"{option}:{message}"
    value = shortened(repr(error.value))
    parts = (_with_options(part, options) for part in message.split(value))
    return f"{option}:{value.join(parts)}"


def _format_mismatch(error: DirectoryMismatchError, options: Mapping[str, str]) -> str:
    problem = error.problem
    for difference in error.differences:
        argument, space, rest = difference.partition(" ")
        problem = problem.replace(difference, f"{options.get(argument, argument)}{space}{rest}")
    hint = _MISMATCH_HINTS[error.reason]
    return f"{problem}. {hint}" if hint else problem


def _option_of(argument: str, options: Mapping[str, str]) -> str:
    """Return the option of an argument or a part of it, such as `behaviors[0].window` or `event[1]`."""
    name = re.split(r"[.\[]", argument, maxsplit=1)[0]
    if name not in options:
        return argument
    rest = argument.removeprefix(name)
    # The index of a repeated option means nothing to the user; the value tells which one it was.
    return options[name] + ("" if re.fullmatch(r"\[\d+\]", rest) else rest)


def _with_options(text: str, options: Mapping[str, str]) -> str:
    """Replace arguments by options; a bare word is an argument only if it has an underscore."""

    def replace(match: re.Match[str]) -> str:
        is_argument = match[2] is not None or "_" in match[1]
        return options.get(match[1], match[0]) if is_argument else match[0]

    return _ARGUMENT.sub(replace, text)


def _format_os_error(error: OSError) -> str:
    if error.strerror is None:
        return str(error)
    reason = error.strerror[:1].lower() + error.strerror[1:]
    path = error.filename2 or error.filename
    text = reason if path is None else f"{path}: {reason}"
    hint = _HINTS.get(error.errno or 0)
    return f"{text}; {hint}" if hint else text
