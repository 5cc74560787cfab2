"""Record `recorded_calls.json` with the older client itself, against a server on loopback.

Not a test. Run it with `mixpanel-query-py==0.1.9` installed when the calls in `calls_to_record` change:

    pip install mixpanel-query-py==0.1.9
    python -m tests.compat.record
"""

from __future__ import annotations

import importlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.compat.calls_to_record import API_KEY, API_SECRET, RecordedCall, calls, revived

RECORDED = Path(__file__).with_name("recorded_calls.json")


class _Handler(BaseHTTPRequestHandler):
    status: ClassVar[int] = 200
    received: ClassVar[RecordedCall] = {}

    def do_GET(self) -> None:
        target = urlsplit(self.path)
        query = dict(parse_qsl(target.query, keep_blank_values=True))
        self.received["path"] = unquote(target.path)
        self.received["query"] = query
        if authorization := self.headers.get("Authorization"):
            self.received["authorization"] = authorization
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing: the requests are recorded."""


def record(call: RecordedCall, url: str) -> RecordedCall:
    """Make the call and return it with its outcome."""
    older: Any = importlib.import_module("mixpanel_query.client")
    schemes: Any = importlib.import_module("mixpanel_query.auth")
    client = older.MixpanelQueryClient(API_KEY, API_SECRET, auth_class=getattr(schemes, call["auth"]))
    older.Connection.ENDPOINT = older.Connection.DATA_ENDPOINT = f"{url}/api"
    _Handler.received = {}
    _Handler.status = call.get("answer", 200)
    args = [revived(each) for each in call["args"]]
    outcome: RecordedCall = {}
    try:
        answer = getattr(client, call["method"])(*args, **call["kwargs"])
        if call["method"] == "get_export":
            list(answer)
    except Exception as error:
        outcome["raises"] = type(error).__name__
    received = _Handler.received
    for changing in ("sig", "expire"):
        received.get("query", {}).pop(changing, None)
    return {**call, **received, **outcome}


def main() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        recorded = [record(call, url) for call in calls()]
        server.shutdown()
    lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in recorded)
    RECORDED.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    refused = sum("path" not in each for each in recorded)
    print(f"{len(recorded)} calls, {refused} of them refused before anything was sent")


if __name__ == "__main__":
    main()
