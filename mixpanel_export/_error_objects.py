"""Recognize JSON that says only that something failed, in the forms that Mixpanel and proxies send it. Pure."""

from __future__ import annotations

from typing import Any, cast

__all__ = ["is_error"]

_FAILED = {"error", "failed", "failure", "fail"}
# Fields of an object that is only an error.
_ERROR_FIELDS = {"status", "message", "detail", "errors", "error", "code", "request", "title", "type"}


def is_error(document: Any, *, is_map: bool = False, accept: bool = False) -> bool:
    """Return True for an object that says it is an error.

    Args:
        is_map: the answer's keys may be anything; an object is then the value of a key with such a name.
        accept: an object with only a message may be a success.
    """
    if not isinstance(document, dict):
        return False
    answer = cast("dict[str, Any]", document)
    status = answer.get("status")
    if isinstance(status, str) and status.lower() in _FAILED:
        return True
    if answer.get("error"):
        return not (is_map and isinstance(answer["error"], dict))
    messages = [answer[name] for name in ("message", "detail", "errors") if answer.get(name)]
    is_message = bool(messages) and answer.keys() <= _ERROR_FIELDS
    return is_message and not accept and not (is_map and all(isinstance(value, dict) for value in messages))
