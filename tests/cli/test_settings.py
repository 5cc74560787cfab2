"""Settings of a client: options, environment and configuration file, and errors that name their source."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from mixpanel_export.cli.config_file import read_profile
from mixpanel_export.sandbox import Sandbox

from .runner import DAYS, refused, run

LIST = ["query", "funnels", "list"]


def config_file(directory: Path, sandbox: Sandbox, mode: int = 0o600) -> str:
    path = directory / "config.toml"
    credentials = sandbox.credentials
    path.write_text(
        f'default_profile = "shop"\nbase_url = "{sandbox.url}"\n'
        f'[profiles.shop]\nusername = "{credentials.username}"\nsecret = "{credentials.secret}"\n'
        f"project_id = {credentials.project_id}\n"
        '[profiles.other]\nusername = "nobody"\nsecret = "wrong-secret"\nproject_id = 5\n'
    )
    path.chmod(mode)
    return str(path)


def test_profile_of_the_configuration_file_is_used(tmp_path: Path, mixpanel_sandbox: Sandbox) -> None:
    command = [*LIST, "--config", config_file(tmp_path, mixpanel_sandbox)]
    assert run(*command).returncode == 0
    other = run(*command, "--profile", "other")
    assert other.returncode == 1
    assert "401" in other.err
    assert "'shop', 'other'" in refused(*command, "--profile", "none")


def test_configuration_file_of_the_docs_is_valid(tmp_path: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "how-to" / "command.md"
    shown = page.read_text(encoding="utf-8").partition("```toml\n")[2].partition("```")[0]
    path = tmp_path / "config.toml"
    path.write_text(shown, encoding="utf-8")
    path.chmod(0o600)
    settings = read_profile(path, "staging").values
    assert settings["project_id"] == "7654321"
    assert settings["timezone"] == "Europe/Zurich"


@pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
def test_readable_secrets_are_refused(tmp_path: Path, mixpanel_sandbox: Sandbox) -> None:
    file = config_file(tmp_path, mixpanel_sandbox, 0o644)
    assert "chmod 600" in refused(*LIST, "--config", file)
    assert stat.S_IMODE(Path(file).stat().st_mode) == 0o644


def test_options_precede_environment_and_file(tmp_path: Path, mixpanel_sandbox: Sandbox) -> None:
    command = [*LIST, "--config", config_file(tmp_path, mixpanel_sandbox)]
    credentials = mixpanel_sandbox.credentials
    wrong = {"MIXPANEL_SERVICE_ACCOUNT_USERNAME": "nobody", "MIXPANEL_SERVICE_ACCOUNT_SECRET": "wrong"}
    assert run(*command, environ=wrong).returncode == 1
    given = ["--username", credentials.username, "--secret", credentials.secret]
    result = run(*command, *given, environ=wrong)
    assert result.returncode == 0, result.err
    assert "process list" in result.err
    assert credentials.secret not in result.err


def test_variables_of_the_official_tool_are_read(mixpanel_sandbox: Sandbox) -> None:
    credentials = mixpanel_sandbox.credentials
    environ = {
        "MP_USERNAME": credentials.username,
        "MP_SECRET": credentials.secret,
        "MP_PROJECT_ID": str(credentials.project_id),
        "MIXPANEL_BASE_URL": mixpanel_sandbox.url,
    }
    result = run(*LIST, environ=environ)
    assert result.returncode == 0, result.err


def test_named_profile_replaces_that_of_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[profiles.shop]\nregion = 'eu'\n")
    environ = {"MIXPANEL_CONFIG": str(file), "MIXPANEL_PROFILE": "none"}
    for arguments in (["--profile", "shop", "auth", "check"], ["auth", "check", "--profile", "shop"]):
        result = run(*arguments, environ=environ)
        assert "Found region in the profile 'shop'" in result.out
        assert "no Mixpanel credentials" in result.err


def test_environment_over_a_named_profile_is_a_warning(tmp_path: Path, mixpanel_sandbox: Sandbox) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[profiles.shop]\noauth_token = 'hush'\n")
    file.chmod(0o600)
    environ = {**mixpanel_sandbox.environment, "MIXPANEL_CONFIG": str(file)}
    result = run("--profile", "shop", *LIST, environ=environ)
    assert result.returncode == 0
    assert "take precedence over the profile 'shop'" in result.err


class TestErrors:
    def test_directory_as_configuration_file(self, tmp_path: Path) -> None:
        message = refused("auth", "check", "--config", str(tmp_path))
        assert f"{tmp_path} cannot be read (Is a directory)" in message
        assert "--config" in message

    @pytest.mark.parametrize("table", ["profile.shop", "shop", "profiles.shop.eu"])
    def test_table_that_is_not_a_profile(self, tmp_path: Path, table: str) -> None:
        file = tmp_path / "own.toml"
        file.write_text(f"[{table}]\nregion = 'eu'\n")
        message = refused("auth", "check", "--config", str(file))
        assert "expected only tables named [profiles.NAME]" in message

    def test_missing_credentials_name_the_configuration_file(self, tmp_path: Path) -> None:
        file = tmp_path / "own.toml"
        file.write_text("region = 'eu'\n")
        message = refused("events", *DAYS, "--output", "-", "--config", str(file))
        assert f"write {file}, or try it with --sandbox" in message

    def test_wrong_setting_is_named_by_its_source(self, tmp_path: Path) -> None:
        file = tmp_path / "own.toml"
        file.write_text("timezone = 'Mars'\n")
        command = ["events", *DAYS, "--output", "-", "--config", str(file), "--oauth-token", "t"]
        project = ["--project-id", "1"]
        environ = {"MIXPANEL_REGION": "moon"}
        assert "MIXPANEL_REGION in the environment: " in refused(*command, *project, environ=environ)
        assert "error: --region: " in refused(*command, *project, "--region", "sun")
        message = refused(*command, *project)
        assert f"timezone in the profile 'default' of {file}: " in message
        assert "'Mars'" in message

    def test_missing_setting_is_named_by_option_and_variable(self) -> None:
        message = refused("events", *DAYS, "--output", "-", "--oauth-token", "t")
        assert "--project-id or MIXPANEL_PROJECT_ID: " in message

    def test_half_of_a_pair_says_where_to_set_the_other(self) -> None:
        command = [*LIST, "--username", "me", "--project-id", "1"]
        message = refused(*command)
        assert "--secret: " in message
        assert "set MIXPANEL_SERVICE_ACCOUNT_SECRET" in message
        others = {"MIXPANEL_SERVICE_ACCOUNT_USERNAME": "you", "MIXPANEL_SERVICE_ACCOUNT_SECRET": "hush"}
        message = refused(*command, environ=others)
        assert "MIXPANEL_SERVICE_ACCOUNT_SECRET in the environment belongs to another account" in message
