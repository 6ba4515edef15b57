"""Who was away for some days with a goal left open is nudged: seldom, and where they agreed."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec import structs

from app.pushing.handover import Handover
from app.pushing.nudges import Nudges
from push.checkins import CheckIns
from push.devices import Devices
from push.documents import BUDGETS, CHECK_INS, DEVICES, BudgetDocument
from push.schedule import Plan
from push.settings import NotificationSettings
from sessions.archive import SESSIONS, TURNS, SessionDocument
from sessions.conversation import Note, Summary
from sessions.errors import NotFound
from sessions.stores.sqlite import SqliteDocuments
from tests.app.pushing.desk import allowed, mentors, openings, silence, talk
from tests.app.pushing.test_plans import plans
from tests.clocks import FakeClock
from tests.push.phones import Office
from tests.sessions.turns import answer, session, turn

GOAL = "to speak Spanish by summer"
SEOUL = ZoneInfo("Asia/Seoul")


def goal(text: str = GOAL) -> Summary:
    return Summary(notes=(Note(kind="goal", text=text, turn_id="t_1"),))


def nudges(documents: SqliteDocuments, clock: FakeClock) -> Nudges:
    return Nudges(
        documents=documents,
        check_ins=CheckIns(documents=documents, clock=clock),
        settings=NotificationSettings(documents=documents, clock=clock),
        devices=Devices(documents=documents, clock=clock),
        silence=silence(documents, clock),
        risks=talk(documents, clock),
        clock=clock,
    )


@pytest.fixture
async def office(documents: SqliteDocuments, clock: FakeClock) -> Office:
    """u1 has a phone in Seoul, and named a goal in s_1 on Monday 2026-11-23 at 18:00 there."""
    await documents.insert(SESSIONS, session(summary=goal()))
    await documents.insert(TURNS, turn(1))
    await allowed(documents, clock, nudges=True)
    office = Office(documents, clock, conversations=talk(documents, clock))
    await office.phone(timezone="Asia/Seoul", preview=False)
    return office


async def told(documents: SqliteDocuments, clock: FakeClock) -> None:
    """End what mentors began with, as a session's owner does."""
    for each in await documents.find(TURNS, "by_session", {"session_id": "s_1"}):
        if each.open and each.opening is not None:
            now = clock.now()
            said = structs.replace(answer(each.opening.text), created_at=now, finish_reason="stop")
            done = structs.replace(
                each, open=False, state="done", answer=said, push="pending", push_at=now
            )
            await documents.replace(TURNS, done)
            await changed(documents, updated_at=now)


async def changed(documents: SqliteDocuments, **fields: Any) -> SessionDocument:
    stored = await documents.get(SESSIONS, "s_1")
    assert stored is not None
    return await documents.replace(SESSIONS, structs.replace(stored, **fields))


async def lived(office: Office, documents: SqliteDocuments, clock: FakeClock, days: float) -> None:
    """Live for some days, with everything that the product does now and then."""
    handover = Handover(documents=documents, outbox=office.outbox, clock=clock)
    for _ in range(int(days * 24)):
        clock.advance(3_600)
        await nudges(documents, clock).run_once()
        await mentors(documents, clock).run_once()
        await told(documents, clock)
        await handover.run_once()
        clock.advance(5)
        await office.work()
        clock.advance(-5)


async def came_back(documents: SqliteDocuments, clock: FakeClock, number: int) -> None:
    now = clock.now()
    back = turn(number, created_at=now, updated_at=now)
    messages = tuple(structs.replace(each, created_at=now) for each in back.messages)
    await documents.insert(TURNS, structs.replace(back, messages=messages))
    await changed(documents, updated_at=now)


def days_of(office: Office) -> list[int]:
    """Return on which days the phone rang, from the day of the last word on."""
    times = [each.message.created_at.astimezone(SEOUL) for each in office.phones.requests]
    assert all(each.hour in (18, 19) for each in times)
    begin = datetime(2026, 11, 23, tzinfo=SEOUL).date()
    return [(each.date() - begin).days for each in times]


async def test_g7_after_three_quiet_days_a_nudge_comes_and_soon_there_is_silence(
    office: Office, documents: SqliteDocuments, clock: FakeClock
) -> None:
    await lived(office, documents, clock, 40)
    alone = days_of(office)
    await office.phone(timezone="Asia/Seoul", preview=False)
    await came_back(documents, clock, 20)
    await lived(office, documents, clock, 5)

    assert alone == [3, 7]
    assert len(days_of(office)) == 3
    [first, *_] = await openings(documents)
    assert (first.kind, f"“{GOAL}”" in first.text) == ("nudge", True)
    [shown, *_] = office.phones.requests
    assert (shown.message.kind, shown.message.body) == (
        "nudge",
        "Your mentor is here whenever you like",
    )


async def test_c2_one_phone_in_use_is_enough_beside_one_of_long_ago(
    office: Office, documents: SqliteDocuments, clock: FakeClock
) -> None:
    old = await office.phone(2, preview=False)
    long_ago = clock.now() - timedelta(days=60)
    await documents.replace(DEVICES, structs.replace(old, seen_at=long_ago))
    await lived(office, documents, clock, 4)
    assert [each.device_id == old.id for each in office.phones.requests] == [False]


async def test_g5_a_nudge_comes_in_the_evening_of_the_zone_that_was_set(
    office: Office, documents: SqliteDocuments, clock: FakeClock
) -> None:
    await office.settings.update("u1", timezone="America/New_York")
    await lived(office, documents, clock, 4)
    [request] = office.phones.requests
    assert request.message.created_at.astimezone(ZoneInfo("America/New_York")).hour in (18, 19)


@pytest.mark.parametrize(
    ("ignored", "days_ago", "count"), [(0, 1, 1), (1, 1, 0), (1, 10, 1), (3, 60, 0)]
)
async def test_g7_one_a_week_after_two_in_vain_and_none_after_four(
    office: Office,
    documents: SqliteDocuments,
    clock: FakeClock,
    ignored: int,
    days_ago: int,
    count: int,
) -> None:
    # the one that is taken is ignored too, as the user last wrote before it
    used = (("n_1", clock.now() - timedelta(days=days_ago)),)
    await documents.insert(BUDGETS, BudgetDocument(id="u1", ignored=ignored, taken=used))
    stored = await documents.get(TURNS, "t_1")
    assert stored is not None
    long_ago = clock.now() - timedelta(days=90)
    said = tuple(structs.replace(each, created_at=long_ago) for each in stored.messages)
    await documents.replace(TURNS, structs.replace(stored, messages=said))
    await lived(office, documents, clock, 4)

    assert len(await openings(documents)) == len(office.phones.requests) == count


@pytest.mark.parametrize(
    "unwanted",
    [
        {"settings": {"nudges": False, "check_ins": True, "reminders": True}},
        {"settings": {"muted": ["nudge"]}},
        {"session": {"summary": Summary()}},
        {"session": {"summary": goal("to get over my depression")}},
        {"session": {"summary": goal("to end my life before summer")}},
        {"session": {"closed_at": datetime(2026, 11, 23, 9, tzinfo=SEOUL)}},
        {"session": {"private": True}},
        {"risk": True},
        {"elsewhere": True},
        {"check_in": True},
        {"reminder": True},
        {"phone": False},
        {"stale": True},
    ],
)
async def test_g9_nobody_is_nudged_unasked_at_risk_or_who_is_here_or_out_of_reach(
    office: Office, documents: SqliteDocuments, clock: FakeClock, unwanted: dict[str, Any]
) -> None:
    settings = NotificationSettings(documents=documents, clock=clock)
    await settings.update("u1", **unwanted.get("settings", {}))
    await changed(documents, **unwanted.get("session", {}))
    if unwanted.get("risk"):
        hurt = structs.replace(answer(), finish_reason="safety")
        await documents.insert(TURNS, turn(2, answer=hurt))
    if unwanted.get("elsewhere"):
        later = clock.now() + timedelta(days=2)
        other = turn(1, session_id="s_2", id="t_9", updated_at=later)
        words = tuple(structs.replace(each, created_at=later) for each in other.messages)
        await documents.insert(TURNS, structs.replace(other, messages=words))
    if unwanted.get("check_in"):
        plan = Plan(user_id="u1", timezone="UTC", minute=0, date="2026-12-24")
        await CheckIns(documents=documents, clock=clock).create(plan, session_id="s_1")
    if unwanted.get("reminder"):
        plan = Plan(user_id="u1", timezone="UTC", minute=0, date="2026-12-24")
        day: Any = {"fact_id": "f_1", "fact_day": "2026-12-24", "kind": "reminder"}
        await CheckIns(documents=documents, clock=clock).create(plan, session_id="s_1", **day)
    if unwanted.get("phone") is False:
        await office.devices.remove("u1", "i1")
    if unwanted.get("stale"):
        [device] = await office.devices.of_user("u1")
        long_ago = clock.now() - timedelta(days=28)
        await documents.replace(DEVICES, structs.replace(device, seen_at=long_ago))
    await lived(office, documents, clock, 4)

    assert await openings(documents) == []
    assert office.phones.requests == []


@pytest.mark.parametrize("change", ["wrote", "at risk", "no consent", "goal dropped", "closed"])
async def test_a_nudge_that_waits_for_the_evening_is_asked_for_again(
    office: Office, documents: SqliteDocuments, clock: FakeClock, change: str
) -> None:
    clock.advance(3_600)
    await changed(documents, updated_at=clock.now())
    await lived(office, documents, clock, 3)
    [waiting] = await documents.find(CHECK_INS, "by_user", {"user_id": "u1"})
    assert waiting.kind == "nudge"
    if change == "wrote":
        await came_back(documents, clock, 2)
    elif change == "at risk":
        hurt = structs.replace(answer(), finish_reason="safety")
        await documents.insert(TURNS, turn(2, answer=hurt))
    elif change == "no consent":
        await allowed(documents, clock, nudges=False)
    elif change == "goal dropped":
        await changed(documents, summary=Summary())
    else:
        await changed(documents, closed_at=clock.now())
    await lived(office, documents, clock, 1.5)

    assert await openings(documents) == []


@pytest.mark.parametrize("minutes", [1, 30])
async def test_a_nudge_that_is_called_off_never_comes_and_the_next_silence_has_its_own(
    office: Office, documents: SqliteDocuments, clock: FakeClock, minutes: int
) -> None:
    # just before its evening time, so that the next look is at tomorrow's, and after it
    clock.advance(71 * 3_600 + 60 * minutes)
    await lived(office, documents, clock, 1 / 24)
    mine = plans(documents, clock)
    [planned] = await mine.of_user("u1")
    assert planned.check_in.kind == "nudge"
    await mine.cancel("u1", planned.check_in.id)
    with pytest.raises(NotFound):
        await mine.cancel("u1", planned.check_in.id)
    await lived(office, documents, clock, 3)

    assert await mine.of_user("u1") == []
    assert await openings(documents) == []
    await came_back(documents, clock, 2)
    await lived(office, documents, clock, 4.5)
    assert len(await openings(documents)) == 1


async def test_two_sessions_that_became_quiet_together_are_one_nudge(
    office: Office, documents: SqliteDocuments, clock: FakeClock
) -> None:
    await documents.insert(SESSIONS, session(id="s_2", summary=goal("to learn to cook")))
    await lived(office, documents, clock, 3.5)

    assert len(office.phones.requests) == 1
