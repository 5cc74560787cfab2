"""The operations of the tag `jql`, sync and async."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from typing_extensions import deprecated

from ...models.jql_form import JqlForm
from ...models.jql_params import JqlParams
from ...runtime import answers
from ...runtime.lists import Records
from ...runtime.operation import AsyncCaller, Caller, Operation
from . import jql_query

JQL_QUERY: Operation[Records[Any]] = Operation(
    name="jql.query",
    method="POST",
    path="/api/query/jql",
    security=frozenset(
        [
            "oauthToken",
            "projectSecret",
            "serviceAccount",
            "signature",
            "signatureApiKey",
            "signatureExpire",
        ]
    ),
    idempotent=True,
    writes=False,
    deprecated="jql.query is deprecated; Mixpanel keeps JQL in maintenance mode; use the export, client.profiles or the other queries",
    csv=False,
    bound=(
        "project_id",
        "workspace_id",
    ),
    schemas={
        "script": {"type": "string", "minLength": 1},
        "params": {"type": "object"},
    },
    required=("script",),
    refused=[],
    renamed={},
    body=JqlForm,
    body_fields=(
        "script",
        "params",
    ),
    models={
        "params": JqlParams,
    },
    build=jql_query.build_request,
    answer=answers.values(),
)


class JqlResource:
    """Queries written in JavaScript and run by Mixpanel, which keeps them in maintenance mode."""

    def __init__(self, client: Caller) -> None:
        self._client = client

    @deprecated(
        "jql.query is deprecated; Mixpanel keeps JQL in maintenance mode; use the export, client.profiles or the other queries",
        category=None,
    )
    def query(
        self,
        *,
        script: str,
        params: JqlParams | Mapping[str, Any] | None = None,
    ) -> Records[Any]:
        """Run a JQL script.

        Deprecated: Mixpanel keeps JQL in maintenance mode; use the export, client.profiles or the
        other queries.

        Runs a JavaScript query over the project's events and profiles and returns the results of
        its `main`, one array item each. A script may run for 2 minutes, read 5 GB and return 2 GB,
        and cannot reach the network. Mixpanel keeps JQL in maintenance mode: it works but gets no
        new features. Also served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/query-jql

        Args:
            script: JavaScript with a function `main` that returns a query.
            params: Values of any kind for the script's global variable `params`. JSON text on the
                wire.

        Returns:
            Records[Any]: The script's results, in the script's own shape.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> client.jql.query(
            ...     script='function main() { return Events(params).groupBy(["name"], mixpanel.reducer.count()) }',
            ...     params={"from_date": "2024-01-01", "to_date": "2024-01-31"},
            ... )
        """
        # `deprecated` itself would hide from `inspect` that a method is a coroutine function.
        warnings.warn(
            "jql.query is deprecated; Mixpanel keeps JQL in maintenance mode; use the export, client.profiles or the other queries",
            DeprecationWarning,
            stacklevel=2,
        )
        return self._client.call_operation(
            JQL_QUERY,
            {
                "script": script,
                "params": params,
            },
        )


class AsyncJqlResource:
    """Queries written in JavaScript and run by Mixpanel, which keeps them in maintenance mode."""

    def __init__(self, client: AsyncCaller) -> None:
        self._client = client

    @deprecated(
        "jql.query is deprecated; Mixpanel keeps JQL in maintenance mode; use the export, client.profiles or the other queries",
        category=None,
    )
    async def query(
        self,
        *,
        script: str,
        params: JqlParams | Mapping[str, Any] | None = None,
    ) -> Records[Any]:
        """Run a JQL script.

        Deprecated: Mixpanel keeps JQL in maintenance mode; use the export, client.profiles or the
        other queries.

        Runs a JavaScript query over the project's events and profiles and returns the results of
        its `main`, one array item each. A script may run for 2 minutes, read 5 GB and return 2 GB,
        and cannot reach the network. Mixpanel keeps JQL in maintenance mode: it works but gets no
        new features. Also served under /api/2.0.

        Reference: https://developer.mixpanel.com/reference/query-jql

        Args:
            script: JavaScript with a function `main` that returns a query.
            params: Values of any kind for the script's global variable `params`. JSON text on the
                wire.

        Returns:
            Records[Any]: The script's results, in the script's own shape.

        Raises:
            mixpanel_export.InvalidArgumentError: An argument is invalid; nothing was sent.
            mixpanel_export.APIError: Mixpanel returned an error.

        Examples:
            >>> await client.jql.query(
            ...     script='function main() { return Events(params).groupBy(["name"], mixpanel.reducer.count()) }',
            ...     params={"from_date": "2024-01-01", "to_date": "2024-01-31"},
            ... )
        """
        # `deprecated` itself would hide from `inspect` that a method is a coroutine function.
        warnings.warn(
            "jql.query is deprecated; Mixpanel keeps JQL in maintenance mode; use the export, client.profiles or the other queries",
            DeprecationWarning,
            stacklevel=2,
        )
        return await self._client.call_operation(
            JQL_QUERY,
            {
                "script": script,
                "params": params,
            },
        )
