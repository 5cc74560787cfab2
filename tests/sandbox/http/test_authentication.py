"""The four auth schemes: over real sockets where httpx can send them, and as a pure function otherwise."""

from __future__ import annotations

import base64
import time

import httpx
import pytest

from mixpanel_export.auth import OAuthTokenAuth, ServiceAccountAuth, SignatureAuth, signature
from mixpanel_export.sandbox import Sandbox, SandboxCredentials
from mixpanel_export.sandbox.http.authentication import RequestParts, authenticate
from tests.sandbox.conftest import DAY

CREDENTIALS = SandboxCredentials()
PROJECT = {"project_id": str(CREDENTIALS.project_id)}
NOW = 1_700_000_000.0
BASIC = "Basic " + base64.b64encode(f"{CREDENTIALS.username}:{CREDENTIALS.secret}".encode()).decode()
PROJECT_SECRET = "Basic " + base64.b64encode(f"{CREDENTIALS.api_secret}:".encode()).decode()


def status_of(parts: RequestParts) -> int:
    refusal = authenticate(parts, CREDENTIALS, NOW)
    return 200 if refusal is None else refusal.status


def signed(
    path: str = "/api/2.0/engage",
    query: dict[str, str] | None = None,
    form: dict[str, str] | None = None,
    expire: float = NOW + 600,
) -> RequestParts:
    items = {**(query or {}), "api_key": CREDENTIALS.api_key, "expire": str(int(expire))}
    form = form or {}
    sig = signature([*items.items(), *form.items()], CREDENTIALS.api_secret)
    return RequestParts(path=path, query=(*items.items(), ("sig", sig)), form=tuple(form.items()))


class TestOverHTTP:
    def test_a_service_account_may_read_its_project(self, anonymous: httpx.Client, sandbox: Sandbox) -> None:
        answer = anonymous.get("/api/2.0/export", params=DAY | PROJECT, auth=sandbox.auth)
        assert answer.status_code == 200

    def test_an_access_token_may_read_its_project(self, anonymous: httpx.Client, sandbox: Sandbox) -> None:
        answer = anonymous.get("/api/2.0/export", params=DAY | PROJECT, auth=sandbox.credentials.oauth())
        assert answer.status_code == 200

    def test_a_project_secret_needs_no_project_id_and_warns(
        self, anonymous: httpx.Client, sandbox: Sandbox
    ) -> None:
        with pytest.warns(DeprecationWarning, match="2027-03-03"):
            auth = sandbox.credentials.project_secret()
        assert anonymous.get("/api/2.0/export", params=DAY, auth=auth).status_code == 200

    def test_a_signature_covers_every_parameter(self, anonymous: httpx.Client, sandbox: Sandbox) -> None:
        params = DAY | {"event": '["Purchase", "Sign Up"]', "where": 'properties["$city"] == "München"'}
        auth = sandbox.credentials.signature()
        assert anonymous.get("/api/2.0/export", params=params, auth=auth).status_code == 200

    @pytest.mark.parametrize(
        "auth",
        [
            ServiceAccountAuth(CREDENTIALS.username, "wrong"),
            ServiceAccountAuth("someone.else", CREDENTIALS.secret),
            OAuthTokenAuth("wrong"),
            SignatureAuth("wrong", CREDENTIALS.api_secret),
            SignatureAuth(CREDENTIALS.api_key, "wrong"),
            None,
        ],
        ids=["secret", "username", "token", "api-key", "signature", "none"],
    )
    def test_wrong_credentials_are_unauthorized(
        self, anonymous: httpx.Client, auth: httpx.Auth | None
    ) -> None:
        answer = anonymous.get("/api/2.0/export", params=DAY | PROJECT, auth=auth)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Basic")
        assert answer.json()["error"]

    def test_a_signature_of_other_values_is_refused(self, anonymous: httpx.Client, sandbox: Sandbox) -> None:
        expire = int(time.time()) + 600
        sent = DAY | {"api_key": CREDENTIALS.api_key, "expire": str(expire)}
        sent["sig"] = signature(sent.items(), CREDENTIALS.api_secret)
        assert anonymous.get("/api/2.0/export", params=sent).status_code == 200

        answer = anonymous.get("/api/2.0/export", params=sent | {"to_date": "2024-03-01"})
        assert answer.status_code == 401
        assert answer.json()["error"] == "Invalid signature"

    def test_an_expired_signature_is_refused(self, anonymous: httpx.Client) -> None:
        sent = DAY | {"api_key": CREDENTIALS.api_key, "expire": str(int(time.time()) - 1)}
        sent["sig"] = signature(sent.items(), CREDENTIALS.api_secret)
        answer = anonymous.get("/api/2.0/export", params=sent)
        assert answer.status_code == 401
        assert "Expired signature" in answer.json()["error"]

    def test_another_project_is_forbidden(self, anonymous: httpx.Client, sandbox: Sandbox) -> None:
        answer = anonymous.get("/api/2.0/export", params=DAY | {"project_id": "1"}, auth=sandbox.auth)
        assert answer.status_code == 403

    def test_a_service_account_without_a_project_id_is_a_bad_request(
        self, anonymous: httpx.Client, sandbox: Sandbox
    ) -> None:
        answer = anonymous.get("/api/2.0/export", params=DAY, auth=sandbox.auth)
        assert answer.status_code == 400
        assert answer.json() == {
            "request": "/api/2.0/export?from_date=2024-02-29&to_date=2024-02-29",
            "error": "project_id is a required parameter",
        }

    def test_credentials_are_never_echoed(self, anonymous: httpx.Client) -> None:
        secrets = {
            "api_key": CREDENTIALS.api_key,
            "expire": "1",
            "sig": "5f4dcc3b5aa765d61d8327deb882cf99",
            "where": CREDENTIALS.api_secret,
        }
        body = anonymous.get("/api/2.0/export", params=DAY | secrets).text
        assert "from_date" in body
        for secret in (CREDENTIALS.api_key, CREDENTIALS.api_secret, secrets["sig"]):
            assert secret not in body

    def test_own_credentials_replace_the_usual_ones(self) -> None:
        own = SandboxCredentials(username="me", secret="mine", project_id=7)
        with Sandbox(credentials=own) as sandbox, httpx.Client(timeout=60, base_url=sandbox.url) as client:
            params = DAY | {"project_id": "7"}
            assert client.get("/api/2.0/export", params=params, auth=sandbox.auth).status_code == 200
            usual = CREDENTIALS.service_account()
            assert client.get("/api/2.0/export", params=params, auth=usual).status_code == 401


class TestRules:
    def test_a_form_is_part_of_the_signed_text(self) -> None:
        good = signed(form={"where": 'properties["plan"] == "plus"', "page": "1"})
        assert status_of(good) == 200
        changed = RequestParts(path=good.path, query=good.query, form=(("where", "true"), ("page", "1")))
        assert status_of(changed) == 401
        assert status_of(RequestParts(path=good.path, query=good.query)) == 401

    def test_a_signature_is_good_until_its_last_second(self) -> None:
        assert status_of(signed(expire=NOW)) == 200
        assert status_of(signed(expire=NOW - 1)) == 401

    @pytest.mark.parametrize("expire", ["", "soon", "-1", "١٢٣"])
    def test_expire_is_a_unix_time(self, expire: str) -> None:
        items = {"api_key": CREDENTIALS.api_key, "expire": expire}
        sig = signature(items.items(), CREDENTIALS.api_secret)
        assert status_of(RequestParts(path="/api/2.0/engage", query=(*items.items(), ("sig", sig)))) == 401

    @pytest.mark.parametrize("path", ["/api/query/engage", "/api/app/projects/1234567/annotations"])
    def test_signatures_are_for_the_older_root(self, path: str) -> None:
        assert status_of(signed(path)) == 401

    def test_app_calls_carry_the_project_in_the_path(self) -> None:
        path = "/api/app/projects/{}/annotations"
        assert status_of(RequestParts(path.format(CREDENTIALS.project_id), BASIC)) == 200
        assert status_of(RequestParts(path.format(1), BASIC)) == 403

    def test_app_calls_take_no_project_secret(self) -> None:
        path = f"/api/app/projects/{CREDENTIALS.project_id}/annotations"
        assert status_of(RequestParts(path, PROJECT_SECRET)) == 403
        assert status_of(RequestParts("/api/query/engage", PROJECT_SECRET)) == 200

    def test_another_workspace_is_forbidden(self) -> None:
        for workspace, status in ((str(CREDENTIALS.workspace_id), 200), ("1", 403)):
            query = (*PROJECT.items(), ("workspace_id", workspace))
            assert status_of(RequestParts("/api/query/segmentation", BASIC, query)) == status

    @pytest.mark.parametrize(
        "authorization",
        ["", "Basic", "Basic !!!", "Basic /w==", "Digest x", "Bearer", "Basic OnBhc3N3b3Jk", "Bearer é"],
    )
    def test_malformed_credentials_are_unauthorized(self, authorization: str) -> None:
        assert status_of(RequestParts("/api/2.0/export", authorization, tuple(PROJECT.items()))) == 401


class TestCredentials:
    @pytest.mark.parametrize(
        ("scheme", "names"),
        [
            ("service_account", {"MIXPANEL_SERVICE_ACCOUNT_USERNAME", "MIXPANEL_SERVICE_ACCOUNT_SECRET"}),
            ("oauth_token", {"MIXPANEL_OAUTH_TOKEN"}),
            ("project_secret", {"MIXPANEL_API_SECRET"}),
            ("signature", {"MIXPANEL_API_KEY", "MIXPANEL_API_SECRET"}),
        ],
    )
    def test_an_environment_holds_one_scheme_and_where_to_go(self, scheme: str, names: set[str]) -> None:
        environment = CREDENTIALS.environment("http://127.0.0.1:1", scheme)  # type: ignore[arg-type]
        assert environment.keys() == names | {"MIXPANEL_PROJECT_ID", "MIXPANEL_BASE_URL"}
        assert environment["MIXPANEL_BASE_URL"] == "http://127.0.0.1:1"

    def test_the_repr_of_credentials_shows_no_secret(self) -> None:
        text = repr(CREDENTIALS)
        assert CREDENTIALS.username in text
        assert text == CREDENTIALS.redact(text)
