"""A budget that machines share: the protocol of a store, and the one in Redis (extra `redis`).

`Limits(shared="redis://…")` counts the requests of every machine that names the same Redis. See `budget` for the
budgets of a single machine.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import re
import secrets
import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar, runtime_checkable
from urllib.parse import urlsplit

from attrs import field, frozen

from mixpanel_export._extras import needs_extra
from mixpanel_export._redaction import without_secrets
from mixpanel_export.errors import ConfigurationError, MixpanelError

__all__ = ["BudgetStore", "RedisBudgetStore", "Refused", "StoredLease", "check_shared", "store_at"]

T = TypeVar("T")

_SCHEMES = ("redis", "rediss", "unix")
_EXPECTED = "True, False, a redis:// URL or a BudgetStore"
_DATABASE = re.compile(r"/?|/[0-9]{1,9}")
_LEASE_SECONDS = 30.0
# A lease is renewed this many times before it would expire.
_BEATS = 3
_CONNECT_SECONDS = 10.0
# Counts, and decides, on Redis's own clock: the clocks of machines differ. Times are in milliseconds.
_SCRIPT = """
local sent, running, paused = KEYS[1], KEYS[2], KEYS[3]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local what, member, lease, concurrent = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])

-- No client forgets what another still counts: an hour, or the longest window of any of them, rules.
local mine = 0
for at = 5, #ARGV, 2 do mine = math.max(mine, tonumber(ARGV[at + 1])) end
local function keep(key, length)
  if redis.call('PTTL', key) < length then redis.call('PEXPIRE', key, length) end
end

if what == 'end' then
  return {'ok', redis.call('ZREM', running, member)}
elseif what == 'beat' then
  -- Only one that has not ended meanwhile.
  redis.call('ZADD', running, 'XX', now + lease, member)
  redis.call('PEXPIRE', running, lease * 2)
  return {'ok', 0}
elseif what == 'pause' then
  local ends, status, asked = now + tonumber(ARGV[3]), ARGV[5], ARGV[6]
  if ends > tonumber(redis.call('HGET', paused, 'until') or 0) then
    redis.call('HSET', paused, 'until', ends, 'status', status, 'asked', asked)
    keep(paused, tonumber(ARGV[3]) + 3700000)
  end
  return {'ok', 0}
end

if what == 'used' then return {'ok', redis.call('ZCOUNT', sent, '(' .. (now - mine), '+inf')} end

local longest = tonumber(redis.call('HGET', paused, 'longest') or 3602000)
if mine > longest then
  longest = mine
  redis.call('HSET', paused, 'longest', longest)
end
redis.call('ZREMRANGEBYSCORE', sent, '-inf', now - longest)

local ends = tonumber(redis.call('HGET', paused, 'until') or 0)
if ends > now then return {'server', ends - now, redis.call('HGET', paused, 'status')} end
redis.call('ZREMRANGEBYSCORE', running, '-inf', now)
if concurrent > 0 and redis.call('ZCARD', running) >= concurrent then return {'slots', 0} end
-- The server asked for this time itself, and is believed over our count: one request may be sent then.
local expected = redis.call('HGET', paused, 'asked') == '1' and redis.call('ZCOUNT', sent, ends, '+inf') == 0
if not expected then
  local wait, window = 0, 0
  for at = 5, #ARGV, 2 do
    local limit, length = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
    if redis.call('ZCOUNT', sent, '(' .. (now - length), '+inf') >= limit then
      local first = redis.call('ZRANGE', sent, -limit, -limit, 'WITHSCORES')
      if first[2] + length - now > wait then wait, window = first[2] + length - now, (at - 5) / 2 end
    end
  end
  if wait > 0 then return {'window', wait, window} end
end
redis.call('ZADD', sent, now, member)
keep(sent, longest)
keep(paused, longest)
redis.call('ZADD', running, now + lease, member)
redis.call('PEXPIRE', running, lease * 2)
return {'ok', 0}
"""


@frozen
class StoredLease:
    """A request that may be sent; `release` it when its answer has been read."""

    release: Callable[[], None] = field(eq=False, repr=False)


@frozen
class Refused:
    """A request that must not be sent yet.

    Attributes:
        cause: `window`, a limit of requests in a time; `slots`, that of requests at once; `server`, its answer 429.
        seconds: the time until it may be sent; 0 where nobody knows.
        window: the index of the window, for `window`.
        status: the status of the server's answer, for `server`.
    """

    cause: str
    seconds: float
    window: int = 0
    status: int = 429


@runtime_checkable
class BudgetStore(Protocol):
    """Counts the requests of all machines that share a budget. Thread-safe, and hashable.

    To send clients and slices that have it to other machines, make it picklable, too.

    Each method is about one budget, named by `key`. Windows are pairs of requests and seconds: at most that many
    requests in any such time.
    """

    def try_begin(
        self, key: str, windows: Sequence[tuple[int, float]], concurrent: int | None
    ) -> StoredLease | Refused:
        """Begin a request, or say how long to wait; nobody else may begin one in between."""
        ...

    def used(self, key: str, windows: Sequence[tuple[int, float]]) -> int:
        """Return how many requests began within the longest window."""
        ...

    def pause(self, key: str, seconds: float, status: int, is_asked: bool) -> None:
        """Let no request begin for this long; with `is_asked`, one may begin then, whatever the count says."""
        ...


def check_shared(instance: object, attribute: object, value: object) -> None:
    """Raise ConfigurationError unless `Limits.shared` is a boolean, a URL of Redis, or a store."""
    if isinstance(value, bool | BudgetStore):
        return
    if not isinstance(value, str):
        raise ConfigurationError("shared", f"expected {_EXPECTED}, got {value!r}")
    if not value.startswith(tuple(f"{scheme}://" for scheme in _SCHEMES)):
        # Text may hold a password.
        raise ConfigurationError("shared", f"expected {_EXPECTED}, got other text")
    _check_url("shared", value)


def _check_url(name: str, url: str) -> None:
    """Raise ConfigurationError, which quotes none of it, unless this is the URL of a Redis."""
    if not _is_usable(url):
        raise ConfigurationError(
            name,
            "this URL of a Redis cannot be used; expected redis://:password@host:6379/0, with each special "
            "character of the password as its %XX, and only options that redis-py has",
        )


def _is_usable(url: str) -> bool:
    try:
        parts = urlsplit(url)
        # An @ after the host, or a #, belongs to a password that is not quoted.
        if parts.scheme == "unix":
            is_place = bool(parts.path)
        else:
            is_place = parts.port != 0 and _DATABASE.fullmatch(parts.path) is not None
        if not is_place or parts.fragment or "@" in parts.query:
            return False
        # Without the extra, the first request says that it is missing.
        if importlib.util.find_spec("redis") is not None:
            _redis_at(url).connection_pool.make_connection()
    except Exception:
        # Its words quote the URL, and so does its traceback.
        return False
    return True


def _redis_at(url: str) -> Any:
    """Return redis-py's client, which connects when it is used."""
    with needs_extra("A budget in Redis", "redis"):
        import redis
    library: Any = redis
    settings: Any = {"socket_timeout": _CONNECT_SECONDS, "socket_connect_timeout": _CONNECT_SECONDS}
    client = library.Redis.from_url(url, **settings)
    client.connection_pool.connection_kwargs["decode_responses"] = False
    return client


@functools.cache
def store_at(url: str, lease: float = _LEASE_SECONDS) -> RedisBudgetStore:
    """Return this process's store at a URL."""
    return RedisBudgetStore(url, lease=lease)


class RedisBudgetStore:
    """A budget in Redis 5 or later, for all machines that name it. Needs the extra `redis`.

    One script counts and decides on Redis's own clock. The lease of a running request is renewed by a heartbeat, so
    that the requests of a killed process end by themselves, after `lease` seconds.

    Args:
        url: as redis-py takes it: `redis://:password@host:6379/0`, `rediss://…` with TLS, `unix://…`.
        lease: the seconds that a lease lasts without a heartbeat. A process suspended for longer is taken for dead.

    Its pickle holds the URL, with the password in it; where it lands, a process has one store for each URL.

    Raises:
        MissingExtraError: when the extra `redis` is not installed.
        ConfigurationError: for a URL that cannot be used; the message does not quote it.
    """

    def __init__(self, url: str, *, lease: float = _LEASE_SECONDS) -> None:
        with needs_extra("A budget in Redis", "redis"):
            import redis
        _check_url("url", url)
        self._url = url
        self._place = without_secrets(url).replace("…@", "")
        self._errors: tuple[type[Exception], ...] = (redis.RedisError, OSError)
        self._script: Any = _redis_at(url).register_script(_SCRIPT)
        self._lease = lease
        self._lock = threading.Lock()
        self._running: set[tuple[str, str]] = set()
        self._process = os.getpid()
        self._heart: threading.Thread | None = None

    def __reduce__(self) -> tuple[Callable[[str, float], RedisBudgetStore], tuple[str, float]]:
        return store_at, (self._url, self._lease)

    def __repr__(self) -> str:
        return f"<RedisBudgetStore: {self._place}>"

    def try_begin(
        self, key: str, windows: Sequence[tuple[int, float]], concurrent: int | None
    ) -> StoredLease | Refused:
        """Begin a request, or say how long to wait."""
        member = secrets.token_hex(12)
        cause, value, *rest = self._run("begin", key, member, concurrent or 0, windows)
        if cause == b"ok":
            self._keep_alive(key, member)
            return StoredLease(functools.partial(self._end, key, member))
        seconds = max(int(value), 1) / 1000
        if cause == b"window":
            return Refused("window", seconds, window=int(rest[0]))
        if cause == b"server":
            return Refused("server", seconds, status=int(rest[0]))
        return Refused("slots", 0.0)

    def used(self, key: str, windows: Sequence[tuple[int, float]]) -> int:
        """Return how many requests began within the longest window."""
        return int(self._run("used", key, "", 0, windows)[1])

    def pause(self, key: str, seconds: float, status: int, is_asked: bool) -> None:
        """Let no request begin for this long."""
        self._call(key, ["pause", "", int(seconds * 1000), 0, status, int(is_asked)])

    def _run(
        self, what: str, key: str, member: str, concurrent: int, windows: Sequence[tuple[int, float]]
    ) -> list[Any]:
        limits = [number for requests, seconds in windows for number in (requests, int(seconds * 1000))]
        return self._call(key, [what, member, int(self._lease * 1000), concurrent, *limits])

    def _call(self, key: str, arguments: list[Any]) -> list[Any]:
        # The braces keep the three keys on one node of a cluster.
        names = [f"mixpanel-export:{{{key}}}:{part}" for part in ("sent", "running", "paused")]
        try:
            answer: list[Any] = self._script(keys=names, args=arguments)
        except self._errors as error:
            raise MixpanelError(
                f"requests cannot be counted at {self._place}, which Limits(shared=…) names: "
                f"{type(error).__name__}; no request was sent"
            ) from None
        return answer

    def _end(self, key: str, member: str) -> None:
        with self._lock:
            if (key, member) not in self._running:
                return
            self._running.discard((key, member))
        try:
            self._run("end", key, member, 0, ())
        except MixpanelError:
            # It ends by itself, without a heartbeat.
            return

    def _keep_alive(self, key: str, member: str) -> None:
        if self._process != os.getpid():
            # A fork has none of its parent's requests, and no heartbeat.
            self._lock, self._running, self._heart = threading.Lock(), set(), None
            self._process = os.getpid()
        with self._lock:
            self._running.add((key, member))
            if self._heart is None:
                self._heart = threading.Thread(target=self._beat, daemon=True, name="budget-heartbeat")
                self._heart.start()

    def _beat(self) -> None:
        pause = threading.Event()
        while not pause.wait(self._lease / _BEATS):
            with self._lock:
                running = [*self._running]
                if not running:
                    self._heart = None
                    return
            for key, member in running:
                # Not one that ended meanwhile.
                if (key, member) in self._running:
                    try:
                        self._run("beat", key, member, 0, ())
                    except MixpanelError:
                        break
