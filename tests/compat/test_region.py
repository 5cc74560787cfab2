"""The region of the older client: a keyword, or the endpoints that its users changed."""

from __future__ import annotations

import pytest

from mixpanel_export import ConfigurationError
from mixpanel_export.compat import MixpanelQueryClient
from mixpanel_export.compat.connection import Connection

EU = ("https://eu.mixpanel.com/api", "https://data-eu.mixpanel.com/api/")


def host(client: MixpanelQueryClient) -> str:
    return repr(client.connection._current())


def test_a_region_is_a_keyword() -> None:
    assert "https://in.mixpanel.com" in host(MixpanelQueryClient("key", "secret", region="in"))
    assert "https://mixpanel.com" in host(MixpanelQueryClient("key", "secret"))


def test_changed_endpoints_choose_the_region(monkeypatch: pytest.MonkeyPatch) -> None:
    client = MixpanelQueryClient("key", "secret")
    client.connection.ENDPOINT, client.connection.DATA_ENDPOINT = EU
    assert "https://eu.mixpanel.com" in host(client)
    monkeypatch.setattr(Connection, "ENDPOINT", EU[0])
    monkeypatch.setattr(Connection, "DATA_ENDPOINT", EU[1])
    assert "https://eu.mixpanel.com" in host(MixpanelQueryClient("key", "secret"))


def test_endpoints_of_no_region_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Connection, "ENDPOINT", EU[0])
    with pytest.raises(ConfigurationError, match="DATA_ENDPOINT: expected https://data-eu"):
        MixpanelQueryClient("key", "secret")
    monkeypatch.setattr(Connection, "ENDPOINT", "https://proxy.example.com/api")
    with pytest.raises(ConfigurationError, match="base_url="):
        MixpanelQueryClient("key", "secret")
