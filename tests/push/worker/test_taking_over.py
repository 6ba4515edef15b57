"""Who takes a row over from a worker that was killed."""

import pytest
from msgspec import structs

from push.documents import OUTBOX, Delivery
from sessions.stores.sqlite import SqliteDocuments
from tests.clocks import FakeClock
from tests.push.phones import Office

LEASE_S = 30.0


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
