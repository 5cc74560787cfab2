"""Objects under a URL: supported URLs, long files in parts, and errors that say what to do."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from mixpanel_export import (
    ConfigurationError,
    InvalidArgumentError,
    MissingExtraError,
    MixpanelClient,
    RetryPolicy,
)
from mixpanel_export.directory.destination import is_url
from mixpanel_export.directory.object_store import ChangedError, Objects, open_objects
from mixpanel_export.errors import CancelledError, DestinationError
from mixpanel_export.http.cancellation import Cancellation

from .conftest import Bucket, Gate

DAY = ("2024-01-01", "2024-01-01")
SOON = RetryPolicy(attempts=3, initial_wait=0.01)
MB = 1 << 20


def opened(url: str) -> Objects:
    return open_objects(url, retry=SOON)


class TestUrls:
    @pytest.mark.parametrize("url", ["s3://b/p", "S3A://b", "gs://b/p", "az://c/p", "abfss://c@a.dfs.x/p"])
    def test_urls_are_recognized(self, url: str) -> None:
        assert is_url(url)

    @pytest.mark.parametrize("path", ["events", "/a/b", "C:\\events", "s3", "a:b", "./s3:/x"])
    def test_local_paths_are_not_urls(self, path: str) -> None:
        assert not is_url(path)

    def test_a_url_passed_as_a_path_is_refused(self, shop: MixpanelClient) -> None:
        with pytest.raises(InvalidArgumentError, match="not as a Path"):
            shop.export.to_directory(Path("s3://bucket/x"), *DAY)

    @pytest.mark.parametrize(
        "url", ["ftp://x/y", "s3://", "https://example.com/x", "memory:///", "file:///tmp", "azure://"]
    )
    def test_a_url_of_no_object_store_is_refused(self, shop: MixpanelClient, url: str) -> None:
        with pytest.raises(InvalidArgumentError, match=r"not the URL of an object store|s3://bucket/prefix"):
            shop.export.to_directory(url, *DAY)

    @pytest.mark.parametrize(
        "url",
        ["s3://key:hush@b/p", "s3://key:hu/hush@b/p", "s3://hush@b/p", "az://c/p?sig=hush", "gs://b/p#hush"],
    )
    def test_a_url_with_credentials_is_refused_and_not_shown(self, shop: MixpanelClient, url: str) -> None:
        with pytest.raises(InvalidArgumentError, match="holds no credentials") as caught:
            shop.export.to_directory(url, *DAY)
        assert "hush" not in str(caught.value)
        assert "hush" not in repr(caught.value.value)

    @pytest.mark.parametrize("url", ["s3://b/p", "gs://b/p", "az://c/p"])
    def test_a_missing_extra_is_named(
        self, shop: MixpanelClient, monkeypatch: pytest.MonkeyPatch, url: str
    ) -> None:
        for name in ("obstore", "obstore.store", "obstore.exceptions"):
            monkeypatch.setitem(sys.modules, name, None)
        with pytest.raises(MissingExtraError, match=r"mixpanel-export-sdk\[cloud\]"):
            shop.export.to_directory(url, *DAY)


class TestCredentials:
    @pytest.fixture(autouse=True)
    def _nowhere(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in list(os.environ):
            if name.startswith(("AWS_", "AZURE_", "GOOGLE_")):
                monkeypatch.delenv(name)
        # The endpoint that tells a machine its own role.
        monkeypatch.setenv("AWS_METADATA_ENDPOINT", "http://127.0.0.1:1")

    def test_missing_s3_credentials_are_reported(self) -> None:
        with pytest.raises(DestinationError, match=r"No credentials were found.*AWS_ACCESS_KEY_ID"):
            opened("s3://bucket/x").read("manifest.json")

    def test_missing_google_credentials_are_reported(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere/at-all.json")
        with pytest.raises(
            DestinationError, match=r"No credentials were found.*GOOGLE_APPLICATION"
        ) as caught:
            opened("gs://bucket/x")
        assert "at-all.json" not in str(caught.value)

    def test_missing_azure_credentials_are_reported(self) -> None:
        with pytest.raises(DestinationError, match=r"No credentials were found.*AZURE_STORAGE_ACCOUNT_NAME"):
            opened("az://container/x")

    def test_plain_http_elsewhere_must_be_allowed(
        self, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://store.invalid")
        with pytest.raises(ConfigurationError, match="AWS_ALLOW_HTTP=true"):
            opened(bucket.url)
        monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
        with pytest.raises(DestinationError, match="error sending request"):
            opened(bucket.url).read("x")


class TestObjects:
    def test_an_object_is_replaced_only_in_its_version(self, bucket: Bucket) -> None:
        objects = opened(bucket.url)
        assert objects.read("m") is None
        first = objects.write("m", b"1", None)
        with pytest.raises(ChangedError):
            objects.write("m", b"2", None)
        second = objects.write("m", b"3", first)
        with pytest.raises(ChangedError):
            objects.write("m", b"4", first)
        assert objects.read("m") == (b"3", second)
        objects.delete(["m", "n"])
        with pytest.raises(ChangedError):
            objects.write("m", b"5", second)

    def test_a_repeated_write_of_the_same_content_succeeds(self, bucket: Bucket) -> None:
        """The answer to the first attempt may have been lost."""
        objects = opened(bucket.url)
        version = objects.write("m", b"1", None)
        assert objects.write("m", b"1", None) == version

    @pytest.mark.parametrize("size", [0, 1, 8 * MB, 8 * MB + 1, 20 * MB])
    @pytest.mark.sampled(2)
    def test_an_uploaded_file_is_unchanged(self, bucket: Bucket, tmp_path: Path, size: int) -> None:
        file = tmp_path / "file"
        file.write_bytes(os.urandom(size))
        objects = opened(bucket.url)
        objects.upload("date=2024-01-01/file", file)
        assert bucket.read("date=2024-01-01/file") == file.read_bytes()
        assert b"".join(objects.chunks("date=2024-01-01/file")) == file.read_bytes()
        assert objects.sizes() == {"date=2024-01-01/file": size}

    def test_a_broken_multipart_upload_is_repeated(self, bucket: Bucket, gate: Gate, tmp_path: Path) -> None:
        file = tmp_path / "file"
        file.write_bytes(os.urandom(20 * MB))
        gate.after, gate.cuts = b"partNumber=2", [3 * MB]
        opened(bucket.url).upload("file", file)
        assert gate.done == 1
        assert bucket.read("file") == file.read_bytes()

    def test_a_failed_upload_leaves_nothing_behind(self, bucket: Bucket, gate: Gate, tmp_path: Path) -> None:
        file = tmp_path / "file"
        file.write_bytes(bytes(20 * MB))
        gate.after, gate.always = b"partNumber=3", 100
        with pytest.raises(DestinationError, match="file could not be written, tried 3 times"):
            opened(bucket.url).upload("file", file)
        assert bucket.names() == set()
        # The native library ends each upload later, by one request, which may be lost as well. Not all three are.
        while httpx.get(f"{bucket.server}/{bucket.name}?uploads").text.count("<Upload>") == 3:
            time.sleep(0.05)

    def test_a_missing_object_raises(self, bucket: Bucket) -> None:
        with pytest.raises(FileNotFoundError):
            next(opened(bucket.url).chunks("file"))

    def test_an_upload_can_be_cancelled(self, bucket: Bucket, tmp_path: Path) -> None:
        class CancelledLater(Cancellation):
            checks = 0

            def check(self) -> None:
                self.checks += 1
                if self.checks > 3:
                    self.cancel()
                super().check()

        file = tmp_path / "file"
        file.write_bytes(bytes(40 * MB))
        with pytest.raises(CancelledError):
            open_objects(bucket.url, retry=SOON, cancellation=CancelledLater()).upload("file", file)
        assert bucket.names() == set()


MEMORY = """
import resource, sys
from pathlib import Path
from mixpanel_export import RetryPolicy
from mixpanel_export.directory.destination import is_url
from mixpanel_export.directory.object_store import open_objects
objects = open_objects(sys.argv[1], retry=RetryPolicy())
objects.sizes()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
objects.upload("file", Path(sys.argv[2]))
for chunk in objects.chunks("file"):
    pass
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_memory_does_not_grow_with_the_file(bucket: Bucket, tmp_path: Path) -> None:
    file = tmp_path / "file"
    with file.open("wb") as target:
        target.truncate(250 * MB)
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, bucket.url, str(file)], capture_output=True, check=True
    )
    assert int(done.stdout) < 120 * 1024
