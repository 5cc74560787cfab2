"""`auth check`: the settings it finds, and what the credentials reach."""

from __future__ import annotations

from pathlib import Path

from mixpanel_export.sandbox import Sandbox

from .runner import run


def test_check_shows_settings_and_tries_them(mixpanel_sandbox: Sandbox) -> None:
    result = run("auth", "check", environ=mixpanel_sandbox.environment)
    assert result.returncode == 0, result.err
    assert "Found MIXPANEL_SERVICE_ACCOUNT_SECRET in the environment: (secret)" in result.out
    assert result.out.count("  ok   ") == 3
    assert mixpanel_sandbox.credentials.secret not in result.out


def test_check_fails_if_something_is_refused(mixpanel_sandbox: Sandbox) -> None:
    environ = {**mixpanel_sandbox.environment, "MIXPANEL_SERVICE_ACCOUNT_SECRET": "wrong-secret"}
    result = run("auth", "check", environ=environ)
    assert result.returncode == 1
    assert result.out.count("  FAIL ") == 3
    assert "wrong-secret" not in result.out + result.err


def test_invalid_credentials_are_not_called_unused() -> None:
    result = run("auth", "check", environ={"MIXPANEL_OAUTH_TOKEN": "two words", "MIXPANEL_REGION": "eu"})
    assert result.returncode == 2
    assert "Found MIXPANEL_OAUTH_TOKEN in the environment: (secret)\n" in result.out
    assert "MIXPANEL_OAUTH_TOKEN in the environment: " in result.err


def test_project_secret_is_deprecated(mixpanel_sandbox: Sandbox) -> None:
    environ = {"MIXPANEL_API_SECRET": "x" * 32, "MIXPANEL_BASE_URL": mixpanel_sandbox.url}
    assert "2027-03-03" in run("auth", "check", environ=environ).out


def test_missing_credentials_suggest_the_sandbox(tmp_path: Path) -> None:
    result = run("auth", "check", environ={"XDG_CONFIG_HOME": str(tmp_path)})
    assert result.returncode == 2
    assert "--sandbox" in result.err
