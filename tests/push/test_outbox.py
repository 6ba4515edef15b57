"""The outbox and what operators see of it, on real documents."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from push.documents import OUTBOX, Delivery
from push.outbox import Outbox
from push.outcomes import Permanent, Temporary
from push.rows import KEPT, notification_id_of
from sessions.errors import NotFound
from sessions.stores.sqlite import SqliteDocuments
from tests.clocks import FakeClock
from tests.push.phones import Office, Phones


@pytest.fixture
def office(documents: SqliteDocuments, clock: FakeClock) -> Office:
    return Office(documents, clock)


async def test_g1_a_row_is_named_by_user_kind_and_subject(office: Office, clock: FakeClock) -> None:
    first = await office.outbox.enqueue("u1", "account", "x", text="first")
    clock.advance(5)
    assert await office.outbox.enqueue("u1", "account", "x", text="second") == first
    others = [
        await office.outbox.enqueue("u2", "account", "x"),
        await office.outbox.enqueue("u1", "safety", "x"),
        await office.outbox.enqueue("u1", "account", "y"),
    ]
    assert len({first.id, *(each.id for each in others)}) == 4
    assert notification_id_of("u1", "account", "x") == first.id


async def test_a_row_is_kept_for_a_month_after_its_use_however_late_it_was_put(
    office: Office, clock: FakeClock
) -> None:
    fresh = await office.outbox.enqueue("u1", "account", "x")
    assert fresh.expires_at == clock.now() + timedelta(days=7) + KEPT
    late = await office.outbox.enqueue(
        "u1", "account", "y", created_at=clock.now() - timedelta(days=60)
    )
    assert late.expires_at == clock.now() + KEPT


async def test_b9_a_row_is_of_use_for_the_time_of_its_kind(office: Office) -> None:
    now = office.clock.now()
    reply = await office.outbox.enqueue("u1", "reply_ready", "x", created_at=now)
    reminder = await office.outbox.enqueue("u1", "reminder", "x", created_at=now)
    assert reply.useful_until - now == timedelta(hours=24)
    assert reminder.useful_until - now == timedelta(hours=2)


async def test_g9_what_waits_is_cancelled_by_kind_or_all(office: Office) -> None:
    reply = await office.reply(1)
    theirs = await office.outbox.enqueue("u2", "account", "x")
    account = await office.outbox.enqueue("u1", "account", "x")
    nudge = await office.outbox.enqueue("u1", "nudge", "x")

    assert await office.outbox.cancel_user("u1", "muted", kinds=["nudge"]) == 1
    assert (await office.row(reply)).open
    assert await office.outbox.cancel_user("u1", "no_device") == 2
    assert await office.outbox.cancel_user("u1", "again") == 0

    rows = [await office.row(each) for each in (theirs, reply, account, nudge)]
    assert [row.reason for row in rows] == ["", "no_device", "no_device", "muted"]
    assert [row.open for row in rows] == [True, False, False, False]


async def test_g3_reading_cancels_only_what_was_read_to_its_end(office: Office) -> None:
    rows = [await office.reply(number) for number in (1, 2, 3)]
    theirs = await office.outbox.enqueue("u2", "reply_ready", "x", session_id="s2", numbers=(1,))
    assert await office.outbox.read("u1", "s1", 2) == 2
    assert [(await office.row(row)).open for row in [*rows, theirs]] == [False, False, True, True]


class Overtaken:
    """Documents of somebody who is about to write when another does."""

    def __init__(self, documents: SqliteDocuments, act: Callable[[], Awaitable[object]]) -> None:
        self._documents = documents
        self._act: Callable[[], Awaitable[object]] | None = act

    def __getattr__(self, name: str) -> Any:
        return getattr(self._documents, name)

    async def replace(self, collection: Any, document: Any) -> Any:
        act, self._act = self._act, None
        if act is not None:
            await act()
        return await self._documents.replace(collection, document)


@pytest.mark.parametrize("sent", [False, True])
async def test_g3_what_tells_of_more_by_now_was_not_read_to_its_end(
    documents: SqliteDocuments, office: Office, clock: FakeClock, sent: bool
) -> None:
    phone = await office.phone()
    row = await office.reply(1)
    widened = structs.replace(row, numbers=(1, 2))
    if sent:
        told = (Delivery(device_id=phone.id, state="accepted"),)
        widened = structs.replace(widened, state="sent", open=False, deliveries=told)
    store: Any = Overtaken(documents, lambda: documents.replace(OUTBOX, widened))
    outbox = Outbox(documents=store, clock=clock, doorbell=office.bell, tally=office.tally)

    assert await outbox.read("u1", "s1", 1) == 0
    assert [each.id for each in await outbox.of_user("u1")] == [row.id]
    assert (await office.row(row)).state == widened.state


async def test_g9_what_somebody_else_changed_meanwhile_is_cancelled_all_the_same(
    documents: SqliteDocuments, office: Office, clock: FakeClock
) -> None:
    row = await office.reply(1)
    moved = structs.replace(row, due_at=clock.now() + timedelta(minutes=1))
    store: Any = Overtaken(documents, lambda: documents.replace(OUTBOX, moved))
    outbox = Outbox(documents=store, clock=clock, doorbell=office.bell, tally=office.tally)
    assert await outbox.cancel_user("u1", "muted") == 1
    assert (await office.row(row)).reason == "muted"


async def test_what_is_deleted_is_told_no_more_and_taken_away_where_it_is_shown(
    office: Office, clock: FakeClock
) -> None:
    phone = await office.phone()
    shown = await office.reply(1)
    await office.work()
    clock.advance(1)
    alone, both = (
        await office.reply(2),
        await office.outbox.enqueue(
            *("u1", "check_in", "c"), session_id="s1", numbers=(2, 3), text="Hello, how was it?"
        ),
    )
    theirs = await office.outbox.enqueue("u2", "reply_ready", "x", session_id="s2", numbers=(1,))

    assert await office.outbox.withdraw("u1", "s1", {1, 2}) == 3
    assert await office.outbox.withdraw("u1", "s1", {1, 2}) == 0

    rows = [await office.row(each) for each in (shown, alone, both, theirs)]
    assert [(row.state, row.reason, row.numbers) for row in rows] == [
        ("sent", "", (1,)),
        ("cancelled", "deleted", (2,)),
        ("pending", "", (3,)),
        ("pending", "", (1,)),
    ]
    clock.advance(2)
    await office.outbox.cancel_user("u1", "muted", kinds=["check_in"])
    await office.work()
    last = office.phones.requests[-1]
    assert (last.device_id, last.message.clear, last.message.tag) == (phone.id, True, "s1")
    assert (last.message.title, last.message.body) == ("", "")


async def test_what_one_phone_was_told_is_taken_away_also_when_the_other_never_was(
    office: Office, clock: FakeClock
) -> None:
    told, waits = await office.phone(1), await office.phone(2)
    office.phones.refuses[waits.address] = Temporary(reason="UNAVAILABLE")
    row = await office.reply(1)
    await office.work()
    await office.outbox.cancel_user("u1", "muted", kinds=["reply_ready"])
    clock.advance(5)
    del office.phones.refuses[waits.address]
    untold = await office.reply(2)
    await office.outbox.cancel_user("u1", "muted", kinds=["reply_ready"])
    before = len(office.phones.requests)

    assert await office.outbox.withdraw("u1", "s1", {1, 2}) == 1
    assert await office.outbox.withdraw("u1", "s1", {1, 2}) == 0
    clock.advance(5)
    await office.work()

    assert [(await office.row(each)).cleared for each in (row, untold)] == [True, False]
    asked = [(each.device_id, each.message.clear) for each in office.phones.requests[before:]]
    assert (told.id, True) in asked
    assert all(clear for _, clear in asked)


async def test_what_was_deleted_while_it_is_sent_is_taken_away_without_its_words(
    office: Office, clock: FakeClock
) -> None:
    await office.phone()
    told = await office.outbox.enqueue(
        *("u1", "reply_ready", "x"), session_id="s1", numbers=(1, 2), text="words"
    )
    office.talk.replies_of["s1"] = [1, 2]
    clock.advance(2)

    async def delete() -> None:
        office.phones.meanwhile = None
        assert await office.outbox.withdraw("u1", "s1", {2}) == 1

    office.phones.meanwhile = delete
    await office.work()
    clock.advance(60)
    await office.work()

    row = await office.row(told)
    clear, _ = await office.outbox.of_user("u1")
    assert (row.state, row.reason, row.cleared) == ("cancelled", "deleted", True)
    assert (clear.clear, clear.state, clear.text) == (True, "sent", "")
    assert [each.message.clear for each in office.phones.requests] == [False, True]


async def test_e6_a_receipt_is_kept_for_who_was_sent_it_and_nobody_else(office: Office) -> None:
    phone = await office.phone()
    row = await office.reply(1)
    with pytest.raises(NotFound):
        await office.outbox.receipt("u1", row.id, phone.id)
    await office.work()
    told = await office.outbox.receipt("u1", row.id, phone.id, priority="high")
    for user_id, notification_id, device_id in [
        ("u2", row.id, phone.id),
        ("u1", "n_nothing", phone.id),
        ("u1", row.id, "another"),
    ]:
        with pytest.raises(NotFound):
            await office.outbox.receipt(user_id, notification_id, device_id)
    assert told.deliveries[0].shown_at == office.clock.now()
    assert told.deliveries[0].opened_at is None


async def test_e6_g10_what_a_phone_tells_again_is_known_since_the_first_time(
    office: Office, clock: FakeClock
) -> None:
    phone = await office.phone()
    row = await office.reply(1)
    await office.work()
    shown_at = clock.now()
    await office.outbox.receipt("u1", row.id, phone.id, priority="normal")
    clock.advance(60)
    opened_at = clock.now()
    await office.outbox.receipt("u1", row.id, phone.id, opened=True)
    for opened in (True, False):
        clock.advance(60)
        await office.outbox.receipt("u1", row.id, phone.id, opened=opened, priority="high")
    [told] = (await office.row(row)).deliveries
    assert (told.shown_at, told.opened_at) == (shown_at, opened_at)
    assert [office.tally.total(each) for each in ("acked", "opened", "lowered")] == [1, 1, 1]
    # what was sent to wake nobody came as it was sent
    account = await office.outbox.enqueue("u1", "account", "x")
    await office.work()
    await office.outbox.receipt("u1", account.id, phone.id, priority="normal")
    assert office.tally.total("lowered") == 1


async def test_g3_of_a_long_session_the_newest_card_is_taken_away(
    office: Office, clock: FakeClock
) -> None:
    await office.phone()
    for number in range(1, 24):
        await office.reply(number)
        await office.work()
        clock.advance(1)
    told = office.phones.requests[-1].message
    assert await office.outbox.read("u1", "s1", 23) == 1
    clock.advance(1)
    await office.work()
    [clear] = [each.message for each in office.phones.requests if each.message.clear]
    assert clear.number > told.number


async def test_g10_rows_of_one_moment_are_counted_beyond_a_page(office: Office) -> None:
    await asyncio.gather(
        *(office.outbox.enqueue("u1", "account", f"a{number}") for number in range(230))
    )
    counts = await office.ledger.counts()
    assert counts["pending"] == sum(counts.values()) == 230


async def test_a18_a_dead_row_that_is_put_back_is_of_use_again(
    office: Office, clock: FakeClock
) -> None:
    await office.phone()
    row = await office.outbox.enqueue("u1", "account", "x")
    office.phones.outcomes = [Permanent(reason="INVALID_ARGUMENT")]
    await office.work()
    clock.advance(29 * 86_400)
    assert await office.ledger.redrive(row.id, useful_for=timedelta(hours=1))
    again = await office.row(row)
    assert again.useful_until == clock.now() + timedelta(hours=1)
    assert again.expires_at == again.useful_until + KEPT
    await office.work()
    assert (await office.row(row)).state == "sent"
    assert [office.tally.total(each) for each in ("dead", "redriven", "sent")] == [1, 1, 1]


async def test_g10_how_late_the_first_row_is_is_known(office: Office, clock: FakeClock) -> None:
    assert await office.ledger.late_s() == 0
    await office.outbox.enqueue("u1", "account", "x", due_at=clock.now() + timedelta(minutes=1))
    assert await office.ledger.late_s() == 0
    clock.advance(100)
    assert await office.ledger.late_s() == 40


async def test_a_row_that_is_not_dead_is_not_driven_again(office: Office) -> None:
    row = await office.reply(1)
    assert not await office.ledger.redrive(row.id, useful_for=timedelta(hours=1))
    assert not await office.ledger.redrive("n_nothing", useful_for=timedelta(hours=1))


async def test_d11_g3_what_took_each_others_place_is_taken_away_with_one_request(
    office: Office, clock: FakeClock
) -> None:
    phone = await office.phone(1)
    for number in range(1, 6):
        if number == 4:
            tablet = await office.phone(2)
        if number == 5:
            office.phones.refuses[tablet.address] = Permanent(reason="INVALID_ARGUMENT")
        await office.reply(number)
        await office.work()
        clock.advance(3600)
        # the phone itself read some of them
        office.talk.read_upto["s1"] = min(number, 3)
        await office.outbox.read("u1", "s1", min(number, 3), device_id=phone.id)
    before = len(office.phones.requests)
    office.phones.refuses.clear()
    office.talk.read_upto["s1"] = 5
    assert await office.outbox.read("u1", "s1", 5) == 2
    assert await office.outbox.read("u1", "s1", 5) == 0
    clock.advance(1)
    await office.work()
    asked = [(each.device_id, each.message.clear) for each in office.phones.requests[before:]]
    assert sorted(asked) == sorted([(phone.id, True), (tablet.id, True)])


@pytest.mark.parametrize("muted", [False, True])
async def test_d11_g3_what_is_still_on_its_way_is_taken_away_after_what_came_later(
    office: Office, clock: FakeClock, muted: bool
) -> None:
    phone = await office.phone()
    office.talk.replies_of["s1"] = [1, 2]
    later = Phones()

    async def overtaken() -> None:
        office.phones.meanwhile = None
        clock.advance(2)
        await office.reply(2)
        await office.hire(later).run_once()
        if muted:
            await office.outbox.cancel_user("u1", "muted", kinds=["safety"])
        await office.outbox.read("u1", "s1", 2)
        clock.advance(2)
        await office.hire(later).run_once()

    office.phones.meanwhile = overtaken
    await office.outbox.enqueue("u1", "safety", "t1", session_id="s1", numbers=(1,))
    await office.work()
    assert [each.message.clear for each in later.requests] == [False, True]
    clock.advance(2)
    await office.work()
    assert [(each.device_id, each.message.clear) for each in office.phones.requests] == [
        (phone.id, False),
        (phone.id, True),
    ]
