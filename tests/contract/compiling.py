"""Compile a small spec of a company's, import all of the package, and call it."""

from __future__ import annotations

import asyncio
import importlib
import itertools
import json
import pkgutil
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import ModuleType
from typing import Any

from mixpanel_export import AsyncMixpanelClient, MixpanelClient, RetryPolicy, ServiceAccountAuth
from mixpanel_export.codegen.endpoints import compile_endpoints
from tests.http_server import serving

__all__ = ["called", "compiled", "operation", "spec_of"]

AUTH = ServiceAccountAuth("name", "secret")
_NUMBERS = itertools.count()


def spec_of(paths: dict[str, Any], schemas: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Return a spec with these paths and schemas."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Acme", "version": "1"},
        "security": [{"serviceAccount": []}],
        "paths": paths,
        "components": {"schemas": schemas or {}},
        **more,
    }


def operation(operation_id: str, answer: Any = None, **more: Any) -> dict[str, Any]:
    """Return an operation whose answer has this schema: an array of text by default."""
    schema = answer or {"type": "array", "items": {"type": "string"}}
    return {
        "operationId": operation_id,
        "tags": [operation_id.partition("_")[0]],
        "summary": "Call it.",
        "responses": {"200": {"description": "Ok", "content": {"application/json": {"schema": schema}}}},
        **more,
    }


def compiled(spec: dict[str, Any], folder: Path) -> ModuleType:
    """Compile a spec in a folder and import every module of the package."""
    name = f"own{next(_NUMBERS)}_api"
    (folder / f"{name}.json").write_text(json.dumps(spec))
    compile_endpoints(folder / f"{name}.json", folder / name)
    sys.path.insert(0, str(folder))
    try:
        package = importlib.import_module(name)
        for module in pkgutil.walk_packages(package.__path__, f"{name}."):
            importlib.import_module(module.name)
    finally:
        sys.path.remove(str(folder))
    return package


def called(package: ModuleType, call: Callable[[Any], Any], answer: str = "[]") -> tuple[Any, str, str]:
    """Call both flavours of a package on a server that answers with this text.

    Returns:
        The result, the path with the query, and the body, which are the same for both.
    """
    seen: list[tuple[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            seen.append((self.path, body))
            self.send_response(200)
            self.send_header("Content-Type", "application/json" if answer[:1] in "[{" else "text/csv")
            self.send_header("Content-Length", str(len(answer.encode())))
            self.end_headers()
            self.wfile.write(answer.encode())

        def do_POST(self) -> None:
            self.do_GET()

        def do_PUT(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    facade = next(name for name in package.__all__ if not name.startswith("Async"))
    retry = RetryPolicy(attempts=1)
    with serving(Handler) as url:
        with MixpanelClient(AUTH, project_id=1, base_url=url, retry=retry, limits=None) as client:
            result = call(getattr(package, facade)(client))

        async def run() -> Any:
            async with AsyncMixpanelClient(
                AUTH, project_id=1, base_url=url, retry=retry, limits=None
            ) as client:
                return await call(getattr(package, f"Async{facade}")(client))

        assert asyncio.run(run()) == result
    first, second = seen
    assert first == second
    return result, *first
