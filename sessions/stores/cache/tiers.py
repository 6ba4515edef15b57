"""Two tiers: this process's memory before a store that all processes share."""

from collections.abc import Awaitable, Callable
from typing import Generic, Literal, TypeVar

from msgspec import Struct

from sessions.clock import Clock
from sessions.errors import CacheUnavailable, Overloaded

from .flight import Flight
from .keys import Kind
from .port import CacheStore, Generations, Reading
from .seal import Poisoned, Seal
from .shelf import Entry, Shelf
from .stats import CacheStats, Counters, TierStats

__all__ = ["Cache", "Fetched", "Hit"]

T = TypeVar("T")
Hit = Literal["l1", "l2"] | None
_MOST_SEEN = 4096


class Fetched(Struct, Generic[T], frozen=True):
    """A value and the tier it came from; None: it was made for this fetch."""

    value: T
    hit: Hit


class _Loaded(Struct, frozen=True, kw_only=True):
    entry: Entry
    hit: Hit
    reading: Reading | None
    began: float


class Cache:
    """Serves values that need not be made again; one process makes a value once at a time.

    After `invalidate` this process serves nothing made before; other processes stop within
    `recheck_s`, or `l1_ttl_s` while they can't reach L2, which they ask again after `retry_s`.
    Processes may make the same value at the same time: that costs less than a lock a miss would.
    Values are shared by all who fetch them and must not be changed.
    """

    def __init__(
        self,
        store: CacheStore,
        *,
        clock: Clock,
        secret: bytes,
        most: int = 1500,
        l1_ttl_s: float = 45.0,
        recheck_s: float = 1.0,
        retry_s: float = 1.0,
    ) -> None:
        self._store = store
        self._now = clock.monotonic
        self._seal = Seal(secret)
        self._l1_ttl_s = l1_ttl_s
        self._recheck_s = recheck_s
        self._retry_s = retry_s
        self._shelf = Shelf(most=most, timer=clock.monotonic)
        self._seen: dict[tuple[str, ...], tuple[float, Generations]] = {}
        self._flights: dict[str, Flight] = {}
        self._era = 0
        self._ask_again_at = 0.0
        self._counts = Counters()

    async def fetch(
        self,
        kind: Kind,
        key: str,
        make: Callable[[], Awaitable[T]],
        *,
        type: type[T],  # noqa: A002 - it is what the value is decoded as
        tags: tuple[str, ...] = (),
    ) -> Fetched[T]:
        """Return the value under `key` (see `cache_key`), made by `make` when no tier has it.

        Its tags are its kind and `tags`. Raises what `make` raises, nothing else; who waits for
        another's `make` that is Overloaded calls their own.
        """
        waited = 0
        entry = self._shelf.find(key)
        while True:
            if entry is not None and (self._holds(entry) or await self._still_holds(entry)):
                self._counts.l1_hits += 1
                self._counts.joined += waited
                return Fetched(entry.value, "l1")
            flight = self._flights.get(key)
            if flight is None:
                return await self._lead(kind, key, make, type, (kind, *tags))
            waited = 1
            entry = await flight.landed()

    async def invalidate(self, tag: str) -> int:
        """Have nothing that carries `tag` served any more; return how many values L2 had of it.

        Raises CacheUnavailable: other processes may then serve old values until they expire.
        """
        try:
            return await self._store.invalidate(tag)
        finally:
            self._era += 1
            self._flights.clear()
            self._shelf.drop(tag)

    async def clear(self) -> int:
        """Invalidate all kinds; return how many values L2 had. Raises CacheUnavailable."""
        return sum([await self.invalidate(kind) for kind in Kind])

    def stats(self) -> CacheStats:
        """Return the counts of this process."""
        counts = self._counts
        return CacheStats(
            l1=TierStats(
                hits=counts.l1_hits,
                misses=counts.l2_hits + counts.made,
                evictions=self._shelf.evictions,
            ),
            l2=TierStats(
                hits=counts.l2_hits, misses=counts.l2_misses, evictions=counts.l2_evictions
            ),
            entries=len(self._shelf),
            joined=counts.joined,
            poisoned=counts.poisoned,
            unavailable=counts.unavailable,
        )

    def _holds(self, entry: Entry) -> bool:
        seen = self._seen.get(entry.tags)
        return (
            seen is not None
            and self._now() < seen[0] + self._recheck_s
            and seen[1] == entry.generations
        )

    async def _still_holds(self, entry: Entry) -> bool:
        began = self._now()
        generations = await self._asked(lambda: self._store.generations(entry.tags))
        if generations is None:
            # what was made for another fetch, or while L2 was asked, may be too old by now
            return self._now() < entry.expires_at
        self._saw(entry.tags, generations, began=began)
        return generations == entry.generations

    async def _lead(
        self,
        kind: Kind,
        key: str,
        make: Callable[[], Awaitable[T]],
        type_: type[T],
        tags: tuple[str, ...],
    ) -> Fetched[T]:
        flight = self._flights[key] = Flight(self._era)
        entry: Entry | None = None
        try:
            loaded = await self._load(key, make, type_, tags)
            if flight.era == self._era:
                entry = self._shelf[key] = loaded.entry
        except Overloaded:
            raise  # there may be room for one of those who wait, under their own name
        except Exception as error:
            flight.crash(error)
            raise
        finally:
            if self._flights.get(key) is flight:
                del self._flights[key]
            flight.land(entry)
        if loaded.hit is None and flight.era == self._era:
            await self._keep(kind, key, loaded)
        return Fetched(loaded.entry.value, loaded.hit)

    async def _load(
        self, key: str, make: Callable[[], Awaitable[T]], type_: type[T], tags: tuple[str, ...]
    ) -> _Loaded:
        began = self._now()
        reading = await self._asked(lambda: self._store.read(key, tags))
        value: T | None = None
        hit: Hit = None
        if reading is not None:
            self._saw(tags, reading.generations, began=began)
            hit, value = self._opened(key, reading, type_)
        if hit is None:
            value = await make()
            self._counts.made += 1
        entry = Entry(
            value=value,
            tags=tags,
            generations=reading.generations if reading else None,
            expires_at=began + self._l1_ttl_s,
        )
        return _Loaded(entry=entry, hit=hit, reading=reading, began=began)

    def _opened(self, key: str, reading: Reading, type_: type[T]) -> tuple[Hit, T | None]:
        if reading.data is not None:
            try:
                generations, value = self._seal.open(key, reading.data, type_)
            except Poisoned:
                self._counts.poisoned += 1
            else:
                if generations == reading.generations:
                    self._counts.l2_hits += 1
                    return "l2", value
        self._counts.l2_misses += 1
        return None, None

    async def _keep(self, kind: Kind, key: str, loaded: _Loaded) -> None:
        reading, tags = loaded.reading, loaded.entry.tags
        if reading is None:
            return
        data = self._seal.close(key, reading.generations, loaded.entry.value)
        ttl_ms = kind.ttl_s * 1000
        took_ms = (self._now() - loaded.began) * 1000

        async def write() -> int:
            return await self._store.write(key, data, tags=tags, ttl_ms=ttl_ms) or 0

        written_ms = await self._asked(write)
        # written since we looked, it is another process's value of the same moment
        if reading.data is None and written_ms is not None and written_ms > took_ms:
            self._counts.l2_evictions += 1

    async def _asked(self, question: Callable[[], Awaitable[T]]) -> T | None:
        """Return L2's answer, or None while it does not answer."""
        if self._now() >= self._ask_again_at:
            try:
                return await question()
            except CacheUnavailable:
                self._ask_again_at = self._now() + self._retry_s
        self._counts.unavailable += 1
        return None

    def _saw(self, tags: tuple[str, ...], generations: Generations, *, began: float) -> None:
        if len(self._seen) >= _MOST_SEEN:
            self._seen.clear()
        self._seen[tags] = (began, generations)
