"""The exceptions: which failure raises which, what they say, and that they survive a copy."""

from __future__ import annotations

import copy
import datetime
import email.utils
import gzip
import inspect
import json
import pickle
import socket
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

import mixpanel_export
from mixpanel_export import (
    APIError,
    AuthenticationError,
    BadRequestError,
    BudgetExhaustedError,
    CancelledError,
    ConfigurationError,
    DestinationError,
    DirectoryBusyError,
    DirectoryMismatchError,
    DiskFullError,
    EvaluationError,
    ExpressionError,
    IncompleteExportError,
    InvalidArgumentError,
    InvalidResponseError,
    MalformedEventError,
    ManifestError,
    MissingExtraError,
    MixpanelError,
    NetworkError,
    NotFoundError,
    PayloadTooLargeError,
    PaymentRequiredError,
    PermissionDeniedError,
    ProfilesIncompleteError,
    RateLimitError,
    RequestTimeoutError,
    ResourceLimitError,
    RetryPolicy,
    ServerError,
    ServiceAccountAuth,
    SliceFailedError,
    UnrepresentableError,
    errors,
)
from mixpanel_export.http import failures
from tests.recording_server import Ask, Server

ACCOUNT = ServiceAccountAuth("exporter", "made-up-secret")
DAY = datetime.date(2024, 3, 1)
NOON = datetime.datetime(2024, 3, 10, 12, tzinfo=datetime.UTC)


def names(client: Any) -> Any:
    return client.events.names(type="general")


def failure(ask: Ask, use: Callable[[Any], Any] = names, **options: Any) -> APIError:
    with pytest.raises(APIError) as caught:
        ask(ACCOUNT, use, **options)
    return caught.value


# Which failure raises which


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequestError),
        (401, AuthenticationError),
        (402, PaymentRequiredError),
        (403, PermissionDeniedError),
        (404, NotFoundError),
        (408, ServerError),
        (413, PayloadTooLargeError),
        (429, RateLimitError),
        (500, ServerError),
        (502, ServerError),
        (503, ServerError),
        (504, ServerError),
        (599, ServerError),
        (302, APIError),
        (405, APIError),
        (418, APIError),
        (499, APIError),
    ],
)
def test_a_status_raises_its_own_exception(
    ask: Ask, server: Server, status: int, kind: type[APIError]
) -> None:
    server.answers({"error": "no luck today"}, status=status, headers={"Location": f"{server.url}/elsewhere"})
    error = failure(ask)
    assert type(error) is kind
    assert (error.status, error.message, error.method) == (status, "no luck today", "GET")
    assert error.url == f"{server.url}/api/query/events/names?project_id=1234567&type=general"
    assert str(error).startswith(str(status))
    assert f": no luck today (GET {error.url})" in str(error)
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [401, 402, 403, 404, 413, 429])
def test_a_failure_with_a_known_cause_says_what_to_do(ask_sync: Ask, server: Server, status: int) -> None:
    server.answers({"error": "no"}, status=status)
    error = failure(ask_sync)
    assert len(error.hint) > 20
    assert str(error).endswith(f"). {error.hint}")


def test_every_exception_is_a_mixpanel_error() -> None:
    public = [kind for name in errors.__all__ if inspect.isclass(kind := getattr(errors, name))]
    assert len(public) == len(errors.__all__)
    assert all(issubclass(kind, MixpanelError) for kind in public)
    assert all(getattr(mixpanel_export, kind.__name__) is kind for kind in public)


@pytest.mark.parametrize(
    ("kind", "builtin"),
    [
        (InvalidArgumentError, ValueError),
        (ConfigurationError, ValueError),
        (MissingExtraError, ImportError),
        (RequestTimeoutError, NetworkError),
        (InvalidResponseError, APIError),
    ],
)
def test_exceptions_also_derive_from_the_builtin_ones(kind: type, builtin: type) -> None:
    assert issubclass(kind, builtin)


def test_a_refused_connection_is_a_network_error(ask: Ask) -> None:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        closed = f"http://127.0.0.1:{reserved.getsockname()[1]}"
    with pytest.raises(NetworkError, match=rf"ConnectError: .*GET {closed}/api/query/events/names") as caught:
        ask(ACCOUNT, names, base_url=closed)
    assert type(caught.value) is NetworkError
    assert isinstance(caught.value.__cause__, httpx.ConnectError)


def test_an_answer_that_does_not_come_in_time_is_a_timeout(ask: Ask, server: Server) -> None:
    server.answers_nothing()
    with pytest.raises(RequestTimeoutError, match=r"ReadTimeout: .*GET .*/api/query/events/names"):
        ask(ACCOUNT, names, timeout=httpx.Timeout(60, read=0.05))


def test_a_connection_lost_within_a_response_is_a_network_error(ask: Ask, server: Server) -> None:
    server.answers(b"[", headers={"Content-Length": "100"})
    with pytest.raises(NetworkError, match="RemoteProtocolError"):
        ask(ACCOUNT, names)


def test_a_body_that_is_not_in_its_encoding_is_a_network_error(ask: Ask, server: Server) -> None:
    server.answers(b"not gzip", headers={"Content-Encoding": "gzip"})
    with pytest.raises(NetworkError, match="DecodingError"):
        ask(ACCOUNT, names)


# Mixpanel's own words


@pytest.mark.parametrize(
    ("body", "content_type", "words"),
    [
        ({"error": "unknown event", "status": "error"}, "application/json", "unknown event"),
        ({"request": "/api/2.0/events", "error": "bad unit"}, "application/json", "bad unit"),
        ({"error": "zoë ☕"}, "application/json", "zoë ☕"),
        ({"error": "over\n  two lines"}, "application/json", "over two lines"),
        ({"error": {"code": 7, "text": "zoë"}}, "application/json", "zoë (code 7)"),
        ({"error": {"code": 7, "message": "bad unit"}}, "application/json", "bad unit (code 7)"),
        ({"status": "error", "message": "bad unit"}, "application/json", "bad unit"),
        ({"error": "Bad Request", "message": "bad unit"}, "application/json", "Bad Request: bad unit"),
        ({"detail": "bad unit"}, "application/json", "bad unit"),
        ({"detail": [{"loc": ["unit"], "msg": "bad unit"}]}, "application/json", "bad unit"),
        ({"errors": ["bad unit", {"message": "no event"}]}, "application/json", "bad unit; no event"),
        ({"errors": {"unit": ["bad unit"]}}, "application/json", "unit: bad unit"),
        ({"error": "bad &#x27;unit&#x27;"}, "application/json", "bad 'unit'"),
        ("bad &#x27;unit&#x27;", "text/plain", "bad 'unit'"),
        ('"bad unit"', "application/json", "bad unit"),
        ({"status": "error"}, "application/json", '{"status": "error"}'),
        ({"error": None}, "application/json", '{"error": null}'),
        ({"error": True}, "application/json", '{"error": true}'),
        (
            {"error": True, "reason": "no such funnel", "data": {"series": []}},
            "application/json",
            "no such funnel",
        ),
        (b'\xef\xbb\xbf{"error": "after a mark"}', "application/json", "after a mark"),
        ('{"error": "as text"}', "text/plain", "as text"),
        ('["no object"]', "application/json", "no object"),
        ("upstream connect error", "text/plain", "upstream connect error"),
        (
            "<html><head><title>502</title><style>p {}</style></head><body><h1>Bad Gateway</h1>"
            "<script>track()</script><p>nginx</body></html>",
            "text/html; charset=utf-8",
            "Bad Gateway nginx",
        ),
        ("<!DOCTYPE html><p>Sorry", "application/json", "Sorry"),
        ("Sorry, <b>down</b>", "Text/HTML", "Sorry, down"),
        ("<p>it&#39;s a &lt; b &amp;&nbsp;c", "text/html", "it's a < b & c"),
        ("", "text/plain", "(empty body)"),
        (" \n ", "application/json", "(empty body)"),
        ("<html></html>", "text/html", "(empty body)"),
        (b"caf\xe9 \xff", "text/plain", "caf\ufffd \ufffd"),
        (b"[" * 100_000, "application/json", "[" * 500 + "…"),
        ("x" * 501, "text/plain", "x" * 500 + "…"),
        ("x" * 500, "text/plain", "x" * 500),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_the_message_quotes_mixpanel(
    ask_sync: Ask, server: Server, body: object, content_type: str, words: str
) -> None:
    server.answers(body, status=400, content_type=content_type)
    error = failure(ask_sync)
    assert error.message == words
    assert words in str(error)


def test_an_error_without_content_type_quotes_the_server(ask_sync: Ask, server: Server) -> None:
    server.answers({"error": "no type"}, status=500, content_type="")
    assert failure(ask_sync).message == "no type"


def test_a_refused_to_date_is_explained_by_the_time_zone(ask: Ask, server: Server) -> None:
    server.answers({"error": "to_date cannot be later than today"}, status=400)
    with time_machine.travel(NOON.replace(hour=23), tick=False):
        error = failure(ask, timezone="Asia/Tokyo")
    assert (
        error.hint == "Today is 2024-03-11 in this client's time zone; pass timezone= with the project's own"
    )
    assert error.hint in str(error)


def test_only_a_bad_request_is_explained_by_the_time_zone(ask_sync: Ask, server: Server) -> None:
    server.answers({"error": "unknown event"}, status=400)
    assert failure(ask_sync).hint == ""
    server.answers({"error": "to_date cannot be later than today"}, status=500)
    assert failure(ask_sync).hint == ""


def test_a_refusal_names_the_credentials_without_their_values(ask_sync: Ask, server: Server) -> None:
    server.answers({"error": "bad credentials"}, status=401)
    error = failure(ask_sync)
    assert "service account" in error.hint
    assert "project_id and region" in error.hint


def test_a_range_before_the_plans_history_names_its_first_day(ask_sync: Ask, server: Server) -> None:
    server.answers({"error": "Date range exceeds 30 days allowed by your plan"}, status=403)
    with time_machine.travel(datetime.datetime(2024, 3, 30, 12, tzinfo=datetime.UTC)):
        assert failure(ask_sync).hint == "The plan covers the last 30 days: ask for days from 2024-03-01 on"


def test_a_used_up_budget_names_itself_and_when_it_frees(ask_sync: Ask, server: Server) -> None:
    server.answers({"error": "too many"}, status=429)
    assert "60 an hour, 5 at once" in failure(ask_sync).hint
    server.answers({"error": "too many"}, status=429, headers={"Retry-After": "90"})
    assert "asks to wait 90 s" in failure(ask_sync).hint


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://h/p?a=1&sig=x&b=2&api_key=y&api_secret=z&expire=3", "https://h/p?a=1&b=2&expire=3"),
        ("https://h/p?sig=x", "https://h/p"),
        ("https://h/p", "https://h/p"),
        ("https://name:hush@h/p", "https://h/p"),
        ("https://name:hush@h/p?a=1", "https://h/p?a=1"),
        ("https://h/p?a=b%26sig%3Dx", "https://h/p?a=b%26sig%3Dx"),
    ],
)
def test_a_public_url_has_no_credentials(url: str, public: str) -> None:
    assert failures.public_url(httpx.URL(url)).rstrip("?") == public


# Retry-After


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30.0),
        ("0", 0.0),
        (" 7 ", 7.0),
        ("1.5", 1.5),
        ("Sun, 10 Mar 2024 12:01:30 GMT", 90.0),
        ("Sun, 10 Mar 2024 14:00:00 +0200", 0.0),
        ("Sun, 10 Mar 2024 12:00:10 -0000", 10.0),
        ("Sun, 10 Mar 2024 11:00:00 GMT", 0.0),
        ("Sunday, 10-Mar-24 12:00:05 GMT", 5.0),
        ("-5", None),
        ("1e3", None),
        ("nan", None),
        ("inf", None),
        ("٣٠", None),
        ("soon", None),
        ("", None),
        ("9" * 400, None),
        ("Sun, 10 Mar 99999999999999 12:00:00 GMT", None),
        ("Sun, 10 Mar 2024 12:00:00 +99999999999999", None),
        ("Sun, 32 Mar 2024 12:00:00 GMT", None),
        (None, None),
    ],
)
def test_retry_after_is_read_as_seconds_from_now(header: str | None, seconds: float | None) -> None:
    with time_machine.travel(NOON, tick=False):
        assert failures.retry_after_seconds(header) == seconds


@given(
    text=st.text(max_size=40) | st.from_regex(r"\w{3}, \d+ \w{3} \d+ \d+:\d+:\d+ [+-]?\w+", fullmatch=True)
)
def test_no_retry_after_is_too_odd_to_read(text: str) -> None:
    seconds = failures.retry_after_seconds(text)
    assert seconds is None or 0 <= seconds < float("inf")


@given(ahead=st.integers(0, 10**9 - 1))
def test_an_http_date_and_its_seconds_mean_the_same(ahead: int) -> None:
    with time_machine.travel(NOON, tick=False):
        date = email.utils.format_datetime(NOON + datetime.timedelta(seconds=ahead), usegmt=True)
        assert failures.retry_after_seconds(date) == failures.retry_after_seconds(str(ahead)) == ahead


def test_a_rate_limit_says_how_long_to_wait(ask: Ask, server: Server) -> None:
    server.answers({"error": "slow down"}, status=429, headers={"Retry-After": "17"})
    error = failure(ask)
    assert isinstance(error, RateLimitError)
    assert error.retry_after == 17.0


def test_a_rate_limit_without_the_header_knows_no_time(ask: Ask, server: Server) -> None:
    server.answers({"error": "slow down"}, status=429)
    error = failure(ask)
    assert isinstance(error, RateLimitError)
    assert error.retry_after is None


# Status 200, and yet a failure


@pytest.mark.parametrize(
    "body",
    [
        {"error": "bad query"},
        {"error": "bad query", "status": "error"},
        {"request": "/api/2.0/events/names/?sig=…", "error": "bad query"},
    ],
)
@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "application/json; charset=utf-8"]
)
def test_an_error_object_with_status_200_raises(
    ask: Ask, server: Server, body: Mapping[str, str], content_type: str
) -> None:
    server.answers(body, content_type=content_type)
    error = failure(ask)
    assert isinstance(error, InvalidResponseError)
    assert error.status == 200
    assert error.message.endswith(": bad query")


@pytest.mark.parametrize(
    "use",
    [
        lambda client: client.events.properties_top(event="Signup"),
        lambda client: client.retention.query(born_event="A", from_date="2024-01-01", to_date="2024-01-02"),
        lambda client: client.schemas.get(entity_type="event", name="Signup"),
        lambda client: client.cohorts.list(),
        lambda client: client.jql.query(script="main"),
    ],
    ids=["map", "map of maps", "all optional", "list", "list of anything"],
)
@pytest.mark.parametrize("content_type", ["application/json", "text/plain", ""])
def test_an_error_object_raises_in_any_response_shape(
    ask: Ask, server: Server, use: Callable[[Any], Any], content_type: str
) -> None:
    server.answers({"error": "bad query"}, content_type=content_type)
    error = failure(ask, use)
    assert isinstance(error, InvalidResponseError)
    assert error.message == "the answer is an error: bad query"


def test_a_series_called_error_is_data(ask: Ask, server: Server) -> None:
    server.answers({"data": {"series": ["d"], "values": {"error": {"d": 1}}}, "legend_size": 1})
    series = ask(
        ACCOUNT,
        lambda client: client.events.query(event=["error"], type="general", unit="day", interval=1),
    )
    assert series.to_dict()["data"]["values"] == {"error": {"d": 1}}
    server.answers({"error": {"count": 3}})
    top = ask(ACCOUNT, lambda client: client.events.properties_top(event="Signup"))
    assert top["error"].count == 3
    raw = ask(ACCOUNT, lambda client: client.request("GET", "/api/query/events/properties/top"))
    assert raw.json() == {"error": {"count": 3}}


SERIES: Callable[[Any], Any] = lambda client: client.segmentation.query(  # noqa: E731
    event="x", from_date=DAY, to_date=DAY
)
SERIES_AS_CSV: Callable[[Any], Any] = lambda client: client.segmentation.query(  # noqa: E731
    event="x", from_date=DAY, to_date=DAY, format="csv"
)
TOP: Callable[[Any], Any] = lambda client: client.events.properties_top(event="Signup")  # noqa: E731
ANY_PATH: Callable[[Any], Any] = lambda client: client.request("GET", "/api/query/new")  # noqa: E731


@pytest.mark.parametrize(
    "use", [SERIES, SERIES_AS_CSV, TOP, ANY_PATH], ids=["model", "csv", "map", "any path"]
)
@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": "bad query", "legend_size": 0, "data": {"series": [], "values": {}}}, "bad query"),
        ({"error": True}, '{"error": true}'),
        ({"error": True, "message": "no such event"}, "no such event"),
        ({"error": 7, "data": {}}, '{"error": 7}'),
        ({"error": ["bad", "query"]}, "bad; query"),
        ({"data": {"series": ["x" * 200_000]}, "error": "bad query"}, "bad query"),
        (b'\xef\xbb\xbf{"error": "bad query"}', "bad query"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_an_error_beside_anything_raises_with_status_200(
    ask: Ask, server: Server, use: Callable[[Any], Any], body: object, words: str
) -> None:
    server.answers(body, content_type="text/plain")
    error = failure(ask, use)
    assert type(error) is InvalidResponseError
    assert error.message == f"the answer is an error: {words}"


def test_an_error_object_raises_unless_the_contract_has_the_key(ask: Ask, server: Server) -> None:
    server.answers({"error": {"code": 7}, "legend_size": 0, "data": {"series": [], "values": {}}})
    assert failure(ask, SERIES).message == 'the answer is an error: {"code": 7}'


@pytest.mark.parametrize(
    ("use", "body"),
    [
        (lambda client: client.legacy.annotations_list(from_date=DAY, to_date=DAY), {"annotations": []}),
        (lambda client: client.legacy.annotations_delete(id=1), {}),
        (SERIES, {"legend_size": 0, "data": {"series": [], "values": {}}}),
        (ANY_PATH, {}),
    ],
)
def test_an_error_of_null_is_ignored(
    ask_sync: Ask, server: Server, use: Callable[[Any], Any], body: Mapping[str, object]
) -> None:
    for nothing in (False, None, "", 0):
        # The contract says what the older calls answer: a boolean.
        server.answers({**body, "error": nothing})
        ask_sync(ACCOUNT, use)


@pytest.mark.parametrize("error", [True, "no such annotation"])
def test_an_older_call_that_answers_an_error_raises(ask: Ask, server: Server, error: object) -> None:
    server.answers({"annotations": [], "error": error})
    with pytest.raises(InvalidResponseError, match="the answer is an error: "):
        ask(ACCOUNT, lambda client: client.legacy.annotations_list(from_date=DAY, to_date=DAY))
    server.answers({"error": error})
    with pytest.raises(InvalidResponseError, match="the answer is an error: "):
        ask(ACCOUNT, lambda client: client.legacy.annotations_delete(id=1))


@pytest.mark.parametrize(
    "body",
    [
        {"status": "error", "message": "bad query"},
        {"status": "error", "errors": ["bad query"]},
        {"status": "failed", "detail": "bad query"},
        {"detail": "bad query"},
        {"error": {"message": "bad query"}, "status": "error"},
    ],
)
@pytest.mark.parametrize(
    "use",
    [
        SERIES,
        TOP,
        lambda client: client.retention.query(born_event="A", from_date=DAY, to_date=DAY),
        lambda client: client.schemas.get(entity_type="event", name="A"),
        lambda client: client.profiles.query(),
        lambda client: client.cohorts.list(),
    ],
)
def test_an_object_that_says_it_is_an_error_is_one(
    ask_sync: Ask, server: Server, use: Callable[[Any], Any], body: object
) -> None:
    server.answers(body)
    assert failure(ask_sync, use).message == "the answer is an error: bad query"


@pytest.mark.parametrize("content_type", ["text/plain", "text/html", "application/json"])
def test_text_with_status_200_is_the_apis_own_words(ask: Ask, server: Server, content_type: str) -> None:
    words = "Your plan does not allow API calls."
    uses: list[Callable[[Any], Any]] = [
        SERIES,
        names,
        TOP,
        lambda client: client.annotations.create(date="2024-01-01 00:00:00", description="x"),
    ]
    for use in uses:
        for body in (words, f'"{words}"'):
            server.answers(body, content_type=content_type)
            error = failure(ask, use)
            assert type(error) is InvalidResponseError
            assert error.message == words


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(
    "body",
    [
        {"error": "Unable to authenticate request", "status": "error"},
        {"message": "Unable to authenticate request"},
        "Unable to authenticate request",
    ],
)
def test_a_refusal_of_credentials_is_told_by_its_words(
    ask: Ask, server: Server, status: int, body: object
) -> None:
    server.answers(body, status=status)
    error = failure(ask, names)
    assert type(error) is AuthenticationError
    assert error.status == status
    assert "Sent with the service account 'exporter'" in error.hint


# Compressed, and with nothing in it


@pytest.mark.parametrize("use", [SERIES, TOP, names], ids=["model", "map", "list"])
@pytest.mark.parametrize("encoding", ["deflate", "br", "zstd", "identity"])
@pytest.mark.sampled(8)
def test_an_empty_body_is_an_error_in_any_encoding(
    ask: Ask, server: Server, use: Callable[[Any], Any], encoding: str
) -> None:
    server.answers(b"", headers={"Content-Encoding": encoding})
    error = failure(ask, use)
    assert type(error) is InvalidResponseError
    assert "(empty body)" in str(error)
    server.answers(b"", status=503, headers={"Content-Encoding": encoding})
    assert type(failure(ask, use)) is ServerError


@pytest.mark.parametrize("use", [SERIES, TOP, names, SERIES_AS_CSV, ANY_PATH])
@pytest.mark.parametrize("left", [0, 5, 40, -8, -1])
@pytest.mark.sampled(10)
def test_truncated_gzip_is_requested_again(
    ask: Ask, server: Server, use: Callable[[Any], Any], left: int
) -> None:
    body = gzip.compress(b"date,value\n" + b"2024-01-01,1\n" * 99)
    server.answers(body[:left], content_type="text/csv", headers={"Content-Encoding": "gzip"})
    with pytest.raises(NetworkError, match="DecodingError"):
        ask(ACCOUNT, use)
    with pytest.raises(NetworkError):
        ask(ACCOUNT, use, retry=RetryPolicy(attempts=2, initial_wait=0))
    assert len(server.requests) == 3


def test_an_empty_text_is_an_answer(ask: Ask, server: Server) -> None:
    for body, headers in ((b"", {}), (gzip.compress(b""), {"Content-Encoding": "gzip"})):
        server.answers(body, content_type="text/csv", headers=headers)
        assert ask(ACCOUNT, SERIES_AS_CSV) == ""
        assert ask(ACCOUNT, ANY_PATH).text == ""


@pytest.mark.parametrize("content_type", ["text/html", "text/html; charset=utf-8", "Text/HTML"])
def test_a_web_page_with_status_200_raises(ask: Ask, server: Server, content_type: str) -> None:
    server.answers("<html><body><h1>Down for maintenance</h1></body></html>", content_type=content_type)
    error = failure(ask, names)
    assert isinstance(error, InvalidResponseError)
    assert error.message == "the answer is a web page: Down for maintenance"


@pytest.mark.parametrize(
    ("body", "words"), [({"error": "bad query"}, "bad query"), ("<html>Down</html>", "a web page")]
)
def test_an_export_that_is_none_raises_as_every_delivery_does(
    ask: Ask, server: Server, body: object, words: str
) -> None:
    server.answers(body, content_type="text/plain")
    with pytest.raises(IncompleteExportError, match=words):
        ask(ACCOUNT, lambda client: client.export.raw(from_date="2024-01-01", to_date="2024-01-02"))


MODEL: Callable[[Any], Any] = lambda client: client.insights.query(bookmark_id=1)  # noqa: E731
OPTIONAL: Callable[[Any], Any] = lambda client: client.schemas.get(entity_type="event", name="x")  # noqa: E731
TEXTS: Callable[[Any], Any] = names
MODELS: Callable[[Any], Any] = lambda client: client.cohorts.list()  # noqa: E731


@pytest.mark.parametrize(
    ("use", "body"),
    [
        (MODEL, {}),
        (MODEL, {"series": "none"}),
        (MODEL, []),
        (MODEL, [["series", {}]]),
        (MODEL, None),
        (MODEL, "text"),
        (MODEL, 7),
        (MODEL, b""),
        (MODEL, b'{"series": {'),
        (MODEL, b"\xff\xfe\xff"),
        (OPTIONAL, []),
        (OPTIONAL, None),
        (OPTIONAL, 0),
        (TEXTS, {}),
        (TEXTS, {"0": "Signup"}),
        (TEXTS, None),
        (TEXTS, "Signup"),
        (TEXTS, b"Signup"),
        (TEXTS, b"[" * 100_000),
        (MODELS, {}),
        (MODELS, [{}]),
        (MODELS, [None]),
        (MODELS, ["name"]),
        (MODELS, ""),
    ],
    ids=lambda value: repr(value)[:30] if not callable(value) else "",
)
def test_an_answer_of_an_unknown_shape_raises(
    ask_sync: Ask, server: Server, use: Callable[[Any], Any], body: object
) -> None:
    server.answers(body if isinstance(body, bytes) else json.dumps(body))
    error = failure(ask_sync, use)
    assert type(error) is InvalidResponseError
    assert error.status == 200


def test_any_2xx_is_a_success(ask: Ask, server: Server) -> None:
    for status in (201, 202, 206):
        server.answers(["Signup"], status=status)
        assert ask(ACCOUNT, names) == ["Signup"]


@pytest.mark.parametrize("prefix", [b"", b" \r\n\t", b"\xef\xbb\xbf"], ids=repr)
def test_leading_white_space_and_byte_order_mark_are_skipped(
    ask_sync: Ask, server: Server, prefix: bytes
) -> None:
    server.answers(prefix + b'["Signup"]')
    assert ask_sync(ACCOUNT, names) == ["Signup"]


def test_an_answer_may_hold_more_than_the_contract_knows(ask: Ask, server: Server) -> None:
    server.answers({"series": {"Signup": {"2024-01-01": 1.5}}, "new_in_2030": [1]})
    answer = ask(ACCOUNT, MODEL)
    assert answer.to_dict()["series"] == {"Signup": {"2024-01-01": 1.5}}


# Copies

SAMPLES: list[MixpanelError] = [
    MixpanelError("anything"),
    InvalidArgumentError("limit", 0, "expected a number from 1"),
    ConfigurationError("region", "expected one of 'us', 'eu', 'in', got 'mars'"),
    MissingExtraError("The sandbox", "sandbox"),
    errors.GenerationError("company.yaml:8: get /audits: summary is required"),
    NetworkError("ConnectError: refused"),
    RequestTimeoutError("ReadTimeout"),
    *(
        kind(status=418, message="no", method="POST", url="https://h/p", hint="try tea")
        for kind in vars(errors).values()
        if inspect.isclass(kind) and issubclass(kind, APIError)
    ),
    RateLimitError(status=429, message="no", method="GET", url="https://h/p", retry_after=3.0),
    InvalidResponseError(status=200, message="no", method="GET", url="https://h/p", is_page=True),
    NetworkError("no route", was_sent=False),
    ExpressionError("unknown function", "f()", 0, "a function", argument="where"),
    EvaluationError("no number", "a + b"),
    BudgetExhaustedError("used up", 12.5, "Try again then"),
    ProfilesIncompleteError("lost", 3, 10, 2),
    CancelledError("cancelled"),
    DestinationError("s3://b/p", "cannot write", "denied", "Check it"),
    DirectoryBusyError("busy"),
    DirectoryMismatchError("out", "another export", differences=["the range"]),
    ResourceLimitError("threads", "the system starts no more threads", "parallel="),
    DiskFullError("out", "no space", 10_000_000),
    ManifestError("unreadable"),
    UnrepresentableError("the slice 2024-03-01", "Signup", "n", "too large", "wide"),
    UnrepresentableError("the profile 'a'", None, "n", "too large", None),
    IncompleteExportError("the gzip stream is truncated"),
    SliceFailedError("2024-03-01", 2, NetworkError("ReadError: reset")),
    MalformedEventError("the slice 2024-03-01", 3, "{}", "it has no event name"),
]


def seen(error: MixpanelError) -> tuple[object, ...]:
    return type(error), str(error), error.args, repr(vars(error))


@pytest.mark.parametrize("error", SAMPLES, ids=lambda error: type(error).__name__)
def test_an_error_survives_a_copy_and_a_pickle(error: MixpanelError) -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert seen(pickle.loads(pickle.dumps(error, protocol))) == seen(error)
    assert seen(copy.copy(error)) == seen(error)
    assert seen(copy.deepcopy(error)) == seen(error)


def test_retry_after_survives_a_pickle(ask_sync: Ask, server: Server) -> None:
    server.answers({"error": "slow down"}, status=429, headers={"Retry-After": "17"})
    error = failure(ask_sync)
    error.add_note("while exporting March")
    restored = pickle.loads(pickle.dumps(error))
    assert isinstance(restored, RateLimitError)
    assert restored.retry_after == 17.0
    assert restored.__notes__ == ["while exporting March"]


def test_every_kind_of_error_is_among_the_samples() -> None:
    kinds = {getattr(errors, name) for name in errors.__all__}
    assert kinds - {errors.ExportError} <= {type(error) for error in SAMPLES}


# Arguments


def test_an_argument_error_names_the_value_and_what_was_expected() -> None:
    error = InvalidArgumentError("unit", "fortnight", "expected one of 'day', 'week'")
    assert str(error) == "unit: expected one of 'day', 'week', got 'fortnight'"
    assert (error.argument, error.value, error.expected) == (
        "unit",
        "fortnight",
        "expected one of 'day', 'week'",
    )
    with pytest.warns(DeprecationWarning, match="expected"):
        assert error.allowed == error.expected


def test_an_argument_error_ends_with_its_advice() -> None:
    assert str(InvalidArgumentError("path", "x", "expected a file; this is a directory")) == (
        "path: expected a file, got 'x'; this is a directory"
    )
    assert str(InvalidArgumentError("event", "", "must not be empty")) == "event: must not be empty (got '')"
    assert str(InvalidArgumentError("unit", None, "required")) == "unit: required"


def test_a_long_value_is_shown_in_part() -> None:
    error = InvalidArgumentError("where", "x" * 10_000, "expected less; it is too long")
    assert len(str(error)) < 600
    assert str(error).endswith("…; it is too long")
    assert error.value == "x" * 10_000


def test_a_missing_extra_is_named_with_its_install_command() -> None:
    error = MissingExtraError("The sandbox", "sandbox")
    assert "pip install 'mixpanel-export-sdk[sandbox]'" in str(error)
    assert error.extra == "sandbox"
