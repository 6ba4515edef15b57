"""What a worker does with a row, on real documents."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from push.documents import DeviceDocument
from push.kinds import KINDS, Kind
from push.message import PushMessage
from push.outbox import Outbox
from push.outcomes import FAULT, Accepted, Ambiguous, Configuration, Held, Permanent, Temporary
from push.ports import Unread
from push.requests import Placed
from sessions.stores.sqlite import SqliteDocuments
from tests.clocks import FakeClock
from tests.push.phones import Office, Phones

GONE = Permanent(reason="UNREGISTERED", address="gone")


@pytest.fixture
async def office(documents: SqliteDocuments, clock: FakeClock) -> Office:
    office = Office(documents, clock)
    await office.settings.update("u1", check_ins=True, reminders=True, nudges=True)
    return office


async def test_g1_a_reply_is_told_once_however_often_it_is_put(office: Office) -> None:
    phone = await office.phone()
    row = await office.reply(1)
    again = await office.reply(1)
    await office.work()
    await office.reply(1)
    await office.work()

    assert again.id == row.id
    assert office.phones.shown == ["reply 1"]
    [request] = office.phones.requests
    assert request.message.title == "Nova"
    assert request.message.badge == 1
    told = await office.row(row)
    assert (told.state, told.open) == ("sent", False)
    assert [(each.device_id, each.state, each.attempts) for each in told.deliveries] == [
        (phone.id, "accepted", 1)
    ]


async def test_d10_the_badge_is_what_is_unread_when_it_is_sent(
    office: Office, clock: FakeClock
) -> None:
    await office.phone()
    await office.reply(1, due_at=clock.now() + timedelta(minutes=1))
    office.talk.replies_of["s2"] += [1, 2]
    office.talk.replies_of["s3"] += [1]
    clock.advance(60)
    office.talk.read_upto["s3"] = 1
    await office.work()
    [request] = office.phones.requests
    assert (request.message.badge, request.message.unread) == (3, ("s1", "s2"))


async def test_a2_a_dead_token_is_pruned_and_other_devices_are_told(office: Office) -> None:
    dead, alive = await office.phone(1), await office.phone(2)
    row = await office.reply(1)
    office.phones.refuses["t1"] = GONE
    await office.work()
    await office.reply(2)
    await office.work()

    assert {each.device_id: each.state for each in (await office.row(row)).deliveries} == {
        dead.id: "gone",
        alive.id: "accepted",
    }
    pruned = await office.devices.get(dead.id)
    assert pruned is not None
    assert (pruned.state, pruned.reason, pruned.address) == ("gone", "UNREGISTERED", "")
    assert sorted(request.address for request in office.phones.requests) == ["t1", "t2", "t2"]


@pytest.mark.parametrize("refused", [GONE, Permanent(reason="SENDER_ID_MISMATCH", address="wrong")])
async def test_a2_who_registered_anew_meanwhile_is_told_at_the_new_address(
    office: Office, refused: Permanent
) -> None:
    await office.phone(1)
    row = await office.reply(1)

    async def rotate() -> None:
        office.phones.meanwhile = None
        await office.phone(1, address="t1-new")

    office.phones.meanwhile, office.phones.outcomes = rotate, [refused]
    await office.work()
    assert [request.address for request in office.phones.requests] == ["t1", "t1-new"]
    assert (await office.row(row)).state == "sent"


async def test_a6_a_message_that_is_refused_leaves_the_device_and_is_a_dead_letter(
    office: Office,
) -> None:
    await office.phone()
    row = await office.reply(1)
    office.phones.outcomes = [Permanent(reason="INVALID_ARGUMENT")]
    await office.work()
    assert [(each.id, each.reason) for each in await office.ledger.dead()] == [
        (row.id, "INVALID_ARGUMENT")
    ]
    assert len(await office.devices.of_user("u1")) == 1

    assert await office.ledger.redrive(row.id, useful_for=timedelta(hours=1))
    await office.work()
    assert (await office.row(row)).state == "sent"


async def test_a12_what_fails_is_tried_again_after_at_least_10_s(
    office: Office, clock: FakeClock
) -> None:
    await office.phone()
    row = await office.reply(1)
    office.phones.outcomes = [Temporary(reason="INTERNAL")]
    await office.work()
    clock.advance(9.9)
    await office.work()
    assert len(office.phones.requests) == 1
    clock.advance(10)
    await office.work()
    told = await office.row(row)
    assert (told.state, told.deliveries[0].attempts) == ("sent", len(office.phones.requests))
    # by this others see that it is another request, with a lease of its own (G2)
    assert told.attempts == 2


async def test_a16_a_request_in_doubt_is_made_once_more_and_no_more(
    office: Office, clock: FakeClock
) -> None:
    await office.phone()
    row = await office.reply(1)
    office.phones.outcomes = [Ambiguous(reason="timeout")] * 9
    for _ in range(9):
        await office.work()
        clock.advance(3600)
    told = await office.row(row)
    assert len(office.phones.requests) == 2
    assert len({request.message.notification_id for request in office.phones.requests}) == 1
    assert (told.state, told.reason) == ("sent", "ambiguous")
    assert told.deliveries[0].doubts == 2


async def test_a16_a_sender_that_never_ends_leaves_its_request_in_doubt(
    documents: SqliteDocuments, clock: FakeClock
) -> None:
    office = Office(documents, clock, send_s=0.05)
    await office.phone()
    row = await office.reply(1)
    office.phones.meanwhile = asyncio.Event().wait
    await office.work()
    told = await office.row(row)
    assert (told.state, told.open) == ("pending", True)
    assert [(each.reason, each.doubts) for each in told.deliveries] == [("timeout", 1)]


async def test_a_fault_of_ours_is_logged_and_a_dead_letter_that_can_be_put_back(
    office: Office, clock: FakeClock
) -> None:
    await office.phone()
    row = await office.reply(1)

    async def fail() -> None:
        raise TypeError("t1: reply 1")

    office.phones.meanwhile = fail
    with capture_logs() as lines:
        for _ in range(5):
            await office.work()
            clock.advance(600)
    assert [(line["event"], line["error"]) for line in lines] == [("push_fault", "TypeError")] * 2
    assert "reply 1" not in repr(lines)
    assert [(each.id, each.reason) for each in await office.ledger.dead()] == [(row.id, "fault")]

    office.phones.meanwhile = None
    assert await office.ledger.redrive(row.id, useful_for=timedelta(hours=1))
    await office.work()
    assert (await office.row(row)).state == "sent"


async def test_a16_a_fault_after_a_request_in_doubt_leaves_it_in_doubt(
    office: Office, clock: FakeClock
) -> None:
    await office.phone()
    row = await office.reply(1)
    office.phones.outcomes = [Ambiguous(reason="timeout"), Ambiguous(reason=FAULT)]
    for _ in range(3):
        await office.work()
        clock.advance(600)
    told = await office.row(row)
    assert (told.state, told.reason, len(office.phones.requests)) == ("sent", "ambiguous", 2)


async def test_a18_what_fails_for_an_hour_is_a_dead_letter_with_its_reason(
    office: Office, clock: FakeClock
) -> None:
    await office.phone()
    row = await office.reply(1)
    office.phones.outcomes = [Temporary(reason="UNAVAILABLE")] * 99
    for _ in range(200):
        await office.work()
        clock.advance(30)
    dead = await office.row(row)
    assert (dead.state, dead.reason) == ("dead", "UNAVAILABLE")
    assert dead.deliveries[0].attempts == len(office.phones.requests)


async def test_a18_an_hour_of_failing_counts_from_the_first_request(
    office: Office, clock: FakeClock
) -> None:
    await office.phone()
    row = await office.reply(1)
    slow = Temporary(reason="UNAVAILABLE", retry_after=timedelta(minutes=20))
    office.phones.outcomes = [slow] * 9
    for _ in range(80):
        await office.work()
        clock.advance(60)
    assert (await office.row(row)).state == "dead"
    assert 2 <= len(office.phones.requests) <= 3


async def test_a18_what_would_come_too_late_expires_and_is_no_dead_letter(
    office: Office, clock: FakeClock
) -> None:
    await office.phone()
    useful_until = clock.now() + timedelta(seconds=5)
    row = await office.outbox.enqueue("u1", "account", "x", useful_until=useful_until)
    office.phones.outcomes = [Temporary(reason="UNAVAILABLE")]
    await office.work()
    told = await office.row(row)
    assert (told.state, told.reason, told.open) == ("expired", "too_late", False)


async def test_a5_our_own_mistake_parks_a_row_until_it_is_put_right(
    office: Office, clock: FakeClock
) -> None:
    await office.phone()
    row = await office.reply(1)
    office.phones.outcomes = [Configuration(reason="denied", scope="project", lane="p")] * 8
    for _ in range(300):
        await office.work()
        clock.advance(60)
    assert (await office.row(row)).state == "sent"
    assert len(await office.devices.of_user("u1")) == 1


async def test_a19_what_was_held_back_was_no_attempt(office: Office, clock: FakeClock) -> None:
    await office.phone()
    row = await office.reply(1)
    wait = timedelta(seconds=5)
    office.phones.outcomes = [Held(reason="full", retry_after=wait, scope="project", lane="p")]
    await office.work()
    held = (await office.row(row)).deliveries[0]
    # an hour of failing counts from the first request (A18)
    assert (held.attempts, held.first_at) == (0, None)
    clock.advance(5)
    await office.work()
    assert (await office.row(row)).deliveries[0].attempts == 1
    assert office.tally.total("attempted") == 1


async def test_c2_a_stale_device_is_not_written_to_first(office: Office, clock: FakeClock) -> None:
    await office.phone()
    clock.advance(31 * 86_400)
    nudge = await office.outbox.enqueue("u1", "check_in", "c1", text="How was it?")
    await office.work()
    assert (await office.row(nudge)).reason == "no_device"
    await office.reply(1)
    await office.work()
    assert office.phones.shown == ["reply 1"]


async def test_c5_a_device_that_comes_while_another_was_told_is_not_told_again(
    office: Office, clock: FakeClock
) -> None:
    await office.phone(1)
    await office.phone(2)
    row = await office.reply(1)
    office.phones.outcomes = [Accepted(), Temporary(reason="INTERNAL")]
    await office.work()
    # the app was installed anew, with the address it had
    await office.phone(3, address=office.phones.requests[0].address)
    clock.advance(30)
    await office.work()
    first, second, again = (request.device_id for request in office.phones.requests)
    assert first != second == again
    assert (await office.row(row)).state == "sent"


async def test_c6_what_waits_for_an_account_goes_with_it(office: Office) -> None:
    await office.phone()
    row = await office.reply(1)
    assert await office.outbox.cancel_user("u1", "account_deleted") == 1
    assert await office.devices.remove("u1", "i1")
    await office.work()
    assert office.phones.requests == []
    assert (await office.row(row)).reason == "account_deleted"


async def test_c6_a_device_that_moved_to_another_user_is_not_told(office: Office) -> None:
    await office.phone(1)
    row = await office.reply(1)
    await office.phone(1, user_id="u2")
    await office.work()
    assert office.phones.requests == []
    assert (await office.row(row)).reason == "no_device"


async def test_g3_what_was_read_before_it_was_sent_is_cancelled(office: Office) -> None:
    await office.phone()
    row = await office.reply(1)
    office.talk.read_upto["s1"] = 1
    await office.work()
    assert office.phones.requests == []
    assert ((await office.row(row)).state, (await office.row(row)).reason) == ("cancelled", "read")


async def test_g3_who_is_here_is_told_only_after_leaving_without_reading(
    office: Office, clock: FakeClock
) -> None:
    await office.phone()
    row = await office.reply(1)
    office.talk.here.add(("u1", "s1"))
    for _ in range(4):
        await office.work()
        clock.advance(30)
    assert office.phones.requests == []
    office.talk.here.clear()
    await office.work()
    assert office.phones.shown == ["reply 1"]
    assert (await office.row(row)).deferrals == 4


async def test_g3_what_is_read_elsewhere_is_cleared_where_it_was_shown(
    office: Office, clock: FakeClock
) -> None:
    first, second = await office.phone(1), await office.phone(2)
    row = await office.reply(1)
    await office.work()
    office.talk.read_upto["s1"] = 1
    assert await office.outbox.read("u1", "s1", 1, device_id=first.id) == 1
    await office.outbox.read("u1", "s1", 1, device_id=first.id)
    clock.advance(1)
    await office.work()

    assert await office.outbox.read("u1", "s1", 1, device_id=first.id) == 0
    clears = [request for request in office.phones.requests if request.message.clear]
    assert [(each.device_id, each.message.badge) for each in clears] == [(second.id, 0)]
    assert clears[0].message.tag == office.phones.requests[0].message.tag
    assert clears[0].message.number > office.phones.requests[0].message.number
    assert (await office.row(row)).state == "sent"


async def test_g3_what_a_phone_shows_is_cleared_however_its_row_ended(
    office: Office, clock: FakeClock
) -> None:
    await office.phone(1)
    await office.phone(2)
    office.phones.outcomes = [Accepted(), Temporary(reason="UNAVAILABLE")]
    row = await office.reply(1)
    await office.work()
    told = (await office.row(row)).deliveries
    (shown,) = (each.device_id for each in told if each.state == "accepted")
    # the next answer takes it along, and waits as the user is here
    office.talk.here.add(("u1", "s1"))
    await office.reply(2)
    await office.work()
    clock.advance(15)
    await office.work()
    assert (await office.row(row)).state == "collapsed"

    office.talk.read_upto["s1"] = 2
    await office.outbox.read("u1", "s1", 2)
    clock.advance(1)
    await office.work()
    clears = [each.device_id for each in office.phones.requests if each.message.clear]
    assert clears == [shown]


class Overtaken:
    """Documents of somebody who reads, and then another is faster."""

    def __init__(self, documents: SqliteDocuments, act: Callable[[], Awaitable[object]]) -> None:
        self._documents = documents
        self._act: Callable[[], Awaitable[object]] | None = act

    def __getattr__(self, name: str) -> Any:
        return getattr(self._documents, name)

    async def find(self, collection: Any, index: str, equals: Any, **options: Any) -> Any:
        found = await self._documents.find(collection, index, equals, **options)
        act = self._act
        if act is not None and equals.get("open") is False:
            self._act = None
            await act()
        return found


@pytest.mark.parametrize("gone", ["read", "deleted"])
async def test_g3_what_is_sent_while_it_is_taken_back_is_cleared(
    documents: SqliteDocuments, office: Office, clock: FakeClock, gone: str
) -> None:
    phone = await office.phone()
    await office.reply(1)
    store: Any = Overtaken(documents, office.work)
    outbox = Outbox(documents=store, clock=clock, doorbell=office.bell, tally=office.tally)
    if gone == "read":
        assert await outbox.read("u1", "s1", 1) == 1
    else:
        assert await outbox.withdraw("u1", "s1", {1}) == 1
    clock.advance(1)
    await office.work()
    assert [each.message.clear for each in office.phones.requests] == [False, True]
    assert office.phones.requests[1].device_id == phone.id


@pytest.mark.parametrize("ends", ["muted", "refused"])
async def test_g3_what_was_muted_or_refused_after_it_may_have_been_shown_is_cleared(
    office: Office, clock: FakeClock, ends: str
) -> None:
    phone = await office.phone()
    row = await office.reply(1)
    office.phones.outcomes = [Ambiguous(reason="timeout"), Permanent(reason="INVALID_ARGUMENT")]
    await office.work()
    if ends == "muted":
        await office.outbox.cancel_user("u1", "muted", kinds=["reply_ready"])
    clock.advance(20)
    await office.work()
    assert (await office.row(row)).state == ("cancelled" if ends == "muted" else "dead")

    office.phones.outcomes = []
    office.talk.read_upto["s1"] = 1
    await office.outbox.read("u1", "s1", 1)
    clock.advance(1)
    await office.work()
    clears = [each.device_id for each in office.phones.requests if each.message.clear]
    assert clears == [phone.id]


@pytest.mark.parametrize(("days", "left"), [(0, 24 * 3600), (2, 3600 + 1), (29, None)])
async def test_b9_g3_what_takes_away_is_of_use_however_old_it_is(
    office: Office, clock: FakeClock, days: int, left: int | None
) -> None:
    await office.phone()
    await office.reply(1)
    await office.work()
    told_at = clock.now()
    clock.advance(days * 86_400)
    await office.outbox.read("u1", "s1", 1)
    clock.advance(1)
    await office.work()
    clear = office.phones.requests[1].message
    assert (clear.clear, len(office.phones.requests)) == (True, 2)
    # FCM keeps nothing for longer than four weeks, but takes it
    assert clear.ttl <= timedelta(weeks=4)
    if left is not None:
        ends = (clear.created_at + clear.ttl - told_at).total_seconds()
        assert ends == pytest.approx(days * 86_400 + left, abs=2)


@pytest.mark.parametrize(
    ("platform", "kind"), [("web", "fcm_token"), ("cli", "fcm_token"), ("ios", "webpush")]
)
async def test_f12_what_must_show_something_is_not_asked_to_clear(
    office: Office, clock: FakeClock, platform: str, kind: str
) -> None:
    await office.phone(1, platform=platform, kind=kind)
    android = await office.phone(2)
    await office.reply(1)
    await office.work()
    office.talk.read_upto["s1"] = 1
    await office.outbox.read("u1", "s1", 1)
    clock.advance(60)
    await office.work()

    clears = [request for request in office.phones.requests if request.message.clear]
    assert [each.device_id for each in clears] == [android.id]
    assert await office.ledger.dead() == []


async def test_g3_what_is_read_while_it_is_on_its_way_is_cleared_too(
    office: Office, clock: FakeClock
) -> None:
    phone = await office.phone()
    row = await office.reply(1)

    async def read() -> None:
        office.phones.meanwhile = None
        office.talk.read_upto["s1"] = 1
        await office.outbox.read("u1", "s1", 1)

    office.phones.meanwhile = read
    await office.work()
    clock.advance(1)
    await office.work()
    assert [request.message.clear for request in office.phones.requests] == [False, True]
    cancelled = await office.row(row)
    assert (cancelled.state, cancelled.reason) == ("cancelled", "read")
    assert [(each.device_id, each.state) for each in cancelled.deliveries] == [
        (phone.id, "accepted")
    ]


@pytest.mark.parametrize("changes", [False, True])
async def test_g3_what_takes_away_waits_for_the_request_that_is_on_its_way(
    office: Office, clock: FakeClock, changes: bool
) -> None:
    await office.phone()
    await office.reply(1)
    begun, answered = asyncio.Event(), asyncio.Event()

    async def slowly() -> None:
        office.phones.meanwhile = None
        begun.set()
        await answered.wait()

    office.phones.meanwhile = slowly
    sending = asyncio.get_running_loop().create_task(office.work())
    await begun.wait()
    office.talk.read_upto["s1"] = 1
    await office.outbox.read("u1", "s1", 1)
    if changes:
        # what is taken away does not hang on settings or zones, nor what is on its way
        assert await office.outbox.reconsider("u1") == 0
    elsewhere = Phones()
    for _ in range(20):
        clock.advance(1)
        await office.hire(elsewhere).run_once()
    assert elsewhere.requests == []

    answered.set()
    await sending
    clock.advance(1)
    await office.work()
    assert [request.message.clear for request in office.phones.requests] == [False, True]


async def test_g3_what_takes_away_goes_when_the_lease_of_a_dead_worker_ends(
    office: Office, clock: FakeClock
) -> None:
    await office.phone()
    await office.reply(1)
    begun = asyncio.Event()

    async def hang() -> None:
        begun.set()
        await asyncio.get_running_loop().create_future()

    office.phones.meanwhile = hang
    dead = asyncio.get_running_loop().create_task(office.worker.run_once())
    await begun.wait()
    office.talk.read_upto["s1"] = 1
    await office.outbox.read("u1", "s1", 1)
    heir = Phones()
    clock.advance(36)
    await office.hire(heir).run_once()
    assert [request.message.clear for request in heir.requests] == [True]
    dead.cancel()


async def test_d5_what_clears_is_older_than_a_reply_that_came_before_it_was_read(
    office: Office, clock: FakeClock
) -> None:
    await office.phone()
    await office.reply(1)
    await office.work()
    clock.advance(60)
    newer = await office.reply(2, due_at=clock.now() + timedelta(seconds=3))
    clock.advance(1)
    office.talk.read_upto["s1"] = 1
    await office.outbox.read("u1", "s1", 1)
    for _ in range(4):
        clock.advance(1)
        await office.work()
    told, clear, last = (request.message for request in office.phones.requests)
    assert clear.clear
    assert told.number < clear.number < last.number
    assert last.notification_id == newer.id


async def test_g4_replies_in_the_window_are_told_together_with_the_newest_text(
    office: Office, clock: FakeClock
) -> None:
    await office.phone()
    rows = []
    for number in (1, 2, 3):
        rows.append(await office.reply(number, due_at=None))
        clock.advance(0.4)
        await office.work()
    clock.advance(1)
    await office.work()
    assert office.phones.shown == ["reply 3"]
    assert [(await office.row(row)).state for row in rows] == ["collapsed", "collapsed", "sent"]
    assert (await office.row(rows[2])).numbers == (1, 2, 3)


async def test_g4_a_reply_that_is_on_its_way_is_left_to_its_own_request(
    office: Office, clock: FakeClock
) -> None:
    await office.phone()
    first = await office.reply(1)
    elsewhere = Phones()

    async def meanwhile() -> None:
        office.phones.meanwhile = None
        await office.reply(2)
        await office.hire(elsewhere).run_once()

    office.phones.meanwhile = meanwhile
    await office.work()
    assert (office.phones.shown, elsewhere.shown) == (["reply 1"], ["reply 2"])
    assert (await office.row(first)).state == "sent"


@pytest.mark.parametrize("newer", ["sent", "dead"])
async def test_g1_g4_a_reply_goes_only_with_a_newer_one_that_was_told(
    office: Office, clock: FakeClock, newer: str
) -> None:
    await office.phone()
    first = await office.reply(1)
    elsewhere = Phones()
    elsewhere.outcomes = [Permanent(reason="INVALID_ARGUMENT")] if newer == "dead" else []

    async def meanwhile() -> None:
        office.phones.meanwhile = None
        second = await office.reply(2)
        await office.hire(elsewhere).run_once()
        assert (await office.row(second)).state == newer

    office.phones.meanwhile, office.phones.outcomes = meanwhile, [Temporary(reason="INTERNAL")]
    await office.work()
    clock.advance(20)
    await office.work()
    assert (await office.row(first)).state == ("collapsed" if newer == "sent" else "sent")
    assert office.phones.shown == ["reply 1"] * (1 if newer == "sent" else 2)


async def test_g4_nobody_elses_reply_is_told_by_ones_own(office: Office, clock: FakeClock) -> None:
    await office.phone(1)
    await office.phone(2, "u2")
    mine = await office.reply(1)
    later = clock.now() + timedelta(hours=1)
    theirs = await office.outbox.enqueue(
        "u2", "reply_ready", "x", session_id="s1", numbers=(2,), due_at=later
    )
    office.talk.replies_of["s1"].append(2)
    await office.work()
    assert (await office.row(mine)).state == "sent"
    assert (await office.row(theirs)).numbers == (2,)


async def test_g5_quiet_hours_hold_a_reply_back_and_are_looked_at_again(
    office: Office, clock: FakeClock
) -> None:
    await office.phone(timezone="Asia/Seoul")
    clock.advance(5 * 3600)  # 14:00 in UTC, 23:00 in Seoul
    created_at = clock.now() - timedelta(minutes=5)
    row = await office.reply(1, created_at=created_at)
    await office.work()
    assert (await office.row(row)).due_at == clock.now() + timedelta(hours=9)

    # landed in London
    await office.phone(timezone="Europe/London")
    assert await office.outbox.reconsider("u1") == 1
    await office.work()
    assert office.phones.shown == ["reply 1"]


async def test_g7_the_mentor_writes_first_once_a_day_and_an_unused_slot_is_free_again(
    office: Office, clock: FakeClock
) -> None:
    await office.phone()
    office.phones.outcomes = [Permanent(reason="INVALID_ARGUMENT")]
    rows = []
    for name in ("failed", "told", "capped"):
        rows.append(await office.outbox.enqueue("u1", "check_in", name, text=name))
        await office.work()
        clock.advance(60)
    assert [(await office.row(row)).state for row in rows] == ["dead", "sent", "cancelled"]
    assert (await office.row(rows[2])).reason == "capped"
    await office.reply(1)
    await office.work()
    assert office.phones.shown[1:] == ["told", "reply 1"]


@pytest.mark.parametrize("when", ["held", "decided", "asked"])
async def test_g7_what_is_taken_back_before_anybody_was_asked_leaves_its_slot(
    office: Office, clock: FakeClock, when: str
) -> None:
    phone = await office.phone()
    row = await office.outbox.enqueue("u1", "check_in", "c1", text="back", numbers=(1,))
    office.talk.replies_of[row.session_id].append(1)
    unread = office.talk.unread

    async def take_back() -> None:
        office.phones.meanwhile, office.talk.unread = None, unread  # type: ignore[method-assign]
        assert await office.outbox.cancel_user("u1", "muted") == 1

    async def take_back_first(user_id: str) -> Unread:
        await take_back()
        return await unread(user_id)

    if when == "decided":
        office.talk.unread = take_back_first  # type: ignore[method-assign]
    else:
        pause = timedelta(seconds=60)
        office.phones.outcomes = [
            Held(reason="closed", retry_after=pause, scope="device", lane=phone.id)
        ]
        office.phones.meanwhile = take_back if when == "asked" else None
    await office.work()
    if when == "held":
        await take_back()
    assert (await office.row(row)).reason == "muted"

    asked = len(office.phones.requests)
    clock.advance(1)
    await office.outbox.enqueue("u1", "check_in", "c2", text="told")
    await office.work()
    assert office.phones.shown[asked:] == ["told"]


async def test_g7_one_at_the_same_time_as_yesterday_waits_until_the_day_is_over(
    office: Office, clock: FakeClock
) -> None:
    await office.phone()
    office.phones.outcomes = [Temporary(reason="INTERNAL")]
    await office.outbox.enqueue("u1", "check_in", "c1", text="today")
    await office.work()
    clock.advance(60)
    await office.work()
    clock.advance(86_400 - 60)
    row = await office.outbox.enqueue("u1", "check_in", "c2", text="tomorrow")
    await office.work()
    assert office.phones.shown == ["today", "today"]
    assert (await office.row(row)).due_at == clock.now() + timedelta(seconds=60)
    clock.advance(60)
    await office.work()
    assert office.phones.shown[2:] == ["tomorrow"]


async def test_g8_words_are_hidden_unless_the_user_shows_them(office: Office) -> None:
    await office.phone(preview=False, locale="ko")
    await office.reply(1)
    await office.work()
    assert "reply" not in office.phones.shown[0]
    assert any("가" <= letter <= "힣" for letter in office.phones.shown[0])


async def test_d7_e4_what_is_told_of_a_session_is_one_thread_and_one_card(
    office: Office, clock: FakeClock
) -> None:
    await office.phone()
    for number, session_id in enumerate(["s1", "s1", "s2"], start=1):
        await office.reply(number, session_id)
        await office.work()
        clock.advance(1)
    account = await office.outbox.enqueue("u1", "account", "x")
    await office.work()
    told = [(each.message.thread, each.message.tag) for each in office.phones.requests]
    assert told == [("s1", "s1"), ("s1", "s1"), ("s2", "s2"), (account.id, account.id)]


@pytest.mark.parametrize("allowed", ["by the settings", "by the device"])
async def test_g8_words_are_shown_where_the_settings_or_the_device_allow_it(
    office: Office, allowed: str
) -> None:
    await office.phone(preview=allowed == "by the device")
    await office.settings.update("u1", preview=allowed == "by the settings")
    await office.reply(1)
    await office.work()
    assert office.phones.shown == ["reply 1"]


async def test_g4_where_words_are_hidden_it_says_how_many_answers_there_are(
    office: Office,
) -> None:
    await office.phone(preview=False)
    for number in (1, 2, 3):
        await office.reply(number)
    await office.work()
    assert office.phones.shown == ["You have 3 new answers"]


async def test_a_browser_opens_the_page_of_the_session_that_it_is_told_of(office: Office) -> None:
    await office.phone(1)
    await office.phone(2, platform="web", kind="webpush")
    await office.reply(1)
    await office.work()
    await office.outbox.enqueue("u1", "account", "x", text="hello")
    await office.work()
    links = [(each.address, each.message.link) for each in office.phones.requests]
    assert sorted(links) == [("t1", ""), ("t1", ""), ("t2", ""), ("t2", "/#s1")]


@pytest.mark.parametrize("kind", ["reply_ready", "check_in", "nudge", "account"])
async def test_g9_what_was_muted_meanwhile_is_not_sent(office: Office, kind: str) -> None:
    await office.phone()
    row = await office.outbox.enqueue("u1", kind, "x", text="hello")  # type: ignore[arg-type]
    await office.settings.update("u1", muted=[kind])  # type: ignore[list-item]
    clock = office.clock
    assert isinstance(clock, FakeClock)
    clock.advance(2)
    await office.work()
    assert office.phones.requests == []
    assert (await office.row(row)).reason == "muted"


@pytest.mark.parametrize(
    ("kind", "consent"),
    [("check_in", "check_ins"), ("reminder", "reminders"), ("nudge", "nudges")],
)
async def test_g9_nobody_is_written_to_first_without_consent_to_that_kind(
    office: Office, kind: Kind, consent: str
) -> None:
    await office.phone()
    row = await office.outbox.enqueue("u1", kind, "x", text="hello")
    withdrawn: Any = {consent: False}
    await office.settings.update("u1", **withdrawn)
    await office.work()
    assert (await office.row(row)).reason == "no_consent"


async def test_g8_words_that_may_be_about_a_risk_are_on_no_lock_screen(office: Office) -> None:
    await office.phone()
    office.talk.risky.add("s1")
    await office.reply(1)
    await office.work()
    assert office.phones.shown == ["You have a new answer"]


@pytest.mark.parametrize("kind", ["check_in", "reminder"])
async def test_g8_neither_are_the_mentors_own_words_after_a_risk(
    office: Office, kind: Kind
) -> None:
    await office.phone()
    office.talk.risky.add("s1")
    office.talk.replies_of["s1"] = [1]
    await office.outbox.enqueue("u1", kind, "x", session_id="s1", numbers=(1,), text="words")
    await office.work()
    [shown] = office.phones.shown
    assert "words" not in shown


async def test_g4_g6_help_in_a_crisis_comes_at_night_by_itself_and_urgently(
    office: Office,
) -> None:
    await office.phone()
    await office.settings.update("u1", quiet_from=0, quiet_to=24 * 60 - 1, replies_at_once=False)
    office.talk.replies_of["s1"] = [1, 2]
    waiting = await office.reply(1)
    await office.outbox.enqueue("u1", "safety", "t2", session_id="s1", numbers=(2,))
    await office.work()

    [request] = office.phones.requests
    assert request.message.body == "Your mentor is here for you. Tap to open"
    assert (await office.row(waiting)).state == "pending"
    assert KINDS["safety"].high
    assert KINDS["safety"].urgency == "high"


async def test_nobody_is_nudged_about_a_risk(office: Office) -> None:
    await office.phone()
    office.talk.risky.add("s1")
    row = await office.outbox.enqueue("u1", "nudge", "x", session_id="s1", text="hello")
    await office.work()
    assert (await office.row(row)).reason == "at_risk"


async def test_g10_every_row_is_in_one_state_and_counted_once(
    office: Office, clock: FakeClock
) -> None:
    phone = await office.phone()
    told = await office.reply(1)
    await office.work()
    await office.outbox.receipt("u1", told.id, phone.id, priority="normal")
    await office.outbox.receipt("u1", told.id, phone.id, opened=True)
    await office.outbox.receipt("u1", told.id, phone.id, opened=True)
    office.phones.outcomes = [Permanent(reason="INVALID_ARGUMENT"), Temporary(reason="INTERNAL")]
    for number in (1, 2):
        await office.outbox.enqueue("u1", "account", f"a{number}", text="hello")
        await office.work()
    await office.reply(2, due_at=clock.now() + timedelta(hours=1))
    await office.reply(3, "s2")
    await office.outbox.read("u1", "s2", 3)

    counts = await office.ledger.counts()
    tally = office.tally
    assert {state: count for state, count in counts.items() if count} == {
        "sent": 1,
        "dead": 1,
        "pending": 2,
        "cancelled": 1,
    }
    assert sum(counts.values()) == office.ledger.events()["enqueued"] == 5
    assert [tally.total(each) for each in ("attempted", "accepted", "failed", "retried")] == [
        3,
        1,
        1,
        1,
    ]
    for event in ("acked", "opened", "lowered", "cancelled"):
        assert tally.total(event) == 1
    delivery = (await office.row(told)).deliveries[0]
    assert (delivery.priority, delivery.opened_at) == ("normal", clock.now())


async def test_g10_what_one_phone_got_was_sent_though_another_never_did(
    office: Office, clock: FakeClock
) -> None:
    await office.phone(1)
    waits = await office.phone(2)
    office.phones.refuses[waits.address] = Temporary(reason="UNAVAILABLE")
    row = await office.outbox.enqueue(
        "u1", "account", "x", useful_until=clock.now() + timedelta(seconds=30)
    )
    await office.work()
    clock.advance(30)
    await office.work()
    told = await office.row(row)
    assert (told.state, told.open) == ("sent", False)
    assert sorted(each.state for each in told.deliveries) == ["accepted", "skipped"]
    assert (office.tally.total("sent"), office.tally.total("expired")) == (1, 0)


async def test_what_is_of_no_use_any_more_is_not_sent(office: Office, clock: FakeClock) -> None:
    await office.phone()
    row = await office.reply(1)
    clock.advance(86_400)
    await office.work()
    assert ((await office.row(row)).state, (await office.row(row)).reason) == (
        "expired",
        "too_late",
    )


class OneRoom(Phones):
    """Phones with room for one request, which is taken before somebody does something else."""

    def __init__(self, meanwhile: Callable[[], Awaitable[object]]) -> None:
        super().__init__()
        self.room = asyncio.Semaphore(1)
        self._meanwhile: Callable[[], Awaitable[object]] | None = meanwhile

    async def prepare(self, device: DeviceDocument, message: PushMessage) -> Any:
        await self.room.acquire()
        act, self._meanwhile = self._meanwhile, None
        if act is not None:
            await act()
        return Placed(lambda: self._take(device, message), self.room.release)


@pytest.mark.parametrize("late", [False, True])
async def test_g2_a_request_that_is_not_made_after_all_leaves_its_room(
    office: Office, clock: FakeClock, late: bool
) -> None:
    await office.phone()
    row = await office.reply(1)

    async def meanwhile() -> object:
        if late:
            clock.advance(9)
            return None
        return await office.outbox.cancel_user("u1", "muted")

    phones = OneRoom(meanwhile)
    worker = office.hire(phones)
    await worker.run_once()
    assert (phones.requests, phones.room.locked()) == ([], False)
    if late:
        clock.advance(1)
    else:
        row = await office.reply(2)
    await worker.run_once()
    assert len(phones.requests) == 1
    assert [(each.state, each.doubts) for each in (await office.row(row)).deliveries] == [
        ("accepted", 0)
    ]


async def test_g2_what_a_killed_worker_left_is_taken_over_when_its_lease_is_over(
    office: Office, clock: FakeClock
) -> None:
    await office.phone()
    row = await office.reply(1)
    begun, hanging = asyncio.Event(), asyncio.get_running_loop().create_future()

    async def hang() -> None:
        begun.set()
        await hanging

    office.phones.meanwhile = hang
    dead = asyncio.get_running_loop().create_task(office.worker.run_once())
    await begun.wait()
    phones = Phones()
    heir = office.hire(phones)
    for seconds in (1, 34):
        await heir.run_once()
        clock.advance(seconds)
    assert phones.requests == []
    clock.advance(1)
    await heir.run_once()

    told = await office.row(row)
    assert len(office.phones.requests) == len(phones.requests) == 1
    assert (told.state, told.deliveries[0].doubts) == ("sent", 1)
    hanging.cancel()
    await dead


async def test_g3_a_store_that_is_slow_has_a_row_decided_on_again(
    office: Office, clock: FakeClock
) -> None:
    await office.phone()
    row = await office.reply(1)
    unread = office.talk.unread

    async def slowly(user_id: str) -> Unread:
        clock.advance(9)
        return await unread(user_id)

    office.talk.unread = slowly  # type: ignore[method-assign]
    await office.work()
    assert office.phones.requests == []
    office.talk.read_upto["s1"] = 1
    clock.advance(1)
    await office.work()
    assert (office.phones.requests, (await office.row(row)).reason) == ([], "read")


async def test_a4_a_foreign_address_is_set_aside_until_it_is_registered_again(
    office: Office, clock: FakeClock
) -> None:
    await office.phone()
    row = await office.reply(1)
    office.phones.outcomes = [Permanent(reason="sender_id_mismatch", address="wrong")]
    await office.work()
    told = await office.row(row)
    assert (told.state, told.reason, told.deliveries[0].state) == ("cancelled", "no_device", "gone")
    aside = await office.devices.get(told.deliveries[0].device_id)
    assert aside is not None
    assert (aside.state, aside.reason, aside.address) == (
        "quarantined",
        "sender_id_mismatch",
        "t1",
    )
    clock.advance(60)
    await office.reply(2)
    await office.work()
    assert len(office.phones.requests) == 1

    # nothing says that the address is dead: when it comes again it is tried again
    phone = await office.phone()
    assert (phone.state, phone.reason, phone.registered_at) == ("active", "", clock.now())
    await office.reply(3)
    await office.work()
    assert office.phones.shown == ["reply 1", "reply 3"]


async def test_who_has_only_what_nobody_carries_is_not_told(office: Office) -> None:
    await office.phone(kind="fcm_fid")
    row = await office.reply(1)
    await office.work()
    assert ((await office.row(row)).state, (await office.row(row)).reason) == (
        "cancelled",
        "no_device",
    )


async def test_g5_the_zone_is_that_of_the_device_last_seen_which_told_one(
    office: Office, clock: FakeClock
) -> None:
    clock.advance(5 * 3600)  # 14:00 in UTC, 23:00 in Seoul
    for number, zone in enumerate(["Europe/London", "Asia/Seoul", ""], start=1):
        await office.phone(number, timezone=zone)
        clock.advance(1)
    row = await office.reply(1, created_at=clock.now() - timedelta(minutes=5))
    await office.work()
    night = clock.now().replace(hour=23, minute=0, second=0)
    assert (office.phones.requests, (await office.row(row)).due_at) == ([], night)


@pytest.mark.parametrize(("locale", "rings"), [("ko-KR", False), ("en", True)])
async def test_g5_without_a_zone_the_night_is_that_of_the_language(
    office: Office, clock: FakeClock, locale: str, rings: bool
) -> None:
    clock.advance(9 * 3600)  # 18:00 in UTC: London and Los Angeles are awake, Seoul sleeps
    await office.phone(timezone="", locale=locale)
    await office.reply(1, created_at=clock.now() - timedelta(minutes=5))
    await office.work()
    assert bool(office.phones.requests) is rings


@pytest.mark.parametrize(
    ("hours", "useful_minutes", "waits"), [(22.9, 720, False), (23.5, 720, True), (23.5, 30, False)]
)
async def test_g7_one_too_many_waits_for_a_slot_that_is_free_within_an_hour_and_its_use(
    office: Office, clock: FakeClock, hours: float, useful_minutes: int, waits: bool
) -> None:
    await office.phone()
    await office.settings.update("u1", quiet_from=0, quiet_to=0)
    await office.outbox.enqueue("u1", "check_in", "c1", text="today")
    await office.work()
    clock.advance(hours * 3600)
    useful_until = clock.now() + timedelta(minutes=useful_minutes)
    row = await office.outbox.enqueue("u1", "check_in", "c2", useful_until=useful_until)
    await office.work()
    assert (await office.row(row)).open is waits
    assert (await office.row(row)).reason == ("" if waits else "capped")


async def test_g3_who_is_here_is_looked_for_less_and_less_often(
    office: Office, clock: FakeClock
) -> None:
    await office.phone()
    row = await office.reply(1)
    office.talk.here.add(("u1", "s1"))
    waits: list[float] = []
    for _ in range(12):
        await office.work()
        waits.append(((await office.row(row)).due_at - clock.now()).total_seconds())
        clock.advance(waits[-1])
    assert waits == [*range(3, 31, 3), 30, 30]


async def test_a_reminder_comes_also_to_who_is_here(office: Office) -> None:
    await office.phone()
    office.talk.here.add(("u1", "s1"))
    await office.outbox.enqueue("u1", "reminder", "r1", session_id="s1", text="Now")
    await office.work()
    assert office.phones.shown == ["Now"]
