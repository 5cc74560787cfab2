"""From bytes to events: the same events however the bytes are cut, and an error for all damage."""

from __future__ import annotations

import contextlib
import datetime
import gzip
import io
import itertools
import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixpanel_export import Event, IncompleteExportError, MalformedEventError
from mixpanel_export.download.plan import Slice
from mixpanel_export.download.spool import Spool
from mixpanel_export.records.decode import EventDecoder
from mixpanel_export.records.inflate import decompressor_for
from mixpanel_export.records.verify import Check, Verifier

CHECKS: tuple[Check, ...] = get_args(Check)

DAY = Slice(datetime.date(2024, 1, 1), datetime.date(2024, 1, 1))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from(["\u2028", "\u2029", "\u0085", "\r", "terminated early", "<html>"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
RECORDS = st.lists(
    st.fixed_dictionaries({"event": st.text(), "properties": st.dictionaries(st.text(), VALUES, max_size=4)}),
    max_size=8,
)
BODIES = st.builds(bytes.__mul__, st.binary(max_size=40), st.integers(0, 90))


def lines_of(records: list[dict[str, Any]], *, ascii_only: bool = False) -> bytes:
    return "".join(json.dumps(record, ensure_ascii=ascii_only) + "\n" for record in records).encode(
        "utf-8", "surrogatepass"
    )


def decoded(
    body: bytes, cuts: list[int], encoding: str = "", *, check: Check = "frame", keep: int = 0
) -> list[Event]:
    """Return the events of a slice whose body arrives in these chunks."""
    verifier = Verifier("text/plain", encoding, check=check, keep=keep)
    edges = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
    for start, end in itertools.pairwise(edges):
        verifier.feed(body[start:end])
    verified = verifier.finish()
    decoder = EventDecoder()
    with Spool(DAY, verified, io.BytesIO(body)) as spool:
        events = [
            event for block in spool.unprojected() for event in decoder.decode(block.lines, block.count)
        ]
    assert verified.events == len(events)
    assert not verified.kept
    return events


@given(
    RECORDS,
    st.lists(st.integers(0, 4000), max_size=6),
    st.booleans(),
    st.booleans(),
    st.integers(0, 4000),
    st.sampled_from(CHECKS),
)
def test_events_do_not_depend_on_chunks_or_kept_lines(
    records: list[dict[str, Any]],
    cuts: list[int],
    compressed: bool,
    ascii_only: bool,
    keep: int,
    check: Check,
) -> None:
    body = lines_of(records, ascii_only=ascii_only)
    if compressed:
        body = gzip.compress(body)
    events = decoded(body, cuts, "gzip" if compressed else "", check=check, keep=keep)
    assert [{"event": e.name, "properties": e.properties} for e in events] == records


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_either_all_lines_of_a_response_are_kept_or_none(end: bytes) -> None:
    body = b"\n".join([b'{"event":"A","properties":{"n":1}}'] * 5000) + end
    for room, expected in ((len(body), body), (len(body) - 1, None)):
        verifier = Verifier("text/plain", "gzip", keep=room)
        verifier.feed(gzip.compress(body))
        kept = verifier.finish().kept
        assert (None if kept is None else b"".join(block.lines for block in kept)) == expected


def test_two_events_on_one_line_are_found_despite_counts() -> None:
    good = b'{"event":"A","properties":{}}\n'
    twice = b'{"event":"A","properties":{}} {"event":"B","properties":{}}\n'
    with pytest.raises(MalformedEventError, match="line 2 "):
        decoded(good + twice + good, [], keep=1000)


@pytest.mark.parametrize("cut", range(1, 60))
@pytest.mark.sampled(10)
def test_a_gzip_body_cut_anywhere_is_incomplete(cut: int) -> None:
    body = gzip.compress(lines_of([{"event": "A", "properties": {"n": 1}}] * 30))
    with pytest.raises(IncompleteExportError):
        decoded(body[: len(body) - cut], [], "gzip")


def test_a_gzip_body_may_have_several_members() -> None:
    first = gzip.compress(lines_of([{"event": "A", "properties": {}}]))
    second = gzip.compress(lines_of([{"event": "B", "properties": {}}]))
    assert [event.name for event in decoded(first + second, [len(first) + 3], "gzip")] == ["A", "B"]


def test_a_damaged_gzip_body_is_an_error() -> None:
    body = bytearray(gzip.compress(lines_of([{"event": "A", "properties": {"n": list(range(99))}}])))
    body[-6] ^= 0xFF
    with pytest.raises(IncompleteExportError, match="gzip"):
        decoded(bytes(body), [], "gzip")


def test_inflated_chunks_are_bounded_whatever_the_ratio() -> None:
    body = gzip.compress(b"x" * 50_000_000)
    inflater = decompressor_for("gzip")
    pieces = [len(piece) for piece in inflater.feed(body)]
    inflater.finish()
    assert sum(pieces) == 50_000_000
    assert max(pieces) <= 1 << 20


@given(
    members=st.lists(st.tuples(BODIES, st.sampled_from([0, 1, 6, 9])), min_size=1, max_size=4),
    chunk=st.integers(1, 700),
    piece=st.sampled_from([1, 2, 9, 300, 1 << 16]),
    cut=st.integers(1, 300),
)
def test_inflating_is_exact_for_all_chunk_sizes(
    members: list[tuple[bytes, int]], chunk: int, piece: int, cut: int
) -> None:
    body = b"".join(gzip.compress(each, level) for each, level in members)

    def inflated(body: bytes) -> bytes:
        inflater = decompressor_for("gzip", piece)
        chunks = (body[at : at + chunk] for at in range(0, len(body), chunk))
        pieces = [made for each in chunks for made in inflater.feed(each)]
        assert all(0 < len(each) <= piece for each in pieces)
        inflater.finish()
        return b"".join(pieces)

    assert inflated(body) == b"".join(each for each, _ in members)
    last = len(gzip.compress(*members[-1]))
    with pytest.raises(IncompleteExportError):
        inflated(body[: -min(cut, last - 1)])


def test_an_unknown_content_encoding_is_refused() -> None:
    with pytest.raises(IncompleteExportError, match="'br'"):
        Verifier("text/plain", "br")


def test_a_last_line_without_line_end_counts_when_it_is_whole() -> None:
    assert [event.name for event in decoded(b'{"event":"A","properties":{}}', [7])] == ["A"]


@pytest.mark.parametrize("kept", range(1, 29))
def test_a_body_that_ends_inside_a_line_is_incomplete(kept: int) -> None:
    line = b'{"event":"A","properties":{}}'
    with pytest.raises(IncompleteExportError, match="middle of line 2"):
        decoded(line + b"\n" + line[:kept], [])


@pytest.mark.parametrize("words", ["terminated early", "export terminated early", "Export Terminated Early!"])
@pytest.mark.parametrize("end", ["", "\n"])
def test_mixpanels_terminated_early_is_incomplete(words: str, end: str) -> None:
    body = lines_of([{"event": "A", "properties": {}}] * 3) + f"{words}{end}".encode()
    with pytest.raises(IncompleteExportError, match=r"terminated early.*line 4"):
        decoded(body, [])


@pytest.mark.parametrize(
    "words", ["terminated early", "\nexport terminated early", "export terminated early"]
)
@pytest.mark.parametrize("end", ["", "\n"])
def test_terminated_early_is_seen_within_and_after_a_line(words: str, end: str) -> None:
    body = lines_of([{"event": "A", "properties": {}}] * 3) + f'{{"event": "A", "prop{words}{end}'.encode()
    with pytest.raises(IncompleteExportError, match=r"terminated early.*line [45]"):
        decoded(body, [150])


@pytest.mark.parametrize("end", ["", "\n"])
def test_an_event_may_end_with_terminated_early(end: str) -> None:
    body = b'{"event":"A","properties":{"s":"\\ud800 terminated early"}}' + end.encode()
    (event,) = decoded(body, [])
    assert event.properties["s"] == "\ud800 terminated early"


def test_a_malformed_line_before_a_cut_is_incomplete() -> None:
    good = b'{"event":"A","properties":{}}\n'
    broken = gzip.compress(good + b"nonsense\n" + good * 99)
    with pytest.raises(IncompleteExportError, match="truncated"):
        decoded(broken[:-9], [20], "gzip")


@pytest.mark.parametrize(
    "body",
    [b"<html><body>Bad Gateway</body></html>", b"<!DOCTYPE html>\n<p>oops</p>\n"],
)
def test_a_web_page_is_refused_even_as_plain_text(body: bytes) -> None:
    with pytest.raises(IncompleteExportError):
        decoded(body, [])
    with pytest.raises(IncompleteExportError, match="web page"):
        Verifier("text/html; charset=utf-8", "")


def test_an_error_after_events_is_seen_before_delivery() -> None:
    verifier = Verifier("text/plain", "")
    with pytest.raises(IncompleteExportError, match=r"line 100: .*quota"):
        verifier.feed(b'{"event":"A","properties":{}}\n' * 99 + b'{"error":"quota","status":"error"}\n')


@pytest.mark.parametrize("end", ["", "\n"])
def test_an_error_object_is_refused_with_its_message(end: str) -> None:
    with pytest.raises(IncompleteExportError, match="quota went away"):
        decoded(b'{"error": "quota went away", "status": "error"}' + end.encode(), [])


@pytest.mark.parametrize(
    "line",
    [
        b'{"event":"A","properties":{}} {"event":"B","properties":{}}',
        b'{"event":"A"}',
        b'{"event":1,"properties":{}}',
        b'{"event":"A","properties":[]}',
        b'{"event":"A","properties":{"n":NaN}}',
        b'{"event":"A","properties":{"s":"\xff"}}',
        b'{"event":"A","properties":{"n":' + b"[" * 200_000 + b"]" * 200_000 + b"}}",
        b"[]",
        b"nonsense",
    ],
)
def test_a_line_that_is_not_an_event_is_named_in_the_error(line: bytes) -> None:
    good = b'{"event":"A","properties":{}}\n'
    for check in CHECKS:
        with pytest.raises(MalformedEventError, match="line 3 ") as caught:
            decoded(good + good + line + b"\n" + good, [], check=check)
        assert caught.value.line == 3


def test_a_line_break_within_an_event_does_not_hide_two_on_a_line() -> None:
    first = b'{"event":"a","properties":{}}'
    body = first + b'{"event":"b","properties":\n' + b"{}}\n"
    for check in CHECKS:
        with pytest.raises(MalformedEventError, match="line 1 "):
            decoded(body, [], check=check)


@pytest.mark.parametrize("blank", [b"\n", b" \r\n", b"\t" * 40 + b"\n"])
def test_a_blank_line_does_not_offset_two_events_on_one(blank: bytes) -> None:
    good = b'{"event":"A","properties":{}}\n'
    for check in CHECKS:
        assert len(decoded(good + blank + good, [], check=check)) == 2
        with pytest.raises(MalformedEventError, match="line 2 "):
            decoded(good + good[:-1] + good + blank + good, [], check=check)


def test_line_numbers_continue_across_blocks() -> None:
    good = b'{"event":"A","properties":{}}\n'
    with pytest.raises(MalformedEventError, match="line 21 "):
        decoded(good * 20 + b"nonsense\n", [len(good) * 4, len(good) * 11 + 3])


def test_integers_keep_every_digit() -> None:
    (event,) = decoded(
        b'{"event":"A","properties":{"n":123456789012345678901234567890,"m":-9223372036854775809}}', []
    )
    assert event.properties == {"n": 123456789012345678901234567890, "m": -9223372036854775809}


def test_a_lone_surrogate_escape_is_delivered() -> None:
    (event,) = decoded(b'{"event":"A","properties":{"s":"\\ud800"}}\n', [])
    assert event.properties["s"] == "\ud800"


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_our_own_errors(body: bytes) -> None:
    for encoding, check in itertools.product(("", "gzip"), CHECKS):
        with contextlib.suppress(IncompleteExportError, MalformedEventError):
            decoded(body, [], encoding, check=check)
