"""The drop-in beyond the wire format: its signatures, results, export and errors."""

from __future__ import annotations

import copy
import gzip
import inspect
import json
import pickle
import urllib.error
import warnings
from collections.abc import Callable
from types import GeneratorType
from typing import Any

import pytest

from mixpanel_export import (
    APIError,
    ConfigurationError,
    IncompleteExportError,
    InvalidArgumentError,
    InvalidResponseError,
    MalformedEventError,
    MixpanelError,
    RateLimitError,
    RetryPolicy,
    compat,
)
from mixpanel_export.compat import MixpanelQueryClient, SecretAuth, SignatureAuth, exceptions
from mixpanel_export.sandbox import Fault, Sandbox
from tests.compat.calls_to_record import API_KEY, API_SECRET
from tests.compat.conftest import AGAIN, Connect, sandbox_client
from tests.recording_server import Reply, Server

DAYS = ("2024-01-01", "2024-01-03")

# The older client's signatures, from its documentation and source.
SIGNATURES = {
    "annotations_list": "start_date, end_date, response_format='json'",
    "annotation_create": "date, description, response_format='json'",
    "annotation_update": "annotation_id, date, description, response_format='json'",
    "annotation_delete": "annotation_id, response_format='json'",
    "get_events": "event_names, unit, interval, data_type='unique', response_format='json'",
    "get_events_top": "event_name, limit=10, response_format='json'",
    "get_event_top_names": "data_type='general', limit=255, response_format='json'",
    "get_event_properties": "event_name, property_name, filter_values, unit, interval, data_type='general', "
    "limit=255, response_format='json'",
    "get_event_properties_top": "event_name, limit=10, response_format='json'",
    "get_event_properties_values": "event_name, property_name, limit=255, bucket_id=None, response_format='json'",
    "get_funnel_list": "response_format='json'",
    "get_funnel_detail": "funnel_id, start_date=None, end_date=None, length=14, interval=1, unit='day', on=None, "
    "where=None, limit=None, response_format='json'",
    "get_segmentation": "event_name, start_date, end_date, unit='day', on=None, where=None, limit=None, "
    "data_type='unique', response_format='json'",
    "get_segmentation_numeric": "event_name, start_date, end_date, on, unit='day', where=None, buckets=None, "
    "data_type='unique', response_format='json'",
    "get_segmentation_sum": "event_name, start_date, end_date, on, unit='day', where=None, response_format='json'",
    "get_segmentation_average": "event_name, start_date, end_date, unit='day', on=None, where=None, "
    "response_format='json'",
    "get_segmentation_multiseg": "event_name, start_date, end_date, unit='day', inner=None, outer=None, "
    "data_type='general', where=None, limit=None, response_format='json'",
    "get_engage": "where=None, session_id=None, page=None, response_format='json'",
    "get_export": "start_date, end_date, event=None, where=None, bucket_id=None, response_format='json'",
}


class TestShape:
    @pytest.mark.parametrize("method", SIGNATURES)
    def test_a_method_has_the_older_arguments_in_their_order(self, method: str) -> None:
        parameters = inspect.signature(getattr(MixpanelQueryClient, method)).parameters.values()
        plain = [str(each.replace(annotation=each.empty)) for each in parameters]
        assert ", ".join(plain) == f"self, {SIGNATURES[method]}"

    def test_the_constructor_takes_one_more_argument(self) -> None:
        parameters = inspect.signature(MixpanelQueryClient).parameters
        assert list(parameters)[:5] == ["api_key", "api_secret", "timeout", "auth_class", "base_url"]
        assert parameters["timeout"].default is None
        assert parameters["auth_class"].default is SignatureAuth
        assert parameters["base_url"].default is None
        limits = parameters["limits"].default
        assert (limits.query.per_hour, limits.query.concurrent, limits.export.per_hour) == (None, 5, None)

    def test_the_constants_are_there(self) -> None:
        ours = MixpanelQueryClient
        assert ours.VALID_UNITS == ("minute", "hour", "day", "week", "month")
        assert ours.VALID_UNITS == (
            ours.UNIT_MINUTE,
            ours.UNIT_HOUR,
            ours.UNIT_DAY,
            ours.UNIT_WEEK,
            ours.UNIT_MONTH,
        )
        assert ours.VALID_RESPONSE_FORMATS == (ours.FORMAT_JSON, ours.FORMAT_CSV) == ("json", "csv")
        assert ours.VALID_DATA_TYPES == ("general", "average", "unique")
        assert ours.VALID_DATA_TYPES == (
            ours.DATA_TYPE_GENERAL,
            ours.DATA_TYPE_AVERAGE,
            ours.DATA_TYPE_UNIQUE,
        )

    @pytest.mark.parametrize(
        "lines",
        [
            "from mixpanel_export.compat.client import MixpanelQueryClient",
            "from mixpanel_export.compat.auth import SecretAuth, SignatureAuth",
            "from mixpanel_export.compat.paginator import ConcurrentPaginator",
            "from mixpanel_export.compat.exceptions import InvalidDateException, InvalidDataType",
            "from mixpanel_export.compat import exceptions",
        ],
    )
    def test_an_import_line_needs_only_another_package_name(self, lines: str) -> None:
        exec(lines, {})

    def test_keys_may_be_bytes(self, server: Server) -> None:
        client = MixpanelQueryClient(b"key", "sécret".encode(), base_url=server.url, limits=None)
        assert (client.api_key, client.api_secret) == ("key", "sécret")
        client.get_funnel_list()
        assert server.only.query["api_key"] == "key"
        client.connection.close()

    def test_a_project_secret_needs_no_key(self, server: Server) -> None:
        with pytest.warns(DeprecationWarning, match="2027-03-03"):
            client = MixpanelQueryClient("", "secret", auth_class=SecretAuth, base_url=server.url)
        client.connection.close()

    def test_the_warning_names_the_line_that_made_the_client(self, server: Server) -> None:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            client = MixpanelQueryClient("", "secret", auth_class=SecretAuth, base_url=server.url)
        assert [each.filename for each in caught] == [__file__]
        client.connection.close()

    def test_a_subclass_may_let_signatures_live_longer(self, server: Server) -> None:
        class Patient(SignatureAuth):
            DEFAULT_EXPIRATION = 3600

        client = MixpanelQueryClient(API_KEY, API_SECRET, auth_class=Patient, base_url=server.url)
        assert client.auth.expires_in == 3600  # type: ignore[attr-defined]
        client.connection.close()

    def test_a_missing_key_is_refused_at_once(self) -> None:
        with pytest.raises(ConfigurationError, match="api_secret"):
            MixpanelQueryClient("key", "")

    def test_the_default_base_url_is_mixpanels_servers(self) -> None:
        client = MixpanelQueryClient("key", "secret")
        assert "https://mixpanel.com" in repr(client.connection._client)
        client.connection.close()


class TestAnswers:
    @pytest.mark.parametrize(
        "body",
        [{"data": {"values": {"ü": 1.5}}}, [{"funnel_id": 1}], ["a"], {}, [], None, 3, {"error": False}],
    )
    def test_json_is_returned_as_it_is(self, client: MixpanelQueryClient, server: Server, body: Any) -> None:
        server.answers(body)
        assert client.get_funnel_list() == body

    def test_csv_is_text(self, client: MixpanelQueryClient, server: Server) -> None:
        table = 'name,n\r\n"ü, \u2028x",1\r\n'
        server.answers(table, content_type="text/csv")
        assert client.get_segmentation("A", *DAYS, response_format="csv") == table
        assert client.get_engage(None, None, None, "csv") == table
        assert "".join(client.get_export(*DAYS, response_format="csv")) == table
        assert len(list(client.get_export(*DAYS, response_format="csv"))) == 2

    def test_a_call_that_has_no_method_can_be_made(self, client: MixpanelQueryClient, server: Server) -> None:
        client.connection.request("retention", {"from_date": "2024-01-01", "event": ["A"], "limit": 0})
        query = server.only.query
        assert server.only.path == "/api/2.0/retention/"
        assert {name: query.get(name) for name in ("from_date", "event", "limit", "format")} == {
            "from_date": "2024-01-01",
            "event": '["A"]',
            "limit": None,
            "format": "json",
        }

    @pytest.mark.parametrize("auth_class", [SignatureAuth, SecretAuth])
    @pytest.mark.filterwarnings("ignore:Mixpanel retires")
    @pytest.mark.sampled(1)
    def test_every_method_is_understood_by_a_mixpanel(self, auth_class: Any) -> None:
        with Sandbox(limits=None) as sandbox:
            client = sandbox_client(sandbox, auth_class)
            funnels = client.get_funnel_list()
            names = client.get_event_top_names()
            name = names[0]
            month = ("2024-01-01", "2024-01-31")
            top = client.get_event_properties_top(name)
            answers = [
                top == client.get_events_top(name),
                client.get_events([name], "day", 7)["data"]["values"],
                client.get_event_properties(name, next(iter(top)), None, "day", 7)["legend_size"] >= 0,
                client.get_event_properties_values(name, next(iter(top))),
                client.get_funnel_detail(funnels[0]["funnel_id"], *month)["meta"],
                client.get_segmentation(name, *month)["data"]["series"],
                client.get_segmentation_numeric(name, *month, 'properties["amount"]')["data"]["series"],
                client.get_segmentation_sum(name, *month, 'properties["amount"]')["results"],
                client.get_segmentation_average(name, *month, on='properties["amount"]')["results"],
                client.get_segmentation_multiseg(
                    name, *month, inner='properties["$os"]', outer='properties["$browser"]'
                )["data"]["series"],
                client.get_engage()["results"],
                client.annotation_create("2024-01-05", "Ümlaut") == {"error": False},
            ]
            assert all(answers)
            made = client.annotations_list("2024-01-05", "2024-01-05")["annotations"][-1]
            assert made["description"] == "Ümlaut"
            assert client.annotation_update(made["id"], "2024-01-05 10:00:00", "New") == {"error": False}
            assert client.annotation_delete(made["id"]) == {"error": False}
            client.connection.close()


class TestExport:
    def test_events_are_plain_dicts_as_they_were_sent(
        self, client: MixpanelQueryClient, server: Server
    ) -> None:
        events = [
            {"event": "ü\u2028", "properties": {"time": 1, "big": 2**70, "n": None, "l": [{"a": 1.5}]}},
            {"event": "", "properties": {}},
        ]
        body = "\n".join(json.dumps(each, ensure_ascii=False) for each in events)
        server.reply = lambda _: Reply(
            gzip.compress(body.encode()), 200, "text/plain", {"Content-Encoding": "gzip"}
        )
        assert list(client.get_export(*DAYS)) == events
        assert server.only.headers["Accept-Encoding"] == "gzip"

    def test_get_export_is_a_generator_that_starts_when_read(
        self, client: MixpanelQueryClient, server: Server
    ) -> None:
        events = client.get_export("not", "dates")
        assert isinstance(events, GeneratorType)
        assert not server.requests
        with pytest.raises(exceptions.InvalidDateException):
            next(events)

    @pytest.mark.slow
    def test_an_export_is_one_request_retried_when_it_breaks_off(self) -> None:
        with Sandbox(limits=None) as sandbox:
            client = sandbox_client(sandbox)
            whole = list(client.get_export("2024-01-01", "2024-03-31"))
            assert len(sandbox.requests) == 1
            for fault in (Fault.reset(at=0.9), Fault.status(503), Fault.status(429)):
                sandbox.faults.add(fault, path="/export")
            again = list(client.get_export("2024-01-01", "2024-03-31"))
            assert again == whole
            assert len(sandbox.requests) == 5
            client.connection.close()

    def test_an_export_that_never_comes_whole_raises(
        self, client: MixpanelQueryClient, server: Server
    ) -> None:
        server.answers('{"event": "a", "properties": {}}\nterminated early\n', content_type="text/plain")
        with pytest.raises(IncompleteExportError, match="terminated early"):
            list(client.get_export(*DAYS))

    def test_no_line_is_skipped(self, client: MixpanelQueryClient, server: Server) -> None:
        server.answers('{"event": "a", "properties": {}}\n{"n": 1}\n', content_type="text/plain")
        with pytest.raises(MalformedEventError, match="line 2"):
            list(client.get_export(*DAYS))

    def test_stopping_early_ends_it(self, client: MixpanelQueryClient, server: Server) -> None:
        server.answers('{"event": "a", "properties": {}}\n' * 3, content_type="text/plain")
        events = client.get_export(*DAYS)
        assert next(events)["event"] == "a"
        events.close()
        assert list(events) == []


class TestFailures:
    def test_argument_errors_are_old_and_new_at_once(self, client: MixpanelQueryClient) -> None:
        refused: list[tuple[Callable[[], object], type[Exception]]] = [
            (lambda: client.get_events(["A"], "year", 1), compat.InvalidUnitException),
            (lambda: client.get_events(["A"], "day", 1, "sum"), compat.InvalidDataType),
            (lambda: client.get_funnel_list("xml"), compat.InvalidFormatException),
            (lambda: client.get_segmentation("A", "today", "today"), compat.InvalidDateException),
        ]
        for call, kind in refused:
            with pytest.raises(kind, match=r"got '(year|sum|xml|today)'; expected") as raised:
                call()
            for base in (compat.MixpanelQueryException, MixpanelError, ValueError):
                assert isinstance(raised.value, base)

    def test_the_older_exceptions_can_be_raised_by_a_program(self) -> None:
        for name in compat.__all__:
            kind = getattr(compat, name)
            if isinstance(kind, type) and issubclass(kind, Exception):
                assert issubclass(kind, compat.MixpanelQueryException)
                assert str(kind("why")) == "why"

    @pytest.mark.parametrize("export", [False, True])
    def test_a_refusal_is_an_http_error_as_urllib_has_it(
        self, client: MixpanelQueryClient, server: Server, export: bool
    ) -> None:
        server.answers({"error": "No such funnel"}, status=404)
        with pytest.raises(urllib.error.HTTPError) as raised:
            list(client.get_export(*DAYS)) if export else client.get_funnel_detail(1, *DAYS)
        error = raised.value
        assert isinstance(error, exceptions.HTTPError)
        assert (error.code, error.reason) == (404, "Not Found")
        assert json.loads(error.read()) == {"error": "No such funnel"}
        assert "No such funnel" in str(error)
        assert isinstance(error.__cause__, APIError)
        assert isinstance(error, MixpanelError)
        assert not isinstance(error, compat.MixpanelQueryException)
        assert "sig=" not in f"{error.url} {error}"

    def test_the_wait_that_the_server_asked_for_is_told(
        self, client: MixpanelQueryClient, server: Server
    ) -> None:
        server.answers({"error": "slow down"}, status=429, headers={"Retry-After": "7"})
        with pytest.raises(exceptions.HTTPError) as raised:
            client.get_engage()
        assert raised.value.headers["Retry-After"] == "7"
        assert isinstance(raised.value.error, RateLimitError)

    def test_an_export_that_keeps_failing_is_an_http_error_too(
        self, connect: Connect, server: Server
    ) -> None:
        server.answers("<h1>no</h1>", status=503, content_type="text/html")
        with pytest.raises(exceptions.HTTPError) as raised:
            list(connect(retry=AGAIN).get_export(*DAYS))
        assert raised.value.code == 503
        assert len(server.requests) == AGAIN.attempts

    def test_an_unknown_status_has_no_phrase(self, client: MixpanelQueryClient, server: Server) -> None:
        server.answers("", status=599)
        with pytest.raises(exceptions.HTTPError) as raised:
            client.get_engage()
        assert (raised.value.code, raised.value.reason) == (599, "")

    @pytest.mark.parametrize("export", [False, True])
    def test_no_server_is_a_url_error(self, export: bool) -> None:
        client = MixpanelQueryClient(
            "key", "secret", base_url="http://127.0.0.1:9", retry=RetryPolicy(attempts=1), limits=None
        )
        with pytest.raises(urllib.error.URLError, match="ConnectError") as raised:
            list(client.get_export(*DAYS)) if export else client.get_engage()
        assert type(raised.value) is exceptions.URLError
        client.connection.close()

    def test_silence_is_a_timeout(self, connect: Connect, server: Server) -> None:
        server.answers_nothing()
        with pytest.raises(TimeoutError) as raised:
            connect(timeout=0.05).get_engage()
        assert type(raised.value) is exceptions.TimeoutError
        assert isinstance(raised.value, urllib.error.URLError)

    @pytest.mark.parametrize(
        ("body", "content_type"),
        [("<html>Sorry</html>", "text/html"), ("oops", "text/plain"), ("", "text/plain")],
    )
    def test_a_body_that_is_not_json_is_a_decode_error(
        self, client: MixpanelQueryClient, server: Server, body: str, content_type: str
    ) -> None:
        server.answers(body, content_type=content_type)
        with pytest.raises(json.JSONDecodeError) as raised:
            client.get_engage()
        assert isinstance(raised.value, exceptions.JSONDecodeError)

    def test_an_error_with_status_200_is_raised(self, client: MixpanelQueryClient, server: Server) -> None:
        server.answers({"error": "Session expired", "status": "error"})
        with pytest.raises(InvalidResponseError, match="Session expired"):
            client.get_engage()

    def test_creating_an_annotation_is_the_only_call_not_retried(
        self, connect: Connect, server: Server
    ) -> None:
        server.answers({"error": "busy"}, status=503)
        client = connect(retry=AGAIN)
        with pytest.raises(exceptions.HTTPError):
            client.annotation_create("2024-01-05", "once")
        assert len(server.requests) == 1
        with pytest.raises(exceptions.HTTPError):
            client.annotation_delete(1)
        with pytest.raises(exceptions.HTTPError):
            client.annotation_update(1, DAYS[0], "twice")
        assert len(server.requests) == 1 + 2 * AGAIN.attempts

    def test_values_that_fit_in_no_url_are_refused(self, client: MixpanelQueryClient, server: Server) -> None:
        with pytest.raises(InvalidArgumentError, match=r"where: .*fits into a URL"):
            client.get_engage(where="x" * 70_000)
        with pytest.raises(InvalidArgumentError, match=r"event: .*fits into a URL"):
            list(client.get_export(*DAYS, event=["x" * 70_000]))
        assert not server.requests

    @pytest.mark.parametrize(
        "error",
        [
            exceptions.HTTPError(
                APIError(status=500, message="m", method="GET", url="https://mixpanel.com/")
            ),
            exceptions.URLError("gone"),
            exceptions.TimeoutError("slow"),
            exceptions.JSONDecodeError("no JSON", "<h1>", 0),
            exceptions.InvalidDateException("bad"),
        ],
        ids=lambda error: type(error).__name__,
    )
    def test_errors_cross_processes(self, error: Exception) -> None:
        for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
            assert type(twin) is type(error)
            assert str(twin) == str(error)
