"""The sources of a command's settings: its options, the environment and the configuration file."""

from __future__ import annotations

from pathlib import Path

from mixpanel_export.cli.config_file import default_path, read_profile
from mixpanel_export.cli.invocation import Invocation
from mixpanel_export.errors import ConfigurationError
from mixpanel_export.settings import Layer, environment_layers

__all__ = ["setting_layers"]


def setting_layers(invocation: Invocation) -> list[Layer]:
    """Return the sources of settings, the one that takes precedence first."""
    layers = [invocation.flags, *environment_layers()]
    path = Path(invocation.config) if invocation.config else default_path()
    try:
        if invocation.config or invocation.profile or path.exists():
            layers.append(read_profile(path, invocation.profile))
    except OSError as error:
        raise ConfigurationError(
            "configuration",
            f"{path} cannot be read ({error.strerror}); choose a file with --config or MIXPANEL_CONFIG",
        ) from error
    return layers
