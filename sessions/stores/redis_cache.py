"""The shared tier of the cache on Redis or Valkey 7: every command and script has one slot."""

import asyncio
from collections.abc import Awaitable, Callable
from hashlib import blake2b, sha1
from pathlib import Path
from secrets import token_bytes
from typing import Any, TypeVar

from redis.asyncio import Redis
from redis.exceptions import NoScriptError, RedisError

from sessions.errors import CacheUnavailable
from sessions.stores.cache.port import Generations, Reading

__all__ = ["RedisCache"]

R = TypeVar("R")
_SOURCE = (Path(__file__).parent / "lua" / "cache_index.lua").read_text()
_SHA = sha1(_SOURCE.encode(), usedforsecurity=False).hexdigest()
_GENERATION_MS = 7 * 24 * 3_600_000
_AT_ONCE = 500


class RedisCache:
    """CacheStore on Redis; what it does not answer within `deadline_s` it does not answer.

    A tag's generation lives for a week, longer than any value. Each tag has an index of its
    values, which is for counting and removing them: what they are worth is told by generations.
    """

    def __init__(self, redis: Redis, *, deadline_s: float = 0.25) -> None:
        self._redis = redis
        self._deadline_s = deadline_s

    async def read(self, key: str, tags: tuple[str, ...]) -> Reading:
        """Return data and generations in one round trip; see CacheStore."""

        async def ask() -> Reading:
            pipe = self._redis.pipeline(transaction=False)
            pipe.get(_value(key))
            for tag in tags:
                pipe.get(_generation(tag))
            data, *found = await pipe.execute()
            return Reading(data, await self._complete(tags, found))

        return await self._guard(ask)

    async def generations(self, tags: tuple[str, ...]) -> Generations:
        """Return the generations of tags; see CacheStore."""

        async def ask() -> Generations:
            pipe = self._redis.pipeline(transaction=False)
            for tag in tags:
                pipe.get(_generation(tag))
            return await self._complete(tags, await pipe.execute())

        return await self._guard(ask)

    async def write(
        self, key: str, data: bytes, *, tags: tuple[str, ...], ttl_ms: int, owner: str = ""
    ) -> int | None:
        """Keep data and note it under its tags and its owner; see CacheStore."""

        async def send() -> list[Any]:
            pipe = self._redis.pipeline(transaction=False)
            pipe.set(_value(key), data, px=ttl_ms)
            for tag in tags:
                pipe.evalsha(_SHA, 1, _index(tag), key, ttl_ms)
            if owner:
                pipe.evalsha(_SHA, 1, _index(_owned(owner)), key, ttl_ms)
            return list(await pipe.execute())

        async def ask() -> list[Any]:
            try:
                return await send()
            except NoScriptError:
                await self._redis.script_load(_SOURCE)
                return await send()

        ages = (await self._guard(ask))[1 : 1 + len(tags)]
        return min(ages) if min(ages) >= 0 else None

    async def invalidate(self, tag: str) -> int:
        """Begin a new generation, then remove what the index holds; see CacheStore."""

        async def begin() -> int:
            await self._redis.set(_generation(tag), token_bytes(8), px=_GENERATION_MS)
            return int(await self._redis.zcard(_index(tag)))

        left, removed = await self._guard(begin), 0
        while left > 0:
            removed += await self._guard(lambda: self._remove(tag))
            left -= _AT_ONCE
        return removed

    async def remove(self, owner: str) -> int:
        """Remove what the owner's index holds; see CacheStore."""
        tag = _owned(owner)
        left, removed = await self._guard(lambda: self._size(tag)), 0
        while left > 0:
            removed += await self._guard(lambda: self._remove(tag))
            left -= _AT_ONCE
        return removed

    async def _size(self, tag: str) -> int:
        return int(await self._redis.zcard(_index(tag)))

    async def _remove(self, tag: str) -> int:
        popped: Any = await self._redis.zpopmin(_index(tag), _AT_ONCE)
        pipe = self._redis.pipeline(transaction=False)
        for key, _ in popped:
            pipe.unlink(_value(key.decode()))
        return sum(await pipe.execute())

    async def _complete(self, tags: tuple[str, ...], found: list[bytes | None]) -> Generations:
        """Begin a generation for tags that have none; who comes first is right."""
        missing = [tag for tag, generation in zip(tags, found, strict=True) if generation is None]
        if not missing:
            return tuple(each for each in found if each is not None)
        fresh = [token_bytes(8) for _ in missing]
        pipe = self._redis.pipeline(transaction=False)
        for tag, generation in zip(missing, fresh, strict=True):
            pipe.set(_generation(tag), generation, nx=True, get=True, px=_GENERATION_MS)
        begun = iter(zip(await pipe.execute(), fresh, strict=True))
        return tuple(_first(each) if each else _first(*next(begun)) for each in found)

    async def _guard(self, call: Callable[[], Awaitable[R]]) -> R:
        try:
            async with asyncio.timeout(self._deadline_s):
                return await call()
        except (RedisError, OSError, TimeoutError) as error:
            raise CacheUnavailable(f"the shared cache failed: {type(error).__name__}") from error


def _first(*candidates: bytes | None) -> bytes:
    return next(each for each in candidates if each)


def _value(key: str) -> str:
    return f"ion:cache:{{{key}}}"


def _generation(tag: str) -> str:
    return f"ion:cache:{{{_slot(tag)}}}:generation"


def _index(tag: str) -> str:
    return f"ion:cache:{{{_slot(tag)}}}:index"


def _owned(owner: str) -> str:
    """Return the tag of an owner's index, which has no generation."""
    return f"owner {owner}"


def _slot(tag: str) -> str:
    """A tag may hold anything, braces and user ids too."""
    return blake2b(tag.encode(), digest_size=16).hexdigest()
