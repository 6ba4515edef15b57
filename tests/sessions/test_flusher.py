"""The flusher, over a store that can fail."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from sessions.errors import LogUnavailable
from sessions.flusher import Flusher
from sessions.stores.log import Batch, Flushed, Head, Lease


class Store:
    """Takes batches as the real store does, or is away, or answers what it is told."""

    def __init__(self) -> None:
        self.frames: dict[str, list[bytes]] = {}
        self.calls = 0
        self.away = False
        self.answer: Flushed = "ok"

    async def append(self, batches: Sequence[Batch]) -> list[Flushed]:
        self.calls += 1
        await asyncio.sleep(0)
        if self.away:
            raise LogUnavailable
        if self.answer in ("ok", "rung"):
            for batch in batches:
                log = self.frames.setdefault(batch.lease.session_id, [])
                assert batch.first == len(log) + 1
                log.extend(batch.frames)
        return [self.answer] * len(batches)


class Outcomes:
    def __init__(self) -> None:
        self.kept: list[int] = []
        self.lost: list[Flushed] = []


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def flusher(store: Store) -> Flusher:
    return Flusher(store, window_ms=0, alone_ms=0, retry_s=0, most=3)  # type: ignore[arg-type]


async def until_settled(flusher: Flusher) -> None:
    if (settling := flusher.settling("s1")) is not None:
        await settling


@pytest.fixture
def outcomes() -> Outcomes:
    return Outcomes()


def lease(session_id: str = "s1") -> Lease:
    head = Head(epoch="e1", seq=0, turn_seq=0)
    return Lease(session_id=session_id, owner="p1", fence=1, head=head, fresh=True)


def add(flusher: Flusher, outcomes: Outcomes, seq: int, **changes: Any) -> None:
    fields: dict[str, Any] = {"epoch": "e1", "turn_seq": 0, "data": b"%d" % seq} | changes
    owned = fields.pop("lease", lease())
    flusher.add(owned, seq=seq, kept=outcomes.kept.append, lost=outcomes.lost.append, **fields)


async def test_all_sessions_go_in_one_round_trip(
    flusher: Flusher, store: Store, outcomes: Outcomes
) -> None:
    for session_id in ("s1", "s2"):
        add(flusher, outcomes, 1, lease=lease(session_id))

    await flusher.flush()

    assert store.frames == {"s1": [b"1"], "s2": [b"1"]}
    assert store.calls == 1


async def test_nothing_is_lost_while_the_store_is_away(
    flusher: Flusher, store: Store, outcomes: Outcomes
) -> None:
    task = asyncio.get_running_loop().create_task(flusher.run())
    store.away = True
    for seq in range(1, 8):
        add(flusher, outcomes, seq)
        await asyncio.sleep(0)
    while store.calls < 3:
        await asyncio.sleep(0)
    store.away = False

    await until_settled(flusher)
    task.cancel()

    assert store.frames["s1"] == [b"%d" % seq for seq in range(1, 8)]
    assert outcomes.kept[-1] == 7
    assert outcomes.lost == []


@pytest.mark.parametrize("why", ["fenced", "gap"])
async def test_frames_that_can_not_be_kept_are_told_of(
    flusher: Flusher, store: Store, outcomes: Outcomes, why: Flushed
) -> None:
    store.answer = why
    add(flusher, outcomes, 1)
    settled = asyncio.get_running_loop().create_task(until_settled(flusher))
    await asyncio.sleep(0)

    await flusher.flush()
    await settled

    assert outcomes.lost == [why]


async def test_frames_of_a_new_epoch_replace_those_of_the_old_one(
    flusher: Flusher, store: Store, outcomes: Outcomes
) -> None:
    add(flusher, outcomes, 5)
    old = asyncio.get_running_loop().create_task(until_settled(flusher))
    await asyncio.sleep(0)
    add(flusher, outcomes, 1, epoch="e2", data=b"new")
    await old

    await flusher.flush()

    assert store.frames == {"s1": [b"new"]}


async def written(flusher: Flusher, store: Store, outcomes: Outcomes) -> list[bytes]:
    """Return what of two frames, given one after the other, is in the store after ten windows."""
    task = asyncio.get_running_loop().create_task(flusher.run())
    add(flusher, outcomes, 1)
    while not store.frames:
        await asyncio.sleep(0)
    add(flusher, outcomes, 2)
    for _ in range(10):
        await asyncio.sleep(0.001)
    task.cancel()
    return list(store.frames["s1"])


@pytest.mark.parametrize(("answer", "expected"), [("ok", [b"1"]), ("rung", [b"1", b"2"])])
async def test_a_session_that_nobody_else_reads_is_written_less_often(
    store: Store, outcomes: Outcomes, answer: Flushed, expected: list[bytes]
) -> None:
    store.answer = answer
    flusher = Flusher(store, window_ms=0, alone_ms=60_000)  # type: ignore[arg-type]

    assert await written(flusher, store, outcomes) == expected


async def test_who_waits_for_the_store_waits_no_longer_than_a_window(
    store: Store, outcomes: Outcomes
) -> None:
    flusher = Flusher(store, window_ms=0, alone_ms=60_000)  # type: ignore[arg-type]
    task = asyncio.get_running_loop().create_task(flusher.run())
    for seq in (1, 2):
        add(flusher, outcomes, seq)
        await asyncio.wait_for(until_settled(flusher), 5)
    add(flusher, outcomes, 3)

    await asyncio.wait_for(until_settled(flusher), 5)

    assert store.frames["s1"] == [b"1", b"2", b"3"]
    task.cancel()


async def test_a_session_with_nothing_to_flush_is_settled(flusher: Flusher) -> None:
    await asyncio.wait_for(until_settled(flusher), 1)


async def test_who_does_not_wait_any_more_may_end_it(flusher: Flusher, outcomes: Outcomes) -> None:
    add(flusher, outcomes, 1)
    settling = flusher.settling("s1")
    assert settling is not None
    settling.set_result(None)

    await flusher.flush()

    assert flusher.settling("s1") is None
