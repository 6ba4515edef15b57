"""The port to the tier that all processes share (L2)."""

from typing import Protocol

from msgspec import Struct

__all__ = ["CacheStore", "Generations", "Reading"]

Generations = tuple[bytes, ...]


class Reading(Struct, frozen=True):
    """What is kept under a key, and the generations of the tags that were asked for."""

    data: bytes | None
    generations: Generations


class CacheStore(Protocol):
    """Bytes that all processes share for a while; every method raises CacheUnavailable.

    A tag has a generation, random bytes that change whenever the tag is invalidated or the store
    forgot it; what was written under another generation counts for nothing.
    """

    async def read(self, key: str, tags: tuple[str, ...]) -> Reading:
        """Return the data under `key`, and the generation of each tag, in order."""
        ...

    async def generations(self, tags: tuple[str, ...]) -> Generations:
        """Return the generation of each tag, in order; a tag without one gets one."""
        ...

    async def write(
        self, key: str, data: bytes, *, tags: tuple[str, ...], ttl_ms: int, owner: str = ""
    ) -> int | None:
        """Keep `data` for `ttl_ms` in place of what there was, as made from the `owner`'s words.

        Returns how many ms ago the key was written under all of `tags`, when that was less than
        `ttl_ms` ago and none of them was invalidated since; else None.
        """
        ...

    async def invalidate(self, tag: str) -> int:
        """Give `tag` a new generation, remove what was written under it, and count it."""
        ...

    async def remove(self, owner: str) -> int:
        """Remove what was made from the words of `owner`, and count it; tags stay as they are."""
        ...
