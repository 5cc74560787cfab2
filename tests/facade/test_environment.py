"""Settings from environment variables: which credentials are found, and in which order."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import pytest

from mixpanel_export import (
    AsyncMixpanelClient,
    ConfigurationError,
    MixpanelClient,
    OAuthTokenAuth,
    SecretAuth,
    ServiceAccountAuth,
    SignatureAuth,
    environment,
)

from .conftest import Server

USERNAME = {"MIXPANEL_SERVICE_ACCOUNT_USERNAME": "exporter"}
PASSWORD = {"MIXPANEL_SERVICE_ACCOUNT_SECRET": "hush-1"}
ACCOUNT = {**USERNAME, **PASSWORD}
TOKEN = {"MIXPANEL_OAUTH_TOKEN": "hush-2"}
KEY = {"MIXPANEL_API_KEY": "hush-3"}
SECRET = {"MIXPANEL_API_SECRET": "hush-4"}

pytestmark = pytest.mark.filterwarnings("ignore:Mixpanel retires project secrets:DeprecationWarning")


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("MIXPANEL_"):
            monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("variables", "kind"),
    [
        (ACCOUNT, ServiceAccountAuth),
        (TOKEN, OAuthTokenAuth),
        ({**KEY, **SECRET}, SignatureAuth),
        (SECRET, SecretAuth),
    ],
)
def test_each_set_of_credentials_is_found(variables: Mapping[str, str], kind: type) -> None:
    assert type(environment.read(variables).auth) is kind


def test_a_project_secret_from_the_environment_warns_too() -> None:
    with pytest.warns(DeprecationWarning, match="2027-03-03"):
        environment.read(SECRET)


@pytest.mark.parametrize(
    ("variables", "kind"),
    [
        ({**ACCOUNT, **TOKEN, **KEY, **SECRET}, ServiceAccountAuth),
        ({**ACCOUNT, **SECRET}, ServiceAccountAuth),
        ({**TOKEN, **KEY, **SECRET}, OAuthTokenAuth),
        ({**TOKEN, **SECRET}, OAuthTokenAuth),
        ({**TOKEN, **KEY}, OAuthTokenAuth),
        ({**KEY, **SECRET}, SignatureAuth),
    ],
)
def test_the_recommended_credentials_come_first(variables: Mapping[str, str], kind: type) -> None:
    assert type(environment.read(variables).auth) is kind


@pytest.mark.parametrize(
    ("variables", "missing"),
    [
        (USERNAME, "MIXPANEL_SERVICE_ACCOUNT_SECRET"),
        (PASSWORD, "MIXPANEL_SERVICE_ACCOUNT_USERNAME"),
        ({**USERNAME, **TOKEN}, "MIXPANEL_SERVICE_ACCOUNT_SECRET"),
        ({**PASSWORD, **SECRET}, "MIXPANEL_SERVICE_ACCOUNT_USERNAME"),
        ({**USERNAME, "MIXPANEL_SERVICE_ACCOUNT_SECRET": ""}, "MIXPANEL_SERVICE_ACCOUNT_SECRET"),
        (KEY, "MIXPANEL_API_SECRET"),
        ({**KEY, "MIXPANEL_API_SECRET": ""}, "MIXPANEL_API_SECRET"),
    ],
)
def test_half_of_a_pair_is_refused_with_the_name_of_the_other(
    variables: Mapping[str, str], missing: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"^{missing}: it is not set") as caught:
        environment.read(variables)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"MIXPANEL_PROJECT_ID": "1"},
        {"MIXPANEL_OAUTH_TOKEN": ""},
        dict.fromkeys({**ACCOUNT, **SECRET}, ""),
    ],
)
def test_without_credentials_the_variables_to_set_are_named(variables: Mapping[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="no Mixpanel credentials") as caught:
        environment.read(variables)
    for name in (*ACCOUNT, *TOKEN, *SECRET):
        assert name in str(caught.value)


def test_an_empty_variable_counts_as_absent() -> None:
    settings = environment.read(
        {**dict.fromkeys(ACCOUNT, ""), **TOKEN, "MIXPANEL_REGION": "", "MIXPANEL_PROJECT_ID": ""}
    )
    assert type(settings.auth) is OAuthTokenAuth
    assert settings.options == {}


def test_every_option_of_a_client_is_read() -> None:
    settings = environment.read(
        {
            **TOKEN,
            "MIXPANEL_PROJECT_ID": "12",
            "MIXPANEL_WORKSPACE_ID": "34",
            "MIXPANEL_REGION": "eu",
            "MIXPANEL_TIMEZONE": "Europe/Berlin",
            "MIXPANEL_BASE_URL": "https://proxy.example",
            "PROJECT_ID": "56",
            "mixpanel_region": "in",
        }
    )
    assert settings.options == {
        "project_id": "12",
        "workspace_id": "34",
        "region": "eu",
        "timezone": "Europe/Berlin",
        "base_url": "https://proxy.example",
    }


@pytest.mark.parametrize(
    ("variables", "argument"),
    [
        ({"MIXPANEL_PROJECT_ID": "twelve"}, "project_id"),
        ({"MIXPANEL_REGION": "mars"}, "region"),
        ({"MIXPANEL_TIMEZONE": "Mars/Olympus"}, "timezone"),
        ({"MIXPANEL_BASE_URL": "http://proxy.example"}, "base_url"),
        ({"MIXPANEL_OAUTH_TOKEN": "hush\n"}, "token"),
        ({}, "project_id"),
    ],
)
@pytest.mark.parametrize("kind", [MixpanelClient, AsyncMixpanelClient])
def test_a_wrong_variable_is_refused_as_the_argument_would_be(
    kind: type[MixpanelClient], variables: Mapping[str, str], argument: str
) -> None:
    known = {"MIXPANEL_PROJECT_ID": "12"} if variables else {}
    with pytest.raises(ConfigurationError, match=f"^{argument}: "):
        kind.from_env({**TOKEN, **known, **variables})


def test_a_client_from_the_environment_is_ready_to_call(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    variables: dict[str, Any] = {**ACCOUNT, "MIXPANEL_PROJECT_ID": "12", "MIXPANEL_WORKSPACE_ID": "34"}
    for name, value in {**variables, "MIXPANEL_BASE_URL": server.url}.items():
        monkeypatch.setenv(name, value)
    server.answers([])
    with MixpanelClient.from_env() as client:
        # An app call, since these have no budget that would be counted in a file.
        assert client.annotations.list_tags() == []
    assert server.only.path == "/api/app/projects/12/annotations/tags"
    assert server.only.headers["Authorization"].startswith("Basic ")


def test_a_mapping_is_read_in_place_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**ACCOUNT, "MIXPANEL_PROJECT_ID": "12", "MIXPANEL_REGION": "eu"}.items():
        monkeypatch.setenv(name, value)
    client = AsyncMixpanelClient.from_env({**TOKEN, "MIXPANEL_PROJECT_ID": "99"})
    assert repr(client) == "<AsyncMixpanelClient: project 99, OAuth token, https://mixpanel.com>"


def test_a_subclass_of_a_client_comes_from_the_environment_as_itself() -> None:
    class Ours(AsyncMixpanelClient):
        pass

    assert type(Ours.from_env({**TOKEN, "MIXPANEL_PROJECT_ID": "1"})) is Ours
