"""The port to rate limits."""

from typing import Protocol

from msgspec import Struct

__all__ = ["Limits", "Rate"]


class Rate(Struct, frozen=True, kw_only=True):
    """At most `burst` at once, and `per_minute` in the long run."""

    name: str
    per_minute: int
    burst: int


class Limits(Protocol):
    """Counts what users and addresses do, over all processes."""

    async def take(self, rate: Rate, who: str) -> int:
        """Count one and return 0, or the milliseconds until one more is allowed.

        Answers 0 when the store is away: a limit protects the service, it must not end it.
        """
        ...
