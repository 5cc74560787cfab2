"""An operation added to the spec is callable, sync and async, checked, retried and typed, with no other edit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from spec.generate import compile_spec
from tests.docs.edits import apply_page
from tests.http_server import serving
from tests.openapi import CONTRACT

OPERATION = """
  /api/query/weather:
    get:
      operationId: weather_forecast
      tags: [weather]
      summary: Forecast the weather of a place.
      description: An operation that Mixpanel does not have.
      security: *anyCredentials
      parameters:
        - $ref: "#/components/parameters/ProjectId"
        - name: place
          in: query
          required: true
          description: Where.
          schema: {type: string, minLength: 1}
        - name: days
          in: query
          description: How many days ahead.
          schema: {type: integer, minimum: 1, maximum: 14}
      responses:
        "200":
          description: The forecast.
          content:
            application/json:
              schema:
                $ref: "#/components/schemas/Forecast"
        "400":
          $ref: "#/components/responses/BadRequest"
"""

SCHEMA = """
    Forecast:
      type: object
      description: What is to come.
      required: [sky]
      properties:
        sky:
          type: string
          description: In a word.
"""

PROGRAM = """
import asyncio, sys
from mixpanel_export import *
from mixpanel_export_api.models import Forecast

options = {"project_id": 1, "base_url": sys.argv[1], "limits": None, "retry": RetryPolicy(initial_wait=0.01)}
auth = ServiceAccountAuth("name", "secret")
with MixpanelClient(auth, **options) as client:
    answer = client.weather.forecast(place="Zürich", days=3)
    assert isinstance(answer, Forecast) and answer.sky == "clear", answer
    try:
        client.weather.forecast(place="Zürich", days=15)
    except InvalidArgumentError as error:
        assert "1 to 14" in str(error)
    else:
        raise AssertionError("15 days were accepted")

async def run():
    async with AsyncMixpanelClient(auth, **options) as client:
        return await client.weather.forecast(place="Zürich")

assert asyncio.run(run()).sky == "clear"
assert "Forecast the weather" in type(client.weather).forecast.__doc__
print("ok")
"""

TYPED = """
from typing import assert_type
from mixpanel_export import MixpanelClient
from mixpanel_export_api.models import Forecast

def use(client: MixpanelClient) -> None:
    assert_type(client.weather.forecast(place="here", days=1), Forecast)
    client.weather.forecast(days="many")  # type: ignore[call-arg,arg-type]
"""


class Handler(BaseHTTPRequestHandler):
    """Fails each path's first request, then answers."""

    seen: list[str]

    def do_GET(self) -> None:
        self.seen.append(self.path)
        body = b'{"sky": "clear"}'
        self.send_response(503 if len(self.seen) % 2 else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    Handler.seen = []
    with serving(Handler) as url:
        yield url


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("generated")
    text = CONTRACT.read_text(encoding="utf-8")
    text = text.replace("\npaths:\n", f"\npaths:{OPERATION}", 1)
    text = text.replace("\n  schemas:\n", f"\n  schemas:{SCHEMA}", 1)
    (folder / "openapi.yaml").write_text(text, encoding="utf-8")
    compile_spec(folder / "openapi.yaml", folder / "mixpanel_export_api")
    return folder


def test_it_runs(generated: Path, url: str) -> None:
    environ = {**os.environ, "PYTHONPATH": str(generated)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, url], env=environ, capture_output=True, text=True, check=False
    )
    assert done.stdout == "ok\n", done.stderr
    assert Handler.seen == [
        "/api/query/weather?project_id=1&place=Z%C3%BCrich&days=3",
        "/api/query/weather?project_id=1&place=Z%C3%BCrich&days=3",
        "/api/query/weather?project_id=1&place=Z%C3%BCrich",
        "/api/query/weather?project_id=1&place=Z%C3%BCrich",
    ]


def test_it_is_typed(generated: Path, tmp_path: Path) -> None:
    (tmp_path / "use.py").write_text(TYPED)
    root = CONTRACT.parents[1]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "use.py"],
        cwd=tmp_path,
        env={
            **os.environ,
            "MYPYPATH": os.pathsep.join([str(generated), str(root)]),
            "MYPY_CACHE_DIR": str(root / ".mypy_cache" / "contract"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_the_page_leads_to_passing_tests(tmp_path: Path) -> None:
    root = CONTRACT.parents[1]
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=False
    ).stdout.split("\0")
    if listed == [""]:
        pytest.skip("not a Git repository")
    for name in filter(None, listed):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / name, tmp_path / name)
    apply_page((root / "docs" / "how-to" / "add-an-endpoint.md").read_text(encoding="utf-8"), tmp_path)
    options = ("-n0", "-q", "-p", "no:cacheprovider")
    for command in (
        ("spec.generate",),
        ("pytest", *options, "tests/cassettes", "--record-mode=rewrite", "-k", "weather"),
        (
            "pytest",
            *options,
            "tests/spec",
            "tests/cassettes/test_operations.py",
            "-k",
            "weather or not test_sync",
        ),
        ("pytest", *options, "tests/http/test_servers.py"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": f"{tmp_path}:{tmp_path / 'generated'}"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
