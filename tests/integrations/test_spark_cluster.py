"""A Spark cluster whose executors are killed reads every event once, and sends no request over a limit."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from mixpanel_export.sandbox import Fault, Sandbox
from tests.export.test_batches import counted
from tests.integrations.test_redis import server, url
from tests.wire_server import client_of

__all__ = ["server", "url"]

pytest.importorskip("pyspark")
pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.skipif(shutil.which("redis-server") is None, reason="needs Debian's redis-server"),
]

FIRST, LAST = "2024-01-01", "2024-01-16"
ROOT = Path(__file__).parents[2]
EXECUTOR = b"CoarseGrainedExecutorBackend"

# The driver is a process of its own, as the session of another test may run in this one.
DRIVER = """
import json, sys
from pyspark.sql import SparkSession
from mixpanel_export.spark import register

master, base_url, redis_url, first, last, output = sys.argv[1:]
settings = {
    "spark.ui.enabled": "false",
    "spark.executor.cores": "1",
    "spark.executor.memory": "512m",
    "spark.cores.max": "2",
    "spark.sql.codegen.wholeStage": "false",
    "spark.python.authenticate.socketTimeout": "300s",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
}
spark = SparkSession.builder.master(master).config(map=settings).getOrCreate()
register(spark)
options = {"from": first, "to": last, "slice_days": "1", "shared_budget_url": redis_url, "base_url": base_url}
frame = spark.read.format("mixpanel").options(**options).load()
rows = frame.select("event", "properties").collect()
with open(output, "w") as file:
    for row in rows:
        file.write(json.dumps([row.event, row.properties]) + "\\n")
print("done", flush=True)
spark.stop()
"""


@contextmanager
def daemon(environment: dict[str, str], log: Path, *arguments: str) -> Iterator[None]:
    """Run one of Spark's own programs; end it, and all that it has started."""
    import pyspark

    command = [str(Path(pyspark.__file__).parent / "bin" / "spark-class"), *arguments]
    with (
        log.open("w") as file,
        subprocess.Popen(
            command, env=environment, stdout=file, stderr=file, start_new_session=True
        ) as process,
    ):
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def found_in(log: Path, pattern: str) -> str:
    """Wait for a line that matches."""
    until = time.monotonic() + 120
    while not (match := re.search(pattern, log.read_text())):
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.1)
    return match[1]


def executors(folder: Path) -> list[int]:
    """Return the ids of the executors of a cluster, which work in folders under this one."""
    found: list[int] = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            works_here = (path.parent / "cwd").readlink().is_relative_to(folder)
            if EXECUTOR in path.read_bytes() and works_here:
                found.append(int(path.parent.name))
    return found


def test_killed_executors_lose_no_event_and_break_no_limit(url: str, tmp_path: Path) -> None:
    with Sandbox() as sandbox, ExitStack() as stack:
        with client_of(sandbox) as client:
            expected = counted(
                {"event": event.name, "properties": event.properties}
                for event in client.export.events(FIRST, LAST)
            )
        sandbox.reset()
        environment = {
            **os.environ,
            **sandbox.environment,
            "PYSPARK_PYTHON": sys.executable,
            "PYTHONPATH": f"{ROOT}:{ROOT / 'generated'}",
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_DAEMON_JAVA_OPTS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
            "SPARK_DAEMON_MEMORY": "256m",
            "SPARK_LOG_DIR": str(tmp_path),
            "SPARK_WORKER_DIR": str(tmp_path),
        }
        common = ("--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
        log = tmp_path / "master.log"
        stack.enter_context(daemon(environment, log, "org.apache.spark.deploy.master.Master", *common))
        address = found_in(log, r"(spark://127\.0\.0\.1:\d+)")
        for number in range(2):
            log = tmp_path / f"worker{number}.log"
            arguments = (*common, "--cores", "1", "--memory", "600m", address)
            stack.enter_context(daemon(environment, log, "org.apache.spark.deploy.worker.Worker", *arguments))
            found_in(log, "(Successfully registered with master)")
        # Requests take long enough for their executors to be killed.
        sandbox.faults.add(*[Fault.delay(1.0)] * 100, path="/export")
        output = tmp_path / "rows.jsonl"
        with subprocess.Popen(
            [sys.executable, "-c", DRIVER, address, sandbox.url, url, FIRST, LAST, str(output)],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            killed: list[int] = []
            for asked in (3, 7, 11):
                while len(sandbox.requests) < asked and process.poll() is None:
                    time.sleep(0.05)
                for pid in executors(tmp_path)[:1]:
                    os.kill(pid, signal.SIGKILL)
                    killed.append(pid)
            text, _ = process.communicate(timeout=600)
        assert "done" in text, text
        assert len(killed) == 3
        lines = [json.loads(line) for line in output.read_text().splitlines()]
        assert counted({"event": name, "properties": json.loads(text)} for name, text in lines) == expected
        statuses = [request.status for request in sandbox.requests if request.path.endswith("/export")]
        assert {status for status in statuses if status is not None} == {200}
        assert 16 <= len(statuses) <= 16 + 2 * len(killed)
