"""The configuration file: what a profile says, and which files are refused."""

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


def written(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def test_a_profile_has_what_stands_above_all_of_them(tmp_path: Path) -> None:
    path = written(tmp_path, SHOPS)
    assert read_profile(path).values == {"region": "eu", "username": "me", "secret": "hush-1"}
    shop = read_profile(path, "shop")
    assert shop.values == {"region": "in", "oauth_token": "hush-2", "project_id": "12"}
    assert shop.where("region") == f"region in the profile 'shop' of {path}"
    assert "hush" not in repr(shop)


def test_the_file_says_which_profile_is_the_default(tmp_path: Path) -> None:
    path = written(tmp_path, f'default_profile = "shop"\n{SHOPS}')
    assert read_profile(path).values["region"] == "in"
    assert read_profile(path, "default").values["region"] == "eu"


def test_a_file_needs_no_profile(tmp_path: Path) -> None:
    assert read_profile(written(tmp_path, 'region = "eu"')).values == {"region": "eu"}


@pytest.mark.parametrize(
    ("text", "profile", "said"),
    [
        (SHOPS, "none", "no profile 'none'; it has 'default', 'shop'"),
        ('default_profile = "none"', None, "no profile 'none'"),
        ("default_profile = 5", None, "default_profile"),
        ("regoin = 'eu'", None, "'regoin' at the top; known are username, "),
        ("[profiles.shop]\npassword = 'hush-3'", None, "'password' in the profile 'shop'"),
        ("[profiles]\nshop = 5", None, r"\[profiles.NAME\]"),
        ("project_id = true", None, "'project_id' at the top: allowed is text or a number"),
        ("keyring = ['region']", None, "'keyring' at the top: allowed is a list of secret, "),
        ("region =", None, "is not TOML"),
    ],
)
def test_what_is_wrong_in_a_file_is_said(tmp_path: Path, text: str, profile: str | None, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said) as caught:
        read_profile(written(tmp_path, text), profile)
    assert "hush" not in str(caught.value)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"there is no file .*none\.toml"):
        read_profile(tmp_path / "none.toml")


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660])
def test_secrets_that_others_can_read_are_refused_with_the_cure(tmp_path: Path, mode: int) -> None:
    path = written(tmp_path, SHOPS, mode)
    with pytest.raises(ConfigurationError, match=f"chmod 600 '{path}'"):
        read_profile(path)


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_a_file_without_secrets_may_be_open(tmp_path: Path) -> None:
    assert read_profile(written(tmp_path, "region = 'eu'\nusername = 'me'", 0o644)).values["username"] == "me"


def test_the_usual_place_is_the_users_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert default_path().name == "config.toml"
    assert default_path().parent.name == "mixpanel-export"


class Drawer(keyring.backend.KeyringBackend):
    """A keyring that holds what it is given, in this process."""

    priority: Any = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password


class TestKeyring:
    TEXT = "[profiles.shop]\nusername = 'me'\nkeyring = ['secret']\n"

    @pytest.fixture(autouse=True)
    def _drawer(self) -> Any:
        before = keyring.get_keyring()
        keyring.set_keyring(Drawer())
        yield
        keyring.set_keyring(before)

    def test_a_secret_may_stand_there(self, tmp_path: Path) -> None:
        keyring.set_password("mixpanel-export", "shop/secret", "hush-4")
        path = written(tmp_path, self.TEXT, 0o644)
        assert read_profile(path, "shop").values == {"username": "me", "secret": "hush-4"}

    def test_how_to_store_one_that_is_missing_is_said(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match="keyring set mixpanel-export shop/secret"):
            read_profile(written(tmp_path, self.TEXT), "shop")
