"""A client's spec travels by pickle, connects where it lands, and shows no secret."""

from __future__ import annotations

import asyncio
import pickle
from pathlib import Path
from typing import Any

import httpx
import pytest

from mixpanel_export import (
    AsyncMixpanelClient,
    ConfigurationError,
    Limits,
    MixpanelClient,
    OAuthTokenAuth,
    RetryPolicy,
    ServiceAccountAuth,
    SignatureAuth,
)
from mixpanel_export.sandbox import Sandbox
from tests.wire_server import client_of

DAY = "2024-01-01"
SECRET = "hush-hush"


def travelled(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


def count(client: MixpanelClient) -> int:
    with client:
        return sum(1 for _ in client.export.events(DAY, DAY))


def test_a_spec_connects_with_the_same_settings(sandbox: Sandbox) -> None:
    with client_of(sandbox, timezone="Europe/Berlin") as client:
        spec = travelled(client.spec())
        expected = sum(1 for _ in client.export.events(DAY, DAY))
    connected = spec.connect()
    assert isinstance(connected, MixpanelClient)
    assert repr(connected) == repr(client)
    assert {spec} == {travelled(spec)}
    assert count(connected) == expected > 0


def test_an_asynchronous_spec_connects_asynchronously(sandbox: Sandbox) -> None:
    async def run() -> None:
        settings: Any = {"project_id": 1, "base_url": sandbox.url, "limits": None}
        client = AsyncMixpanelClient(ServiceAccountAuth("a", SECRET), **settings)
        connected = travelled(client.spec()).connect()
        assert isinstance(connected, AsyncMixpanelClient)
        await client.close()
        await connected.close()

    asyncio.run(run())


def test_a_spec_shows_no_secret_and_pickles_none_by_reference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "secret"
    file.write_text(SECRET + "\n")
    settings: Any = {"project_id": 1, "limits": Limits(), "retry": RetryPolicy(attempts=2), "timeout": 3.0}
    for auth in (ServiceAccountAuth("exporter", SECRET), OAuthTokenAuth(SECRET)):
        with MixpanelClient(auth, **settings) as client:
            held = client.spec()
            by_file = client.spec(secret_file=file)
            by_variable = client.spec(secret_variable="WAREHOUSE_SECRET")
        for spec in (held, by_file, by_variable):
            assert SECRET not in repr(spec) + str(spec)
        assert SECRET.encode() in pickle.dumps(held)
        for spec in (by_file, by_variable):
            assert SECRET.encode() not in pickle.dumps(spec)
        monkeypatch.setenv("WAREHOUSE_SECRET", SECRET)
        for spec in (held, by_file, by_variable):
            with travelled(spec).connect() as connected:
                assert connected.spec().description == held.description
        monkeypatch.delenv("WAREHOUSE_SECRET")
        with pytest.raises(ConfigurationError, match="WAREHOUSE_SECRET"):
            travelled(by_variable).connect()
    file.unlink()
    with pytest.raises(ConfigurationError, match="secret_file"):
        travelled(by_file).connect()


def test_the_spec_of_an_environment_reads_the_one_it_lands_in(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"USERNAME": "exporter", "SECRET": SECRET}.items():
        monkeypatch.setenv(f"MIXPANEL_SERVICE_ACCOUNT_{name}", value)
    with MixpanelClient.from_env(project_id=7, limits=None) as client:
        pickled = pickle.dumps(client.spec())
    assert SECRET.encode() not in pickled
    monkeypatch.setenv("MIXPANEL_SERVICE_ACCOUNT_SECRET", "another")
    with pickle.loads(pickled).connect() as connected:
        assert repr(connected) == repr(client)
    monkeypatch.delenv("MIXPANEL_SERVICE_ACCOUNT_SECRET")
    with pytest.raises(ConfigurationError, match="MIXPANEL_SERVICE_ACCOUNT_SECRET"):
        pickle.loads(pickled).connect()


def test_a_spec_of_given_settings_holds_them(monkeypatch: pytest.MonkeyPatch) -> None:
    # Neither comes from the environment of this process.
    account = {"MIXPANEL_OAUTH_TOKEN": SECRET, "MIXPANEL_PROJECT_ID": "7"}
    for options in ({"environ": account}, {"auth": OAuthTokenAuth(SECRET), "project_id": 7}):
        given: Any = options
        with MixpanelClient.from_env(**given) as client, travelled(client.spec()).connect() as connected:
            assert repr(connected) == repr(client)


def test_a_client_with_its_own_transport_has_no_spec() -> None:
    auth = ServiceAccountAuth("exporter", SECRET)
    transport = httpx.MockTransport(lambda request: httpx.Response(200))
    with MixpanelClient(auth, project_id=1, transport=transport) as client:
        with pytest.raises(ConfigurationError, match="transport"):
            client.spec()
        plan = client.export.plan(DAY, DAY)
        assert plan.requests == 1
        with pytest.raises(ConfigurationError, match="transport"):
            plan.slices[0].to_arrow()


def test_a_spec_refuses_what_cannot_be_read_elsewhere(tmp_path: Path) -> None:
    with MixpanelClient(SignatureAuth("key", SECRET)) as client:
        with pytest.raises(ConfigurationError, match="SignatureAuth"):
            client.spec(secret_file=tmp_path / "secret")
        with pytest.raises(ConfigurationError, match="either"):
            client.spec(secret_file="a", secret_variable="b")
