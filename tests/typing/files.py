"""Files, streams and directories as an application writes them, for mypy and pyright to judge; never run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import assert_type

from mixpanel_export import AsyncMixpanelClient, DirectoryExport, MixpanelClient, ProfilesProgress, Progress

DAY = "2024-01-01"


def synchronous(client: MixpanelClient) -> None:
    assert_type(client.export.to_file(Path("f"), DAY, DAY, format="csv", layout="json"), Progress)
    assert_type(client.export.to_stream(sys.stdout.buffer, DAY, DAY, event="Sign Up"), Progress)
    assert_type(client.profiles.to_file("f", cohort=1), ProfilesProgress)
    assert_type(client.profiles.to_stream(sys.stdout.buffer, group=12), ProfilesProgress)
    client.profiles.to_stream(sys.stdout.buffer, format="jsonl")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


async def asynchronous(client: AsyncMixpanelClient) -> None:
    assert_type(await client.export.to_file(Path("f"), DAY, DAY, format="csv", layout="json"), Progress)
    assert_type(await client.export.to_stream(sys.stdout.buffer, DAY, DAY, event="Sign Up"), Progress)
    await client.export.to_file("f", DAY, DAY, slices=7)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await client.export.to_stream(sys.stdout.buffer, DAY, DAY, format="xml")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert_type(await client.profiles.to_file("f", format="jsonl", cohort=1), ProfilesProgress)
    assert_type(await client.profiles.to_stream(sys.stdout.buffer, distinct_ids=["a"]), ProfilesProgress)
    assert_type(await client.profiles.to_file("f", format="parquet"), ProfilesProgress)
    await client.profiles.to_file("f", format="xml")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def directory(done: DirectoryExport) -> list[int]:
    """Return the files of an export: paths in a directory, URLs in a bucket."""
    return [each.stat().st_size for each in done.files] + [len(str(each)) for each in done.files]
