"""The configuration file: profiles, the keyring, and files that are refused."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import keyring
import keyring.backend
import pytest

from mixpanel_export import ConfigurationError
from mixpanel_export.cli.config_file import default_path, read_profile

SHOPS = """
region = "eu"

[profiles.default]
username = "me"
secret = "hush-1"

[profiles.shop]
oauth_token = "hush-2"
region = "in"
project_id = 12
"""


def write(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def test_profile_includes_the_settings_of_all_profiles(tmp_path: Path) -> None:
    path = write(tmp_path, SHOPS)
    assert read_profile(path).values == {"region": "eu", "username": "me", "secret": "hush-1"}
    shop = read_profile(path, "shop")
    assert shop.values == {"region": "in", "oauth_token": "hush-2", "project_id": "12"}
    assert shop.where("region") == f"region in the profile 'shop' of {path}"
    assert "hush" not in repr(shop)


def test_file_names_the_default_profile(tmp_path: Path) -> None:
    path = write(tmp_path, f'default_profile = "shop"\n{SHOPS}')
    assert read_profile(path).values["region"] == "in"
    assert read_profile(path, "default").values["region"] == "eu"


def test_file_needs_no_profile(tmp_path: Path) -> None:
    assert read_profile(write(tmp_path, 'region = "eu"')).values == {"region": "eu"}


@pytest.mark.parametrize(
    ("text", "profile", "expected"),
    [
        (SHOPS, "none", "no profile 'none'; expected one of 'default', 'shop'"),
        ('default_profile = "none"', None, "no profile 'none'"),
        ("default_profile = 5", None, "default_profile"),
        ("regoin = 'eu'", None, "unknown setting 'regoin' at the top; expected one of username, "),
        ("[profiles.shop]\npassword = 'hush-3'", None, "'password' in the profile 'shop'"),
        ("[profiles]\nshop = 5", None, r"\[profiles.NAME\]"),
        ("project_id = true", None, "'project_id' at the top: expected text or a number"),
        ("keyring = ['region']", None, "'keyring' at the top: expected a list of secret, "),
        ("region =", None, "is not TOML"),
    ],
)
def test_wrong_file_is_refused_without_its_secrets(
    tmp_path: Path, text: str, profile: str | None, expected: str
) -> None:
    with pytest.raises(ConfigurationError, match=expected) as caught:
        read_profile(write(tmp_path, text), profile)
    assert "hush" not in str(caught.value)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"file not found: .*none\.toml"):
        read_profile(tmp_path / "none.toml")


@pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_readable_secrets_are_refused_with_a_fix(tmp_path: Path, mode: int) -> None:
    path = write(tmp_path, SHOPS, mode)
    with pytest.raises(ConfigurationError, match=f"chmod 600 '{path}'"):
        read_profile(path)


@pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
def test_file_without_secrets_may_be_readable(tmp_path: Path) -> None:
    assert read_profile(write(tmp_path, "region = 'eu'\nusername = 'me'", 0o644)).values["username"] == "me"


def test_usual_path_is_in_the_users_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert default_path().name == "config.toml"
    assert default_path().parent.name == "mixpanel-export"


class MemoryKeyring(keyring.backend.KeyringBackend):
    """A keyring in memory."""

    priority: Any = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.passwords: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.passwords.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.passwords[service, username] = password


class TestKeyring:
    TEXT = "[profiles.shop]\nusername = 'me'\nkeyring = ['secret']\n"

    @pytest.fixture(autouse=True)
    def _keyring(self) -> Any:
        before = keyring.get_keyring()
        keyring.set_keyring(MemoryKeyring())
        yield
        keyring.set_keyring(before)

    def test_secret_is_read_from_the_keyring(self, tmp_path: Path) -> None:
        keyring.set_password("mixpanel-export", "shop/secret", "hush-4")
        path = write(tmp_path, self.TEXT, 0o644)
        assert read_profile(path, "shop").values == {"username": "me", "secret": "hush-4"}

    def test_missing_entry_says_how_to_store_it(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match="keyring set mixpanel-export shop/secret"):
            read_profile(write(tmp_path, self.TEXT), "shop")
