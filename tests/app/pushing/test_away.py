"""Somebody who is gone for ten minutes, and comes back on another device."""

from app.pushing.screens import Screens
from push.logged import LoggedSender
from sessions.stores.sqlite import SqliteDocuments
from tests.clocks import FakeClock
from tests.push.phones import Office


async def test_g3_who_was_gone_for_ten_minutes_finds_one_card_and_none_once_it_is_read(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    screens = Screens(LoggedSender(), clock)
    office = Office(documents, clock, sender=screens)
    phone, tablet = await office.phone(1), await office.phone(2)
    office.talk.here.add(("u1", "s1"))
    for minute in range(10):
        if minute == 1:
            office.talk.here.clear()
        if minute in (0, 4, 8):
            await office.reply(minute + 1)
        for _ in range(12):
            await office.work()
            clock.advance(5)
    for device in (phone, tablet):
        assert [card.body for card in screens.of(device).cards] == ["reply 9"]
        assert screens.of(device).badge == 3

    office.talk.here.add(("u1", "s1"))
    office.talk.read_upto["s1"] = 9
    await office.outbox.read("u1", "s1", 9, device_id=tablet.id)
    clock.advance(1)
    await office.work()
    assert (screens.of(phone).cards, screens.of(phone).badge) == ((), 0)
    # the app itself clears where it is read
    assert len(screens.of(tablet).cards) == 1
