"""Who takes a row over from a worker that was killed."""

import asyncio
from datetime import timedelta

import pytest
from msgspec import structs

from push.documents import OUTBOX, Delivery, DeviceDocument, NotificationDocument
from push.message import PushMessage
from push.ports import Unasked
from push.requests import Simple
from sessions.stores.sqlite import SqliteDocuments
from tests.clocks import FakeClock
from tests.push.phones import Office, Phones

LEASE_S = 30.0
SEND_S = 20.0


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


class Late(Phones):
    """Phones for which there is room only when `goes` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.waits, self.goes = asyncio.Event(), asyncio.Event()

    async def prepare(self, device: DeviceDocument, message: PushMessage) -> Simple | Unasked:
        """Wait for room."""
        self.waits.set()
        await self.goes.wait()
        return await super().prepare(device, message)


async def killed(office: Office, phone: DeviceDocument, number: int) -> NotificationDocument:
    """Return a row whose worker was killed a moment ago, after it said that it sends."""
    row = await office.reply(number, f"s{number}")
    begun = Delivery(device_id=phone.id, state="sending", attempts=1, first_at=office.clock.now())
    due_at = office.clock.now() + timedelta(seconds=LEASE_S)
    sending = structs.replace(row, state="sending", attempts=1, due_at=due_at, deliveries=(begun,))
    return await office.documents.replace(OUTBOX, sending)


@pytest.fixture
def office(documents: SqliteDocuments, clock: FakeClock) -> Office:
    return Office(documents, clock, lease_s=LEASE_S, send_s=SEND_S, poll_s=1.0)


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


async def test_g2_one_that_came_late_keeps_it_from_nobody_who_saw_the_whole_lease(
    office: Office, clock: FakeClock
) -> None:
    phone = await office.phone()
    row = await killed(office, phone, 1)
    await office.work()
    clock.advance(LEASE_S)
    late = Phones()
    await office.hire(late).run_once()
    assert (late.requests, (await office.row(row)).state) == ([], "sending")
    assert (await office.row(row)).due_at > clock.now()
    await office.work()
    assert ((await office.row(row)).state, len(office.phones.requests)) == ("sent", 1)


async def test_g2_an_heir_that_dies_too_costs_no_second_lease(
    office: Office, clock: FakeClock
) -> None:
    phone = await office.phone()
    row = await killed(office, phone, 1)
    waiting = Waiting()
    heir = office.hire(waiting)
    await heir.run_once()
    clock.advance(LEASE_S)
    dead = asyncio.get_running_loop().create_task(heir.run_once())
    await waiting.waits.wait()
    dead.cancel()
    await office.work()
    assert office.phones.requests == []
    clock.advance(LEASE_S - SEND_S)
    await office.work()
    told = await office.row(row)
    assert len(office.phones.requests) == 1
    assert [(each.state, each.doubts) for each in told.deliveries] == [("accepted", 1)]


@pytest.mark.parametrize(("clear", "most"), [(False, 2), (True, 10)])
async def test_g2_a_request_is_made_again_for_the_first_worker_that_dies_and_for_no_other(
    office: Office, clock: FakeClock, clear: bool, most: int
) -> None:
    phone = await office.phone()
    row = await killed(office, phone, 1)
    row = await office.documents.replace(OUTBOX, structs.replace(row, clear=clear))
    heir = office.hire(office.phones)
    hanging: list[asyncio.Task[None]] = []
    begun = asyncio.Event()

    async def hang() -> None:
        begun.set()
        await asyncio.Event().wait()

    office.phones.meanwhile = hang
    for _ in range(most - 1):
        begun.clear()
        await heir.run_once()
        clock.advance(LEASE_S)
        hanging.append(asyncio.get_running_loop().create_task(heir.run_once()))
        await begun.wait()
        hanging[-1].cancel()
        heir = office.hire(office.phones)
    await heir.run_once()
    clock.advance(LEASE_S)
    await heir.run_once()
    told = await office.row(row)
    assert (told.state, told.reason) == ("sent", "ambiguous")
    assert [(each.state, each.doubts) for each in told.deliveries] == [("ambiguous", most)]
    assert len(office.phones.requests) == most - 1


async def test_g2_an_answer_that_comes_while_an_heir_decides_is_the_only_one(
    office: Office, clock: FakeClock
) -> None:
    await office.phone()
    row = await office.reply(1)
    begun, answered = asyncio.Event(), asyncio.Event()

    async def slowly() -> None:
        begun.set()
        await answered.wait()

    office.phones.meanwhile = slowly
    slow = asyncio.get_running_loop().create_task(office.worker.run_once())
    await begun.wait()
    heirs = Late()
    heir = office.hire(heirs)
    await heir.run_once()
    clock.advance(LEASE_S)
    taking = asyncio.get_running_loop().create_task(heir.run_once())
    await heirs.waits.wait()
    answered.set()
    await slow
    assert (await office.row(row)).state == "sent"
    heirs.goes.set()
    await taking
    assert (heirs.requests, len(office.phones.requests)) == ([], 1)


async def test_g2_more_than_a_worker_has_hands_for_are_taken_over_one_after_the_other(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    office = Office(documents, clock, lease_s=LEASE_S, send_s=SEND_S, poll_s=1.0, at_once=2)
    phone = await office.phone()
    rows = [await killed(office, phone, number) for number in range(1, 6)]
    await office.work()
    clock.advance(LEASE_S)
    await office.work()
    assert {(await office.row(row)).state for row in rows} == {"sent"}
    asked = [each.message.notification_id for each in office.phones.requests]
    assert sorted(asked) == sorted(row.id for row in rows)


async def test_g2_what_was_begun_just_after_a_look_waits_for_a_lease_and_half_a_poll(
    office: Office, clock: FakeClock
) -> None:
    phone = await office.phone()
    await office.work()
    row = await killed(office, phone, 1)
    clock.advance(0.5)
    await office.work()
    clock.advance(LEASE_S)
    await office.work()
    assert ((await office.row(row)).state, len(office.phones.requests)) == ("sent", 1)
