"""Error messages of the command line: options instead of library arguments, and hints for system errors.

Messages are made from the attributes of an exception, never from its English. The option of an argument is
found by `options.argument_options`.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping
from pathlib import Path

import click
from attrs import frozen

from mixpanel_export._text import shortened, visible
from mixpanel_export.cli.options import argument_options, one_of
from mixpanel_export.errors import (
    APIError,
    BudgetExhaustedError,
    ConfigurationError,
    DestinationError,
    DirectoryMismatchError,
    DiskFullError,
    ExpressionError,
    InvalidArgumentError,
    ManifestError,
    MissingExtraError,
    MixpanelError,
    NetworkError,
    SliceFailedError,
)

__all__ = ["HintedError", "Problem", "format_error", "format_usage_error"]

# An argument as Python names it: `to_date`, `timezone=` or `overwrite=True`, but no part of a URL or a path.
_ARGUMENT = re.compile(r"(?<![\w./?&='\"-])([a-z]+(?:_[a-z]+)*)(=True\b|=(?!\w))?(?![\w/])")
_REPLACE_MANIFEST = "restore it, choose another directory, or replace the export with `events --overwrite`"
_MISMATCH_HINTS = {
    "another_export": "choose another directory, or replace the export with --overwrite",
    "another_range": "choose another directory, extend the export to later days with --since-last, or replace it "
    "with --overwrite",
    "no_manifest": "choose another directory, or replace such files with --overwrite",
    "limited": "",
}
_CHECK_NETWORK = "check the network, DNS and the proxy settings (HTTPS_PROXY, NO_PROXY)"
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
    errno.EFBIG: "raise the limit of `ulimit -f`, or choose a path on another file system",
}


@frozen
class Problem:
    """An error as it is shown: what happened, and what to do about it, which may be empty."""

    what: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.what}. {self.hint}" if self.hint else self.what


class HintedError(click.ClickException):
    """Wrong usage or configuration that the command line itself finds, with a way out."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what)
        self.hint = hint


def format_usage_error(error: click.ClickException) -> Problem:
    """Describe options that could not be parsed."""
    if isinstance(error, HintedError):
        return Problem(error.message, error.hint)
    if isinstance(error, click.MissingParameter) and error.param is not None:
        text = f"{_shown(error.param)} is required"
    elif isinstance(error, click.NoSuchOption):
        text, similar = f"no such option {error.option_name}", error.possibilities
        return Problem(text, f"did you mean {one_of(sorted(similar))}?") if similar else _usage(text, error)
    elif isinstance(error, click.BadParameter) and error.param is not None:
        text = f"{_shown(error.param)}: {error.message}"
    else:
        text = _lowered(error.format_message())
    what, semicolon, hint = text.rstrip(".").partition("; ")
    return Problem(what, hint) if semicolon else _usage(what, error)


def _usage(text: str, error: click.ClickException) -> Problem:
    context = error.ctx if isinstance(error, click.UsageError) else None
    return Problem(text, _see(context.command_path) if context is not None else "")


def _lowered(sentence: str) -> str:
    # Not the first letter of a name such as CHART.
    return sentence[:1].lower() + sentence[1:] if sentence[1:2].islower() else sentence


def _see(command: str) -> str:
    return f"see {command} --help"


def _shown(parameter: click.Parameter) -> str:
    return argument_options([parameter])[str(parameter.name)]


def format_error(error: MixpanelError | OSError, options: Mapping[str, str], command: str = "") -> Problem:
    """Describe an error to someone who typed a command.

    Args:
        options: the option that sets each library argument.
        command: the command, whose help is pointed to.
    """
    if isinstance(error, OSError) and not isinstance(error, MixpanelError):
        return _format_os_error(error)
    text = str(error)
    hinted = error.last if isinstance(error, SliceFailedError) else error
    if isinstance(hinted, APIError):
        # The rest quotes Mixpanel.
        what = text.removesuffix(visible(hinted.hint)).rstrip(". ") if hinted.hint else text
        return Problem(what, _lowered(_with_options(hinted.hint, options)))
    if isinstance(error, BudgetExhaustedError):
        what = text.removesuffix(error.hint).rstrip(". ")
        return Problem(what, _lowered(error.hint.replace("Limits(max_wait=…)", "--max-wait")))
    if isinstance(hinted, NetworkError) and hinted.request:
        what = text.replace(str(hinted), visible(f"{hinted.reason} ({hinted.request})"))
        return Problem(what, "" if hinted.was_sent else _CHECK_NETWORK)
    if isinstance(error, MissingExtraError):
        what = _lowered(text.partition(". ")[0])
        return Problem(what, f"pip install 'mixpanel-export-sdk[{error.extra}]'")
    if isinstance(error, DirectoryMismatchError):
        return _format_mismatch(error, options)
    if isinstance(error, ManifestError):
        return Problem(error.problem, _REPLACE_MANIFEST if error.hint else "")
    if isinstance(error, DestinationError | DiskFullError):
        return Problem(text.removesuffix(error.hint).rstrip(". "), _lowered(error.hint))
    if not isinstance(error, InvalidArgumentError):
        return Problem(text)
    return _format_argument(error, text, options, command)


def _format_argument(
    error: InvalidArgumentError, text: str, options: Mapping[str, str], command: str
) -> Problem:
    see = "" if isinstance(error, ConfigurationError) or not command else _see(command)
    message = text.removeprefix(f"{error.argument}:")
    if message == text:
        return Problem(text, see)
    option = _option_of(error.argument, options)
    # Settings can come from the environment and the configuration file too; an expression is the user's own text.
    if isinstance(error, ExpressionError):
        return Problem(f"{option}:{message}", see)
    if isinstance(error, ConfigurationError):
        what, _, hint = message.partition("; ")
        return Problem(f"{option}:{what}", hint)
    value = shortened(repr(error.value))
    parts = (_with_options(part, options) for part in message.split(value))
    return Problem(f"{option}:{value.join(parts)}", see)


def _format_mismatch(error: DirectoryMismatchError, options: Mapping[str, str]) -> Problem:
    problem = error.problem
    for difference in error.differences:
        argument, space, rest = difference.partition(" ")
        problem = problem.replace(difference, f"{options.get(argument, argument)}{space}{rest}")
    return Problem(problem, _MISMATCH_HINTS[error.reason])


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


def _format_os_error(error: OSError) -> Problem:
    if error.strerror is None:
        return Problem(str(error))
    if error.errno == errno.ENOENT and not _has_current_directory():
        return Problem(
            "the current directory no longer exists", "change to another one and run the same command again"
        )
    reason = _lowered(error.strerror)
    path = error.filename2 or error.filename
    text = reason if path is None else f"{path}: {reason}"
    return Problem(text, _HINTS.get(error.errno or 0, ""))


def _has_current_directory() -> bool:
    try:
        Path.cwd()
    except OSError:
        return False
    return True
