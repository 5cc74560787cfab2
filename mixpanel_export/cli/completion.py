"""Shell completion of commands and options, for bash, zsh and fish."""

from __future__ import annotations

import os
import re
from pathlib import Path

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    add_completion_class,
    get_completion_class,
    shell_complete,
)

from mixpanel_export.cli.invocation import Invocation
from mixpanel_export.cli.options import Option

__all__ = ["complete", "install_completion", "show_completion"]

_PROGRAM = "mixpanel-export"
_VARIABLE = "_MIXPANEL_EXPORT_COMPLETE"
_UNSAFE = re.compile(r"[^\w@%+=:,./-]")
_ESCAPED = r"\\\\\g<0>"
_SHELLS = ("bash", "zsh", "fish")
_FILES = {
    "bash": ".bash_completions/mixpanel-export.sh",
    "zsh": ".zfunc/_mixpanel-export",
    "fish": ".config/fish/completions/mixpanel-export.fish",
}
# The line that makes the shell load the file; fish loads its directory without one.
_STARTUP = {
    "bash": (".bashrc", "source '{file}'"),
    "zsh": (".zshrc", "fpath+='{directory}'; autoload -Uz compinit; compinit"),
}


class _Bash(BashComplete):
    """Completion for bash, with characters escaped that the shell would split words at."""

    def format_completion(self, item: CompletionItem) -> str:
        # The script's `read` takes one of two backslashes.
        return f"{item.type},{_UNSAFE.sub(_ESCAPED, item.value)}"


add_completion_class(_Bash, "bash")


def complete(app: click.Command) -> bool:
    """Answer a completion request of the shell, if this run is one."""
    instruction = os.environ.get(_VARIABLE)
    if not instruction:
        return False
    # With an invocation, suggestions see the options that were typed already.
    given = {"obj": Invocation()}
    if instruction == "complete_bash":
        # The bash scripts that earlier releases installed; they read bare words.
        request = BashComplete(app, given, _PROGRAM, _VARIABLE)
        for item in request.get_completions(*request.get_completion_args()):
            click.echo(item.value)
    else:
        shell_complete(app, given, _PROGRAM, _VARIABLE, instruction)
    return True


def _script(shell: str) -> str:
    kind = get_completion_class(shell)
    assert kind is not None
    return kind(click.Command(_PROGRAM), {}, _PROGRAM, _VARIABLE).source()


def _shell() -> str:
    """Return the user's shell."""
    shell = Path(os.environ.get("SHELL", "")).name
    if shell not in _SHELLS:
        raise click.UsageError(f"$SHELL: expected one of {', '.join(_SHELLS)}, got {shell!r}")
    return shell


def _show(context: click.Context, _: click.Parameter, given: bool) -> None:
    if given and not context.resilient_parsing:
        click.echo(_script(_shell()))
        context.exit()


def _install(context: click.Context, _: click.Parameter, given: bool) -> None:
    if not given or context.resilient_parsing:
        return
    shell = _shell()
    home = Path.home()
    file = home / _FILES[shell]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(_script(shell), encoding="utf-8")
    if shell in _STARTUP:
        name, template = _STARTUP[shell]
        line = template.format(file=file, directory=file.parent)
        startup = home / name
        before = startup.read_text(encoding="utf-8") if startup.exists() else ""
        if line not in before:
            startup.write_text(f"{before}\n{line}\n", encoding="utf-8")
    click.echo(f"Completion for {shell} installed in {file}. Restart the shell to use it.")
    context.exit()


def _option(flag: str, callback: object, help: str) -> Option:
    return Option([flag], is_flag=True, expose_value=False, is_eager=True, callback=callback, help=help)


install_completion: Option = _option(
    "--install-completion", _install, "Install completion for the current shell."
)
show_completion: Option = _option(
    "--show-completion", _show, "Print the completion script of the current shell."
)
