"""Other ways to get the same events; see `process`. Each imports its packages itself, as none is ours."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any
from urllib.parse import urlencode

from benchmarks.process import Contender, CpuClock, Settings, main, read_records

__all__ = ["OTHERS"]


def mixpanel_headless(settings: Settings, clock: CpuClock) -> int:
    """mixpanel-headless, Mixpanel's package for agents."""
    os.environ["MP_API_BASE_URL"] = settings.url
    client_module: Any = importlib.import_module("mixpanel_headless._internal.api_client")
    accounts: Any = importlib.import_module("mixpanel_headless._internal.auth.account")
    sessions: Any = importlib.import_module("mixpanel_headless._internal.auth.session")
    account = accounts.ServiceAccount(
        name="benchmark", region="us", username=settings.username, secret=settings.secret
    )
    session = sessions.Session(account=account, project=sessions.Project(id=str(settings.project)))
    clock.start()
    with client_module.MixpanelAPIClient(session=session) as client:
        return read_records(client.export_events(*settings.days))


def tap_mixpanel(settings: Settings, clock: CpuClock) -> int:
    """Use the client of tap-mixpanel, the Singer tap; its schemas and records on standard output are left out."""
    module: Any = importlib.import_module("tap_mixpanel.client")
    client = module.MixpanelClient(f"{settings.username}:{settings.secret}", "", 600)
    # It would ask for profiles first, to check the credentials.
    client._MixpanelClient__verified = True
    logging.disable()
    clock.start()
    url = f"{settings.url}/api/2.0"
    return read_records(client.request_export("GET", url=url, path="export", params=settings.query))


def mixpanel_utils(settings: Settings, clock: CpuClock) -> int:
    """mixpanel-utils, Mixpanel's own Python package."""
    module: Any = importlib.import_module("mixpanel_utils")
    client = module.MixpanelUtils(
        settings.secret,
        service_account_username=settings.username,
        project_id=settings.project,
        residency="us",
    )
    client.raw_api = f"{settings.url}/api"
    query = {"from_date": settings.first_day, "to_date": settings.last_day}
    clock.start()
    return read_records(client.query_export(query, add_gzip_header=True))


def curl(settings: Settings, clock: CpuClock) -> None:
    """Use curl, decompressing to /dev/null."""
    url = f"{settings.url}/api/2.0/export?{urlencode(settings.query)}"
    login = ("-u", f"{settings.username}:{settings.secret}")
    clock.start()
    subprocess.run(["curl", "-sf", *login, "--compressed", "-o", os.devnull, url], check=True)


def duckdb(settings: Settings, clock: CpuClock) -> None:
    """DuckDB alone, from files on disk to Parquet: no network, no gzip, no verification."""
    module: Any = importlib.import_module("duckdb")
    clock.start()
    module.sql(
        f"copy (select event, unnest(properties) from read_ndjson('{settings.events}/*.jsonl')) "
        f"to '{settings.output}/events.parquet' (format parquet, compression zstd)"
    )


OTHERS: Mapping[str, Contender] = {
    "mixpanel-headless": mixpanel_headless,
    "tap-mixpanel": tap_mixpanel,
    "mixpanel-utils": mixpanel_utils,
    "curl": curl,
    "DuckDB": duckdb,
}


def _versions() -> dict[str, str]:
    found = {
        name: version(name) for name in OTHERS if importlib.util.find_spec(name.lower().replace("-", "_"))
    }
    if shutil.which("curl"):
        said = subprocess.run(["curl", "--version"], capture_output=True, text=True, check=True).stdout
        found["curl"] = re.sub(r"curl (\S+).*", r"\1", said, flags=re.S)
    return {name: found[name] for name in OTHERS if name in found}


if __name__ == "__main__":
    main(OTHERS, _versions)
