"""What phones show of something goes from their screens when it is erased."""

import asyncio
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from msgspec import structs

from app.pushing.clearing import Clearing
from app.pushing.forgetting import PushForgetting
from app.pushing.moving import PushMoving
from app.pushing.screens import Screens
from push.checkins import CheckIns
from push.documents import DEVICES, OUTBOX, Delivery, DeviceDocument, NotificationDocument
from push.message import PushMessage
from push.outcomes import Accepted, Held, Outcome, Temporary
from push.requests import Simple
from push.schedule import Plan
from sessions.clock import Clock
from sessions.errors import StoreUnavailable
from sessions.stores.documents import Collection
from sessions.stores.sqlite import SqliteDocuments
from sessions.tasks import Tasks
from tests.clocks import FakeClock
from tests.push.messages import NOW, a_device
from tests.push.phones import Office, Phones
from tests.virtual_time import LoopClock, in_virtual_time

PHONE = a_device("a token", kind="fcm_token", platform="android")


class Street:
    """Phones whose screens are seen, and what is forgotten of their users."""

    def __init__(
        self, documents: SqliteDocuments, clock: FakeClock, *, forgets: Any = None
    ) -> None:
        self.service = Phones()
        self.screens = Screens(self.service, clock)
        self.office = Office(documents, clock, sender=self.screens)
        self.tasks = Tasks(lambda _, error: self.office.errors.append(error))
        clearing = Clearing(
            devices=self.office.devices,
            conversations=self.office.talk,
            senders={"fcm_token": self.screens},
            clock=clock,
            tasks=self.tasks,
            random=Random(7),
        )
        self.forgetting = PushForgetting(
            documents=forgets or documents,
            clock=clock,
            devices=self.office.devices,
            outbox=self.office.outbox,
            clearing=clearing,
        )

    def tags(self, device: DeviceDocument) -> list[str]:
        return sorted(card.tag for card in self.screens.of(device).cards)

    async def settled(self) -> None:
        """Wait for what goes on in the background."""
        while len(self.tasks):
            await asyncio.sleep(0)
        assert not self.office.errors


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

    await street.forgetting.forget_session("u1", "s1")
    await street.settled()

    assert [street.tags(each) for each in phones] == [["s2"]] * 2
    assert [street.screens.of(each).badge for each in phones] == [1, 1]
    # a browser must show something for each push
    assert street.tags(browser) == ["s1", "s2"]
    told = [each.message for each in street.service.requests[sent:]]
    assert [(each.clear, each.title, each.body) for each in told] == [(True, "", "")] * 2
    kept = await documents.find(OUTBOX, "by_user", {"user_id": "u1"}, limit=9)
    assert [row.session_id for row in kept] == ["s2"]
    # a second look finds nothing, and asks for nothing
    await street.forgetting.forget_session("u1", "s1")
    await street.settled()
    assert len(street.service.requests) == sent + 2


async def test_an_account_is_gone_before_the_push_service_answers_and_then_its_cards_are(
    street: Street, documents: SqliteDocuments
) -> None:
    office = street.office
    mine, other = await office.phone(1), await office.phone(2, "u2")
    for session_id in ("s1", "s2"):
        await office.reply(1, session_id)
    await office.outbox.enqueue("u2", "account", "x")
    await office.work()
    answers = asyncio.Event()
    street.service.meanwhile = answers.wait

    await street.forgetting.forget_user("u1")

    left = [
        await documents.find(each, "by_user", {"user_id": "u1"}, limit=9)
        for each in (DEVICES, OUTBOX)
    ]
    assert left == [[], []]
    assert street.tags(mine) == ["s1", "s2"]
    answers.set()
    await street.settled()
    assert (street.tags(mine), street.screens.of(mine).badge) == ([], 0)
    assert len(street.tags(other)) == 1


async def test_what_no_phone_shows_is_forgotten_without_a_request(street: Street) -> None:
    office = street.office
    await office.phone()
    await office.reply(1)
    await street.forgetting.forget_session("u1", "s1")
    await street.settled()
    assert street.service.requests == []


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
        await office.work()
    elif what == "session":
        await street.forgetting.forget_session("u9", "s1")
    else:
        await street.forgetting.forget_user("u9")
    await street.settled()

    asked = [(each.device_id, each.message.clear) for each in street.service.requests[sent:]]
    # the rows of an account are found by its user
    assert asked == ([] if what == "account" and not moved else [(mine.id, True)])
    # what was still to be told ends with the visitor
    left = await documents.find(OUTBOX, "by_user", {"user_id": "u1"}, limit=9)
    assert "s2" in {row.session_id for row in left}


class Full:
    """Documents of which a collection cannot be deleted from."""

    def __init__(self, documents: SqliteDocuments, name: str) -> None:
        self._documents = documents
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(self._documents, name)

    async def delete(self, collection: Collection[Any], document_id: str) -> bool:
        if collection.name == self._name:
            raise StoreUnavailable("full")
        return await self._documents.delete(collection, document_id)


@pytest.mark.parametrize("cut", ["devices", "check_ins", "outbox"])
async def test_an_erasure_that_is_cut_off_has_asked_every_phone_already(
    documents: SqliteDocuments, clock: FakeClock, cut: str
) -> None:
    full: Any = Full(documents, cut)
    street = Street(documents, clock, forgets=full)
    phone = await street.office.phone()
    await street.office.reply(1)
    await street.office.work()
    plan = Plan(user_id="u1", timezone="UTC", minute=0, date="2026-12-24")
    await CheckIns(documents=documents, clock=clock).create(plan, session_id="s1")
    with pytest.raises(StoreUnavailable):
        await street.forgetting.forget_user("u1")
    await street.settled()
    assert street.tags(phone) == []


def a_row(**delivery: Any) -> NotificationDocument:
    """Return a row that was sent to the phone."""
    return NotificationDocument(
        id="n_1",
        user_id="u_1",
        kind="reply_ready",
        subject_id="t_1",
        session_id="s_1",
        created_at=NOW,
        due_at=NOW,
        useful_until=NOW,
        expires_at=NOW,
        updated_at=NOW,
        deliveries=(Delivery(device_id=PHONE.id, **({"state": "accepted"} | delivery)),),
    )


class Service:
    """A push service with scripted answers, then none at all; it notes when it was asked."""

    def __init__(self, clock: Clock, *answers: Outcome) -> None:
        self._clock = clock
        self._answers = list(answers)
        self.asked_at: list[float] = []

    async def prepare(self, device: DeviceDocument, message: PushMessage) -> Simple | Held:
        if self._answers and isinstance(self._answers[0], Held):
            held = self._answers.pop(0)
            assert isinstance(held, Held)
            return held
        return Simple(self._ask)

    async def aclose(self) -> None:
        """Close nothing."""

    async def _ask(self) -> Outcome:
        self.asked_at.append(self._clock.monotonic())
        if self._answers:
            return self._answers.pop(0)
        await asyncio.Event().wait()
        raise AssertionError


async def asked(row: NotificationDocument, *answers: Outcome) -> tuple[list[float], float]:
    """Return after how long the service was asked to clear `row`, and how long that went on."""
    clock, tasks = LoopClock(), Tasks(lambda _, error: pytest.fail(repr(error)))
    service = Service(clock, *answers)
    senders: Any = {"fcm_token": service}
    nobody: Any = None
    clearing = Clearing(
        devices=nobody,
        conversations=nobody,
        senders=senders,
        clock=clock,
        tasks=tasks,
        random=Random(7),
    )
    began = clock.monotonic()
    clearing.begin("u_1", [row], [PHONE])
    while len(tasks):
        await asyncio.sleep(0.5)
    return [each - began for each in service.asked_at], clock.monotonic() - began


@in_virtual_time
async def test_a_service_that_fails_is_asked_again_within_a_minute_and_then_no_more() -> None:
    down = Temporary(reason="UNAVAILABLE")
    times, _ = await asked(a_row(), down, down, Accepted())
    assert len(times) == 3
    assert 10 <= times[1] - times[0] <= times[2] - times[1]
    held = Held(reason="full", retry_after=timedelta(seconds=5), scope="project", lane="")
    [once], _ = await asked(a_row(), held, Accepted())
    assert once == pytest.approx(5)
    _, took = await asked(a_row(), *[down] * 20)
    assert took <= 61


@in_virtual_time
async def test_a_service_that_never_answers_is_left_after_a_minute() -> None:
    times, took = await asked(a_row())
    assert len(times) == 1
    assert took == pytest.approx(60, abs=1)


@in_virtual_time
async def test_what_is_on_its_way_comes_before_what_takes_it_away() -> None:
    [at_once], _ = await asked(a_row(), Accepted())
    [later], _ = await asked(a_row(state="sending"), Accepted())
    assert [at_once, later] == pytest.approx([0, 20])
