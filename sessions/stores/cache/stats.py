"""What a cache counts."""

from msgspec import Struct

__all__ = ["CacheStats", "Counters", "TierStats"]


class Counters(Struct):
    """Counts of one process since its start."""

    l1_hits: int = 0
    l2_hits: int = 0
    l2_misses: int = 0
    l2_evictions: int = 0
    made: int = 0
    joined: int = 0
    poisoned: int = 0
    unavailable: int = 0


class TierStats(Struct, frozen=True, kw_only=True):
    """One tier: `evictions` are values that made room for others before their time."""

    hits: int
    misses: int
    evictions: int

    @property
    def hit_rate(self) -> float:
        """Return hits per question to this tier, 0 to 1."""
        return self.hits / max(1, self.hits + self.misses)


class CacheStats(Struct, frozen=True, kw_only=True):
    """What this process counted since its start.

    `entries` is how many values L1 holds now. An eviction of L2 is counted when its value is made
    again. `joined` of L1's hits waited for a value that was being made, `poisoned` values of L2
    could not be read, `unavailable` counts questions that L2 did not answer or was not asked.
    """

    l1: TierStats
    l2: TierStats
    entries: int
    joined: int
    poisoned: int
    unavailable: int

    @property
    def hit_rate(self) -> float:
        """Return the share of fetches that either tier served, 0 to 1."""
        return (self.l1.hits + self.l2.hits) / max(1, self.l1.hits + self.l1.misses)
