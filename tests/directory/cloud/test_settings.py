"""Settings of object stores that cannot work are named, with their values; nothing is sent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mixpanel_export import ConfigurationError, RetryPolicy
from mixpanel_export.directory.object_store import open_objects
from mixpanel_export.errors import DestinationError
from tests.anywhere.certificates import DAY, Authority, tls_server

S3 = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "hidden", "AWS_REGION": "us-east-1"}


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(("AWS_", "AZURE_", "GOOGLE_", "SSL_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


def refused(url: str, settings: dict[str, str]) -> str:
    """Return the error for these variables."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        with pytest.raises((ConfigurationError, DestinationError)) as raised:
            open_objects(url, retry=RetryPolicy(attempts=1)).sizes()
    assert "hidden" not in str(raised.value)
    return str(raised.value)


@pytest.mark.parametrize(
    "server",
    ["x", "http://", "ftp://host", "http://127.0.0.1:9000x", "http://127.0.0.1:99999", "https://a..b"],
)
def test_unusable_servers_are_named(server: str) -> None:
    """Some of these would make obstore panic."""
    words = f"expected a URL such as https://host:port, got {server!r}"
    for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"):
        assert refused("s3://bucket/x", {**S3, name: server}) == f"{name}: {words}"
    assert refused("az://container/x", {"AZURE_STORAGE_ENDPOINT": server}).endswith(words)
    assert refused("gs://bucket/x", {"GOOGLE_BASE_URL": server}).endswith(words)


def test_plain_http_elsewhere_names_what_allows_it() -> None:
    for url, name, prefix in (
        ("s3://bucket/x", "AWS_ENDPOINT_URL", "AWS"),
        ("az://container/x", "AZURE_STORAGE_ENDPOINT", "AZURE"),
        ("gs://bucket/x", "GOOGLE_BASE_URL", "GOOGLE"),
    ):
        message = refused(url, {**S3, name: "http://store.example:9000"})
        assert message.startswith(f"{name}: expected https for 'store.example'; set {prefix}_ALLOW_HTTP=true")


@pytest.mark.parametrize(
    ("url", "name", "value", "words"),
    [
        ("s3://bucket/x", "AWS_REGION", "us-east-1\n", "line break"),
        ("s3://bucket/x", "AWS_SECRET_ACCESS_KEY", "hidden\n", "line break"),
        ("s3://bucket/x", "AWS_ACCESS_KEY_ID", "é", "ASCII"),
        ("s3://bucket/x", "AWS_SKIP_SIGNATURE", "maybe", "'maybe' cannot be used"),
        ("s3://bucket/x", "AWS_ENDPOINT_URL", "https://u:hidden@host", "holds no credentials"),
        ("s3://bucket/x", "AWS_ENDPOINT_URL", "http://u:hidden/hidden@127.0.0.1:", "'http://…@127.0.0.1:'"),
        ("s3://bucket/x", "AWS_ENDPOINT_URL_S3", "http://u:1/hidden@127.0.0.1", "'http://…@127.0.0.1'"),
        ("s3://bucket/x", "AWS_ENDPOINT_URL", "https://\udcff:1", "expected a URL such as"),
        (
            "s3://bucket/x",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "http://u:hidden/x@127.0.0.1",
            "expected a URL",
        ),
        ("s3://bucket/x", "AWS_METADATA_ENDPOINT", "http://u:hidden@127.0.0.1", "holds no credentials"),
        ("az://container/x", "AZURE_AUTHORITY_HOST", "bogus", "expected a URL such as"),
        ("gs://bucket/x", "GOOGLE_APPLICATION_CREDENTIALS", "/dev/null", "Unable to decode service account"),
        ("az://container/x", "AZURE_STORAGE_ACCOUNT_KEY", "hidden!", "Invalid Access Key"),
    ],
)
def test_unusable_values_are_named(url: str, name: str, value: str, words: str) -> None:
    account = {"AZURE_STORAGE_ACCOUNT_NAME": "account"} if url.startswith("az") else S3
    message = refused(url, {**account, name: value})
    assert message.startswith(f"{name}: ")
    assert words in message


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"AWS_SERVER_SIDE_ENCRYPTION": "nope"}, "Invalid encryption type: nope"),
        (
            {"AWS_SERVER_SIDE_ENCRYPTION": "sse-c", "AWS_SSE_CUSTOMER_KEY_BASE64": "hidden"},
            "x-amz-server-side-encryption-customer-key",
        ),
    ],
)
def test_other_settings_are_told_in_the_words_of_the_store(values: dict[str, str], words: str) -> None:
    message = refused("s3://bucket/x", {**S3, **values})
    assert message.startswith("s3://bucket/x: it cannot be opened (")
    assert words in message


def test_unusable_proxies_are_named() -> None:
    for proxy, words in (
        ("ftp://proxy:21", "expected a proxy such as"),
        ("http://proxy:99999", "expected a proxy such as"),
        ("socks5://name:hidden@proxy", "object stores are reached through HTTP proxies only"),
    ):
        assert refused("s3://bucket/x", {**S3, "HTTPS_PROXY": proxy}).startswith(f"HTTPS_PROXY: {words}")


def test_failed_connections_say_why() -> None:
    here = {**S3, "AWS_ENDPOINT_URL": "http://127.0.0.1:1", "HTTP_PROXY": "ftp://unusable"}
    assert "(Connection refused)" in refused("s3://bucket/x", here)
    behind = {**S3, "AWS_ENDPOINT_URL": "https://store.invalid", "HTTPS_PROXY": "http://u:hidden@127.0.0.1:1"}
    message = refused("s3://bucket/x", behind)
    assert "(Connection refused), through the proxy 'http://…@127.0.0.1:1' in HTTPS_PROXY" in message


def test_certificates_name_the_remedy(tmp_path: Path) -> None:
    authority = Authority.create(tmp_path)
    trusted = {**S3, "SSL_CERT_FILE": str(authority.bundle)}
    for settings, context, words in (
        (S3, authority.server_context(), "set SSL_CERT_FILE to a PEM file"),
        (trusted, authority.server_context(valid=-DAY), "Check this machine's clock"),
        (trusted, authority.server_context("localhost"), "Something else answers under this name"),
    ):
        with tls_server(context) as (address, _):
            message = refused("s3://bucket/x", {**settings, "AWS_ENDPOINT_URL": address})
        assert words in message
        assert "tried" not in message
    message = refused("s3://bucket/x", {**S3, "SSL_CERT_FILE": "/gone"})
    assert message.startswith("SSL_CERT_FILE: ")
