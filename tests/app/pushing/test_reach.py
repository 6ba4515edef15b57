"""What was read is taken back, also when that takes a while."""

import asyncio
from typing import Any

from app.pushing.reach import PushReach
from sessions.errors import StoreUnavailable
from sessions.tasks import Tasks
from tests.virtual_time import in_virtual_time


class Away:
    """An outbox whose store is away for some reads."""

    def __init__(self, times: int) -> None:
        self._times = times
        self.taken_back: list[tuple[str, str, int]] = []

    async def read(self, user_id: str, session_id: str, number: int, *, device_id: str) -> int:
        if self._times:
            self._times -= 1
            raise StoreUnavailable("away")
        self.taken_back.append((user_id, session_id, number))
        return 1


@in_virtual_time
async def test_g3_what_was_read_while_the_store_was_away_is_taken_back_later() -> None:
    outbox: Any = Away(4)
    nobody: Any = None
    reach = PushReach(
        documents=nobody,
        settings=nobody,
        presence=nobody,
        outbox=outbox,
        tasks=Tasks(lambda name, error: None),
    )
    reach.read("u1", "s1", 3)
    await asyncio.sleep(60)
    assert outbox.taken_back == []
    await asyncio.sleep(30)
    assert outbox.taken_back == [("u1", "s1", 3)]
