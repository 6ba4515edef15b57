"""All connections of a process."""

import asyncio

from app.realtime.connections import Connections
from app.security.tokens import Access
from sessions.clock import SystemClock


class Fake:
    def __init__(self) -> None:
        self.left: list[int] = []
        self.drains: list[int] = []

    def leave(self, code: int, reason: str) -> None:
        self.left.append(code)

    def announce_drain(self, reconnect_in_ms: int) -> None:
        self.drains.append(reconnect_in_ms)


def test_one_more_than_allowed_replaces_the_oldest_of_that_user_alone() -> None:
    connections, mine, other = Connections(most=2), [Fake() for _ in range(3)], Fake()
    connections.add("u2", other)
    for each in mine:
        connections.add("u1", each)

    assert [each.left for each in (*mine, other)] == [[4409], [], [], []]
    assert len(connections) == 3


def test_a_connection_that_ended_makes_room() -> None:
    connections, one, two = Connections(most=1), Fake(), Fake()
    connections.add("u1", one)
    connections.remove("u1", one)
    connections.remove("u1", one)
    connections.add("u1", two)

    assert (one.left, len(connections)) == ([], 1)


def test_a_drain_is_told_to_all_who_are_here_and_who_come() -> None:
    connections, early, late = Connections(), Fake(), Fake()
    connections.add("u1", early)
    connections.drain()
    connections.add("u2", late)
    connections.close()

    assert all(200 <= each.drains[0] <= 3000 for each in (early, late))
    assert early.left == late.left == [1012]


async def test_who_drains_waits_for_answers_that_are_being_told_and_for_no_later_ones() -> None:
    connections, clock = Connections(), SystemClock()
    access = Access(user_id="u1", expires_at=round(clock.now().timestamp()) + 60)
    with connections.telling(access, Fake(), clock):
        told = asyncio.create_task(connections.told(deadline_s=10))
        await asyncio.sleep(0)
        late = connections.telling(access, Fake(), clock)
        late.__enter__()
        assert not told.done()
    await told
    late.__exit__(None, None, None)
    await connections.told(deadline_s=10)
    assert len(connections) == 0


async def test_who_drains_waits_no_longer_than_it_may() -> None:
    connections, clock = Connections(), SystemClock()
    access = Access(user_id="u1", expires_at=round(clock.now().timestamp()) + 60)
    with connections.telling(access, Fake(), clock):
        await connections.told(deadline_s=0)
