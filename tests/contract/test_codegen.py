"""A company's own endpoints, compiled: typed, checked, retried and counted by the client that calls them."""

from __future__ import annotations

import asyncio
import datetime
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from mixpanel_export import (
    AsyncMixpanelClient,
    BudgetExhaustedError,
    ConfigurationError,
    InvalidArgumentError,
    Limits,
    MixpanelClient,
    Quota,
    RetryPolicy,
    ServerError,
    ServiceAccountAuth,
    prop,
)
from mixpanel_export.cli.main import run
from mixpanel_export.codegen.endpoints import compile_endpoints, find_stale
from mixpanel_export.sandbox import Fault, Sandbox
from tests.http_server import serving

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
GENERATED = str(ROOT / "generated")
AUTH = ServiceAccountAuth("name", "secret")
RETRY = RetryPolicy(initial_wait=0.001)

TYPED = """
from typing import assert_type

from company_api import AsyncCompanyApi, CompanyApi
from company_api.models import AuditEntry, NewEntry, Place
from mixpanel_export import AsyncMixpanelClient, MixpanelClient
from mixpanel_export_api.api import Records


def use(client: MixpanelClient) -> None:
    api = CompanyApi(client)
    assert_type(api.audits.list(project_id=1, kinds=["login"]), Records[AuditEntry])
    assert_type(api.audits.create(text="x").items_, list[str] | None)
    assert_type(NewEntry(text="x").text, str)
    api.audits.list(kinds=["nap"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    places: list[Place] | None = client.with_raw_response(CompanyApi(client).places.get)(place="a").parsed.list_
    print(places)


async def use_async(client: AsyncMixpanelClient) -> None:
    assert_type(await AsyncCompanyApi(client).audits.list(), Records[AuditEntry])
"""


class Handler(BaseHTTPRequestHandler):
    """Fails every second request, then answers."""

    seen: ClassVar[list[tuple[str, str, str]]] = []

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.seen.append((self.command, self.path, body))
        entry = {"id": "7", "at": "2024-01-01T00:00:00Z", "items": ["a"], "further": 1}
        answer: Any = [entry] if self.command == "GET" and "audits" in self.path else entry
        data = json.dumps(answer).encode()
        self.send_response(503 if len(self.seen) % 2 else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    Handler.seen = []
    with serving(Handler) as url:
        yield url


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    (folder / "company.yaml").write_text((HERE / "company.yaml").read_text())
    compile_endpoints(folder / "company.yaml", folder / "company_api")
    compile_endpoints(HERE / "odd.yaml", folder / "odd_api")
    return folder


@pytest.fixture
def company(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(folder))
    return importlib.import_module("company_api")


def test_calls_are_checked_retried_and_typed(company: Any, url: str) -> None:
    with MixpanelClient(AUTH, project_id=1, base_url=url, retry=RETRY) as client:
        api = company.CompanyApi(client)
        since = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
        (entry,) = api.audits.list(project_id=2, actor="Zoë", since=since, kinds=["login"])
        assert (entry.id, entry.items_, entry["further"]) == (7, ["a"], 1)
        assert entry.at == since
        with pytest.raises(InvalidArgumentError, match="limit: expected a number from 1 to 100, got 101"):
            api.audits.list(limit=101)
        # A call that creates something is not repeated after an ambiguous failure.
        with pytest.raises(ServerError):
            api.audits.create(text="x", at="2024-01-01T02:00:00", day=datetime.date(2024, 1, 2))
        assert api.audits.create(text="x").id == 7
    path = "/api/app/projects/2/audits?actor=Zo%C3%AB&since=2024-01-01T00%3A00%3A00%2B00%3A00"
    listed = ("GET", f"{path}&kinds=%5B%22login%22%5D", "")
    own = "/api/app/projects/1/audits"
    body = '{"text":"x","at":"2024-01-01T02:00:00+00:00","day":"2024-01-02"}'
    assert Handler.seen == [listed, listed, ("POST", own, body), ("POST", own, '{"text":"x"}')]


def test_async_calls_are_the_same(company: Any, url: str) -> None:
    async def run() -> Any:
        async with AsyncMixpanelClient(AUTH, project_id=1, base_url=url, retry=RETRY) as client:
            return await company.AsyncCompanyApi(client).audits.list()

    assert asyncio.run(run()).to_rows()[0]["items_"] == ["a"]
    assert len(Handler.seen) == 2


def test_odd_names_and_answers_keep_their_meaning(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(folder))
    sent: list[httpx.Request] = []
    answers = iter(
        (
            httpx.Response(200, json=["x"]),
            httpx.Response(200, text="a\n1\n", headers={"content-type": "text/csv"}),
            httpx.Response(200, text="hello", headers={"content-type": "text/plain"}),
            httpx.Response(204),
            httpx.Response(200, json={"a": 1}),
        )
    )

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return next(answers)

    with MixpanelClient(AUTH, project_id=1, transport=httpx.MockTransport(answer), limits=None) as client:
        odd = importlib.import_module("odd_api").OddApi(client).odd
        when = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
        assert odd.get(name="a/b", item_id=3, from_="2024-01-01", where=prop("a") == 1, datetime=when) == [
            "x"
        ]
        assert odd.get(name="a", item_id=3, type=1, list="l", format="csv").rows() == [{"a": "1"}]
        assert odd.text() == "hello"
        assert odd.delete() == ""
        assert odd.patch(size=1, tags=["a"], class_="k")["a"] == 1
    path = "/api/query/odd/a%2Fb/3?from=2024-01-01&%24where=properties%5B%22a%22%5D+%3D%3D+1"
    assert sent[0].url.raw_path.decode() == f"{path}&datetime=2024-01-01T00%3A00%3A00%2B00%3A00"
    assert sent[1].url.raw_path.decode() == "/api/query/odd/a/3?type=1&format=csv&list=l"
    assert sent[-1].content == b"size=1&tags=%5B%22a%22%5D&class=k"


def test_calls_count_towards_the_budget_they_name(company: Any, url: str) -> None:
    limits = Limits(query=Quota(per_hour=2), shared=False, max_wait=0)
    with MixpanelClient(AUTH, project_id=11, base_url=url, retry=RETRY, limits=limits) as client:
        api = company.CompanyApi(client)
        api.audits.list()
        with pytest.raises(BudgetExhaustedError):
            api.audits.list()
        # Another project has a budget of its own, and so has a server of the company's own: none.
        api.audits.list(project_id=12)
        with pytest.warns(DeprecationWarning, match="places.get is deprecated; use the new one"):
            assert api.places.get(place="a").name is None


def test_servers_of_its_own_are_called_by_region(folder: Path, tmp_path: Path, url: str) -> None:
    spec = (
        (folder / "company.yaml")
        .read_text()
        .replace("http://127.0.0.1:1", url)
        .replace("deprecated: true\n      x-instead: use the new one", "")
    )
    (tmp_path / "own.yaml").write_text(spec)
    compile_endpoints(tmp_path / "own.yaml", tmp_path / "own_api")
    sys.path.insert(0, str(tmp_path))
    try:
        own = importlib.import_module("own_api")
    finally:
        sys.path.remove(str(tmp_path))
    with MixpanelClient(AUTH, project_id=1, region="eu", retry=RETRY) as client:
        assert own.OwnApi(client).places.get(place="a/b")["id"] == "7"

    async def run() -> None:
        async with AsyncMixpanelClient(AUTH, project_id=1, retry=RETRY) as client:
            await own.AsyncOwnApi(client).places.get(place="c")

    asyncio.run(run())
    with (
        MixpanelClient(AUTH, project_id=1, region="in") as client,
        pytest.raises(
            ConfigurationError, match=r"region: expected one of 'eu', 'us' for places.get, got 'in'"
        ),
    ):
        own.OwnApi(client).places.get(place="a")
    # The client's base_url stands for every server.
    with MixpanelClient(AUTH, project_id=1, base_url=f"{url}/proxy", retry=RETRY) as client:
        own.OwnApi(client).places.get(place="d")
    paths = [path for _, path, _ in Handler.seen]
    assert paths[::2] == ["/eu/places/a%2Fb", "/us/places/c", "/proxy/places/d"]


def test_the_package_is_strictly_typed(folder: Path) -> None:
    (folder / "use.py").write_text(TYPED)
    strict = {"typeCheckingMode": "strict", "reportDeprecated": False, "extraPaths": [str(ROOT), GENERATED]}
    (folder / "pyrightconfig.json").write_text(json.dumps(strict))
    cache = str(ROOT / ".mypy_cache" / "contract")
    environ = {**os.environ, "MYPYPATH": f"{ROOT}:{GENERATED}:.", "MYPY_CACHE_DIR": cache}
    mypy = (
        "mypy",
        "--strict",
        "--follow-imports=silent",
        "--explicit-package-bases",
        "use.py",
        "company_api",
    )
    commands: list[tuple[str, ...]] = [mypy]
    if find_spec("pyright"):
        commands.append(("pyright", "--pythonpath", sys.executable))
    for arguments in commands:
        command = [sys.executable, "-m", *arguments]
        done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_command_compiles_and_checks(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec, output = str(folder / "company.yaml"), tmp_path / "company_api"
    assert run(["codegen", spec, "--output", str(output)]) == 0
    assert run(["codegen", spec, "--output", str(output), "--check"]) == 0
    assert find_stale(spec, output) == []
    (output / "extra.py").touch()
    assert run(["codegen", spec, "--output", str(output), "--check"]) == 1
    assert "extra.py" in capsys.readouterr().err
    assert run(["codegen", spec, "--output", str(output)]) == 0
    assert not (output / "extra.py").exists()


def test_other_files_are_never_replaced(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "__init__.py").write_text("# mine")
    for name, expected in {
        "notes": "an empty directory, or a package compiled before",
        "Company-API": "named like company_api",
        "class": "named like company_api",
    }.items():
        with pytest.raises(InvalidArgumentError, match=expected):
            compile_endpoints(folder / "company.yaml", tmp_path / name)
    assert (tmp_path / "notes" / "__init__.py").read_text() == "# mine"


def test_mixpanels_contract_compiles_as_a_companys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compile_endpoints(ROOT / "spec" / "openapi.yaml", tmp_path / "mixpanel_copy")
    monkeypatch.syspath_prepend(str(tmp_path))
    copied = importlib.import_module("mixpanel_copy")
    with Sandbox(limits=None) as sandbox, sandbox.client() as client:
        api = copied.MixpanelCopy(client)
        assert api.events.names(type="general") == client.events.names(type="general")
        # The raw export is proved complete however it is called.
        sandbox.faults.add(Fault.terminated_early(), path="/export")
        lines = api.export.raw(from_date="2024-01-01", to_date="2024-01-02").splitlines()
        again = client.export.raw(from_date="2024-01-01", to_date="2024-01-02").splitlines()
        assert lines
        assert sorted(lines) == sorted(again)
