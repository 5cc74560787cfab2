"""`mixpanel-export events --output s3://…`."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys

from mixpanel_export import MixpanelClient
from mixpanel_export.sandbox import Sandbox

from ..contents import expected
from .conftest import SECRET, Bucket, canonical_lines

COMMAND = [sys.executable, "-c", "from mixpanel_export.cli import main; main()", "events"]
RANGE = ["--from", "2024-01-01", "--to", "2024-01-03"]


def run(sandbox: Sandbox, bucket: Bucket, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **sandbox.environment, **bucket.environment},
        timeout=60,
        check=False,
    )


def test_the_command_exports_resumes_and_updates(
    sandbox: Sandbox, shop: MixpanelClient, bucket: Bucket
) -> None:
    planned = run(sandbox, bucket, *RANGE, "--output", bucket.url, "--dry-run")
    assert "3 requests" in planned.stdout, planned.stderr
    assert bucket.names() == set()
    done = run(sandbox, bucket, *RANGE, "--output", bucket.url)
    assert done.returncode == 0, done.stderr
    assert f"to {bucket.url}: 3 slices fetched, 0 already complete" in done.stderr
    again = run(sandbox, bucket, *RANGE, "--output", bucket.url, "--verify")
    assert "0 slices fetched, 3 already complete" in again.stderr
    later = run(sandbox, bucket, "--since-last", "--to", "2024-01-04", "--output", bucket.url)
    assert "4 slices fetched" in later.stderr
    assert bucket.lines(lambda data: canonical_lines(gzip.decompress(data))) == expected(
        shop, "2024-01-01", "2024-01-04"
    )


def test_the_command_explains_a_bad_destination(sandbox: Sandbox, bucket: Bucket) -> None:
    done = run(sandbox, bucket, *RANGE, "--output", "s3://nowhere-at-all/x")
    assert done.returncode == 1
    assert "s3://nowhere-at-all/x" in done.stderr
    assert "no such bucket" in done.stderr
    assert "Traceback" not in done.stderr
    assert SECRET not in done.stderr
    assert run(sandbox, bucket, *RANGE, "--output", "ftp://nowhere/x").returncode == 2
