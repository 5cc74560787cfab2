"""The raw export, byte by byte, as any HTTP client receives it."""

from __future__ import annotations

import datetime
import gzip
import json
from collections import Counter
from typing import Any

import httpx
import pytest

from mixpanel_export.sandbox import Sandbox
from mixpanel_export.sandbox.data.sample import FIRST_DAY, LAST_DAY, sample_data
from tests.sandbox.conftest import DAY, EVERYTHING


def events_of(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200
    assert answer.content == b"" or answer.content.endswith(b"\n")
    return [json.loads(line) for line in answer.content.split(b"\n")[:-1]]


def stored(first: datetime.date = FIRST_DAY, last: datetime.date = LAST_DAY) -> bytes:
    return b"".join(sample_data().events.lines(first, last))


class TestRange:
    def test_every_event_of_the_range_comes_exactly_as_stored(self, client: httpx.Client) -> None:
        answer = client.get("/api/2.0/export", params=EVERYTHING)
        assert answer.headers["content-type"].startswith("text/plain")
        assert answer.content == stored()

    def test_the_range_includes_both_days(self, client: httpx.Client) -> None:
        params = {"from_date": "2024-01-31", "to_date": "2024-02-01"}
        events = events_of(client.get("/api/2.0/export", params=params))
        days = {datetime.datetime.fromtimestamp(e["properties"]["time"], datetime.UTC).date() for e in events}
        assert days == {datetime.date(2024, 1, 31), datetime.date(2024, 2, 1)}

    def test_a_range_without_events_is_an_empty_body(self, client: httpx.Client) -> None:
        params = {"from_date": "2023-05-01", "to_date": "2023-05-31"}
        answer = client.get("/api/2.0/export", params=params)
        assert (answer.status_code, answer.content) == (200, b"")

    def test_a_slash_at_the_end_makes_no_difference(self, client: httpx.Client) -> None:
        assert (
            client.get("/api/2.0/export/", params=DAY).content
            == client.get("/api/2.0/export", params=DAY).content
        )

    def test_today_is_allowed_and_tomorrow_is_not(self, client: httpx.Client) -> None:
        today = datetime.datetime.now(datetime.UTC).date()
        tomorrow = today + datetime.timedelta(days=1)
        params = {"from_date": "2024-03-31", "to_date": str(today)}
        assert client.get("/api/2.0/export", params=params).status_code == 200
        # Two days ahead, in case midnight falls between the two lines above.
        params["to_date"] = str(tomorrow + datetime.timedelta(days=1))
        answer = client.get("/api/2.0/export", params=params)
        assert answer.status_code == 400
        assert answer.json()["error"] == "to_date cannot be later than today"


class TestSelection:
    def test_events_are_chosen_by_name(self, client: httpx.Client) -> None:
        params = EVERYTHING | {"event": '["Purchase", "Sign Up"]'}
        events = events_of(client.get("/api/2.0/export", params=params))
        expected = Counter(event["event"] for event in sample_data().events.events(FIRST_DAY, LAST_DAY))
        assert Counter(event["event"] for event in events) == {
            name: expected[name] for name in ("Purchase", "Sign Up")
        }

    def test_no_names_choose_no_events(self, client: httpx.Client) -> None:
        assert events_of(client.get("/api/2.0/export", params=DAY | {"event": "[]"})) == []

    def test_where_chooses_by_property(self, client: httpx.Client) -> None:
        params = EVERYTHING | {"where": 'properties["revenue"] > 100 and properties["gift"]'}
        events = events_of(client.get("/api/2.0/export", params=params))
        expected = [
            event
            for event in sample_data().events.events(FIRST_DAY, LAST_DAY)
            if event["properties"].get("revenue", 0) > 100 and event["properties"]["gift"]
        ]
        assert expected
        assert events == expected

    @pytest.mark.parametrize("where", ['properties["', "1 and 2"])
    def test_a_where_that_cannot_be_is_refused(self, client: httpx.Client, where: str) -> None:
        answer = client.get("/api/2.0/export", params=DAY | {"where": where})
        assert answer.status_code == 400
        assert answer.json()["error"].startswith("where ")

    def test_a_where_that_fails_later_terminates_the_body_early(self, client: httpx.Client) -> None:
        where = 'properties["mp_lib"] == "web" and properties["payment_reference"]'
        answer = client.get("/api/2.0/export", params=EVERYTHING | {"where": where})
        assert answer.status_code == 200
        assert answer.content.endswith(b"terminated early\n")

    @pytest.mark.parametrize("limit", [1, 700, 5000])
    def test_a_limit_is_the_first_so_many(self, client: httpx.Client, limit: int) -> None:
        answer = client.get("/api/2.0/export", params=EVERYTHING | {"limit": str(limit)})
        assert answer.content.count(b"\n") == limit
        assert stored().startswith(answer.content)

    def test_a_limit_counts_the_chosen_events(self, client: httpx.Client) -> None:
        params = EVERYTHING | {"limit": "40", "event": '["Support Ticket"]'}
        assert len(events_of(client.get("/api/2.0/export", params=params))) == 40

    def test_time_may_be_asked_for_in_milliseconds(self, client: httpx.Client) -> None:
        seconds = events_of(client.get("/api/2.0/export", params=DAY))
        millis = events_of(client.get("/api/2.0/export", params=DAY | {"time_in_ms": "true"}))
        for event in seconds:
            event["properties"]["time"] *= 1000
        assert millis == seconds

    @pytest.mark.parametrize(
        ("parameter", "value", "error"),
        [
            ("from_date", "", "from_date is a required parameter"),
            ("from_date", "2024-02-30", "from_date must be a date of the form yyyy-mm-dd"),
            ("from_date", "20240201", "from_date must be a date of the form yyyy-mm-dd"),
            ("from_date", "2024-03-01", "from_date must be on or before to_date"),
            ("to_date", "", "to_date is a required parameter"),
            ("limit", "100001", "limit cannot be greater than 100000"),
            ("limit", "0", "limit must be at least 1"),
            ("limit", "many", "limit must be an integer"),
            ("event", "Purchase", "event must be a JSON array of strings"),
            ("event", '"Purchase"', "event must be a JSON array of strings"),
            ("event", "[1]", "event must be a JSON array of strings"),
            ("time_in_ms", "yes", "time_in_ms must be true or false"),
            ("format", "csv", "format must be one of: json"),
        ],
    )
    def test_wrong_parameters_are_refused_in_words(
        self, client: httpx.Client, parameter: str, value: str, error: str
    ) -> None:
        answer = client.get("/api/2.0/export", params=DAY | {parameter: value})
        assert answer.status_code == 400
        assert answer.json()["error"] == error
        assert answer.json()["request"].startswith("/api/2.0/export?project_id=")


class TestUnicode:
    def test_separators_are_not_escaped_and_end_no_line(self, client: httpx.Client) -> None:
        params = EVERYTHING | {"event": '["Support Ticket"]'}
        answer = client.get("/api/2.0/export", params=params)
        for separator in ("\u2028", "\u2029", "\u0085"):
            assert separator.encode() in answer.content
            assert any(separator in event["properties"]["message"] for event in events_of(answer))


class TestGzip:
    def test_a_large_body_is_one_whole_gzip_stream(self, client: httpx.Client) -> None:
        with client.stream(
            "GET", "/api/2.0/export", params=EVERYTHING, headers={"Accept-Encoding": "gzip"}
        ) as answer:
            assert answer.headers["content-encoding"] == "gzip"
            assert "content-length" not in answer.headers
            assert answer.headers["vary"] == "Accept-Encoding"
            compressed = b"".join(answer.iter_raw())
        assert len(compressed) < len(stored()) / 3
        assert gzip.decompress(compressed) == stored()

    def test_a_small_body_is_sent_as_it_is(self, client: httpx.Client) -> None:
        headers = {"Accept-Encoding": "gzip"}
        answer = client.get("/api/2.0/export", params=DAY | {"limit": "1"}, headers=headers)
        assert len(answer.content) <= 1400
        assert "content-encoding" not in answer.headers

    @pytest.mark.parametrize("accept", ["identity", "gzip;q=0, br", "br, deflate", "*;q=0"])
    def test_gzip_is_only_sent_to_clients_that_accept_it(self, client: httpx.Client, accept: str) -> None:
        answer = client.get("/api/2.0/export", params=DAY, headers={"Accept-Encoding": accept})
        assert "content-encoding" not in answer.headers
        assert len(answer.content) > 1400


class TestPaths:
    def test_an_unknown_path_under_the_older_root_names_the_request(self, client: httpx.Client) -> None:
        answer = client.get("/api/2.0/nothing")
        assert answer.status_code == 404
        assert answer.json() == {"request": "/api/2.0/nothing?project_id=1234567", "error": "Not found"}

    def test_an_unknown_path_elsewhere_has_a_status(self, client: httpx.Client) -> None:
        answer = client.get("/api/query/nothing")
        assert answer.status_code == 404
        assert answer.json() == {"error": "Not found", "status": "error"}

    def test_a_wrong_method_is_refused(self, client: httpx.Client) -> None:
        assert client.post("/api/2.0/export").status_code == 405


def test_an_abandoned_export_leaves_the_sandbox_well(client: httpx.Client, sandbox: Sandbox) -> None:
    with client.stream("GET", "/api/2.0/export", params=EVERYTHING) as answer:
        next(answer.iter_raw())
    assert client.get("/api/2.0/export", params=DAY).status_code == 200
