"""Processes that export to a bucket, to be killed."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys

from mixpanel_export.sandbox import Sandbox
from tests.waiting import settled

from .conftest import Bucket, canonical_lines

EXPORT = """
import sys
from mixpanel_export import MixpanelClient, ServiceAccountAuth
from tests.directory import columnar
target, url, name, secret, project, format = sys.argv[1:]
if format == "csv":
    columnar.install()
more = {} if format == "jsonl.gz" else {"partition_by": "date"}
auth = ServiceAccountAuth(name, secret)
with MixpanelClient(auth, project_id=project, base_url=url, limits=None) as client:
    print("ready", flush=True)
    client.export.to_directory(
        target, "2024-01-01", "2024-01-20", format=format, slice_days=2, parallel=3, **more
    )
"""


def exporting(sandbox: Sandbox, bucket: Bucket, format: str = "jsonl.gz") -> subprocess.Popen[bytes]:
    """Start a process that is about to export."""
    who = sandbox.credentials
    arguments = [bucket.url, sandbox.url, who.username, who.secret, str(who.project_id), format]
    process = subprocess.Popen(
        [sys.executable, "-c", EXPORT, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **bucket.environment},
    )
    assert process.stdout is not None
    process.stdout.readline()
    return process


def kill(process: subprocess.Popen[bytes]) -> None:
    with process:
        process.send_signal(signal.SIGKILL)


def wait_for(bucket: Bucket, part: str) -> None:
    assert settled(lambda: any(part in name for name in bucket.names()), 20)


def gzipped(data: bytes) -> list[str]:
    return canonical_lines(gzip.decompress(data))
