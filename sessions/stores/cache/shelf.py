"""The tier in this process (L1): the values used last, for a while."""

from collections.abc import Callable
from typing import Any

from cachetools import TLRUCache
from msgspec import Struct

from .port import Generations

__all__ = ["Entry", "Shelf"]


class Entry(Struct, frozen=True, kw_only=True):
    """A value and what it was made under; no `generations`: L2 could not be asked.

    `expires_at` is in seconds of the clock's monotonic time, `owner` whose words it was made from.
    """

    value: Any
    tags: tuple[str, ...]
    generations: Generations | None
    expires_at: float
    owner: str = ""


class Shelf(TLRUCache[str, Entry]):
    """At most `most` entries; the one unused for longest makes room, an expired one before it."""

    def __init__(self, *, most: int, timer: Callable[[], float]) -> None:
        super().__init__(maxsize=most, ttu=lambda _key, entry, _now: entry.expires_at, timer=timer)
        self.evictions = 0

    def find(self, key: str) -> Entry | None:
        """Return what is under `key`, used now; several times faster than `get`."""
        try:
            return self[key]
        except KeyError:
            return None

    def popitem(self) -> tuple[str, Entry]:
        """Make room, and count it."""
        self.evictions += 1
        return super().popitem()

    def drop(self, tag: str) -> None:
        """Remove all entries of a tag."""
        for key in [key for key, entry in self.items() if tag in entry.tags]:
            self.pop(key, None)

    def drop_owned(self, owner: str) -> None:
        """Remove all entries that were made from an owner's words, and all that have expired."""
        self.expire()
        for key in [key for key, entry in self.items() if entry.owner == owner]:
            self.pop(key, None)
