"""Objects under a URL: which URLs there are, long files in parts, and errors that say what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from mixpanel_export import InvalidArgumentError, MissingExtraError, MixpanelClient, RetryPolicy
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
    def test_what_is_one(self, url: str) -> None:
        assert is_url(url)

    @pytest.mark.parametrize("path", ["events", "/a/b", "C:\\events", "s3", "a:b", "./s3:/x"])
    def test_what_is_none(self, path: str) -> None:
        assert not is_url(path)

    def test_a_path_that_was_one_is_told(self, shop: MixpanelClient) -> None:
        with pytest.raises(InvalidArgumentError, match="not as a Path"):
            shop.export.to_directory(Path("s3://bucket/x"), *DAY)

    @pytest.mark.parametrize(
        "url", ["ftp://x/y", "s3://", "https://example.com/x", "memory:///", "file:///tmp", "azure://"]
    )
    def test_a_scheme_that_is_no_store_is_refused(self, shop: MixpanelClient, url: str) -> None:
        with pytest.raises(InvalidArgumentError, match=r"not the URL of an object store|s3://bucket/prefix"):
            shop.export.to_directory(url, *DAY)

    @pytest.mark.parametrize("url", ["s3://key:hush@b/p", "az://c/p?sig=hush", "gs://b/p#hush"])
    def test_credentials_in_a_url_are_refused_and_not_shown(self, shop: MixpanelClient, url: str) -> None:
        with pytest.raises(InvalidArgumentError, match="holds no credentials") as caught:
            shop.export.to_directory(url, *DAY)
        assert "hush" not in str(caught.value)
        assert "hush" not in repr(caught.value.value)

    @pytest.mark.parametrize("url", ["s3://b/p", "gs://b/p", "az://c/p"])
    def test_without_the_extra_it_is_named(
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
        # Where a machine's own role would be asked for.
        monkeypatch.setenv("AWS_METADATA_ENDPOINT", "http://127.0.0.1:1")

    def test_s3(self) -> None:
        with pytest.raises(DestinationError, match=r"No credentials were found.*AWS_ACCESS_KEY_ID"):
            opened("s3://bucket/x").read("manifest.json")

    def test_google(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere/at-all.json")
        with pytest.raises(
            DestinationError, match=r"No credentials were found.*GOOGLE_APPLICATION"
        ) as caught:
            opened("gs://bucket/x")
        assert "at-all.json" not in str(caught.value)

    def test_azure(self) -> None:
        with pytest.raises(DestinationError, match=r"No credentials were found.*AZURE_STORAGE_ACCOUNT_NAME"):
            opened("az://container/x")

    def test_a_server_elsewhere_needs_https_or_a_word(
        self, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL", bucket.server.replace("127.0.0.1", "127.0.0.2"))
        with pytest.raises(DestinationError, match="builder error"):
            opened(bucket.url).read("x")
        monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
        with pytest.raises(DestinationError, match="error sending request"):
            opened(bucket.url).read("x")


class TestObjects:
    def test_a_small_one_is_written_only_as_what_it_was(self, bucket: Bucket) -> None:
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

    def test_writing_again_what_was_written_is_no_change(self, bucket: Bucket) -> None:
        """An attempt whose answer was lost."""
        objects = opened(bucket.url)
        version = objects.write("m", b"1", None)
        assert objects.write("m", b"1", None) == version

    @pytest.mark.parametrize("size", [0, 1, 8 * MB, 8 * MB + 1, 20 * MB])
    def test_a_file_arrives_as_it_is(self, bucket: Bucket, tmp_path: Path, size: int) -> None:
        file = tmp_path / "file"
        file.write_bytes(os.urandom(size))
        objects = opened(bucket.url)
        objects.upload("date=2024-01-01/file", file)
        assert bucket.read("date=2024-01-01/file") == file.read_bytes()
        assert b"".join(objects.chunks("date=2024-01-01/file")) == file.read_bytes()
        assert objects.sizes() == {"date=2024-01-01/file": size}

    def test_a_long_file_that_breaks_off_is_sent_again(
        self, bucket: Bucket, gate: Gate, tmp_path: Path
    ) -> None:
        file = tmp_path / "file"
        file.write_bytes(os.urandom(20 * MB))
        gate.after, gate.cuts = b"partNumber=2", [3 * MB]
        opened(bucket.url).upload("file", file)
        assert gate.done == 1
        assert bucket.read("file") == file.read_bytes()

    def test_one_that_never_arrives_leaves_nothing_behind(
        self, bucket: Bucket, gate: Gate, tmp_path: Path
    ) -> None:
        file = tmp_path / "file"
        file.write_bytes(bytes(20 * MB))
        gate.after, gate.always = b"partNumber=3", 100
        with pytest.raises(DestinationError, match="file could not be written, tried 3 times"):
            opened(bucket.url).upload("file", file)
        assert bucket.names() == set()
        assert "<Upload>" not in httpx.get(f"{bucket.server}/{bucket.name}?uploads").text

    def test_one_that_is_not_there(self, bucket: Bucket) -> None:
        with pytest.raises(FileNotFoundError):
            next(opened(bucket.url).chunks("file"))

    def test_sending_ends_when_it_is_given_up(self, bucket: Bucket, tmp_path: Path) -> None:
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
def test_memory_does_not_grow_with_the_file(bucket: Bucket, tmp_path: Path) -> None:
    file = tmp_path / "file"
    with file.open("wb") as target:
        target.truncate(400 * MB)
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, bucket.url, str(file)], capture_output=True, check=True, timeout=100
    )
    assert int(done.stdout) < 120 * 1024
