"""The configuration file: settings of a client, by profile, in TOML.

    project_id = 1234567        # for every profile that does not say otherwise
    default_profile = "shop"    # else the one called `default`

    [profiles.shop]
    username = "exporter.1a2b3c.mp-service-account"
    secret = "…"                # or: keyring = ["secret"]
    region = "eu"

A file that holds secrets must be its owner's alone. A secret may also stand in the system's keyring, under the
service `mixpanel-export` and the name `PROFILE/SETTING`. What the settings mean is `environment`'s business.
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

__all__ = ["default_path", "read_profile"]

_SETTINGS = (*CREDENTIALS, *OPTIONS)
_SERVICE = "mixpanel-export"


def default_path() -> Path:
    """Where the file is when nobody says otherwise."""
    import platformdirs

    return platformdirs.user_config_path("mixpanel-export", appauthor=False) / "config.toml"


def read_profile(path: Path, profile: str | None = None) -> Layer:
    """The settings of one profile, those that stand above all profiles included.

    Args:
        path: the file.
        profile: its name; by default what the file calls `default_profile`, else `default`, if there is one.

    Raises:
        ConfigurationError: for a file that is open to others, is no TOML or has settings that are not known, and
            for a profile that it does not have.
        OSError: when the file is there and cannot be read.
    """
    try:
        document = _document(path)
    except FileNotFoundError:
        raise ConfigurationError("configuration", f"there is no file {path}") from None
    profiles = _tables(path, document.pop("profiles", {}))
    default = document.pop("default_profile", "default")
    if not isinstance(default, str):
        raise ConfigurationError("configuration", f"{path}, 'default_profile': allowed is a profile's name")
    name = profile or default
    if name not in profiles and (profile is not None or default != "default"):
        known = ", ".join(map(repr, profiles)) or "none"
        raise ConfigurationError("profile", f"{path} has no profile {name!r}; it has {known}")
    common = _checked(path, "at the top", document)
    for each, table in profiles.items():
        _checked(path, f"in the profile {each!r}", table)
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
    if os.name == "posix" and mode & 0o077 and _holds_secrets(document):
        raise ConfigurationError(
            "configuration",
            f"{path} holds secrets and is open to others (mode {mode:04o}); run: chmod 600 '{path}'",
        )
    return document


def _holds_secrets(table: Mapping[str, Any]) -> bool:
    return any(
        _holds_secrets(cast(Mapping[str, Any], value)) if isinstance(value, dict) else key in SECRETS
        for key, value in table.items()
    )


def _tables(path: Path, profiles: Any) -> dict[str, dict[str, Any]]:
    if not isinstance(profiles, dict) or not all(
        isinstance(each, dict) for each in cast(dict[str, Any], profiles).values()
    ):
        raise ConfigurationError("configuration", f"{path}: profiles are tables: [profiles.NAME]")
    return cast(dict[str, dict[str, Any]], profiles)


def _checked(path: Path, where: str, table: dict[str, Any]) -> dict[str, Any]:
    for key, value in table.items():
        if key == "keyring":
            right = isinstance(value, list) and all(each in SECRETS for each in cast(list[Any], value))
            allowed = f"a list of {', '.join(SECRETS)}"
        elif key in _SETTINGS:
            right, allowed = isinstance(value, str | int) and not isinstance(value, bool), "text or a number"
        elif isinstance(value, dict):
            raise ConfigurationError(
                "configuration",
                f"{path} has a table {key!r} {where}; the only tables are those of profiles: [profiles.NAME]",
            )
        else:
            known = ", ".join((*_SETTINGS, "keyring"))
            raise ConfigurationError("configuration", f"{path} has {key!r} {where}; known are {known}")
        if not right:
            raise ConfigurationError("configuration", f"{path}, {key!r} {where}: allowed is {allowed}")
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
        raise ConfigurationError("keyring", f"it cannot be read: {error}") from error
    if not value:
        raise ConfigurationError(
            "keyring", f"it has no {name!r}; store it with: keyring set {_SERVICE} {name}"
        )
    return value
