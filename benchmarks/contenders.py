"""The ways to get the same events: `python -m benchmarks.contenders NAME SETTINGS` runs one of them.

Each contender runs in its own process and prints its measurements as JSON. Time counts from the first call to the
last event, without imports. Contenders that read events read the name, time, distinct id and one property of each.
"""

from __future__ import annotations

import gzip
import importlib
import importlib.util
import json
import logging
import os
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import httpx
import orjson
from attrs import asdict, define, evolve, field, frozen
from isal import isal_zlib

from benchmarks.data import FIRST_DAY
from mixpanel_export import Event, Limits, MixpanelClient, ServiceAccountAuth
from mixpanel_export.sandbox import SandboxCredentials

__all__ = ["AVAILABLE", "CONTENDERS", "Measured", "Settings"]

CREDENTIALS = SandboxCredentials()


@frozen
class Settings:
    """The export to run.

    Attributes:
        folder: the server's files, for contenders that read them directly.
        parallel: how many slices to fetch at a time; None for the default.
        limits: keep Mixpanel's request limits, which the server enforces then.
    """

    url: str
    folder: str
    last_day: str
    parallel: int | None = None
    limits: bool = False

    @property
    def days(self) -> tuple[str, str]:
        """The first and the last day."""
        return FIRST_DAY.isoformat(), self.last_day

    @property
    def query(self) -> dict[str, str]:
        """The query parameters of one request for the whole range."""
        first, last = self.days
        return {"from_date": first, "to_date": last, "project_id": str(CREDENTIALS.project_id)}

    @property
    def export_url(self) -> str:
        """The URL of one request for the whole range."""
        return str(httpx.URL(f"{self.url}/api/2.0/export", params=self.query))


@define
class Measured:
    """The measurements of one run.

    Attributes:
        seconds: the time of the whole run.
        first: the time until the first event can be used, in seconds; None for contenders that read no events.
        memory: the peak memory of the process, in bytes.
        events: the number of events.
    """

    seconds: float = 0.0
    first: float | None = None
    memory: int = 0
    events: int = 0
    _began: float = field(factory=time.perf_counter)

    def begin(self) -> None:
        """Start the clock."""
        self._began = time.perf_counter()

    def saw_first(self) -> None:
        """Record that the first event can be used."""
        self.first = time.perf_counter() - self._began

    def end(self) -> None:
        """Stop the clock."""
        self.seconds = time.perf_counter() - self._began


def use_records(records: Iterable[dict[str, Any]], measured: Measured) -> None:
    """Read the four values of every event from parsed JSON."""
    events = 0
    for record in records:
        if not events:
            measured.saw_first()
        properties = record["properties"]
        _ = record["event"], properties["time"], properties["distinct_id"], properties["$browser"]
        events += 1
    measured.events = events


def use_events(events: Iterable[Event], measured: Measured) -> None:
    """Read the same values from typed events, whose time is a datetime."""
    count = 0
    for event in events:
        if not count:
            measured.saw_first()
        _ = event.name, event.time, event.distinct_id, event.properties["$browser"]
        count += 1
    measured.events = count


def bare_loads(settings: Settings, measured: Measured) -> None:
    """orjson.loads over the same lines in memory: the cost of parsing alone."""
    body = b"".join(path.read_bytes() for path in sorted(Path(settings.folder).glob("*.jsonl")))
    measured.begin()
    use_records((orjson.loads(line) for line in body.split(b"\n") if line), measured)


def plain_httpx(settings: Settings, measured: Measured) -> None:
    """Use httpx and json, line by line: the obvious first version."""
    with httpx.stream("GET", settings.export_url, auth=_login(), timeout=600) as response:
        response.raise_for_status()
        use_records((json.loads(line) for line in response.iter_lines() if line), measured)


def whole_body(settings: Settings, measured: Measured) -> None:
    """urllib, the whole response in memory, a list of all events: the way mixpanel-utils reads an export."""
    passwords = urllib.request.HTTPPasswordMgrWithPriorAuth()
    passwords.add_password(None, settings.url, *_login(), is_authenticated=True)
    opener = urllib.request.build_opener(urllib.request.HTTPBasicAuthHandler(passwords))
    request = urllib.request.Request(settings.export_url, headers={"Accept-Encoding": "gzip"})
    with opener.open(request, timeout=600) as response:
        body = response.read()
    lines = gzip.decompress(body).decode().strip().split("\n")
    use_records([json.loads(line) for line in lines], measured)


def mixpanel_utils(settings: Settings, measured: Measured) -> None:
    """mixpanel-utils, Mixpanel's own Python package."""
    module: Any = importlib.import_module("mixpanel_utils")
    username, secret = _login()
    client = module.MixpanelUtils(
        secret, service_account_username=username, project_id=CREDENTIALS.project_id, residency="us"
    )
    client.raw_api = f"{settings.url}/api"
    first, last = settings.days
    query = {"from_date": first, "to_date": last}
    measured.begin()
    use_records(client.query_export(query, add_gzip_header=True), measured)


def tap_mixpanel(settings: Settings, measured: Measured) -> None:
    """Use the client of tap-mixpanel, the Singer tap; its schemas and records on standard output are left out."""
    module: Any = importlib.import_module("tap_mixpanel.client")
    client = module.MixpanelClient(":".join(_login()), "", 600)
    # It would ask for profiles first, to check the credentials.
    client._MixpanelClient__verified = True
    logging.disable()
    measured.begin()
    url = f"{settings.url}/api/2.0"
    use_records(client.request_export("GET", url=url, path="export", params=settings.query), measured)


def mixpanel_headless(settings: Settings, measured: Measured) -> None:
    """mixpanel-headless, Mixpanel's package for agents."""
    os.environ["MP_API_BASE_URL"] = settings.url
    client_module: Any = importlib.import_module("mixpanel_headless._internal.api_client")
    accounts: Any = importlib.import_module("mixpanel_headless._internal.auth.account")
    sessions: Any = importlib.import_module("mixpanel_headless._internal.auth.session")
    username, secret = _login()
    account = accounts.ServiceAccount(name="benchmark", region="us", username=username, secret=secret)
    session = sessions.Session(account=account, project=sessions.Project(id=str(CREDENTIALS.project_id)))
    measured.begin()
    with client_module.MixpanelAPIClient(session=session) as client:
        use_records(client.export_events(*settings.days), measured)


def fast_loop(settings: Settings, measured: Measured) -> None:
    """httpx, isal and orjson in a straight loop: the version that only has to be fast."""

    def records() -> Iterator[dict[str, Any]]:
        inflater: Any = isal_zlib.decompressobj(wbits=31)  # pyright: ignore[reportUnknownMemberType]
        with httpx.stream("GET", settings.export_url, auth=_login(), timeout=600) as response:
            response.raise_for_status()
            rest = b""
            for chunk in response.iter_raw():
                *lines, rest = (rest + inflater.decompress(chunk)).split(b"\n")
                for line in lines:
                    yield orjson.loads(line)

    use_records(records(), measured)


def typed(settings: Settings, measured: Measured) -> None:
    """`client.export.events`."""
    with _client(settings) as client:
        use_events(client.export.events(*settings.days, **_options(settings)), measured)


def projected(settings: Settings, measured: Measured) -> None:
    """`client.export.events` with only the property that is read."""
    with _client(settings) as client:
        events = client.export.events(*settings.days, fields=["$browser"], **_options(settings))
        use_events(events, measured)


def typed_limits(settings: Settings, measured: Measured) -> None:
    """`client.export.events` with Mixpanel's request limits, which it keeps by default."""
    typed(evolve(settings, limits=True), measured)


def one_request(settings: Settings, measured: Measured) -> None:
    """`client.export.events` in one request, like the other contenders."""
    with _client(settings) as client:
        use_events(client.export.events(*settings.days, slice_days=10_000), measured)


def deduplicated(settings: Settings, measured: Measured) -> None:
    """`client.export.events` without the events that were sent twice."""
    with _client(settings) as client:
        events = client.export.events(*settings.days, deduplicate=True, **_options(settings))
        use_events(events, measured)


def directory(settings: Settings, measured: Measured) -> None:
    """`client.export.to_directory`, which keeps the gzip as it arrives."""
    with tempfile.TemporaryDirectory() as folder, _client(settings) as client:
        measured.begin()
        done = client.export.to_directory(folder, *settings.days, **_options(settings))
        measured.end()
        measured.events = done.events


def directory_limits(settings: Settings, measured: Measured) -> None:
    """`client.export.to_directory` with Mixpanel's request limits, which it keeps by default."""
    directory(evolve(settings, limits=True), measured)


def pandas_route(settings: Settings, measured: Measured) -> None:
    """Parquet by way of Mixpanel's package: its list of events, pandas, `to_parquet`."""
    module: Any = importlib.import_module("mixpanel_utils")
    pandas: Any = importlib.import_module("pandas")
    username, secret = _login()
    client = module.MixpanelUtils(
        secret, service_account_username=username, project_id=CREDENTIALS.project_id, residency="us"
    )
    client.raw_api = f"{settings.url}/api"
    first, last = settings.days
    measured.begin()
    records = client.query_export({"from_date": first, "to_date": last}, add_gzip_header=True)
    frame = pandas.DataFrame([{"event": record["event"], **record["properties"]} for record in records])
    with tempfile.TemporaryDirectory() as folder:
        frame.to_parquet(Path(folder) / "events.parquet", compression="zstd")
        measured.end()
    measured.events = len(frame)


def duckdb_file(settings: Settings, measured: Measured) -> None:
    """DuckDB alone, from files on disk to Parquet: no network, no gzip, no verification."""
    duckdb: Any = importlib.import_module("duckdb")
    with tempfile.TemporaryDirectory() as folder:
        measured.begin()
        duckdb.sql(
            f"copy (select event, unnest(properties) from read_ndjson('{settings.folder}/*.jsonl')) "
            f"to '{folder}/events.parquet' (format parquet, compression zstd)"
        )
        measured.end()


def parquet(settings: Settings, measured: Measured) -> None:
    """`client.export.to_directory` to Parquet, with a column for each property."""
    _to_parquet(settings, measured, "wide")


def parquet_json(settings: Settings, measured: Measured) -> None:
    """`client.export.to_directory` to Parquet, with all properties in one text."""
    _to_parquet(settings, measured, "json")


def _to_parquet(settings: Settings, measured: Measured, layout: Literal["wide", "json"]) -> None:
    for name in (
        "mixpanel_export.directory.columnar",
        # Arrow imports pandas if it is installed, as it is with mixpanel-utils.
        "pandas",
        "pyarrow.compute",
        "pyarrow.parquet",
    ):
        importlib.import_module(name)
    with tempfile.TemporaryDirectory() as folder, _client(settings) as client:
        measured.begin()
        done = client.export.to_directory(
            folder, *settings.days, format="parquet", layout=layout, **_options(settings)
        )
        measured.end()
        measured.events = done.events


def curl(settings: Settings, measured: Measured) -> None:
    """Use curl, decompressing to /dev/null."""
    _curl(settings, "--compressed")


def curl_plain(settings: Settings, measured: Measured) -> None:
    """Use curl without compression, to /dev/null."""
    _curl(settings)


CONTENDERS: Mapping[str, Callable[[Settings, Measured], None]] = {
    contender.__name__.replace("_", "-"): contender
    for contender in (
        mixpanel_utils,
        tap_mixpanel,
        mixpanel_headless,
        whole_body,
        plain_httpx,
        fast_loop,
        bare_loads,
        curl,
        curl_plain,
        typed,
        projected,
        typed_limits,
        one_request,
        deduplicated,
        directory,
        directory_limits,
        pandas_route,
        duckdb_file,
        parquet,
        parquet_json,
    )
}

# The packages that some need.
_NEEDS = {
    "mixpanel-utils": "mixpanel_utils",
    "pandas-route": "mixpanel_utils",
    "tap-mixpanel": "tap_mixpanel",
    "mixpanel-headless": "mixpanel_headless",
}
AVAILABLE = frozenset(name for name in CONTENDERS if importlib.util.find_spec(_NEEDS.get(name, "json")))


def _client(settings: Settings) -> MixpanelClient:
    # A budget for this run alone: all runs together need more requests than an hour allows.
    limits = Limits(shared=False) if settings.limits else None
    auth = ServiceAccountAuth(*_login())
    return MixpanelClient(auth, project_id=CREDENTIALS.project_id, base_url=settings.url, limits=limits)


def _options(settings: Settings) -> dict[str, Any]:
    return {} if settings.parallel is None else {"parallel": settings.parallel}


def _login() -> tuple[str, str]:
    return CREDENTIALS.username, CREDENTIALS.secret


def _curl(settings: Settings, *options: str) -> None:
    subprocess.run(
        ["curl", "-sf", "-u", ":".join(_login()), *options, "-o", "/dev/null", settings.export_url],
        check=True,
    )


def _main(name: str, settings: str) -> None:
    measured = Measured()
    contender = CONTENDERS[name]
    chosen = Settings(**json.loads(settings))
    measured.begin()
    contender(chosen, measured)
    if not measured.seconds:
        measured.end()
    usage = resource.RUSAGE_CHILDREN if name.startswith("curl") else resource.RUSAGE_SELF
    # Kilobytes on Linux, bytes on macOS.
    measured.memory = resource.getrusage(usage).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(json.dumps(asdict(measured, filter=lambda attribute, _: not attribute.name.startswith("_"))))


if __name__ == "__main__":
    _main(*sys.argv[1:])
