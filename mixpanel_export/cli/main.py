"""The entry point: signals, and standard output that is closed, full or gone.

Nothing heavy is imported here; `app` and its dependencies are loaded once the command runs.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from types import FrameType
from typing import TYPE_CHECKING, Any, TextIO, cast

from mixpanel_export.cli.exit_codes import BROKEN_PIPE, DONE, FAILED, INTERRUPTED, TERMINATED, USAGE
from mixpanel_export.errors import InvalidArgumentError, MissingExtraError, MixpanelError

if TYPE_CHECKING:
    from mixpanel_export.cli.invocation import Invocation

__all__ = ["main", "run"]


def main() -> None:
    """Run the command line with the arguments of this process, and exit."""
    try:
        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        # Ctrl-C before `run` could handle it.
        code = INTERRUPTED
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit code."""
    try:
        import click
        import rich  # noqa: F401  # pyright: ignore[reportUnusedImport]
    except ImportError:
        sys.exit(f"error: {MissingExtraError('The command mixpanel-export', 'cli')}")
    from mixpanel_export.cli.app import app
    from mixpanel_export.cli.completion import complete
    from mixpanel_export.cli.invocation import Invocation

    if complete(app):
        return DONE
    _escape_what_cannot_be_encoded()
    invocation, signals = Invocation(), _Signals()
    try:
        with signals, app.make_context("mixpanel-export", [*arguments], obj=invocation) as context:
            app.invoke(context)
            # A failing write is reported here; the interpreter's own flush at exit cannot report it.
            _flush_stdout()
    except click.exceptions.Exit as ended:
        return _flushed(ended.exit_code, invocation)
    except KeyboardInterrupt as interrupt:
        return _report_interrupt(interrupt, invocation, terminated=signals.terminated)
    except BrokenPipeError:
        return BROKEN_PIPE
    except Exception as error:
        return _report_failure(error, invocation)
    finally:
        _discard_unwritten()
    return DONE


def _flushed(code: int, invocation: Invocation) -> int:
    """Flush what `--help` or `--version` printed."""
    try:
        _flush_stdout()
    except BrokenPipeError:
        return BROKEN_PIPE
    except OSError as error:
        return _report_failure(error, invocation)
    return code


def _escape_what_cannot_be_encoded() -> None:
    """Let text be printed in any locale; data does not pass here, it is written as bytes."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _flush_stdout() -> None:
    # None if it was closed before Python started.
    if cast("object", sys.stdout) is not None:
        sys.stdout.flush()


def _discard_unwritten() -> None:
    """Keep the interpreter from writing again, at exit, what could not be written: it would exit with 120."""
    # None if it was closed before Python started.
    for stream in cast("tuple[TextIO | None, ...]", (sys.stdout, sys.stderr)):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            with contextlib.suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), cast("TextIO", stream).fileno())


def _report_interrupt(interrupt: KeyboardInterrupt, invocation: Invocation, *, terminated: bool) -> int:
    word, code = ("Terminated", TERMINATED) if terminated else ("Interrupted", INTERRUPTED)
    # Commands that can be resumed say what they have saved.
    detail = f": {interrupt}" if str(interrupt) else "; no partial file was left behind"
    invocation.reporter.error(f"{word}{detail}.", facts={"exit_code": code})
    return code


def _report_failure(error: Exception, invocation: Invocation) -> int:
    """Print the error and return the exit code; print a traceback only with `--debug`."""
    import click

    from mixpanel_export._redaction import redact_known
    from mixpanel_export.cli.errors import Problem, format_error, format_usage_error

    code = FAILED
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return USAGE
    if isinstance(error, click.ClickException):
        code, problem = USAGE, format_usage_error(error)
    elif isinstance(error, MixpanelError | OSError):
        code = USAGE if isinstance(error, InvalidArgumentError) else FAILED
        problem = format_error(error, invocation.option_names, invocation.command_path)
    else:
        problem = Problem(
            redact_known(f"{type(error).__name__}: {error}"),
            "this is a bug in mixpanel-export; --debug shows where",
        )
    facts: dict[str, Any] = {"exit_code": code}
    if invocation.debug:
        trace = redact_known(traceback.format_exc())
        if invocation.as_json:
            facts["traceback"] = trace
        else:
            with contextlib.suppress(OSError):
                sys.stderr.write(trace)
    invocation.reporter.error(problem.what, problem.hint, facts)
    return code


class _Signals:
    """Handles SIGTERM as Ctrl-C: unwind the stack, so that temporary files are removed.

    Attributes:
        terminated: whether SIGTERM was received.
    """

    terminated = False

    def __enter__(self) -> None:
        self._previous = signal.signal(signal.SIGTERM, self._interrupt)

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGTERM, self._previous)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        self.terminated = True
        raise KeyboardInterrupt
