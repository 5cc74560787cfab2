"""The four ways to authenticate: what they send, how they sign, and what they never show."""

from __future__ import annotations

import base64
import datetime
import hashlib
import html
import json
import logging
import pickle
import string
import time
import traceback
import warnings
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit

import httpx
import pytest
import time_machine
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from mixpanel_export import (
    AsyncMixpanelClient,
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    MixpanelClient,
    MixpanelError,
    NetworkError,
    OAuthTokenAuth,
    RetryPolicy,
    SecretAuth,
    ServerError,
    ServiceAccountAuth,
    SignatureAuth,
)
from mixpanel_export.auth import MixpanelAuth, signature
from tests.recording_server import Ask, Received, Reply, Server, async_transports, transport

KEY, SECRET = "made-up-key-1", "made-up-secret-1"
NEW_YEAR = datetime.datetime(2024, 1, 1, 0, 0, 0, 500_000, tzinfo=datetime.UTC)
NEW_YEAR_IN_SECONDS = 1_704_067_200
APRIL = {"from_date": "2023-04-01", "to_date": "2023-04-30"}

# An API key and secret with every character that URLs, JSON, HTML and HTTP Basic treat as special.
AWKWARD_KEY, AWKWARD_SECRET = "k/e+y==&'<\"x>", 'sé"cr\\et/+=&%41#?<hush>'


def project_secret(secret: str) -> SecretAuth:
    with pytest.deprecated_call():
        return SecretAuth(secret)


def names(client: Any) -> Any:
    return client.events.names(type="general")


# What is sent


def test_a_service_account_is_sent_as_basic_auth(ask: Ask, server: Server) -> None:
    server.answers([])
    ask(ServiceAccountAuth("exporter.1a2b3c.mp-service-account", SECRET), names)
    credentials = b"exporter.1a2b3c.mp-service-account:made-up-secret-1"
    assert server.only.headers["Authorization"] == f"Basic {base64.b64encode(credentials).decode()}"
    assert server.only.query == {"project_id": "1234567", "type": "general"}


def test_a_secret_beyond_ascii_is_sent_as_utf_8(ask: Ask, server: Server) -> None:
    server.answers([])
    ask(ServiceAccountAuth("zoë", "größe:☕"), names)
    assert (
        server.only.headers["Authorization"] == f"Basic {base64.b64encode('zoë:größe:☕'.encode()).decode()}"
    )


def test_an_oauth_token_is_sent_as_bearer_with_the_project(ask: Ask, server: Server) -> None:
    server.answers([])
    ask(OAuthTokenAuth("ya29.A0-_~+/="), names)
    assert server.only.headers["Authorization"] == "Bearer ya29.A0-_~+/="
    assert server.only.query["project_id"] == "1234567"


def test_a_project_secret_is_the_user_name_of_basic_auth(ask: Ask, server: Server) -> None:
    server.answers([])
    ask(project_secret(SECRET), names, project_id=None)
    assert server.only.headers["Authorization"] == f"Basic {base64.b64encode(b'made-up-secret-1:').decode()}"
    assert server.only.query == {"type": "general"}


def test_a_project_secret_warns_of_the_day_it_is_retired() -> None:
    with pytest.warns(DeprecationWarning, match=r"2027-03-03.*ServiceAccountAuth") as caught:
        SecretAuth(SECRET)
    assert [warning.filename for warning in caught] == [__file__]
    assert SECRET not in str(caught[0].message)


def test_the_other_credentials_do_not_warn() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ServiceAccountAuth("exporter", SECRET)
        OAuthTokenAuth("token")
        SignatureAuth(KEY, SECRET)


def test_a_signature_is_sent_only_in_the_query(ask: Ask, server: Server) -> None:
    server.answers([])
    ask(SignatureAuth(KEY, SECRET), names, project_id=None)
    assert server.only.query.keys() == {"type", "api_key", "expire", "sig"}
    assert server.only.query["api_key"] == KEY
    assert "Authorization" not in server.only.headers
    assert SECRET not in server.only.target


@pytest.mark.parametrize(
    ("make", "root"),
    [
        (lambda: ServiceAccountAuth("exporter", SECRET), "/api/query"),
        (lambda: OAuthTokenAuth("token"), "/api/query"),
        (lambda: project_secret(SECRET), "/api/query"),
        (lambda: SignatureAuth(KEY, SECRET), "/api/2.0"),
    ],
    ids=["service account", "token", "project secret", "signature"],
)
def test_only_signed_query_calls_go_to_the_older_root(
    ask: Ask, server: Server, make: Callable[[], MixpanelAuth], root: str
) -> None:
    server.answers([])
    auth = make()
    ask(auth, names)
    ask(auth, lambda client: client.cohorts.list())
    server.answers("", content_type="text/plain")
    ask(auth, lambda client: client.export.raw(**APRIL))
    assert [request.path for request in server.requests] == [
        f"{root}/events/names",
        f"{root}/cohorts/list",
        "/api/2.0/export",
    ]


# Signatures


def restated(request: Received | httpx.Request, api_secret: str) -> str:
    """Compute the signature as a server would, from a received request."""
    url = request.target if isinstance(request, Received) else str(request.url)
    body = request.body if isinstance(request, Received) else request.content
    parameters = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    if request.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
        parameters |= dict(parse_qsl(body.decode(), keep_blank_values=True))
    del parameters["sig"]
    text = "".join([f"{name}={parameters[name]}" for name in sorted(parameters)]) + api_secret
    return hashlib.new("md5", text.encode()).hexdigest()


def signed(auth: SignatureAuth, request: httpx.Request) -> httpx.Request:
    return next(auth.auth_flow(request))


@frozen
class Vector:
    """A signature that mixpanel-query-py 0.1.9 made at 2024-01-01 00:00 UTC, with keys that open nothing."""

    sent: Mapping[str, str]
    sig: str
    api_key: str = KEY
    api_secret: str = SECRET


RECORDED = {
    "no parameters": Vector({}, "c6e62fae38f5d080f49c44c1bc0ce646"),
    "plain text": Vector(
        {
            "event": "Signup",
            "from_date": "2023-05-01",
            "to_date": "2023-05-31",
            "unit": "day",
            "format": "json",
        },
        "e54f9bf8f62f337760cf25da69581058",
    ),
    "a list and a number": Vector(
        {"event": '["Signup", "View cart"]', "type": "unique", "unit": "week", "interval": "4"},
        "28b8dcb7cd68815306a91e0324f34439",
    ),
    "a list of Unicode": Vector(
        {"event": r'["\u00dcberraschung", "\u8cfc\u5165", "\ud83c\udf89"]', "type": "general"},
        "8ae0c8eab38219c1c05cf9e24dd5aec7",
    ),
    "Unicode": Vector({"event": "café ☕", "name": "größe"}, "d780d94da6d91477102cc8a08b7d7211"),
    "empty values": Vector({"where": "", "bucket": "", "limit": "10"}, "f5caa653c4ca1ca583bf9f7eea9b659a"),
    "an expression": Vector(
        {"where": 'properties["plan"] == "pro & more" and number(properties["n"]) >= 2.5 + 1', "page": "0"},
        "b8ebdd4b12f54831b1fde75ad32c6e08",
    ),
    "numbers": Vector(
        {"funnel_id": "8231", "length": "14", "ratio": "0.25", "limit": "100000"},
        "8026def2bc7b2ad090c1c933875a4105",
    ),
    "an empty list, and names that sort by code point": Vector(
        {"values": "[]", "B": "upper", "a": "lower", "_": "underscore", "Z9": "x"},
        "7da6a04b2bc25c5ea4786a77e8a4f6a0",
    ),
    "characters that URLs treat as special": Vector(
        {"values": '[1, 2.5, "three"]', "event": "100% = a+b?c#d"}, "b4af192cc52794d390c67dc8df31e7d3"
    ),
    "an awkward key and secret": Vector(
        {"event": "Signup", "limit": "1"},
        "86037f6d1b8de391cddd11952e7fd0b1",
        api_key="other/key+2==",
        api_secret="sécret-¿2?",
    ),
}
vectors = pytest.mark.parametrize("vector", RECORDED.values(), ids=RECORDED.keys())


@vectors
def test_a_signature_equals_that_of_the_older_client(vector: Vector) -> None:
    parameters = [*vector.sent.items(), ("api_key", vector.api_key), ("expire", "1704067800")]
    assert signature(parameters, vector.api_secret) == vector.sig
    assert signature([("sig", "0" * 32), *reversed(parameters)], vector.api_secret) == vector.sig


@vectors
@pytest.mark.parametrize("place", ["query", "form"])
def test_a_request_is_signed_as_the_older_client_did(vector: Vector, place: str) -> None:
    url = "https://mixpanel.com/api/2.0/anything"
    request = (
        httpx.Request("GET", url, params=dict(vector.sent))
        if place == "query"
        else httpx.Request("POST", url, data=dict(vector.sent))
    )
    body = request.content
    with time_machine.travel(NEW_YEAR, tick=False):
        signed(SignatureAuth(vector.api_key, vector.api_secret), request)
    expected = {"api_key": vector.api_key, "expire": "1704067800", "sig": vector.sig}
    if place == "query":
        expected |= vector.sent
    assert dict(parse_qsl(urlsplit(str(request.url)).query, keep_blank_values=True)) == expected
    assert request.content == body


@pytest.mark.parametrize(
    ("use", "sig"),
    [
        (
            lambda client: client.events.query(
                event=["Signup", "View cart"], type="unique", unit="week", interval=4
            ),
            "28b8dcb7cd68815306a91e0324f34439",
        ),
        (
            lambda client: client.segmentation.query(
                event="café ☕",
                from_date=datetime.date(2023, 5, 1),
                to_date="2023-05-31",
                on='properties["größe"]',
                limit=10,
                type="unique",
            ),
            "83580229bc9f1e001b612d176be85eb6",
        ),
        (
            lambda client: client.activity.stream(
                distinct_ids=["zoë", "2"], from_date="2023-05-01", to_date=datetime.date(2023, 5, 31)
            ),
            "48be929e09e98ce25bca1498228b2b24",
        ),
        (
            lambda client: client.profiles.query(
                distinct_ids=["zoë", "2"],
                where='properties["n"] > 1 + 1',
                page=0,
                session_id="a&b=c",
                data_group_id="",
            ),
            "a182aff6a8be375aca3b58af41c0efea",
        ),
    ],
    ids=["events", "segmentation", "activity", "profiles"],
)
def test_a_call_is_signed_as_the_older_client_did(
    ask: Ask, server: Server, use: Callable[[Any], Any], sig: str
) -> None:
    server.answers({"error": "what matters is the question"}, status=400)
    with pytest.raises(BadRequestError), time_machine.travel(NEW_YEAR, tick=False):
        ask(SignatureAuth(KEY, SECRET), use, project_id=None)
    assert server.only.query["expire"] == "1704067800"
    assert server.only.query["sig"] == sig


texts = st.text(st.characters(exclude_categories=["Cs"]))
names_of_parameters = texts.filter(bool).filter(lambda name: name not in {"api_key", "expire", "sig"})
parameter_sets = st.dictionaries(names_of_parameters, texts, max_size=6)


@given(parameters=parameter_sets, secret=texts, shuffle=st.randoms(use_true_random=False))
def test_a_signature_is_the_md5_of_parameters_and_secret(
    parameters: dict[str, str], secret: str, shuffle: Any
) -> None:
    given_order = [*parameters.items(), ("sig", "left out")]
    shuffle.shuffle(given_order)
    text = ""
    for name in sorted(parameters):
        text += name + "=" + parameters[name]
    assert signature(given_order, secret) == hashlib.md5((text + secret).encode()).hexdigest()


@given(query=parameter_sets, form=parameter_sets)
def test_the_signature_covers_everything_sent(query: dict[str, str], form: dict[str, str]) -> None:
    form = {name: value for name, value in form.items() if name not in query}
    request = httpx.Request("POST", "https://mixpanel.com/api/2.0/engage", params=query, data=form)
    signed(SignatureAuth(KEY, SECRET), request)
    assert request.url.params["sig"] == restated(request, SECRET)
    assert {name: request.url.params[name] for name in query} == query


@given(
    parameters=parameter_sets.filter(bool),
    data=st.data(),
    other=texts,
)
def test_any_change_to_a_value_changes_the_signature(
    parameters: dict[str, str], data: st.DataObject, other: str
) -> None:
    name = data.draw(st.sampled_from(sorted(parameters)))
    changed = {**parameters, name: parameters[name] + other + "!"}
    assert signature(parameters.items(), SECRET) != signature(changed.items(), SECRET)


def test_a_form_that_is_streamed_is_signed_too() -> None:
    request = httpx.Request(
        "POST",
        "https://mixpanel.com/api/2.0/engage",
        headers={"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
        content=iter([b"where=a+%3D", b"%3D+b&page=0"]),
    )
    next(SignatureAuth(KEY, SECRET).sync_auth_flow(request))
    assert request.url.params["sig"] == restated(request, SECRET)


def test_a_json_body_is_no_part_of_the_signature() -> None:
    request = httpx.Request("POST", "https://mixpanel.com/api/2.0/x?a=1", json={"b": "2"})
    signed(SignatureAuth(KEY, SECRET), request)
    assert request.url.params["sig"] == restated(request, SECRET)


@pytest.mark.parametrize("expires_in", [600, 1, 86_400])
def test_a_signature_expires_after_the_seconds_asked_for(expires_in: int) -> None:
    request = httpx.Request("GET", "https://mixpanel.com/api/2.0/events")
    with time_machine.travel(NEW_YEAR, tick=False):
        signed(SignatureAuth(KEY, SECRET, expires_in=expires_in), request)
    assert request.url.params["expire"] == str(NEW_YEAR_IN_SECONDS + expires_in)


def test_a_signature_expires_after_ten_minutes_by_default() -> None:
    request = httpx.Request("GET", "https://mixpanel.com/api/2.0/events")
    before = int(time.time())
    signed(SignatureAuth(KEY, SECRET), request)
    assert before + 600 <= int(request.url.params["expire"]) <= int(time.time()) + 600


def test_every_request_is_signed_separately(ask: Ask, server: Server) -> None:
    server.answers([])
    auth = SignatureAuth(KEY, SECRET)
    with time_machine.travel(NEW_YEAR, tick=False) as clock:
        ask(auth, names, project_id=None)
        clock.shift(3600)
        ask(auth, names, project_id=None)
    expiries = [int(request.query["expire"]) for request in server.requests]
    assert expiries == [NEW_YEAR_IN_SECONDS + 600, NEW_YEAR_IN_SECONDS + 4200]
    assert [request.query["sig"] for request in server.requests] == [
        restated(request, SECRET) for request in server.requests
    ]


def test_signing_a_request_again_replaces_its_old_signature() -> None:
    auth = SignatureAuth(KEY, SECRET)
    request = httpx.Request("POST", "https://mixpanel.com/api/2.0/engage?a=1", data={"page": "0"})
    with time_machine.travel(NEW_YEAR, tick=False) as clock:
        first = signed(auth, request).url.params
        clock.shift(900)
        second = signed(auth, request).url.params
    assert sorted(second.multi_items()) == sorted(
        [
            ("a", "1"),
            ("api_key", KEY),
            ("expire", str(NEW_YEAR_IN_SECONDS + 1500)),
            ("sig", restated(request, SECRET)),
        ]
    )
    assert second["sig"] != first["sig"]


@pytest.mark.parametrize("expires_in", [0, -600, True, 600.0, "600", None, float("nan")])
def test_a_lifetime_must_be_a_whole_number_of_seconds(expires_in: Any) -> None:
    with pytest.raises(ConfigurationError, match="expires_in"):
        SignatureAuth(KEY, SECRET, expires_in=expires_in)


# Credentials that cannot be right

constructors = pytest.mark.parametrize(
    ("argument", "make"),
    [
        ("username", lambda value: ServiceAccountAuth(value, "other")),
        ("secret", lambda value: ServiceAccountAuth("other", value)),
        ("token", OAuthTokenAuth),
        ("api_secret", project_secret),
        ("api_key", lambda value: SignatureAuth(value, "other")),
        ("api_secret", lambda value: SignatureAuth("other", value)),
    ],
    ids=["username", "secret", "token", "project secret", "api key", "api secret"],
)


def refused(argument: str, make: Callable[[Any], MixpanelAuth], value: object) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        make(value)
    assert isinstance(caught.value, ValueError)
    assert caught.value.argument == argument
    assert str(caught.value).startswith(f"{argument}: ")
    return caught.value


@constructors
@pytest.mark.parametrize(
    "value",
    [
        "hunter2\n",
        "hunter2\r\n",
        "\thunter2",
        "hunter2\x00",
        "hunter2 ",
        "hunter2\u2028",
        "hunter2\x7f",
        "hunter2\ud800",
        b"hunter2",
        ["hunter2"],
        {"hunter2": 1},
    ],
    ids=ascii,
)
def test_a_malformed_credential_is_refused_without_showing_it(
    argument: str, make: Callable[[Any], MixpanelAuth], value: object
) -> None:
    error = refused(argument, make, value)
    shown = "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))
    assert "hunter2" not in shown


@constructors
@pytest.mark.parametrize("value", ["", None, 0, 123456])
def test_a_missing_credential_is_refused(
    argument: str, make: Callable[[Any], MixpanelAuth], value: object
) -> None:
    error = refused(argument, make, value)
    assert "123456" not in str(error)


def test_a_credential_unfit_for_basic_auth_is_refused_unshown() -> None:
    for argument, make in (
        ("username", lambda value: ServiceAccountAuth(value, "other")),
        ("api_secret", project_secret),
    ):
        assert "hunter2" not in str(refused(argument, make, "hunter2:more"))


def test_a_token_unfit_for_a_header_is_refused_unshown() -> None:
    assert "hunter2" not in str(refused("token", OAuthTokenAuth, "hunter2é"))


# Secrets stay secret

SPOKEN: Mapping[str, Callable[[], MixpanelAuth]] = {
    "service account": lambda: ServiceAccountAuth("exporter", AWKWARD_SECRET),
    "token": lambda: OAuthTokenAuth("tok/en+hush==&%41<x>"),
    "project secret": lambda: project_secret(AWKWARD_SECRET),
    "signature": lambda: SignatureAuth(AWKWARD_KEY, AWKWARD_SECRET),
}
SECRETS = {
    "service account": [AWKWARD_SECRET],
    "token": ["tok/en+hush==&%41<x>"],
    "project secret": [AWKWARD_SECRET],
    "signature": [AWKWARD_KEY, AWKWARD_SECRET],
}
every_auth = pytest.mark.parametrize("kind", SPOKEN)

# How a secret may be written in a URL, in JSON, and in HTML.
SPELLINGS: Mapping[str, Callable[[str], str]] = {
    "as it is": str,
    "in a path": quote,
    "in a query": lambda text: quote(text, safe=""),
    "in a form": quote_plus,
    "in a URL, lower case": lambda text: quote(text, safe="").lower(),
    "in JSON": lambda text: json.dumps(text)[1:-1],
    "in UTF-8 JSON": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "in JSON with escaped slashes": lambda text: json.dumps(text)[1:-1].replace("/", r"\/"),
    "in JSON for HTML": lambda text: json.dumps(text)[1:-1].replace("&", r"\u0026").replace("<", r"\u003c"),
    "in HTML": html.escape,
    "in HTML with decimal entities": lambda text: html.escape(text).replace("&#x27;", "&#39;"),
    "in HTML with bare quotes": lambda text: html.escape(text, quote=False),
}


def leaks(kind: str, requests: list[Received], shown: str) -> list[str]:
    """Return the credentials that can be read in `shown`."""
    forbidden = [spell(secret) for secret in SECRETS[kind] for spell in SPELLINGS.values()]
    for request in requests:
        forbidden += [request.query[name] for name in ("sig", "api_key") if name in request.query]
        if "Authorization" in request.headers:
            forbidden.append(request.headers["Authorization"].split(" ")[1])
    return [secret for secret in forbidden if secret.lower() in shown.lower()]


def shown_by(error: BaseException) -> str:
    copy = pickle.loads(pickle.dumps(error))
    return "\n".join(
        [str(error), repr(error), repr(vars(error)), repr(copy), *traceback.format_exception(error)]
    )


def told(kind: str, request: Received) -> str:
    """Return what a careless server echoes, within the 500 characters that an error keeps."""
    known = [request.headers.get("Authorization", "-"), *SECRETS[kind], request.target]
    return " ; ".join(known)


ECHOES: Mapping[str, Callable[[str], Reply]] = {
    "a JSON error": lambda told: Reply({"error": told, "status": "error"}, 401),
    "a JSON error that is a list": lambda told: Reply({"error": [told]}, 400),
    "a JSON error elsewhere": lambda told: Reply({"request": told}, 403),
    "a web page": lambda told: Reply(f"<html><body>{html.escape(told)}</body></html>", 502, "text/html"),
    "plain text": lambda told: Reply(told, 429, "text/plain"),
    "an error with status 200": lambda told: Reply({"error": told}),
    "a web page with status 200": lambda told: Reply(f"<p>{html.escape(told)}", 200, "text/html"),
    "an unknown shape": lambda told: Reply({"unknown": told}),
    "broken JSON": lambda told: Reply(f'["{told}'),
}


@every_auth
@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES.keys())
@pytest.mark.sampled(18)
def test_no_error_shows_a_secret_that_the_server_echoes(
    ask: Ask, server: Server, kind: str, echo: Callable[[str], Reply]
) -> None:
    server.reply = lambda request: echo(told(kind, request))
    with pytest.raises(MixpanelError) as caught:
        ask(SPOKEN[kind](), names)
    assert str(caught.value).count("[redacted]") > len(SECRETS[kind])
    assert leaks(kind, server.requests, shown_by(caught.value)) == []


@every_auth
@pytest.mark.parametrize(
    "use",
    [
        lambda client: client.profiles.query(where="true"),
        lambda client: client.export.raw(**APRIL),
        lambda client: list(client.export.events("2023-04-01", "2023-04-30")),
    ],
    ids=["form", "raw", "export"],
)
def test_every_kind_of_call_keeps_echoed_secrets_to_itself(
    ask_sync: Ask, server: Server, kind: str, use: Callable[[MixpanelClient], Any]
) -> None:
    server.reply = lambda request: Reply({"error": told(kind, request)}, 401)
    with pytest.raises(AuthenticationError) as caught:
        ask_sync(SPOKEN[kind](), use)
    assert "[redacted]" in str(caught.value)
    assert leaks(kind, server.requests, shown_by(caught.value)) == []


@every_auth
def test_a_secret_at_the_end_of_a_long_message_is_redacted(ask_sync: Ask, server: Server, kind: str) -> None:
    secret = SECRETS[kind][0]
    server.answers("x" * 490 + secret, status=500, content_type="text/plain")
    with pytest.raises(ServerError) as caught:
        ask_sync(SPOKEN[kind](), names)
    assert "x" * 490 + "[redacted" in str(caught.value)


@every_auth
def test_a_network_error_shows_no_secret(ask: Ask, server: Server, kind: str) -> None:
    server.answers_nothing()
    with pytest.raises(NetworkError) as caught:
        ask(SPOKEN[kind](), names, timeout=httpx.Timeout(60, read=0.05))
    assert "/events/names" in str(caught.value)
    assert leaks(kind, server.requests, shown_by(caught.value)) == []


@every_auth
def test_no_log_record_shows_a_secret(
    ask: Ask, server: Server, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    server.answers([])
    with caplog.at_level(logging.DEBUG):
        ask(SPOKEN[kind](), names)
        ask(SPOKEN[kind](), lambda client: client.cohorts.list())
    assert {"httpx", "httpcore.http11"} <= {record.name for record in caplog.records}
    shown = "\n".join(f"{record.getMessage()} {record.args!r} {vars(record)}" for record in caplog.records)
    assert "/events/names" in shown
    assert leaks(kind, server.requests, shown) == []


@every_auth
def test_no_log_record_of_a_further_attempt_shows_a_secret(
    ask: Ask, server: Server, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    server.reply = lambda request: Reply({"error": told(kind, request)}, 503)
    with caplog.at_level(logging.DEBUG), pytest.raises(ServerError):
        ask(SPOKEN[kind](), names, retry=RetryPolicy(attempts=2, initial_wait=0))
    assert len(server.requests) == 2
    shown = "\n".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    assert "[redacted]" in shown
    assert leaks(kind, server.requests, shown) == []


@every_auth
def test_no_representation_shows_a_secret(kind: str) -> None:
    auth = SPOKEN[kind]()
    with MixpanelClient(auth, project_id=1, transport=transport()) as client:
        shown = f"{auth!r} {auth} {auth.description} {client!r} {client}"
    shown += repr(AsyncMixpanelClient(auth, project_id=1, **async_transports()))
    assert type(auth).__name__ in shown
    assert leaks(kind, [], shown) == []


def test_a_repr_names_the_service_account() -> None:
    auth = ServiceAccountAuth("exporter.1a2b3c", SECRET)
    assert repr(auth) == "<ServiceAccountAuth: service account 'exporter.1a2b3c'>"


# As long as no sane word is: a secret of one letter would be found in every message.
long_secrets = st.text(string.ascii_letters + string.digits + string.punctuation + "éß☕🎉", min_size=12)


@given(
    secret=long_secrets.filter(lambda text: ":" not in text), spell=st.sampled_from(list(SPELLINGS.values()))
)
def test_a_secret_is_redacted_however_it_is_spelled(secret: str, spell: Callable[[str], str]) -> None:
    spelled = spell(secret)
    for auth in (ServiceAccountAuth("exporter", secret), SignatureAuth("key", secret)):
        redacted = auth.redact(f"({spelled})")
        assert redacted == "([redacted])"


def test_redaction_leaves_other_words_alone() -> None:
    auth = SignatureAuth(KEY, SECRET)
    text = "to_date cannot be later than today (made-up-key-2) /api/2.0/events?expire=1704067800"
    assert auth.redact(text) == text


def test_redacted_text_is_marked(ask: Ask, server: Server) -> None:
    server.reply = lambda request: Reply({"error": f"bad request: {request.target}"}, 400)
    with pytest.raises(MixpanelError) as caught:
        ask(SignatureAuth(KEY, SECRET), names, project_id=None)
    assert "api_key=[redacted]" in str(caught.value)
    assert "sig=[redacted]" in str(caught.value)
    assert "type=general" in str(caught.value)
