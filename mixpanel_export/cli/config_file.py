"""The configuration file: client settings by profile, in TOML.

    project_id = 1234567        # for every profile without its own
    default_profile = "shop"    # otherwise the profile named `default`

    [profiles.shop]
    username = "exporter.1a2b3c.mp-service-account"
    secret = "…"                # or: keyring = ["secret"]
    region = "eu"

A file with secrets must be readable by its owner only. A secret can also be stored in the system keyring, under the
service `mixpanel-export` and the name `PROFILE/SETTING`. See `mixpanel_export.settings` for the settings.
"""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from mixpanel_export.errors import ConfigurationError, MissingExtraError
from mixpanel_export.settings import CREDENTIALS, OPTIONS, SECRETS, Layer

__all__ = ["default_path", "profile_names", "read_profile"]

_SETTINGS = (*CREDENTIALS, *OPTIONS)
_SERVICE = "mixpanel-export"


def default_path() -> Path:
    """Return the usual path of the file."""
    import platformdirs

    return platformdirs.user_config_path("mixpanel-export", appauthor=False) / "config.toml"


def profile_names(path: Path) -> list[str]:
    """Return the names of the profiles in the file.

    Raises:
        ConfigurationError: when the file does not hold profiles.
        OSError: when it cannot be read.
    """
    return [*_tables(path, _document(path).get("profiles", {}))]


def read_profile(path: Path, profile: str | None = None) -> Layer:
    """Read the settings of a profile, with those that apply to all profiles.

    Args:
        path: the file.
        profile: its name; by default the file's `default_profile`, else `default` if it exists.

    Raises:
        ConfigurationError: when others can read the file's secrets, when it is not TOML or has unknown settings,
            and when it has no such profile.
        OSError: when the file exists and cannot be read.
    """
    try:
        document = _document(path)
    except FileNotFoundError:
        raise ConfigurationError(
            "configuration", f"file not found: {path}; create it, or leave out the profile"
        ) from None
    profiles = _tables(path, document.pop("profiles", {}))
    default = document.pop("default_profile", "default")
    if not isinstance(default, str):
        raise ConfigurationError(
            "configuration", f"{path}, 'default_profile': expected the name of a profile"
        )
    name = profile or default
    if name not in profiles and (profile is not None or default != "default"):
        known = ", ".join(map(repr, profiles)) or "none"
        raise ConfigurationError("profile", f"{path} has no profile {name!r}; expected one of {known}")
    common = _checked(path, "at the top", document)
    for other, table in profiles.items():
        _checked(path, f"in the profile {other!r}", table)
    chosen = {**common, **profiles.get(name, {})}
    keyring = chosen.pop("keyring", [])
    values = {key: str(value) for key, value in chosen.items() if value != ""}
    values |= {setting: _from_keyring(f"{name}/{setting}") for setting in keyring if setting not in values}
    return Layer(f"in the profile {name!r} of {path}", values, {key: key for key in _SETTINGS})


def _document(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        try:
            document = tomllib.load(file)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigurationError("configuration", f"{path} is not TOML: {error}") from None
    if os.name == "posix" and mode & 0o077 and _has_secrets(document):
        raise ConfigurationError(
            "configuration",
            f"{path} contains secrets that other users can read (mode {mode:04o}); run: chmod 600 '{path}'",
        )
    return document


def _has_secrets(table: Mapping[str, Any]) -> bool:
    return any(
        _has_secrets(cast(Mapping[str, Any], value)) if isinstance(value, dict) else key in SECRETS
        for key, value in table.items()
    )


def _tables(path: Path, profiles: Any) -> dict[str, dict[str, Any]]:
    if not isinstance(profiles, dict) or not all(
        isinstance(profile, dict) for profile in cast(dict[str, Any], profiles).values()
    ):
        raise ConfigurationError(
            "configuration", f"{path}, 'profiles': expected tables named [profiles.NAME]"
        )
    return cast(dict[str, dict[str, Any]], profiles)


def _checked(path: Path, where: str, table: dict[str, Any]) -> dict[str, Any]:
    for key, value in table.items():
        if key == "keyring":
            right = isinstance(value, list) and all(item in SECRETS for item in cast(list[Any], value))
            expected = f"a list of {', '.join(SECRETS)}"
        elif key in _SETTINGS:
            right, expected = isinstance(value, str | int) and not isinstance(value, bool), "text or a number"
        elif isinstance(value, dict):
            raise ConfigurationError(
                "configuration",
                f"{path} has a table {key!r} {where}; expected only tables named [profiles.NAME]",
            )
        else:
            known = ", ".join((*_SETTINGS, "keyring"))
            raise ConfigurationError(
                "configuration", f"{path}: unknown setting {key!r} {where}; expected one of {known}"
            )
        if not right:
            raise ConfigurationError("configuration", f"{path}, {key!r} {where}: expected {expected}")
    return table


def _from_keyring(name: str) -> str:
    try:
        import keyring
        import keyring.errors
    except ImportError as error:
        raise MissingExtraError("A secret from the keyring", "keyring") from error
    try:
        value = keyring.get_password(_SERVICE, name)
    except keyring.errors.KeyringError as error:
        raise ConfigurationError("keyring", f"cannot be read: {error}") from error
    if not value:
        raise ConfigurationError(
            "keyring", f"no entry {name!r}; store it with: keyring set {_SERVICE} {name}"
        )
    return value
