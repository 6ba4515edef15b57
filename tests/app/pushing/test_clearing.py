"""What phones show of something that is erased goes from their screens, whatever dies meanwhile."""

import asyncio
from datetime import timedelta
from typing import Any, get_args

import msgspec
import pytest
from msgspec import structs

from app.pushing.forgetting import PushForgetting
from app.pushing.moving import PushMoving
from app.pushing.screens import Screens
from push.clearing import Clearing
from push.documents import DEVICES, OUTBOX, DeviceDocument, NotificationDocument, NotificationState
from push.kinds import KINDS
from push.outcomes import Ambiguous, Permanent, Temporary
from sessions.stores.documents import Documents
from sessions.stores.sqlite import SqliteDocuments
from tests.app.pushing.parts import Dead, FewWrites
from tests.clocks import FakeClock
from tests.push.phones import Office, Phones

DOWN = Temporary(reason="UNAVAILABLE")
LEASE_S = 36.0
ENDS = ("sent", "cancelled", "collapsed", "expired", "dead")


class Street:
    """Phones whose screens are seen, and what is forgotten of their users, by one process."""

    def __init__(self, documents: Documents, clock: FakeClock, *, is_on: bool = True) -> None:
        self.documents = documents
        self.service = Phones()
        self.screens = Screens(self.service, clock)
        self.office = Office(documents, clock, sender=self.screens)
        self.forgetting = PushForgetting(
            documents=documents,
            clock=clock,
            devices=self.office.devices,
            outbox=self.office.outbox,
            clearing=Clearing(
                documents=documents,
                clock=clock,
                doorbell=self.office.bell,
                tally=self.office.tally,
                is_on=is_on,
            ),
        )

    def tags(self, device: DeviceDocument) -> list[str]:
        return sorted(card.tag for card in self.screens.of(device).cards)


async def rows_of(documents: Documents) -> list[NotificationDocument]:
    """Return all rows there are, whosever they are."""
    return [
        row
        for state in get_args(NotificationState)
        for row in await documents.find(OUTBOX, "by_state", {"state": state}, limit=1000)
    ]


async def devices_of(documents: Documents, user_id: str) -> list[DeviceDocument]:
    return await documents.find(DEVICES, "by_user", {"user_id": user_id}, limit=100)


@pytest.fixture
def street(documents: SqliteDocuments, clock: FakeClock) -> Street:
    return Street(documents, clock)


async def test_a_session_that_is_deleted_goes_from_every_phone_and_others_stay(
    street: Street, documents: SqliteDocuments
) -> None:
    office = street.office
    phones = [await office.phone(1), await office.phone(2, platform="ios")]
    browser = await office.phone(3, kind="fcm_token", platform="web")
    for session_id in ("s1", "s2"):
        await office.reply(1, session_id)
        await office.work()
    assert [street.tags(each) for each in (*phones, browser)] == [["s1", "s2"]] * 3
    sent = len(street.service.requests)
    del office.talk.replies_of["s1"]

    assert await street.forgetting.forget_session("u1", "s1") == {"outbox": 1}
    await office.work()

    assert [street.tags(each) for each in phones] == [["s2"]] * 2
    assert [street.screens.of(each).badge for each in phones] == [1, 1]
    # a browser must show something for each push
    assert street.tags(browser) == ["s1", "s2"]
    told = [each.message for each in street.service.requests[sent:]]
    assert [(each.clear, each.title, each.body) for each in told] == [(True, "", "")] * 2
    assert min(each.number for each in told) > street.service.requests[0].message.number
    # a phone that was off gets both
    assert {each.ttl for each in told} == {KINDS["reply_ready"].ttl}
    assert [row.session_id for row in await rows_of(documents)] == ["s2"]
    # a second look finds nothing, and asks for nothing
    assert await street.forgetting.forget_session("u1", "s1") == {}
    await office.work()
    assert len(street.service.requests) == sent + 2


async def test_c6_an_account_is_nobodys_at_once_and_its_cards_go_with_what_is_left_of_it(
    street: Street, documents: SqliteDocuments, clock: FakeClock
) -> None:
    office = street.office
    mine, other = await office.phone(1), await office.phone(2, "u2")
    for number in range(25):
        await office.reply(1, f"s{number:02}", persona="nova")
        await office.work()
        clock.advance(1)
    await office.outbox.enqueue("u2", "account", "x")
    await office.work()
    sent = len(street.service.requests)
    office.talk.replies_of.clear()

    counts = await street.forgetting.forget_user("u1")

    assert (counts["devices"], counts["outbox"]) == (1, 25)
    assert await devices_of(documents, "u1") == []
    left = [row for row in await rows_of(documents) if row.user_id != "u2"]
    # what a phone shows are its newest
    assert {row.session_id for row in left} == {f"s{number:02}" for number in range(5, 25)}
    text = msgspec.json.encode(left).decode()
    assert not any(word in text for word in ('"u1"', "i1", "nova", "reply 1", "Europe"))
    # also where nobody sends any more it stays no longer than that
    assert {row.expires_at - clock.now() for row in left} == {timedelta(hours=1)}
    again = await street.forgetting.forget_user("u1")
    assert sum(again.values()) == 0

    await office.work()
    asked = [each.message for each in street.service.requests[sent:]]
    assert [(each.clear, each.badge) for each in asked] == [(True, 0)] * 20
    assert street.tags(mine) == [f"s{number:02}" for number in range(5)]
    assert len(street.tags(other)) == 1
    assert [row.user_id for row in await rows_of(documents)] == ["u2"]


async def test_c6_a_card_of_a_session_goes_though_its_account_does_before_it_was_taken_away(
    street: Street, documents: SqliteDocuments
) -> None:
    phone = await street.office.phone()
    await street.office.reply(1)
    await street.office.work()
    assert street.tags(phone) == ["s1"]
    await street.forgetting.forget_session("u1", "s1")
    await street.forgetting.forget_user("u1")
    await street.office.work()
    assert (street.tags(phone), await rows_of(documents)) == ([], [])


async def test_nothing_is_left_of_what_no_phone_shows_or_nobody_sends(
    street: Street, documents: SqliteDocuments, clock: FakeClock
) -> None:
    office = street.office
    await office.phone()
    await office.reply(1)
    await street.forgetting.forget_session("u1", "s1")
    await office.phone(2, "u2", kind="webpush", address="{}", platform="web")
    await office.outbox.enqueue("u2", "account", "x")
    await office.work()
    await street.forgetting.forget_user("u2")
    await office.reply(1, "s2")
    await office.work()
    asked = len(street.service.requests)
    await Street(documents, clock, is_on=False).forgetting.forget_user("u1")
    await office.work()
    assert (await rows_of(documents), asked) == ([], len(street.service.requests))


@pytest.mark.parametrize("moved", [False, True])
@pytest.mark.parametrize("what", ["message", "session", "account"])
async def test_what_a_visitor_was_shown_goes_when_the_user_they_became_deletes_it(
    street: Street, documents: SqliteDocuments, clock: FakeClock, what: str, moved: bool
) -> None:
    office = street.office
    mine, _ = await office.phone(1), await office.phone(2)
    await office.reply(1)
    await office.work()
    await office.reply(1, "s2")
    became = PushMoving(documents=documents)
    if moved:
        await became.move_user("u1", "u9")
    else:
        mine = await documents.replace(DEVICES, structs.replace(mine, user_id="u9"))
    # it is another's by now: what it showed to its owner before is not ours to touch
    await office.phone(2, "u5")
    clock.advance(5)
    sent = len(street.service.requests)

    if what == "message":
        assert await office.outbox.withdraw("u9", "s1", {1}) == 1
        clock.advance(5)
    elif what == "session":
        await street.forgetting.forget_session("u9", "s1")
    else:
        await street.forgetting.forget_user("u9")
    await office.work()

    asked = [(each.device_id, each.message.clear) for each in street.service.requests[sent:]]
    # the rows of an account are found by its user
    assert asked == ([] if what == "account" and not moved else [(mine.id, True)])


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("what", ["session", "account"])
async def test_a_process_that_is_killed_at_any_write_of_an_erasure_leaves_no_card(
    documents: SqliteDocuments, clock: FakeClock, what: str, done: bool
) -> None:
    deaths = 0
    for lives in range(1, 20):
        before = Street(documents, clock)
        name = f"u{lives}"
        phone = await before.office.phone(lives, name)
        shown = [
            await before.office.outbox.enqueue(name, "account", f"{lives}-{number}", session_id=sid)
            for number, sid in enumerate((f"a{lives}", f"a{lives}", f"b{lives}"))
        ]
        await before.office.work()
        waits = clock.now() + timedelta(hours=1)
        await before.office.outbox.enqueue(
            name, "account", f"w{lives}", session_id=f"a{lives}", due_at=waits
        )
        assert len(before.tags(phone)) == 2
        mortal: Any = FewWrites(documents, lives, done=done)
        try:
            await _erase(Street(mortal, clock), what, name, f"a{lives}")
        except Dead:
            deaths += 1
            # the erasure is carried on by another process, which knows nothing of it
            await _erase(Street(documents, clock), what, name, f"a{lives}")
        after = Street(documents, clock)
        await after.office.work()
        gone = {each.message.tag for each in after.service.requests if each.message.clear}
        assert gone == ({f"a{lives}"} if what == "session" else {f"a{lives}", f"b{lives}"})
        assert {each.device_id for each in after.service.requests} == {phone.id}
        left = {row.id for row in await rows_of(documents)} & {row.id for row in shown}
        assert left == ({shown[2].id} if what == "session" else set())
        await _erase(after, "account", name, "")
        await after.office.work()
        assert await rows_of(documents) == []
    assert deaths >= 3


async def _erase(street: Street, what: str, user_id: str, session_id: str) -> None:
    if what == "session":
        await street.forgetting.forget_session(user_id, session_id)
    else:
        await street.forgetting.forget_user(user_id)


async def test_a_service_that_is_down_is_asked_again_for_an_hour_and_then_nothing_is_left(
    street: Street, documents: SqliteDocuments, clock: FakeClock
) -> None:
    office = street.office
    phones = [await office.phone(1), await office.phone(2)]
    await office.reply(1)
    await office.work()
    street.service.refuses["t2"] = DOWN
    await street.forgetting.forget_user("u1")
    for _ in range(120):
        await office.work()
        clock.advance(30)
    assert street.tags(phones[0]) == []
    asked = [each.address for each in street.service.requests if each.message.clear]
    assert asked.count("t1") == 1
    assert 4 <= asked.count("t2") <= 10
    assert await rows_of(documents) == []


async def test_what_is_on_its_way_comes_before_what_takes_it_away(
    street: Street, documents: SqliteDocuments, clock: FakeClock
) -> None:
    office = street.office
    phone = await office.phone()
    await office.reply(1)

    async def erase() -> None:
        street.service.meanwhile = None
        await street.forgetting.forget_user("u1")
        await Street(documents, clock).office.work()

    street.service.meanwhile = erase
    await office.work()
    # it ended, so nobody waits for the end of its lease
    clock.advance(1)
    await office.work()
    assert [each.message.clear for each in street.service.requests] == [False, True]
    assert (street.tags(phone), await rows_of(documents)) == ([], [])


async def test_what_a_dead_worker_was_sending_is_taken_away_when_its_lease_is_over(
    street: Street, documents: SqliteDocuments, clock: FakeClock
) -> None:
    office = street.office
    await office.phone()
    await office.reply(1)
    begun = asyncio.Event()

    async def never() -> None:
        begun.set()
        await asyncio.Event().wait()

    street.service.meanwhile = never
    dead = asyncio.get_running_loop().create_task(office.worker.run_once())
    await begun.wait()
    dead.cancel()
    await street.forgetting.forget_user("u1")
    after = Street(documents, clock)
    await after.office.work()
    assert after.service.requests == []
    clock.advance(LEASE_S)
    await after.office.work()
    assert [each.message.clear for each in after.service.requests] == [True]
    assert await rows_of(documents) == []


@pytest.mark.parametrize("end", [Permanent(reason="x"), Ambiguous(reason="timeout")])
async def test_g7_g10_what_takes_away_is_counted_to_its_end_and_frees_no_slot(
    street: Street, documents: SqliteDocuments, clock: FakeClock, end: Any
) -> None:
    office, tally = street.office, street.office.tally
    await office.settings.update("u1", check_ins=True)
    await office.phone()
    first = await office.outbox.enqueue("u1", "check_in", "c1", session_id="s1", text="Hello?")
    await office.work()
    await office.reply(1)
    street.service.outcomes = [end] * 4
    await street.forgetting.forget_session("u1", "s1")
    for _ in range(6):
        rows = await rows_of(documents)
        enqueued, erased = tally.total("enqueued"), tally.total("erased")
        assert sum((await office.ledger.counts()).values()) == len(rows) == enqueued - erased
        ended = [count for (event, _, _), count in tally.counts.items() if event in ENDS]
        assert enqueued == sum(ended) + sum(row.open for row in rows)
        await office.work()
        clock.advance(120)
    assert tally.counts["enqueued", "check_in", "clear"] == 1
    assert tally.counts["cancelled", "reply_ready", "deleted"] == 1
    assert await rows_of(documents) == []
    # the mentor did write first
    second = await office.outbox.enqueue("u1", "check_in", "c2", session_id="s2", text="Hello?")
    await office.work()
    assert (await office.row(second)).reason == "capped"
    assert await office.outbox.get(first.id) is None


async def test_g9_what_is_muted_or_opted_out_of_is_taken_away_all_the_same(
    street: Street, clock: FakeClock
) -> None:
    office = street.office
    phone = await office.phone()
    await office.reply(1)
    await office.work()
    await street.forgetting.forget_session("u1", "s1")
    await office.settings.update("u1", muted=["reply_ready"])
    assert await office.outbox.cancel_user("u1", "muted", kinds=["reply_ready"]) == 0
    await office.work()
    assert street.tags(phone) == []
