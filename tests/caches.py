"""The cache's shared tier in memory; it passes the contract in tests/contracts/test_cache.py."""

import asyncio
from secrets import token_bytes

from sessions.clock import Clock
from sessions.errors import CacheUnavailable
from sessions.stores.cache import Reading

__all__ = ["MemoryCache"]


class MemoryCache:
    """CacheStore of processes that share this object; while `away` it answers nobody.

    Every call lets others run before it is carried out and before it returns, as a real one does.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.away = False
        self.data: dict[str, tuple[float, bytes]] = {}
        self._generations: dict[str, bytes] = {}
        self._index: dict[str, dict[str, tuple[float, float]]] = {}

    async def read(self, key: str, tags: tuple[str, ...]) -> Reading:
        """Return data and generations; see CacheStore."""
        await self._travel()
        ends, data = self.data.get(key, (0.0, None))
        live = data if self._clock.monotonic() < ends else None
        reading = Reading(live, self._of(tags))
        await self._travel()
        return reading

    async def generations(self, tags: tuple[str, ...]) -> tuple[bytes, ...]:
        """Return generations; see CacheStore."""
        await self._travel()
        found = self._of(tags)
        await self._travel()
        return found

    async def write(
        self, key: str, data: bytes, *, tags: tuple[str, ...], ttl_ms: int, owner: str = ""
    ) -> int | None:
        """Keep data; see CacheStore."""
        await self._travel()
        now = self._clock.monotonic()
        noted = [self._index.setdefault(tag, {}) for tag in tags]
        ages = [now - at for at, ends in (i.get(key, (now, now)) for i in noted) if now < ends]
        for index in noted:
            index[key] = (now, now + ttl_ms / 1000)
        self.data[key] = (now + ttl_ms / 1000, data)
        if owner:
            self._index.setdefault(f"owner {owner}", {})[key] = (now, now + ttl_ms / 1000)
        await self._travel()
        return int(min(ages) * 1000) if len(ages) == len(tags) else None

    async def invalidate(self, tag: str) -> int:
        """Begin a generation and remove; see CacheStore."""
        await self._travel()
        self._generations[tag] = token_bytes(8)
        now = self._clock.monotonic()
        removed = [self.data.pop(key, (0.0, b"")) for key in self._index.pop(tag, {})]
        await self._travel()
        return sum(now < ends for ends, _ in removed)

    async def remove(self, owner: str) -> int:
        """Remove what an owner's words made; see CacheStore."""
        await self._travel()
        now = self._clock.monotonic()
        removed = [self.data.pop(key, (0.0, b"")) for key in self._index.pop(f"owner {owner}", {})]
        await self._travel()
        return sum(now < ends for ends, _ in removed)

    def forget(self) -> None:
        """Lose everything, as a store without a disk does when it dies."""
        self.data.clear()
        self._generations.clear()
        self._index.clear()

    def _of(self, tags: tuple[str, ...]) -> tuple[bytes, ...]:
        return tuple(self._generations.setdefault(tag, token_bytes(8)) for tag in tags)

    async def _travel(self) -> None:
        await asyncio.sleep(0)
        if self.away:
            raise CacheUnavailable
