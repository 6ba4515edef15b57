"""Which answer is the first that a reader has not seen whole."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from schemas.frames import Delta, LogFrame, TurnDone, TurnFailed, TurnStarted
from schemas.resources import Usage
from sessions.ends import Unseen, first_unseen
from sessions.stores.log import Batch, Lease
from sessions.stores.redis_client import redis_client
from sessions.stores.redis_log import RedisLog
from tests.clocks import FakeClock
from tests.sessions.turns import AT

_encode = msgspec.json.Encoder().encode


def log_of(*turns: tuple[str, int, str]) -> list[LogFrame]:
    """Frames of turns given as id, number of deltas and end: done, failed or nothing."""
    frames: list[LogFrame] = []

    def put(type_: type, **fields: object) -> None:
        frames.append(type_(session_id="s1", seq=len(frames) + 1, at=AT, **fields))

    for turn_id, deltas, end in turns:
        put(TurnStarted, turn_id=turn_id, message_ids=("m",), attempt=1)
        for _ in range(deltas):
            put(Delta, turn_id=turn_id, message_id="a", text="x")
        if end == "failed":
            put(TurnFailed, turn_id=turn_id, code="internal", message="", retryable=True)
        elif end:
            put(
                TurnDone,
                turn_id=turn_id,
                message_id="a",
                persona="lua",
                text="x" * deltas,
                finish_reason="stop",
                usage=Usage(prompt_tokens=0, completion_tokens=0),
                model="m",
                memories_used=(),
            )
    return frames


class Log:
    def __init__(self, store: RedisLog, epoch: str) -> None:
        self.store = store
        self.epoch = epoch

    async def unseen(self, seq: int, epoch: str | None = None) -> Unseen | None:
        return await first_unseen(self.store, "s1", epoch=epoch or self.epoch, seq=seq)


@pytest.fixture
async def store(redis_url: str) -> AsyncIterator[RedisLog]:
    redis = redis_client(redis_url)
    yield RedisLog(redis, process="p1", clock=FakeClock())
    await redis.aclose()


async def written(store: RedisLog, frames: list[LogFrame]) -> Log:
    lease = await store.acquire("s1")
    assert isinstance(lease, Lease)
    starts = [frame.seq for frame in frames if isinstance(frame, TurnStarted)]
    await store.append(
        [
            Batch(
                lease=lease,
                epoch=lease.head.epoch,
                first=1,
                turn_seq=starts[-1],
                frames=[_encode(frame) for frame in frames],
            )
        ]
    )
    return Log(store, lease.head.epoch)


@pytest.mark.parametrize(
    ("seq", "turn_id"), [(0, "t1"), (3, "t1"), (4, "t2"), (7, "t2"), (8, "t3"), (9, "t3")]
)
async def test_the_first_end_behind_the_place_counts(
    store: RedisLog, seq: int, turn_id: str
) -> None:
    log = await written(store, log_of(("t1", 2, "done"), ("t2", 2, "failed"), ("t3", 1, "")))

    assert await log.unseen(seq) == Unseen(turn_id=turn_id)


async def test_at_the_end_of_a_log_in_which_all_ended_nothing_is_unseen(store: RedisLog) -> None:
    log = await written(store, log_of(("t1", 2, "done")))

    assert await log.unseen(4) == Unseen(turn_id=None)
    assert await log.unseen(99) == Unseen(turn_id=None)


async def test_long_answers_are_read_over_in_pages(store: RedisLog) -> None:
    log = await written(store, log_of(("t1", 1200, "done"), ("t2", 1200, "")))

    assert await log.unseen(0) == Unseen(turn_id="t1")
    assert await log.unseen(1500) == Unseen(turn_id="t2")


async def test_another_epoch_or_trimmed_frames_tell_nothing(
    store: RedisLog, redis_url: str
) -> None:
    log = await written(store, log_of(("t1", 2, "done"), ("t2", 2, "done")))
    redis = redis_client(redis_url)
    await redis.xtrim("{s1}:log", minid="6-0", approximate=False)
    await redis.aclose()

    assert await log.unseen(3, epoch="other") is None
    assert await log.unseen(2) is None
    assert await log.unseen(5) == Unseen(turn_id="t2")
