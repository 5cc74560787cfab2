"""The options that every command takes: credentials, project, output and logging.

They may stand before or after the command. Every `--help` imports this, so it imports nothing heavy.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Any

import click

from mixpanel_export.cli.invocation import Invocation
from mixpanel_export.cli.options import Option, parse_duration
from mixpanel_export.cli.suggestions import suggest_profiles, suggest_regions, suggest_zones

__all__ = ["common_options"]

_CREDENTIALS = "Credentials and project"
_REPORTING = "Output and logging (to standard error)"


def _store(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
    """Hand a common option to the invocation at once, so that later usage errors are reported accordingly."""
    # Completion runs without an invocation.
    if isinstance(context.obj, Invocation):
        context.obj.add(str(parameter.name), value)
    return value


_COMMON: Sequence[tuple[str, Mapping[str, Any]]] = (
    (
        "--profile",
        {
            "envvar": "MIXPANEL_PROFILE",
            "metavar": "NAME",
            "shell_complete": suggest_profiles,
            "help": "Profile of the configuration file.",
        },
    ),
    (
        "--config",
        {
            "envvar": "MIXPANEL_CONFIG",
            "metavar": "FILE",
            "help": "Configuration file; by default config.toml in your configuration directory.",
        },
    ),
    ("--username", {"metavar": "NAME", "help": "Service account username."}),
    (
        "--secret",
        {
            "metavar": "SECRET",
            "help": "Service account secret. Visible in the process list: use the environment, the configuration "
            "file or a keyring instead.",
        },
    ),
    ("--oauth-token", {"metavar": "TOKEN", "help": "OAuth token. Visible in the process list."}),
    ("--api-key", {"metavar": "KEY", "hidden": True}),
    ("--api-secret", {"metavar": "SECRET", "hidden": True}),
    ("--project-id", {"metavar": "ID", "help": "Project id."}),
    ("--workspace-id", {"metavar": "ID", "help": "Data view id, for reports and profiles."}),
    (
        "--region",
        {
            "metavar": "[us|eu|in]",
            "shell_complete": suggest_regions,
            "help": "Data residency of the project. Default: us.",
        },
    ),
    (
        "--timezone",
        {
            "metavar": "ZONE",
            "shell_complete": suggest_zones,
            "help": "Time zone of the project, such as Europe/Berlin. Default: UTC.",
        },
    ),
    ("--base-url", {"metavar": "URL", "help": "One root URL for all calls, such as a proxy."}),
    (
        "--sandbox",
        {"is_flag": True, "help": "Use the sample data of the embedded sandbox; needs no credentials."},
    ),
    (
        "--max-wait",
        {
            "type": parse_duration,
            "metavar": "TIME",
            "section": _REPORTING,
            "help": "The longest wait for the request budget, such as 30s or 10m. Default: 2m; 2h for each request "
            "of an export to a directory.",
        },
    ),
    (
        "--progress",
        {
            "type": click.Choice(["auto", "bar", "json", "none"]),
            "is_eager": True,
            "section": _REPORTING,
            "help": "How to report progress: as a bar, as one JSON object per line, or not at all. Default: auto, "
            "a bar in a terminal and timestamped lines in a log.",
        },
    ),
    (
        "--quiet",
        {"is_flag": True, "section": _REPORTING, "help": "Print only warnings and errors."},
    ),
    (
        "--debug",
        {
            "is_flag": True,
            "is_eager": True,
            "section": _REPORTING,
            "help": "Print a traceback when something fails.",
        },
    ),
)


def common_options(shown: Container[str] | None = None) -> list[click.Parameter]:
    """Return the common options.

    Args:
        shown: the options on the help page of a command; None for the page of the program, which shows them all.
    """
    options: list[click.Parameter] = []
    for flag, settings in _COMMON:
        changed: dict[str, Any] = {"section": _CREDENTIALS, "default": None, **settings}
        if shown is not None:
            changed["hidden"] = flag not in shown
            # Already read before the command, where an option may have replaced it.
            changed.pop("envvar", None)
        short = ["-q"] if flag == "--quiet" else []
        options.append(Option([flag, *short], callback=_store, expose_value=False, **changed))
    return options
