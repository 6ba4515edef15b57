"""What was read is taken back, also when that takes a while."""

import asyncio
from typing import Any

from app.pushing.reach import PushReach
from push.devices import device_id_of
from sessions.errors import StoreUnavailable
from sessions.tasks import Tasks
from tests.virtual_time import in_virtual_time


class Away:
    """An outbox whose store is away for some reads."""

    def __init__(self, times: int) -> None:
        self._times = times
        self.taken_back: list[tuple[str, str, int]] = []
        self.read_on: list[str] = []

    async def read(self, user_id: str, session_id: str, number: int, *, device_id: str) -> int:
        if self._times:
            self._times -= 1
            raise StoreUnavailable("away")
        self.taken_back.append((user_id, session_id, number))
        self.read_on.append(device_id)
        return 1


def reach_of(outbox: Any) -> PushReach:
    nobody: Any = None
    return PushReach(
        documents=nobody,
        settings=nobody,
        presence=nobody,
        outbox=outbox,
        tasks=Tasks(lambda name, error: None),
    )


@in_virtual_time
async def test_g3_the_device_that_it_was_read_on_is_spared() -> None:
    outbox: Any = Away(0)
    reach = reach_of(outbox)
    reach.read("u1", "s1", 1, "phone-1")
    reach.read("u1", "s2", 1)
    await asyncio.sleep(1)
    assert outbox.read_on == [device_id_of("phone-1"), ""]


@in_virtual_time
async def test_g3_what_was_read_while_the_store_was_away_is_taken_back_later() -> None:
    outbox: Any = Away(4)
    reach = reach_of(outbox)
    reach.read("u1", "s1", 3)
    await asyncio.sleep(60)
    assert outbox.taken_back == []
    await asyncio.sleep(30)
    assert outbox.taken_back == [("u1", "s1", 3)]


@in_virtual_time
async def test_g3_of_reads_in_any_order_the_furthest_is_taken_back() -> None:
    outbox: Any = Away(0)
    reach = reach_of(outbox)
    for number in (6, 5):
        reach.read("u1", "s1", number)
    await asyncio.sleep(1)
    assert ("u1", "s1", 6) in outbox.taken_back


@in_virtual_time
async def test_g3_an_outage_is_waited_out_once_a_session_and_not_for_ever() -> None:
    outbox: Any = Away(1000)
    reach = reach_of(outbox)
    for number in range(1, 50):
        reach.read("u1", "s1", number)
    await asyncio.sleep(1000)
    tried = 1000 - outbox._times
    assert tried == 6, "only the furthest goes on"
    assert reach._read_upto == {}
