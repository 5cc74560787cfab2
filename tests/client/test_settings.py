"""Settings from environment variables: which credentials are found, and in which order."""

from __future__ import annotations

import inspect
import os
from collections.abc import Mapping
from typing import Any

import pytest

from mixpanel_export import (
    AsyncMixpanelClient,
    ClientOptions,
    ConfigurationError,
    MixpanelClient,
    OAuthTokenAuth,
    RetryPolicy,
    SecretAuth,
    ServiceAccountAuth,
    SignatureAuth,
)
from mixpanel_export import settings as environment
from mixpanel_export.http.limits import UNLIMITED
from tests.recording_server import Server

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


def test_from_env_of_a_subclass_makes_the_subclass() -> None:
    class Ours(AsyncMixpanelClient):
        pass

    assert type(Ours.from_env({**TOKEN, "MIXPANEL_PROJECT_ID": "1"})) is Ours


MP = {"MP_USERNAME": "other", "MP_SECRET": "hush-5", "MP_PROJECT_ID": "56", "MP_REGION": "in"}


class TestTheNamesOfMixpanelsOwnCommand:
    def test_they_are_understood(self) -> None:
        settings = environment.read(MP)
        assert settings.auth.description == "service account 'other'"
        assert settings.options == {"project_id": "56", "region": "in"}
        assert type(environment.read({"MP_OAUTH_TOKEN": "hush-6"}).auth) is OAuthTokenAuth

    def test_ours_come_first(self) -> None:
        settings = environment.read({**MP, **ACCOUNT, "MIXPANEL_REGION": "eu"})
        assert settings.auth.description == "service account 'exporter'"
        assert settings.options == {"project_id": "56", "region": "eu"}
        assert type(environment.read({**MP, **TOKEN}).auth) is OAuthTokenAuth


class TestLayers:
    def layer(self, place: str, **values: str) -> environment.Layer:
        return environment.Layer(
            place, values, {name: name.upper() for name in (*values, "secret", "username")}
        )

    def test_the_first_source_of_a_setting_wins_and_is_named(self) -> None:
        settings = environment.choose(
            [
                self.layer("here", region="eu"),
                self.layer("there", region="in", oauth_token="hush-7", timezone="UTC"),
            ]
        )
        assert settings.options == {"region": "eu", "timezone": "UTC"}
        assert settings.origins == {
            "region": "REGION here",
            "timezone": "TIMEZONE there",
            "oauth_token": "OAUTH_TOKEN there",
        }

    def test_the_other_half_of_a_pair_may_stand_elsewhere(self) -> None:
        settings = environment.choose(
            [self.layer("here", username="me"), self.layer("there", secret="hush-8", oauth_token="hush-9")]
        )
        assert settings.origins == {"username": "USERNAME here", "secret": "SECRET there"}

    def test_but_not_that_of_another_account(self) -> None:
        layers = [self.layer("here", username="me"), self.layer("there", username="you", secret="hush-8")]
        with pytest.raises(ConfigurationError, match="SECRET: it is not set, but USERNAME is"):
            environment.choose(layers)

    def test_a_layer_does_not_tell_its_values(self) -> None:
        assert "hush" not in repr(self.layer("here", secret="hush-8"))


# Overrides


ENVIRON = {
    "MIXPANEL_SERVICE_ACCOUNT_USERNAME": "exporter",
    "MIXPANEL_SERVICE_ACCOUNT_SECRET": "hush",
    "MIXPANEL_PROJECT_ID": "1",
    "MIXPANEL_REGION": "eu",
}


@pytest.mark.parametrize("kind", [MixpanelClient, AsyncMixpanelClient])
def test_overrides_win_over_the_environment(kind: type[Any]) -> None:
    retry = RetryPolicy(attempts=2)
    client = kind.from_env(ENVIRON, project_id=7, timezone="Europe/Berlin", retry=retry, limits=None)
    context = client._context
    assert (context.project_id, context.zone.key, context.retry, context.limits) == (
        7,
        "Europe/Berlin",
        retry,
        UNLIMITED,
    )
    assert "eu.mixpanel.com" in repr(client)


@pytest.mark.parametrize("kind", [MixpanelClient, AsyncMixpanelClient])
def test_overridden_credentials_need_none_in_the_environment(kind: type[Any]) -> None:
    token = OAuthTokenAuth("token")
    assert kind.from_env({}, auth=token, project_id=1)._context.auth is token
    assert kind.from_env({"MIXPANEL_API_KEY": "half"}, auth=token, project_id=1)._context.auth is token


@pytest.mark.parametrize("kind", [MixpanelClient, AsyncMixpanelClient])
def test_every_argument_of_a_client_can_be_overridden(kind: type[Any]) -> None:
    assert set(inspect.signature(kind).parameters) == set(ClientOptions.__annotations__)
    with pytest.raises(TypeError, match="unknown"):
        kind.from_env(ENVIRON, unknown=1)
