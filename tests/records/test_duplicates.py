"""De-duplication by Mixpanel's identity: the last processed event stays, in memory and on disk, on request only."""

from __future__ import annotations

import asyncio
import datetime
import gzip
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from mixpanel_export import AsyncMixpanelClient, MalformedEventError, MixpanelClient, Progress
from mixpanel_export._formats import FileFormat
from mixpanel_export.download.jsonl import copy_gzip, copy_lines
from mixpanel_export.download.plan import Slice
from mixpanel_export.download.spool import Spool
from mixpanel_export.errors import CancelledError
from mixpanel_export.http.cancellation import Cancellation
from mixpanel_export.records.duplicates import find_duplicates
from mixpanel_export.records.verify import Block, Verifier
from mixpanel_export.sandbox import Sandbox
from tests.wire_server import Wire

DAY = Slice(datetime.date(2024, 1, 1), datetime.date(2024, 1, 1))
SAMPLE = ("2024-01-01", "2024-03-31")

# Few values, so that many events are alike, and one of every JSON type.
IDS = st.sampled_from(
    ["a", "b", "1", "", 1, 1.0, 1.5, 10**30, True, None, [1], {"k": "v"}, "\ud800", "\u2028", "ä"]
)
MOMENTS = st.sampled_from([None, 0, 5, 5.0, 5.5, 2**53, 10**30, -1, "9", True, [7]])


def record(name: str, **properties: Any) -> dict[str, Any]:
    return {"event": name, "properties": {k.replace("_insert", "$insert"): v for k, v in properties.items()}}


RECORDS = st.lists(
    st.builds(
        lambda name, required, optional: {"event": name, "properties": {**required, **optional}},
        st.sampled_from(["A", "B", "\ud800"]),
        st.fixed_dictionaries({"time": st.sampled_from([1, 2, 1.0, "1"]), "n": st.integers(0, 9)}),
        st.fixed_dictionaries(
            {}, optional={"distinct_id": IDS, "$insert_id": IDS, "mp_processing_time_ms": MOMENTS}
        ),
    ),
    max_size=40,
)


def same_value(value: Any) -> Any:
    """Return a value that compares equal for equal JSON values only."""
    return ("number", value) if isinstance(value, int | float) and type(value) is not bool else repr(value)


def expected(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Deduplicate by comparing every pair of lines."""
    identities: list[Any] = []
    for each in records:
        get = each["properties"].get
        identity = [each["event"], *(same_value(get(k)) for k in ("distinct_id", "time", "$insert_id"))]
        identities.append(identity if get("$insert_id") is not None else None)

    def moment(each: dict[str, Any]) -> float:
        at = each["properties"].get("mp_processing_time_ms")
        return at if isinstance(at, int | float) and type(at) is not bool else float("-inf")

    def outdone(at: int) -> bool:
        return any(
            identities[other] == identities[at]
            and (moment(records[other]), other) > (moment(records[at]), at)
            for other in range(len(records))
            if identities[at] is not None
        )

    return [each for at, each in enumerate(records) if not outdone(at)]


def encoded(records: list[dict[str, Any]], blank: bool = False) -> bytes:
    # Like Mixpanel, do not escape text that need not be escaped.
    lines: list[bytes] = []
    for each in records:
        try:
            lines.append(json.dumps(each, ensure_ascii=False).encode())
        except UnicodeEncodeError:
            lines.append(json.dumps(each).encode())
    return b"".join(line + (b"\n \n\n" if blank else b"\n") for line in lines)


def spooled(body: bytes, *, compressed: bool = False) -> Spool:
    body = gzip.compress(body) if compressed else body
    verifier = Verifier("text/plain", "gzip" if compressed else "")
    verifier.feed(body)
    return Spool(DAY, verifier.finish(), io.BytesIO(body))


def decoded(lines: bytes) -> list[Any]:
    return [json.loads(line) for line in lines.split(b"\n") if line.strip()]


@given(RECORDS, st.booleans(), st.booleans(), st.booleans())
@example([record("A", time=1, _insert_id="i")] * 3, True, False, False)
def test_deduplication_agrees_with_comparing_all_pairs(
    records: list[dict[str, Any]], blank: bool, ended: bool, compressed: bool
) -> None:
    body = encoded(records, blank)
    body = body if ended else body.rstrip()
    spool = spooled(body, compressed=compressed).without_duplicates()
    left = decoded(b"".join(spool.blocks()))
    assert left == expected(records)
    assert (spool.events, spool.dropped) == (len(left), len(records) - len(left))
    for copy, read in ((copy_lines, bytes), (copy_gzip, gzip.decompress)):
        file = io.BytesIO()
        copy(spool, file)
        assert decoded(read(file.getvalue())) == left


@given(RECORDS, st.integers(1, 9), st.integers(1, 50))
def test_partitions_on_disk_find_the_same_duplicates(
    records: list[dict[str, Any]], concurrent: int, size: int
) -> None:
    body = encoded(records * 9)
    lines = body.splitlines(keepends=True) if records else []
    blocks = [b"".join(lines[at : at + size]) for at in range(0, len(lines), size)]
    counted = [Block(block) for block in blocks]
    in_memory = find_duplicates(lambda: counted, len(lines), "a test")
    on_disk = find_duplicates(lambda: counted, len(lines), "a test", partition_size=concurrent, in_memory=1)
    assert in_memory == on_disk
    with pytest.MonkeyPatch.context() as patch:
        # Neither what a first look leaves out, nor how many ids it counts at a time, makes a difference.
        patch.setattr("mixpanel_export.records.duplicates._PART", 7)
        assert find_duplicates(lambda: counted, len(lines), "a test") == in_memory
        patch.setattr("mixpanel_export.records.duplicates._MAX_LOOKED_AT", -1)
        assert find_duplicates(lambda: counted, len(lines), "a test") == in_memory


@pytest.mark.slow
def test_many_partitions_on_disk_leave_one_of_each() -> None:
    records = [
        record("A", time=n % 5000, distinct_id=n % 7, _insert_id="i", mp_processing_time_ms=-n)
        for n in range(70_000)
    ]
    lines = [encoded([each]) for each in records]
    blocks = [b"".join(lines[at : at + 1000]) for at in range(0, len(lines), 1000)]
    found = find_duplicates(lambda: map(Block, blocks), len(lines), "a test", partition_size=500, in_memory=1)
    # 5000 and 7 have no common divisor: the first 35,000 are all different, and processed later.
    assert b"".join(found.cut_from(blocks)) == b"".join(lines[:35_000])
    assert found.count == 35_000


def test_an_event_without_insert_id_is_nobodys_duplicate() -> None:
    records = [record("A", time=1, distinct_id="u")] * 3 + [record("A", time=1, _insert_id=None)] * 3
    spool = spooled(encoded(records)).without_duplicates()
    assert spool.dropped == 0
    assert b"".join(spool.blocks()) == encoded(records)


def test_remaining_lines_keep_their_exact_bytes() -> None:
    odd = b'{ "event":"A","properties":{"$insert_id":"1","time":1.50,"s":"\\u00e4\xe2\x80\xa8"}}'
    spool = spooled(odd + b"\r\n" + odd + b"\n\n" + odd.replace(b'"A"', b'"B"')).without_duplicates()
    assert b"".join(spool.blocks()) == odd + b"\n\n" + odd.replace(b'"A"', b'"B"')


def test_gzip_is_unchanged_if_nothing_is_dropped() -> None:
    body = gzip.compress(encoded([record("A", time=1, _insert_id=n) for n in range(9)]), 9)
    verifier = Verifier("", "gzip")
    verifier.feed(body)
    spool = Spool(DAY, verifier.finish(), io.BytesIO(body)).without_duplicates()
    file = io.BytesIO()
    copy_gzip(spool, file)
    assert spool.is_unchanged
    assert file.getvalue() == body


def test_a_line_that_is_not_an_event_is_named_in_the_error() -> None:
    body = encoded([record("A", time=1, _insert_id="i")] * 3)
    with pytest.raises(MalformedEventError, match="line 4 "):
        spooled(body + b'{"event":1,"properties":{}}\n' + body).without_duplicates()


def test_a_cancelled_search_for_duplicates_ends() -> None:
    cancellation = Cancellation()
    cancellation.cancel()
    with pytest.raises(CancelledError):
        evolve(spooled(encoded([record("A")])), cancellation=cancellation).without_duplicates()


BODY = encoded([record("A", time=1, _insert_id=n // 2, mp_processing_time_ms=n) for n in range(1000)])
SECOND_OF_EACH = b"".join(BODY.splitlines(keepends=True)[1::2])


def test_events_are_deduplicated_on_request_only(wire: Wire, client: MixpanelClient) -> None:
    wire.answers(gzip.compress(BODY), headers=("Content-Encoding: gzip",))
    day = ("2024-01-01", "2024-01-01")
    assert len(list(client.export.events(*day))) == 1000
    seen: list[Progress] = []
    events = list(client.export.events(*day, deduplicate=True, fields=[], progress=seen.append))
    assert [event.properties["$insert_id"] for event in events] == list(range(500))
    assert (seen[-1].events, seen[-1].dropped) == (1000, 500)


def test_async_events_are_deduplicated_too(wire: Wire, async_client: AsyncMixpanelClient) -> None:
    wire.answers(BODY)

    async def count() -> int:
        async with async_client as client:
            found = client.export.events("2024-01-01", "2024-01-01", deduplicate=True)
            return len([event async for event in found])

    assert asyncio.run(count()) == 500


@pytest.mark.parametrize("format", ["jsonl", "jsonl.gz"])
def test_files_are_deduplicated_on_request_only(
    wire: Wire, client: MixpanelClient, tmp_path: Path, format: FileFormat
) -> None:
    wire.answers(gzip.compress(BODY), headers=("Content-Encoding: gzip",))
    path = tmp_path / f"e.{format}"
    for deduplicate, expected_lines in ((False, BODY), (True, SECOND_OF_EACH)):
        totals = client.export.to_file(
            path, "2024-01-01", "2024-01-01", format=format, deduplicate=deduplicate
        )
        body = path.read_bytes()
        assert (gzip.decompress(body) if format == "jsonl.gz" else body) == expected_lines
        assert (totals.events, totals.dropped) == (1000, 500 if deduplicate else 0)


@pytest.mark.slow
def test_the_sample_agrees_with_an_independent_query(tmp_path: Path) -> None:
    with (
        Sandbox(limits=None) as server,
        MixpanelClient(
            server.auth, project_id=server.credentials.project_id, base_url=server.url, limits=None
        ) as client,
    ):
        raw = client.export.to_file(tmp_path / "raw.jsonl", *SAMPLE, format="jsonl", slice_days=31)
        clean = client.export.to_file(
            tmp_path / "clean.jsonl", *SAMPLE, format="jsonl", slice_days=31, deduplicate=True
        )
    query = """
        select json from read_json_objects($path, format = 'newline_delimited')
        qualify row_number() over (
            partition by json->'$.event', json->'$.properties.distinct_id', json->'$.properties.time',
                json->'$.properties."$insert_id"'
            order by (json->>'$.properties.mp_processing_time_ms')::bigint desc
        ) = 1
    """
    wanted = duckdb.execute(query, {"path": str(tmp_path / "raw.jsonl")}).fetchall()
    assert raw.dropped == 0
    assert clean.dropped > 100
    assert clean.dropped == raw.events - len(wanted)
    left = (tmp_path / "clean.jsonl").read_text("utf-8").split("\n")[:-1]
    assert sorted(left) == sorted(line for (line,) in wanted)


MEASURE = """
import resource, sys
from mixpanel_export.records.duplicates import find_duplicates
from mixpanel_export.records.verify import Block

def blocks(events):
    for start in range(0, events, 1000):
        yield b"".join(
            b'{"event":"A","properties":{"time":%d,"distinct_id":"user-%d","$insert_id":"%032x"}}\\n' % (n, n, n)
            for n in range(start, start + 1000)
        )

list(find_duplicates(lambda: map(Block, blocks(20_000)), 20_000, "").cut_from(blocks(20_000)))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
find_duplicates(lambda: map(Block, blocks(int(sys.argv[1]))), int(sys.argv[1]), "")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the unit of ru_maxrss differs")
@pytest.mark.slow
def test_memory_is_bounded_whatever_the_slice() -> None:
    done = subprocess.run([sys.executable, "-c", MEASURE, "600000"], capture_output=True, check=True)
    # The keys alone of 600,000 events would take 70 MB.
    assert int(done.stdout) < 32 * 1024
