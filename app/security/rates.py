"""How often things may be done; the defaults of protocol 2.1, section 6."""

from sessions.errors import RateLimited
from sessions.stores.limits import Limits, Rate

__all__ = ["ANONYMOUS", "CONNECT", "REFRESH", "SEND", "WRITE", "spend"]

SEND = Rate(name="send", per_minute=60, burst=30)
WRITE = Rate(name="write", per_minute=120, burst=60)
CONNECT = Rate(name="connect", per_minute=60, burst=40)
ANONYMOUS = Rate(name="anonymous", per_minute=60, burst=60)
REFRESH = Rate(name="refresh", per_minute=10, burst=10)


async def spend(limits: Limits, rate: Rate, who: str) -> None:
    """Count one; raises RateLimited with the time to wait."""
    if wait_ms := await limits.take(rate, who):
        raise RateLimited(f"too many at once ({rate.name})", retry_after_ms=wait_ms)
