"""Slices that travel: every day is in exactly one, and each is delivered complete, wherever it lands, or raises."""

from __future__ import annotations

import asyncio
import pickle
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import attrs
import pyarrow as pa
import pytest

from mixpanel_export import (
    AsyncMixpanelClient,
    InvalidArgumentError,
    Limits,
    MixpanelClient,
    Quota,
    RetryPolicy,
    ServiceAccountAuth,
    SliceFailedError,
    SliceTask,
)
from mixpanel_export.columns.tables import lines_of
from mixpanel_export.sandbox import Fault, Sandbox
from tests.export.test_batches import counted
from tests.wire_server import client_of

DAYS = ("2024-01-01", "2024-01-12")
ONCE = RetryPolicy(attempts=1)


def travelled(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


def sent(client: MixpanelClient, **filters: Any) -> Counter[str]:
    events = client.export.events(*DAYS, **filters)
    return counted({"event": event.name, "properties": event.properties} for event in events)


def fetched(task: SliceTask) -> list[dict[str, Any]]:
    return list(lines_of(task.to_arrow(layout="json")))


def test_slices_deliver_every_event_once_after_a_pickle(sandbox: Sandbox) -> None:
    filters: dict[str, Any] = {"event": ["Purchase", "Sign Up"], "where": 'properties["plan"] != "free"'}
    with client_of(sandbox) as client:
        expected = sent(client, **filters)
        tasks = travelled(client.export.slices(*DAYS, parallel=4, **filters))
    assert len(tasks) == 4
    assert [task.days for task in tasks] == [3] * 4
    assert sum(expected.values()) > 0
    assert counted(line for task in tasks for line in fetched(task)) == expected
    events = [event for task in tasks for event in task.events()]
    assert counted({"event": event.name, "properties": event.properties} for event in events) == expected


def test_slices_of_a_plan_are_frozen_and_show_no_secret(sandbox: Sandbox) -> None:
    client = MixpanelClient(ServiceAccountAuth("exporter", "hush-hush"), project_id=1, base_url=sandbox.url)
    with client:
        plan = travelled(client.export.plan(*DAYS, slice_days=5, fields=["plan"]))
    assert plan.tasks == plan.slices
    assert {*plan.slices} == {*travelled(plan.slices)}
    assert [str(task) for task in plan.slices] == [
        "2024-01-01 to 2024-01-05",
        "2024-01-06 to 2024-01-10",
        "2024-01-11 to 2024-01-12",
    ]
    assert "hush-hush" not in repr(plan) + str(plan.slices) + repr(plan.slices[0].client)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        plan.slices[0].to_date = plan.slices[0].from_date
    assert plan.slices[0].options == {"fields": ("plan",)}


def test_a_slice_makes_one_request_and_writes_files(sandbox: Sandbox, tmp_path: Path) -> None:
    with client_of(sandbox) as client:
        expected = sent(client)
        (task,) = client.export.slices(*DAYS, parallel=1)
    before = len(sandbox.requests)
    table: pa.Table = task.to_arrow()
    assert len(sandbox.requests) == before + 1
    assert counted(lines_of(table)) == expected
    totals = travelled(task).to_file(tmp_path / "events.parquet", layout="json")
    assert totals.events == table.num_rows
    read: Any = pa.parquet.read_table(tmp_path / "events.parquet")
    assert counted(lines_of(read)) == expected


def test_a_slice_that_breaks_off_raises_and_writes_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    with client_of(sandbox, retry=ONCE) as client:
        task = travelled(client.export.slices(*DAYS, parallel=1)[0])
    uses = (
        task.to_arrow,
        lambda: list(task.batches(layout="json")),
        lambda: list(task.events()),
        lambda: task.to_file(tmp_path / "events.jsonl"),
    )
    for use in uses:
        sandbox.faults.add(Fault.terminated_early(), path="/export")
        with pytest.raises(SliceFailedError):
            use()
    assert not list(tmp_path.iterdir())


def test_a_probe_sizes_slices_with_one_request(sandbox: Sandbox) -> None:
    with client_of(sandbox) as client:
        before = len(sandbox.requests)
        tasks = client.export.slices(*DAYS, probe=True)
        assert len(sandbox.requests) == before + 1
        # These days are so small that one request is worth all of them.
        assert [task.days for task in tasks] == [12]
        assert len(client.export.slices(*DAYS, probe=True, slice_days=6)) == 2
        assert len(sandbox.requests) == before + 1


def test_a_plan_knows_whether_it_fits_the_budget(sandbox: Sandbox) -> None:
    limits = Limits(export=Quota(per_hour=10), shared=False)
    with client_of(sandbox, limits=limits) as client:
        assert client.export.plan(*DAYS, slice_days=2).fits_budget()
        assert not client.export.plan(*DAYS, slice_days=1).fits_budget()
        list(client.export.events(*DAYS, slice_days=2))
        assert client.export.plan(*DAYS, slice_days=3).fits_budget()
        assert not client.export.plan(*DAYS, slice_days=2).fits_budget()
        # Within a quarter of the hour's budget, whatever number of workers there is.
        assert len(client.export.slices(*DAYS, parallel=64)) <= 3
    with client_of(sandbox) as client:
        assert client.export.plan(*DAYS, slice_days=1).fits_budget()


def test_slices_know_whether_they_fit_the_budget(sandbox: Sandbox) -> None:
    limits = Limits(export=Quota(per_hour=12), shared=False)
    with client_of(sandbox, limits=limits) as client:
        for _ in range(10):
            list(client.export.events(DAYS[0], DAYS[0]))
        # The plan is for one client; the workers' slices are more.
        assert client.export.plan(*DAYS, parallel=3).fits_budget()
        tasks = client.export.slices(*DAYS, parallel=3)
        assert (len(tasks), tasks.used, tasks.per_hour, tasks.fits_budget()) == (3, 10, 12, False)
        assert client.export.slices(*DAYS, parallel=2).fits_budget()
        # The probe takes one of the requests that are left.
        probed = client.export.slices(*DAYS, probe=True)
        assert (len(probed), probed.used, probed.fits_budget()) == (1, 11, True)
        assert not client.export.slices(*DAYS, slice_days=6).fits_budget()
        plan = client.export.plan(*DAYS, slice_days=6)
        assert (plan.fits_budget(), plan.tasks.fits_budget(), plan.slices) == (False, False, plan.tasks)
        assert travelled(tasks) == tasks == (*tasks,)
        assert not travelled(tasks).fits_budget()
    with client_of(sandbox) as client:
        assert client.export.slices(*DAYS, slice_days=1).fits_budget()


def test_a_slice_is_frozen_and_has_its_own_days(sandbox: Sandbox, tmp_path: Path) -> None:
    with client_of(sandbox) as client:
        (task,) = travelled(client.export.slices(*DAYS, parallel=1, event="Purchase"))
    assert task.options == {"event": ["Purchase"]}
    with pytest.raises(TypeError):
        task.options["event"] = "Sign Up"
    assert "mappingproxy" not in repr(task)
    before = len(sandbox.requests)
    for name in ("from_date", "to_date"):
        uses = (task.to_arrow, task.batches, lambda **days: task.to_file(tmp_path / "x.parquet", **days))
        for use in uses:
            with pytest.raises(InvalidArgumentError, match=f"{name}: a slice has its own days"):
                use(**{name: "2024-01-01"})
    assert len(sandbox.requests) == before


def test_slices_cannot_share_a_file_of_malformed_lines(sandbox: Sandbox, tmp_path: Path) -> None:
    with client_of(sandbox) as client, pytest.raises(InvalidArgumentError, match="malformed_path"):
        client.export.slices(*DAYS, on_malformed="quarantine", malformed_path=tmp_path / "lines")


def test_an_asynchronous_client_plans_slices_that_are_fetched_anywhere(sandbox: Sandbox) -> None:
    async def run() -> list[SliceTask]:
        settings: Any = {
            "project_id": sandbox.credentials.project_id,
            "base_url": sandbox.url,
            "limits": None,
        }
        async with AsyncMixpanelClient(sandbox.auth, **settings) as client:
            tasks = [*await client.export.slices(*DAYS, parallel=2)]
            assert (await client.export.plan(*DAYS, slice_days=6)).slices == tuple(tasks)
            return tasks

    tasks = travelled(asyncio.run(run()))
    with client_of(sandbox) as client:
        assert counted(line for task in tasks for line in fetched(task)) == sent(client)


@pytest.mark.slow
def test_processes_that_share_nothing_fetch_slices(sandbox: Sandbox) -> None:
    import multiprocessing

    with client_of(sandbox) as client:
        expected, tasks = sent(client), client.export.slices(*DAYS, parallel=4)
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        lines = [line for lines in pool.map(fetched, tasks) for line in lines]
    assert counted(lines) == expected
