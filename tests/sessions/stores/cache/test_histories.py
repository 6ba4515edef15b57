"""No history of two processes over one shared tier ends in a wrong answer."""

import asyncio
import random
from collections.abc import Callable
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from sessions.errors import CacheUnavailable
from sessions.stores.cache import Cache, Kind, cache_key
from tests.caches import MemoryCache
from tests.clocks import FakeClock

NAMES = ("a", "b", "c")
TAGS: dict[str, tuple[str, ...]] = {"a": ("x",), "b": ("x",), "c": ("y",)}
RECHECK_S, L1_TTL_S, RETRY_S = 1.0, 45.0, 1.0

WEIGHTS = {
    "fetch": 40,
    "run": 30,
    "pass": 12,
    "change": 10,
    "lose": 2,
    "poison": 2,
    "crash": 1,
    "forget": 1,
    "away": 1,
    "back": 3,
}


def drawn(seed: int, *, length: int = 400) -> list[tuple[Any, ...]]:
    """Return a history: what happens, to which process and value, and how far it comes."""
    draw = random.Random(seed)
    details: dict[str, Callable[[], tuple[Any, ...]]] = {
        "fetch": lambda: (draw.randint(0, 1), draw.choice(NAMES), draw.choice([0, 0, 2, 9])),
        "run": lambda: (draw.choice([1, 2, 3, 20]),),
        "pass": lambda: (draw.choice([0.3, 0.5, 0.9, 1.0, 1.0, 5.0, 44.0, 46.0, 601.0]),),
        "change": lambda: (draw.randint(0, 1), draw.choice(["x", "x", "y", "answers"])),
        "lose": lambda: (draw.choice(NAMES),),
        "poison": lambda: (draw.choice(NAMES),),
        "crash": lambda: (draw.randint(0, 1),),
    }
    kinds = draw.choices(list(WEIGHTS), list(WEIGHTS.values()), k=length)
    return [(kind, *details.get(kind, tuple)()) for kind in kinds]


class Changed:
    """That the values of a tag changed, and where and when all of that was over."""

    def __init__(self, tag: str, versions: dict[str, int]) -> None:
        self.tag = tag
        self.versions = versions
        self.by: Cache | None = None
        self.at = float("inf")


class History:
    """Runs steps; what happens between two of them is for the steps to say."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.store = MemoryCache(self.clock)
        self.processes = [self.process(), self.process()]
        self.tasks: list[tuple[Cache, asyncio.Task[None]]] = []
        self.truth = dict.fromkeys(NAMES, 0)
        self.changes: list[Changed] = []
        self.away_until = 0.0
        self.served = 0

    def process(self) -> Cache:
        return Cache(
            self.store,
            clock=self.clock,
            secret=b"s",
            most=2,
            recheck_s=RECHECK_S,
            l1_ttl_s=L1_TTL_S,
            retry_s=RETRY_S,
        )

    async def play(self, history: list[tuple[Any, ...]]) -> None:
        for kind, *details in history:
            act: Callable[..., Any] = getattr(self, f"on_{kind}")
            act(*details)
            if kind == "run":
                for _ in range(details[0]):
                    await asyncio.sleep(0)
        await asyncio.gather(*(task for _, task in self.tasks), return_exceptions=True)
        for _, task in self.tasks:
            if not task.cancelled():
                task.result()

    def start(self, process: int, work: Callable[[Cache], Any]) -> None:
        cache = self.processes[process]
        self.tasks.append((cache, asyncio.ensure_future(work(cache))))

    def on_fetch(self, process: int, name: str, slow: int) -> None:
        self.start(process, lambda cache: self.fetch(cache, name, slow))

    def on_run(self, _turns: int) -> None:
        pass

    def on_change(self, process: int, tag: str) -> None:
        self.start(process, lambda cache: self.change(cache, tag))

    def on_pass(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.note_away()

    def on_crash(self, process: int) -> None:
        crashed, self.processes[process] = self.processes[process], self.process()
        for cache, task in self.tasks:
            if cache is crashed:
                task.cancel()

    def on_away(self) -> None:
        self.store.away = True
        self.note_away()

    def on_back(self) -> None:
        self.note_away()
        self.store.away = False

    def on_forget(self) -> None:
        self.store.forget()

    def on_lose(self, name: str) -> None:
        self.store.data.pop(key_of(name), None)

    def on_poison(self, name: str) -> None:
        ends, data = self.store.data.get(key_of(name), (0.0, b""))
        self.store.data[key_of(name)] = (ends, data[:-1] + b"\x01")

    def note_away(self) -> None:
        if self.store.away:
            self.away_until = self.clock.monotonic() + RETRY_S

    async def fetch(self, cache: Cache, name: str, slow: int) -> None:
        began = self.clock.monotonic()
        ended = [each for each in self.changes if each.at < float("inf")]

        async def make() -> tuple[str, int]:
            made = (name, self.truth[name])
            for _ in range(slow):
                await asyncio.sleep(0)
            return made

        fetched = await cache.fetch(
            Kind.ANSWERS, key_of(name), make, type=tuple[str, int], tags=TAGS[name]
        )
        bound_s = RECHECK_S if self.away_until < began - RECHECK_S else L1_TTL_S
        oldest = max(
            (
                each.versions[name]
                for each in ended
                if each.tag in (Kind.ANSWERS, *TAGS[name])
                and (each.by is cache or each.at <= began - bound_s)
            ),
            default=0,
        )
        assert fetched.value[0] == name
        assert oldest <= fetched.value[1] <= self.truth[name]
        self.served += 1

    async def change(self, cache: Cache, tag: str) -> None:
        for name in NAMES:
            self.truth[name] += tag in (Kind.ANSWERS, *TAGS[name])
        change = Changed(tag, dict(self.truth))
        try:
            await cache.invalidate(tag)
        except CacheUnavailable:
            return
        change.by, change.at = cache, self.clock.monotonic()
        self.changes.append(change)


def key_of(name: str) -> str:
    return cache_key(Kind.ANSWERS, name=name)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
@example(2225391935)  # joined a value that took longer to make than one may be kept
def test_no_answer_is_older_than_the_bound(seed: int) -> None:
    asyncio.run(History().play(drawn(seed)))
