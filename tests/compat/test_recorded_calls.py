"""Every recorded call of the older client, repeated with ours: same requests, same exceptions."""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path
from typing import Any, cast

import pytest

from mixpanel_export import MixpanelError, compat
from tests.compat.calls_to_record import API_KEY, API_SECRET, RecordedCall, calls, revived
from tests.compat.conftest import Connect
from tests.recording_server import Received, Reply, Server

RECORDED = cast(
    "list[RecordedCall]",
    json.loads(Path(__file__).with_name("recorded_calls.json").read_text(encoding="utf-8")),
)
EVENT = {"event": "Sign Up", "properties": {"time": 1704412800, "distinct_id": "ü"}}


def title(call: RecordedCall) -> str:
    return f"{call['auth']}-{call['method']}-{call.get('raises', 'sent')}"


def reply(call: RecordedCall) -> Reply:
    if "answer" in call:
        return Reply({"error": "No, thanks", "status": "error"}, call["answer"])
    return Reply(EVENT if call["method"] == "get_export" else {"a": ["ü", 1]})


def make(call: RecordedCall, connect: Connect) -> Any:
    """Return our client's result; a generator is read to its end."""
    client = connect(getattr(compat, call["auth"]))
    args = [revived(each) for each in call["args"]]
    answer = getattr(client, call["method"])(*args, **call["kwargs"])
    return list(answer) if call["method"] == "get_export" else answer


def check_signature(received: Received) -> dict[str, str]:
    """Return the query without the signature's parameters, which must be right."""
    query = received.query
    signed = {name: value for name, value in query.items() if name != "sig"}
    text = "".join(f"{name}={signed[name]}" for name in sorted(signed)) + API_SECRET
    assert query["sig"] == hashlib.md5(text.encode()).hexdigest()
    assert query["api_key"] == API_KEY
    assert 590 < int(query["expire"]) - time.time() < 610
    return {name: value for name, value in signed.items() if name != "expire"}


@pytest.mark.parametrize("call", RECORDED, ids=title)
@pytest.mark.sampled(40)
def test_a_recorded_call_is_made_again(call: RecordedCall, connect: Connect, server: Server) -> None:
    server.reply = lambda _: reply(call)
    if "raises" in call:
        with pytest.raises(Exception) as raised:
            make(call, connect)
        assert type(raised.value).__name__ == call["raises"]
        assert isinstance(raised.value, MixpanelError | TypeError)
    else:
        make(call, connect)

    if "path" not in call:
        assert not server.requests
        return
    received = server.only
    assert received.method == "GET"
    assert received.path == call["path"]
    if call["auth"] == "SignatureAuth":
        assert check_signature(received) == call["query"]
    else:
        assert received.query == call["query"]
    assert received.headers.get("Authorization") == call.get("authorization")


def test_the_recording_is_up_to_date() -> None:
    def asked(call: RecordedCall) -> dict[str, Any]:
        return {name: call.get(name) for name in ("auth", "method", "args", "kwargs", "answer")}

    assert [asked(call) for call in RECORDED] == json.loads(json.dumps([asked(call) for call in calls()]))


def test_every_method_is_recorded_with_both_schemes() -> None:
    public = {name for name in vars(compat.MixpanelQueryClient) if name.startswith(("get_", "annotation"))}
    for auth in ("SignatureAuth", "SecretAuth"):
        assert {call["method"] for call in RECORDED if call["auth"] == auth} == public
