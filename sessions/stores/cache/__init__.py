"""What is worked out once and served again: in this process, and over all of them."""

from .keys import Kind, cache_key
from .port import CacheStore, Reading
from .stats import CacheStats, TierStats
from .tiers import Cache, Fetched, Hit

__all__ = [
    "Cache",
    "CacheStats",
    "CacheStore",
    "Fetched",
    "Hit",
    "Kind",
    "Reading",
    "TierStats",
    "cache_key",
]
