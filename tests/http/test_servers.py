"""Where requests go: the regions' hosts, a base URL of one's own, and how long each family may take."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixpanel_export import (
    AsyncMixpanelClient,
    ConfigurationError,
    MixpanelClient,
    OAuthTokenAuth,
    ServiceAccountAuth,
    SignatureAuth,
)
from mixpanel_export.http.servers import Region, Servers, family_of, read_timeout
from tests.openapi import SPEC
from tests.recording_server import Ask, Server, async_transports, transport

REGIONS = ("us", "eu", "in")
ACCOUNT = ServiceAccountAuth("exporter", "made-up-secret")

paths = pytest.mark.parametrize("path", SPEC["paths"])


# Regions


def test_the_regions_are_those_of_the_contract() -> None:
    assert get_args(Region) == REGIONS
    roots = [server["url"] for server in SPEC["servers"]]
    assert [Servers.choose(region, None).rest for region in REGIONS] == roots


@paths
def test_every_path_goes_to_the_hosts_of_the_contract(path: str) -> None:
    hosts = [server["url"] for server in SPEC["paths"][path]["servers"]]
    assert [Servers.choose(region, None).url(path, "/api/query") for region in REGIONS] == [
        host + path for host in hosts
    ]


def test_only_the_raw_export_has_hosts_of_its_own() -> None:
    assert [Servers.choose(region, None).url("/api/2.0/export", "/api/query") for region in REGIONS] == [
        "https://data.mixpanel.com/api/2.0/export",
        "https://data-eu.mixpanel.com/api/2.0/export",
        "https://data-in.mixpanel.com/api/2.0/export",
    ]


@paths
def test_only_the_query_family_moves_to_the_older_root(path: str) -> None:
    moved = path.replace("/api/query/", "/api/2.0/")
    servers = Servers.choose("eu", None)
    assert servers.url(path, "/api/2.0").split("mixpanel.com", 1)[1] == moved
    assert (moved == path) == (not path.startswith("/api/query/"))


@pytest.mark.parametrize("region", ["US", "europe", "", "us ", None, 1, ["us"]], ids=repr)
def test_an_unknown_region_is_refused_with_those_that_exist(region: Any) -> None:
    with pytest.raises(ConfigurationError, match="'us', 'eu', 'in'") as caught:
        MixpanelClient(ACCOUNT, project_id=1, region=region, transport=transport())
    assert caught.value.argument == "region"


def test_a_region_is_checked_even_beside_a_base_url() -> None:
    with pytest.raises(ConfigurationError, match="region"):
        Servers.choose("mars", "https://proxy.example")


@pytest.mark.parametrize(("region", "host"), [("us", "mixpanel.com"), ("eu", "eu.mixpanel.com")])
def test_a_client_says_where_it_goes(region: Region, host: str) -> None:
    with MixpanelClient(ACCOUNT, project_id=7, region=region, transport=transport()) as client:
        assert repr(client) == f"<MixpanelClient: project 7, service account 'exporter', https://{host}>"


# A base URL


@pytest.mark.parametrize(
    ("base_url", "root"),
    [
        ("https://proxy.example", "https://proxy.example"),
        ("https://proxy.example/", "https://proxy.example"),
        ("https://proxy.example:8443/mixpanel/eu//", "https://proxy.example:8443/mixpanel/eu"),
        ("HTTPS://Proxy.Example/Path", "https://proxy.example/Path"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://localhost:8000/", "http://localhost:8000"),
        ("http://LOCALHOST", "http://localhost"),
        ("http://mixpanel.localhost", "http://mixpanel.localhost"),
        ("http://[::1]:9000", "http://[::1]:9000"),
    ],
)
def test_a_base_url_is_the_root_of_every_family(base_url: str, root: str) -> None:
    servers = Servers.choose("eu", base_url)
    assert servers.url("/api/2.0/export", "/api/query") == f"{root}/api/2.0/export"
    assert servers.url("/api/query/events", "/api/query") == f"{root}/api/query/events"
    assert servers.url("/api/query/events", "/api/2.0") == f"{root}/api/2.0/events"
    assert servers.url("/api/app/projects/1/schemas", "/api/2.0") == f"{root}/api/app/projects/1/schemas"


def test_requests_keep_the_path_of_the_base_url(ask: Ask, server: Server) -> None:
    server.answers([])
    for auth in (ACCOUNT, SignatureAuth("key", "made-up-secret")):
        ask(auth, lambda client: client.events.names(type="general"), base_url=f"{server.url}/eu/proxy/")
    assert [request.path for request in server.requests] == [
        "/eu/proxy/api/query/events/names",
        "/eu/proxy/api/2.0/events/names",
    ]


@pytest.mark.parametrize(
    "base_url",
    [
        "http://proxy.example",
        "http://mixpanel.com",
        "http://10.0.0.1",
        "http://0.0.0.0:8000",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://notlocalhost",
        "http://[::2]",
    ],
)
def test_plain_http_is_refused_beyond_loopback(base_url: str) -> None:
    with pytest.raises(
        ConfigurationError, match=r"^base_url: expected https.*plain http is accepted for loopback only"
    ):
        Servers.choose("us", base_url)


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "proxy.example",
        "//proxy.example",
        "/api",
        "ftp://proxy.example",
        "file:///etc/hosts",
        "https://",
        "https:proxy.example",
        " https://proxy.example",
        "https://proxy.example:port",
        "https://proxy.example:99999",
        "https://proxy.example:0",
        "https://[::1",
        "https://proxy.example\n",
        7,
        b"https://proxy.example",
    ],
    ids=ascii,
)
def test_malformed_base_urls_are_refused(base_url: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"^base_url: ") as caught:
        MixpanelClient(ACCOUNT, project_id=1, base_url=base_url, transport=transport())
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    "base_url",
    [
        "https://name:hunter2@proxy.example",
        "https://hunter2@proxy.example",
        "https://name:hunter2@127.0.0.1",
        "http://127.0.0.1@hunter2.example",
        "https://proxy.example?token=hunter2",
        "https://proxy.example/path#hunter2",
        "https://proxy.example/path?",
        "https://proxy.example/path#",
    ],
)
def test_credentials_and_a_query_have_no_place_in_a_base_url(base_url: str) -> None:
    with pytest.raises(ConfigurationError, match="pass credentials as auth") as caught:
        Servers.choose("us", base_url)
    assert "hunter2" not in str(caught.value)


@given(
    host=st.from_regex(r"[a-z][a-z0-9-]{0,9}(\.[a-z]{2,5}){1,2}", fullmatch=True).filter(
        lambda host: not host.endswith(".localhost")
    ),
    port=st.none() | st.integers(1, 65535),
    prefix=st.from_regex(r"(/[a-zA-Z0-9_.~-]*[a-zA-Z0-9]){0,3}", fullmatch=True),
)
def test_no_host_by_name_is_reached_without_tls(host: str, port: int | None, prefix: str) -> None:
    rest = host + (f":{port}" if port and port not in {80, 443} else "") + prefix
    with pytest.raises(ConfigurationError, match="plain http"):
        Servers.choose("us", f"http://{rest}")


@pytest.mark.parametrize("auth", [ACCOUNT, OAuthTokenAuth("token")])
def test_both_clients_choose_their_servers_alike(auth: ServiceAccountAuth | OAuthTokenAuth) -> None:
    options: dict[str, Any] = {"project_id": 7, "region": "in"}
    shown = repr(AsyncMixpanelClient(auth, **options, **async_transports()))
    with MixpanelClient(auth, **options, transport=transport()) as client:
        assert shown == repr(client).replace("MixpanelClient", "AsyncMixpanelClient")


# Families


@paths
def test_every_path_of_the_contract_has_its_family(path: str) -> None:
    family = family_of(path)
    (description,) = {
        server["description"].split(", ")[1].split(" (")[0] for server in SPEC["paths"][path]["servers"]
    }
    expected = {"data family": "data", "query family": "query", "app family": "app", "legacy calls": "query"}
    assert family == ("schemas" if "/schemas" in path else expected[description])


@pytest.mark.parametrize(
    ("path", "seconds"),
    [("/api/2.0/export", 300), ("/api/query/segmentation", 8 * 60), ("/api/app/projects/1/schemas", 2 * 60)],
)
def test_a_client_waits_longer_than_mixpanel_takes(path: str, seconds: int) -> None:
    assert seconds < read_timeout(family_of(path)) <= 2 * seconds
