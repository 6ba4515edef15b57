"""The cache over two processes: a seeded Zipf replay of requests on real Valkey.

A request is a text, drawn by Zipf(1.1), and one of 216 resonance keys. Requests come on a clock of
the trace's own: L1's 45 s, its rechecks and L2's time to live all run on that clock, whatever
the machine's speed. Each request goes to one of the processes at random, and they keep in step.
"""

import asyncio
import random
import subprocess
import sys
import tempfile
import time
from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec
from msgspec import Struct

from bench.harness import percentile, report
from sessions.clock import Clock
from sessions.personas.analysis import INTENTS, PACES, TONES
from sessions.stores.cache import Cache, CacheStats, Hit, Kind, Reading, cache_key
from sessions.stores.redis_cache import RedisCache
from sessions.stores.redis_client import redis_client
from tests.clocks import FakeClock
from tests.servers import running_redis

__all__ = ["main"]

REQUESTS = 200_000
TEXTS = 20_000
EXPONENT = 1.1
PROCESSES = 2
A_SECOND = 100
STEP = 500
SEED = 20261129
KEYS = tuple(f"{tone}-{pace}-{intent}" for tone in TONES for pace in PACES for intent in INTENTS)
Keyed = Literal["by its text", "at random"]
CASES: tuple[tuple[Kind, Keyed], ...] = (
    (Kind.ROUTING, "by its text"),
    (Kind.ANSWERS, "by its text"),
    (Kind.ROUTING, "at random"),
)


class Routed(Struct, frozen=True):
    """What is cached: about what the routing of a text is."""

    persona: str
    chances: tuple[float, ...]
    reason: str


class Heard(Struct, frozen=True):
    """What one process counted, and its times in µs, the making of the key included."""

    stats: CacheStats
    l1_us: list[float]
    l2_us: list[float]


class Request(NamedTuple):
    """Who gets which request, and when on the trace's clock, in seconds."""

    process: int
    text: str
    key: str
    at_s: float


class TraceTime:
    """A CacheStore whose values end on the trace's clock."""

    def __init__(self, store: RedisCache, clock: Clock) -> None:
        self._store = store
        self._now = clock.monotonic
        self.generations = store.generations
        self.invalidate = store.invalidate
        self.remove = store.remove

    async def read(self, key: str, tags: tuple[str, ...]) -> Reading:
        """Return what has not ended; see CacheStore."""
        found = await self._store.read(key, tags)
        if found.data is None:
            return found
        ends_s, data = msgspec.msgpack.decode(found.data, type=tuple[float, bytes])
        return Reading(data if self._now() < ends_s else None, found.generations)

    async def write(
        self, key: str, data: bytes, *, tags: tuple[str, ...], ttl_ms: int, owner: str = ""
    ) -> int | None:
        """Keep data for an hour of the machine; see CacheStore. What was before is not told."""
        ending = msgspec.msgpack.encode((self._now() + ttl_ms / 1000, data))
        await self._store.write(key, ending, tags=tags, ttl_ms=3_600_000, owner=owner)
        return None


def trace(keyed: Keyed) -> list[Request]:
    """Return all requests in order."""
    draw = random.Random(SEED)
    words = ["".join(draw.choices("aeioulnrstdm", k=draw.randint(2, 9))) for _ in range(2_000)]
    texts = [" ".join(draw.choices(words, k=draw.randint(8, 42))) for _ in range(TEXTS)]
    own = draw.choices(KEYS, k=TEXTS)
    sums = list(accumulate(1 / rank**EXPONENT for rank in range(1, TEXTS + 1)))
    requests, now_s = [], 0.0
    for _ in range(REQUESTS):
        now_s += draw.expovariate(A_SECOND)
        number = bisect(sums, draw.random() * sums[-1])
        key = own[number] if keyed == "by its text" else draw.choice(KEYS)
        requests.append(Request(draw.randrange(PROCESSES), texts[number], key, now_s))
    return requests


async def replay(url: str, process: int, kind: Kind, keyed: Keyed) -> Heard:
    """Serve this process's share of the trace, a step for each line of stdin."""
    redis, clock = redis_client(url), FakeClock()
    cache = Cache(TraceTime(RedisCache(redis, deadline_s=5), clock), clock=clock, secret=b"bench")
    times: dict[Hit, list[float]] = {"l1": [], "l2": [], None: []}
    requests, now_s = trace(keyed), 0.0
    for first in range(0, len(requests), STEP):
        _step()
        for request in requests[first : first + STEP]:
            clock.advance(request.at_s - now_s)
            now_s = request.at_s
            if request.process == process:
                began = time.perf_counter()
                hit = await _ask(cache, kind, request)
                times[hit].append((time.perf_counter() - began) * 1e6)
    await redis.aclose()
    return Heard(cache.stats(), times["l1"], times["l2"])


async def _ask(cache: Cache, kind: Kind, request: Request) -> Hit:
    async def make() -> Routed:
        return Routed("lua", (0.4, 0.3, 0.2, 0.1), request.key)

    key = cache_key(kind, text=request.text, resonance=request.key, persona="lua", prompt=1)
    found = await cache.fetch(kind, key, make, type=Routed)
    if found.value.reason != request.key:
        raise AssertionError("the cache served a wrong answer")
    return found.hit


def _step() -> None:
    """Say that this process is ready, and wait for the others."""
    sys.stdout.write("\n")
    sys.stdout.flush()
    sys.stdin.readline()


def _measure(directory: Path, kind: Kind, keyed: Keyed) -> list[Heard]:
    with running_redis(directory) as redis:
        command = [sys.executable, "-m", "bench.cache", redis.url, kind, keyed]
        children = [
            subprocess.Popen(
                [*command, str(process)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            for process in range(PROCESSES)
        ]
        for _ in range(0, REQUESTS, STEP):
            for child in children:
                _out(child)
            for child in children:
                print(file=child.stdin, flush=True)
        heard = [msgspec.json.decode(_out(child), type=Heard) for child in children]
        for child in children:
            child.communicate()
        return heard


def _out(child: "subprocess.Popen[str]") -> str:
    assert child.stdout is not None  # noqa: S101 - it is a pipe
    line = child.stdout.readline()
    if not line:
        raise RuntimeError("a process of the replay died")
    return line


def main() -> None:
    """Measure, print and write bench/results/cache.json."""
    rows, figures = [], []
    for kind, keyed in CASES:
        with tempfile.TemporaryDirectory(prefix="ion-bench-") as name:
            heard = _measure(Path(name), kind, keyed)
        found = _figures(kind, keyed, heard)
        figures.append(found)
        rows.append(
            (
                f"{kind}, key {keyed}",
                f"{found['hit_rate']:.1%}",
                f"{found['l1_hit_rate']:.1%}",
                f"{found['l2_hit_rate']:.1%}",
                f"{found['l1_us_p50']:.1f} / {found['l1_us_p99']:.1f} µs",
                f"{found['l2_us_p50']:.0f} / {found['l2_us_p99']:.0f} µs",
                str(found["l1_evictions"]),
            )
        )
    report(
        "cache",
        f"{REQUESTS:,} requests by Zipf({EXPONENT}), {TEXTS:,} texts, {len(KEYS)} keys, "
        f"{PROCESSES} processes, {A_SECOND} requests a second",
        ("what", "hit rate", "L1", "L2 of the rest", "L1 hit p50 / p99", "L2 hit", "L1 evictions"),
        rows,
        note="L1 1,500 entries, 45 s; times to live on the trace's clock; a hit's time has its key",
        figures=figures,
    )


def _figures(kind: Kind, keyed: Keyed, heard: Sequence[Heard]) -> dict[str, float | str]:
    l1_us = [value for each in heard for value in each.l1_us]
    l2_us = [value for each in heard for value in each.l2_us]
    return {
        "kind": kind.value,
        "keyed": keyed,
        "hit_rate": (len(l1_us) + len(l2_us)) / REQUESTS,
        "l1_hit_rate": len(l1_us) / REQUESTS,
        "l2_hit_rate": len(l2_us) / (REQUESTS - len(l1_us)),
        "l1_evictions": sum(each.stats.l1.evictions for each in heard),
        "l1_us_p50": percentile(l1_us, 0.5),
        "l1_us_p99": percentile(l1_us, 0.99),
        "l2_us_p50": percentile(l2_us, 0.5),
        "l2_us_p99": percentile(l2_us, 0.99),
    }


def _child(url: str, kind: str, keyed: Keyed, process: str) -> None:
    heard = asyncio.run(replay(url, int(process), Kind(kind), keyed))
    sys.stdout.write(msgspec.json.encode(heard).decode() + "\n")


if __name__ == "__main__":
    if sys.argv[1:]:
        _child(*sys.argv[1:])  # type: ignore[arg-type]
    else:
        main()
