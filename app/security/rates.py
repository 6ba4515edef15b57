"""How often things may be done; the defaults of protocol 2.1, section 6."""

from contextvars import ContextVar

from sessions.errors import RateLimited
from sessions.stores.limits import Charge, Limits, Rate, Standing

__all__ = [
    "ADDRESS",
    "ANONYMOUS",
    "BULK",
    "CHAT",
    "CONNECT",
    "OPEN",
    "PROCESS",
    "READ",
    "REFRESH",
    "SEND",
    "SESSION",
    "SITE",
    "STANDINGS",
    "VISITOR",
    "WRITE",
    "of_network",
    "of_session",
    "spend",
]

SEND = Rate(name="send", per_minute=60, burst=30)
SESSION = Rate(name="session", per_minute=45, burst=30)
ADDRESS = Rate(name="address", per_minute=1200, burst=600)
WRITE = Rate(name="write", per_minute=120, burst=60)
READ = Rate(name="read", per_minute=600, burst=120)
CONNECT = Rate(name="connect", per_minute=60, burst=40)
ANONYMOUS = Rate(name="anonymous", per_minute=60, burst=60)
VISITOR = Rate(name="visitor", per_minute=30, burst=30)
SITE = Rate(name="site", per_minute=1200, burst=600)
CHAT = Rate(name="chat", per_minute=30, burst=30)
PROCESS = Rate(name="process", per_minute=120, burst=60)
BULK = Rate(name="bulk", per_minute=120, burst=200)
OPEN = Rate(name="open", per_minute=6000, burst=3000)
REFRESH = Rate(name="refresh", per_minute=10, burst=10)

# what the HTTP request being answered has spent, for its headers
STANDINGS: ContextVar[list[Standing] | None] = ContextVar("standings", default=None)


def of_session(user_id: str, session_id: str | None) -> list[Charge]:
    """Return what a message costs its session; nothing when it makes a new one."""
    return [Charge(rate=SESSION, who=user_id, part=session_id[:64])] if session_id else []


def of_network(network: str | None) -> list[Charge]:
    """Return what a message or a connection costs the network it comes from, if it is known."""
    return [Charge(rate=ADDRESS, who=network)] if network else []


async def spend(
    limits: Limits, rate: Rate, who: str, *more: Charge, cost: int = 1, quiet: bool = False
) -> None:
    """Count `cost`, and all that is charged more, or nothing.

    When `quiet`, the headers of an answer tell of it only where it is refused: they cost as much
    as a cheap answer itself. Raises RateLimited with the time to wait.
    """
    verdict = await limits.take(Charge(rate=rate, who=who, cost=cost), *more)
    if (not quiet or verdict.wait_ms) and (standings := STANDINGS.get()) is not None:
        standings.extend(verdict.standings)
    if verdict.wait_ms:
        spent = [each.rate.name for each in verdict.standings if not each.remaining]
        names = ", ".join(spent or [rate.name])
        raise RateLimited(f"too many at once ({names})", retry_after_ms=verdict.wait_ms)
