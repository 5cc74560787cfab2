"""An error in the words of the command: options for arguments of Python, files for numbers of the system."""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping, Sequence
from typing import Any

from mixpanel_export.errors import APIError, ConfigurationError, InvalidArgumentError, MixpanelError

__all__ = ["format_error", "names_of", "without_python"]

# What the library calls what has another name here.
_OTHERS = (
    ("path", "output"),
    ("path", "directory"),
    ("output_properties", "property"),
    ("distinct_ids", "distinct_id"),
    ("data_group_id", "group"),
)
_PYTHON = (
    ('a datetime.date or a string "YYYY-MM-DD"', "a day, YYYY-MM-DD"),
    ('a datetime.datetime or a string "YYYY-MM-DD HH:MM:SS"', 'a time, "YYYY-MM-DD HH:MM:SS"'),
    ("allowed is a mapping", "allowed is a JSON object"),
    (
        "pass a URL as text, not as a Path, which flattens it",
        "a URL has two slashes, as in s3://bucket/prefix",
    ),
    ("wait, ask for less, or set Limits(max_wait=…)", "wait, or ask for less"),
    ("make a service account and use ServiceAccountAuth", "make a service account and use that"),
)
_NO_VALUE = re.compile(r"^ got (?:None|True|False);")
_QUOTED = r"""(?<!\w)(?:'[^'\n]*'|"[^"\n]*")(?!\w)"""
_ANOTHER_PLACE = "name another place"
_HINTS = {
    errno.EISDIR: "move it away, or name another place",
    errno.ENOTDIR: "a part of it is a file; name another place",
    errno.EEXIST: _ANOTHER_PLACE,
    errno.ENAMETOOLONG: _ANOTHER_PLACE,
    errno.EROFS: _ANOTHER_PLACE,
    errno.EACCES: "change its permissions, or name another place",
    errno.EPERM: "change its permissions, or name another place",
    errno.ENOSPC: "make room, and run the same command again",
}


def names_of(parameters: Sequence[Any]) -> dict[str, str]:
    """What the parameters of a command are called by who types it: the shortest long option each, as `--from`.

    `overwrite` is an option of `events`, of which other commands speak too.
    """
    names = {"overwrite": "`events --overwrite`"}
    for each in parameters:
        options = [option for option in each.opts if option.startswith("--")]
        names[each.name] = min(options, key=len) if options else str(each.metavar or each.name).strip("[]")
    return {argument: names[name] for argument, name in _OTHERS if name in names} | names


def format_error(error: MixpanelError | OSError, names: Mapping[str, str]) -> str:
    """What an error says, to who typed the command.

    Args:
        names: what the command calls the arguments that an error may name.
    """
    if isinstance(error, OSError):
        return _of_system(error)
    text = without_python(str(error))
    if isinstance(error, APIError):
        # The rest is Mixpanel's own.
        hint = without_python(error.hint)
        return text.removesuffix(hint) + _renamed(hint, names)
    if not isinstance(error, InvalidArgumentError):
        return text.replace("with overwrite", f"with {names['overwrite']}")
    said = text.removeprefix(f"{error.argument}:")
    start = f"{_named(error.argument, names)}:" if said != text else ""
    if isinstance(error, ConfigurationError):
        # It names settings, which the environment and the configuration file have as well.
        return start + said
    first, line_end, excerpt = _NO_VALUE.sub("", said).partition("\n")
    return start + _renamed(first, names) + line_end + excerpt


def without_python(text: str) -> str:
    """What the library says, without what only a program could do."""
    for python, words in _PYTHON:
        text = text.replace(python, words)
    return text


def _named(argument: str, names: Mapping[str, str]) -> str:
    """An argument, or what is in it, as in `behaviors[0].x`; of a repeated option, its value tells which."""
    name = re.split(r"[.\[]", argument, maxsplit=1)[0]
    if name not in names:
        return argument
    rest = argument.removeprefix(name)
    return names[name] + ("" if re.fullmatch(r"\[\d+\]", rest) else rest)


def _renamed(text: str, names: Mapping[str, str]) -> str:
    """A text with options for arguments, where those can be told from words; what is quoted stays."""
    every = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    pattern = rf"{_QUOTED}|(?<![\w/.?&-])(?P<with>with )?(?P<name>{every})(?P<equals>=)?(?![\w/])"

    def rename(match: re.Match[str]) -> str:
        name = match["name"]
        if name is None or not ("_" in name or match["with"] or match["equals"]):
            return match[0]
        return f"{match['with'] or ''}{names[name]}"

    return re.sub(pattern, rename, text)


def _of_system(error: OSError) -> str:
    if error.strerror is None:
        return str(error)
    what = error.strerror[:1].lower() + error.strerror[1:]
    place = error.filename2 or error.filename
    said = what if place is None else f"{place}: {what}"
    hint = _HINTS.get(error.errno or 0)
    return f"{said}; {hint}" if hint else said
