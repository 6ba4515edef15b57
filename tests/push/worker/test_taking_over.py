"""Who takes a row over from a worker that was killed."""

import asyncio

import pytest
from msgspec import structs

from push.documents import OUTBOX, Delivery, DeviceDocument
from push.message import PushMessage
from push.requests import Simple
from sessions.stores.sqlite import SqliteDocuments
from tests.clocks import FakeClock
from tests.push.phones import Office

LEASE_S = 30.0


class Waiting:
    """Passes the contract of push.ports.Sender; there is never any room."""

    def __init__(self) -> None:
        self.waits = asyncio.Event()

    async def prepare(self, device: DeviceDocument, message: PushMessage) -> Simple:
        """Wait in vain."""
        self.waits.set()
        never: asyncio.Future[Simple] = asyncio.get_running_loop().create_future()
        return await never

    async def aclose(self) -> None:
        """Close nothing."""


@pytest.fixture
def office(documents: SqliteDocuments, clock: FakeClock) -> Office:
    return Office(documents, clock, lease_s=LEASE_S, send_s=20.0, poll_s=1.0)


async def test_g2_one_that_came_late_leaves_it_to_one_that_saw_the_whole_lease(
    office: Office, clock: FakeClock
) -> None:
    phone = await office.phone()
    row = await office.reply(1)
    now = clock.now()
    begun = Delivery(device_id=phone.id, state="sending", attempts=1, first_at=now)
    killed = structs.replace(row, state="sending", attempts=1, deliveries=(begun,))
    clock.advance(LEASE_S)
    await office.documents.replace(OUTBOX, structs.replace(killed, due_at=clock.now()))
    clock.advance(-LEASE_S)

    await office.work()
    clock.advance(LEASE_S)
    late = office.hire(office.phones)
    await late.run_once()
    assert office.phones.requests == []
    clock.advance(1)
    await office.work()
    assert len(office.phones.requests) == 1
    assert (await office.row(row)).state == "sent"


async def test_g2_those_that_die_before_they_ask_leave_no_doubt_and_no_lease(
    office: Office, clock: FakeClock
) -> None:
    await office.phone()
    row = await office.reply(1)
    for _ in range(5):
        waiting = Waiting()
        dead = asyncio.get_running_loop().create_task(office.hire(waiting).run_once())
        await waiting.waits.wait()
        dead.cancel()
        assert (await office.row(row)).state == "pending"
        clock.advance(10)
    await office.work()
    told = await office.row(row)
    assert len(office.phones.requests) == 1
    assert [(each.state, each.doubts) for each in told.deliveries] == [("accepted", 0)]
