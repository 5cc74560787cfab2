"""Exports to `s3://bucket/prefix`: every promise of a local directory, against a server that speaks S3."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import random
import threading
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pyarrow.parquet
import pytest

from mixpanel_export import (
    AsyncMixpanelClient,
    DirectoryBusyError,
    DirectoryMismatchError,
    ManifestError,
    MixpanelClient,
    RetryPolicy,
)
from mixpanel_export.errors import DestinationError
from mixpanel_export.sandbox import Fault, Sandbox
from tests.waiting import assert_no_thread_is_left, ends_soon
from tests.wire_server import client_of

from .. import columnar
from ..contents import expected
from ..test_conversion import project_of, wanted
from .conftest import SECRET, Bucket, Gate, canonical_lines
from .exporting import exporting, gzipped, kill, wait_for

RANGE = ("2024-01-01", "2024-01-10")
DAY = ("2024-01-01", "2024-01-01")


class TestContents:
    def test_a_bucket_holds_every_event_once(
        self, shop: MixpanelClient, bucket: Bucket, scratch: Path
    ) -> None:
        done = shop.export.to_directory(bucket.url, *RANGE, slice_days=4)
        assert bucket.lines(gzipped) == expected(shop, *RANGE)
        assert done.path == bucket.url
        assert done.files == tuple(
            f"{bucket.url}/events_2024-01-{days}.jsonl.gz"
            for days in ("01_2024-01-04", "05_2024-01-08", "09_2024-01-10")
        )
        assert (done.fetched, done.found, done.unknown) == (3, 0, [])
        assert bucket.manifest.is_complete
        assert list(scratch.iterdir()) == []

    def test_plain_lines_can_be_exported(self, shop: MixpanelClient, bucket: Bucket) -> None:
        shop.export.to_directory(bucket.url + "/", *DAY, format="jsonl", event="Purchase")
        assert bucket.lines(canonical_lines) == expected(shop, *DAY, event="Purchase")

    def test_a_bucket_without_a_prefix_can_be_used(self, shop: MixpanelClient, bucket: Bucket) -> None:
        done = shop.export.to_directory(f"s3://{bucket.name}", *DAY)
        assert bucket.names() == {"manifest.json", "events_2024-01-01_2024-01-01.jsonl.gz"}
        assert done.files == (f"s3://{bucket.name}/events_2024-01-01_2024-01-01.jsonl.gz",)

    def test_a_second_run_makes_no_request(
        self, sandbox: Sandbox, shop: MixpanelClient, bucket: Bucket
    ) -> None:
        first = shop.export.to_directory(bucket.url, *RANGE)
        sandbox.requests.clear()
        again = shop.export.to_directory(bucket.url, *RANGE, verify=True)
        assert len(sandbox.requests) == 0
        assert (again.fetched, again.found, again.events) == (0, 3, first.events)

    @pytest.mark.slow
    def test_an_update_follows_its_plan(self, shop: MixpanelClient, bucket: Bucket) -> None:
        shop.export.to_directory(bucket.url, *RANGE)
        plan = shop.export.plan_update(bucket.url, to_date="2024-01-12", look_back=2)
        before = bucket.names()
        assert plan.requests == 2
        done = shop.export.update_directory(bucket.url, to_date="2024-01-12", look_back=2)
        assert done.fetched == 2
        assert bucket.lines(gzipped) == expected(shop, "2024-01-01", "2024-01-12")
        assert len(bucket.names()) == len(before) + 1

    def test_an_async_client_exports(self, sandbox: Sandbox, shop: MixpanelClient, bucket: Bucket) -> None:
        async def run() -> int:
            async with AsyncMixpanelClient(
                sandbox.auth, project_id=sandbox.credentials.project_id, base_url=sandbox.url, limits=None
            ) as client:
                return (await client.export.to_directory(bucket.url, *RANGE)).fetched

        assert asyncio.run(run()) == 3
        assert bucket.lines(gzipped) == expected(shop, *RANGE)

    def test_columns_and_partitions_can_be_exported(
        self, tmp_path: Path, bucket: Bucket, scratch: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        columnar.install(monkeypatch)
        with project_of(tmp_path, columnar.served(6)) as project, client_of(project) as client:
            done = client.export.to_directory(
                bucket.url,
                "2024-01-01",
                "2024-01-06",
                format="parquet",
                partition_by="date",
                slice_days=2,
                parallel=1,
            )
        assert bucket.lines(lambda data: canonical_lines(data.partition(b"\n")[2])) == wanted(6)
        names = [column["property"] for column in bucket.manifest.columns]
        paths = sorted(bucket.manifest.paths)
        assert all(json.loads(bucket.read(path).partition(b"\n")[0]) == names for path in paths)
        assert paths[0] == "date=2024-01-01/events_2024-01-01_2024-01-02_r2.parquet"
        assert done.files[0] == f"{bucket.url}/{paths[0]}"
        assert list(scratch.iterdir()) == []


@pytest.mark.slow
class TestAgain:
    @pytest.mark.parametrize("damage", ["missing", "shorter", "flipped"])
    @pytest.mark.sampled(1)
    def test_damaged_objects_are_fetched_again(
        self, sandbox: Sandbox, shop: MixpanelClient, bucket: Bucket, damage: str
    ) -> None:
        shop.export.to_directory(bucket.url, *RANGE, slice_days=4)
        victim = "events_2024-01-05_2024-01-08.jsonl.gz"
        data = bucket.read(victim)
        if damage == "missing":
            bucket.remove(victim)
        else:
            bucket.write(victim, data[:-1] if damage == "shorter" else data[:-1] + bytes([data[-1] ^ 1]))
        sandbox.requests.clear()
        done = shop.export.to_directory(bucket.url, *RANGE, verify=damage == "flipped")
        assert list(done.damaged) == [victim]
        assert len(sandbox.requests) == 1
        assert bucket.lines(gzipped) == expected(shop, *RANGE)

    def test_another_query_is_refused(self, shop: MixpanelClient, bucket: Bucket) -> None:
        shop.export.to_directory(bucket.url, *DAY)
        before = {name: bucket.read(name) for name in bucket.names()}
        with pytest.raises(DirectoryMismatchError, match="event is not set there") as caught:
            shop.export.to_directory(bucket.url, *DAY, event="Purchase")
        assert bucket.url in str(caught.value)
        assert {name: bucket.read(name) for name in bucket.names()} == before

    def test_overwrite_replaces_even_a_damaged_manifest(self, shop: MixpanelClient, bucket: Bucket) -> None:
        shop.export.to_directory(bucket.url, *RANGE)
        bucket.write("notes.txt", b"mine")
        bucket.write("manifest.json", b'{"version": 1, "que')
        with pytest.raises(ManifestError, match=rf"{bucket.url}/manifest\.json.*damaged"):
            shop.export.to_directory(bucket.url, *RANGE)
        shop.export.to_directory(bucket.url, *DAY, event="Purchase", overwrite=True)
        bucket.remove("notes.txt")
        assert bucket.lines(gzipped) == expected(shop, *DAY, event="Purchase")

    def test_unknown_objects_are_reported_and_left_alone(self, shop: MixpanelClient, bucket: Bucket) -> None:
        shop.export.to_directory(bucket.url, *DAY)
        bucket.write("events_2020-01-01_2020-01-02.jsonl.gz", b"mine")
        bucket.write("deeper/down/events_2020-01-01_2020-01-02.jsonl.gz", b"mine")
        done = shop.export.to_directory(bucket.url, *DAY)
        assert done.unknown == ["events_2020-01-01_2020-01-02.jsonl.gz"]


KILLS = [2, pytest.param(15, marks=pytest.mark.slow)]


class TestKills:
    @pytest.mark.parametrize("kills", KILLS)
    @pytest.mark.slow
    def test_lines_survive_kills(
        self, sandbox: Sandbox, shop: MixpanelClient, bucket: Bucket, kills: int
    ) -> None:
        wanted = expected(shop, "2024-01-01", "2024-01-20")
        chance, complete = random.Random(), 0
        for _ in range(kills):
            process = exporting(sandbox, bucket)
            time.sleep(chance.uniform(0.0, 0.8))
            kill(process)
            if "manifest.json" in bucket.names():
                found = bucket.lines(gzipped, stray=True)
                assert found <= wanted
                assert complete <= found.total(), "what was complete is complete no more"
                complete = found.total()
        shop.export.to_directory(bucket.url, "2024-01-01", "2024-01-20")
        assert bucket.lines(gzipped) == wanted

    @pytest.mark.parametrize("kills", KILLS)
    @pytest.mark.slow
    def test_partitions_survive_kills(
        self, tmp_path: Path, bucket: Bucket, kills: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        columnar.install(monkeypatch)

        def read(data: bytes) -> list[str]:
            return canonical_lines(data.partition(b"\n")[2])

        chance = random.Random()
        with project_of(tmp_path, columnar.served(20)) as project, client_of(project) as client:
            for _ in range(kills):
                process = exporting(project, bucket, "csv")
                time.sleep(chance.uniform(0.0, 1.2))
                kill(process)
                if "manifest.json" in bucket.names():
                    assert bucket.lines(read, stray=True) <= wanted(20)
            client.export.to_directory(
                bucket.url, "2024-01-01", "2024-01-20", format="csv", partition_by="date"
            )
        assert bucket.lines(read) == wanted(20)
        assert bucket.manifest.is_complete
        names = [column["property"] for column in bucket.manifest.columns]
        assert all(
            json.loads(bucket.read(path).partition(b"\n")[0]) == names for path in bucket.manifest.paths
        )

    @pytest.mark.parametrize("kills", [1, pytest.param(10, marks=pytest.mark.slow)])
    @pytest.mark.slow
    def test_parquet_survives_kills(
        self, sandbox: Sandbox, shop: MixpanelClient, bucket: Bucket, kills: int
    ) -> None:
        wanted = Counter(
            f"{event.name} {event.insert_id}" for event in shop.export.events("2024-01-01", "2024-01-20")
        )
        schemas: set[str] = set()

        def read(data: bytes) -> list[str]:
            table = pyarrow.parquet.read_table(io.BytesIO(data))
            schemas.add(str(table.schema))
            columns = table.select(["event", "insert_id"]).to_pydict()
            return [f"{name} {id}" for name, id in zip(*columns.values(), strict=True)]

        chance = random.Random()
        for _ in range(kills):
            process = exporting(sandbox, bucket, "parquet")
            time.sleep(chance.uniform(0.3, 2.5))
            kill(process)
            if "manifest.json" in bucket.names():
                assert bucket.lines(read, stray=True) <= wanted
        schemas.clear()
        shop.export.to_directory(
            bucket.url, "2024-01-01", "2024-01-20", format="parquet", partition_by="date"
        )
        assert bucket.lines(read) == wanted
        assert bucket.manifest.is_complete
        assert len(schemas) == 1


@pytest.mark.slow
class TestTwoProcesses:
    @pytest.mark.slow
    def test_a_second_process_is_refused_and_breaks_nothing(
        self, sandbox: Sandbox, shop: MixpanelClient, bucket: Bucket
    ) -> None:
        sandbox.faults.add(Fault.stall(), path="/export")
        first = exporting(sandbox, bucket)
        try:
            wait_for(bucket, ".lock")
            for overwrite in (False, True):
                with pytest.raises(DirectoryBusyError, match=f"process {first.pid} on "):
                    shop.export.to_directory(bucket.url, "2024-01-01", "2024-01-20", overwrite=overwrite)
            wait_for(bucket, "manifest")
            assert shop.export.plan("2024-01-01", "2024-01-20", path=bucket.url).requests > 0
        finally:
            kill(first)
        assert ".lock" in bucket.names()
        shop.export.to_directory(bucket.url, "2024-01-01", "2024-01-20")
        assert bucket.lines(gzipped) == expected(shop, "2024-01-01", "2024-01-20")

    def test_concurrent_exports_fetch_each_slice_once(self, sandbox: Sandbox, bucket: Bucket) -> None:
        outcomes: list[object] = []

        def export() -> None:
            with client_of(sandbox) as client:
                try:
                    outcomes.append(client.export.to_directory(bucket.url, *DAY).fetched)
                except DirectoryBusyError as error:
                    outcomes.append(error)

        threads = [threading.Thread(target=export) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert outcomes.count(1) == 1
        assert all(outcome in (0, 1) or isinstance(outcome, DirectoryBusyError) for outcome in outcomes)
        with client_of(sandbox) as client:
            assert bucket.lines(gzipped) == expected(client, *DAY)

    def test_a_manifest_changed_by_others_is_not_replaced(
        self, sandbox: Sandbox, shop: MixpanelClient, bucket: Bucket
    ) -> None:
        theirs: list[bytes] = []

        def meddle(progress: Any) -> None:
            if not theirs:
                theirs.append(bucket.read("manifest.json") + b"\n")
                bucket.write("manifest.json", theirs[0])

        with pytest.raises(DirectoryBusyError, match="changed by another process"):
            shop.export.to_directory(bucket.url, *DAY, progress=meddle)
        assert bucket.read("manifest.json") == theirs[0]
        shop.export.to_directory(bucket.url, *DAY)
        assert bucket.lines(gzipped) == expected(shop, *DAY)


@pytest.mark.slow
class TestFailures:
    def test_a_missing_bucket_is_reported(self, shop: MixpanelClient, bucket: Bucket, scratch: Path) -> None:
        where: dict[str, Any] = {"path": "s3://nowhere-at-all/x", "from_date": DAY[0], "to_date": DAY[1]}
        for call in (shop.export.to_directory, shop.export.plan):
            with pytest.raises(DestinationError, match="no such bucket or container") as caught:
                call(**where)
            assert caught.value.url == "s3://nowhere-at-all/x"
        assert list(scratch.iterdir()) == []

    def test_refused_credentials_are_reported_without_secrets(
        self, sandbox: Sandbox, shop: MixpanelClient, bucket: Bucket, caplog: pytest.LogCaptureFixture
    ) -> None:
        httpx.post(f"{bucket.server}/moto-api/reset-auth", content=b"0")
        try:
            with caplog.at_level(logging.DEBUG), pytest.raises(DestinationError) as caught:
                shop.export.to_directory(bucket.url, *DAY)
        finally:
            httpx.post(f"{bucket.server}/moto-api/reset-auth", content=b"inf")
        assert "credentials must allow listing, reading, writing and deleting" in str(caught.value)
        assert "tried" not in str(caught.value)
        assert SECRET not in "".join(traceback.format_exception(caught.value)) + caplog.text
        assert len(sandbox.requests) == 0

    def test_no_object_contains_a_secret(self, shop: MixpanelClient, bucket: Bucket) -> None:
        shop.export.to_directory(bucket.url, *DAY)
        assert all(SECRET.encode() not in bucket.read(name) for name in bucket.names())

    def test_an_unreachable_server_is_retried(
        self, sandbox: Sandbox, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
        retry = RetryPolicy(attempts=3, initial_wait=0.01)
        with client_of(sandbox, retry=retry) as client, pytest.raises(DestinationError, match="3 times"):
            client.export.to_directory(bucket.url, *DAY)

    def test_broken_uploads_are_repeated(self, shop: MixpanelClient, bucket: Bucket, gate: Gate) -> None:
        gate.after, gate.cuts = b"PUT ", [0, 300, 600, 300]
        shop.export.to_directory(bucket.url, *RANGE, slice_days=5)
        assert gate.done == 4
        assert bucket.lines(gzipped) == expected(shop, *RANGE)

    def test_a_failed_upload_is_reported_and_the_next_run_resumes(
        self, sandbox: Sandbox, bucket: Bucket, gate: Gate, scratch: Path
    ) -> None:
        gate.after, gate.always = b"-10.jsonl.gz HTTP/", 0
        with client_of(sandbox) as client:
            with pytest.raises(
                DestinationError, match=r"2024-01-10\.jsonl\.gz could not be written, tried 6"
            ):
                client.export.to_directory(bucket.url, *RANGE, slice_days=5, parallel=1)
            assert list(scratch.iterdir()) == []
            assert ".lock" not in bucket.names()
            assert bucket.lines(gzipped) == expected(client, "2024-01-01", "2024-01-05")
            gate.always = None
            assert client.export.to_directory(bucket.url, *RANGE).fetched == 1
            assert bucket.lines(gzipped) == expected(client, *RANGE)

    @pytest.mark.slow
    def test_a_cancelled_export_leaves_no_scratch_files(
        self, sandbox: Sandbox, shop: MixpanelClient, bucket: Bucket, scratch: Path
    ) -> None:
        sandbox.faults.add(None, Fault.stall(), path="/export")

        async def run() -> None:
            async with AsyncMixpanelClient(
                sandbox.auth, project_id=sandbox.credentials.project_id, base_url=sandbox.url, limits=None
            ) as client:
                task = asyncio.create_task(
                    client.export.to_directory(bucket.url, *RANGE, slice_days=5, parallel=1)
                )
                await asyncio.to_thread(wait_for, bucket, "events_")
                await asyncio.sleep(0.1)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task

        # The stall lasts until the request's timeout, which is longer.
        with ends_soon():
            asyncio.run(run())
        assert list(scratch.iterdir()) == []
        assert ".lock" not in bucket.names()
        assert_no_thread_is_left()
        assert shop.export.to_directory(bucket.url, *RANGE).fetched == 1
        assert bucket.lines(gzipped) == expected(shop, *RANGE)

    def test_an_abandoned_scratch_directory_is_removed(
        self, shop: MixpanelClient, bucket: Bucket, scratch: Path
    ) -> None:
        for name, old in (("mixpanel-export-scratch-dead", 3600), ("mixpanel-export-scratch-new", 0)):
            (scratch / name).mkdir()
            (scratch / name / ".events.part").write_bytes(b"x")
            os.utime(scratch / name, (time.time() - old,) * 2)
        shop.export.to_directory(bucket.url, *DAY)
        assert [path.name for path in scratch.iterdir()] == ["mixpanel-export-scratch-new"]


def test_a_day_without_events_has_an_object(shop: MixpanelClient, bucket: Bucket) -> None:
    shop.export.to_directory(bucket.url, "2019-01-01", "2019-01-01")
    assert bucket.lines(gzipped) == Counter()
