"""The two clients: twins that differ by `await`, what is bound at construction, and what is closed."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from mixpanel_export import (
    APIError,
    AsyncMixpanelClient,
    ConfigurationError,
    InvalidArgumentError,
    MixpanelClient,
    MixpanelError,
    NotFoundError,
    OAuthTokenAuth,
    RequestTimeoutError,
    RetryPolicy,
    SecretAuth,
    ServiceAccountAuth,
    SignatureAuth,
    dates,
)
from mixpanel_export.auth import MixpanelAuth
from mixpanel_export.http.calls import build_request, checked_arguments
from mixpanel_export.http.context import Context
from mixpanel_export.http.limits import UNLIMITED
from mixpanel_export.http.servers import Servers
from mixpanel_export_api.api.annotations import ANNOTATIONS_LIST
from mixpanel_export_api.api.export import EXPORT_RAW
from mixpanel_export_api.api.funnels import FUNNELS_LIST
from mixpanel_export_api.models import (
    AnnotationDeletedResult,
    AnnotationResult,
    ProfilesPage,
    SavedFunnel,
    SegmentationSumResult,
)
from tests.recording_server import ONCE, PROJECT, Ask, Received, Reply, Server, async_transports, transport

ACCOUNT = ServiceAccountAuth("exporter", "made-up-secret")
TOKEN = OAuthTokenAuth("made-up-token")
SIGNATURE = SignatureAuth("made-up-key", "made-up-secret")

Use = Callable[[Any], Any]


@pytest.fixture
def project_secret() -> SecretAuth:
    with pytest.deprecated_call():
        return SecretAuth("made-up-secret")


# Twins

OPERATIONS: dict[str, tuple[Use, object, Use]] = {
    "a model": (
        lambda client: client.segmentation.sum(
            event="Buy", from_date="2024-03-01", to_date="2024-03-02", on='properties["price"]'
        ),
        {"status": "ok", "results": {"2024-03-01": 9.5, "2024-03-02": 0}},
        lambda answer: (
            (type(answer), answer.results.to_dict())
            == (SegmentationSumResult, {"2024-03-01": 9.5, "2024-03-02": 0})
        ),
    ),
    "a list of models": (
        lambda client: client.funnels.list(),
        [{"funnel_id": 7, "name": "Checkout"}],
        lambda answer: answer == [SavedFunnel(funnel_id=7, name="Checkout")],
    ),
    "a list of text": (
        lambda client: client.events.names(type="unique", limit=3),
        ["Signup", "Überraschung"],
        lambda answer: answer == ["Signup", "Überraschung"],
    ),
    "a list of anything": (
        lambda client: client.jql.query(script="function main() {}", params={"a": 1}),
        [1, "two", None, {"three": [3]}],
        lambda answer: answer == [1, "two", None, {"three": [3]}],
    ),
    "a form": (
        lambda client: client.profiles.query(where='properties["a"] == 1', page=1, session_id="s"),
        {
            "page": 1,
            "page_size": 1000,
            "results": [{"$distinct_id": 12, "$properties": {"$email": "a@example.com"}}],
        },
        lambda answer: (
            isinstance(answer, ProfilesPage)
            and answer.results[0].distinct_id == 12
            and answer.results[0].properties["$email"] == "a@example.com"
        ),
    ),
    "text": (
        lambda client: client.export.raw(from_date="2024-03-01", to_date="2024-03-02"),
        '{"event":"a","properties":{}}\n{"event":"b\u2028","properties":{}}\n',
        lambda answer: answer == '{"event":"a","properties":{}}\n{"event":"b\u2028","properties":{}}\n',
    ),
    "a patch": (
        lambda client: client.annotations.update(annotation_id=5, description="Launch"),
        {"results": {"id": 5, "date": "2024-03-01 09:00:00", "description": "Launch"}},
        lambda answer: isinstance(answer, AnnotationResult) and answer.results.id == 5,
    ),
    "a deletion": (
        lambda client: client.annotations.delete(annotation_id=5),
        {"status": "ok", "results": {"id": 5}},
        lambda answer: isinstance(answer, AnnotationDeletedResult) and answer.results.id == 5,
    ),
}


@pytest.mark.parametrize(("use", "body", "is_right"), OPERATIONS.values(), ids=OPERATIONS.keys())
def test_an_operation_returns_the_type_of_the_contract(
    ask: Ask, server: Server, use: Use, body: object, is_right: Use
) -> None:
    server.answers(body, content_type="text/plain" if isinstance(body, str) else "application/json")
    assert is_right(ask(ACCOUNT, use))


@pytest.mark.parametrize("use", [use for use, _, _ in OPERATIONS.values()], ids=OPERATIONS.keys())
def test_the_twins_send_the_same_request(server: Server, use: Use) -> None:
    options = {**ONCE, "project_id": PROJECT, "workspace_id": 3, "base_url": server.url}
    server.answers({"error": "what matters is the question"}, status=404)
    with MixpanelClient(ACCOUNT, transport=transport(), **options) as client, pytest.raises(NotFoundError):
        use(client)

    async def asynchronously() -> None:
        async with AsyncMixpanelClient(ACCOUNT, **async_transports(), **options) as client:
            with pytest.raises(NotFoundError):
                await use(client)

    asyncio.run(asynchronously())
    sync, twin = server.requests
    assert (sync.method, sync.target, sync.body) == (twin.method, twin.target, twin.body)
    assert sync.headers == twin.headers


def test_the_twins_have_the_same_public_surface() -> None:
    def surface(kind: type) -> dict[str, list[str]]:
        members = {name: getattr(kind, name) for name in dir(kind) if not name.startswith("_")}
        return {
            name: list(inspect.signature(member).parameters) if callable(member) else []
            for name, member in members.items()
        }

    assert surface(MixpanelClient) == surface(AsyncMixpanelClient)
    sync, twin = inspect.signature(MixpanelClient), inspect.signature(AsyncMixpanelClient)
    assert list(sync.parameters) == list(twin.parameters)
    for name, parameter in sync.parameters.items():
        assert parameter.default == twin.parameters[name].default, name
        assert parameter.kind == twin.parameters[name].kind, name


def test_a_client_says_who_it_is_and_asks_for_nothing_unusual(ask: Ask, server: Server) -> None:
    server.answers([])
    ask(ACCOUNT, lambda client: client.funnels.list())
    assert server.only.headers["User-Agent"].startswith("mixpanel-export-sdk")
    assert server.only.body == b""


def test_a_redirect_is_not_followed_with_credentials(ask: Ask, server: Server) -> None:
    server.answers(b"", status=307, headers={"Location": f"{server.url}/elsewhere"})
    with pytest.raises(APIError, match="307"):
        ask(ACCOUNT, lambda client: client.funnels.list())
    assert len(server.requests) == 1


def test_a_client_without_a_custom_transport_works(server: Server) -> None:
    server.answers(["Signup"])
    with MixpanelClient(ACCOUNT, project_id=1, base_url=server.url, **ONCE) as client:
        assert client.events.names(type="general") == ["Signup"]


def test_loopback_servers_need_no_proxy(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be handed the credentials, in clear."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    server.answers(["Signup"])
    with MixpanelClient(ACCOUNT, project_id=1, base_url=server.url, **ONCE) as client:
        assert client.events.names(type="general") == ["Signup"]


def test_threads_may_share_a_client(client: MixpanelClient, server: Server) -> None:
    together = threading.Barrier(4)

    def echo(request: Received) -> Reply:
        together.wait(60)
        return Reply([request.query["limit"]])

    server.reply = echo
    with ThreadPoolExecutor(4) as threads:
        answers = threads.map(lambda n: client.events.names(type="general", limit=n), range(1, 5))
        assert list(answers) == [["1"], ["2"], ["3"], ["4"]]


def test_tasks_may_share_a_client(server: Server) -> None:
    together = threading.Barrier(4)

    def echo(request: Received) -> Reply:
        together.wait(60)
        return Reply([request.query["limit"]])

    server.reply = echo

    async def run() -> list[list[str]]:
        options = {**ONCE, "project_id": PROJECT, "base_url": server.url}
        async with AsyncMixpanelClient(ACCOUNT, **async_transports(), **options) as client:
            calls = [client.events.names(type="general", limit=n) for n in range(1, 5)]
            return await asyncio.gather(*calls)

    assert asyncio.run(run()) == [["1"], ["2"], ["3"], ["4"]]


# Closing


class Watched(httpx.HTTPTransport):
    closed = False

    def close(self) -> None:
        self.closed = True
        super().close()


class AsyncWatched(httpx.AsyncHTTPTransport):
    closed = False

    async def aclose(self) -> None:
        self.closed = True
        await super().aclose()


def test_leaving_the_context_closes_the_connections() -> None:
    watched = Watched(verify=False)
    with MixpanelClient(ACCOUNT, project_id=1, transport=watched, **ONCE) as client:
        assert not watched.closed
    assert watched.closed
    with pytest.raises(MixpanelError, match="closed"):
        client.funnels.list()


def test_leaving_the_asynchronous_context_closes_the_connections() -> None:
    async def run() -> None:
        watched = AsyncWatched(verify=False)
        async with AsyncMixpanelClient(ACCOUNT, project_id=1, transport=watched, **ONCE) as client:
            assert not watched.closed
        assert watched.closed
        with pytest.raises(MixpanelError, match="closed"):
            await client.funnels.list()

    asyncio.run(run())


def test_an_exception_closes_the_connections_and_goes_on() -> None:
    watched = Watched(verify=False)
    with pytest.raises(ZeroDivisionError), MixpanelClient(ACCOUNT, project_id=1, transport=watched, **ONCE):
        raise ZeroDivisionError
    assert watched.closed


def test_a_client_can_be_closed_by_hand_and_twice() -> None:
    watched, twin = Watched(verify=False), AsyncWatched(verify=False)
    client = MixpanelClient(ACCOUNT, project_id=1, transport=watched, **ONCE)
    client.close()
    client.close()

    async def run() -> None:
        client = AsyncMixpanelClient(ACCOUNT, project_id=1, transport=twin, **ONCE)
        await client.close()
        await client.close()

    asyncio.run(run())
    assert watched.closed
    assert twin.closed


# What is bound


@pytest.mark.parametrize("project_id", [1234567, "1234567", "001234567"])
def test_a_project_id_is_a_number_or_its_digits(ask: Ask, server: Server, project_id: int | str) -> None:
    server.answers([])
    ask(ACCOUNT, lambda client: client.funnels.list(), project_id=project_id, workspace_id=project_id)
    assert server.only.query == {"project_id": "1234567", "workspace_id": "1234567"}


@pytest.mark.parametrize("argument", ["project_id", "workspace_id"])
@pytest.mark.parametrize(
    "value",
    [0, -1, "0", "-1", "", " 12", "12\n", "1_000", "1e3", "0x1f", "x", "١٢", "²", 12.0, True, b"12", [12]],
    ids=ascii,
)
@pytest.mark.parametrize("kind", [MixpanelClient, AsyncMixpanelClient])
def test_other_values_are_refused_as_ids(kind: type[MixpanelClient], argument: str, value: Any) -> None:
    with pytest.raises(ConfigurationError, match=f"^{argument}: expected a number") as caught:
        kind(ACCOUNT, **{"project_id": 1, argument: value})
    assert caught.value.argument == argument


@pytest.mark.parametrize("auth", [ACCOUNT, TOKEN], ids=lambda auth: type(auth).__name__)
@pytest.mark.parametrize("kind", [MixpanelClient, AsyncMixpanelClient])
def test_a_missing_project_id_is_refused_where_one_is_needed(
    kind: type[MixpanelClient], auth: MixpanelAuth
) -> None:
    with pytest.raises(ConfigurationError, match=r"^project_id: required"):
        kind(auth)


def test_credentials_that_name_their_project_need_no_project_id(
    ask: Ask, server: Server, project_secret: SecretAuth
) -> None:
    server.answers([])
    for auth in (project_secret, SIGNATURE):
        ask(auth, lambda client: client.funnels.list(), project_id=None)
        ask(auth, lambda client: client.funnels.list(), project_id=9)
    assert [request.query.get("project_id") for request in server.requests] == [None, "9", None, "9"]


@pytest.mark.parametrize(
    "use",
    [
        lambda client: client.annotations.list(),
        lambda client: client.annotations.create(date="2024-03-01 09:00:00", description="x"),
        lambda client: client.annotations.delete(annotation_id=1),
        lambda client: client.schemas.list(),
        lambda client: client.schemas.get(entity_type="event", name="Signup"),
    ],
    ids=["list", "create", "delete", "schemas", "schema"],
)
def test_an_app_call_with_older_credentials_is_not_sent(
    ask: Ask, server: Server, project_secret: SecretAuth, use: Use
) -> None:
    for auth in (project_secret, SIGNATURE):
        with pytest.raises(ConfigurationError, match=r"^auth: .*use a service account") as caught:
            ask(auth, use)
        assert auth.description in str(caught.value)
        assert "made-up" not in str(caught.value)
    assert server.requests == []


def test_a_legacy_call_takes_older_credentials(ask: Ask, server: Server, project_secret: SecretAuth) -> None:
    server.answers({"annotations": [], "error": False})
    for auth in (project_secret, SIGNATURE, ACCOUNT):
        ask(auth, lambda client: client.legacy.annotations_list(from_date="2024-03-01", to_date="2024-03-02"))
    assert [request.path for request in server.requests] == ["/api/2.0/annotations/"] * 3


@pytest.mark.parametrize("auth", [None, ("exporter", "hush"), "hush", httpx.BasicAuth("a", "hush"), object])
@pytest.mark.parametrize("kind", [MixpanelClient, AsyncMixpanelClient])
def test_unknown_credential_types_are_refused_unshown(kind: type[MixpanelClient], auth: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"^auth: expected ServiceAccountAuth") as caught:
        kind(auth, project_id=1)
    assert "hush" not in str(caught.value)


# Timeouts


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf"), True, "30", [30]], ids=repr)
@pytest.mark.parametrize("kind", [MixpanelClient, AsyncMixpanelClient])
def test_a_timeout_that_no_socket_can_have_is_refused(kind: type[MixpanelClient], timeout: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"^timeout: "):
        kind(ACCOUNT, project_id=1, timeout=timeout)


@pytest.mark.parametrize("timeout", [0.05, httpx.Timeout(10, read=0.05)], ids=repr)
def test_a_custom_timeout_holds_for_every_call(ask: Ask, server: Server, timeout: Any) -> None:
    server.answers_nothing()
    for use in (
        lambda client: client.funnels.list(),
        lambda client: client.annotations.list(),
        lambda client: client.export.raw(from_date="2024-03-01", to_date="2024-03-02"),
    ):
        with pytest.raises(RequestTimeoutError):
            ask(ACCOUNT, use, timeout=timeout)


def test_each_family_has_a_timeout_that_fits_it() -> None:
    context = Context(
        auth=ACCOUNT,
        servers=Servers.choose("us", None),
        project_id=1,
        workspace_id=None,
        zone=dates.to_zone("UTC"),
        timeout=None,
        check_expressions=True,
        retry=RetryPolicy(),
        limits=UNLIMITED,
    )
    days = {"from_date": "2024-03-01", "to_date": "2024-03-02"}
    requests = [
        build_request(context, EXPORT_RAW, checked_arguments(context, EXPORT_RAW, days)),
        build_request(context, FUNNELS_LIST, {}),
        build_request(context, ANNOTATIONS_LIST, {}),
    ]
    export, report, app = (request.arguments["timeout"] for request in requests)
    assert export.read >= 600
    assert 480 < report.read <= 600
    assert 120 < app.read < 300
    assert {timeout.connect for timeout in (export, report, app)} == {20.0}
    assert {timeout.pool for timeout in (export, report, app)} == {None}


def test_a_wrong_setting_is_refused_at_construction() -> None:
    with pytest.raises(InvalidArgumentError, match="timezone"):
        AsyncMixpanelClient(ACCOUNT, project_id=1, timezone="Mars/Olympus")
