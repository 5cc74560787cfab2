"""Keep credentials out of errors, tracebacks and logs, in whatever encoding a server or a library repeats them.

Pure, except for the process's list of secrets, which the logging filter reads. See `auth` for what is secret.
"""

from __future__ import annotations

import base64
import contextlib
import html.entities
import logging
import re
import traceback
import weakref
from collections.abc import Iterable
from types import TracebackType
from typing import Protocol, TypeVar

from mixpanel_export._text import MESSAGE_LIMIT, shortened
from mixpanel_export.errors import ExportError, MixpanelError, Redactor

__all__ = [
    "REDACTED",
    "RedactingFilter",
    "clean",
    "pattern_of",
    "quoting",
    "redact_known",
    "remember",
    "without_secrets",
]

E = TypeVar("E", bound=BaseException)

REDACTED = "[redacted]"

_NOTHING = "(?!)"
# Text that is escaped six times has 64 backslashes for one.
_ESCAPE = r"\\{1,64}"
# Shorter fragments would be found in words that have nothing to do with the secret.
_SHORTEST_FRAGMENT = 8
_IN_URL = re.compile(r"([?&](?:sig|api_key|api_secret)=)[^&\s\"'\\>]*")
# All before the last @: a password may hold /, ? or #, although a URL should have them escaped.
_USERINFO = re.compile(r"^([a-z][a-z0-9+.-]*://)?.*(?:@|%40)", re.DOTALL | re.IGNORECASE)
_QUERY = re.compile(r"[?#].+", re.DOTALL)
_LOGGERS = (
    "httpx",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.http2",
    "httpcore.proxy",
    "httpcore.socks",
)
# Their frames hold requests with credentials.
_LIBRARIES = ("httpx", "httpcore", "h11", "anyio", "socksio")


def pattern_of(secrets: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that finds secrets: as they are, escaped for URLs, JSON, HTML or Python, in base64 or hex.

    In base64, a secret is found at any place of what was encoded.
    """
    ordered = sorted(secrets, key=len, reverse=True)
    patterns = ["".join(map(_spellings, secret)) for secret in ordered]
    for secret in ordered:
        encoded = secret.encode()
        patterns += map(_base64_spellings, _base64_fragments(encoded))
        if len(encoded) >= _SHORTEST_FRAGMENT:
            patterns.append(encoded.hex())
    return re.compile("|".join(patterns) or _NOTHING, re.IGNORECASE)


def without_secrets(url: str) -> str:
    """Return a URL, or text that should be one, without what may be credentials, a query or a fragment."""
    return _QUERY.sub("?…", _USERINFO.sub(r"\1…@", url))


def _spellings(character: str) -> str:
    """Return a pattern for every way to write a character, also escaped several times."""
    if character.isascii():
        return _one_of(_escapes(character))
    # UTF-8 may have been read as Latin-1.
    misread = "".join(_one_of(_escapes(each)) for each in character.encode().decode("latin-1"))
    return _one_of([*_escapes(character), misread])


def _escapes(character: str) -> list[str]:
    code, encoded = ord(character), character.encode()
    # Not by the codec utf-16, which is read from a file: there may be no file descriptor left.
    above = code - 0x10000
    units = [f"{code:04x}"] if above < 0 else [f"{0xD800 + (above >> 10):x}", f"{0xDC00 + (above & 0x3FF):x}"]
    ampersand = "&(?:amp;){0,4}"
    spelled = [
        _ESCAPE if character == "\\" else rf"\\{{0,64}}{re.escape(character)}",
        "".join(f"{_ESCAPE}u{unit}" for unit in units),
        "".join(f"{_ESCAPE}x{byte:02x}" for byte in encoded),
        "".join(f"%(?:25){{0,4}}{byte:02x}" for byte in encoded),
        f"{ampersand}#0{{0,6}}{code};",
        f"{ampersand}#x0{{0,6}}{code:x};",
    ]
    if name := html.entities.codepoint2name.get(code):
        spelled.append(f"{ampersand}{name};")
    if not character.isascii():
        # As Python writes text.
        spelled += [f"{_ESCAPE}x{code:02x}", f"{_ESCAPE}U{code:08x}"]
    return spelled


def _one_of(patterns: Iterable[str]) -> str:
    return f"(?:{'|'.join(sorted(patterns, key=len, reverse=True))})"


def _base64_fragments(encoded: bytes) -> set[str]:
    """Return the base64 of a secret at each of the three places in which it may begin."""
    fragments: set[str] = set()
    for before in range(3):
        text = base64.b64encode(bytes(before) + encoded).decode()
        # The characters that depend on nothing else.
        fragments.add(text[-(-before * 8 // 6) : (before + len(encoded)) * 8 // 6])
    return {fragment for fragment in fragments if len(fragment) >= _SHORTEST_FRAGMENT}


def _base64_spellings(fragment: str) -> str:
    spelled = {"+": r"(?:[+-]|%(?:25){0,4}2b|\\{1,8}u002b)", "/": r"(?:\\{0,8}/|_|%(?:25){0,4}2f)"}
    return "".join(spelled.get(character, character) for character in fragment)


# Errors.


def clean(error: E, redact: Redactor) -> E:
    """Take out of an error, in place, whatever may hold credentials: it is about to leave the library.

    The message of one of ours is redacted, its frames go, and its causes are copied without theirs. Any other error
    only loses frames of the HTTP libraries, whose variables are requests.
    """
    if isinstance(error, MixpanelError):
        error.args = tuple(redact(arg) if isinstance(arg, str) else arg for arg in error.args)
        error.__cause__ = _copy_of(error.__cause__, redact)
    elif not _passed_libraries(error.__traceback__):
        return error
    error.__traceback__ = error.__context__ = None
    return error


class quoting:  # noqa: N801
    """Redacts and then shortens what an export's failure quotes of the server's answer."""

    def __init__(self, redact: Redactor) -> None:
        self._redact = redact

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, ExportError):
            # The frames below hold lines of the answer.
            clean(error, self._redact)
            error.args = tuple(
                shortened(arg, MESSAGE_LIMIT) if isinstance(arg, str) else arg for arg in error.args
            )


def _copy_of(cause: BaseException | None, redact: Redactor) -> BaseException | None:
    """Return a cause without frames and secrets; None for one that holds more than words and numbers."""
    if cause is None or isinstance(cause, MixpanelError):
        return None if cause is None else clean(cause, redact)
    args: list[object] = [redact(arg) if isinstance(arg, str) else arg for arg in cause.args]
    if not all(isinstance(arg, str | int | None) for arg in args):
        return None
    try:
        return type(cause)(*args)
    except Exception:
        # One that holds more than it shows, such as json.JSONDecodeError, which holds the whole document.
        return None


def _passed_libraries(trace: TracebackType | None) -> bool:
    while trace is not None:
        module: object = trace.tb_frame.f_globals.get("__name__")
        if isinstance(module, str) and module.partition(".")[0] in _LIBRARIES:
            return True
        trace = trace.tb_next
    return False


# Logs.


class _Redacting(Protocol):
    def redact(self, text: str) -> str: ...


_known: dict[int, weakref.ReferenceType[_Redacting]] = {}


def remember(secret: _Redacting) -> None:
    """Redact these credentials in the logs of the HTTP libraries, and wherever a `RedactingFilter` is used."""
    key = id(secret)
    _known[key] = weakref.ref(secret, lambda _: _known.pop(key, None))
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(known, RedactingFilter) for known in logger.filters):
            logger.addFilter(RedactingFilter())


def redact_known(text: str) -> str:
    """Return a text without the credentials of any client of this process."""
    text = _IN_URL.sub(rf"\1{REDACTED}", text)
    for reference in list(_known.values()):
        known = reference()
        # One whose construction failed has no secrets yet.
        with contextlib.suppress(AttributeError):
            text = known.redact(text) if known is not None else text
    return text


class RedactingFilter(logging.Filter):
    """A logging filter that redacts the credentials of every auth object of this process.

    The loggers of httpx and httpcore, which log requests and answers, have one already. Add one to a handler to
    cover what reaches it from anywhere else, tracebacks included.

    Examples:
        >>> handler = logging.StreamHandler()
        >>> handler.addFilter(RedactingFilter())
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Redact the record, and return True."""
        message = record.getMessage()
        if (redacted := redact_known(message)) != message:
            record.msg, record.args = redacted, None
        if record.exc_info and not record.exc_text:
            record.exc_text = "".join(traceback.format_exception(*record.exc_info)).rstrip("\n")
        if record.exc_text and (redacted := redact_known(record.exc_text)) != record.exc_text:
            record.exc_text, record.exc_info = redacted, None
        return True
