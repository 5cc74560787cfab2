"""`mixpanel-export events --output s3://…`."""

from __future__ import annotations

import gzip

import pytest

from mixpanel_export import MixpanelClient
from mixpanel_export.sandbox import Sandbox

from ...cli.runner import Result, run
from ..contents import expected
from .conftest import SECRET, Bucket, canonical_lines

RANGE = ["--from", "2024-01-01", "--to", "2024-01-03"]


def run_events(sandbox: Sandbox, bucket: Bucket, *arguments: str) -> Result:
    return run("events", *arguments, environ={**sandbox.environment, **bucket.environment})


@pytest.mark.slow
def test_export_resumes_and_updates(sandbox: Sandbox, shop: MixpanelClient, bucket: Bucket) -> None:
    planned = run_events(sandbox, bucket, *RANGE, "--output", bucket.url, "--dry-run")
    assert "1 to 4 requests" in planned.out, planned.err
    assert bucket.names() == set()
    done = run_events(sandbox, bucket, *RANGE, "--output", bucket.url)
    assert done.returncode == 0, done.err
    assert f"to {bucket.url}: 1 slice fetched, 0 already complete" in done.err
    again = run_events(sandbox, bucket, *RANGE, "--output", bucket.url, "--verify")
    assert "0 slices fetched, 1 already complete" in again.err
    later = run_events(sandbox, bucket, "--since-last", "--to", "2024-01-04", "--output", bucket.url)
    assert "2 slices fetched" in later.err
    assert bucket.lines(lambda data: canonical_lines(gzip.decompress(data))) == expected(
        shop, "2024-01-01", "2024-01-04"
    )


def test_unusable_destination_is_named(sandbox: Sandbox, bucket: Bucket) -> None:
    done = run_events(sandbox, bucket, *RANGE, "--output", "s3://nowhere-at-all/x")
    assert done.returncode == 1
    assert "s3://nowhere-at-all/x" in done.err
    assert "no such bucket" in done.err
    assert "Traceback" not in done.err
    assert SECRET not in done.err
    assert run_events(sandbox, bucket, *RANGE, "--output", "ftp://nowhere/x").returncode == 2
