"""JQL, which a sandbox refuses to run."""

from __future__ import annotations

import httpx
import pytest

from mixpanel_export import BadRequestError, MixpanelClient
from mixpanel_export.sandbox import Sandbox
from tests.sandbox.contract import follows_contract

SCRIPT = "function main() { return Events({from_date: '2024-01-01', to_date: '2024-01-02'}) }"


def test_the_typed_client_raises_the_matching_error(sandbox: Sandbox) -> None:
    with (
        MixpanelClient(
            sandbox.auth, project_id=sandbox.credentials.project_id, base_url=sandbox.url
        ) as client,
        pytest.raises(BadRequestError, match="JQL is not run in the sandbox"),
    ):
        client.jql.query(script=SCRIPT, params={"days": 7})


@pytest.mark.parametrize("root", ["/api/query", "/api/2.0"])
@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"script": SCRIPT}, "JQL is not run in the sandbox"),
        ({}, "script is a required parameter"),
        ({"script": SCRIPT, "params": "{"}, "params must be valid JSON"),
        ({"script": SCRIPT, "params": "[]"}, "params must be a JSON object"),
    ],
)
def test_jql_is_refused_with_a_message(
    client: httpx.Client, root: str, form: dict[str, str], error: str
) -> None:
    answer = client.post(f"{root}/jql", data=form)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(error)
    assert follows_contract("/api/query/jql", answer)
