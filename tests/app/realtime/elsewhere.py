"""Frames that another process wrote into a session's log."""

import msgspec

from sessions.clock import SystemClock
from sessions.stores.log import Batch, Lease
from sessions.stores.redis_client import redis_client
from sessions.stores.redis_log import RedisLog
from tests.sessions.frames import delta

__all__ = ["written_elsewhere"]


async def written_elsewhere(
    redis_url: str, session_id: str, count: int, *, padding: int = 0
) -> Lease:
    """Write frames to the log as another process does."""
    redis = redis_client(redis_url)
    store = RedisLog(redis, process="elsewhere", clock=SystemClock())
    lease = await store.acquire(session_id)
    assert isinstance(lease, Lease)
    first = lease.head.seq + 1
    frames = [msgspec.json.encode(delta(first + i, f"w{i} " + "x" * padding)) for i in range(count)]
    batch = Batch(lease=lease, epoch=lease.head.epoch, first=first, turn_seq=0, frames=frames)
    [written] = await store.append([batch])
    assert written in ("ok", "rung")
    await store.release(lease)
    await redis.aclose()
    return lease
